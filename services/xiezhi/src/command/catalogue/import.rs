//! A revision from an office's files: what it changes is shown, then it is signed as one act.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::{IsTerminal as _, Write as _},
    path::PathBuf,
    process::ExitCode,
};

use anyhow::{Context as _, ensure};
use clap::Args;
use client::Mesh;
use proto::catalogue::v1 as pb;

use super::{called, kind_word, list, sheet};
use crate::{
    cli::Context,
    command::call::For,
    out::{self, Contract},
};

/// What to publish.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  xiezhi catalogue export -o lists && edit lists/power.csv\n  \
    xiezhi catalogue import lists/power.csv --as GDO --officer GDO-04 --dry-run\n  \
    xiezhi catalogue import lists/power.csv --as GDO --officer GDO-04 \\\n    \
    --title '2026年第一次调整' --announcement '云政告〔2026〕3号'\n\n\
    A row that is new leaves `key` empty. To end a power, give it a last day; its history stays.")]
pub(crate) struct Import {
    #[command(flatten)]
    who: For,
    /// CSV or JSON files, as `export` writes them.
    #[arg(value_name = "FILE", required_unless_present = "first", conflicts_with = "first")]
    files: Vec<PathBuf>,
    /// The example catalogue of the fictional county, instead of files.
    #[arg(long)]
    first: bool,
    /// Entries that a file of their kind no longer has are taken away.
    #[arg(long)]
    remove_missing: bool,
    /// Title of the revision.
    #[arg(
        long,
        required_unless_present = "dry_run",
        default_value = "",
        hide_default_value = true
    )]
    title: String,
    /// The announcement (公告) with its number.
    #[arg(long, default_value = "", hide_default_value = true)]
    announcement: String,
    /// Only show what it would change.
    #[arg(long)]
    dry_run: bool,
    /// Publish without asking.
    #[arg(long)]
    yes: bool,
}

pub(super) async fn import(context: &Context, command: Import) -> anyhow::Result<ExitCode> {
    let json = context.shared.json;
    let mesh = command.who.by.connect(context).await?;
    let (base, known) = list::entries(&mesh, 0, pb::EntryKind::Unspecified, "").await?;
    let wanted =
        if command.first { ::catalogue::data::first()?.put } else { read(&command.files)? };
    let changes = changes(known, wanted, command.remove_missing);
    if changes.put.is_empty() && changes.remove.is_empty() {
        if !json {
            out::line(format!("nothing changes: revision {base} says the same"))?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    let preview = preview(&mesh, &changes, base).await?;
    if json {
        out::json("xiezhi.catalogue.v1.PreviewRevisionResponse", &preview)?;
    } else {
        print(&preview)?;
    }
    if !preview.faults.is_empty() {
        return Ok(ExitCode::FAILURE);
    }
    if command.dry_run {
        return Ok(ExitCode::SUCCESS);
    }
    if !command.yes {
        ensure!(
            std::io::stdin().is_terminal() && !json,
            "nobody is there to ask: --yes publishes, --dry-run only shows"
        );
        if !agreed(base)? {
            return Ok(ExitCode::FAILURE);
        }
    }
    let act = pb::PublishRevisionRequest {
        request_id: client::request_id(),
        changes: Some(changes),
        base_revision: base,
        preview_sha256: preview.preview_sha256,
        title: command.title,
        announcement: command.announcement,
        officer: command.who.officer,
    };
    let revision = called(mesh.catalogue().publish_revision(act).await)?.revision;
    let revision = revision.context("no revision in the answer")?;
    if json {
        out::json("xiezhi.catalogue.v1.Revision", &revision)?;
    } else {
        let (put, removed) = (revision.entries_put, revision.entries_removed);
        out::line(format!(
            "published {}: {put} entries put, {removed} taken away, changes sha256 {}",
            revision.name, revision.changes_sha256
        ))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// What a revision would change, and what is wrong with it.
pub(super) async fn preview(
    mesh: &Mesh,
    changes: &pb::Changes,
    base_revision: i64,
) -> anyhow::Result<pb::PreviewRevisionResponse> {
    let request = pb::PreviewRevisionRequest { changes: Some(changes.clone()), base_revision };
    called(mesh.catalogue().preview_revision(request).await)
}

fn read(files: &[PathBuf]) -> anyhow::Result<Vec<pb::Entry>> {
    let contract = Contract::load()?;
    let mut entries = Vec::new();
    for file in files {
        let name = file.display();
        let bytes = fs::read(file).with_context(|| format!("{name}"))?;
        let text = String::from_utf8(bytes)
            .with_context(|| format!("{name}: save it as `CSV UTF-8` in the spreadsheet"))?;
        let json = file.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json"));
        let read = if json {
            sheet::from_json(&contract, &text)
        } else {
            sheet::from_csv(&contract, &text)
        };
        entries.extend(read.with_context(|| format!("{name}"))?);
    }
    Ok(entries)
}

/// What must be put and taken away, so that what is known becomes what is wanted.
fn changes(known: Vec<pb::Entry>, wanted: Vec<pb::Entry>, remove_missing: bool) -> pb::Changes {
    let of = |entry: &pb::Entry| (i32::from(sheet::kind_of(entry)), entry.key.clone());
    let kinds: BTreeSet<i32> = wanted.iter().map(|entry| of(entry).0).collect();
    let named: BTreeSet<(i32, String)> = wanted.iter().map(of).collect();
    let known: BTreeMap<(i32, String), pb::Entry> =
        known.iter().map(|entry| (of(entry), sheet::plain(entry))).collect();
    let differs = |entry: &pb::Entry| known.get(&of(entry)) != Some(entry);
    let put = wanted.iter().map(sheet::plain).filter(differs).collect();
    let gone = known.keys().filter(|entry| kinds.contains(&entry.0) && !named.contains(*entry));
    let remove: Vec<pb::EntryRef> =
        gone.map(|(kind, key)| pb::EntryRef { kind: *kind, key: key.clone() }).collect();
    pb::Changes { put, remove: if remove_missing { remove } else { Vec::new() } }
}

fn print(preview: &pb::PreviewRevisionResponse) -> anyhow::Result<()> {
    list::print_changes(&preview.entry_changes)?;
    list::print_moves(&preview.power_moves)?;
    if preview.faults.is_empty() {
        let base = preview.base_revision;
        return out::line(format!("\nNothing is wrong with it. It continues revision {base}."));
    }
    out::line("\nIt cannot be published:")?;
    let mut table = out::table(&["FAULT", "KIND", "KEY", "WHAT", "SOURCE"]);
    for fault in &preview.faults {
        table.add_row([
            fault.reason.as_str(),
            kind_word(fault.kind()),
            &fault.key,
            &format!("{}\n{}", fault.text, fault.text_zh),
            &fault.source,
        ]);
    }
    out::line(table)
}

/// Asks whoever sits there.
fn agreed(base: i64) -> anyhow::Result<bool> {
    out::text(&format!("Publish it as revision {}? [y/N] ", base + 1))?;
    std::io::stdout().flush()?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn area(key: &str, brigade: &str, since_revision: i64) -> pb::Entry {
        let area = pb::Area { brigade: brigade.to_owned(), ..Default::default() };
        let entry = Some(pb::entry::Entry::Area(area));
        pb::Entry { key: key.to_owned(), entry, since_revision, until_revision: 0 }
    }

    #[test]
    fn only_what_differs_is_put_and_only_what_is_asked_for_is_taken_away() {
        let known = vec![area("a", "BR-T01", 1), area("b", "BR-T02", 1), area("c", "BR-T03", 2)];
        let wanted = vec![area("a", "BR-T01", 0), area("b", "BR-T09", 0), area("", "BR-T04", 0)];
        let kept = changes(known.clone(), wanted.clone(), false);
        assert_eq!(kept.put, [area("b", "BR-T09", 0), area("", "BR-T04", 0)]);
        assert_eq!(kept.remove, []);
        let removed = changes(known.clone(), wanted, true).remove;
        assert_eq!(removed.iter().map(|one| one.key.as_str()).collect::<Vec<_>>(), ["c"]);
        // A kind of which no file speaks stays as it is.
        assert_eq!(changes(known, Vec::new(), true), pb::Changes::default());
    }
}
