//! CPU seconds, and how many iterations fit into them: what others do on the machine is not ours.

use std::fs;

/// CPU seconds of this thread.
pub(super) fn cpu() -> f64 {
    let told = fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    told.split(' ').next().unwrap().parse::<f64>().unwrap() / 1e9
}

/// CPU seconds of all threads, also those that have ended.
pub(super) fn cpu_of_all() -> f64 {
    let told = fs::read_to_string("/proc/self/stat").unwrap();
    let after = told.rsplit(')').next().unwrap();
    let ticks = after.split(' ').skip(12).take(2).map(|ticks| ticks.parse::<f64>().unwrap());
    ticks.sum::<f64>() / 100.0
}

/// Iterations that take about so many seconds; `run` says how many its iterations took.
pub(super) fn budget(seconds: f64, run: impl Fn(u64) -> f64) -> u64 {
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

/// So many in so many seconds.
pub(super) fn rate(count: u64, seconds: f64) -> f64 {
    number(count) / seconds
}

/// A count as a figure.
pub(super) fn number(count: impl ToString) -> f64 {
    count.to_string().parse().unwrap()
}

fn whole(number: f64) -> u64 {
    format!("{number:.0}").parse().unwrap()
}
