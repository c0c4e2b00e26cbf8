//! What referral, catalogue and evidence are told: everything, once, in order, whoever is away.

use std::time::Duration;

use proto::arbitration::v1 as pb;

use crate::{
    case::{Case, accept, apply, decide, interim, opening, withdraw},
    worker::{finish, start},
    world::{World, local},
};

async fn until(enough: impl Fn() -> bool) {
    let waiting = async {
        while !enough() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), waiting).await.unwrap();
}

fn told(seen: &pb::Dispute) -> bool {
    let decision = seen.decision.as_ref().unwrap();
    decision.revision > 0 && !decision.evidence_outcome.is_empty()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_service_is_told_what_concerns_it_once_and_in_order() {
    let case = Case::new().await.before_forum().await;
    let book = case.world.book.clone();
    let second = case.world.replica().await;
    let workers = [start(&case.world.arbitration), start(&second)];
    until(|| book.disputes().len() == 1).await;
    case.gdo.take(&case.name, interim("NAT")).await;
    case.gov.take(&case.name, decide("AGR", "")).await;
    let seen = case.one.wait(&case.name, told).await;
    until(|| book.disputes().len() == 3).await;
    for worker in workers {
        finish(worker).await;
    }
    let said: Vec<_> =
        book.disputes().into_iter().map(|one| (one.open, one.acting, one.docket)).collect();
    let docket = case.docket.clone();
    assert_eq!(
        said,
        [
            (true, "AGR".to_owned(), docket.clone()),
            (true, "NAT".to_owned(), docket.clone()),
            (false, "AGR".to_owned(), docket.clone()),
        ]
    );
    let decisions = book.decisions();
    let boundary = decisions[0].boundary.clone().unwrap();
    assert_eq!((boundary.dispute.as_str(), boundary.matter.as_str()), (&*case.name, "M046"));
    assert_eq!((boundary.territory.as_str(), boundary.competent.as_str()), ("330999005", "AGR"));
    assert_eq!((boundary.others, boundary.valid_from.as_str()), (vec!["NAT".into()], "2026-03-02"));
    assert_eq!(boundary.act, "GOV-C 云政争〔2026〕1号");
    assert_eq!(
        (decisions[0].agency.as_str(), decisions[0].officer.as_str()),
        ("GOV-C", "GOV-C-04")
    );
    let orders = book.orders();
    assert_eq!((orders[0].giver.as_str(), orders[0].receiver.as_str()), ("NAT", "AGR"));
    assert_eq!((decisions.len(), orders.len()), (1, 1));
    let decision = seen.decision.unwrap();
    assert_eq!((decision.revision, decision.evidence_outcome.as_str()), (8, "handOvers/1"));
    let events = case.two.timeline(&case.name).await;
    let told: Vec<_> = events.iter().filter(|event| event.kind == "TOLD").collect();
    assert_eq!(told.len(), 5, "each is in the journal: {told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_away_is_told_when_it_is_back_even_by_another_process() {
    let case = Case::new().await.before_forum().await;
    let book = case.world.book.clone();
    book.away(&["catalogue"]);
    let worker = start(&case.world.arbitration);
    let decided = case.gov.take(&case.name, decide("NAT", "")).await;
    assert_eq!(decided.state, "DECIDED", "a service that is away keeps no step from being taken");
    // Nobody stands in the way of the others.
    until(|| book.disputes().len() == 2 && book.orders().len() == 1).await;
    let calls = book.calls();
    until(|| book.calls() > calls + 1).await;
    finish(worker).await;
    assert_eq!(case.one.see(&case.name).await.decision.unwrap().revision, 0);

    book.away(&[]);
    let again = case.world.replica().await;
    let worker = start(&again);
    let seen = case.one.wait(&case.name, told).await;
    finish(worker).await;
    assert_eq!(seen.decision.unwrap().revision, 8);
    assert_eq!((book.decisions().len(), book.orders().len()), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_of_the_catalogue_is_kept_and_not_asked_again() {
    let case = Case::new().await.before_forum().await;
    case.world.book.refuse();
    case.gov.take(&case.name, decide("AGR", "")).await;
    let worker = start(&case.world.arbitration);
    let refused = async {
        loop {
            let events = case.one.timeline(&case.name).await;
            if let Some(event) = events.into_iter().find(|one| one.step == "CATALOGUE") {
                return event;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let event = tokio::time::timeout(Duration::from_secs(60), refused).await.unwrap();
    assert!(event.summary.contains("REFUSED: it overlaps another"), "{}", event.summary);
    let moved = |seen: &pb::Dispute| !seen.decision.as_ref().unwrap().evidence_outcome.is_empty();
    let decision = case.one.wait(&case.name, moved).await.decision.unwrap();
    finish(worker).await;
    assert_eq!((decision.revision, decision.evidence_outcome.as_str()), (0, "handOvers/1"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dispute_that_ends_without_a_decision_frees_the_docket() {
    let world = World::new().await;
    let case = Case::of(world, "AGR", "NAT").await;
    case.one.take(&case.name, withdraw()).await;
    let worker = start(&case.world.arbitration);
    let book = case.world.book.clone();
    until(|| book.disputes().len() == 2).await;
    finish(worker).await;
    let last = book.disputes().pop().unwrap();
    assert_eq!((last.open, last.acting.as_str()), (false, ""), "nobody was found competent");
    assert!(book.decisions().is_empty() && book.orders().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn every_body_that_may_hold_evidence_is_ordered_and_the_outcomes_are_joined() {
    let world = World::new().await;
    let agr = world.agency("AGR").await;
    let dispute = agr.open(opening(&agr, &["NAT", "WAT"])).await.unwrap();
    let (gdo, gov) = (world.agency("GDO").await, world.agency("GOV-C").await);
    agr.take(&dispute.name, apply()).await;
    gdo.take(&dispute.name, accept()).await;
    world.clock.set(local("2026-03-03 09:00"));
    gdo.take(&dispute.name, interim("NAT")).await;
    gov.take(&dispute.name, decide("NAT", "")).await;
    let second = world.replica().await;
    let workers = [start(&world.arbitration), start(&second)];
    let seen = agr.wait(&dispute.name, told).await;
    for worker in workers {
        finish(worker).await;
    }
    let orders = world.book.orders().into_iter();
    let mut orders: Vec<_> = orders.map(|one| (one.giver, one.receiver)).collect();
    orders.sort();
    assert_eq!(orders, [("AGR".into(), "NAT".into()), ("WAT".into(), "NAT".to_owned())]);
    let outcome = seen.decision.unwrap().evidence_outcome;
    assert!(outcome.contains("handOvers/1") && outcome.contains("handOvers/2"), "{outcome}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_docket_that_is_none_of_the_parties_is_free_for_others() {
    let case = Case::new().await;
    case.world.book.know_nothing();
    let worker = start(&case.world.arbitration);
    until(|| case.world.book.disputes().len() == 1).await;
    let heard = async {
        while !case.one.timeline(&case.name).await.iter().any(|one| one.kind == "TOLD") {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), heard).await.unwrap();
    finish(worker).await;
    let mkt = case.world.agency("MKT").await;
    let mut over = opening(&mkt, &["CAE"]);
    let about = over.subject.as_mut().unwrap();
    (about.docket, about.matter) = (case.docket.clone(), "M033".into());
    mkt.open(over).await.unwrap();
    assert_eq!(case.one.see(&case.name).await.state, "NEGOTIATING", "and the dispute goes on");
}
