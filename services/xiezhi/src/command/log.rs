//! `xiezhi log`: the transparency log, read and audited.

mod audit;
mod export;
mod fsck;
mod leaves;

use std::{fs, path::PathBuf, process::ExitCode};

use anyhow::{Context as _, ensure};
use clap::{Args, Subcommand};
use client::Mesh;
use indicatif::{ProgressBar, ProgressStyle};
use proto::supervision::v1 as pb;
use tlog::{Checkpoint, Entry, Hash, Receipt, Vkey, verify_inclusion};

use super::connect;
use crate::{cli::Context, out};

/// The transparency log.
#[derive(Debug, Subcommand)]
pub(crate) enum Log {
    /// The latest signed checkpoint (C2SP tlog-checkpoint).
    Checkpoint {
        #[command(flatten)]
        by: By,
    },
    /// How far the log is with each journal, and what is wrong.
    Status {
        #[command(flatten)]
        by: By,
    },
    /// The proof that a row is in the log.
    Proof {
        #[command(flatten)]
        by: By,
        /// Whose journal, e.g. referral.
        service: String,
        /// Number of the row.
        row: i64,
    },
    /// The receipt (回执) of a call of yours: a file that `xiezhi verify` checks offline.
    Receipt {
        /// Code of your agency; its key lies in the data directory.
        #[arg(long = "as", value_name = "AGENCY")]
        agency: String,
        /// The service that answered the call, e.g. referral.
        service: String,
        /// The `request_id` of the call.
        request_id: String,
        /// Where to write it.
        #[arg(long, short, value_name = "FILE", default_value = "receipt.json")]
        output: PathBuf,
    },
    /// Write checkpoint, tiles and entries as static files (C2SP tlog-tiles).
    Export {
        #[command(flatten)]
        by: By,
        /// Where to; an earlier export there is continued, if the log continues it.
        dir: PathBuf,
    },
    /// Derive the log anew from the journals, and name every row that was altered, is missing, was
    /// left out or swapped. On the machine with the key of service/supervision.
    #[command(
        after_help = "Without --since only what the log says of itself is compared: whoever \
        can turn journals and log back together to an earlier day is not found. Keep a checkpoint \
        elsewhere each time (`xiezhi log checkpoint > FILE`), and give it the next time."
    )]
    Fsck {
        /// A checkpoint that was kept before: the log must continue it.
        #[arg(long, value_name = "FILE")]
        since: Option<PathBuf>,
    },
}

/// Who asks.
#[derive(Debug, Args)]
pub(crate) struct By {
    /// Code of your agency; without it, the operator asks.
    #[arg(long = "as", value_name = "AGENCY")]
    agency: Option<String>,
}

impl By {
    async fn connect(&self, context: &Context) -> anyhow::Result<Mesh> {
        match &self.agency {
            Some(agency) => connect::as_agency(context, agency).await,
            None => connect::as_operator(context).await,
        }
    }
}

pub(crate) async fn log(context: &Context, command: Log) -> anyhow::Result<ExitCode> {
    match command {
        Log::Checkpoint { by } => checkpoint(context, &by.connect(context).await?).await?,
        Log::Status { by } => status(context, &by.connect(context).await?).await?,
        Log::Proof { by, service, row } => {
            proof(context, &by.connect(context).await?, service, row).await?;
        }
        Log::Receipt { agency, service, request_id, output } => {
            let mesh = connect::as_agency(context, &agency).await?;
            let receipt = receipt(&mesh, service, request_id).await?;
            // What is written is what was checked.
            receipt.verify(&vkeys(context)?).context("the receipt does not hold")?;
            let at = || format!("{}", output.display());
            fs::write(&output, receipt.to_json()).with_context(at)?;
            let (leaf, row) = (receipt.leaf_index, receipt.row_id);
            out::line(if context.shared.json {
                serde_json::json!({ "file": at(), "leaf_index": leaf, "row_id": row }).to_string()
            } else {
                format!("{}: row {row} of {}, leaf {leaf} of the log", at(), receipt.service)
            })?;
        }
        Log::Export { by, dir } => {
            export::export(context, &by.connect(context).await?, &dir).await?;
        }
        Log::Fsck { since } => return fsck::fsck(context, since.as_deref()).await,
    }
    Ok(ExitCode::SUCCESS)
}

async fn checkpoint(context: &Context, mesh: &Mesh) -> anyhow::Result<()> {
    let (_, note) = signed(mesh, &vkeys(context)?).await?;
    if context.shared.json {
        return out::line(serde_json::json!({ "checkpoint": note }));
    }
    out::text(&note)
}

async fn status(context: &Context, mesh: &Mesh) -> anyhow::Result<()> {
    let answer = mesh.supervision().get_log_status(pb::GetLogStatusRequest {}).await;
    let status = answer.map_err(client::Error::from)?.into_inner();
    if context.shared.json {
        return out::json("xiezhi.supervision.v1.GetLogStatusResponse", &status);
    }
    out::line(format!("{}\n{} leaves\n", status.verifier_key, status.tree_size))?;
    let mut table = out::table(&["JOURNAL", "ROWS", "LAST ROW", "FAULT"]);
    for one in &status.journals {
        let (rows, last) = (one.rows.to_string(), one.last_row_id.to_string());
        table.add_row([&one.service, &rows, &last, &one.fault]);
    }
    out::line(table)
}

async fn proof(context: &Context, mesh: &Mesh, service: String, row_id: i64) -> anyhow::Result<()> {
    let request = pb::GetInclusionProofRequest { service, row_id, tree_size: 0, wait_ms: 2000 };
    let answer = mesh.supervision().get_inclusion_proof(request.clone()).await;
    let answer = answer.map_err(client::Error::from)?.into_inner();
    let tree = Checkpoint::open(&answer.checkpoint, &vkeys(context)?)?;
    let entry = Entry::parse(&answer.entry)?;
    ensure!(
        entry.service() == request.service && entry.row() == row_id,
        "the proof is of row {} of {}",
        entry.row(),
        entry.service()
    );
    let index = u64::try_from(answer.leaf_index).context("leaf_index")?;
    let proof = hashes(&answer.proof)?;
    verify_inclusion(entry.leaf_hash(), index, tree.size, &proof, tree.root)?;
    if context.shared.json {
        return out::json("xiezhi.supervision.v1.GetInclusionProofResponse", &answer);
    }
    out::line(format!("leaf {index} of {}, proven by {} hashes:", tree.size, proof.len()))?;
    proof.iter().try_for_each(|hash| out::line(format!("  {hash}")))?;
    out::line(String::from_utf8_lossy(&answer.entry))?;
    out::text(&format!("\n{}", answer.checkpoint))
}

/// The receipt of a call, as the service gives it.
pub(crate) async fn receipt(
    mesh: &Mesh,
    service: String,
    request_id: String,
) -> anyhow::Result<Receipt> {
    let request = pb::GetReceiptRequest { service, request_id, wait_ms: 5000 };
    let answer = mesh.supervision().get_receipt(request).await.map_err(client::Error::from)?;
    let receipt = answer.into_inner().receipt.context("no receipt in the answer")?;
    Ok(Receipt {
        row: receipt.row,
        service: receipt.service,
        row_id: receipt.row_id,
        leaf_index: u64::try_from(receipt.leaf_index).context("leaf_index")?,
        inclusion: hashes(&receipt.inclusion)?,
        checkpoint: receipt.checkpoint,
    })
}

/// The latest checkpoint, if a trusted log signed it.
async fn signed(mesh: &Mesh, vkeys: &[Vkey]) -> anyhow::Result<(Checkpoint, String)> {
    let answer = mesh.supervision().get_checkpoint(pb::GetCheckpointRequest {}).await;
    let note = answer.map_err(client::Error::from)?.into_inner().checkpoint;
    Ok((Checkpoint::open(&note, vkeys)?, note))
}

/// The keys of the logs that this machine's trust bundle vouches for.
pub(crate) fn vkeys(context: &Context) -> anyhow::Result<Vec<Vkey>> {
    let file = connect::bundle_file(context);
    let at = || format!("trust bundle {}", file.display());
    let bundle = fs::read_to_string(&file).with_context(at)?;
    tlog::trusted_vkeys(&bundle).with_context(at)
}

/// The hashes of a proof.
pub(crate) fn hashes(hashes: &[Vec<u8>]) -> anyhow::Result<Vec<Hash>> {
    let hash = |bytes: &Vec<u8>| bytes.as_slice().try_into().map(Hash).context("a hash of a proof");
    hashes.iter().map(hash).collect()
}

/// A progress bar for people.
fn bar(context: &Context, what: &str, length: u64) -> ProgressBar {
    if context.shared.json {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} {msg}  {elapsed}");
    let bar = ProgressBar::new(length).with_message(what.to_owned());
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
