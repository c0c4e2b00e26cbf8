//! `xiezhi warning`: who must look at what, and what was done.

use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use client::{Mesh, request_id};
use proto::supervision::v1 as pb;

use super::call::{Anybody, By, For, Page, called, more, word};
use crate::{
    cli::Context,
    out::{self, line, local},
};

/// Warnings (预警).
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// The warnings you may see, newest first.
    List(List),
    /// One warning: who must look, by when, and where it went.
    Show {
        #[command(flatten)]
        by: By,
        /// warnings/… as `list` prints it.
        name: String,
    },
    /// Say that you look at it: it goes no higher.
    Acknowledge(Acknowledge),
    /// Close it with what was done.
    Close(Close),
    /// The rules by which warnings are raised.
    Rules {
        #[command(flatten)]
        by: Anybody,
    },
}

/// Which warnings.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  xiezhi warning list --as PSB --filter 'state = \"OPEN\"'\n  \
    xiezhi warning list --as JUS --filter 'rule = \"FINED_INSTEAD\" AND level = \"2\"'\n\n\
    A filter names state (OPEN, ESCALATED, ACKNOWLEDGED, CLOSED), rule, owner, docket or level.")]
pub(crate) struct List {
    #[command(flatten)]
    by: By,
    #[command(flatten)]
    page: Page,
    /// e.g. 'state = "OPEN" AND owner = "PSB"'.
    #[arg(long, default_value = "", hide_default_value = true)]
    filter: String,
}

/// What to acknowledge.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  xiezhi warning acknowledge warnings/… --as PSB --officer PSB-01"
)]
pub(crate) struct Acknowledge {
    #[command(flatten)]
    who: For,
    /// warnings/…
    name: String,
    /// The etag you decided on; without it the newest is read first.
    #[arg(long)]
    etag: Option<String>,
}

/// What to close.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  xiezhi warning close warnings/… --outcome '已于当日作出立案决定' \
    --as PSB --officer PSB-01"
)]
pub(crate) struct Close {
    #[command(flatten)]
    who: For,
    /// warnings/…
    name: String,
    /// What was done.
    #[arg(long)]
    outcome: String,
    /// The etag you decided on; without it the newest is read first.
    #[arg(long)]
    etag: Option<String>,
}

pub(crate) async fn warning(context: &Context, command: Command) -> anyhow::Result<ExitCode> {
    let json = context.shared.json;
    match command {
        Command::List(command) => list(context, command).await?,
        Command::Show { by, name } => {
            show(&read(&by.connect(context).await?, name).await?, json)?;
        }
        Command::Acknowledge(command) => acknowledge(context, command).await?,
        Command::Close(command) => close(context, command).await?,
        Command::Rules { by } => rules(&by.connect(context).await?, json).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn list(context: &Context, command: List) -> anyhow::Result<()> {
    let mesh = command.by.connect(context).await?;
    let Page { page_size, page_token } = command.page;
    let request = pb::ListWarningsRequest { page_size, page_token, filter: command.filter };
    let page = called(mesh.supervision().list_warnings(request).await)?;
    if context.shared.json {
        return out::json("xiezhi.supervision.v1.ListWarningsResponse", &page);
    }
    let heads = ["WARNING", "RULE", "OWNER", "STATE", "LEVEL", "RAISED", "GOES UP", "WHAT"];
    let mut table = out::table(&heads);
    for one in &page.warnings {
        table.add_row([
            &one.name,
            &one.rule,
            &one.owner,
            state(one),
            &one.level.to_string(),
            &local(one.create_time),
            &local(one.due_time),
            &one.summary,
        ]);
    }
    line(table)?;
    more(&page.next_page_token)
}

async fn read(mesh: &Mesh, name: String) -> anyhow::Result<pb::Warning> {
    let answer = called(mesh.supervision().get_warning(pb::GetWarningRequest { name }).await)?;
    answer.warning.context("no warning in the answer")
}

async fn acknowledge(context: &Context, command: Acknowledge) -> anyhow::Result<()> {
    let mesh = command.who.by.connect(context).await?;
    let etag = etag(&mesh, &command.name, command.etag).await?;
    let request = pb::AcknowledgeWarningRequest {
        request_id: request_id(),
        name: command.name,
        etag,
        officer: command.who.officer,
    };
    let answer = called(mesh.supervision().acknowledge_warning(request).await)?;
    show(&answer.warning.unwrap_or_default(), context.shared.json)
}

async fn close(context: &Context, command: Close) -> anyhow::Result<()> {
    let mesh = command.who.by.connect(context).await?;
    let etag = etag(&mesh, &command.name, command.etag).await?;
    let request = pb::CloseWarningRequest {
        request_id: request_id(),
        name: command.name,
        etag,
        officer: command.who.officer,
        outcome: command.outcome,
    };
    let answer = called(mesh.supervision().close_warning(request).await)?;
    show(&answer.warning.unwrap_or_default(), context.shared.json)
}

/// The etag that was given, or that of the warning as it is now.
async fn etag(mesh: &Mesh, name: &str, etag: Option<String>) -> anyhow::Result<String> {
    match etag {
        Some(etag) => Ok(etag),
        None => Ok(read(mesh, name.to_owned()).await?.etag),
    }
}

fn show(one: &pb::Warning, json: bool) -> anyhow::Result<()> {
    if json {
        return out::json("xiezhi.supervision.v1.Warning", one);
    }
    line(format!("{}  {}  level {}", one.name, state(one), one.level))?;
    line(&one.summary)?;
    let (rule, law) = (&one.rule, &one.law_rule);
    line(format!("rule: {rule}, {law} ({}) {}", one.basis, one.verified))?;
    line(format!("about: {}  {}", one.subject, one.docket))?;
    line(format!("raised {} for {}", local(one.create_time), one.owner))?;
    if !one.escalated_to.is_empty() {
        line(format!("went up to {}", one.escalated_to.join(", then to ")))?;
    }
    if one.due_time.is_some() {
        line(format!("goes up at {}", local(one.due_time)))?;
    }
    if one.acknowledge_time.is_some() {
        let (who, officer) = (&one.acknowledged_by, &one.acknowledging_officer);
        line(format!("{who} ({officer}) looks at it since {}", local(one.acknowledge_time)))?;
    }
    if one.close_time.is_some() {
        let who = if one.closed_by.is_empty() { "by itself" } else { &one.closed_by };
        line(format!("closed {} {who}: {}", local(one.close_time), one.outcome))?;
    }
    Ok(())
}

fn state(one: &pb::Warning) -> &'static str {
    word(one.state().as_str_name(), "WARNING_STATE_")
}

async fn rules(mesh: &Mesh, json: bool) -> anyhow::Result<()> {
    let request = pb::ListWarningRulesRequest {};
    let answer = called(mesh.supervision().list_warning_rules(request).await)?;
    if json {
        return out::json("xiezhi.supervision.v1.ListWarningRulesResponse", &answer);
    }
    let mut table = out::table(&["RULE", "WHEN", "OWNER", "DAYS", "GOES UP TO", "LAW", "MARK"]);
    for one in &answer.rules {
        let law = [one.law_rule.as_str(), one.basis.as_str()].join(" ");
        table.add_row([
            &one.id,
            &format!("{} {} ({})", one.title_zh, one.title_en, one.matches),
            &one.owner,
            &one.days.to_string(),
            &one.escalation.join(", "),
            law.trim(),
            &one.verified,
        ]);
    }
    line(table)
}
