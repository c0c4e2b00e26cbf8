//! `xiezhi indicator`: the figures of evaluation (执法评议), the rows behind each, the yearly report.

use std::{path::PathBuf, process::ExitCode};

use anyhow::Context as _;
use clap::{Args, Subcommand};
use proto::supervision::v1 as pb;

use super::call::{Anybody, By, Page, called, more};
use crate::{
    cli::Context,
    out::{self, line, local},
};

/// Indicators.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Every indicator with its formula, its source, and whether bodies may be ranked by it.
    List {
        #[command(flatten)]
        by: Anybody,
    },
    /// The figures of one indicator.
    Show(Show),
    /// The journal rows behind a figure, newest first, each with its leaf in the log.
    Rows(Rows),
    /// The yearly evaluation of a body or of the county.
    Report(Report),
}

/// Which figures.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  xiezhi indicator show timeliness --as JUS --by body --by month --from 2026-01\n  \
    xiezhi indicator show referral-rate --as MKT --body MKT --matter M033"
)]
pub(crate) struct Show {
    #[command(flatten)]
    by: By,
    /// As `list` prints it, e.g. timeliness.
    indicator: String,
    #[command(flatten)]
    which: Which,
    /// What to tell apart: body, area, matter or month; may be repeated.
    #[arg(long = "by", value_name = "WHAT")]
    group_by: Vec<String>,
}

/// The rows of which figure.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  xiezhi indicator rows timeliness --as MKT --body MKT --from 2026-03 --to 2026-03\n\n\
    `xiezhi log prove SERVICE ROW` proves a row."
)]
pub(crate) struct Rows {
    #[command(flatten)]
    by: By,
    /// As `list` prints it, e.g. timeliness.
    indicator: String,
    #[command(flatten)]
    which: Which,
    /// The rows below the line instead of those above it.
    #[arg(long)]
    denominator: bool,
    #[command(flatten)]
    page: Page,
}

/// Which rows a figure is about.
#[derive(Debug, Args)]
struct Which {
    /// Only of this body.
    #[arg(long, default_value = "", hide_default_value = true)]
    body: String,
    /// Only of this region code.
    #[arg(long, default_value = "", hide_default_value = true)]
    area: String,
    /// Only of this matter.
    #[arg(long, default_value = "", hide_default_value = true)]
    matter: String,
    /// First month, YYYY-MM.
    #[arg(long, default_value = "", hide_default_value = true)]
    from: String,
    /// Last month, YYYY-MM.
    #[arg(long, default_value = "", hide_default_value = true)]
    to: String,
}

impl From<Which> for pb::FigureFilter {
    fn from(which: Which) -> Self {
        let Which { body, area, matter, from: from_month, to: to_month } = which;
        Self { body, area, matter, from_month, to_month }
    }
}

/// Which report.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  xiezhi indicator report 2026 --as JUS --pdf report.pdf\n  \
    xiezhi indicator report 2026 --as MKT --body MKT")]
pub(crate) struct Report {
    #[command(flatten)]
    by: By,
    /// The year.
    year: i32,
    /// The body; without it the county.
    #[arg(long, default_value = "", hide_default_value = true)]
    body: String,
    /// Write the report as a PDF, too.
    #[arg(long, value_name = "FILE")]
    pdf: Option<PathBuf>,
}

pub(crate) async fn indicator(context: &Context, command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::List { by } => list(context, &by).await?,
        Command::Show(command) => show(context, command).await?,
        Command::Rows(command) => rows(context, command).await?,
        Command::Report(command) => report(context, command).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn list(context: &Context, by: &Anybody) -> anyhow::Result<()> {
    let mesh = by.connect(context).await?;
    let answer = called(mesh.supervision().list_indicators(pb::ListIndicatorsRequest {}).await)?;
    if context.shared.json {
        return out::json("xiezhi.supervision.v1.ListIndicatorsResponse", &answer);
    }
    let mut table =
        out::table(&["INDICATOR", "指标", "FORMULA", "UNIT", "BETTER", "RULE", "SOURCE"]);
    for one in &answer.indicators {
        table.add_row([
            id(&one.name),
            &one.title_zh,
            &one.formula,
            &one.unit,
            &one.better,
            &format!("{} {}", one.rule, one.verified),
            &one.source,
        ]);
    }
    line(table)
}

/// The name without its collection.
fn id(name: &str) -> &str {
    name.strip_prefix("indicators/").unwrap_or(name)
}

/// The name with its collection.
fn named(indicator: &str) -> String {
    format!("indicators/{}", id(indicator))
}

async fn show(context: &Context, command: Show) -> anyhow::Result<()> {
    let mesh = command.by.connect(context).await?;
    let request = pb::GetIndicatorRequest {
        name: named(&command.indicator),
        filter: Some(command.which.into()),
        group_by: command.group_by.iter().map(|what| what.to_uppercase()).collect(),
    };
    let answer = called(mesh.supervision().get_indicator(request).await)?;
    if context.shared.json {
        return out::json("xiezhi.supervision.v1.GetIndicatorResponse", &answer);
    }
    let indicator = answer.indicator.clone().unwrap_or_default();
    line(format!("{}  {}", indicator.title, indicator.title_zh))?;
    line(format!("{}, in {}", indicator.formula, indicator.unit))?;
    line(&indicator.meaning)?;
    line("")?;
    let mut table = out::table(&["BODY", "AREA", "MATTER", "MONTH", "ABOVE", "BELOW", "FIGURE"]);
    for one in &answer.figures {
        let all = |text: &str| if text.is_empty() { "·".to_owned() } else { text.to_owned() };
        let value = if one.value.is_empty() { "—" } else { &one.value };
        table.add_row([
            all(&one.body),
            all(&one.area),
            all(&one.matter),
            all(&one.month),
            one.numerator.to_string(),
            one.denominator.to_string(),
            value.to_owned(),
        ]);
    }
    line(table)?;
    if answer.cut {
        line("there are more: ask for fewer groups")?;
    }
    line(format!("counted up to leaf {} of the log", answer.tree_size))
}

async fn rows(context: &Context, command: Rows) -> anyhow::Result<()> {
    let mesh = command.by.connect(context).await?;
    let part = if command.denominator { "DENOMINATOR" } else { "NUMERATOR" };
    let request = pb::ListFigureRowsRequest {
        name: named(&command.indicator),
        filter: Some(command.which.into()),
        part: part.to_owned(),
        page_size: command.page.page_size,
        page_token: command.page.page_token,
    };
    let answer = called(mesh.supervision().list_figure_rows(request).await)?;
    if context.shared.json {
        return out::json("xiezhi.supervision.v1.ListFigureRowsResponse", &answer);
    }
    let heads = ["WHEN", "COUNTS AS", "BODY", "DETAIL", "RESOURCE", "DOCKET", "ROW", "LEAF"];
    let mut table = out::table(&heads);
    for one in &answer.rows {
        table.add_row([
            local(one.time),
            one.measure.clone(),
            one.body.clone(),
            one.detail.clone(),
            one.resource.clone(),
            one.docket.clone(),
            format!("{} {}", one.service, one.row_id),
            one.leaf_index.to_string(),
        ]);
    }
    line(table)?;
    more(&answer.next_page_token)
}

async fn report(context: &Context, command: Report) -> anyhow::Result<()> {
    let mesh = command.by.connect(context).await?;
    let Report { year, body, pdf, .. } = command;
    let request = pb::GetEvaluationReportRequest { year, body, pdf: pdf.is_some() };
    let answer = called(mesh.supervision().get_evaluation_report(request).await)?;
    if let Some(file) = &pdf {
        std::fs::write(file, &answer.pdf).with_context(|| file.display().to_string())?;
    }
    let report = answer.report.unwrap_or_default();
    if context.shared.json {
        return out::json("xiezhi.supervision.v1.EvaluationReport", &report);
    }
    let of = if report.body.is_empty() { "the county" } else { &report.body };
    line(format!("evaluation of {of} in {}", report.year))?;
    let mut table = out::table(&["INDICATOR", "指标", "ABOVE", "BELOW", "YEAR", "BEFORE", "PLACE"]);
    for one in &report.lines {
        let this = one.this_year.clone().unwrap_or_default();
        let last = one.last_year.clone().unwrap_or_default();
        let place =
            if one.rank == 0 { String::new() } else { format!("{}/{}", one.rank, one.ranked) };
        table.add_row([
            id(&one.indicator).to_owned(),
            one.title_zh.clone(),
            this.numerator.to_string(),
            this.denominator.to_string(),
            this.value,
            last.value,
            place,
        ]);
    }
    line(table)?;
    for one in &report.missed {
        line(format!("missed {}: {}", one.rule, one.count))?;
    }
    for one in &report.warnings {
        line(format!("warnings {}: {}, of which open {}", one.rule, one.raised, one.open))?;
    }
    match pdf {
        Some(file) => line(format!("written: {}", file.display())),
        None => Ok(()),
    }
}
