//! `xiezhi demo`: real cases through the public API, each step by its own agency with its own key,
//! at the dates of the case.

mod disputes;
mod evidence;
mod export;
mod files;
mod replay;
mod report;
mod scenario;
mod things;
mod week;
mod world;

use std::{collections::BTreeSet, path::PathBuf, process::ExitCode};

use anyhow::Context as _;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use server::telemetry::{self, Format};

use self::{
    disputes::scenario::Dispute, replay::Replay, report::Verdict, scenario::Scenario, world::World,
};
use crate::{
    cli::Context,
    command::{
        catalogue::first::{PUBLISHER, publish_first},
        serve::stop_on_signal,
    },
    out::line,
};

/// Starts the whole mesh in one process on a fresh data directory and replays cases, disputes and a
/// county week through it.
#[derive(Debug, Args)]
#[command(after_help = "Every scenario is a TOML file: who takes which step when, with which \
    papers, and what must come back.\nThe format is documented in \
    services/xiezhi/scenarios/README.md, that of disputes in scenarios/disputes/README.md.\nThe \
    county week is made from its seed; its charts and the record of its draw are kept.\nExit \
    status: 0 when every case, every dispute and the week went as expected.")]
pub(crate) struct Demo {
    /// Replay the scenarios of this folder instead of the 31 cases, and the disputes in its
    /// `disputes` instead of the five, and no week.
    #[arg(long, value_name = "DIR", conflicts_with = "only_week")]
    scenarios: Option<PathBuf>,
    /// Leave the mesh running at the end and say how to call it. Needs --data, or makes one.
    #[arg(long)]
    keep: bool,
    /// Show each step and each term, not only the cases.
    #[arg(long, short)]
    verbose: bool,
    /// Leave the county week out.
    #[arg(long, conflicts_with = "only_week")]
    no_week: bool,
    /// Play the county week and nothing else.
    #[arg(long)]
    only_week: bool,
    #[command(flatten)]
    week: week::Size,
}

impl Demo {
    /// The cases and the disputes.
    fn chapters(&self) -> anyhow::Result<(Vec<Scenario>, Vec<Dispute>)> {
        match &self.scenarios {
            _ if self.only_week => Ok((Vec::new(), Vec::new())),
            None => Ok((Scenario::embedded()?, Dispute::embedded()?)),
            Some(dir) => Ok((Scenario::folder(dir)?, Dispute::folder(dir)?)),
        }
    }

    /// The week, if it is to be played.
    fn week(&self) -> Option<&week::Size> {
        let left_out = self.no_week || self.scenarios.is_some();
        (!left_out).then_some(&self.week)
    }
}

pub(crate) async fn demo(context: &Context, command: Demo) -> anyhow::Result<ExitCode> {
    telemetry::start("error", Format::Text);
    let (scenarios, disputes) = command.chapters()?;
    let keep = command.keep || context.shared.data.is_some();
    let mut bodies: BTreeSet<String> = scenarios.iter().flat_map(Scenario::bodies).collect();
    bodies.extend(disputes.iter().flat_map(Dispute::bodies));
    bodies.extend(command.week().map(week::Size::bodies).unwrap_or_default());
    bodies.insert(PUBLISHER.to_owned());
    let steps = scenarios.iter().flat_map(|one| &one.steps);
    let first = if command.only_week {
        week::first()?
    } else {
        steps.map(|step| step.at).min().context("there is no step")?
    };
    let world = World::start(context.shared.data.clone(), first, &bodies, keep).await?;
    publish_first(world.body(PUBLISHER)?).await?;

    let (verbose, json) = (command.verbose, context.shared.json);
    let mut unexpected = 0;
    if !command.only_week {
        unexpected += replay_all(&world, (&scenarios, &disputes), verbose, json).await?;
    }
    if let Some(size) = command.week() {
        let week = week::play(&world, size, json).await?;
        unexpected += week::print(&week, verbose, json)?;
    }
    if command.keep {
        keep_running(world, context.shared.json).await?;
    } else {
        world.end().await?;
    }
    Ok(if unexpected == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Replays the cases and then the disputes; returns how many were unexpected.
async fn replay_all(
    world: &World,
    (scenarios, disputes): (&[Scenario], &[Dispute]),
    verbose: bool,
    json: bool,
) -> anyhow::Result<usize> {
    // All cases live in one county and one time: the clock only moves forward, from the first step
    // of the oldest case to the last step of the newest.
    let mut replays: Vec<Replay<'_>> = scenarios.iter().map(Replay::new).collect();
    let mut order: Vec<(usize, usize)> = scenarios
        .iter()
        .enumerate()
        .flat_map(|(case, one)| (0..one.steps.len()).map(move |step| (case, step)))
        .collect();
    order.sort_by_key(|(case, step)| (scenarios[*case].steps[*step].at, *case));
    let bar = progress(order.len(), json);
    for (case, step) in order {
        let scenario = &scenarios[case];
        bar.set_message(format!("{} {}", scenario.id, scenario.steps[step].what));
        world.clock.set(scenario.steps[step].at);
        replays[case].step(world, step).await?;
        if step + 1 == scenario.steps.len() {
            replays[case].end(world).await?;
        }
        bar.inc(1);
    }
    let exported = export::all(world, scenarios, &replays, &bar).await?;
    let settled = disputes::replay(world, disputes, &bar).await?;
    bar.finish_and_clear();

    let ended = replays.into_iter().zip(exported);
    let verdicts: Vec<Verdict> = ended.map(|(replay, exported)| replay.verdict(exported)).collect();
    Ok(report::print(&verdicts, verbose, json)? + disputes::print(&settled, verbose, json)?)
}

fn progress(steps: usize, json: bool) -> ProgressBar {
    if json {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(u64::try_from(steps).unwrap_or(u64::MAX));
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} steps  {elapsed}  {msg}");
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

async fn keep_running(world: World, json: bool) -> anyhow::Result<()> {
    let running = &world.running;
    let (endpoint, data) = (format!("http://{}", running.address), world.data.display());
    // The county lives on: its clock stands where the last case ended.
    if json {
        let told = serde_json::json!({ "endpoint": endpoint, "data": data.to_string() });
        line(told)?;
    } else {
        let flags = format!("--endpoint {endpoint} --data {data}");
        line(format!("\nThe mesh goes on at {endpoint}; its clock stands still. Try:"))?;
        line(format!("  xiezhi {flags} referral list --as PRO"))?;
        line(format!("  xiezhi {flags} referral list --as PSB --filter 'late = true'"))?;
        line(format!("  xiezhi {flags} referral watch --as MKT"))?;
        line(format!("  xiezhi {flags} catalogue resolve M005 --place 330999004"))?;
        line(format!("  xiezhi {flags} dispute list --as GDO"))?;
        line(format!("  xiezhi {flags} schedule list --as GDO"))?;
        line("Stop it with Ctrl-C.")?;
    }
    stop_on_signal(&running.stop)?;
    world.wait().await
}
