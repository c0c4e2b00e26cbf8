//! `xiezhi trace`: who did, saw and changed what on a docket, in order, across services, with proof.

use std::process::ExitCode;

use anyhow::{Context as _, ensure};
use clap::Args;
use client::Mesh;
use prost::Message as _;
use proto::{journal::v1::Row, supervision::v1 as pb};
use tlog::{Checkpoint, Entry, Vkey, verify_inclusion};

use super::{
    call::{By, called},
    log::{hashes, vkeys},
};
use crate::{
    cli::Context,
    out::{self, line, local},
};

/// The full trace of a docket (全程留痕).
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  xiezhi trace dockets/… --as MKT\n  \
    xiezhi trace dockets/… --as PRO --proof\n  xiezhi trace --overseers --as MKT\n\n\
    With --proof every row comes with its bytes and its way to the signed root, and is verified here \
    with the trust bundle.\nExit status: 1 when a row has no proof that holds.")]
pub(crate) struct Trace {
    #[command(flatten)]
    by: By,
    /// dockets/…
    #[arg(required_unless_present = "overseers")]
    docket: Option<String>,
    /// Verify that each row is in the log.
    #[arg(long)]
    proof: bool,
    /// Who looked at what is yours as an overseer, newest first, instead of a docket.
    #[arg(long, conflicts_with_all = ["docket", "proof"])]
    overseers: bool,
}

pub(crate) async fn trace(context: &Context, command: Trace) -> anyhow::Result<ExitCode> {
    let mesh = command.by.connect(context).await?;
    let Some(docket) = command.docket else {
        overseers(&mesh, context.shared.json).await?;
        return Ok(ExitCode::SUCCESS);
    };
    let keys = command.proof.then(|| vkeys(context)).transpose()?;
    let heads = ["WHEN", "WHO", "WHAT", "ABOUT", "LAW", "SHOWN TO", "LEAF", "PROOF"];
    let mut table = out::table(&heads);
    let (mut page_token, mut holds) = (String::new(), true);
    loop {
        let request = pb::GetTraceRequest {
            docket: docket.clone(),
            page_size: 100,
            page_token,
            proofs: command.proof,
        };
        let page = called(mesh.supervision().get_trace(request).await)?;
        for row in &page.rows {
            let proof = match &keys {
                None => String::new(),
                Some(keys) => match proven(row, &page.checkpoint, keys) {
                    Ok(()) => "holds".to_owned(),
                    Err(wrong) => {
                        holds = false;
                        format!("NONE: {wrong:#}")
                    }
                },
            };
            if context.shared.json {
                out::json("xiezhi.supervision.v1.TraceRow", row)?;
                continue;
            }
            let who = if row.officer.is_empty() { &row.agency } else { &row.officer };
            let what = if row.summary.is_empty() { &row.kind } else { &row.summary };
            let law = [row.rule.as_str(), row.basis.as_str()].join(" ");
            table.add_row([
                &local(row.time),
                who,
                what,
                &row.resource,
                law.trim(),
                &row.shown_to.join(" "),
                &row.leaf_index.to_string(),
                &proof,
            ]);
        }
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    if !context.shared.json {
        line(table)?;
    }
    Ok(if holds { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Checks that the log has the row, and that what is shown of it is what the row says.
fn proven(row: &pb::TraceRow, checkpoint: &str, keys: &[Vkey]) -> anyhow::Result<()> {
    ensure!(row.fault.is_empty(), "{}", row.fault);
    let tree = Checkpoint::open(checkpoint, keys)?;
    let entry = Entry::of_row(row.service.as_str(), row.row_id, &row.row)?;
    let index = u64::try_from(row.leaf_index).context("leaf_index")?;
    let proof = hashes(&row.inclusion)?;
    verify_inclusion(entry.leaf_hash(), index, tree.size, &proof, tree.root)?;
    let said = Row::decode(row.row.as_slice()).context("the row does not read")?;
    let marks = said.marks.unwrap_or_default();
    let (time, told) =
        (said.time == row.time, [&row.kind, &row.resource, &row.agency, &row.officer]);
    let same = told == [&said.kind, &said.resource, &said.agency, &said.officer]
        && [&row.step, &row.rule, &row.summary] == [&said.step, &marks.rule, &marks.summary];
    ensure!(time && same, "what is shown is not what the row says");
    Ok(())
}

async fn overseers(mesh: &Mesh, json: bool) -> anyhow::Result<()> {
    let mut table = out::table(&["WHEN", "WHO", "LOOKED BY", "AT", "OF"]);
    let mut page_token = String::new();
    loop {
        let request = pb::ListOversightRequest { page_size: 1000, page_token };
        let page = called(mesh.supervision().list_oversight(request).await)?;
        for one in &page.oversights {
            if json {
                out::json("xiezhi.supervision.v1.Oversight", one)?;
            }
            let of = one.overseen.join(" ");
            table.add_row([&local(one.time), &one.overseer, &one.method, &one.subject, &of]);
        }
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return if json { Ok(()) } else { line(table) };
        }
    }
}
