//! Who sees what: a stranger nothing, the forum what happens from the application on.

use proto::arbitration::v1 as pb;
use tonic::{Code, Status};

use crate::{
    case::{Case, apply, step, vote},
    world::{Party, World, assert_told, id},
};

/// Everything `party` is told about a dispute, when it asks in every way there is.
async fn asked(party: &Party, name: &str, seen: &pb::Dispute) -> Vec<Status> {
    let mut client = party.client.clone();
    let timeline = pb::GetTimelineRequest { name: name.to_owned(), ..Default::default() };
    let suggest = pb::SuggestDecisionRequest { name: name.to_owned(), ..Default::default() };
    let seen = pb::Dispute { name: name.to_owned(), ..seen.clone() };
    vec![
        party.get(name).await.unwrap_err(),
        client.get_timeline(timeline).await.unwrap_err(),
        client.suggest_decision(suggest).await.unwrap_err(),
        party.call(step(party, &seen, apply())).await.unwrap_err(),
        party.call(step(party, &seen, vote("NAT"))).await.unwrap_err(),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_does_not_learn_that_a_dispute_exists() {
    let case = Case::new().await.before_forum().await;
    let seen = case.one.see(&case.name).await;
    let nowhere = format!("disputes/{}", id());
    for code in ["MKT", "OEO", "PSB", "GOV-M"] {
        let stranger = case.world.agency(code).await;
        let hidden = asked(&stranger, &case.name, &seen).await;
        let nothing = asked(&stranger, &nowhere, &seen).await;
        for (hidden, nothing) in hidden.iter().zip(&nothing) {
            assert_told(hidden, Code::NotFound, "NOT_FOUND");
            assert_eq!(
                (hidden.message(), hidden.details()),
                (nothing.message(), nothing.details())
            );
        }
        assert!(stranger.list("").await.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_forum_sees_nothing_before_the_application_and_everything_from_it_on() {
    let case = Case::new().await;
    let jus = case.world.agency("JUS").await;
    let seen = case.one.see(&case.name).await;
    for party in [&case.gdo, &jus, &case.gov] {
        for status in asked(party, &case.name, &seen).await {
            assert_told(&status, Code::NotFound, "NOT_FOUND");
        }
    }
    case.one.take(&case.name, apply()).await;
    for party in [&case.gdo, &jus] {
        let steps: Vec<_> =
            party.timeline(&case.name).await.into_iter().map(|event| event.step).collect();
        assert_eq!(steps, ["APPLY"], "and not what was before");
    }
    assert!(case.gov.list("").await.is_empty());
    case.gdo.take(&case.name, crate::case::accept()).await;
    assert_eq!(case.gov.list("").await.len(), 1, "the superior may designate directly");
    let whole: Vec<_> = case.two.timeline(&case.name).await;
    let kinds: Vec<_> = whole.iter().map(|event| event.kind.as_str()).collect();
    assert_eq!(kinds, ["OPENED", "STEP_TAKEN", "STEP_TAKEN"]);
    assert!(whole.iter().all(|event| event.dispute_after.is_none() && !event.summary.is_empty()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_a_decision_names_sees_it() {
    let case = Case::new().await.before_forum().await;
    let mkt = case.world.agency("MKT").await;
    case.gov.take(&case.name, crate::case::decide("MKT", "")).await;
    assert_eq!(mkt.see(&case.name).await.acting, "MKT");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_bodies_have_disputes_and_services_do_not() {
    let world = World::new().await;
    let mut gateway = world.caller(&world.arbitration, World::service("gateway")).await;
    let refusal = gateway.list_disputes(pb::ListDisputesRequest::default()).await.unwrap_err();
    assert_eq!(refusal.code(), Code::PermissionDenied);
    let refusal =
        gateway.suggest_decision(pb::SuggestDecisionRequest::default()).await.unwrap_err();
    assert_eq!(refusal.code(), Code::PermissionDenied);
    gateway.list_precedents(pb::ListPrecedentsRequest::default()).await.unwrap();
}
