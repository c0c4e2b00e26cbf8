//! A draw as people read it, its winners, and its record.

use std::{fs, path::Path};

use anyhow::{Context as _, ensure};
use client::Mesh;
use proto::operations::v1 as pb;

use super::{Page, act, called, more, word};
use crate::{
    cli::Context,
    out::{self, line, local},
};

/// One draw.
pub(super) async fn show(context: &Context, mesh: &Mesh, name: &str) -> anyhow::Result<()> {
    let draw = act::read(mesh, name).await?;
    if context.shared.json { out::json("xiezhi.operations.v1.Draw", &draw) } else { print(&draw) }
}

pub(super) fn print(draw: &pb::Draw) -> anyhow::Result<()> {
    line(format!("{}  {}", draw.name, draw.title))?;
    let state = state(draw);
    line(format!("state {state}  office {}  {}  etag {}", draw.office, draw.algorithm, draw.etag))?;
    if !draw.void_reason.is_empty() {
        line(format!("void     by the fault of {}: {}", draw.void_by, draw.void_reason))?;
    }
    line(format!("subjects {}  {}", draw.subjects_root, draw.subject_count))?;
    line(format!("officers {}  {}", draw.officers_root, draw.officer_count))?;
    line(format!("rules    {}", draw.rules_hash))?;
    line(format!(
        "commit until {}, reveal until {}",
        local(draw.commit_deadline),
        local(draw.reveal_deadline)
    ))?;
    let (at, value) = (local(draw.public_value_time), draw.public_value.as_str());
    line(format!("public value of {} at {at}: {value}", draw.public_value_source))?;
    let mut table = out::table(&["BODY", "COMMITMENT", "NONCE", "COMMITTED", "REVEALED", ""]);
    for one in &draw.commitments {
        let dropped = if one.dropped { "dropped" } else { "" };
        let (committed, revealed) = (local(one.commit_time), local(one.reveal_time));
        let text = [&one.agency, &one.commitment, &one.nonce, &committed, &revealed];
        table.add_row(text.into_iter().map(String::as_str).chain([dropped]));
    }
    line(table)?;
    if draw.winner_count > 0 {
        line(format!("{} were drawn", draw.winner_count))?;
    }
    if !draw.seed.is_empty() {
        line(format!("nonce of the office {}\nseed {}", draw.office_nonce, draw.seed))?;
    }
    Ok(())
}

fn state(draw: &pb::Draw) -> &'static str {
    word(draw.state().as_str_name(), "DRAW_STATE_")
}

pub(super) async fn list(context: &Context, mesh: &Mesh, page: Page) -> anyhow::Result<()> {
    let Page { page_size, page_token } = page;
    let request = pb::ListDrawsRequest { page_size, page_token };
    let page = called(mesh.operations().list_draws(request).await)?;
    if context.shared.json {
        return out::json("xiezhi.operations.v1.ListDrawsResponse", &page);
    }
    let mut table = out::table(&["DRAW", "TITLE", "BODIES", "STATE", "DRAWN", "FROZEN"]);
    for one in &page.draws {
        table.add_row([
            one.name.as_str(),
            &one.title,
            &one.bodies.join(" "),
            state(one),
            &one.winner_count.to_string(),
            &local(one.create_time),
        ]);
    }
    line(table)?;
    more(&page.next_page_token)
}

pub(super) async fn winners(
    context: &Context,
    mesh: &Mesh,
    name: String,
    page: Page,
) -> anyhow::Result<()> {
    let Page { page_size, page_token } = page;
    let request = pb::ListWinnersRequest { name, page_size, page_token };
    let page = called(mesh.operations().list_winners(request).await)?;
    if context.shared.json {
        return out::json("xiezhi.operations.v1.ListWinnersResponse", &page);
    }
    let mut table = out::table(&["SUBJECT", "BODY", "MATTERS", "OFFICERS IN ORDER", "CHECK"]);
    for one in &page.winners {
        let officers = one.officers.iter().map(|officer| {
            let passed = &officer.passed_over_because;
            let why = if passed.is_empty() { String::new() } else { format!(" (not: {passed})") };
            format!("{}{why}", officer.certificate_no)
        });
        let officers = officers.collect::<Vec<_>>().join(", ");
        table.add_row([&one.subject, &one.agency, &one.matters.join(" "), &officers, &one.check]);
    }
    line(table)?;
    more(&page.next_page_token)
}

/// Writes the record of a draw to a file.
pub(super) async fn record(
    context: &Context,
    mesh: &Mesh,
    name: &str,
    file: &Path,
) -> anyhow::Result<()> {
    let mut record = String::new();
    loop {
        let offset = i64::try_from(record.len())?;
        let request = pb::GetDrawRecordRequest { name: name.to_owned(), offset };
        let part = called(mesh.operations().get_draw_record(request).await)?;
        record.push_str(&part.part);
        if i64::try_from(record.len())? >= part.total_bytes {
            break;
        }
        ensure!(!part.part.is_empty(), "the record ends before its {} bytes", part.total_bytes);
    }
    let at = || file.display().to_string();
    fs::write(file, &record).with_context(at)?;
    if context.shared.json {
        return line(serde_json::json!({ "file": at(), "bytes": record.len() }));
    }
    line(format!("{}: {} bytes; `xiezhi draw verify` replays it", at(), record.len()))
}
