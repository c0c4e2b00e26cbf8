//! The three bodies vote once each, in time, and nobody else does.

use tonic::Code;

use crate::{
    case::{Case, accept, apply, decide, escalate, forward, vote},
    world::{assert_broken, assert_told, local},
};

async fn consulting() -> Case {
    Case::between("CAE", "NAT").await.before_forum().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vote_is_cast_once() {
    let case = consulting().await;
    case.gdo.take(&case.name, vote("CAE")).await;
    let refusal = case.gdo.refused(&case.name, vote("NAT")).await;
    assert_broken(&refusal, Code::FailedPrecondition, "RULE_BROKEN", "J-04");
    assert!(refusal.message().contains("cast once"), "{}", refusal.message());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vote_after_the_deadline_is_refused_and_the_dispute_goes_up() {
    let case = consulting().await;
    let jus = case.world.agency("JUS").await;
    case.world.clock.set(local("2026-03-23 23:59"));
    case.gdo.take(&case.name, vote("CAE")).await;
    case.world.clock.set(local("2026-03-24 00:00"));
    let refusal = jus.refused(&case.name, vote("CAE")).await;
    assert_broken(&refusal, Code::FailedPrecondition, "RULE_BROKEN", "J-04");
    assert!(refusal.message().contains("2026-03-23 24:00"), "{}", refusal.message());
    assert_eq!(case.two.take(&case.name, escalate()).await.state, "BEFORE_SUPERIOR");
    let decided = case.gov.take(&case.name, decide("NAT", "")).await;
    assert_eq!(decided.decision.unwrap().competent, "NAT");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_and_a_party_do_not_vote() {
    let case = consulting().await;
    for party in [&case.one, &case.two, &case.gov] {
        let refusal = party.refused(&case.name, vote("CAE")).await;
        assert_broken(&refusal, Code::PermissionDenied, "NOT_YOUR_STEP", "J-04");
    }
    let stranger = case.world.agency("MKT").await;
    let seen = case.one.see(&case.name).await;
    let refusal = stranger.call(crate::case::step(&stranger, &seen, vote("CAE"))).await;
    assert_told(&refusal.unwrap_err(), Code::NotFound, "NOT_FOUND");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vote_waits_until_the_parties_were_heard_of() {
    let case = Case::between("CAE", "NAT").await;
    case.one.take(&case.name, apply()).await;
    case.gdo.take(&case.name, accept()).await;
    let refusal = case.gdo.refused(&case.name, vote("CAE")).await;
    assert_broken(&refusal, Code::FailedPrecondition, "RULE_BROKEN", "J-04");
    case.gdo.take(&case.name, forward()).await;
    case.gdo.take(&case.name, vote("CAE")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_round_without_unanimity_is_reported_to_the_county_government() {
    let case = consulting().await;
    let (jus, oeo) = (case.world.agency("JUS").await, case.world.agency("OEO").await);
    case.gdo.take(&case.name, vote("CAE")).await;
    jus.take(&case.name, vote("CAE")).await;
    let refusal = case.gdo.refused(&case.name, escalate()).await;
    assert_broken(&refusal, Code::FailedPrecondition, "RULE_BROKEN", "J-04");
    let split = oeo.take(&case.name, vote("NAT")).await;
    assert_eq!(split.state, "CONSULTING");
    assert_eq!(case.gdo.take(&case.name, escalate()).await.state, "BEFORE_SUPERIOR");
}
