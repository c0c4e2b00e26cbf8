//! `xiezhi catalogue`: who is competent, and the revisions that say so.

mod ask;
mod export;
pub(crate) mod first;
mod import;
mod list;
mod sheet;

use std::process::ExitCode;

use clap::{Args, Subcommand};
use proto::catalogue::v1 as pb;

use super::call::{Anybody, called, parse, word};
use crate::{
    cli::Context,
    out::{self, local},
};

/// The list of duties.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Publish a revision from files: shows what it changes first, and what is wrong with it.
    Import(import::Import),
    /// Write the entries as CSV for a spreadsheet, or as JSON.
    Export(export::Export),
    /// What differs between two revisions.
    Diff(Diff),
    /// The revisions, newest first.
    Revisions {
        #[command(flatten)]
        by: Anybody,
    },
    /// Everything about one matter: its law, who holds it where, benchmarks, settled disputes.
    Show(ask::Show),
    /// Who is competent for a matter at a place, with each reason.
    Resolve(ask::Resolve),
    /// The discretion benchmark and the minor-violation route of facts, with each comparison.
    Discretion(ask::Discretion),
}

/// What to compare.
#[derive(Debug, Args)]
pub(crate) struct Diff {
    #[command(flatten)]
    by: Anybody,
    /// Number of the older revision; 0 is the empty one before the first.
    from: i64,
    /// Number of the newer one [default: the newest].
    #[arg(default_value_t = 0, hide_default_value = true)]
    to: i64,
}

pub(crate) async fn catalogue(context: &Context, command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Import(command) => return import::import(context, command).await,
        Command::Export(command) => export::export(context, command).await?,
        Command::Diff(command) => diff(context, command).await?,
        Command::Revisions { by } => revisions(context, &by).await?,
        Command::Show(command) => ask::show(context, command).await?,
        Command::Resolve(command) => ask::resolve(context, command).await?,
        Command::Discretion(command) => ask::discretion(context, command).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn diff(context: &Context, command: Diff) -> anyhow::Result<()> {
    let mesh = command.by.connect(context).await?;
    let (changes, moves) = list::differences(&mesh, command.from, command.to).await?;
    if context.shared.json {
        for one in &changes {
            out::json("xiezhi.catalogue.v1.EntryChange", one)?;
        }
        return moves.iter().try_for_each(|one| out::json("xiezhi.catalogue.v1.PowerMove", one));
    }
    list::print_changes(&changes)?;
    list::print_moves(&moves)
}

async fn revisions(context: &Context, by: &Anybody) -> anyhow::Result<()> {
    let mesh = by.connect(context).await?;
    let heads = ["REVISION", "PUBLISHED", "BY", "OFFICER", "PUT", "REMOVED", "TITLE", "ACT"];
    let mut table = out::table(&heads);
    for one in list::revisions(&mesh).await? {
        if context.shared.json {
            out::json("xiezhi.catalogue.v1.Revision", &one)?;
        }
        table.add_row([
            one.number.to_string(),
            local(one.publish_time),
            one.agency,
            one.officer,
            one.entries_put.to_string(),
            one.entries_removed.to_string(),
            one.title,
            one.announcement,
        ]);
    }
    if context.shared.json { Ok(()) } else { out::line(table) }
}

/// The kind of entries, as people write it.
fn kind(text: &str) -> Result<pb::EntryKind, String> {
    parse(pb::EntryKind::from_str_name, KIND_STEM, text).map_err(|_| {
        let kinds = sheet::KINDS.map(|kind| kind_word(kind).to_lowercase());
        format!("must be one of {}", kinds.join(", "))
    })
}

/// What every name of a kind begins with.
const KIND_STEM: &str = "ENTRY_KIND_";

/// The kind of entries as one word.
fn kind_word(kind: pb::EntryKind) -> &'static str {
    word(kind.as_str_name(), KIND_STEM)
}
