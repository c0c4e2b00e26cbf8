//! `xiezhi meeting`: joint meetings (联席会议), their minutes, and what they resolved.

mod resolution;

use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use client::Mesh;
use proto::referral::v1 as pb;

use super::call::{By, For, Page, called, more, word};
use crate::{
    cli::Context,
    out::{self, line, local},
};

/// Joint meetings.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Convene a meeting of several bodies.
    Convene(Convene),
    /// Say whether you come.
    Confirm {
        #[command(flatten)]
        one: One,
        /// You do not come, because of this.
        #[arg(long, value_name = "REASON")]
        decline: Option<String>,
    },
    /// Cancel a meeting of which there are no minutes.
    Cancel {
        #[command(flatten)]
        one: One,
        /// Why it does not take place.
        #[arg(long)]
        reason: String,
    },
    /// Record the minutes of a meeting that was held.
    Minutes {
        #[command(flatten)]
        one: One,
        /// What concerns everybody.
        #[arg(long)]
        text: String,
        /// What was said about an item, in the order of the agenda; may be repeated.
        #[arg(long = "item", value_name = "TEXT")]
        items: Vec<String>,
        /// Code of an invited body that came; may be repeated.
        #[arg(long = "attended", value_name = "AGENCY")]
        attended: Vec<String>,
        /// SHA-256 of the signed original.
        #[arg(long, default_value = "", hide_default_value = true)]
        sha256: String,
    },
    /// Record what was resolved: a term of its owner runs from now on.
    Resolve(resolution::Resolve),
    /// Report a resolution of yours as done.
    Report(resolution::Report),
    /// Accept the report of a resolution.
    Accept(resolution::Accept),
    /// Reopen a resolution with a new last day.
    Reopen(resolution::Reopen),
    /// One meeting, as far as you may see its agenda, with its resolutions.
    Show {
        #[command(flatten)]
        by: By,
        /// meetings/…
        name: String,
    },
    /// The meetings you convened or are invited to, newest first.
    List {
        #[command(flatten)]
        by: By,
        #[command(flatten)]
        page: Page,
        /// e.g. 'state = "CONVENED"'.
        #[arg(long, default_value = "", hide_default_value = true)]
        filter: String,
    },
    /// The resolutions you may see.
    Resolutions {
        #[command(flatten)]
        by: By,
        #[command(flatten)]
        page: Page,
        /// e.g. 'owner = "PSB" AND open = true AND late = true'.
        #[arg(long, default_value = "", hide_default_value = true)]
        filter: String,
    },
}

/// What to convene.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  xiezhi meeting convene --title '行刑衔接联席会议' --place '县政府' \
    --at '2026-03-05 14:00' --item '通报上季度情况' --item '减肥糖果案=dockets/…' --invite PSB --invite PRO \
    --as MKT --officer MKT-01"
)]
pub(crate) struct Convene {
    #[command(flatten)]
    who: For,
    /// What people call it.
    #[arg(long)]
    title: String,
    /// Where.
    #[arg(long)]
    place: String,
    /// When, by the clocks of Shanghai: 'YYYY-MM-DD HH:MM'.
    #[arg(long, value_parser = instant)]
    at: prost_types::Timestamp,
    /// What is talked about, TITLE or TITLE=dockets/…; may be repeated.
    #[arg(long = "item", required = true, value_name = "TITLE[=DOCKET]")]
    items: Vec<String>,
    /// Code of a body to invite; may be repeated.
    #[arg(long = "invite", required = true, value_name = "AGENCY")]
    invited: Vec<String>,
}

/// Which meeting, for which officer.
#[derive(Debug, Args)]
pub(crate) struct One {
    #[command(flatten)]
    who: For,
    /// meetings/…
    name: String,
    /// The etag you decided on; without it the newest is read first.
    #[arg(long)]
    etag: Option<String>,
}

fn instant(text: &str) -> Result<prost_types::Timestamp, String> {
    let local = chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M");
    let at = local.ok().and_then(|at| at.and_local_timezone(clock::SHANGHAI).single());
    let at = at.ok_or_else(|| "must be 'YYYY-MM-DD HH:MM'".to_owned())?;
    Ok(prost_types::Timestamp { seconds: at.timestamp(), nanos: 0 })
}

pub(crate) async fn meeting(context: &Context, command: Command) -> anyhow::Result<ExitCode> {
    let done = match command {
        Command::Convene(command) => convene(context, command).await?,
        Command::Confirm { one, decline } => {
            let (mesh, One { who, name, etag }) = one.read(context).await?;
            let request = pb::ConfirmAttendanceRequest {
                request_id: client::request_id(),
                name,
                etag: etag.unwrap_or_default(),
                attends: decline.is_none(),
                reason: decline.unwrap_or_default(),
                officer: who.officer,
            };
            called(mesh.referral().confirm_attendance(request).await)?.meeting
        }
        Command::Cancel { one, reason } => {
            let (mesh, One { who, name, etag }) = one.read(context).await?;
            let request = pb::CancelMeetingRequest {
                request_id: client::request_id(),
                name,
                etag: etag.unwrap_or_default(),
                reason,
                officer: who.officer,
            };
            called(mesh.referral().cancel_meeting(request).await)?.meeting
        }
        Command::Minutes { one, text, items, attended, sha256 } => {
            let (mesh, One { who, name, etag }) = one.read(context).await?;
            let request = pb::RecordMinutesRequest {
                request_id: client::request_id(),
                name,
                etag: etag.unwrap_or_default(),
                minutes: text,
                item_minutes: items,
                attended,
                sha256,
                officer: who.officer,
            };
            called(mesh.referral().record_minutes(request).await)?.meeting
        }
        Command::Show { by, name } => {
            show(context, &by.connect(context).await?, name).await?;
            return Ok(ExitCode::SUCCESS);
        }
        Command::List { by, page, filter } => {
            list(context, &by.connect(context).await?, page, filter).await?;
            return Ok(ExitCode::SUCCESS);
        }
        Command::Resolve(command) => return resolution::resolve(context, command).await,
        Command::Report(command) => return resolution::report(context, command).await,
        Command::Accept(command) => return resolution::accept(context, command).await,
        Command::Reopen(command) => return resolution::reopen(context, command).await,
        Command::Resolutions { by, page, filter } => {
            resolution::list(context, &by.connect(context).await?, page, filter).await?;
            return Ok(ExitCode::SUCCESS);
        }
    };
    let done = done.context("no meeting in the answer")?;
    if context.shared.json {
        out::json("xiezhi.referral.v1.JointMeeting", &done)?;
    } else {
        print(&done)?;
    }
    Ok(ExitCode::SUCCESS)
}

impl One {
    /// Connects, and reads the etag where none was given.
    async fn read(mut self, context: &Context) -> anyhow::Result<(Mesh, Self)> {
        let mesh = self.who.by.connect(context).await?;
        if self.etag.is_none() {
            let meeting = read(&mesh, self.name.clone()).await?.meeting;
            self.etag = meeting.map(|one| one.etag);
        }
        Ok((mesh, self))
    }
}

async fn convene(context: &Context, command: Convene) -> anyhow::Result<Option<pb::JointMeeting>> {
    let mesh = command.who.by.connect(context).await?;
    let agenda = command.items.iter().map(|item| {
        let (title, docket) = match item.rsplit_once('=') {
            Some((title, docket)) if docket.starts_with("dockets/") => (title, docket),
            Some(_) | None => (item.as_str(), ""),
        };
        let (title, docket) = (title.to_owned(), docket.to_owned());
        pb::AgendaItem { title, docket, ..pb::AgendaItem::default() }
    });
    let request = pb::ConveneMeetingRequest {
        request_id: client::request_id(),
        title: command.title,
        place: command.place,
        hold_time: Some(command.at),
        agenda: agenda.collect(),
        invited: command.invited,
        officer: command.who.officer,
    };
    Ok(called(mesh.referral().convene_meeting(request).await)?.meeting)
}

async fn read(mesh: &Mesh, name: String) -> anyhow::Result<pb::GetMeetingResponse> {
    called(mesh.referral().get_meeting(pb::GetMeetingRequest { name }).await)
}

async fn show(context: &Context, mesh: &Mesh, name: String) -> anyhow::Result<()> {
    let answer = read(mesh, name).await?;
    if context.shared.json {
        return out::json("xiezhi.referral.v1.GetMeetingResponse", &answer);
    }
    print(&answer.meeting.context("no meeting in the answer")?)?;
    line("")?;
    line(resolution::table(&answer.resolutions))
}

fn state(one: &pb::JointMeeting) -> &'static str {
    word(one.state().as_str_name(), "MEETING_STATE_")
}

async fn list(context: &Context, mesh: &Mesh, page: Page, filter: String) -> anyhow::Result<()> {
    let Page { page_size, page_token } = page;
    let request = pb::ListMeetingsRequest { page_size, page_token, filter };
    let page = called(mesh.referral().list_meetings(request).await)?;
    if context.shared.json {
        return out::json("xiezhi.referral.v1.ListMeetingsResponse", &page);
    }
    let mut table = out::table(&["MEETING", "CONVENER", "TITLE", "WHEN", "STATE"]);
    for one in &page.meetings {
        let at = local(one.hold_time);
        table.add_row([&one.name, &one.convener, &one.title, &at, state(one)]);
    }
    line(table)?;
    more(&page.next_page_token)
}

fn print(one: &pb::JointMeeting) -> anyhow::Result<()> {
    line(format!("{}  {}  convened by {}", one.name, one.title, one.convener))?;
    line(format!(
        "{} at {}  state {}  etag {}",
        local(one.hold_time),
        one.place,
        state(one),
        one.etag
    ))?;
    if !one.cancel_reason.is_empty() {
        line(format!("cancelled: {}", one.cancel_reason))?;
    }
    for (number, item) in (1..).zip(&one.agenda) {
        line(format!("{number}. {}  {}", item.title, item.docket))?;
        for text in [&item.detail, &item.minutes] {
            if !text.is_empty() {
                line(format!("   {text}"))?;
            }
        }
    }
    for body in &one.attendances {
        let said = word(body.state().as_str_name(), "ATTENDANCE_STATE_");
        let came = if body.attended { ", came" } else { "" };
        line(format!("{}  {said}{came}  {}", body.agency, body.reason))?;
    }
    if !one.minutes.is_empty() {
        line(format!("minutes: {}\n  SHA-256 {}", one.minutes, one.minutes_sha256))?;
    }
    Ok(())
}
