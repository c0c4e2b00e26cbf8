//! The loops: rungs raised once by whoever is faster, and never before their time.

use std::collections::BTreeMap;

use chrono::Duration;
use proto::referral::v1::{Event, TermState};
use referral::{Calendar, Referral};
use server::{Ready, Stop};

use crate::{
    case::{Case, deliver},
    journal,
    world::{World, local},
};

/// Runs the loops of a replica with a short tick.
pub(crate) fn start(referral: &Referral) -> Stop {
    let (ready, stop) = (Ready::default(), Stop::default());
    let options = referral::config::Worker { tick_ms: 3, directory_ms: 60_000 };
    referral.start(options, events::Bus::in_process(), &ready, &stop);
    stop
}

/// Stops the loops once they have finished what they are at.
pub(crate) async fn finish(stop: Stop) {
    stop.now();
    stop.finished().await;
}

fn rungs(events: &[Event]) -> Vec<&Event> {
    events.iter().filter(|event| event.kind == "TERM_RUNG").collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_workers_that_race_raise_each_rung_once_and_in_order() {
    const LEGS: usize = 12;
    let world = World::new().await;
    let mkt = world.agency("MKT").await;
    for leg in 0..LEGS {
        mkt.open(&format!("{leg}")).await;
    }
    let second = world.replica(Calendar::open("").unwrap()).await;
    let workers = [start(&world.referral), start(&second)];
    // T-03, a target of 24 hours from 10:00: half, near (80 %), overdue.
    for (at, count) in [("2026-03-02 22:00", 1), ("2026-03-03 05:12", 2), ("2026-03-03 10:00", 3)] {
        world.clock.set(local(at));
        mkt.watch_until(|events| rungs(events).len() >= LEGS * count).await;
    }
    for worker in workers {
        finish(worker).await;
    }

    let rows = journal::all(&world).await;
    let raised = rows.iter().filter(|row| row.kind == "TERM_RUNG").count();
    assert_eq!(raised, LEGS * 3, "in the journal, after both have stopped");
    let events = mkt.watch("", 0).await;
    let mut each: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for event in rungs(&events) {
        assert_eq!((event.agency.as_str(), event.rule.as_str()), ("", "T-03"));
        each.entry(&event.resource).or_default().push(&event.step);
    }
    assert_eq!(each.len(), LEGS);
    assert!(each.values().all(|rungs| *rungs == ["HALF", "NEAR", "OVERDUE"]), "{each:?}");
    let all = mkt.list("").await;
    let term = mkt.term(&all[0].name, "T-03").await;
    assert_eq!((term.state(), term.rungs.len()), (TermState::Missed, 3));
    assert!(mkt.list("late = true").await.is_empty(), "a service target is no lateness in law");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_was_away_raises_everything_missed_in_order() {
    let case = Case::new().await.accepted().await;
    case.world.clock.set(local("2026-03-10 09:00"));
    let worker = start(&case.world.referral);
    let events = case.mkt.watch_until(|events| rungs(events).len() >= 9).await;
    finish(worker).await;
    let of = |rule: &str| -> Vec<&str> {
        rungs(&events).iter().filter(|e| e.rule == rule).map(|e| e.step.as_str()).collect()
    };
    for rule in ["T-11", "T-13", "T-14"] {
        assert_eq!(of(rule), ["HALF", "NEAR", "OVERDUE"]);
    }
    assert_eq!(case.psb.term(&case.name, "T-13").await.state(), TermState::Lapsed);
    assert_eq!(case.psb.term(&case.name, "T-14").await.state(), TermState::Missed);
    let police: Vec<_> = case.psb.watch_until(|events| rungs(events).len() >= 9).await;
    assert_eq!(rungs(&police).len(), 9, "who sees the case is warned too");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_and_the_workers_never_raise_the_same_rung() {
    let world = World::new().await;
    let second = world.replica(Calendar::open("").unwrap()).await;
    let mut cases = Vec::new();
    let (mkt, clock) = (world.agency("MKT").await, world.clock.clone());
    let mut case = Case::of(world).await;
    for leg in 0..6 {
        case.name = mkt.open(&format!("{leg}")).await.name;
        case = case.approved().await;
        cases.push(case.name.clone());
    }
    let workers = [start(&case.world.referral), start(&second)];
    clock.set(local("2026-03-04 09:00"));
    for name in &cases {
        // The workers may have changed the term between reading and stepping: then once more.
        loop {
            let seen = case.mkt.get(name).await.unwrap().referral.unwrap();
            match case.mkt.call(crate::case::step(&case.mkt, &seen, deliver())).await {
                Ok(_) => break,
                Err(status) => crate::world::assert_told(&status, tonic::Code::Aborted, "STALE"),
            }
        }
    }
    let wanted = cases.len() * 3;
    let of_delivery = |events: &[Event]| -> usize {
        rungs(events).iter().filter(|event| event.rule == "T-05").count()
    };
    case.mkt.watch_until(|events| of_delivery(events) >= wanted).await;
    for worker in workers {
        finish(worker).await;
    }
    assert_eq!(of_delivery(&case.mkt.watch("", 0).await), wanted);
    for name in &cases {
        let term = case.mkt.term(name, "T-05").await;
        assert_eq!((term.state(), term.rungs.len()), (TermState::Missed, 3));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_raised_while_the_clock_stands_just_before_a_rung() {
    let (file, world) = crate::calendar::world_with_file("2026-12-29 10:00").await;
    let case = Case::of(world).await.accepted().await;
    // Half of T-13's 24 hours, and the first rung of all that run.
    let instant = Duration::microseconds(1);
    case.world.clock.set(local("2026-12-29 22:00") - instant);
    let worker = start(&case.world.referral);
    // That a provisional term was counted again shows that the worker has looked.
    file.publish_2027();
    case.mkt.watch_until(|events| events.iter().any(|e| e.kind == "TERM_RECOUNTED")).await;
    finish(worker).await;
    let rows = journal::all(&case.world).await;
    assert!(rows.iter().all(|row| row.kind != "TERM_RUNG"));

    case.world.clock.advance(instant);
    let worker = start(&case.world.referral);
    let events = case.mkt.watch_until(|events| rungs(events).len() >= 2).await;
    finish(worker).await;
    let mut rules: Vec<_> = rungs(&events).iter().map(|event| event.rule.as_str()).collect();
    rules.sort_unstable();
    assert_eq!(rules, ["T-11", "T-13"]);
}
