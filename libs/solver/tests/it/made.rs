//! Small problems made by hand, and shorthands for the tests.

use std::sync::atomic::AtomicBool;

use solver::{
    Model, Plan, Solution, Solver,
    problem::{
        Days, Group, Objective, Pool, Problem, Qualification, Resource, Shift, Travel, Visit,
    },
};

pub(crate) const INSPECTOR: u32 = 7;

/// One body with two officers, one kit, one day, two places ten minutes apart, nothing to do yet.
pub(crate) fn small() -> Problem {
    Problem {
        days: 1,
        pools: vec![Pool::Body, Pool::Kits],
        resources: vec![officer(0), officer(0), Resource { certified: None, ..officer(1) }],
        visits: Vec::new(),
        spacings: Vec::new(),
        caps: Vec::new(),
        travel: Travel::Matrix(vec![vec![0, 10], vec![10, 0]]),
        objective: Objective::default(),
    }
}

pub(crate) fn officer(pool: u32) -> Resource {
    Resource {
        pool,
        base: 0,
        qualifications: Vec::new(),
        certified: Some(Days::ALL),
        shifts: vec![day(0)],
    }
}

pub(crate) fn day(day: u32) -> Shift {
    Shift { day, from: 500, to: 1000 }
}

/// Two officers of the body, for an hour, at the far place.
pub(crate) fn visit() -> Visit {
    Visit {
        place: 1,
        minutes: 60,
        weight: 1,
        groups: vec![group(0, 2)],
        windows: vec![day(0)],
        recused: Vec::new(),
    }
}

pub(crate) fn group(pool: u32, count: u32) -> Group {
    Group { pool, qualification: None, count, panel: None }
}

pub(crate) fn inspector() -> Qualification {
    Qualification { id: INSPECTOR, valid: Days::ALL }
}

pub(crate) fn solve(model: &Model, iterations: u64, threads: usize) -> Solution {
    let solver = Solver { seed: 1, iterations, threads, start: None };
    solver.solve(model, &AtomicBool::new(false), |_| ())
}

pub(crate) fn planned(problem: &Problem) -> Plan {
    solve(&Model::build(problem.clone()).unwrap(), 200, 1).plan
}
