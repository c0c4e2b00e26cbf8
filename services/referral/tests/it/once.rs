//! One request, one effect, one answer, for ever; and two decisions at once, one of which wins.

use db::journal::{self, Cursor};
use prost::Message as _;
use proto::referral::v1::{self as pb, step::Kind};
use tokio::task::JoinSet;
use tonic::Code;

use crate::{
    case::{Case, docket, file, not_file, notice, referral, step},
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
async fn of_two_decisions_at_once_one_wins_and_the_other_is_stale() {
    for round in 0..5 {
        let case = Case::new().await.accepted().await;
        let seen = case.psb.get(&case.name).await.unwrap().referral.unwrap();
        let mut deciding = JoinSet::new();
        for kind in [file(), not_file()] {
            let (psb, request) = (case.psb.clone(), step(&case.psb, &seen, kind));
            deciding.spawn(async move { psb.call(request).await });
        }
        let (won, lost): (Vec<_>, Vec<_>) =
            deciding.join_all().await.into_iter().partition(Result::is_ok);
        assert_eq!((won.len(), lost.len()), (1, 1), "round {round}");
        assert_told(&lost[0].clone().unwrap_err(), Code::Aborted, "STALE");
        let state = won[0].clone().unwrap().referral.unwrap().state;
        assert_eq!(case.psb.state(&case.name).await, state);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_acts_on_one_version_one_is_taken_even_if_none_touches_a_term() {
    let case = Case::new().await.accepted().await;
    let seen = case.mkt.get(&case.name).await.unwrap().referral.unwrap();
    let mut acting = JoinSet::new();
    for n in 0..12 {
        let warning = Kind::RecordPenalty(pb::RecordPenalty {
            penalty: "WARNING".to_owned(),
            decision_no: format!("云市监罚〔2026〕{n}号"),
            amount_fen: 0,
        });
        let (mkt, request) = (case.mkt.clone(), step(&case.mkt, &seen, warning));
        acting.spawn(async move { mkt.call(request).await });
    }
    let (won, lost): (Vec<_>, Vec<_>) =
        acting.join_all().await.into_iter().partition(Result::is_ok);
    assert_eq!((won.len(), lost.len()), (1, 11));
    for status in lost {
        assert_told(&status.unwrap_err(), Code::Aborted, "STALE");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_request_gets_the_same_bytes_and_leaves_one_entry_also_later() {
    let case = Case::new().await.accepted().await;
    let seen = case.psb.get(&case.name).await.unwrap().referral.unwrap();
    let request = step(&case.psb, &seen, file());
    let first = case.psb.call(request.clone()).await.unwrap().encode_to_vec();
    let again = case.psb.call(request.clone()).await.unwrap().encode_to_vec();
    assert_eq!(first, again);
    case.world.clock.set(local("2026-03-03 09:00"));
    case.psb.take(&case.name, notice()).await;
    let moved_on = case.psb.call(request.clone()).await.unwrap().encode_to_vec();
    assert_eq!(first, moved_on);
    case.world.clock.set(local("2037-01-05 09:00"));
    let expired = case.psb.call(request.clone()).await.unwrap().encode_to_vec();
    assert_eq!(first, expired, "also when the certificate has expired since");
    assert_eq!(entries(&case.world, &request.request_id).await, 1);
    assert_eq!(case.psb.get(&case.name).await.unwrap().referral.unwrap().etag, "\"8\"");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_request_many_times_at_once_takes_effect_once() {
    let world = World::new().await;
    let mkt = world.agency("MKT").await;
    let opening = docket(&mkt, "糖果");
    let mut calls = JoinSet::new();
    for _ in 0..8 {
        let (mut client, request) = (mkt.client.clone(), opening.clone());
        calls.spawn(async move { client.open_docket(request).await.unwrap().into_inner() });
    }
    let answers = calls.join_all().await;
    assert!(answers.iter().all(|one| one.encode_to_vec() == answers[0].encode_to_vec()));
    assert_eq!(entries(&world, &opening.request_id).await, 1);

    let opening = referral(&mkt, &answers[0].docket.as_ref().unwrap().name);
    let mut calls = JoinSet::new();
    for _ in 0..8 {
        let (mut client, request) = (mkt.client.clone(), opening.clone());
        calls.spawn(async move { client.open_referral(request).await.unwrap().into_inner() });
    }
    let answers = calls.join_all().await;
    assert!(answers.iter().all(|one| one.encode_to_vec() == answers[0].encode_to_vec()));
    assert_eq!(mkt.list("").await.len(), 1);
    assert_eq!(entries(&world, &opening.request_id).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_id_belongs_to_one_request_of_one_caller() {
    let case = Case::new().await;
    let (mkt, mut client) = (&case.mkt, case.mkt.client.clone());
    let opening = docket(mkt, "糖果");
    let opened = client.open_docket(opening.clone()).await.unwrap().into_inner();
    let other = pb::OpenDocketRequest { title: "馒头".to_owned(), ..opening.clone() };
    let refusal = client.open_docket(other).await.unwrap_err();
    assert_told(&refusal, Code::AlreadyExists, "REQUEST_ID_REUSED");

    let name = opened.docket.unwrap().name;
    let other =
        pb::OpenReferralRequest { request_id: opening.request_id.clone(), ..referral(mkt, &name) };
    let refusal = client.open_referral(other).await.unwrap_err();
    assert_told(&refusal, Code::AlreadyExists, "REQUEST_ID_REUSED");
    assert_eq!(entries(&case.world, &opening.request_id).await, 1);
    assert_eq!(mkt.list("").await.len(), 1, "the case's own and no other");

    let cae = case.world.agency("CAE").await;
    let theirs = pb::OpenDocketRequest { request_id: opening.request_id, ..docket(&cae, "摊位") };
    cae.client.clone().open_docket(theirs).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_request_may_be_made_again_under_its_id() {
    let case = Case::new().await.accepted().await;
    let late = Kind::SendReminder(pb::SendReminder {});
    let seen = case.pro.get(&case.name).await.unwrap().referral.unwrap();
    let mut request = step(&case.pro, &seen, late);
    request.documents = vec![crate::case::paper("REMINDER_LETTER")];
    let refusal = case.pro.call(request.clone()).await.unwrap_err();
    assert_told(&refusal, Code::FailedPrecondition, "WRONG_STATE");
    case.psb.take(&case.name, file()).await;
    case.world.clock.set(local("2026-06-03 00:00"));
    request.etag = case.pro.get(&case.name).await.unwrap().referral.unwrap().etag;
    case.pro.call(request).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_etag_is_stale_whoever_sends_it() {
    let case = Case::new().await.delivered().await;
    let seen = case.psb.get(&case.name).await.unwrap().referral.unwrap();
    case.psb.take(&case.name, crate::case::receipt()).await;
    let refusal = case.psb.call(step(&case.psb, &seen, file())).await.unwrap_err();
    assert_told(&refusal, Code::Aborted, "STALE");
}
