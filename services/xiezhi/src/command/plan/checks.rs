//! Checks that no draw gave, and checks that become one visit.

use std::path::PathBuf;

use clap::Args;
use proto::operations::v1 as pb;

use super::{
    For, called,
    lines::{self, Line},
    parse, subject_name, word,
};
use crate::{
    cli::Context,
    out::{self, line},
};

/// Columns of checks: those that must be there, and those that may.
const COLUMNS: (&[&str], &[&str]) = (
    &["subject", "matters", "origin", "source", "minutes", "window_start", "window_end"],
    &["officers", "weight", "qualification", "kit", "alone_because", "over_cap_because"],
);

/// What to add.
#[derive(Debug, Args)]
#[command(
    after_help = "The first line names the columns:\n  subject,matters,origin,source,officers,qualification,\
    kit,minutes,weight,window_start,window_end,\n  alone_because,over_cap_because\n\
    origin is CLUE, ORDERED, SPECIAL or FOLLOW_UP; source a complaint's number, operations/… or another \
    reference. officers (2 without it), weight (1 to 100; 10 without it), qualification, kit, alone_because \
    and over_cap_because (the head's reason to go although the cap is reached, I-04) may be absent. Only the \
    head adds checks (I-03).\n\n\
    Example:\n  xiezhi plan checks complaints.csv --as MKT --officer MKT-04"
)]
pub(crate) struct Add {
    #[command(flatten)]
    who: For,
    /// The checks, as CSV.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Add the good lines, and only name the others. Without it, all or nothing.
    #[arg(long)]
    partial: bool,
}

/// Which checks, and why.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  xiezhi plan over-cap checks/… --because '三人食物中毒' --as MKT --officer MKT-04"
)]
pub(crate) struct OverCap {
    #[command(flatten)]
    who: For,
    /// checks/… of your body that wait for a visit, as `plan merge` names them.
    #[arg(required = true)]
    names: Vec<String>,
    /// The head's reason, which supervision sees.
    #[arg(long)]
    because: String,
}

pub(super) async fn over_cap(context: &Context, command: OverCap) -> anyhow::Result<()> {
    let For { by, officer } = command.who;
    let mesh = by.connect(context).await?;
    let checks = command.names.into_iter().map(|name| pb::Check {
        name,
        over_cap_because: command.because.clone(),
        ..pb::Check::default()
    });
    let checks = checks.collect();
    let request = pb::AddChecksRequest { request_id: client::request_id(), checks, officer };
    let answer = called(mesh.operations().add_checks(request).await)?;
    if context.shared.json {
        return out::json("xiezhi.operations.v1.AddChecksResponse", &answer);
    }
    line(format!("{} checks take place although the cap is reached (I-04)", answer.checks.len()))
}

/// Which period.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  xiezhi plan merge --from 2026-12-01 --to 2026-12-31 --as GDO --officer GDO-01"
)]
pub(crate) struct Merge {
    #[command(flatten)]
    who: For,
    /// First day, YYYY-MM-DD.
    #[arg(long, value_name = "DAY")]
    from: String,
    /// Last day, YYYY-MM-DD.
    #[arg(long, value_name = "DAY")]
    to: String,
}

pub(super) async fn add(context: &Context, command: Add) -> anyhow::Result<()> {
    let lines = lines::open(&command.file, COLUMNS, check)?;
    let mesh = command.who.by.connect(context).await?;
    let send = async |checks: Vec<pb::Check>| {
        let officer = command.who.officer.clone();
        let request = pb::AddChecksRequest { request_id: client::request_id(), checks, officer };
        mesh.operations().add_checks(request).await
    };
    let sent = lines.send(("checks", command.partial), send).await?;
    let checks: Vec<&pb::Check> = sent.answers.iter().flat_map(|answer| &answer.checks).collect();
    if context.shared.json {
        let names: Vec<&str> = checks.iter().map(|one| one.name.as_str()).collect();
        return line(serde_json::json!({ "checks": names, "left_out": sent.left_out }));
    }
    sent.print_left_out()?;
    let mut table = out::table(&["CHECK", "SUBJECT", "MATTERS", "ORIGIN", "SOURCE", "FROM", "TO"]);
    for one in checks {
        let origin = word(one.origin().as_str_name(), "CHECK_ORIGIN_");
        let matters = one.matters.join(" ");
        let (from, to) = (one.window_start.as_str(), one.window_end.as_str());
        table.add_row([&one.name, &one.subject, &matters, origin, &one.source, from, to]);
    }
    line(table)
}

fn check(line: &mut Line<'_>) -> pb::Check {
    let or = |number: i32, otherwise: i32| if number == 0 { otherwise } else { number };
    pb::Check {
        subject: subject_name(&line.text("subject")),
        matters: line.list("matters"),
        origin: line.read("origin", origin).into(),
        source: line.text("source"),
        officers: or(line.number("officers"), 2),
        qualification: line.text("qualification"),
        kit: line.text("kit"),
        minutes: line.number("minutes"),
        weight: or(line.number("weight"), 10),
        window_start: line.day("window_start"),
        window_end: line.day("window_end"),
        alone_because: line.text("alone_because"),
        over_cap_because: line.text("over_cap_because"),
        ..pb::Check::default()
    }
}

fn origin(text: &str) -> Result<pb::CheckOrigin, String> {
    parse(pb::CheckOrigin::from_str_name, "CHECK_ORIGIN_", text)
        .map_err(|_| format!("{text} is none of CLUE, ORDERED, SPECIAL, FOLLOW_UP"))
}

pub(super) async fn merge(context: &Context, command: Merge) -> anyhow::Result<()> {
    let mesh = command.who.by.connect(context).await?;
    let request = pb::MergeChecksRequest {
        request_id: client::request_id(),
        period_start: command.from,
        period_end: command.to,
        officer: command.who.officer,
    };
    let merged = called(mesh.operations().merge_checks(request).await)?;
    if context.shared.json {
        return out::json("xiezhi.operations.v1.MergeChecksResponse", &merged);
    }
    let (checks, visits, saved) = (merged.checks, merged.visits, merged.visits_saved);
    line(format!("{checks} checks became {visits} visits; {saved} visits need not take place"))?;
    merged.capped.iter().try_for_each(|one| line(format!("left out by a cap (I-04): {one}")))?;
    merged.over_cap.iter().try_for_each(|one| line(format!("over a cap (I-04): {one}")))?;
    if merged.kept_apart.is_empty() {
        return Ok(());
    }
    let mut table = out::table(&["KEPT APART", "CHECKS", "VISITS", "BECAUSE"]);
    for one in &merged.kept_apart {
        let (checks, visits) = (one.checks.len().to_string(), one.visits.len().to_string());
        table.add_row([&one.subject, &checks, &visits, &one.kept_apart_because.join("; ")]);
    }
    line(table)
}
