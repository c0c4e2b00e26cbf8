//! `scripts/bench`: yardstick and ours side by side in one run. A benchmark, not a timed test.
//!
//! The machine is noisy, so every figure is the median of several rounds, and the goal is a ratio.
#![expect(clippy::unwrap_used, reason = "a benchmark fails by panicking")]
#![expect(clippy::print_stdout, reason = "a benchmark prints its table")]
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the time and its options")]

mod board;
mod competence;
mod dossier;
mod echo;
mod hand_over;
mod indicator;
mod load;
mod log;
mod mesh;
mod page;
mod precedents;
mod process;
mod report;
mod solving;
mod upload;
mod write;

use std::path::PathBuf;

use report::Report;

/// The product's own: yardstick and ours are served and called with it alike.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const HELP: &str =
    "scripts/bench [GROUP] [--only PART] [--quick] [--json] [--rounds N] [--seconds N]
  GROUP      referral, or one part of it: echo, write, page, process
             evidence, or one part of it: upload, hand-over, log
             competence
             supervision, or one part of it: board, indicator
             solver (an hour and a quarter), or one part of it: county, fresh, hhcrsp, cp-sat,
             threads, replan, replan-api, public-draw, memory
             without one: all
  --only     of what was named, only this part; may be given several times
  --quick    solver: short budgets and fewer weeks, about seven minutes
  --data     solver: a folder with hhcrsp/Instanz*.json [the instances kept here]
  --json     one object a line: name, value, unit, yardstick, ratio, goal, met
  --rounds   rounds of which the median is taken, 5 or more   [5]
  --seconds  seconds of load in each round                    [3]";

/// The parts of a group.
const REFERRAL: [&str; 4] = ["echo", "write", "page", "process"];
const EVIDENCE: [&str; 3] = ["upload", "hand-over", "log"];
const SUPERVISION: [&str; 2] = ["board", "indicator"];

/// Every part.
fn all() -> impl Iterator<Item = &'static str> {
    REFERRAL
        .into_iter()
        .chain(EVIDENCE)
        .chain(["competence"])
        .chain(SUPERVISION)
        .chain(solving::PARTS)
}

/// What was asked.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    pub(crate) rounds: usize,
    pub(crate) seconds: u64,
    /// Whether the solver gets short budgets.
    pub(crate) quick: bool,
    /// Where the instances of the public set are, when not here.
    pub(crate) data: Option<PathBuf>,
}

/// The parts, whether for programs, and how.
fn asked(args: Vec<String>) -> (Vec<&'static str>, bool, Options) {
    let (mut parts, mut only, mut json) = (Vec::new(), Vec::new(), false);
    let mut options = Options { rounds: 5, seconds: 3, quick: false, data: None };
    let mut args = args.into_iter();
    while let Some(arg) = args.next() {
        let mut next = || args.next().unwrap_or_else(|| unknown(&arg));
        let number = |text: String| text.parse::<u64>().unwrap_or_else(|_| unknown(&text));
        match arg.as_str() {
            "--json" => json = true,
            "--quick" => options.quick = true,
            "--only" => only.push(part(&next())),
            "--data" => options.data = Some(next().into()),
            "--rounds" => options.rounds = usize::try_from(number(next())).unwrap().max(5),
            "--seconds" => options.seconds = number(next()).max(1),
            "--help" | "-h" => {
                println!("{HELP}");
                std::process::exit(0);
            }
            "referral" => parts.extend(REFERRAL),
            "evidence" => parts.extend(EVIDENCE),
            "supervision" => parts.extend(SUPERVISION),
            "solver" => parts.extend(solving::PARTS),
            name => parts.push(part(name)),
        }
    }
    if parts.is_empty() {
        parts = all().collect();
    }
    parts.retain(|part| only.is_empty() || only.contains(part));
    (parts, json, options)
}

fn part(name: &str) -> &'static str {
    all().find(|known| *known == name).unwrap_or_else(|| unknown(name))
}

fn unknown(word: &str) -> ! {
    println!("{word} is no group and no option, or lacks what follows it\n{HELP}");
    std::process::exit(2);
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.as_slice() {
        [first, rest @ ..] if first == "--echo-server" => return echo::server(rest),
        [only] if only == solving::memory::WORD => return solving::memory::solve(),
        _ => {}
    }
    let (parts, json, options) = asked(args);
    let mut report = Report::new(json);
    let mut progress = solving::Progress::start(&parts, options.quick);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for part in parts {
        match part {
            "echo" => runtime.block_on(echo::bench(&options, &mut report)),
            "write" => runtime.block_on(write::bench(&options, &mut report)),
            "page" => runtime.block_on(page::bench(&options, &mut report)),
            "process" => runtime.block_on(process::bench(&options, &mut report)),
            "upload" => runtime.block_on(upload::bench(&options, &mut report)),
            "hand-over" => runtime.block_on(hand_over::bench(&options, &mut report)),
            "log" => runtime.block_on(log::bench(&options, &mut report)),
            "board" => runtime.block_on(board::bench(&mut report)),
            "indicator" => runtime.block_on(indicator::bench(&mut report)),
            "competence" => runtime.block_on(competence::bench(&options, &mut report)),
            part => runtime.block_on(solving::bench(part, &options, &mut progress, &mut report)),
        }
    }
    report.end();
}
