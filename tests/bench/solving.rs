//! The solver and the draw beside what others reached: scores, CPU seconds, repairs, memory. Plans do not
//! depend on the machine; how many iterations fit into a second does, so budgets are measured first.

mod absent;
mod calls;
#[path = "../../libs/solver/tests/it/county.rs"]
mod county;
mod cp_sat;
mod cpu;
mod drawn;
#[path = "../../libs/solver/tests/it/hhcrsp.rs"]
mod hhcrsp;
pub(crate) mod memory;
mod published;
#[path = "../../libs/solver/tests/it/python.rs"]
mod python;
mod replan;
mod threads;
mod weeks;

use crate::{Options, report::Report, write::eprintln};

/// The parts of this group.
pub(crate) const PARTS: [&str; 9] = [
    "county",
    "fresh",
    "hhcrsp",
    "cp-sat",
    "threads",
    "replan",
    "replan-api",
    "public-draw",
    "memory",
];

/// How far all of it is: it takes long, and people want to know.
pub(crate) struct Progress {
    all: f64,
    done: f64,
}

impl Progress {
    /// Says how long these parts will take; those of other groups are not counted.
    pub(crate) fn start(parts: &[&str], quick: bool) -> Self {
        let all = parts.iter().map(|part| seconds(part, quick)).sum();
        if all > 0.0 {
            eprintln(&format!("solver: about {:.0} minutes on an idle machine", all / 60.0));
        }
        Self { all, done: 0.0 }
    }

    /// Says what comes now, and how many seconds that takes.
    fn next(&mut self, what: &str, seconds: f64) {
        let left = ((self.all - self.done) / 60.0).max(0.0);
        eprintln(&format!("solver: {what} (about {left:.1} minutes left)"));
        self.done += seconds;
    }
}

/// How long a part takes.
fn seconds(part: &str, quick: bool) -> f64 {
    match part {
        "county" => weeks::county_seconds(quick),
        "fresh" => weeks::fresh_seconds(quick),
        "hhcrsp" => calls::seconds(quick),
        "cp-sat" => cp_sat::seconds(quick),
        "threads" => threads::seconds(quick),
        "replan" => replan::SECONDS,
        "replan-api" => absent::SECONDS,
        "public-draw" => drawn::SECONDS,
        "memory" => memory::SECONDS,
        _ => 0.0,
    }
}

/// Measures one part.
pub(crate) async fn bench(
    part: &str,
    options: &Options,
    progress: &mut Progress,
    report: &mut Report,
) {
    match part {
        "county" => weeks::county(options, progress, report),
        "fresh" => weeks::fresh(options, progress, report),
        "hhcrsp" => calls::bench(options, progress, report),
        "cp-sat" => cp_sat::bench(options, progress, report),
        "threads" => threads::bench(options, progress, report),
        "replan" => replan::bench(progress, report),
        "replan-api" => absent::bench(progress, report).await,
        "public-draw" => drawn::bench(progress, report),
        _ => memory::bench(progress, report),
    }
}
