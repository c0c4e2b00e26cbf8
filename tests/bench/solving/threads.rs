//! How many iterations two threads do in the time in which one does its own.

use std::{sync::atomic::AtomicBool, thread, time::Instant};

use solver::{Model, Solver};

use super::{
    Progress,
    county::week,
    cpu::{cpu_of_all, number, rate},
    published::COUNTY,
    weeks::made,
};
use crate::{
    Options,
    report::{Figure, Report},
};

fn iterations(quick: bool) -> u64 {
    if quick { 60_000 } else { 200_000 }
}

pub(super) fn seconds(quick: bool) -> f64 {
    let round = if quick { 6.0 } else { 20.0 };
    5.0 * round
}

/// The best of the rounds: noise of others only takes away.
pub(super) fn bench(options: &Options, progress: &mut Progress, report: &mut Report) {
    let model = Model::build(week(made(&COUNTY[4], 1))).unwrap();
    let iterations = iterations(options.quick);
    let solve = |threads| {
        let solver = Solver { seed: 1, iterations, threads, start: None };
        solver.solve(&model, &AtomicBool::new(false), |_| ());
    };
    let (mut one, mut two, mut apart) = ((0.0_f64, 0.0_f64), (0.0_f64, 0.0_f64), 0.0_f64);
    for round in 1..=options.rounds {
        let part = seconds(options.quick) / number(options.rounds);
        progress.next(&format!("one thread and two, round {round}"), part);
        for (threads, best) in [(1, &mut one), (2, &mut two)] {
            let (start, spent) = (Instant::now(), cpu_of_all());
            solve(threads);
            let wall = start.elapsed().as_secs_f64();
            let spent = cpu_of_all() - spent;
            *best = (best.0.max(rate(iterations, wall)), best.1.max(rate(iterations, spent)));
        }
        let start = Instant::now();
        thread::scope(|scope| {
            scope.spawn(|| solve(1));
            scope.spawn(|| solve(1));
        });
        apart = apart.max(rate(2 * iterations, start.elapsed().as_secs_f64()));
    }
    report.add(Figure {
        name: "c500_1000, two threads over one, wall time".into(),
        value: two.0,
        unit: "it/s",
        yardstick: Some(one.0),
        least_ratio: Some(1.6),
        ..Figure::default()
    });
    report.add(Figure {
        name: "two searches beside each other over one (the machine)".into(),
        value: apart,
        unit: "it/s",
        yardstick: Some(one.0),
        ..Figure::default()
    });
    report.add(Figure {
        name: "iterations per CPU second, of two threads over one".into(),
        value: two.1,
        unit: "it/s",
        yardstick: Some(one.1),
        ..Figure::default()
    });
}
