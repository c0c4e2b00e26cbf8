//! `scripts/bench`: yardstick and ours side by side in one run. A benchmark, not a timed test.
//!
//! The machine is noisy, so every figure is the median of several rounds, and the goal is a ratio.
#![expect(clippy::unwrap_used, reason = "a benchmark fails by panicking")]
#![expect(clippy::print_stdout, reason = "a benchmark prints its table")]
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the time and its options")]

mod competence;
mod dossier;
mod echo;
mod hand_over;
mod load;
mod log;
mod mesh;
mod page;
mod precedents;
mod process;
mod report;
mod upload;
mod write;

use report::Report;

/// The product's own: yardstick and ours are served and called with it alike.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const HELP: &str = "scripts/bench [GROUP] [--json] [--rounds N] [--seconds N]
  GROUP      referral, or one part of it: echo, write, page, process
             evidence, or one part of it: upload, hand-over, log
             competence
             without one: all
  --json     one object a line: name, value, unit, yardstick, ratio, goal, met
  --rounds   rounds of which the median is taken, 5 or more   [5]
  --seconds  seconds of load in each round                    [3]";

/// The parts of a group.
const REFERRAL: [&str; 4] = ["echo", "write", "page", "process"];
const EVIDENCE: [&str; 3] = ["upload", "hand-over", "log"];

/// Every part.
fn all() -> impl Iterator<Item = &'static str> {
    REFERRAL.into_iter().chain(EVIDENCE).chain(["competence"])
}

/// What was asked.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    pub(crate) rounds: usize,
    pub(crate) seconds: u64,
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if let [first, rest @ ..] = args.as_slice()
        && first == "--echo-server"
    {
        return echo::server(rest);
    }
    let (mut groups, mut json) = (Vec::new(), false);
    let mut options = Options { rounds: 5, seconds: 3 };
    let mut args = args.into_iter();
    while let Some(arg) = args.next() {
        let mut number = || args.next().and_then(|n| n.parse::<u64>().ok()).unwrap();
        match arg.as_str() {
            "--json" => json = true,
            "--rounds" => options.rounds = usize::try_from(number()).unwrap().max(5),
            "--seconds" => options.seconds = number().max(1),
            "--help" | "-h" => return println!("{HELP}"),
            "referral" => groups.extend(REFERRAL),
            "evidence" => groups.extend(EVIDENCE),
            part => match all().find(|known| *known == part) {
                Some(known) => groups.push(known),
                None => {
                    println!("{part} is no group\n{HELP}");
                    std::process::exit(2);
                }
            },
        }
    }
    if groups.is_empty() {
        groups = all().collect();
    }
    let mut report = Report::new(json);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for group in groups {
        match group {
            "echo" => runtime.block_on(echo::bench(&options, &mut report)),
            "write" => runtime.block_on(write::bench(&options, &mut report)),
            "page" => runtime.block_on(page::bench(&options, &mut report)),
            "upload" => runtime.block_on(upload::bench(&options, &mut report)),
            "hand-over" => runtime.block_on(hand_over::bench(&options, &mut report)),
            "log" => runtime.block_on(log::bench(&options, &mut report)),
            "competence" => runtime.block_on(competence::bench(&options, &mut report)),
            _ => runtime.block_on(process::bench(&options, &mut report)),
        }
    }
    report.end();
}
