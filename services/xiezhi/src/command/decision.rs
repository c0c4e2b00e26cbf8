//! `xiezhi decision`: decisions under the three systems (三项制度), and promises for minor violations.

mod example;
mod promise;

use std::{path::PathBuf, process::ExitCode};

use anyhow::Context as _;
use clap::{Args, Subcommand};
use client::Mesh;
use proto::supervision::v1 as pb;

use super::call::{By, For, Page, called, more, sha256, word};
use crate::{
    cli::Context,
    out::{self, line, local},
};

/// Decisions.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Record a decision. Refused without the legal review that it needs (S-05).
    Record(Record),
    /// Note that it was served (S-09).
    Serve(Serve),
    /// Note that it was published (S-01).
    Publish(Publish),
    /// Note that a published decision was changed, revoked or found illegal or void (S-02).
    Change(Change),
    /// Note that the publication was withdrawn, and what the public was told (S-02).
    Withdraw(Withdraw),
    /// Close a decision whose whole process is on record (S-03).
    Close(Close),
    /// One decision: its review, its records, its publication, its terms.
    Show {
        #[command(flatten)]
        by: By,
        /// decisions/…
        name: String,
    },
    /// Your decisions, or all for who oversees them, newest first.
    List {
        #[command(flatten)]
        by: By,
        #[command(flatten)]
        page: Page,
        /// e.g. 'kind = "PENALTY" AND overdue = true'.
        #[arg(long, default_value = "", hide_default_value = true)]
        filter: String,
        /// Only those with a term that is over.
        #[arg(long)]
        overdue: bool,
    },
    /// Promises to correct a minor violation (告知承诺, S-11).
    #[command(subcommand)]
    Promise(promise::Command),
}

/// What to record.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  xiezhi decision record --example > decision.json\n  \
    xiezhi decision record decision.json --as MKT --officer MKT-01")]
pub(crate) struct Record {
    /// What was decided, as JSON: see --example.
    #[arg(required_unless_present = "example")]
    file: Option<PathBuf>,
    /// Print what the file looks like.
    #[arg(long)]
    example: bool,
    /// Code of your agency; its key lies in the data directory.
    #[arg(long = "as", value_name = "AGENCY", required_unless_present = "example")]
    agency: Option<String>,
    /// Certificate number of the officer.
    #[arg(long, required_unless_present = "example")]
    officer: Option<String>,
}

/// Which decision, by whom.
#[derive(Debug, Args)]
struct Which {
    #[command(flatten)]
    who: For,
    /// decisions/… as `list` prints it.
    name: String,
    /// The etag you decided on; without it the newest is read first.
    #[arg(long)]
    etag: Option<String>,
}

impl Which {
    /// The connection, and the etag to act on.
    async fn open(&self, context: &Context) -> anyhow::Result<(Mesh, String)> {
        let mesh = self.who.by.connect(context).await?;
        let etag = match &self.etag {
            Some(etag) => etag.clone(),
            None => read(&mesh, &self.name).await?.etag,
        };
        Ok((mesh, etag))
    }
}

/// How it was served.
#[derive(Debug, Args)]
pub(crate) struct Serve {
    #[command(flatten)]
    which: Which,
    /// The day, YYYY-MM-DD.
    #[arg(long, value_name = "DAY")]
    on: String,
    /// on-the-spot, direct, left, entrusted, post, electronic or announcement.
    #[arg(long)]
    how: String,
    /// The record of service, of which the digest is kept.
    #[arg(long, value_name = "FILE")]
    record: PathBuf,
}

/// Where it was published.
#[derive(Debug, Args)]
pub(crate) struct Publish {
    #[command(flatten)]
    which: Which,
    /// The day, YYYY-MM-DD.
    #[arg(long, value_name = "DAY")]
    on: String,
    /// Where, e.g. an address on the web.
    #[arg(long)]
    place: String,
    /// What was published, of which the digest is kept.
    #[arg(long, value_name = "FILE")]
    text: PathBuf,
}

/// What became of it.
#[derive(Debug, Args)]
pub(crate) struct Change {
    #[command(flatten)]
    which: Which,
    /// The day, YYYY-MM-DD.
    #[arg(long, value_name = "DAY")]
    on: String,
    /// changed, revoked, illegal or void.
    #[arg(long)]
    what: String,
    /// Why.
    #[arg(long)]
    reason: String,
}

/// What the public was told.
#[derive(Debug, Args)]
pub(crate) struct Withdraw {
    #[command(flatten)]
    which: Which,
    /// The day, YYYY-MM-DD.
    #[arg(long, value_name = "DAY")]
    on: String,
    /// What the public was told.
    #[arg(long)]
    explanation: String,
}

/// What is on record of its execution.
#[derive(Debug, Args)]
pub(crate) struct Close {
    #[command(flatten)]
    which: Which,
    /// The record of execution, of which the digest is kept.
    #[arg(long, value_name = "FILE")]
    record: PathBuf,
}

pub(crate) async fn decision(context: &Context, command: Command) -> anyhow::Result<ExitCode> {
    let done = match command {
        Command::Record(command) if command.example => {
            line(serde_json::to_string_pretty(&example::content())?)?;
            return Ok(ExitCode::SUCCESS);
        }
        Command::Record(command) => record(context, command).await?,
        Command::Serve(command) => serve(context, command).await?,
        Command::Publish(command) => publish(context, command).await?,
        Command::Change(command) => change(context, command).await?,
        Command::Withdraw(command) => withdraw(context, command).await?,
        Command::Close(command) => close(context, command).await?,
        Command::Show { by, name } => read(&by.connect(context).await?, &name).await?,
        Command::List { by, page, filter, overdue } => {
            let also = if overdue { "overdue = true" } else { "" };
            let both = [filter.as_str(), also];
            let both: Vec<&str> = both.into_iter().filter(|part| !part.is_empty()).collect();
            list(context, &by.connect(context).await?, page, both.join(" AND ")).await?;
            return Ok(ExitCode::SUCCESS);
        }
        Command::Promise(command) => {
            promise::promise(context, command).await?;
            return Ok(ExitCode::SUCCESS);
        }
    };
    if context.shared.json {
        out::json("xiezhi.supervision.v1.Decision", &done)?;
    } else {
        print(&done)?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn record(context: &Context, command: Record) -> anyhow::Result<pb::Decision> {
    let Record { file, agency, officer, .. } = command;
    let file = file.unwrap_or_default();
    let text = std::fs::read_to_string(&file).with_context(|| file.display().to_string())?;
    let json = serde_json::from_str(&text).with_context(|| file.display().to_string())?;
    let content = out::Contract::load()?.read("xiezhi.supervision.v1.DecisionContent", json)?;
    let by = By { agency: agency.unwrap_or_default() };
    let request = pb::RecordDecisionRequest {
        request_id: client::request_id(),
        content: Some(content),
        officer: officer.unwrap_or_default(),
    };
    let mesh = by.connect(context).await?;
    told(called(mesh.supervision().record_decision(request).await)?.decision)
}

async fn serve(context: &Context, command: Serve) -> anyhow::Result<pb::Decision> {
    let (mesh, etag) = command.which.open(context).await?;
    let request = pb::ServeDecisionRequest {
        request_id: client::request_id(),
        name: command.which.name,
        etag,
        served_on: command.on,
        served_by: shouted(&command.how),
        record_digest: digest(&command.record)?,
        officer: command.which.who.officer,
    };
    told(called(mesh.supervision().serve_decision(request).await)?.decision)
}

async fn publish(context: &Context, command: Publish) -> anyhow::Result<pb::Decision> {
    let (mesh, etag) = command.which.open(context).await?;
    let request = pb::PublishDecisionRequest {
        request_id: client::request_id(),
        name: command.which.name,
        etag,
        published_on: command.on,
        place: command.place,
        digest: digest(&command.text)?,
        officer: command.which.who.officer,
    };
    told(called(mesh.supervision().publish_decision(request).await)?.decision)
}

async fn change(context: &Context, command: Change) -> anyhow::Result<pb::Decision> {
    let (mesh, etag) = command.which.open(context).await?;
    let request = pb::ChangePublicationRequest {
        request_id: client::request_id(),
        name: command.which.name,
        etag,
        change: shouted(&command.what),
        changed_on: command.on,
        reason: command.reason,
        officer: command.which.who.officer,
    };
    told(called(mesh.supervision().change_publication(request).await)?.decision)
}

async fn withdraw(context: &Context, command: Withdraw) -> anyhow::Result<pb::Decision> {
    let (mesh, etag) = command.which.open(context).await?;
    let request = pb::WithdrawPublicationRequest {
        request_id: client::request_id(),
        name: command.which.name,
        etag,
        withdrawn_on: command.on,
        explanation: command.explanation,
        officer: command.which.who.officer,
    };
    told(called(mesh.supervision().withdraw_publication(request).await)?.decision)
}

async fn close(context: &Context, command: Close) -> anyhow::Result<pb::Decision> {
    let (mesh, etag) = command.which.open(context).await?;
    let request = pb::CloseDecisionRequest {
        request_id: client::request_id(),
        name: command.which.name,
        etag,
        execution_digest: digest(&command.record)?,
        officer: command.which.who.officer,
    };
    told(called(mesh.supervision().close_decision(request).await)?.decision)
}

async fn read(mesh: &Mesh, name: &str) -> anyhow::Result<pb::Decision> {
    let request = pb::GetDecisionRequest { name: name.to_owned() };
    told(called(mesh.supervision().get_decision(request).await)?.decision)
}

fn told(decision: Option<pb::Decision>) -> anyhow::Result<pb::Decision> {
    decision.context("no decision in the answer")
}

/// A word of the contract from one of the command line.
fn shouted(text: &str) -> String {
    text.to_uppercase().replace('-', "_")
}

fn digest(file: &PathBuf) -> anyhow::Result<String> {
    let bytes = std::fs::read(file).with_context(|| file.display().to_string())?;
    Ok(sha256(&bytes))
}

async fn list(context: &Context, mesh: &Mesh, page: Page, filter: String) -> anyhow::Result<()> {
    let Page { page_size, page_token } = page;
    let request = pb::ListDecisionsRequest { page_size, page_token, filter };
    let answer = called(mesh.supervision().list_decisions(request).await)?;
    if context.shared.json {
        return out::json("xiezhi.supervision.v1.ListDecisionsResponse", &answer);
    }
    let heads = ["DECISION", "BODY", "NUMBER", "KIND", "DECIDED", "STATE", "PUBLIC", "DUE"];
    let mut table = out::table(&heads);
    for one in &answer.decisions {
        let content = one.content.clone().unwrap_or_default();
        let open = one.terms.iter().filter(|term| term.end_time.is_none());
        let due: Vec<String> =
            open.map(|term| format!("{} {}", term.rule, local(term.due_time))).collect();
        table.add_row([
            one.name.clone(),
            one.agency.clone(),
            content.decision_no.clone(),
            word(content.kind().as_str_name(), "DECISION_KIND_").to_owned(),
            content.decided_on.clone(),
            one.state.clone(),
            one.publication_state.clone(),
            due.join("\n"),
        ]);
    }
    line(table)?;
    more(&answer.next_page_token)
}

fn print(one: &pb::Decision) -> anyhow::Result<()> {
    let content = one.content.clone().unwrap_or_default();
    let kind = word(content.kind().as_str_name(), "DECISION_KIND_");
    line(format!("{}  {} {}  {kind}", one.name, one.agency, content.decision_no))?;
    line(format!("state {}  public {}  etag {}", one.state, one.publication_state, one.etag))?;
    let grounds: Vec<&str> =
        content.major_grounds().map(|one| word(one.as_str_name(), "MAJOR_GROUND_")).collect();
    let review = content.legal_review.clone().map_or(String::new(), |review| {
        let passed = if review.passed { "passed" } else { "sent back" };
        format!("{passed} on {} by {}", review.reviewed_on, review.reviewer)
    });
    let published = one.publication.clone().unwrap_or_default();
    let cited = content.discretion.clone().unwrap_or_default();
    for (label, text) in [
        ("case", [content.docket, content.case_no].concat()),
        ("matter", content.matter),
        ("decided", content.decided_on),
        ("major", grounds.join(" ")),
        ("review", review),
        ("grade", cited.benchmark),
        ("served", [one.served_on.as_str(), one.served_by.as_str()].join(" ").trim().to_owned()),
        ("public", [published.published_on, published.place].join(" ").trim().to_owned()),
        ("changed", [published.change, published.changed_on].join(" ").trim().to_owned()),
        ("withdrawn", [published.withdrawn_on, published.explanation].join(" ").trim().to_owned()),
    ] {
        if !text.is_empty() {
            line(format!("{label:9} {text}"))?;
        }
    }
    let mut table = out::table(&["TERM", "MUST", "DUE", "STATE", "BASIS"]);
    for term in &one.terms {
        table.add_row([
            format!("{} {}", term.rule, term.verified),
            term.duty.clone(),
            local(term.due_time),
            term.state.clone(),
            term.basis.clone(),
        ]);
    }
    line(table)
}
