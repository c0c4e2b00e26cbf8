//! Whole lists of the catalogue, page by page, and the tables of what changes.

use client::Mesh;
use proto::catalogue::v1 as pb;

use super::{called, kind_word};
use crate::out;

/// The most of a page.
const PAGE: i32 = 1000;

/// The entries of a revision, and its number; of all kinds and matters where none is named.
pub(crate) async fn entries(
    mesh: &Mesh,
    revision: i64,
    kind: pb::EntryKind,
    matter: &str,
) -> anyhow::Result<(i64, Vec<pb::Entry>)> {
    let (mut all, mut page_token, mut number) = (Vec::new(), String::new(), revision);
    loop {
        let request = pb::ListEntriesRequest {
            revision: number,
            kind: kind.into(),
            matter: matter.to_owned(),
            page_size: PAGE,
            page_token,
        };
        let page = called(mesh.catalogue().list_entries(request).await)?;
        // Every page is of the revision of the first one.
        number = page.revision;
        all.extend(page.entries);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return Ok((number, all));
        }
    }
}

/// What differs between two revisions, and the powers that move.
pub(super) async fn differences(
    mesh: &Mesh,
    from_revision: i64,
    to_revision: i64,
) -> anyhow::Result<(Vec<pb::EntryChange>, Vec<pb::PowerMove>)> {
    let (mut changes, mut moves, mut page_token) = (Vec::new(), Vec::new(), String::new());
    loop {
        let request =
            pb::DiffRevisionsRequest { from_revision, to_revision, page_size: PAGE, page_token };
        let page = called(mesh.catalogue().diff_revisions(request).await)?;
        changes.extend(page.entry_changes);
        moves.extend(page.power_moves);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return Ok((changes, moves));
        }
    }
}

/// The revisions, newest first.
pub(super) async fn revisions(mesh: &Mesh) -> anyhow::Result<Vec<pb::Revision>> {
    let (mut all, mut page_token) = (Vec::new(), String::new());
    loop {
        let request = pb::ListRevisionsRequest { page_size: PAGE, page_token };
        let page = called(mesh.catalogue().list_revisions(request).await)?;
        all.extend(page.revisions);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return Ok(all);
        }
    }
}

/// One line for each entry that differs.
pub(super) fn print_changes(changes: &[pb::EntryChange]) -> anyhow::Result<()> {
    let mut table = out::table(&["KIND", "KEY", "CHANGE"]);
    for one in changes {
        let change = match (&one.before, &one.after) {
            (None, _) => "new".to_owned(),
            (_, None) => "taken away".to_owned(),
            (Some(_), Some(_)) => format!("changes {}", one.fields.join(", ")),
        };
        table.add_row([kind_word(one.kind()), &one.key, &change]);
    }
    if changes.is_empty() { out::line("no entry changes") } else { out::line(table) }
}

/// What that means: who loses a power, who gets it, from when.
pub(super) fn print_moves(moves: &[pb::PowerMove]) -> anyhow::Result<()> {
    if moves.is_empty() {
        return Ok(());
    }
    out::line("\nPowers that move:")?;
    let mut table = out::table(&["MATTER", "TERRITORY", "FROM", "TO", "ON", "WHAT IT MEANS"]);
    for one in moves {
        table.add_row([
            &one.matter,
            &one.territory,
            &one.from.join(" "),
            &one.to.join(" "),
            &one.on_date,
            &format!("{}\n{}", one.summary, one.summary_zh),
        ]);
    }
    out::line(table)
}
