//! One request, one effect, one answer, for ever; and two decisions at once, one of which wins.

use db::journal::{self, Cursor};
use prost::Message as _;
use proto::arbitration::v1 as pb;
use tokio::task::JoinSet;
use tonic::Code;

use crate::{
    case::{Case, apply, decide, opening, step},
    world::{World, assert_told, local},
};

/// How many journal entries a request left.
async fn entries(world: &World, request_id: &str) -> usize {
    let seen = async {
        loop {
            let rows = journal::after(&world.db, Cursor::START, 10_000).await.unwrap();
            let count = rows.iter().filter(|row| row.request_id == request_id).count();
            if count > 0 {
                return count;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(60), seen).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_request_gets_the_same_bytes_and_leaves_one_entry_also_later() {
    let case = Case::new().await;
    let seen = case.one.see(&case.name).await;
    let request = step(&case.one, &seen, apply());
    let first = case.one.call(request.clone()).await.unwrap().encode_to_vec();
    case.gdo.take(&case.name, crate::case::accept()).await;
    case.world.clock.set(local("2037-01-05 09:00"));
    let again = case.one.call(request.clone()).await.unwrap().encode_to_vec();
    assert_eq!(first, again, "also when it has moved on and the certificate has expired");
    assert_eq!(entries(&case.world, &request.request_id).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_opening_many_times_at_once_opens_one_dispute() {
    let world = World::new().await;
    let agr = world.agency("AGR").await;
    let request = opening(&agr, &["NAT"]);
    let mut calls = JoinSet::new();
    for _ in 0..8 {
        let (agr, request) = (agr.clone(), request.clone());
        calls.spawn(async move { agr.open(request).await.unwrap() });
    }
    let answers = calls.join_all().await;
    assert!(answers.iter().all(|one| one == &answers[0]));
    assert_eq!(agr.list("").await.len(), 1);
    assert_eq!(entries(&world, &request.request_id).await, 1);
    let other = pb::OpenDisputeRequest { others: vec!["WAT".into()], ..request };
    let refusal = agr.open(other).await.unwrap_err();
    assert_told(&refusal, Code::AlreadyExists, "REQUEST_ID_REUSED");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_decisions_at_once_one_wins_and_the_other_is_stale() {
    for round in 0..4 {
        let case = Case::new().await.before_forum().await;
        let seen = case.gov.see(&case.name).await;
        let mut deciding = JoinSet::new();
        for body in ["AGR", "NAT"] {
            let (gov, request) = (case.gov.clone(), step(&case.gov, &seen, decide(body, "")));
            deciding.spawn(async move { gov.call(request).await });
        }
        let (won, lost): (Vec<_>, Vec<_>) =
            deciding.join_all().await.into_iter().partition(Result::is_ok);
        assert_eq!((won.len(), lost.len()), (1, 1), "round {round}");
        assert_told(lost[0].as_ref().unwrap_err(), Code::Aborted, "STALE");
        let decision = won[0].as_ref().unwrap().decision.clone().unwrap();
        let kept = case.one.see(&case.name).await.decision.unwrap();
        assert_eq!(kept.competent, decision.competent);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_etag_is_stale_whoever_sends_it() {
    let case = Case::new().await;
    let seen = case.one.see(&case.name).await;
    case.one.take(&case.name, apply()).await;
    let refusal = case.one.call(step(&case.one, &seen, apply())).await.unwrap_err();
    assert_told(&refusal, Code::Aborted, "STALE");
}
