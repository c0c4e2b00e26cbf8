//! The chapter after the disputes: a week of a whole county. Enterprises are drawn in public, checks
//! merged into joint visits, scheduled, dispatched, repaired when somebody falls ill, carried out.

mod book;
mod chart;
mod clues;
mod county;
mod days;
mod field;
mod lots;
mod matters;
mod plan;
mod prepare;
mod progress;
mod random;
mod repair;
mod report;
mod rules;

use std::{path::PathBuf, time::Instant};

use anyhow::Context as _;
use clap::Args;
use proto::operations::v1 as pb;

use self::{
    book::Book, county::County, lots::Lots, plan::Planning, progress::Progress, repair::Repaired,
};
pub(super) use self::{days::first, report::print};
use super::world::World;

/// Who merges, schedules and dispatches: the guidance office, which never inspects (I-01).
const OFFICE: &str = "GDO";

/// How large the week is.
#[derive(Clone, Debug, Args)]
pub(super) struct Size {
    /// Officers of the county week.
    #[arg(long, value_name = "N", default_value_t = 500,
        value_parser = clap::value_parser!(u16).range(30..=2000))]
    officers: u16,
    /// Visits of the county week.
    #[arg(long, value_name = "N", default_value_t = 1000,
        value_parser = clap::value_parser!(u16).range(40..=5000))]
    visits: u16,
    /// Iterations of the solver for the county week.
    #[arg(long, value_name = "N", default_value_t = 200_000)]
    iterations: u64,
    /// Seed of the week's county and of the solver; its draw is a new one each time.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
}

/// How the week went.
pub(super) struct Week {
    title: String,
    book: Book,
    repaired: Option<Repaired>,
    notes: Vec<String>,
    charts: Vec<PathBuf>,
    /// What took how many milliseconds.
    times: Vec<(&'static str, u128)>,
}

impl Size {
    /// The bodies that act in the week.
    pub(super) fn bodies(&self) -> Vec<String> {
        let county = self.county();
        let bodies = county.bodies.iter().map(|body| body.code).chain([OFFICE]);
        bodies.map(str::to_owned).collect()
    }

    fn county(&self) -> County {
        county::county(self.officers.into(), self.visits.into(), self.seed)
    }
}

/// Measures what takes how long.
struct Watch(Instant, Vec<(&'static str, u128)>);

impl Watch {
    fn took(&mut self, what: &'static str) {
        self.1.push((what, self.0.elapsed().as_millis()));
        self.0 = Instant::now();
    }
}

/// Plays the week.
pub(super) async fn play(world: &World, size: &Size, json: bool) -> anyhow::Result<Week> {
    let county = size.county();
    let (mut book, progress) = (Book::default(), Progress::start(json));
    let mut watch = Watch(Instant::now(), Vec::new());
    let (officers, visits, bodies) = (size.officers, size.visits, county.bodies.len());
    let week = days::week();
    let title = format!(
        "{officers} officers of {bodies} bodies, {visits} visits, {} to {} (all of it invented)",
        week[0], week[4]
    );
    progress.say("the lists and plans of a county week");
    let plans = prepare::prepare(world, &county, OFFICE, &mut book).await?;
    watch.took("lists and plans");
    progress.say("the public draw");
    let lots = Lots { world, county: &county, office: OFFICE, seed: size.seed };
    let drawn = lots.draw(plans, &mut book).await?;
    watch.took("the public draw");
    progress.say("merging checks into visits");
    let planning = Planning {
        world,
        county: &county,
        office: OFFICE,
        seed: size.seed,
        iterations: size.iterations,
        visits: visits.into(),
    };
    let merged = planning.merged(&drawn.winners, &mut book).await?;
    watch.took("merging");
    let draft = planning.solved(&progress, &mut book).await?;
    watch.took("scheduling");
    let (schedule, dispatched) = planning.published(&draft, &mut book).await?;
    watch.took("publishing");
    progress.say("Monday and Tuesday");
    let mut done = field::carried_out(world, &dispatched, &week[..2]).await?;
    watch.took("Monday and Tuesday");
    progress.say("somebody is ill");
    let with = (world, &county, OFFICE);
    let mut repaired = repair::repaired(with, &schedule, &dispatched, &mut book).await?;
    let (found, waiting) = repair::made_room(with, &mut repaired, &mut book).await?;
    let what_if = repair::what_if((world, OFFICE), &repaired.schedule, &mut book).await?;
    watch.took("the repair");
    progress.say("Wednesday to Friday");
    done += field::carried_out(world, &repaired.visits, &week[2..]).await?;
    book.equal("visits done at the end of the week", repaired.visits.len(), done);
    watch.took("Wednesday to Friday");
    let folder = world.keepsakes()?;
    let record = folder.join("draw.txt");
    let opened = lots.opened(&drawn, &record, &mut book).await?;
    watch.took("opening the draw");
    let charts = chart::write(&folder, (&title, &county), &repaired)?;
    watch.took("charts");
    progress.end();
    let mut notes = vec![
        format!(
            "\n{} checks became {} visits: enterprises are spared {}",
            merged.checks, merged.visits, merged.saved
        ),
        told(&repaired.schedule),
        what_if,
    ];
    if waiting > 0 {
        notes.push(format!("{found} of {waiting} visits without a place got one as urgent"));
    }
    if opened {
        notes.push(format!("the record of the draw: {}", record.display()));
    }
    notes.push(format!("charts: {}", charts.first().context("no chart")?.display()));
    Ok(Week { title, book, repaired: Some(repaired), notes, charts, times: watch.1 })
}

fn told(schedule: &pb::Schedule) -> String {
    format!(
        "{} of {} visits have a place, {} minutes of travel, weight left out {}, score {}",
        schedule.scheduled,
        schedule.visits,
        schedule.travel_minutes,
        schedule.unscheduled_weight,
        schedule.score
    )
}
