//! `xiezhi verify`: what a file proves, without the mesh, under a trust bundle got out of band; or
//! the first thing that is wrong with it.

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context as _, ensure};
use auth::{Kept, Trust, verify_kept};
use clap::Args;
use prost::Message as _;
use proto::journal::v1::{Attestation, Row};
use serde::Serialize;
use serde_json::json;
use tlog::{Receipt, Vkey, trusted_vkeys};
use types::TrustDomain;

use crate::{
    bag,
    cli::Context,
    out::{line, local},
};

/// A receipt is not longer.
const MAX_BYTES: u64 = 1024 * 1024;

/// Verifies a receipt or an exported dossier offline.
#[derive(Debug, Args)]
#[command(after_help = "The trust bundle must come from elsewhere than the receipt: \
    `xiezhi keys bundle` prints it.\nExit status: 0 when everything holds; 1 with the first \
    thing that is wrong.")]
pub(crate) struct Verify {
    /// A receipt, as `xiezhi log receipt` writes it, or the folder of an exported dossier.
    file: PathBuf,
    /// The trust bundle: the keys of the issuer and of the log.
    #[arg(long, value_name = "FILE")]
    trust: PathBuf,
}

pub(crate) fn verify(context: &Context, command: &Verify) -> anyhow::Result<ExitCode> {
    let Trusted { trust, vkeys } = Trusted::read(&command.trust)?;
    if command.file.is_dir() {
        let found = bag::verify(&command.file, &trust, &vkeys);
        return say(context, &command.file, found, tell_bag);
    }
    let at = || format!("{}", command.file.display());
    let length = fs::metadata(&command.file).with_context(at)?.len();
    ensure!(length <= MAX_BYTES, "{}: is too long to be a receipt", at());
    let found = receipt(&fs::read(&command.file).with_context(at)?, &trust, &vkeys);
    say(context, &command.file, found, tell)
}

/// Says what a file proves, or the first thing that is wrong with it.
fn say<P: Serialize>(
    context: &Context,
    file: &Path,
    found: Result<P, String>,
    tell: fn(&P) -> anyhow::Result<()>,
) -> anyhow::Result<ExitCode> {
    match (&found, context.shared.json) {
        (Ok(proven), true) => line(json!({ "holds": true, "proven": proven }))?,
        (Err(wrong), true) => line(json!({ "holds": false, "wrong": wrong }))?,
        (Ok(proven), false) => tell(proven)?,
        (Err(wrong), false) => line(format!("{} does NOT hold: {wrong}", file.display()))?,
    }
    Ok(if found.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What a trust bundle makes one believe.
pub(crate) struct Trusted {
    /// The keys of the issuer.
    pub(crate) trust: Trust,
    /// The keys of the logs.
    pub(crate) vkeys: Vec<Vkey>,
}

impl Trusted {
    /// Reads a trust bundle. Its logs say of which trust domain it is.
    pub(crate) fn read(file: &Path) -> anyhow::Result<Self> {
        let at = || format!("trust bundle {}", file.display());
        let bundle = fs::read_to_string(file).with_context(at)?;
        let vkeys = trusted_vkeys(&bundle).with_context(at)?;
        let domain = vkeys.first().and_then(|key| key.name().strip_suffix("/log"));
        let domain = domain.and_then(TrustDomain::parse);
        let domain = domain.with_context(|| format!("{}: its log is of no trust domain", at()))?;
        let trust = Trust::parse(&domain, &bundle).with_context(at)?;
        Ok(Self { trust, vkeys })
    }
}

/// What a receipt proves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Proven {
    /// The service whose journal the row is in.
    pub(crate) service: String,
    pub(crate) row_id: i64,
    /// By the clock of the law, to the minute.
    pub(crate) time: String,
    pub(crate) kind: String,
    pub(crate) resource: String,
    /// Code of the body that did it; empty when none did.
    pub(crate) agency: String,
    pub(crate) request_id: String,
    /// The call, as both sides signed it; none when that was not kept.
    pub(crate) call: Option<Call>,
    /// What is not proven, and why.
    pub(crate) gap: Option<String>,
    /// The log, and where the row is in it.
    pub(crate) log: String,
    pub(crate) leaf_index: u64,
    pub(crate) tree_size: u64,
}

/// Who asked what, and who answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Call {
    pub(crate) caller: String,
    pub(crate) method: String,
    pub(crate) answerer: String,
    /// gRPC status of the answer.
    pub(crate) status: i32,
    /// Within the minute before it, by the caller's clock, the request was signed.
    pub(crate) asked_before: String,
    /// Within the minute before it, by the answerer's clock, the answer was signed.
    pub(crate) answered_before: String,
}

/// Checks a receipt: the log has its row, the row says of itself what the receipt says, a body asked
/// for it, and the service whose row it is answered.
///
/// # Errors
/// The first thing that is wrong.
pub(crate) fn receipt(bytes: &[u8], trust: &Trust, vkeys: &[Vkey]) -> Result<Proven, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "the receipt is not a text".to_owned())?;
    let receipt = Receipt::parse(text).map_err(|error| error.to_string())?;
    let log = receipt.verify(vkeys).map_err(|error| error.to_string())?.checkpoint;
    if log.origin != format!("{}/log", trust.domain()) {
        return Err(format!("{} is not the log of {}", log.origin, trust.domain()));
    }
    let row = Row::decode(receipt.row.as_slice())
        .map_err(|error| format!("the log has it, but the row cannot be read: {error}"))?;
    if row.encode_to_vec() != receipt.row {
        return Err("the row is not in its canonical form: it says more than is shown".to_owned());
    }
    if row.service != receipt.service || row.id != receipt.row_id {
        return Err(format!(
            "the row says that it is row {} of {:?}, and the log has it as row {} of {}",
            row.id, row.service, receipt.row_id, receipt.service
        ));
    }
    let (call, gap) = match &row.attestation {
        None if row.agency.is_empty() && row.request_id.is_empty() => {
            (None, Some("no call caused this row: a clock did; there is nothing to sign".into()))
        }
        None => (None, Some("this row has no proof of the call: another row of it has".into())),
        Some(proof) if proof.answer_wit.is_empty() && proof.answer_wpt.is_empty() => (
            None,
            Some("the row is from before answers were kept: who asked is not proven by it".into()),
        ),
        Some(proof) => {
            let call = said(&row, proof, trust)?;
            let gap = stood_for(&row, &call);
            (Some(call), gap)
        }
    };
    Ok(Proven {
        time: local(row.time),
        service: row.service,
        row_id: row.id,
        kind: row.kind,
        resource: row.resource,
        agency: row.agency,
        request_id: row.request_id,
        call,
        gap,
        log: log.origin,
        leaf_index: receipt.leaf_index,
        tree_size: log.size,
    })
}

/// The call, if the body that the row names made it and the service whose row it is answered.
fn said(row: &Row, proof: &Attestation, trust: &Trust) -> Result<Call, String> {
    let kept = Kept {
        caller_wit: &proof.wit,
        caller_wpt: &proof.wpt,
        request_digest: &proof.request_digest,
        answer_wit: &proof.answer_wit,
        answer_wpt: &proof.answer_wpt,
        response_digest: &proof.response_digest,
        status: proof.status,
    };
    let parties = verify_kept(trust, &kept).map_err(|broken| broken.to_string())?;
    // A service may act for a body; a body acts for itself.
    if let Some(code) = parties.caller.agency_code()
        && code.as_str() != row.agency
    {
        return Err(format!("{} asked for it, and the row names {:?}", parties.caller, row.agency));
    }
    if !parties.answerer.is_service(&row.service) {
        return Err(format!("{} answered, and the row is of {}", parties.answerer, row.service));
    }
    Ok(Call {
        caller: parties.caller.to_string(),
        method: parties.method,
        answerer: parties.answerer.to_string(),
        status: proof.status,
        asked_before: parties.request_expires_at.to_rfc3339(),
        answered_before: parties.answer_expires_at.to_rfc3339(),
    })
}

/// That a service, and not the body itself, asked for what the row says of a body.
fn stood_for(row: &Row, call: &Call) -> Option<String> {
    let own = row.agency.is_empty() || call.caller.ends_with(&format!("/agency/{}", row.agency));
    (!own).then(|| {
        format!("{} asked for it; that it did so for {} is what it says", call.caller, row.agency)
    })
}

fn tell(proven: &Proven) -> anyhow::Result<()> {
    let Proven { service, row_id, kind, resource, time, .. } = proven;
    line("The receipt holds.")?;
    line(format!("  what      {kind} on {resource}, {time} by the clock of the law"))?;
    line(format!("  row       {row_id} of the journal of {service}"))?;
    if let Some(call) = &proven.call {
        line(format!("  asked by  {}", call.caller))?;
        line(format!("            {}, signed before {}", call.method, call.asked_before))?;
        line(format!("  answer by {}", call.answerer))?;
        line(format!(
            "            status {}, signed before {}",
            call.status, call.answered_before
        ))?;
    }
    if let Some(gap) = &proven.gap {
        line(format!("  but       {gap}"))?;
    }
    let Proven { log, leaf_index, tree_size, .. } = proven;
    line(format!("  log       {log}: leaf {leaf_index} of {tree_size}"))
}

fn tell_bag(proven: &bag::Proven) -> anyhow::Result<()> {
    line("The dossier holds.")?;
    line(format!("  what      {}: {}, of {}", proven.dossier, proven.title, proven.agency))?;
    line(format!(
        "  with      {} items, {} files, {} events of custody, {} hand-overs",
        proven.items, proven.contents, proven.custody_events, proven.hand_overs
    ))?;
    line(format!("  rows      {}, each with its receipt", proven.rows))?;
    line(format!("  log       {}: {} leaves", proven.log, proven.tree_size))?;
    line("What it says beside that, and no row of the journal proves:")?;
    proven.not_proven.iter().try_for_each(|what| line(format!("  {what}")))
}
