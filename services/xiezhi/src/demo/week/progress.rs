//! How far a run of the solver is, live on standard error: a bar on a terminal, else a line a second.

use std::io::{IsTerminal as _, Write as _};

use indicatif::{ProgressBar, ProgressStyle};
use proto::operations::v1 as pb;

/// The live line.
pub(super) struct Progress {
    bar: ProgressBar,
    lines: bool,
}

impl Progress {
    pub(super) fn start(json: bool) -> Self {
        let terminal = std::io::stderr().is_terminal();
        let bar = if terminal && !json { ProgressBar::new(0) } else { ProgressBar::hidden() };
        let style = ProgressStyle::with_template("{bar:30} {percent}% {elapsed}  {msg}");
        let bar = bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Self { bar, lines: !terminal && !json }
    }

    /// Says what goes on where no number of steps is known.
    pub(super) fn say(&self, what: &str) {
        self.bar.set_message(what.to_owned());
        self.bar.tick();
        self.line(what);
    }

    /// Shows how far the run is.
    pub(super) fn show(&self, run: &pb::SolveRun) {
        let (done, total) = (run.iterations_done, run.iterations_total);
        self.bar.set_length(total);
        self.bar.set_position(done);
        let placed = if run.scheduled == 0 {
            format!("{} visits", run.visits)
        } else {
            format!("{} of {} visits have a place, score {}", run.scheduled, run.visits, run.score)
        };
        self.bar.set_message(placed.clone());
        self.line(&format!("solving: {done} of {total} iterations, {placed}"));
    }

    pub(super) fn end(&self) {
        self.bar.finish_and_clear();
    }

    fn line(&self, text: &str) {
        if self.lines {
            // Who closed standard error does not want to know.
            let _ = writeln!(std::io::stderr().lock(), "{text}");
        }
    }
}
