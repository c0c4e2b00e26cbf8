//! Runs of the solver: started, followed to their end, stopped.

use std::{
    io::{IsTerminal as _, Write as _},
    path::PathBuf,
    process::ExitCode,
};

use anyhow::Context as _;
use clap::Args;
use client::Mesh;
use indicatif::{ProgressBar, ProgressStyle};
use proto::operations::v1 as pb;

use super::{For, called, show, travel, word};
use crate::{
    cli::Context,
    out::{self, line},
};

/// How long one question waits for progress, in milliseconds.
const WAIT_MS: i32 = 1000;

/// What to compute.
#[derive(Debug, Args)]
#[command(
    after_help = "The same seed, iterations and threads, and the same visits, officers and kits, give the \
    same schedule. The run goes on when this command is interrupted: `xiezhi schedule follow runs/…` shows \
    it again, `cancel` stops it.\n\n\
    Travel times are computed from coordinates, unless --travel gives a square of minutes as CSV, its head \
    and its first column naming the place of each subject, officer and kit:\n  \
    ,subjects/9133…,officerProfiles/MKT-01\n  subjects/9133…,0,12\n  officerProfiles/MKT-01,12,0\n\n\
    Example:\n  xiezhi schedule solve --title 12月第一周 --from 2026-12-01 --to 2026-12-04 \\\n    \
    --as GDO --officer GDO-01"
)]
pub(crate) struct Solve {
    #[command(flatten)]
    who: For,
    /// Title.
    #[arg(long)]
    title: String,
    /// First day, YYYY-MM-DD; after today.
    #[arg(long, value_name = "DAY")]
    from: String,
    /// Last day, YYYY-MM-DD.
    #[arg(long, value_name = "DAY")]
    to: String,
    /// Seed of the solver [default: as configured].
    #[arg(long, default_value_t = 0, hide_default_value = true)]
    seed: u64,
    /// Iterations of the solver [default: as configured].
    #[arg(long, default_value_t = 0, hide_default_value = true)]
    iterations: u64,
    /// Threads of the solver [default: as configured].
    #[arg(long, default_value_t = 0, hide_default_value = true)]
    threads: i32,
    /// Travel times in minutes, as CSV.
    #[arg(long, value_name = "FILE")]
    travel: Option<PathBuf>,
    /// Only start it.
    #[arg(long)]
    detach: bool,
}

pub(super) async fn solve(context: &Context, command: Solve) -> anyhow::Result<ExitCode> {
    let travel = command.travel.as_deref().map(travel::read).transpose()?;
    let mesh = command.who.by.connect(context).await?;
    let request = pb::SolveScheduleRequest {
        request_id: client::request_id(),
        title: command.title,
        period_start: command.from,
        period_end: command.to,
        seed: command.seed,
        iterations: command.iterations,
        threads: command.threads,
        travel,
        officer: command.who.officer,
    };
    let run = called(mesh.operations().solve_schedule(request).await)?.run;
    let run = run.context("no run in the answer")?;
    if command.detach {
        told(context, &run)?;
        return Ok(ExitCode::SUCCESS);
    }
    followed(context, &mesh, run).await
}

pub(super) async fn follow(
    context: &Context,
    mesh: &Mesh,
    name: String,
) -> anyhow::Result<ExitCode> {
    let run = asked(mesh, pb::GetRunRequest { name, ..pb::GetRunRequest::default() }).await?;
    followed(context, mesh, run).await
}

pub(super) async fn cancel(context: &Context, who: For, name: String) -> anyhow::Result<ExitCode> {
    let For { by, officer } = who;
    let mesh = by.connect(context).await?;
    let request = pb::CancelRunRequest { request_id: client::request_id(), name, officer };
    let run = called(mesh.operations().cancel_run(request).await)?.run;
    followed(context, &mesh, run.context("no run in the answer")?).await
}

async fn asked(mesh: &Mesh, request: pb::GetRunRequest) -> anyhow::Result<pb::SolveRun> {
    called(mesh.operations().get_run(request).await)?.run.context("no run in the answer")
}

/// Shows how far a run is until it has ended, and then what it made.
async fn followed(
    context: &Context,
    mesh: &Mesh,
    mut run: pb::SolveRun,
) -> anyhow::Result<ExitCode> {
    let mut progress = Progress::of(context, &run);
    loop {
        progress.show(&run);
        if run.state() != pb::SolveState::Running {
            break;
        }
        let (name, iterations_seen) = (run.name, run.iterations_done);
        run = asked(mesh, pb::GetRunRequest { name, wait_ms: WAIT_MS, iterations_seen }).await?;
    }
    progress.bar.finish_and_clear();
    if context.shared.json {
        out::json("xiezhi.operations.v1.SolveRun", &run)?;
    } else if run.schedule.is_empty() {
        told(context, &run)?;
    } else {
        show::show(context, mesh, &run.schedule).await?;
    }
    let failed = run.state() == pb::SolveState::Failed;
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// The live line on standard error: a bar on a terminal, else a line whenever something changed.
struct Progress {
    bar: ProgressBar,
    lines: bool,
    last: String,
}

impl Progress {
    fn of(context: &Context, run: &pb::SolveRun) -> Self {
        let quiet = context.shared.json;
        let bar =
            if quiet { ProgressBar::hidden() } else { ProgressBar::new(run.iterations_total) };
        let style = ProgressStyle::with_template("{bar:30} {percent:>3}%  {msg}  {elapsed}");
        let bar = bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        let lines = !quiet && !std::io::stderr().is_terminal();
        Self { bar, lines, last: String::new() }
    }

    fn show(&mut self, run: &pb::SolveRun) {
        let told = reached(run);
        self.bar.set_position(run.iterations_done);
        self.bar.set_message(told.clone());
        let (done, total) = (run.iterations_done, run.iterations_total);
        let text = format!("{}: {done} of {total} iterations, {told}", run.name);
        if self.lines && text != self.last {
            // Who has closed it does not want to know.
            let _ = writeln!(std::io::stderr().lock(), "{text}");
            self.last = text;
        }
    }
}

/// What the best plan so far reaches.
fn reached(run: &pb::SolveRun) -> String {
    format!("{} of {} visits, score {}", run.scheduled, run.visits, run.score)
}

fn told(context: &Context, run: &pb::SolveRun) -> anyhow::Result<()> {
    if context.shared.json {
        return out::json("xiezhi.operations.v1.SolveRun", run);
    }
    let state = word(run.state().as_str_name(), "SOLVE_STATE_");
    line(format!("{}  {state}  {}", run.name, reached(run)))?;
    if run.error.is_empty() { Ok(()) } else { line(format!("error    {}", run.error)) }
}
