//! `xiezhi schedule`: who goes where, when: computed, published, repaired, carried out.

mod chart;
mod notice;
mod repair;
mod run;
mod show;
mod site;
mod travel;

use std::{path::PathBuf, process::ExitCode};

use clap::Subcommand;

use super::{
    call::{By, For, Page, called, more, of, pair, word},
    lines,
};
use crate::cli::Context;

/// Schedules and visits.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Compute a schedule for the visits of a period, with a live line on standard error.
    Solve(Box<run::Solve>),
    /// Follow a run to its end.
    Follow {
        #[command(flatten)]
        by: By,
        /// runs/…
        name: String,
    },
    /// Stop a run, and keep the best it has.
    Cancel {
        #[command(flatten)]
        who: For,
        /// runs/…
        name: String,
    },
    /// A schedule: what it reaches, who is left out, why, and what would help.
    Show {
        #[command(flatten)]
        by: By,
        /// schedules/…
        name: String,
    },
    /// The schedules, newest first.
    List {
        #[command(flatten)]
        by: By,
        #[command(flatten)]
        page: Page,
    },
    /// Publish a schedule: notices (检查通知书) are numbered, officers dispatched.
    Publish {
        #[command(flatten)]
        who: For,
        /// schedules/…
        name: String,
        /// The etag you decided on; without it the newest is read first.
        #[arg(long)]
        etag: Option<String>,
    },
    /// Repair a published schedule after a disruption, with as little change as can be.
    Repair(Box<repair::Repair>),
    /// Which of the visits left out could be placed with more officers or kits.
    WhatIf(repair::WhatIf),
    /// The visits you take part in.
    Visits {
        #[command(flatten)]
        by: By,
        #[command(flatten)]
        page: Page,
        /// e.g. 'day = "2026-12-01" AND state = "PUBLISHED" AND schedule = "schedules/…"'.
        #[arg(long, default_value = "", hide_default_value = true)]
        filter: String,
    },
    /// One visit: who goes, who was passed over and why, check-ins, results.
    Visit {
        #[command(flatten)]
        by: By,
        /// visits/…
        name: String,
    },
    /// Write the inspection notice (行政检查通知书) of a visit as a PDF to print, sign and hand over.
    Notice(notice::Notice),
    /// Confirm that your body has the dispatch; of an urgent visit, the head so approves it (I-03).
    Acknowledge {
        #[command(flatten)]
        who: For,
        /// visits/…
        name: String,
    },
    /// Arrive on site: two certified officers of your body at least (O-05), on the day of the visit.
    CheckIn(site::CheckIn),
    /// Record what was found on one matter; --done ends the visit.
    Result(Box<site::Found>),
    /// Publish the result of a visit, in 20 working days from its end (O-09).
    PublishResult {
        #[command(flatten)]
        who: For,
        /// visits/…
        name: String,
    },
    /// An officer's dispatched visits as iCalendar, on standard output.
    Calendar(site::Days),
    /// Draw a schedule as SVG files to look at: an overview, and a page for each body's officers.
    Chart {
        #[command(flatten)]
        by: By,
        /// schedules/…
        name: String,
        /// Where to write them.
        #[arg(value_name = "FOLDER")]
        folder: PathBuf,
    },
}

pub(crate) async fn schedule(context: &Context, command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Solve(command) => return run::solve(context, *command).await,
        Command::Follow { by, name } => {
            return run::follow(context, &by.connect(context).await?, name).await;
        }
        Command::Cancel { who, name } => return run::cancel(context, who, name).await,
        Command::Show { by, name } => {
            show::show(context, &by.connect(context).await?, &name).await?;
        }
        Command::List { by, page } => {
            show::list(context, &by.connect(context).await?, page).await?;
        }
        Command::Publish { who, name, etag } => show::publish(context, who, name, etag).await?,
        Command::Repair(command) => repair::repair(context, *command).await?,
        Command::WhatIf(command) => repair::what_if(context, command).await?,
        Command::Visits { by, page, filter } => {
            show::visits(context, &by.connect(context).await?, page, filter).await?;
        }
        Command::Visit { by, name } => {
            site::visit(context, &by.connect(context).await?, name).await?;
        }
        Command::Notice(command) => notice::notice(context, command).await?,
        Command::Acknowledge { who, name } => site::acknowledge(context, who, name).await?,
        Command::CheckIn(command) => site::check_in(context, command).await?,
        Command::Result(command) => site::record(context, *command).await?,
        Command::PublishResult { who, name } => site::publish(context, who, name).await?,
        Command::Calendar(command) => site::calendar(context, command).await?,
        Command::Chart { by, name, folder } => {
            chart::chart(context, &by.connect(context).await?, &name, &folder).await?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
