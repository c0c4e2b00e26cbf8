//! Measures the solver side by side with what others reached: `measure county|fresh|hhcrsp|threads|
//! repair ...`. Budgets are iterations, chosen so that they take the CPU seconds asked for.
#![expect(clippy::unwrap_used, reason = "a measurement fails by panicking")]
#![expect(clippy::print_stdout, reason = "the table is what it is for")]

#[path = "../tests/it/county.rs"]
mod county;
#[path = "../tests/it/hhcrsp.rs"]
mod hhcrsp;
#[path = "measure/published.rs"]
mod published;
#[path = "../tests/it/python.rs"]
mod python;
#[path = "measure/repair.rs"]
mod repair;

use std::{fs, sync::atomic::AtomicBool, time::Instant};

use county::{Week, week};
use solver::{
    Model, Solution, Solver,
    check::{check, score},
    order::{self, Annealer},
};

const USAGE: &str = "measure county SECONDS [NAME [SEED]]    the county set\n\
    measure fresh SECONDS                   weeks of seeds 2 to 11\n\
    measure hhcrsp FOLDER SECONDS [NAME [SEED]]\n\
    measure threads                         iterations of one and of two threads\n\
    measure repair                          one disruption among 1,000 visits";

fn main() {
    let told: Vec<String> = std::env::args().skip(1).collect();
    let told: Vec<&str> = told.iter().map(String::as_str).collect();
    let seconds = |text: &str| text.parse::<f64>().unwrap();
    match *told {
        ["county", time] => county_set(seconds(time), "", 1),
        ["county", time, name] => county_set(seconds(time), name, 1),
        ["county", time, name, seed] => county_set(seconds(time), name, seed.parse().unwrap()),
        ["fresh", time] => fresh(seconds(time)),
        ["hhcrsp", folder, time] => public_set(folder, seconds(time), "", 1),
        ["hhcrsp", folder, time, name] => public_set(folder, seconds(time), name, 1),
        ["hhcrsp", folder, time, name, seed] => {
            public_set(folder, seconds(time), name, seed.parse().unwrap());
        }
        ["threads"] => threads(),
        ["repair"] => repair::measure(),
        _ => println!("{USAGE}"),
    }
}

/// The week of a row of the county set.
fn made(row: &published::County, seed: u32) -> Week {
    let (officers, bodies, visits, days) = row.size;
    Week { officers, bodies, visits, days, seed, kits: Some(row.kits) }
}

fn county_set(seconds: f64, name: &str, seed: u64) {
    println!(
        "{:<11} {:>8} {:>9} {:>9} {:>9} | {:>7} {:>8} | {:>6} {:>9} {:>8} {:>9} {:>6} {:>8} {:>7}",
        "week",
        "CP-SAT",
        "Timefold",
        "proto 10",
        "proto 60",
        "first",
        "total",
        "CPU s",
        "it/s",
        "total",
        "left out",
        "visits",
        "travel",
        "longest"
    );
    for row in published::COUNTY.iter().filter(|row| row.name.contains(name)) {
        if name.is_empty() || row.name == name {
            let before = row.reached;
            print!(
                "{:<11} {:>8} {:>9} {:>9} {:>9} | ",
                row.name, before[0], before[1], before[2], before[3]
            );
            solve_county(made(row, 1), seconds, seed);
        }
    }
}

fn fresh(seconds: f64) {
    for row in published::COUNTY {
        for seed in 2..=11 {
            print!("{:<11} seed {seed:>2} | ", row.name);
            solve_county(made(row, seed), seconds, 1);
        }
    }
}

fn solve_county(made: Week, seconds: f64, seed: u64) {
    let problem = week(made);
    let model = Model::build(problem.clone()).unwrap();
    let run = |iterations| {
        let start = cpu();
        let mut first = None;
        let solution = Solver { seed, iterations, threads: 1, start: None }.solve(
            &model,
            &AtomicBool::new(false),
            |progress| {
                first.get_or_insert((cpu() - start, progress.best.total));
            },
        );
        (solution, cpu() - start, first.unwrap())
    };
    let iterations = budget(seconds, |iterations| run(iterations).1);
    let (solution, spent, (after, first)) = run(iterations);
    assert_eq!(check(&problem, &solution.plan), [].into());
    assert_eq!(score(&problem, &solution.plan), solution.score);
    let Solution { score, plan, .. } = solution;
    println!(
        "{:>5.1}ms {first:>8} | {spent:>6.2} {:>9.0} {:>8} {:>9} {:>6} {:>8} {:>7}",
        after * 1000.0,
        rate(iterations, spent),
        score.total,
        score.left_out,
        plan.visits.len(),
        score.travel,
        score.longest_load
    );
}

fn public_set(folder: &str, seconds: f64, name: &str, seed: u64) {
    println!(
        "{:<10} {:>9} | {:>6} {:>9} {:>9} {:>7}",
        "patients", "published", "CPU s", "it/s", "cost", "gap %"
    );
    let (mut gaps, mut large) = (Vec::new(), Vec::new());
    for &(own, best) in published::HHCRSP.iter().filter(|(own, _)| own.contains(name)) {
        let text = fs::read_to_string(format!("{folder}/Instanz{own}.json")).unwrap();
        let problem = hhcrsp::read(&text);
        let run = |iterations| {
            let start = cpu();
            let annealer = Annealer { seed, iterations };
            let plan = annealer.solve(&problem, &AtomicBool::new(false)).unwrap();
            (plan, cpu() - start)
        };
        let iterations = budget(seconds, |iterations| run(iterations).1);
        let (plan, spent) = run(iterations);
        assert_eq!(order::check::cost(&problem, &plan), Some(plan.cost));
        let cost = rate(plan.cost.total().unsigned_abs(), 3000.0);
        let gap = 100.0 * (cost / best - 1.0);
        println!(
            "{own:<20} {best:>9.3} | {spent:>6.2} {:>9.0} {cost:>9.3} {gap:>7.2}",
            rate(iterations, spent)
        );
        gaps.push(gap);
        if own.starts_with("VNS") {
            large.push(gap);
        }
    }
    let mean = |gaps: &[f64]| gaps.iter().sum::<f64>() / rate(gaps.len() as u64, 1.0).max(1.0);
    let worst = gaps.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    println!(
        "mean gap {:.3} %, worst {worst:.2} %; of 100 to 300 patients {:.3} %",
        mean(&gaps),
        mean(&large)
    );
}

/// Iterations in the time of a wall clock: on a machine with nothing else to do.
fn threads() {
    let model = Model::build(week(made(&published::COUNTY[4], 1))).unwrap();
    let mut rates = Vec::new();
    for threads in [1, 2, 1, 2] {
        let (start, begun) = (cpu_of_all(), Instant::now());
        let iterations = 100_000;
        let solver = Solver { seed: 1, iterations, threads, start: None };
        let solution = solver.solve(&model, &AtomicBool::new(false), |_| ());
        let wall = begun.elapsed().as_secs_f64();
        let spent = cpu_of_all() - start;
        // What the threads themselves allow, when others take no part of the processors.
        println!(
            "{threads} threads: {:.0} it/s of wall time, {:.0} it per CPU second, total {}",
            rate(iterations, wall),
            rate(iterations, spent),
            solution.score.total
        );
        rates.push((rate(iterations, wall), rate(iterations, spent)));
    }
    println!(
        "two over one: {:.2} by wall time, {:.2} by CPU seconds of each thread",
        (rates[1].0 + rates[3].0) / (rates[0].0 + rates[2].0),
        2.0 * (rates[1].1 + rates[3].1) / (rates[0].1 + rates[2].1)
    );
}

/// Iterations that take about so many seconds.
fn budget(seconds: f64, run: impl Fn(u64) -> f64) -> u64 {
    let mut iterations = 2000;
    loop {
        let spent = run(iterations);
        if spent >= seconds * 0.04 {
            return whole(rate(iterations, spent) * seconds);
        }
        iterations =
            whole(rate(iterations, 1.0) * (seconds * 0.05 / spent.max(1e-4)).clamp(1.5, 20.0));
    }
}

fn whole(number: f64) -> u64 {
    format!("{number:.0}").parse().unwrap()
}

fn rate(count: u64, seconds: f64) -> f64 {
    format!("{count}").parse::<f64>().unwrap() / seconds
}

/// CPU seconds of this thread.
fn cpu() -> f64 {
    let told = fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    told.split(' ').next().unwrap().parse::<f64>().unwrap() / 1e9
}

/// CPU seconds of all threads, also those that have ended.
fn cpu_of_all() -> f64 {
    let told = fs::read_to_string("/proc/self/stat").unwrap();
    let after = told.rsplit(')').next().unwrap();
    let ticks = after.split(' ').skip(12).take(2).map(|ticks| ticks.parse::<f64>().unwrap());
    ticks.sum::<f64>() / 100.0
}
