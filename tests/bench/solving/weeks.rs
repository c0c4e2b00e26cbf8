//! County weeks: the published one of each size, and fresh seeds, so that tuning on one does not count.

use std::sync::atomic::AtomicBool;

use solver::{
    Model, Plan, Solution, Solver,
    check::{check, confirms, score},
    problem::Problem,
    roster::Roster,
};

use super::{
    Progress,
    county::{Week, week},
    cpu::{budget, cpu, number, rate},
    published::{COUNTY, County},
};
use crate::{
    Options,
    report::{Figure, Report},
};

/// The budgets of the goals, in CPU seconds.
const BUDGETS: [f64; 3] = [1.0, 10.0, 60.0];
/// Seeds nobody tuned on.
const FRESH: std::ops::RangeInclusive<u32> = 2..=11;

fn budgets(quick: bool) -> &'static [f64] {
    if quick { &BUDGETS[..1] } else { &BUDGETS }
}

fn fresh_budgets(quick: bool) -> &'static [f64] {
    if quick { &BUDGETS[..1] } else { &BUDGETS[..2] }
}

pub(super) fn county_seconds(quick: bool) -> f64 {
    budgets(quick).iter().sum::<f64>() * number(COUNTY.len()) * 1.1
}

pub(super) fn fresh_seconds(quick: bool) -> f64 {
    fresh_budgets(quick).iter().sum::<f64>() * number(COUNTY.len() * FRESH.count()) * 1.1
}

/// The week of a row of the county set.
pub(super) fn made(row: &County, seed: u32) -> Week {
    let (officers, bodies, visits, days) = row.size;
    Week { officers, bodies, visits, days, seed, kits: Some(row.kits) }
}

/// What a search came to.
pub(super) struct Solved {
    /// Milliseconds of CPU to the first plan, and how many visits it holds.
    pub(super) first: (f64, usize),
    pub(super) spent: f64,
    pub(super) iterations: u64,
    pub(super) solution: Solution,
}

/// Solves a problem in so many CPU seconds on one thread, and has the plan checked.
pub(super) fn solve(problem: &Problem, seconds: f64) -> Solved {
    let model = Model::build(problem.clone()).unwrap();
    let run = |iterations| {
        let start = cpu();
        let mut first = None;
        let solver = Solver { seed: 1, iterations, threads: 1, start: None };
        let solution = solver.solve(&model, &AtomicBool::new(false), |progress| {
            first.get_or_insert_with(|| (cpu() - start, progress.plan().visits.len()));
        });
        let (after, visits) = first.unwrap();
        let spent = cpu() - start;
        Solved { first: (after * 1000.0, visits), spent, iterations, solution }
    };
    let solved = run(budget(seconds, |iterations| run(iterations).spent));
    sound(problem, &model, &solved.solution);
    solved
}

/// The checker shares no code with the search: every rule holds, the score is right, and what is said of
/// each visit left out is true.
fn sound(problem: &Problem, model: &Model, solution: &Solution) {
    assert_eq!(check(problem, &solution.plan), [].into());
    assert_eq!(score(problem, &solution.plan), solution.score);
    let (roster, misfits) = Roster::open(model.clone(), &solution.plan);
    assert!(misfits.is_empty());
    let explained = roster.explain();
    assert_eq!(explained.len() + solution.plan.visits.len(), problem.visits.len());
    assert!(explained.iter().all(|said| confirms(problem, &solution.plan, said)));
}

/// The county set at each budget.
pub(super) fn county(options: &Options, progress: &mut Progress, report: &mut Report) {
    for row in COUNTY {
        let problem = week(made(row, 1));
        for (at, &seconds) in budgets(options.quick).iter().enumerate() {
            progress.next(&format!("{}, {seconds} s", row.name), seconds * 1.1);
            let solved = solve(&problem, seconds);
            let score = solved.solution.score;
            report.add(Figure {
                name: format!("{}, score after {seconds} s", row.name),
                value: number(score.total),
                yardstick: row.others(),
                most: row.goals[at],
                ..Figure::default()
            });
            if seconds > 10.0
                && let Some(most) = row.left_out
            {
                report.add(Figure {
                    name: format!("{}, weight left out after {seconds} s", row.name),
                    value: number(score.left_out),
                    most: Some(most),
                    ..Figure::default()
                });
            }
            report.note(&format!(
                "CP-SAT and Timefold {} and {} in 60 s, prototype {}; {} visits, {} minutes of \
                 travel, longest {}; {:.0} iterations/s; checked",
                told(row.cp_sat),
                told(row.timefold),
                told(row.prototype[at]),
                solved.solution.plan.visits.len(),
                score.travel,
                score.longest_load,
                rate(solved.iterations, solved.spent)
            ));
        }
        if row.size.2 == 1000 {
            first_plan(row, &problem, report);
        }
    }
    same_plan(report);
}

fn told(score: Option<f64>) -> String {
    score.map_or("none".to_owned(), |score| format!("{score:.0}"))
}

/// The first plan is there at once: the quickest of several, for others use the machine too.
fn first_plan(row: &County, problem: &Problem, report: &mut Report) {
    let runs: Vec<Solved> = (0..5).map(|_| solve(problem, 0.1)).collect();
    let visits = runs[0].first.1;
    report.add(Figure {
        name: format!("{}, first plan, of {visits} visits", row.name),
        value: runs.iter().map(|run| run.first.0).fold(f64::MAX, f64::min),
        unit: "ms",
        most: Some(100.0),
        ..Figure::default()
    });
    report.add(Figure {
        name: format!("{}, visits without a place in it", row.name),
        value: number(problem.visits.len() - visits),
        most: Some(1.0),
        ..Figure::default()
    });
}

/// The same problem, seed, iterations and threads: the same bytes.
fn same_plan(report: &mut Report) {
    let model = Model::build(week(made(&COUNTY[3], 1))).unwrap();
    let plan = |threads| -> Vec<u8> {
        let solver = Solver { seed: 7, iterations: 20_000, threads, start: None };
        let plan: Plan = solver.solve(&model, &AtomicBool::new(false), |_| ()).plan;
        serde_json::to_vec(&plan).unwrap()
    };
    let differ = [1, 2, 3].into_iter().filter(|&threads| plan(threads) != plan(threads)).count();
    report.add(Figure {
        name: "plans of 1, 2, 3 threads that differ when made again".into(),
        value: number(differ),
        most: Some(0.0),
        ..Figure::default()
    });
}

/// Ten weeks of each size that nobody tuned on.
pub(super) fn fresh(options: &Options, progress: &mut Progress, report: &mut Report) {
    for row in COUNTY {
        for &seconds in fresh_budgets(options.quick) {
            let (mut scores, mut first) = (Vec::new(), 0.0_f64);
            for seed in FRESH {
                progress.next(&format!("{}, seed {seed}, {seconds} s", row.name), seconds * 1.1);
                let solved = solve(&week(made(row, seed)), seconds);
                scores.push(number(solved.solution.score.total));
                first = first.max(solved.first.0);
            }
            report.add(Figure {
                name: format!("{}, mean of seeds 2 to 11 after {seconds} s", row.name),
                value: scores.iter().sum::<f64>() / number(scores.len()),
                ..Figure::default()
            });
            let all: Vec<String> = scores.iter().map(|score| format!("{score:.0}")).collect();
            report.note(&format!("{}; first plan {first:.1} ms at most; checked", all.join(", ")));
        }
    }
}
