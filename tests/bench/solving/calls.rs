//! The public set of home health care (HHCRSP) beside the best costs published.

use std::{fs, path::PathBuf, sync::atomic::AtomicBool};

use solver::order::{Annealer, check::cost};

use super::{
    Progress,
    cpu::{budget, cpu, number, rate},
    hhcrsp,
    published::HHCRSP,
};
use crate::{
    Options,
    report::{Figure, Report},
};

/// All of them, in 10 CPU seconds each.
const ALL: f64 = 10.0;
/// Those of 100 to 300 patients, in 60.
const LARGE: f64 = 60.0;

fn large() -> impl Iterator<Item = &'static (&'static str, f64)> {
    HHCRSP.iter().filter(|(name, _)| name.starts_with("VNS"))
}

pub(super) fn seconds(quick: bool) -> f64 {
    let all = 1.1 * ALL * number(HHCRSP.len());
    if quick { all / 10.0 } else { all + 1.1 * LARGE * number(large().count()) }
}

pub(super) fn bench(options: &Options, progress: &mut Progress, report: &mut Report) {
    let all = if options.quick { ALL / 10.0 } else { ALL };
    let mut gaps = Vec::new();
    for row in HHCRSP {
        gaps.push(gap(row, all, options, progress, report));
    }
    let worst = gaps.iter().copied().fold(f64::MIN, f64::max);
    // The goals are those of the whole budget.
    let goal = |most: f64| (!options.quick).then_some(most);
    let name = |what: &str| format!("HHCRSP, 21 instances, {what} gap after {all} s");
    of_all(report, name("mean"), mean(&gaps), goal(-0.5));
    of_all(report, name("worst"), worst, goal(1.0));
    if !options.quick {
        let gaps: Vec<f64> =
            large().map(|row| gap(row, LARGE, options, progress, report)).collect();
        let name = format!("HHCRSP, 100 to 300 patients, mean gap after {LARGE} s");
        of_all(report, name, mean(&gaps), Some(-2.0));
    }
}

fn of_all(report: &mut Report, name: String, value: f64, most: Option<f64>) {
    report.add(Figure { name, value, unit: "%", most, ..Figure::default() });
}

fn mean(gaps: &[f64]) -> f64 {
    gaps.iter().sum::<f64>() / number(gaps.len())
}

/// By how many per cent a plan costs more than the best published.
fn gap(
    &(name, best): &(&str, f64),
    seconds: f64,
    options: &Options,
    progress: &mut Progress,
    report: &mut Report,
) -> f64 {
    progress.next(&format!("{name}, {seconds} s"), 1.1 * seconds);
    let here = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/solving/hhcrsp"));
    let folder = options.data.as_ref().map_or(here, |data| data.join("hhcrsp"));
    let file = folder.join(format!("Instanz{name}.json"));
    let text = fs::read_to_string(&file);
    assert!(text.is_ok(), "{}: {text:?}", file.display());
    let problem = hhcrsp::read(&text.unwrap());
    let run = |iterations| {
        let start = cpu();
        let annealer = Annealer { seed: 1, iterations };
        let plan = annealer.solve(&problem, &AtomicBool::new(false)).unwrap();
        (plan, cpu() - start)
    };
    let iterations = budget(seconds, |iterations| run(iterations).1);
    let (plan, spent) = run(iterations);
    assert_eq!(cost(&problem, &plan), Some(plan.cost), "the checker counts something else");
    let reached = number(plan.cost.total()) / 3000.0;
    let gap = 100.0 * (reached / best - 1.0);
    report.note(&format!(
        "{name}: {reached:.3}, published {best:.3}, {gap:+.2} % in {spent:.1} CPU s, {:.0} \
         iterations/s; checked",
        rate(iterations, spent)
    ));
    gap
}
