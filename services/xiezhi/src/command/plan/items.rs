//! Plans: written from a sheet of items, filed, read.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use client::Mesh;
use proto::operations::v1 as pb;

use super::{
    By, For, Page, called,
    lines::{self, Line},
    more, numbers, word,
};
use crate::{
    cli::Context,
    out::{self, line, local},
};

/// Columns of items: those that must be there, and those that may.
const COLUMNS: (&[&str], &[&str]) = (
    &["matter", "ratio_by_tier", "officers", "minutes"],
    &["sector", "key_matter", "frequency_by_tier", "qualification", "kit"],
);

/// A plan.
#[derive(Debug, Args)]
#[command(
    after_help = "Items, the first line naming the columns:\n  matter,sector,key_matter,ratio_by_tier,\
    frequency_by_tier,officers,qualification,kit,minutes\n  \
    M032,FOOD,false,1000;2000;4000;8000,1;1;2;4,2,FOOD,,60\n\
    A ratio is how many of 100,000 are drawn: four numbers for the tiers A to D, or one for all. A key \
    matter (重点事项) has no upper limit (O-10). sector, key_matter, frequency_by_tier, qualification and kit \
    may be absent.\n\n\
    Examples:\n  xiezhi plan put --title 2026年度计划 --from 2026-01-01 --to 2026-12-31 \\\n    \
    --items items.csv --as MKT --officer MKT-01\n  \
    xiezhi plan get plans/… --csv --as MKT > items.csv          and, edited, again with its name:\n  \
    xiezhi plan put plans/… --title … --from … --to … --items items.csv --as MKT --officer MKT-01"
)]
pub(crate) struct Put {
    #[command(flatten)]
    who: For,
    /// plans/… to write again while it is a draft; without it, a new one.
    #[arg(default_value = "", hide_default_value = true)]
    name: String,
    /// Title.
    #[arg(long)]
    title: String,
    /// First day, YYYY-MM-DD.
    #[arg(long, value_name = "DAY")]
    from: String,
    /// Last day, YYYY-MM-DD.
    #[arg(long, value_name = "DAY")]
    to: String,
    /// The items, as CSV.
    #[arg(long, value_name = "FILE")]
    items: PathBuf,
}

/// What to file.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  xiezhi plan file plans/… --file-no 云市监〔2026〕3号 --as MKT --officer MKT-04"
)]
pub(crate) struct File {
    #[command(flatten)]
    who: For,
    /// plans/…
    name: String,
    /// Number under which the superior has it.
    #[arg(long)]
    file_no: String,
    /// The etag you decided on; without it the newest is read first.
    #[arg(long)]
    etag: Option<String>,
}

/// Which plan.
#[derive(Debug, Args)]
pub(crate) struct Get {
    #[command(flatten)]
    by: By,
    /// plans/…
    name: String,
    /// The items as CSV, as `put` reads them.
    #[arg(long)]
    csv: bool,
}

pub(super) async fn put(context: &Context, command: Put) -> anyhow::Result<()> {
    let lines = lines::open(&command.items, COLUMNS, item)?;
    let (numbers, items) = (lines.numbers(), lines.all()?);
    let mesh = command.who.by.connect(context).await?;
    let name = command.name;
    let etag = if name.is_empty() { String::new() } else { read(&mesh, &name).await?.etag };
    let plan = pb::Plan {
        name,
        etag,
        title: command.title,
        period_start: command.from,
        period_end: command.to,
        items,
        ..pb::Plan::default()
    };
    let (request_id, officer) = (client::request_id(), command.who.officer);
    let request = pb::PutPlanRequest { request_id, plan: Some(plan), officer };
    let answer = mesh.operations().put_plan(request).await;
    let answer = answer.map_err(|status| lines::located(status, "plan.items", &numbers).0)?;
    let answer = answer.into_inner();
    if context.shared.json {
        return out::json("xiezhi.operations.v1.PutPlanResponse", &answer);
    }
    answer.warnings.iter().try_for_each(|warning| line(format!("warning: {warning}")))?;
    print(&answer.plan.unwrap_or_default())
}

pub(super) async fn file(context: &Context, command: File) -> anyhow::Result<()> {
    let mesh = command.who.by.connect(context).await?;
    let etag = match command.etag {
        Some(etag) => etag,
        None => read(&mesh, &command.name).await?.etag,
    };
    let request = pb::FilePlanRequest {
        request_id: client::request_id(),
        name: command.name,
        etag,
        file_no: command.file_no,
        officer: command.who.officer,
    };
    let plan = called(mesh.operations().file_plan(request).await)?.plan.unwrap_or_default();
    if context.shared.json { out::json("xiezhi.operations.v1.Plan", &plan) } else { print(&plan) }
}

pub(super) async fn get(context: &Context, command: Get) -> anyhow::Result<()> {
    let plan = read(&command.by.connect(context).await?, &command.name).await?;
    if command.csv {
        let heads = [COLUMNS.0, COLUMNS.1].concat();
        return out::text(&lines::written(&heads, plan.items.iter().map(row))?);
    }
    if context.shared.json { out::json("xiezhi.operations.v1.Plan", &plan) } else { print(&plan) }
}

pub(super) async fn list(context: &Context, mesh: &Mesh, page: Page) -> anyhow::Result<()> {
    let Page { page_size, page_token } = page;
    let request = pb::ListPlansRequest { page_size, page_token };
    let page = called(mesh.operations().list_plans(request).await)?;
    if context.shared.json {
        return out::json("xiezhi.operations.v1.ListPlansResponse", &page);
    }
    let mut table = out::table(&["PLAN", "BODY", "TITLE", "FROM", "TO", "ITEMS", "STATE", "FILED"]);
    for one in &page.plans {
        table.add_row([
            one.name.as_str(),
            &one.agency,
            &one.title,
            &one.period_start,
            &one.period_end,
            &one.items.len().to_string(),
            state(one),
            &one.file_no,
        ]);
    }
    line(table)?;
    more(&page.next_page_token)
}

async fn read(mesh: &Mesh, name: &str) -> anyhow::Result<pb::Plan> {
    let request = pb::GetPlanRequest { name: name.to_owned() };
    called(mesh.operations().get_plan(request).await)?.plan.context("no plan in the answer")
}

fn state(plan: &pb::Plan) -> &'static str {
    word(plan.state().as_str_name(), "PLAN_STATE_")
}

fn item(line: &mut Line<'_>) -> pb::PlanItem {
    pb::PlanItem {
        matter: line.text("matter"),
        sector: line.text("sector"),
        key_matter: line.yes("key_matter"),
        ratio_by_tier: line.numbers("ratio_by_tier"),
        frequency_by_tier: line.numbers("frequency_by_tier"),
        officers: line.number("officers"),
        qualification: line.text("qualification"),
        kit: line.text("kit"),
        minutes: line.number("minutes"),
    }
}

fn row(one: &pb::PlanItem) -> Vec<String> {
    vec![
        one.matter.clone(),
        numbers(&one.ratio_by_tier),
        one.officers.to_string(),
        one.minutes.to_string(),
        one.sector.clone(),
        one.key_matter.to_string(),
        numbers(&one.frequency_by_tier),
        one.qualification.clone(),
        one.kit.clone(),
    ]
}

fn print(plan: &pb::Plan) -> anyhow::Result<()> {
    let days = format!("{} to {}", plan.period_start, plan.period_end);
    line(format!("{}  {}  {}", plan.name, plan.agency, plan.title))?;
    line(format!("{days}  state {}  etag {}", state(plan), plan.etag))?;
    if plan.file_time.is_some() {
        line(format!("filed {} as {}", local(plan.file_time), plan.file_no))?;
    }
    let heads = [
        "MATTER",
        "RATIO OF 100,000",
        "OFFICERS",
        "MINUTES",
        "SECTOR",
        "KEY",
        "OFTEN",
        "NEEDS",
        "KIT",
    ];
    let mut table = out::table(&heads);
    table.add_rows(plan.items.iter().map(row));
    line(table)
}
