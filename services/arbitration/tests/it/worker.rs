//! The loops: rungs raised once by whoever is faster, decisions that take effect on their day.

use std::collections::BTreeMap;

use arbitration::Arbitration;
use calendar::Calendar;
use db::journal::{self, Cursor, Row};
use proto::arbitration::v1 as pb;
use server::{Ready, Stop};

use crate::{
    case::{Case, acknowledge, apply, decide, escalate, opening, step},
    world::{Party, World, assert_told, local},
};

/// Runs the loops of a replica with a short tick.
pub(crate) fn start(arbitration: &Arbitration) -> Stop {
    let (ready, stop) = (Ready::default(), Stop::default());
    let options = arbitration::config::Worker { tick_ms: 3, directory_ms: 60_000, tell_ms: 10 };
    arbitration.start(options, &ready, &stop);
    stop
}

/// Stops the loops once they have finished what they are at.
pub(crate) async fn finish(stop: Stop) {
    stop.now();
    stop.finished().await;
}

/// The rows of the journal once a test has enough of them.
async fn rows_until(world: &World, enough: impl Fn(&[Row]) -> bool) -> Vec<Row> {
    let reading = async {
        loop {
            let rows = journal::after(&world.db, Cursor::START, 10_000).await.unwrap();
            if enough(&rows) {
                return rows;
            }
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(60), reading).await.unwrap()
}

fn count(rows: &[Row], kind: &str) -> usize {
    rows.iter().filter(|row| row.kind == kind).count()
}

async fn open(party: &Party) -> String {
    let mut request = opening(party, &["NAT"]);
    request.subject.as_mut().unwrap().matter = String::new();
    party.open(request).await.unwrap().name
}

#[tokio::test(flavor = "multi_thread")]
async fn two_workers_that_race_raise_each_rung_once_and_in_order() {
    const DISPUTES: usize = 8;
    let world = World::new().await;
    let agr = world.agency("AGR").await;
    for _ in 0..DISPUTES {
        open(&agr).await;
    }
    let second = world.replica().await;
    let workers = [start(&world.arbitration), start(&second)];
    // 5 working days from Monday 10:00 end on the next Monday at 24:00: 182 hours.
    for (at, rungs) in [("2026-03-06 05:00", 1), ("2026-03-08 11:36", 2), ("2026-03-10 00:00", 3)] {
        world.clock.set(local(at));
        let enough = |rows: &[Row]| count(rows, "arbitration.term_rung.v1") >= DISPUTES * rungs;
        rows_until(&world, enough).await;
    }
    for worker in workers {
        finish(worker).await;
    }
    let enough = |rows: &[Row]| count(rows, "arbitration.term_rung.v1") >= DISPUTES * 3;
    let rows = rows_until(&world, enough).await;
    assert_eq!(count(&rows, "arbitration.term_rung.v1"), DISPUTES * 3, "after both have stopped");
    let mut each: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.kind == "arbitration.term_rung.v1") {
        assert_eq!(row.agency, "", "a clock did it");
        each.entry(&row.resource).or_default().push(&row.step);
    }
    assert!(each.values().all(|rungs| *rungs == ["HALF", "NEAR", "OVERDUE"]), "{each:?}");
    let seen = agr.get(each.keys().next().unwrap()).await.unwrap();
    assert_eq!((seen.terms[0].state.as_str(), seen.terms[0].rungs.len()), ("MISSED", 3));
    assert_eq!(seen.dispute.unwrap().acting, "AGR", "its duties go on");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_and_the_workers_never_raise_the_same_rung() {
    let world = World::new().await;
    let agr = world.agency("AGR").await;
    let mut names = Vec::new();
    for _ in 0..6 {
        names.push(open(&agr).await);
    }
    let second = world.replica().await;
    let workers = [start(&world.arbitration), start(&second)];
    world.clock.set(local("2026-03-10 09:00"));
    for name in &names {
        // The workers may have changed the term between reading and stepping: then once more.
        loop {
            let seen = agr.see(name).await;
            match agr.call(step(&agr, &seen, apply())).await {
                Ok(_) => break,
                Err(status) => assert_told(&status, tonic::Code::Aborted, "STALE"),
            }
        }
    }
    for worker in workers {
        finish(worker).await;
    }
    let rows = rows_until(&world, |rows| count(rows, "arbitration.term_rung.v1") >= 18).await;
    assert_eq!(count(&rows, "arbitration.term_rung.v1"), 18);
    for name in &names {
        let terms = agr.get(name).await.unwrap().terms;
        let term = terms.iter().find(|term| term.duty.starts_with("agree")).unwrap();
        assert_eq!((term.state.as_str(), term.rungs.len()), ("MISSED", 3), "taken as late");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_takes_effect_on_its_day_once_and_evidence_moves_then() {
    let case = Case::new().await.before_forum().await;
    case.gov.take(&case.name, decide("NAT", "2026-03-10")).await;
    let second = case.world.replica().await;
    let workers = [start(&case.world.arbitration), start(&second)];
    let told = |seen: &pb::Dispute| seen.decision.as_ref().unwrap().revision > 0;
    let seen = case.one.wait(&case.name, told).await;
    assert_eq!(seen.acting, "AGR");
    assert!(case.world.book.orders().is_empty(), "not before its day");
    case.world.clock.set(local("2026-03-10 00:00"));
    let moved = |seen: &pb::Dispute| !seen.decision.as_ref().unwrap().evidence_outcome.is_empty();
    let seen = case.one.wait(&case.name, moved).await;
    for worker in workers {
        finish(worker).await;
    }
    assert_eq!(seen.decision.unwrap().evidence_outcome, "handOvers/1");
    let spans: Vec<_> = seen.acting_spans.iter().map(|one| one.agency.as_str()).collect();
    assert_eq!(spans, ["AGR", "NAT"]);
    let rows = rows_until(&case.world, |rows| count(rows, "arbitration.told.v1") >= 4).await;
    assert_eq!(count(&rows, "arbitration.acting_changed.v1"), 1);
    let orders = case.world.book.orders();
    assert_eq!((orders[0].giver.as_str(), orders[0].receiver.as_str()), ("AGR", "NAT"));
    assert_eq!(orders.len(), 1);
    case.two.take(&case.name, acknowledge()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provisional_term_is_counted_again_when_the_calendar_comes() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("calendar.csv");
    let table =
        concat!(env!("CARGO_MANIFEST_DIR"), "/../../libs/clock/data/calendar_exceptions.csv");
    let table = std::fs::read_to_string(table).unwrap();
    std::fs::write(&file, &table).unwrap();
    let path = file.to_str().unwrap().to_owned();
    let world = World::counting("2026-12-28 10:00", Calendar::open(&path).unwrap()).await;
    let agr = world.agency("AGR").await;
    let name = open(&agr).await;
    let term = agr.get(&name).await.unwrap().terms.remove(0);
    assert!(term.provisional);
    // New Year 2027, made up: Friday and Monday are rest days.
    let new = "2027-01-01,Fri,STATUTORY_REST_DAY,false\n2027-01-04,Mon,STATUTORY_REST_DAY,false\n";
    std::fs::write(&file, format!("{}\n{new}", table.trim_end())).unwrap();
    let second = world.replica_counting(Calendar::open(&path).unwrap()).await;
    let workers = [start(&world.arbitration), start(&second)];
    let rows = rows_until(&world, |rows| count(rows, "arbitration.term_recounted.v1") >= 1).await;
    for worker in workers {
        finish(worker).await;
    }
    assert_eq!(count(&rows, "arbitration.term_recounted.v1"), 1, "by one of the two, once");
    let counted = agr.get(&name).await.unwrap().terms.remove(0);
    assert!(
        !counted.provisional && counted.due_time.unwrap().seconds > term.due_time.unwrap().seconds
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forum_that_is_late_is_warned_and_a_party_goes_up() {
    let case = Case::new().await;
    case.one.take(&case.name, apply()).await;
    let worker = start(&case.world.arbitration);
    case.world.clock.set(local("2026-03-06 00:00"));
    rows_until(&case.world, |rows| {
        rows.iter().any(|row| row.kind == "arbitration.term_rung.v1" && row.step == "OVERDUE")
    })
    .await;
    finish(worker).await;
    let events = case.gdo.timeline(&case.name).await;
    let overdue = events.iter().find(|event| event.step == "OVERDUE").unwrap();
    assert!(overdue.summary.contains("before the superior"), "{}", overdue.summary);
    assert_eq!(case.two.take(&case.name, escalate()).await.state, "BEFORE_SUPERIOR");
}
