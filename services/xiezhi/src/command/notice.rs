//! `xiezhi notice`: information on a case for who is entitled to it (案件信息通报), and its acknowledgement.

use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use client::Mesh;
use proto::referral::v1 as pb;

use super::{
    call::{By, For, Page, called, more, word},
    show::terms,
};
use crate::{
    cli::Context,
    out::{self, line, local},
};

/// Notices of case information.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Tell one body of a case, as far as its role needs it.
    Send(Send),
    /// Confirm that you have a notice.
    Acknowledge {
        #[command(flatten)]
        who: For,
        /// notices/…
        name: String,
        /// The etag you read; without it the newest is read first.
        #[arg(long)]
        etag: Option<String>,
    },
    /// One notice and its term.
    Show {
        #[command(flatten)]
        by: By,
        /// notices/…
        name: String,
    },
    /// The notices you sent or received, newest first.
    List {
        #[command(flatten)]
        by: By,
        #[command(flatten)]
        page: Page,
        /// e.g. 'acknowledged = false AND late = true'.
        #[arg(long, default_value = "", hide_default_value = true)]
        filter: String,
    },
}

/// What to tell.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  xiezhi notice send dockets/… JUS --title '案件进展' --progress '已移送公安机关' \
    --as MKT --officer MKT-01"
)]
pub(crate) struct Send {
    #[command(flatten)]
    who: For,
    /// dockets/… that you see.
    docket: String,
    /// Code of the receiver.
    to: String,
    /// What people call it.
    #[arg(long)]
    title: String,
    /// How far the case is.
    #[arg(long)]
    progress: String,
    /// What happened, for whose role needs it.
    #[arg(long, default_value = "", hide_default_value = true)]
    facts: String,
    /// Personal data, for whose role needs it.
    #[arg(long, default_value = "", hide_default_value = true)]
    persons: String,
}

pub(crate) async fn notice(context: &Context, command: Command) -> anyhow::Result<ExitCode> {
    let done = match command {
        Command::Send(command) => send(context, command).await?,
        Command::Acknowledge { who: For { by, officer }, name, etag } => {
            let mesh = by.connect(context).await?;
            let etag = match etag {
                Some(etag) => etag,
                None => read(&mesh, &name).await?.etag,
            };
            let request_id = client::request_id();
            let request = pb::AcknowledgeNoticeRequest { request_id, name, etag, officer };
            let answer = called(mesh.referral().acknowledge_notice(request).await)?;
            answer.notice.context("no notice in the answer")?
        }
        Command::Show { by, name } => read(&by.connect(context).await?, &name).await?,
        Command::List { by, page, filter } => {
            list(context, &by.connect(context).await?, page, filter).await?;
            return Ok(ExitCode::SUCCESS);
        }
    };
    if context.shared.json {
        out::json("xiezhi.referral.v1.Notice", &done)?;
    } else {
        print(&done)?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn send(context: &Context, command: Send) -> anyhow::Result<pb::Notice> {
    let mesh = command.who.by.connect(context).await?;
    let request = pb::SendNoticeRequest {
        request_id: client::request_id(),
        docket: command.docket,
        to_agency: command.to,
        title: command.title,
        progress: command.progress,
        facts: command.facts,
        persons: command.persons,
        officer: command.who.officer,
    };
    let answer = called(mesh.referral().send_notice(request).await)?;
    answer.notice.context("no notice in the answer")
}

async fn read(mesh: &Mesh, name: &str) -> anyhow::Result<pb::Notice> {
    let request = pb::GetNoticeRequest { name: name.to_owned() };
    let answer = called(mesh.referral().get_notice(request).await)?;
    answer.notice.context("no notice in the answer")
}

fn state(one: &pb::Notice) -> &'static str {
    word(one.state().as_str_name(), "NOTICE_STATE_")
}

async fn list(context: &Context, mesh: &Mesh, page: Page, filter: String) -> anyhow::Result<()> {
    let Page { page_size, page_token } = page;
    let request = pb::ListNoticesRequest { page_size, page_token, filter };
    let page = called(mesh.referral().list_notices(request).await)?;
    if context.shared.json {
        return out::json("xiezhi.referral.v1.ListNoticesResponse", &page);
    }
    let mut table = out::table(&["NOTICE", "FROM", "TO", "TITLE", "STATE", "DUE", ""]);
    for one in &page.notices {
        let late = if one.late { "late" } else { "" };
        let due = local(one.terms.last().and_then(|term| term.due_time));
        let (from, to) = (&one.from_agency, &one.to_agency);
        table.add_row([&one.name, from, to, &one.title, state(one), &due, late]);
    }
    line(table)?;
    more(&page.next_page_token)
}

fn print(one: &pb::Notice) -> anyhow::Result<()> {
    let (state, late) = (state(one), if one.late { ", late" } else { "" });
    let role = word(one.role().as_str_name(), "NOTICE_ROLE_");
    line(format!("{}  {} tells {} ({role})", one.name, one.from_agency, one.to_agency))?;
    line(format!("state {state}{late}  etag {}  {}", one.etag, one.docket))?;
    line(&one.title)?;
    for text in [&one.progress, &one.facts, &one.persons] {
        if !text.is_empty() {
            line(format!("  {text}"))?;
        }
    }
    line("")?;
    terms(&one.terms)
}
