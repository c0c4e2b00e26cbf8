//! `xiezhi log fsck`: reads every leaf and every journal row, and says where they differ.

use std::{collections::BTreeMap, fs, path::Path, process::ExitCode};

use anyhow::Context as _;
use client::Mesh;
use proto::{
    arbitration::v1 as arbitration, catalogue::v1 as catalogue, evidence::v1 as evidence,
    identity::v1 as identity, journal::v1::Row, operations::v1 as operations,
    referral::v1 as referral, supervision::v1 as pb,
};
use tlog::{Checkpoint, Hash, OpenError};

use super::{
    audit::{Audit, Finding},
    bar,
    leaves::{self, Leaves},
    vkeys,
};
use crate::{cli::Context, command::connect, out};

/// Rows of one question to a journal.
const PAGE: i32 = 1000;

pub(super) async fn fsck(context: &Context, since: Option<&Path>) -> anyhow::Result<ExitCode> {
    let vkeys = vkeys(context)?;
    let kept = since.map(|file| {
        let at = || format!("{}", file.display());
        let note = fs::read_to_string(file).with_context(at)?;
        Checkpoint::open(&note, &vkeys).with_context(at)
    });
    let kept = kept.transpose()?;
    // Journals are read by service/supervision and by nobody else: its key is on this machine.
    let mesh = connect::as_service(context, "supervision").await?;
    let answer = mesh.supervision().get_log_status(pb::GetLogStatusRequest {}).await;
    let status = answer.map_err(client::Error::from)?.into_inner();
    let answer = mesh.supervision().get_checkpoint(pb::GetCheckpointRequest {}).await;
    let note = answer.map_err(client::Error::from)?.into_inner().checkpoint;
    let mut audit = Audit::default();
    match Checkpoint::open(&note, &vkeys) {
        Ok(checkpoint) => {
            log(context, &mesh, (&checkpoint, kept.as_ref()), &mut audit).await?;
            let followed: Vec<&str> =
                status.journals.iter().map(|journal| journal.service.as_str()).collect();
            for service in audit.services() {
                if !followed.contains(&service.as_str()) {
                    audit.findings.push(Finding::Unknown { service });
                }
            }
            for journal in &status.journals {
                let rows = u64::try_from(journal.rows).unwrap_or_default();
                compare(context, &mesh, (&journal.service, rows), &mut audit).await?;
            }
        }
        Err(why) => audit.findings.push(unsigned(&why)),
    }
    report(context, &audit)
}

fn unsigned(why: &OpenError) -> Finding {
    Finding::Signature { why: why.to_string() }
}

/// The leaves against the signed root and that of the checkpoint that was kept, and the tiles
/// against the leaves.
async fn log(
    context: &Context,
    mesh: &Mesh,
    (signed, kept): (&Checkpoint, Option<&Checkpoint>),
    audit: &mut Audit,
) -> anyhow::Result<()> {
    let bar = bar(context, "leaves", signed.size);
    let mut leaves = Leaves::new(mesh, &bar, signed.size);
    // The tree of no leaves is passed before the first.
    leaves.passing = kept.map(|kept| (kept.size, (kept.size == 0).then_some(Hash::EMPTY)));
    let mut edge = BTreeMap::new();
    while let Some(bundle) = leaves.next().await? {
        bundle.entries.iter().for_each(|entry| audit.leaf(entry));
        for write in bundle.tiles {
            if write.tile.is_full() {
                edge.remove(&(write.tile.level, write.tile.index));
                check_tile(mesh, &write, audit).await?;
            } else {
                edge.insert((write.tile.level, write.tile.index), write);
            }
        }
    }
    for write in edge.values() {
        check_tile(mesh, write, audit).await?;
    }
    if leaves.tree.root() != signed.root {
        audit.findings.push(Finding::Root { tree_size: signed.size });
    }
    if let Some(kept) = kept {
        let passed = leaves.passing.and_then(|(_, root)| root);
        audit.findings.extend(since(signed, kept, passed));
    }
    bar.finish_and_clear();
    Ok(())
}

/// What is wrong with the log since a checkpoint that was kept, at whose size its root was `passed`.
fn since(signed: &Checkpoint, kept: &Checkpoint, passed: Option<Hash>) -> Option<Finding> {
    let (tree_size, kept_size) = (signed.size, kept.size);
    if signed.origin != kept.origin {
        return Some(Finding::Exchanged {
            origin: signed.origin.clone(),
            kept: kept.origin.clone(),
        });
    }
    if tree_size < kept_size {
        return Some(Finding::TurnedBack { tree_size, kept_size });
    }
    (passed != Some(kept.root)).then_some(Finding::Rewritten { kept_size })
}

async fn check_tile(mesh: &Mesh, write: &tlog::TileWrite, audit: &mut Audit) -> anyhow::Result<()> {
    let path = write.tile.path();
    if leaves::tile(mesh, &path).await? != write.bytes {
        audit.findings.push(Finding::Tile { path });
    }
    Ok(())
}

/// One journal against the leaves, from its first row to its last.
async fn compare(
    context: &Context,
    mesh: &Mesh,
    (service, rows): (&str, u64),
    audit: &mut Audit,
) -> anyhow::Result<()> {
    let bar = bar(context, service, rows);
    let mut journal = audit.journal(service);
    let mut cursor = String::new();
    loop {
        let (rows, next) = page(mesh, service, cursor)
            .await
            .with_context(|| format!("the journal of {service} cannot be read"))?;
        if rows.is_empty() {
            break;
        }
        bar.inc(u64::try_from(rows.len()).unwrap_or_default());
        rows.iter().for_each(|row| journal.row(row));
        cursor = next;
    }
    journal.end();
    bar.finish_and_clear();
    Ok(())
}

/// Asks one service for a page of its journal. Their requests have one shape, each its own type.
macro_rules! read {
    ($client:expr, $of:ident, $cursor:ident) => {{
        let (page_size, wait_ms, row_id) = (PAGE, 0, 0);
        let asked = $of::ReadJournalRequest { cursor: $cursor, page_size, wait_ms, row_id };
        let answer = $client.read_journal(asked).await.map_err(client::Error::from)?.into_inner();
        Ok((answer.rows, answer.next_cursor))
    }};
}

async fn page(mesh: &Mesh, service: &str, cursor: String) -> anyhow::Result<(Vec<Row>, String)> {
    match service {
        "identity" => read!(mesh.identity(), identity, cursor),
        "catalogue" => read!(mesh.catalogue(), catalogue, cursor),
        "referral" => read!(mesh.referral(), referral, cursor),
        "evidence" => read!(mesh.evidence(), evidence, cursor),
        "arbitration" => read!(mesh.arbitration(), arbitration, cursor),
        "operations" => read!(mesh.operations(), operations, cursor),
        "supervision" => read!(mesh.supervision(), pb, cursor),
        _ => anyhow::bail!("this program does not know where the journal of {service} is"),
    }
}

/// Says what was found. Nothing found is success.
fn report(context: &Context, audit: &Audit) -> anyhow::Result<ExitCode> {
    let (findings, rows, waiting) = (&audit.findings, audit.rows, audit.waiting);
    if context.shared.json {
        out::line(serde_json::json!({
            "holds": findings.is_empty(),
            "rows": rows,
            "waiting": waiting,
            "findings": findings,
        }))?;
    } else {
        findings.iter().try_for_each(out::line)?;
        let told = if findings.is_empty() {
            "the log holds".to_owned()
        } else {
            format!("the log does NOT hold: {} findings", findings.len())
        };
        out::line(format!("{told}; {rows} rows compared, {waiting} not sequenced yet"))?;
    }
    Ok(if findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
