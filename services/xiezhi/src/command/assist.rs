//! `xiezhi assist`: requests for assistance (执法协助), their answers, and who answers in time.

use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, Subcommand, ValueEnum};
use client::Mesh;
use proto::operations::v1 as pb;

use super::call::{By, For, Page, called, more, parse, word};
use crate::{
    cli::Context,
    out::{self, line, local},
};

/// Requests for assistance.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Ask another body for a recognition, a test, an appraisal, records or officers on site.
    Request(Request),
    /// Accept, answer or decline a request.
    Answer(Answer),
    /// Take a request back.
    Withdraw {
        #[command(flatten)]
        who: For,
        /// assistanceRequests/…
        name: String,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// One request: its term, its rungs, what was answered.
    Show {
        #[command(flatten)]
        by: By,
        /// assistanceRequests/…
        name: String,
    },
    /// The requests you sent or received, newest first.
    List {
        #[command(flatten)]
        by: By,
        #[command(flatten)]
        page: Page,
        /// e.g. 'state = "REQUESTED" AND late = true'.
        #[arg(long, default_value = "", hide_default_value = true)]
        filter: String,
    },
    /// Who answers in time.
    Statistics {
        #[command(flatten)]
        by: By,
        /// First day of the requests, YYYY-MM-DD.
        #[arg(long, value_name = "DAY")]
        from: String,
        /// Last day, YYYY-MM-DD.
        #[arg(long, value_name = "DAY")]
        to: String,
    },
}

/// What to ask.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  xiezhi assist request --to ECO --kind testing --text '请检测油烟浓度' \
    --about visits/… --as MKT --officer MKT-01"
)]
pub(crate) struct Request {
    #[command(flatten)]
    who: For,
    /// Code of the body that is asked.
    #[arg(long, value_name = "AGENCY")]
    to: String,
    /// recognition (认定), testing (检测), appraisal (鉴定), records (提供资料) or forces.
    #[arg(long, value_parser = kind)]
    kind: pb::AssistanceKind,
    /// What is asked for, in words.
    #[arg(long)]
    text: String,
    /// dockets/…, operations/…, visits/… or dossiers/… it is for.
    #[arg(long, default_value = "", hide_default_value = true)]
    about: String,
    /// The term in working days [default: as configured for the kind].
    #[arg(long, default_value_t = 0, hide_default_value = true)]
    working_days: i32,
}

/// The answers to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Act {
    /// It will be done.
    Accept,
    /// It is done: --text says what came of it.
    Answer,
    /// It will not be done: --text says why.
    Decline,
}

/// What to answer.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  xiezhi assist answer assistanceRequests/… accept --as ECO --officer ECO-01\n  \
    xiezhi assist answer assistanceRequests/… answer --text '…' --evidence items/… --as ECO --officer ECO-01"
)]
pub(crate) struct Answer {
    #[command(flatten)]
    who: For,
    /// assistanceRequests/…
    name: String,
    /// accept, answer or decline.
    act: Act,
    /// The answer, or the reason.
    #[arg(long, default_value = "", hide_default_value = true)]
    text: String,
    /// A digest of a paper or items/…; may be repeated.
    #[arg(long)]
    evidence: Vec<String>,
    /// The etag you decided on; without it the newest is read first.
    #[arg(long)]
    etag: Option<String>,
}

fn kind(text: &str) -> Result<pb::AssistanceKind, String> {
    parse(pb::AssistanceKind::from_str_name, KIND_STEM, text)
        .map_err(|_| "must be one of recognition, testing, appraisal, records, forces".to_owned())
}

/// What every name of a kind begins with.
const KIND_STEM: &str = "ASSISTANCE_KIND_";

pub(crate) async fn assist(context: &Context, command: Command) -> anyhow::Result<ExitCode> {
    let done = match command {
        Command::Request(command) => request(context, command).await?,
        Command::Answer(command) => answer(context, command).await?,
        Command::Withdraw { who: For { by, officer }, name, reason } => {
            let mesh = by.connect(context).await?;
            let request_id = client::request_id();
            let request = pb::WithdrawAssistanceRequest { request_id, name, reason, officer };
            let answer = called(mesh.operations().withdraw_assistance(request).await)?;
            answer.assistance_request.context("no request in the answer")?
        }
        Command::Show { by, name } => read(&by.connect(context).await?, &name).await?,
        Command::List { by, page, filter } => {
            list(context, &by.connect(context).await?, page, filter).await?;
            return Ok(ExitCode::SUCCESS);
        }
        Command::Statistics { by, from, to } => {
            statistics(context, &by.connect(context).await?, from, to).await?;
            return Ok(ExitCode::SUCCESS);
        }
    };
    if context.shared.json {
        out::json("xiezhi.operations.v1.AssistanceRequest", &done)?;
    } else {
        print(&done)?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn request(context: &Context, command: Request) -> anyhow::Result<pb::AssistanceRequest> {
    let mesh = command.who.by.connect(context).await?;
    let request = pb::RequestAssistanceRequest {
        request_id: client::request_id(),
        addressee: command.to,
        kind: command.kind.into(),
        text: command.text,
        about: command.about,
        working_days: command.working_days,
        officer: command.who.officer,
    };
    let answer = called(mesh.operations().request_assistance(request).await)?;
    answer.assistance_request.context("no request in the answer")
}

async fn answer(context: &Context, command: Answer) -> anyhow::Result<pb::AssistanceRequest> {
    let mesh = command.who.by.connect(context).await?;
    let etag = match command.etag {
        Some(etag) => etag,
        None => read(&mesh, &command.name).await?.etag,
    };
    let act = match command.act {
        Act::Accept => "ACCEPT",
        Act::Answer => "ANSWER",
        Act::Decline => "DECLINE",
    };
    let request = pb::AnswerAssistanceRequest {
        request_id: client::request_id(),
        name: command.name,
        etag,
        act: act.to_owned(),
        text: command.text,
        evidence: command.evidence,
        officer: command.who.officer,
    };
    let answer = called(mesh.operations().answer_assistance(request).await)?;
    answer.assistance_request.context("no request in the answer")
}

async fn read(mesh: &Mesh, name: &str) -> anyhow::Result<pb::AssistanceRequest> {
    let request = pb::GetAssistanceRequest { name: name.to_owned() };
    let answer = called(mesh.operations().get_assistance(request).await)?;
    answer.assistance_request.context("no request in the answer")
}

fn kind_word(one: &pb::AssistanceRequest) -> &'static str {
    word(one.kind().as_str_name(), KIND_STEM)
}

fn state(one: &pb::AssistanceRequest) -> &'static str {
    word(one.state().as_str_name(), "ASSISTANCE_STATE_")
}

async fn list(context: &Context, mesh: &Mesh, page: Page, filter: String) -> anyhow::Result<()> {
    let Page { page_size, page_token } = page;
    let request = pb::ListAssistanceRequest { page_size, page_token, filter };
    let page = called(mesh.operations().list_assistance(request).await)?;
    if context.shared.json {
        return out::json("xiezhi.operations.v1.ListAssistanceResponse", &page);
    }
    let heads = ["REQUEST", "FROM", "TO", "KIND", "STATE", "DUE", ""];
    let mut table = out::table(&heads);
    for one in &page.assistance_requests {
        let late = if one.late { "late" } else { "" };
        let (from, to, due) = (&one.requester, &one.addressee, local(one.due_time));
        table.add_row([&one.name, from, to, kind_word(one), state(one), &due, late]);
    }
    line(table)?;
    more(&page.next_page_token)
}

fn print(one: &pb::AssistanceRequest) -> anyhow::Result<()> {
    let (from, to, kind) = (&one.requester, &one.addressee, kind_word(one));
    line(format!(
        "{}  {from} asks {to}  {kind}  state {}  etag {}",
        one.name,
        state(one),
        one.etag
    ))?;
    line(&one.text)?;
    if !one.about.is_empty() {
        line(format!("about    {}", one.about))?;
    }
    let provisional = if one.provisional { " (provisional)" } else { "" };
    line(format!("asked    {}, due {}{provisional}", local(one.create_time), local(one.due_time)))?;
    if !one.rungs.is_empty() {
        line(format!("rungs    {}", one.rungs.join(", ")))?;
    }
    if !one.escalated_to.is_empty() {
        line(format!("up to    {}", one.escalated_to.join(", ")))?;
    }
    if one.end_time.is_some() {
        let late = if one.late { ", late" } else { "" };
        line(format!("ended    {}{late}", local(one.end_time)))?;
    }
    for text in [&one.answer, &one.decline_reason] {
        if !text.is_empty() {
            line(format!("answer   {text}"))?;
        }
    }
    one.answer_evidence.iter().try_for_each(|one| line(format!("  with {one}")))
}

async fn statistics(
    context: &Context,
    mesh: &Mesh,
    from: String,
    to: String,
) -> anyhow::Result<()> {
    let request = pb::GetAssistanceStatisticsRequest { from_day: from, to_day: to };
    let answer = called(mesh.operations().get_assistance_statistics(request).await)?;
    if context.shared.json {
        return out::json("xiezhi.operations.v1.GetAssistanceStatisticsResponse", &answer);
    }
    let heads = [
        "BODY",
        "RECEIVED",
        "ANSWERED",
        "IN TIME",
        "DECLINED",
        "OPEN",
        "OVERDUE",
        "MEDIAN MINUTES",
    ];
    let mut table = out::table(&heads);
    for one in &answer.statistics {
        let counts =
            [one.received, one.answered, one.answered_in_time, one.declined, one.open, one.overdue];
        let mut row = vec![one.agency.clone()];
        row.extend(counts.map(|count| count.to_string()));
        row.push(one.median_minutes.to_string());
        table.add_row(row);
    }
    line(table)
}
