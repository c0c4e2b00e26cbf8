//! `xiezhi dispute`: disputes over who is competent, from the first position to the decision.

mod ask;
mod open;
mod show;
mod step;

use std::process::ExitCode;

use clap::Subcommand;
use client::Mesh;
use proto::arbitration::v1 as pb;

use super::call::{Anybody, By, For, called, parse, sha256, word};
use crate::{
    cli::Context,
    out::{self, local},
};

/// Disputes.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Open a dispute with other bodies. Says before whom it goes, and who acts meanwhile.
    Open(Box<open::Open>),
    /// Take one step on the ladder.
    Step(step::Step),
    /// A dispute: parties, forum and why, who acts meanwhile, positions, terms, who must act next.
    Show {
        #[command(flatten)]
        by: By,
        /// disputes/… as `list` prints it.
        name: String,
    },
    /// The disputes you may see, newest first.
    List {
        #[command(flatten)]
        by: By,
        /// e.g. 'state = "NEGOTIATING" AND matter = "M046" AND late = true'.
        #[arg(long, default_value = "")]
        filter: String,
        /// How many a page.
        #[arg(long, default_value_t = 50)]
        page_size: i32,
        /// Where the page before ended.
        #[arg(long, default_value = "")]
        page_token: String,
    },
    /// Everything that happened in a dispute.
    Timeline {
        #[command(flatten)]
        by: By,
        /// disputes/…
        name: String,
    },
    /// Before whom a dispute of these bodies would go, and why. Keeps nothing.
    Forum(ask::Forum),
    /// The precedents and catalogue entries nearest to a dispute, and why. Suggests, never decides.
    Suggest(ask::Suggest),
    /// The decided disputes, newest first.
    Precedents(ask::Precedents),
    /// The ladder as a table: state, step, actor, next state, terms, article.
    Ladder {
        #[command(flatten)]
        by: Anybody,
    },
}

pub(crate) async fn dispute(context: &Context, command: Command) -> anyhow::Result<ExitCode> {
    let json = context.shared.json;
    match command {
        Command::Open(command) => open::open(context, *command).await?,
        Command::Step(command) => step::step(context, command).await?,
        Command::Show { by, name } => show::show(&by.connect(context).await?, &name, json).await?,
        Command::List { by, filter, page_size, page_token } => {
            let mesh = by.connect(context).await?;
            list(&mesh, pb::ListDisputesRequest { page_size, page_token, filter }, json).await?;
        }
        Command::Timeline { by, name } => {
            timeline(&by.connect(context).await?, &name, json).await?;
        }
        Command::Forum(command) => ask::forum(context, command).await?,
        Command::Suggest(command) => ask::suggest(context, command).await?,
        Command::Precedents(command) => ask::precedents(context, command).await?,
        Command::Ladder { by } => ask::ladder(context, &by).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn list(mesh: &Mesh, request: pb::ListDisputesRequest, json: bool) -> anyhow::Result<()> {
    let page = called(mesh.arbitration().list_disputes(request).await)?;
    if json {
        return out::json("xiezhi.arbitration.v1.ListDisputesResponse", &page);
    }
    let heads = ["DISPUTE", "TITLE", "PARTIES", "MATTER", "STATE", "ACTS", "CHANGED"];
    let mut table = out::table(&heads);
    for one in &page.disputes {
        let subject = one.subject.clone().unwrap_or_default();
        table.add_row([
            &one.name,
            &subject.title,
            &one.parties.join(" "),
            &subject.matter,
            &one.state,
            &one.acting,
            &local(one.update_time),
        ]);
    }
    out::line(table)?;
    if !page.next_page_token.is_empty() {
        out::line(format!("more: --page-token {}", page.next_page_token))?;
    }
    Ok(())
}

async fn timeline(mesh: &Mesh, name: &str, json: bool) -> anyhow::Result<()> {
    let mut table = out::table(&["WHEN", "WHO", "WHAT", "STATE", "LAW"]);
    let mut page_token = String::new();
    loop {
        let request = pb::GetTimelineRequest { name: name.to_owned(), page_size: 1000, page_token };
        let page = called(mesh.arbitration().get_timeline(request).await)?;
        for event in &page.events {
            if json {
                out::json("xiezhi.arbitration.v1.Event", event)?;
            }
            let who = if event.officer.is_empty() { &event.agency } else { &event.officer };
            let law = [event.rule.as_str(), event.basis.as_str()].join(" ");
            table.add_row([
                &local(event.time),
                who,
                &event.summary,
                event.to_state.as_str(),
                law.trim(),
            ]);
        }
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return if json { Ok(()) } else { out::line(table) };
        }
    }
}

fn kind(text: &str) -> Result<pb::DisputeKind, String> {
    parse(pb::DisputeKind::from_str_name, "DISPUTE_KIND_", text)
        .map_err(|_| "must be positive (each claims it) or negative (each refuses it)".to_owned())
}

fn stance(text: &str) -> Result<pb::Stance, String> {
    parse(pb::Stance::from_str_name, "STANCE_", text)
        .map_err(|_| "must be claims or refuses".to_owned())
}

/// One line for a forum: its rungs, in their order.
fn rungs(forum: &pb::Forum) -> Vec<String> {
    let rungs = forum.rungs.iter().map(|rung| {
        let kind = word(rung.kind().as_str_name(), "FORUM_KIND_");
        format!("{kind} {} ({})", rung.members.join(", "), rung.needs)
    });
    rungs.collect()
}
