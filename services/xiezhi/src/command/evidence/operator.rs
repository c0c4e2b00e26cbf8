//! What the operator does: content that was damaged, and the keys of contents.

use std::process::ExitCode;

use clap::Args;
use proto::evidence::v1 as pb;

use super::{called, pages};
use crate::{
    cli::Context,
    command::connect,
    out::{self, local},
};

/// What to read again.
#[derive(Debug, Args)]
pub(crate) struct Scrub {
    /// SHA-256 of one content; without it, whatever was not read for longest.
    #[arg(long, default_value = "")]
    sha256: String,
    /// At most this many.
    #[arg(long, default_value_t = 100)]
    limit: i32,
}

/// How many keys.
#[derive(Debug, Args)]
pub(crate) struct Rewrap {
    /// At most this many in one call; it calls until none is left.
    #[arg(long, default_value_t = 1000)]
    limit: i32,
}

/// Fails when there are any, so that a script sees it.
pub(super) async fn faults(context: &Context) -> anyhow::Result<ExitCode> {
    let mesh = connect::as_operator(context).await?;
    print(&pages::faults(&mesh).await?, context.shared.json)
}

pub(super) async fn scrub(context: &Context, command: Scrub) -> anyhow::Result<ExitCode> {
    let mesh = connect::as_operator(context).await?;
    let request = pb::ScrubContentRequest { sha256: command.sha256, limit: command.limit };
    let answer = called(mesh.evidence().scrub_content(request).await)?;
    if context.shared.json {
        out::json("xiezhi.evidence.v1.ScrubContentResponse", &answer)?;
        return Ok(code(&answer.faults));
    }
    out::line(format!("{} whole, {} at fault", answer.whole, answer.faults.len()))?;
    print(&answer.faults, false)
}

pub(super) async fn rewrap(context: &Context, command: Rewrap) -> anyhow::Result<()> {
    let mesh = connect::as_operator(context).await?;
    let mut rewrapped = 0;
    loop {
        let request =
            pb::RewrapKeysRequest { request_id: client::request_id(), limit: command.limit };
        let answer = called(mesh.evidence().rewrap_keys(request).await)?;
        rewrapped += answer.rewrapped;
        if answer.remaining > 0 && answer.rewrapped > 0 {
            continue;
        }
        if context.shared.json {
            let done = pb::RewrapKeysResponse { rewrapped, ..answer };
            return out::json("xiezhi.evidence.v1.RewrapKeysResponse", &done);
        }
        let (left, key) = (answer.remaining, answer.active_key);
        return out::line(format!("{rewrapped} keys wrapped with {key}; {left} are not"));
    }
}

fn print(faults: &[pb::ContentFault], json: bool) -> anyhow::Result<ExitCode> {
    let mut table = out::table(&["SHA-256", "FAULT", "FOUND", "ITEMS"]);
    for fault in faults {
        if json {
            out::json("xiezhi.evidence.v1.ContentFault", fault)?;
        }
        let (found, items) = (local(fault.found_time), fault.items.join(", "));
        table.add_row([&fault.sha256, &fault.fault, &found, &items]);
    }
    if !json && !faults.is_empty() {
        out::line(table)?;
    }
    Ok(code(faults))
}

fn code(faults: &[pb::ContentFault]) -> ExitCode {
    if faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
