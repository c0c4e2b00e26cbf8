//! Handing items over: the giver's list, the receiver's count, both signatures.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use clap::{Args, Subcommand};
use client::Mesh;
use evidence::sheet::list_sha256;
use proto::evidence::v1 as pb;

use super::{By, For, called, pages, parse, word};
use crate::{
    cli::Context,
    command::connect,
    out::{self, Contract, local},
};

/// Hand-overs.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// The giver's list.
    Propose(Propose),
    /// The hand-overs you may see, newest first.
    List {
        #[command(flatten)]
        by: By,
        /// e.g. 'state = "PROPOSED" AND dossier = "dossiers/…"'.
        #[arg(long, default_value = "")]
        filter: String,
    },
    /// A list as it was listed and counted.
    Show {
        #[command(flatten)]
        by: By,
        /// handOvers/…
        name: String,
    },
    /// The receiver's findings, line by line.
    Count(Count),
    /// Sign the counted list. Custody moves when both sides have signed.
    Sign {
        #[command(flatten)]
        who: For,
        /// handOvers/…
        name: String,
    },
    /// Refuse the whole list.
    Refuse(Ended),
    /// Take a proposal back, before anybody signed.
    Withdraw(Ended),
}

/// What to hand over.
#[derive(Debug, Args)]
pub(crate) struct Propose {
    #[command(flatten)]
    who: For,
    /// dossiers/…
    dossier: String,
    /// Code of the body that receives.
    #[arg(long)]
    to: String,
    /// referral, other-agency, custody, return, or dispute.
    #[arg(long, value_parser = purpose)]
    purpose: pb::HandOverPurpose,
    /// referrals/… whose term it fulfils.
    #[arg(long, default_value = "")]
    referral: String,
    /// disputes/… whose decision orders it, for the purpose dispute.
    #[arg(long, default_value = "")]
    dispute: String,
    /// items/…; may be repeated. Without it: every item of the dossier that you hold.
    #[arg(long = "item", value_name = "ITEM")]
    items: Vec<String>,
    /// Where it takes place.
    #[arg(long)]
    place: String,
    /// The day the party was told that property under a measure goes along (T-22), YYYY-MM-DD.
    #[arg(long, value_name = "DAY")]
    party_told_on: Option<String>,
    /// With this list everything of the case is handed over.
    #[arg(long)]
    completes: bool,
}

/// What was found.
#[derive(Debug, Args)]
#[command(after_help = "A counts file is a JSON list of {\"line_no\": 1, \"counted_quantity\": \
    \"5\", \"condition\": …, \"seal_no\": …, \"discrepancy\": …, \"accepted\": true, \
    \"storage_place\": …}.")]
pub(crate) struct Count {
    #[command(flatten)]
    who: For,
    /// handOvers/…
    name: String,
    /// Certificate number of who will keep the items; not who investigates.
    #[arg(long)]
    custodian: String,
    /// Certificate number of an officer who investigates the case for you; may be repeated. Needed
    /// when the items go into a case of your own.
    #[arg(long = "investigator", value_name = "CERTIFICATE")]
    investigators: Vec<String>,
    /// Everything was found as it is listed, and is accepted.
    #[arg(long, required_unless_present = "file", conflicts_with = "file")]
    all_as_listed: bool,
    /// With --all-as-listed: where the items will be kept.
    #[arg(long, requires = "all_as_listed")]
    storage_place: Option<String>,
    /// The findings, as a JSON file.
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
}

/// Why it ends.
#[derive(Debug, Args)]
pub(crate) struct Ended {
    #[command(flatten)]
    who: For,
    /// handOvers/…
    name: String,
    /// Why.
    #[arg(long)]
    reason: String,
}

fn purpose(text: &str) -> Result<pb::HandOverPurpose, String> {
    parse(pb::HandOverPurpose::from_str_name, "HAND_OVER_PURPOSE_", text)
}

pub(super) async fn hand_over(context: &Context, command: Command) -> anyhow::Result<()> {
    let hand_over = match command {
        Command::List { by, filter } => return list(context, &by, &filter).await,
        Command::Propose(command) => propose(context, command).await?,
        Command::Show { by, name } => {
            read(&connect::as_agency(context, &by.agency).await?, &name).await?
        }
        Command::Count(command) => count(context, command).await?,
        Command::Sign { who, name } => sign(context, who, name).await?,
        Command::Refuse(Ended { who, name, reason }) => {
            let mesh = connect::as_agency(context, &who.by.agency).await?;
            let (request_id, officer) = (client::request_id(), who.officer);
            let request = pb::RefuseHandOverRequest { request_id, name, reason, officer };
            called(mesh.evidence().refuse_hand_over(request).await)?.hand_over.unwrap_or_default()
        }
        Command::Withdraw(Ended { who, name, reason }) => {
            let mesh = connect::as_agency(context, &who.by.agency).await?;
            let (request_id, officer) = (client::request_id(), who.officer);
            let request = pb::WithdrawHandOverRequest { request_id, name, reason, officer };
            called(mesh.evidence().withdraw_hand_over(request).await)?.hand_over.unwrap_or_default()
        }
    };
    if context.shared.json {
        return out::json("xiezhi.evidence.v1.HandOver", &hand_over);
    }
    print(&hand_over)
}

async fn propose(context: &Context, command: Propose) -> anyhow::Result<pb::HandOver> {
    let mesh = connect::as_agency(context, &command.who.by.agency).await?;
    let mut items = command.items;
    if items.is_empty() {
        let holder = &command.who.by.agency;
        let held = |item: &pb::Item| item.custody.as_ref().is_some_and(|c| c.holder == *holder);
        let all = pages::items(&mesh, &command.dossier).await?;
        items = all.into_iter().filter(held).map(|item| item.name).collect();
    }
    let request = pb::ProposeHandOverRequest {
        request_id: client::request_id(),
        dossier: command.dossier,
        receiver: command.to,
        purpose: command.purpose.into(),
        referral: command.referral,
        dispute: command.dispute,
        items,
        place: command.place,
        property_under_measure: command.party_told_on.is_some(),
        party_told_on: command.party_told_on.unwrap_or_default(),
        completes: command.completes,
        officer: command.who.officer,
    };
    let answer = called(mesh.evidence().propose_hand_over(request).await)?;
    answer.hand_over.context("no hand-over in the answer")
}

async fn list(context: &Context, by: &By, filter: &str) -> anyhow::Result<()> {
    let mesh = connect::as_agency(context, &by.agency).await?;
    let mut table =
        out::table(&["HAND-OVER", "FROM", "TO", "PURPOSE", "STATE", "PROPOSED", "COMPLETED"]);
    for one in pages::hand_overs(&mesh, filter).await? {
        if context.shared.json {
            out::json("xiezhi.evidence.v1.HandOver", &one)?;
        }
        let (purpose, state) = words(&one);
        let (proposed, completed) = (local(one.create_time), local(one.complete_time));
        table.add_row([
            &one.name,
            &one.giver,
            &one.receiver,
            purpose,
            state,
            &proposed,
            &completed,
        ]);
    }
    if context.shared.json { Ok(()) } else { out::line(table) }
}

async fn count(context: &Context, command: Count) -> anyhow::Result<pb::HandOver> {
    let mesh = connect::as_agency(context, &command.who.by.agency).await?;
    let listed = read(&mesh, &command.name).await?;
    let counts = match &command.file {
        Some(file) => counts(file)?,
        None => listed.lines.iter().map(|line| as_listed(line, &command.storage_place)).collect(),
    };
    let request = pb::CountHandOverRequest {
        request_id: client::request_id(),
        name: command.name,
        etag: listed.etag,
        counts,
        officer: command.who.officer,
        custodian: command.custodian,
        investigators: command.investigators,
    };
    let answer = called(mesh.evidence().count_hand_over(request).await)?;
    answer.hand_over.context("no hand-over in the answer")
}

fn as_listed(line: &pb::HandOverLine, place: &Option<String>) -> pb::LineCount {
    pb::LineCount {
        line_no: line.line_no,
        counted_quantity: line.quantity.clone(),
        condition: line.condition.clone(),
        seal_no: line.seal_no.clone(),
        accepted: true,
        storage_place: place.clone().unwrap_or_default(),
        ..pb::LineCount::default()
    }
}

fn counts(file: &Path) -> anyhow::Result<Vec<pb::LineCount>> {
    let text = std::fs::read_to_string(file).with_context(|| format!("{}", file.display()))?;
    let lines: Vec<serde_json::Value> =
        serde_json::from_str(&text).with_context(|| format!("{}", file.display()))?;
    let contract = Contract::load()?;
    let read = |line| contract.read("xiezhi.evidence.v1.LineCount", line);
    lines.into_iter().map(read).collect()
}

/// Signs what this side computed itself from what it was shown.
async fn sign(context: &Context, who: For, name: String) -> anyhow::Result<pb::HandOver> {
    let mesh = connect::as_agency(context, &who.by.agency).await?;
    let counted = read(&mesh, &name).await?;
    let computed = list_sha256(&counted);
    ensure!(
        !counted.list_sha256.is_empty(),
        "{name} is not counted yet: {} counts it",
        counted.receiver
    );
    ensure!(
        computed == counted.list_sha256,
        "the list that was shown has the digest {computed}, and the service says {}: nothing is \
         signed",
        counted.list_sha256
    );
    if !context.shared.json {
        print(&counted)?;
        let officer = &who.officer;
        out::line(format!("signing as {} for {officer}: list_sha256 {computed}", who.by.agency))?;
        out::line(
            "this digest was computed here, from the list above: the signature is under these \
             lines as they were listed and counted, and under no others",
        )?;
    }
    let request = pb::SignHandOverRequest {
        request_id: client::request_id(),
        name,
        list_sha256: computed,
        officer: who.officer,
    };
    let answer = called(mesh.evidence().sign_hand_over(request).await)?;
    answer.hand_over.context("no hand-over in the answer")
}

async fn read(mesh: &Mesh, name: &str) -> anyhow::Result<pb::HandOver> {
    let request = pb::GetHandOverRequest { name: name.to_owned() };
    let answer = called(mesh.evidence().get_hand_over(request).await)?;
    answer.hand_over.context("no hand-over in the answer")
}

fn words(one: &pb::HandOver) -> (&'static str, &'static str) {
    let purpose = word(one.purpose().as_str_name(), "HAND_OVER_PURPOSE_");
    (purpose, word(one.state().as_str_name(), "HAND_OVER_STATE_"))
}

fn print(one: &pb::HandOver) -> anyhow::Result<()> {
    let (purpose, state) = words(one);
    out::line(format!("{}  {} to {}  {purpose}  {state}", one.name, one.giver, one.receiver))?;
    let heads =
        ["NO", "CODE", "TITLE", "LISTED", "COUNTED", "SEAL", "FOUND", "ACCEPTED", "DIFFERS"];
    let mut table = out::table(&heads);
    for line in &one.lines {
        let count = line.count.clone();
        let accepted = count.as_ref().map_or("", |count| if count.accepted { "yes" } else { "no" });
        let found = count.unwrap_or_default();
        table.add_row([
            &line.line_no.to_string(),
            &line.code,
            &line.title,
            &format!("{} {}", line.quantity, line.unit),
            &found.counted_quantity,
            &line.seal_no,
            &found.seal_no,
            accepted,
            &found.discrepancy,
        ]);
    }
    out::line(table)?;
    if !one.list_sha256.is_empty() {
        out::line(format!("list_sha256 {}", one.list_sha256))?;
    }
    for signature in &one.signatures {
        let when = local(signature.time);
        out::line(format!("signed by {} {} {when}", signature.agency, signature.officer))?;
    }
    match one.referral_outcome.as_str() {
        "" => Ok(()),
        outcome => out::line(format!("referral says {outcome}")),
    }
}
