//! `CP-SAT` (`ortools` of the Python package index) on the same weeks, at equal time, in the same run.
//! Its plans and ours are judged by the checker that came with the set.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::{Value, json};
use solver::Plan;

use super::{
    Progress,
    county::week,
    cpu::number,
    published::{COUNTY, County},
    weeks::{made, solve},
};
use crate::{
    Options,
    report::{Figure, Report},
    write::eprintln,
};

/// The version of the yardstick: another one is another yardstick.
const ORTOOLS: &str = "ortools==9.14.6206";
/// Seconds of one worker of CP-SAT, and CPU seconds of ours.
const SECONDS: f64 = 60.0;

fn budget(quick: bool) -> f64 {
    if quick { SECONDS / 6.0 } else { SECONDS }
}

/// The weeks small enough that it finds anything: `c60_60` of each seed, so that none is tuned on.
fn weeks(quick: bool) -> Vec<(&'static County, u32)> {
    let seeds = if quick { 1..=2 } else { 1..=11 };
    let middle = seeds.map(|seed| (&COUNTY[1], seed));
    [(&COUNTY[0], 1)].into_iter().chain(middle).chain([(&COUNTY[2], 1)]).collect()
}

pub(super) fn seconds(quick: bool) -> f64 {
    2.3 * budget(quick) * number(weeks(quick).len())
}

pub(super) fn bench(options: &Options, progress: &mut Progress, report: &mut Report) {
    let seconds = budget(options.quick);
    let python = match python() {
        Ok(python) => python,
        Err(why) => {
            return eprintln(&format!(
                "solver: no CP-SAT beside ours, for {ORTOOLS} cannot be installed (is there a \
                 network?): {why}"
            ));
        }
    };
    let folder = tempfile::tempdir().unwrap();
    for (row, seed) in weeks(options.quick) {
        progress.next(&format!("CP-SAT, {} seed {seed}", row.name), 2.3 * seconds);
        let file = folder.path().join(format!("{}_{seed}.json", row.name));
        generate(&python, row, seed, &file);
        let theirs = cp_sat(&python, &file, seconds);
        let problem = week(made(row, seed));
        // As long as it worked: it stops early when it has proved its plan the best.
        let worked = theirs["cpu"].as_f64().unwrap().clamp(1.0, seconds);
        let yardstick = theirs["obj"].as_f64();
        for (ours, of) in [(1.0, seconds), (worked, worked)] {
            let solution = solve(&problem, ours).solution;
            judge(&python, &file, &solution.plan, solution.score.total);
            report.add(Figure {
                name: format!("{} seed {seed}, {ours:.0} s; CP-SAT {of:.0} s", row.name),
                value: number(solution.score.total),
                yardstick,
                most_ratio: yardstick.map(|_| 1.0),
                ..Figure::default()
            });
        }
        report.note(&format!(
            "CP-SAT says {}, bound {}, {} CPU s with {} to build it; both plans checked",
            theirs["status"], theirs["bound"], theirs["cpu"], theirs["build_s"]
        ));
    }
}

/// A Python that has CP-SAT, made once beside what was built.
fn python() -> Result<PathBuf, String> {
    let target = std::env::current_exe().unwrap().parent().unwrap().parent().unwrap().to_owned();
    let venv = target.join(ORTOOLS.replace("==", "-"));
    let python = venv.join("bin/python");
    let is_there = || {
        Command::new(&python)
            .args(["-c", "import ortools"])
            .output()
            .is_ok_and(|done| done.status.success())
    };
    if !is_there() {
        succeed(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&venv))?;
        succeed(Command::new(&python).args(["-m", "pip", "install", "--quiet", ORTOOLS]))?;
    }
    Ok(python)
}

/// What a program prints, or what it complains of.
fn succeed(command: &mut Command) -> Result<String, String> {
    let done = command.output().map_err(|error| error.to_string())?;
    if done.status.success() {
        return Ok(String::from_utf8_lossy(&done.stdout).into_owned());
    }
    let complaint = String::from_utf8_lossy(&done.stderr);
    Err(complaint.lines().last().unwrap_or("it says nothing").to_owned())
}

/// Runs one of the scripts of the set.
fn script(python: &Path, name: &str, arguments: &[String]) -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/solving/cp_sat");
    let mut command = Command::new(python);
    // Nothing is left in the source folder.
    command.arg("-B").arg(format!("{folder}/{name}")).args(arguments);
    let told = succeed(&mut command);
    assert!(told.is_ok(), "{name}: {told:?}");
    told.unwrap()
}

fn generate(python: &Path, row: &County, seed: u32, file: &Path) {
    let (officers, bodies, visits, days) = row.size;
    let mut arguments = [officers, bodies, visits, days, seed].map(|n| n.to_string()).to_vec();
    arguments.extend([file.display().to_string(), row.kits.to_string()]);
    script(python, "gen_county.py", &arguments);
}

/// What CP-SAT reached with one worker in so many seconds.
fn cp_sat(python: &Path, file: &Path, seconds: f64) -> Value {
    let plan = file.with_extension("plan");
    let arguments = [file, &plan].map(|path| path.display().to_string());
    let [file, plan] = arguments;
    let told = script(python, "cpsat_county.py", &[file, seconds.to_string(), "1".into(), plan]);
    let told: Value = serde_json::from_str(told.lines().last().unwrap()).unwrap();
    assert_ne!(told["check"]["ok"], false, "{told}");
    told
}

/// The set's own checker accepts our plan and counts the same score.
fn judge(python: &Path, file: &Path, plan: &Plan, score: i64) {
    let visits: Vec<Value> = plan
        .visits
        .iter()
        .map(|it| {
            json!({ "visit": it.visit, "day": it.day, "start": it.start, "resources": it.crew })
        })
        .collect();
    let ours = file.with_extension("ours");
    fs::write(&ours, json!({ "visits": visits }).to_string()).unwrap();
    let arguments = [file, &ours].map(|path| path.display().to_string());
    let told = script(python, "check_county.py", &arguments);
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!((&told["ok"], &told["cost"]), (&json!(true), &json!(score)), "{told}");
}
