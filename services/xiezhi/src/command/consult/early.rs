//! `xiezhi consult early`: the police are told at once that they are needed before there is a referral (T-09b).

use std::process::ExitCode;

use anyhow::Context as _;
use clap::Subcommand;
use client::Mesh;
use proto::referral::v1 as pb;

use super::super::{
    call::{By, For, Page, called, more, parse, word},
    show::terms,
};
use crate::{
    cli::Context,
    out::{self, line, local},
};

/// Early involvement.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Tell the police that a suspect may flee, destroy evidence or move property.
    Notify {
        #[command(flatten)]
        who: For,
        /// dockets/… of your agency.
        docket: String,
        /// flight, destroying-evidence or moving-property; may be repeated.
        #[arg(long = "danger", required = true, value_parser = danger)]
        dangers: Vec<pb::EarlyInvolvementDanger>,
        /// Why it is to be feared.
        #[arg(long)]
        facts: String,
        /// Code of the police organ [default: that of your level].
        #[arg(long, default_value = "", hide_default_value = true, value_name = "AGENCY")]
        to: String,
    },
    /// Answer as the police: step in, or decline and say why.
    Answer {
        #[command(flatten)]
        who: For,
        /// earlyInvolvements/…
        name: String,
        /// How and when you step in, or why you do not.
        #[arg(long)]
        text: String,
        /// You do not step in.
        #[arg(long)]
        decline: bool,
        /// The etag you decided on; without it the newest is read first.
        #[arg(long)]
        etag: Option<String>,
    },
    /// One such call and its answer.
    Show {
        #[command(flatten)]
        by: By,
        /// earlyInvolvements/…
        name: String,
    },
    /// Those you may see, newest first.
    List {
        #[command(flatten)]
        by: By,
        #[command(flatten)]
        page: Page,
        /// e.g. 'state = "NOTIFIED" AND late = true'.
        #[arg(long, default_value = "", hide_default_value = true)]
        filter: String,
    },
}

const DANGER_STEM: &str = "EARLY_INVOLVEMENT_DANGER_";

fn danger(text: &str) -> Result<pb::EarlyInvolvementDanger, String> {
    parse(pb::EarlyInvolvementDanger::from_str_name, DANGER_STEM, text)
        .map_err(|_| "must be flight, destroying-evidence or moving-property".to_owned())
}

pub(super) async fn early(context: &Context, command: Command) -> anyhow::Result<ExitCode> {
    let request_id = client::request_id();
    let done = match command {
        Command::Notify { who: For { by, officer }, docket, dangers, facts, to } => {
            let mesh = by.connect(context).await?;
            let request = pb::NotifyEarlyInvolvementRequest {
                request_id,
                docket,
                dangers: dangers.into_iter().map(i32::from).collect(),
                facts,
                to_agency: to,
                officer,
            };
            let answer = called(mesh.referral().notify_early_involvement(request).await)?;
            answer.early_involvement.context("nothing in the answer")?
        }
        Command::Answer { who: For { by, officer }, name, text, decline, etag } => {
            let mesh = by.connect(context).await?;
            let etag = match etag {
                Some(etag) => etag,
                None => read(&mesh, &name).await?.etag,
            };
            let (joins, answer) = (!decline, text);
            let request = pb::AnswerEarlyInvolvementRequest {
                request_id,
                name,
                etag,
                joins,
                answer,
                officer,
            };
            let answer = called(mesh.referral().answer_early_involvement(request).await)?;
            answer.early_involvement.context("nothing in the answer")?
        }
        Command::Show { by, name } => read(&by.connect(context).await?, &name).await?,
        Command::List { by, page, filter } => {
            list(context, &by.connect(context).await?, page, filter).await?;
            return Ok(ExitCode::SUCCESS);
        }
    };
    if context.shared.json {
        out::json("xiezhi.referral.v1.EarlyInvolvement", &done)?;
    } else {
        print(&done)?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn read(mesh: &Mesh, name: &str) -> anyhow::Result<pb::EarlyInvolvement> {
    let request = pb::GetEarlyInvolvementRequest { name: name.to_owned() };
    let answer = called(mesh.referral().get_early_involvement(request).await)?;
    answer.early_involvement.context("nothing in the answer")
}

fn state(one: &pb::EarlyInvolvement) -> &'static str {
    word(one.state().as_str_name(), "EARLY_INVOLVEMENT_STATE_")
}

async fn list(context: &Context, mesh: &Mesh, page: Page, filter: String) -> anyhow::Result<()> {
    let Page { page_size, page_token } = page;
    let request = pb::ListEarlyInvolvementsRequest { page_size, page_token, filter };
    let page = called(mesh.referral().list_early_involvements(request).await)?;
    if context.shared.json {
        return out::json("xiezhi.referral.v1.ListEarlyInvolvementsResponse", &page);
    }
    let mut table = out::table(&["EARLY INVOLVEMENT", "FROM", "TO", "STATE", "DUE", ""]);
    for one in &page.early_involvements {
        let late = if one.late { "late" } else { "" };
        let due = local(one.terms.last().and_then(|term| term.due_time));
        table.add_row([&one.name, &one.from_agency, &one.to_agency, state(one), &due, late]);
    }
    line(table)?;
    more(&page.next_page_token)
}

fn print(one: &pb::EarlyInvolvement) -> anyhow::Result<()> {
    let (state, late) = (state(one), if one.late { ", late" } else { "" });
    line(format!("{}  {} calls {}", one.name, one.from_agency, one.to_agency))?;
    line(format!("state {state}{late}  etag {}  {}", one.etag, one.docket))?;
    let dangers: Vec<_> =
        one.dangers().map(|danger| word(danger.as_str_name(), DANGER_STEM)).collect();
    line(format!("{}: {}", dangers.join(", "), one.facts))?;
    if !one.answer.is_empty() {
        line(format!("answer: {}", one.answer))?;
    }
    line("")?;
    terms(&one.terms)
}
