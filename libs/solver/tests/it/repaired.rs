//! Disruptions: only what is broken is touched, every change has its reason, every rule still holds.

use std::collections::BTreeSet;

use proptest::prelude::*;
use solver::{
    Model, Plan,
    check::{check, score},
    problem::{Problem, Shift},
    roster::{Change, Limits, Roster, Why},
};

use super::{
    county::{Week, week},
    made::{group, officer, planned, small, solve, visit},
};

const AHEAD: Limits = Limits { now: (0, 0), make_room: true };

fn open(problem: &Problem, plan: &Plan) -> Roster {
    let (roster, misfits) = Roster::open(Model::build(problem.clone()).unwrap(), plan);
    assert!(misfits.is_empty(), "{misfits:?}");
    roster
}

/// What differs must be what was said, and the plan must keep the rules of the problem as it is now.
fn told(before: &Plan, roster: &Roster, changes: &[Change]) {
    let after = roster.plan();
    let visits = 0..u32::try_from(roster.model().problem().visits.len()).unwrap();
    let differ: BTreeSet<_> = visits.filter(|&v| before.get(v) != after.get(v)).collect();
    let said: BTreeSet<_> = changes.iter().map(|change| change.visit).collect();
    assert_eq!(differ, said);
    for change in changes {
        assert_eq!(change.from.as_ref(), before.get(change.visit));
        assert_eq!(change.to.as_ref(), after.get(change.visit));
    }
    assert_eq!(check(roster.model().problem(), &after), [].into());
    assert_eq!(score(roster.model().problem(), &after), roster.score());
}

#[test]
fn a_third_officer_steps_in_and_the_time_stays() {
    let mut problem = small();
    problem.resources.push(officer(0));
    problem.visits = vec![visit()];
    let plan = planned(&problem);
    let mut roster = open(&problem, &plan);
    let ill = plan.visits[0].crew[0];
    let changes = roster.restrict(ill, Shift { day: 0, from: 1, to: 0 }, AHEAD);
    told(&plan, &roster, &changes);
    let to = changes[0].to.as_ref().unwrap();
    assert_eq!((changes.len(), changes[0].why, to.start), (1, Why::Affected, plan.visits[0].start));
    assert!(!to.crew.contains(&ill) && to.crew.contains(&plan.visits[0].crew[1]));
}

#[test]
fn a_heavier_visit_makes_a_lighter_one_give_way_and_says_for_whom() {
    let mut problem = small();
    for resource in &mut problem.resources {
        resource.shifts = vec![Shift { day: 0, from: 500, to: 600 }];
    }
    problem.visits = vec![visit()];
    let plan = planned(&problem);
    let mut urgent = visit();
    urgent.weight = 10;
    let mut roster = open(&problem, &plan);
    let mut kept = roster.add(visit(), Limits { make_room: true, ..AHEAD }).unwrap();
    assert_eq!(kept, []);
    kept = roster.add(urgent.clone(), Limits { make_room: false, ..AHEAD }).unwrap();
    assert_eq!(kept, []);
    let changes = roster.add(urgent, AHEAD).unwrap();
    told(&plan, &roster, &changes);
    let gone: Vec<_> = changes.iter().map(|c| (c.visit, c.to.is_some(), c.why)).collect();
    assert_eq!(gone, [(3, true, Why::Affected), (0, false, Why::Room(3))]);
}

#[test]
fn an_urgent_visit_that_makes_no_sense_is_refused_and_changes_nothing() {
    let problem = small();
    let mut roster = open(&problem, &Plan::default());
    let mut wrong = visit();
    wrong.place = 9;
    assert_eq!(roster.add(wrong, AHEAD).unwrap_err().0.len(), 1);
    assert!(roster.model().problem().visits.is_empty());
}

#[test]
fn what_is_past_stays_and_nothing_is_put_there() {
    let mut problem = small();
    problem.visits = vec![visit()];
    let plan = planned(&problem);
    let mut roster = open(&problem, &plan);
    let changes = roster.add(visit(), Limits { now: (0, 800), make_room: true }).unwrap();
    told(&plan, &roster, &changes);
    assert!(changes[0].to.as_ref().unwrap().start >= 800);
}

#[test]
fn a_closed_road_breaks_only_what_can_no_longer_be_reached() {
    let mut problem = small();
    problem.visits = vec![visit()];
    problem.visits[0].windows = vec![Shift { day: 0, from: 500, to: 580 }];
    let plan = planned(&problem);
    let mut roster = open(&problem, &plan);
    assert_eq!(roster.reroute(0, 1, 11, AHEAD).len(), usize::from(plan.visits[0].start < 511));
    told(&roster.plan(), &roster, &[]);
    let before = roster.plan();
    let changes = roster.reroute(0, 1, 60, AHEAD);
    told(&before, &roster, &changes);
    assert_eq!((changes.len(), changes[0].to.as_ref()), (1, None));
}

#[test]
fn a_cancelled_visit_is_neither_placed_nor_missed() {
    let mut problem = small();
    problem.visits = vec![visit(), visit()];
    let plan = planned(&problem);
    let mut roster = open(&problem, &plan);
    let changes = roster.cancel(0, AHEAD);
    assert_eq!((changes.len(), changes[0].visit, changes[0].to.as_ref()), (1, 0, None));
    assert_eq!(roster.score().left_out, 0);
    assert!(roster.explain().is_empty());
    assert_eq!(roster.cancel(0, AHEAD), []);
    assert_eq!(roster.cancel(99, AHEAD), []);
}

#[test]
fn a_plan_that_no_longer_fits_says_which_visits_do_not() {
    let mut problem = small();
    problem.visits = vec![visit(), visit()];
    let mut plan = planned(&problem);
    plan.visits[1].start = plan.visits[0].start + 30;
    let (roster, misfits) = Roster::open(Model::build(problem).unwrap(), &plan);
    assert_eq!((misfits, roster.plan().visits.len()), (vec![1], 1));
}

#[test]
fn with_one_more_officer_what_was_left_out_comes_in() {
    let mut problem = small();
    problem.visits = vec![visit()];
    problem.visits[0].groups = vec![group(0, 3)];
    let mut roster = open(&problem, &Plan::default());
    assert_eq!(roster.fill((0, 0)), []);
    problem.resources.push(officer(0));
    let mut roster = open(&problem, &Plan::default());
    assert_eq!(roster.fill((0, 0)).len(), 1);
}

#[test]
fn who_falls_ill_at_noon_keeps_what_has_begun_and_the_rest_is_placed_anew() {
    let mut problem = small();
    problem.resources.push(officer(0));
    problem.visits = vec![visit(), visit()];
    let plan = planned(&problem);
    let mut roster = open(&problem, &plan);
    let (mut first, mut second) = (plan.visits[0].clone(), plan.visits[1].clone());
    if second.start < first.start {
        (first, second) = (second, first);
    }
    let ill = *first.crew.iter().find(|who| second.crew.contains(*who)).unwrap();
    let changes = roster.absent(ill, &[0], Limits { now: (0, first.start + 1), ..AHEAD });
    let after = roster.plan();
    assert_eq!(after.get(first.visit), Some(&first), "what has begun stays");
    assert_eq!(changes.len(), 1);
    assert!(!after.get(second.visit).unwrap().crew.contains(&ill), "{changes:?}");
}

#[test]
fn who_is_barred_keeps_what_there_is_and_gets_nothing_new() {
    let mut problem = small();
    problem.visits = vec![visit()];
    let plan = planned(&problem);
    problem.visits.push(visit());
    let mut roster = open(&problem, &plan);
    roster.bar(plan.visits[0].crew[0]);
    roster.bar(99);
    assert_eq!(roster.plan(), plan);
    assert_eq!(roster.insert(1, AHEAD), [], "only one officer is left");
    assert_eq!(roster.insert(0, AHEAD), [], "it has its place");
    assert_eq!(roster.plan(), plan);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn any_disruption_is_told_and_keeps_every_rule(
        seed in 0_u32..200,
        troubles in prop::collection::vec((0_u32..40, 0_u32..5, 480_i32..1000, any::<bool>()), 1..12),
    ) {
        let problem = week(Week { officers: 40, bodies: 3, visits: 60, days: 5, seed, kits: Some(2) });
        let plan = solve(&Model::build(problem.clone()).unwrap(), 300, 1).plan;
        let mut roster = open(&problem, &plan);
        for (who, on, minute, make_room) in troubles {
            let before = roster.plan();
            let limits = Limits { now: (0, 0), make_room };
            let changes = match minute % 4 {
                0 => roster.restrict(who, Shift { day: on, from: minute, to: 1050 }, limits),
                1 => roster.cancel(who, limits),
                2 => {
                    let mut urgent = problem.visits[who as usize].clone();
                    urgent.weight = 10;
                    roster.add(urgent, limits).unwrap()
                }
                _ => roster.reroute(who % 5, on, minute / 10, limits),
            };
            told(&before, &roster, &changes);
        }
    }
}
