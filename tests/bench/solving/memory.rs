//! How much memory a solve of 1,000 visits takes, in a process of its own.

use std::{fs, process::Command, sync::atomic::AtomicBool};

use solver::{Model, Solver};

use super::{Progress, county::week, published::COUNTY, weeks::made};
use crate::report::{Figure, Report};

pub(super) const SECONDS: f64 = 4.0;
/// The word with which this program is started again to do it.
pub(crate) const WORD: &str = "--solve-a-thousand";

pub(super) fn bench(progress: &mut Progress, report: &mut Report) {
    progress.next("memory", SECONDS);
    let told = Command::new(std::env::current_exe().unwrap()).arg(WORD).output().unwrap();
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    let kibibytes: f64 = String::from_utf8(told.stdout).unwrap().trim().parse().unwrap();
    report.add(Figure {
        name: "c500_1000, peak memory of a process that solves it".into(),
        value: kibibytes / 1024.0,
        unit: "MiB",
        most: Some(64.0),
        ..Figure::default()
    });
}

/// Solves, and prints the most memory this process ever had, in KiB.
pub(crate) fn solve() {
    let model = Model::build(week(made(&COUNTY[4], 1))).unwrap();
    let solver = Solver { seed: 1, iterations: 100_000, threads: 1, start: None };
    assert!(!solver.solve(&model, &AtomicBool::new(false), |_| ()).plan.visits.is_empty());
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    println!("{}", peak.trim().trim_end_matches(" kB"));
}
