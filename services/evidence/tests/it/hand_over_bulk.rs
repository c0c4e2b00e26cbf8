//! Many items, two replicas, and referral that does not answer: nothing is lost and nothing happens
//! twice.

use std::time::Duration;

use proto::evidence::v1 as pb;
use sea_orm::{ConnectionTrait as _, Statement};
use server::{Ready, Stop};
use tokio::time::{sleep, timeout};

use crate::{
    case::{Case, thing},
    hand_over::{as_listed, proposal},
    world::{Party, reason},
};

#[tokio::test]
async fn a_thousand_items_move_at_once() {
    let case = Case::new().await;
    let mut items = Vec::new();
    for code in 0..1000 {
        items.push(case.mkt.add(&case.dossier, thing(&format!("T-{code}"))).await);
    }
    let proposed =
        case.mkt.propose(proposal(&case, &items.iter().collect::<Vec<_>>())).await.unwrap();
    let mut request = as_listed(&proposed);
    request.counts[999].accepted = false;
    request.counts[999].discrepancy = "没有找到".to_owned();
    let counted = case.psb.count(request).await.unwrap();
    case.psb.sign(&counted).await.unwrap();
    let done = case.mkt.sign(&counted).await.unwrap();
    assert_eq!(done.state(), pb::HandOverState::Completed);
    let mut held = [0, 0];
    let mut page_token = String::new();
    loop {
        let request =
            pb::ListItemsRequest { dossier: case.dossier.clone(), page_size: 1000, page_token };
        let page = case.mkt.client.clone().list_items(request).await.unwrap().into_inner();
        for item in page.items {
            let custody = item.custody.unwrap();
            let at_psb = custody.holder == "PSB";
            assert_eq!(
                (custody.events, custody.hand_over.as_str()),
                (if at_psb { 4 } else { 2 }, "")
            );
            held[usize::from(at_psb)] += 1;
        }
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    assert_eq!(held, [1, 999]);
}

#[tokio::test]
async fn of_signatures_at_once_on_two_replicas_exactly_one_completes_it() {
    let case = Case::new().await;
    let other = case.world.replica().await;
    let psb = case.world.agency_of(&other, "PSB").await;
    for round in 0..5 {
        let counted = case.counted(&[&format!("A-{round}"), &format!("B-{round}")]).await;
        let (mkt, again) = (case.mkt.clone(), case.mkt.clone());
        // The giver's finger slips: it signs twice, by two requests.
        let answers = tokio::join!(mkt.sign(&counted), psb.sign(&counted), again.sign(&counted));
        let answers = [answers.0, answers.1, answers.2];
        let states: Vec<_> = answers.iter().flatten().map(|one| one.state()).collect();
        assert_eq!(states.len(), 2, "{answers:?}");
        let completed = states.iter().filter(|state| **state == pb::HandOverState::Completed);
        assert_eq!(completed.count(), 1, "{states:?}");
        let refused: Vec<_> =
            answers.iter().filter_map(|one| one.as_ref().err()).map(reason).collect();
        assert_eq!(refused, ["RULE_BROKEN"]);
        for line in &counted.lines {
            let chain = case.mkt.chain(&line.item).await.unwrap();
            assert_eq!(chain.len(), 4, "each item moved once");
        }
    }
}

#[tokio::test]
async fn of_two_lists_at_once_one_gets_the_item() {
    let case = Case::new().await;
    let other = case.world.replica().await;
    let there = case.world.agency_of(&other, "MKT").await;
    let item = case.thing("A").await;
    let (here, there) = tokio::join!(
        case.mkt.propose(proposal(&case, &[&item])),
        there.propose(proposal(&case, &[&item]))
    );
    let refused = [&here, &there].into_iter().filter_map(|one| one.as_ref().err()).map(reason);
    let refused: Vec<_> = refused.collect();
    assert!(refused == ["RULE_BROKEN"] || refused == ["STALE"], "{refused:?}");
    let listed = case.read(&item).await.custody.unwrap().hand_over;
    assert_eq!(listed, here.or(there).unwrap().name);
}

/// A hand-over that both signed, of which referral is to be told. Referral is no part of these
/// tests, so none can be proposed for it: the row says it was.
async fn untold(case: &Case) -> pb::HandOver {
    let counted = case.counted(&["A"]).await;
    case.mkt.sign(&counted).await.unwrap();
    case.psb.sign(&counted).await.unwrap();
    let sql = "UPDATE hand_over SET purpose = 'REFERRAL', referral = 'referrals/1'";
    case.world
        .db
        .write(move |tx| {
            Box::pin(async move {
                let statement = Statement::from_string(tx.get_database_backend(), sql);
                tx.execute_raw(statement).await.map(drop)
            })
        })
        .await
        .unwrap();
    counted
}

#[tokio::test]
async fn what_referral_does_not_hear_is_told_again_also_after_a_restart() {
    let case = Case::new().await;
    let done = untold(&case).await;
    let options = evidence::config::Worker { directory_ms: 20, tell_ms: 10 };
    for service in [case.world.evidence.clone(), case.world.replica().await] {
        let stop = Stop::default();
        let bus = ::events::Bus::in_process();
        service.start(options, bus, &Ready::default(), &stop);
        // Several looks: each finds referral away.
        sleep(Duration::from_millis(200)).await;
        let seen = case.mkt.hand_over(&done.name).await.unwrap();
        assert_eq!(
            (seen.state(), seen.referral_outcome.as_str()),
            (pb::HandOverState::Completed, "")
        );
        stop.now();
        timeout(Duration::from_secs(10), stop.finished()).await.expect("the loops end");
    }
    let told = journalled(&case.mkt, &case.dossier, "evidence.hand_over_told.v1").await;
    assert_eq!(told, 0, "a failure to tell is no outcome");
    let moved = journalled(&case.mkt, &case.dossier, "evidence.hand_over_completed.v1").await;
    assert_eq!(moved, 1);
}

/// How many rows of the trace are of a kind.
async fn journalled(party: &Party, dossier: &str, kind: &str) -> usize {
    use prost::Message as _;
    let request =
        pb::ListTraceRequest { dossier: dossier.to_owned(), page_size: 1000, ..Default::default() };
    let rows = party.client.clone().list_trace(request).await.unwrap().into_inner().rows;
    let rows = rows.iter().map(|row| proto::journal::v1::Row::decode(row.as_ref()).unwrap());
    rows.filter(|row| row.kind == kind).count()
}
