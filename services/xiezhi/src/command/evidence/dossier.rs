//! Dossiers and their items.

use std::path::PathBuf;

use anyhow::{Context as _, bail};
use clap::Args;
use client::Mesh;
use proto::evidence::v1 as pb;

use super::{By, For, called, example, item, pages, parse, read_item, word};
use crate::{
    cli::Context,
    command::connect,
    out::{self, Contract, local},
};

/// What to open.
#[derive(Debug, Args)]
pub(crate) struct Open {
    #[command(flatten)]
    who: For,
    /// What people call the case.
    #[arg(long)]
    title: String,
    /// Your own case number.
    #[arg(long)]
    case_no: String,
    /// dockets/… of the referral, when there is one.
    #[arg(long, default_value = "")]
    docket: String,
    /// Certificate number of who investigates, and so must not keep items; may be repeated.
    #[arg(long = "investigator", value_name = "CERTIFICATE")]
    investigators: Vec<String>,
}

/// What to register.
#[derive(Debug, Args)]
pub(crate) struct Add {
    /// dossiers/…
    #[arg(required_unless_present = "example")]
    dossier: Option<String>,
    /// Code of your agency; its key lies in the data directory.
    #[arg(long = "as", value_name = "AGENCY", required_unless_present = "example")]
    agency: Option<String>,
    /// Certificate number of the officer.
    #[arg(long, required_unless_present = "example")]
    officer: Option<String>,
    /// The item, as JSON in the names of the contract.
    #[arg(long, value_name = "FILE", required_unless_present = "example")]
    file: Option<PathBuf>,
    /// Print a filled example of a kind: documentary, physical, audio-visual, electronic-data,
    /// testimony, party-statement, appraisal-opinion or site-record.
    #[arg(long, value_name = "KIND", conflicts_with_all = ["dossier", "agency", "officer", "file"])]
    example: Option<String>,
}

/// What to list.
#[derive(Debug, Args)]
pub(crate) struct List {
    #[command(flatten)]
    by: By,
    /// e.g. 'docket = "dockets/…"'.
    #[arg(long, default_value = "")]
    filter: String,
}

/// What to show.
#[derive(Debug, Args)]
pub(crate) struct Show {
    #[command(flatten)]
    by: By,
    /// dossiers/… or items/…
    name: String,
}

pub(super) async fn open(context: &Context, command: Open) -> anyhow::Result<()> {
    let mesh = connect::as_agency(context, &command.who.by.agency).await?;
    let request = pb::OpenDossierRequest {
        request_id: client::request_id(),
        title: command.title,
        case_no: command.case_no,
        docket: command.docket,
        investigators: command.investigators,
        officer: command.who.officer,
    };
    let answer = called(mesh.evidence().open_dossier(request).await)?;
    let dossier = answer.dossier.context("no dossier in the answer")?;
    if context.shared.json {
        return out::json("xiezhi.evidence.v1.Dossier", &dossier);
    }
    out::line(format!("{}  {}  {}", dossier.name, dossier.case_no, dossier.title))
}

pub(super) async fn add(context: &Context, command: Add) -> anyhow::Result<()> {
    if let Some(kind) = &command.example {
        let kind = parse(pb::EvidenceKind::from_str_name, "EVIDENCE_KIND_", kind)
            .map_err(|_| anyhow::anyhow!("{kind} is none of the eight kinds of evidence"))?;
        return out::line(format!("{:#}", example::of(kind)));
    }
    let (Some(dossier), Some(agency), Some(officer), Some(file)) =
        (command.dossier, command.agency, command.officer, command.file)
    else {
        bail!("an item needs a dossier, --as, --officer and --file");
    };
    let text = std::fs::read_to_string(&file).with_context(|| format!("{}", file.display()))?;
    let json = serde_json::from_str(&text).with_context(|| format!("{}", file.display()))?;
    let item = Contract::load()?.read("xiezhi.evidence.v1.Item", json)?;
    let mesh = connect::as_agency(context, &agency).await?;
    let request =
        pb::AddItemRequest { request_id: client::request_id(), dossier, item: Some(item), officer };
    let answer = called(mesh.evidence().add_item(request).await)?;
    let item = answer.item.context("no item in the answer")?;
    if context.shared.json {
        return out::json("xiezhi.evidence.v1.Item", &item);
    }
    out::line(format!("{}  number {}  {} {}", item.name, item.number, item.code, item.title))?;
    match &item.measure {
        Some(measure) => out::line(format!("the measure ends on {}", measure.end_date)),
        None => Ok(()),
    }
}

pub(super) async fn list(context: &Context, command: List) -> anyhow::Result<()> {
    let mesh = connect::as_agency(context, &command.by.agency).await?;
    let mut table = out::table(&["DOSSIER", "CASE", "TITLE", "AGENCY", "ITEMS", "OPENED"]);
    for one in pages::dossiers(&mesh, &command.filter).await? {
        if context.shared.json {
            out::json("xiezhi.evidence.v1.Dossier", &one)?;
        }
        let (items, opened) = (one.items.to_string(), local(one.create_time));
        table.add_row([one.name, one.case_no, one.title, one.agency, items, opened]);
    }
    if context.shared.json { Ok(()) } else { out::line(table) }
}

pub(super) async fn show(context: &Context, command: Show) -> anyhow::Result<()> {
    let mesh = connect::as_agency(context, &command.by.agency).await?;
    let json = context.shared.json;
    if command.name.starts_with("items/") {
        return show_item(&mesh, &command.name, json).await;
    }
    let request = pb::GetDossierRequest { name: command.name.clone() };
    let answer = called(mesh.evidence().get_dossier(request).await)?;
    let dossier = answer.dossier.context("no dossier in the answer")?;
    let items = pages::items(&mesh, &command.name).await?;
    if json {
        out::json("xiezhi.evidence.v1.Dossier", &dossier)?;
        return items.iter().try_for_each(|item| out::json("xiezhi.evidence.v1.Item", item));
    }
    out::line(format!("{}  {}  {}", dossier.name, dossier.case_no, dossier.title))?;
    let who = dossier.investigators.join(", ");
    out::line(format!("of {}, investigated by {who}", dossier.agency))?;
    let heads = ["NO", "ITEM", "CODE", "KIND", "TITLE", "QUANTITY", "HOLDER", "STATE", "FILES"];
    let mut table = out::table(&heads);
    for item in items {
        let (kind, custody) = (item.kind(), item.custody.clone().unwrap_or_default());
        table.add_row([
            item.number.to_string(),
            item.name,
            item.code,
            word(kind.as_str_name(), "EVIDENCE_KIND_").to_owned(),
            item.title,
            format!("{} {}", item.quantity, item.unit),
            custody.holder.clone(),
            word(custody.state().as_str_name(), "CUSTODY_STATE_").to_owned(),
            item.contents.len().to_string(),
        ]);
    }
    out::line(table)
}

async fn show_item(mesh: &Mesh, name: &str, json: bool) -> anyhow::Result<()> {
    let one = read_item(mesh, name).await?;
    if json {
        return out::json("xiezhi.evidence.v1.Item", &one);
    }
    let custody = one.custody.clone().unwrap_or_default();
    out::line(format!("{}  {} {}, {} {}", one.name, one.code, one.title, one.quantity, one.unit))?;
    out::line(format!("of {}, number {}", one.dossier, one.number))?;
    let mut told = format!("held by {}", custody.holder);
    for (how, what) in [
        ("kept by", &custody.custodian),
        ("for it at", &custody.kept_by),
        ("at", &custody.storage_place),
        ("under seal", &custody.seal_no),
        ("listed in", &custody.hand_over),
    ] {
        if !what.is_empty() {
            told = format!("{told}, {how} {what}");
        }
    }
    out::line(told)?;
    if let Some(measure) = &one.measure {
        let (kind, state) = (measure.kind(), measure.state());
        out::line(format!(
            "{} until {}: {}",
            word(kind.as_str_name(), "MEASURE_KIND_"),
            measure.end_date,
            word(state.as_str_name(), "MEASURE_STATE_"),
        ))?;
    }
    let mut table = out::table(&["CONTENT", "FILE", "ROLE", "BYTES", "SHA-256", "FAULT"]);
    for content in one.contents {
        let role = word(content.role().as_str_name(), "CONTENT_ROLE_").to_owned();
        let size = content.size.to_string();
        let (sha256, fault) = (content.sha256, content.fault);
        table.add_row([content.name, content.file_name, role, size, sha256, fault]);
    }
    out::line(table)?;
    item::print_chain(&pages::custody(mesh, name).await?)
}
