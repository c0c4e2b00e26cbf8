//! `xiezhi plan`: who may be inspected, who can go, what a body means to inspect, and what becomes
//! one visit.

mod checks;
mod items;
mod resources;
mod subjects;

use std::process::ExitCode;

use clap::Subcommand;
use proto::operations::v1 as pb;

use super::{
    call::{By, For, Page, called, more, parse, word},
    lines,
};
use crate::cli::Context;

/// Plans and what they are made of.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Enterprises and places that may be inspected, as CSV.
    #[command(subcommand)]
    Subjects(subjects::Command),
    /// Officers, kits and the yearly cap of your body, as CSV.
    #[command(subcommand)]
    Resources(resources::Command),
    /// Write a plan that is still a draft; its items come from a CSV file.
    Put(items::Put),
    /// File a plan with the superior (I-03, O-10): from then on it can be drawn from.
    File(items::File),
    /// One plan with its items; `--csv` as `put` reads them.
    Get(items::Get),
    /// The plans you may see, newest first.
    List {
        #[command(flatten)]
        by: By,
        #[command(flatten)]
        page: Page,
    },
    /// Add checks that no draw gave, from a CSV file: complaints, orders from above, follow-ups.
    Checks(checks::Add),
    /// Let checks that wait take place although the yearly cap is reached (I-04). For the head.
    OverCap(checks::OverCap),
    /// Merge the checks of a period into visits (综合查一次), and say what was kept apart, and why.
    Merge(checks::Merge),
}

pub(crate) async fn plan(context: &Context, command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Subjects(command) => subjects::subjects(context, command).await?,
        Command::Resources(command) => resources::resources(context, command).await?,
        Command::Put(command) => items::put(context, command).await?,
        Command::File(command) => items::file(context, command).await?,
        Command::Get(command) => items::get(context, command).await?,
        Command::List { by, page } => {
            items::list(context, &by.connect(context).await?, page).await?;
        }
        Command::Checks(command) => checks::add(context, command).await?,
        Command::OverCap(command) => checks::over_cap(context, command).await?,
        Command::Merge(command) => checks::merge(context, command).await?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The tier as one letter.
fn tier_word(tier: pb::Tier) -> &'static str {
    word(tier.as_str_name(), "TIER_")
}

/// Reads a tier.
fn tier(text: &str) -> Result<pb::Tier, String> {
    parse(pb::Tier::from_str_name, "TIER_", text)
        .map_err(|_| format!("{text} is none of A, B, C, D"))
}

/// The name of a subject, of which people may leave out the beginning.
fn subject_name(text: &str) -> String {
    if text.is_empty() || text.starts_with("subjects/") {
        return text.to_owned();
    }
    format!("subjects/{text}")
}

/// Whole numbers as one cell.
fn numbers(numbers: &[i32]) -> String {
    numbers.iter().map(i32::to_string).collect::<Vec<_>>().join(";")
}
