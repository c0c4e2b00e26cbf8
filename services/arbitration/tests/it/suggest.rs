//! Suggestions: the nearest precedents and the catalogue's word, with why; and nothing is decided.

use std::time::Duration;

use proto::arbitration::v1 as pb;
use tonic::Code;

use crate::{
    case::opening,
    precedents::decided,
    worker::{finish, start},
    world::{Party, World, assert_told, fields},
};

async fn suggest(party: &Party, name: &str) -> pb::SuggestDecisionResponse {
    let request = pb::SuggestDecisionRequest { name: name.to_owned(), ..Default::default() };
    party.client.clone().suggest_decision(request).await.unwrap().into_inner()
}

/// The answer once the service has read `count` precedents that are near.
///
/// PostgreSQL holds a row back while any older transaction of the server runs: what was just decided
/// may be read a moment later.
async fn learnt(
    world: &World,
    party: &Party,
    request: pb::SuggestDecisionRequest,
    count: usize,
) -> pb::SuggestDecisionResponse {
    let learning = async {
        loop {
            world.arbitration.refresh().await.unwrap();
            let answer = party.client.clone().suggest_decision(request.clone()).await.unwrap();
            let answer = answer.into_inner();
            if answer.suggestions.len() >= count {
                return answer;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(60), learning).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_nearest_precedent_and_the_catalogue_say_why_and_decide_nothing() {
    let world = World::new().await;
    world.book.name("NAT");
    decided(&world, "M033", "330999001").await;
    let near = decided(&world, "M046", "330999006").await;
    let agr = world.agency("AGR").await;
    let dispute = agr.open(opening(&agr, &["NAT"])).await.unwrap();
    let request = pb::SuggestDecisionRequest { name: dispute.name.clone(), ..Default::default() };
    let answer = learnt(&world, &agr, request, 2).await;
    let first = &answer.suggestions[0];
    assert_eq!(first.precedent.as_ref().unwrap().dispute, near);
    assert!(first.similarity > answer.suggestions[1].similarity);
    assert!(first.reasons[0].contains("same matter, M046"), "{:?}", first.reasons);
    assert_eq!((answer.revision, answer.catalogue_competent.as_str()), (7, "NAT"));
    assert!(answer.catalogue.iter().any(|one| one.text == "NAT: it holds M046"));
    assert_eq!(agr.see(&dispute.name).await, dispute, "nothing has changed");

    world.book.away(&["catalogue"]);
    let answer = suggest(&agr, &dispute.name).await;
    assert_eq!((answer.suggestions.len(), answer.catalogue.len(), answer.revision), (2, 0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_replica_learns_of_a_new_precedent() {
    let world = World::new().await;
    let second = world.replica().await;
    let worker = start(&second);
    let agr = world.agency_of(&second, "AGR").await;
    decided(&world, "M046", "330999006").await;
    let dispute = agr.open(opening(&agr, &["NAT"])).await.unwrap();
    let learning = async {
        while suggest(&agr, &dispute.name).await.suggestions.is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), learning).await.unwrap();
    finish(worker).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dispute_not_yet_opened_may_be_asked_about_in_full() {
    let world = World::new().await;
    decided(&world, "M046", "330999006").await;
    let mkt = world.agency("MKT").await;
    let sample = opening(&mkt, &[]);
    let request = pb::SuggestDecisionRequest {
        parties: vec!["AGR".into(), "NAT".into()],
        kind: sample.kind,
        subject: sample.subject,
        limit: 1,
        ..Default::default()
    };
    let answer = learnt(&world, &mkt, request, 1).await;
    assert_eq!(answer.suggestions.len(), 1, "as many as asked for");
    let empty = pb::SuggestDecisionRequest { limit: 21, ..Default::default() };
    let refusal = mkt.client.clone().suggest_decision(empty).await.unwrap_err();
    assert_told(&refusal, Code::InvalidArgument, "FIELDS");
    assert_eq!(fields(&refusal), ["limit", "kind", "subject"]);
}
