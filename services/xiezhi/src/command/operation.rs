//! `xiezhi operation`: joint operations (联合执法), proposed, confirmed or declined, approved, ended.

use std::{collections::BTreeSet, process::ExitCode};

use anyhow::Context as _;
use clap::{Args, Subcommand};
use client::Mesh;
use proto::operations::v1 as pb;

use super::call::{By, For, Page, called, more, of, pair, word};
use crate::{
    cli::Context,
    out::{self, line, local},
};

/// Joint operations.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Propose one with its work plan: for yourself, or as the guidance office for others (O-04).
    Propose(Box<Propose>),
    /// Take part in one.
    Confirm(Which),
    /// Decline one with a reason, which the guidance office and the government see (条例 art. 36).
    Decline {
        #[command(flatten)]
        which: Which,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// Approve one in advance; the head of who leads it does (I-03).
    Approve(Which),
    /// End one.
    Close {
        #[command(flatten)]
        which: Which,
        /// Cancelled rather than done.
        #[arg(long)]
        cancelled: bool,
        /// What came of it, or why it was cancelled.
        #[arg(long)]
        reason: String,
    },
    /// One joint operation: grounds, work plan, who does what and who declined.
    Show {
        #[command(flatten)]
        by: By,
        /// operations/…
        name: String,
    },
    /// The joint operations you may see, newest first.
    List {
        #[command(flatten)]
        by: By,
        #[command(flatten)]
        page: Page,
    },
}

/// Which operation, as whom.
#[derive(Debug, Args)]
pub(crate) struct Which {
    #[command(flatten)]
    who: For,
    /// operations/…
    name: String,
}

/// What to propose.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  xiezhi operation propose --title 餐饮油烟联合执法 --from 2026-12-01 --to 2026-12-31 \\\n    \
    --ground SAME_OBJECT --with MKT=食品安全检查 --with ECO=油烟检测 --matter MKT=M032 \\\n    --forces ECO=4 \
    --work-plan '…' --as MKT --officer MKT-01"
)]
pub(crate) struct Propose {
    #[command(flatten)]
    who: For,
    /// Title.
    #[arg(long)]
    title: String,
    /// Code of the body that leads it [default: you].
    #[arg(long, default_value = "", hide_default_value = true, value_name = "AGENCY")]
    lead: String,
    /// Code of the body under whose unified command it is [default: who leads it].
    #[arg(long, default_value = "", hide_default_value = true, value_name = "AGENCY")]
    command: String,
    /// A limb of 条例 art. 13(2): `SEVERAL_DUTIES`, `LINKED_DUTIES` or `SAME_OBJECT`; may be repeated.
    #[arg(long = "ground", required = true)]
    grounds: Vec<String>,
    /// A participant and its duties (O-03); may be repeated.
    #[arg(long = "with", required = true, value_parser = pair, value_name = "AGENCY=DUTIES")]
    duties: Vec<(String, String)>,
    /// A matter that a participant inspects; may be repeated.
    #[arg(long = "matter", value_parser = pair, value_name = "AGENCY=MATTER")]
    matters: Vec<(String, String)>,
    /// How many officers the guidance office allocates of a participant; may be repeated.
    #[arg(long = "forces", value_parser = forces, value_name = "AGENCY=OFFICERS")]
    forces: Vec<(String, i32)>,
    /// The work plan (O-03), in words.
    #[arg(long)]
    work_plan: String,
    /// First day, YYYY-MM-DD.
    #[arg(long, value_name = "DAY")]
    from: String,
    /// Last day, YYYY-MM-DD.
    #[arg(long, value_name = "DAY")]
    to: String,
    /// It cannot wait for the approval (I-03).
    #[arg(long)]
    urgent: bool,
}

fn forces(text: &str) -> Result<(String, i32), String> {
    let (code, count) = pair(text)?;
    let count = count.parse().map_err(|_| format!("{count} is no number of officers"))?;
    Ok((code, count))
}

pub(crate) async fn operation(context: &Context, command: Command) -> anyhow::Result<ExitCode> {
    let done = match command {
        Command::Propose(command) => propose(context, *command).await?,
        Command::Confirm(which) => answer(context, which, None).await?,
        Command::Decline { which, reason } => answer(context, which, Some(reason)).await?,
        Command::Approve(which) => {
            let mesh = which.who.by.connect(context).await?;
            let (request_id, officer) = (client::request_id(), which.who.officer);
            let request = pb::ApproveOperationRequest { request_id, name: which.name, officer };
            called(mesh.operations().approve_operation(request).await)?.operation
        }
        Command::Close { which, cancelled, reason } => {
            let mesh = which.who.by.connect(context).await?;
            let request = pb::CloseOperationRequest {
                request_id: client::request_id(),
                name: which.name,
                cancelled,
                reason,
                officer: which.who.officer,
            };
            called(mesh.operations().close_operation(request).await)?.operation
        }
        Command::Show { by, name } => {
            let mesh = by.connect(context).await?;
            let request = pb::GetOperationRequest { name };
            called(mesh.operations().get_operation(request).await)?.operation
        }
        Command::List { by, page } => {
            list(context, &by.connect(context).await?, page).await?;
            return Ok(ExitCode::SUCCESS);
        }
    };
    let one = done.context("no operation in the answer")?;
    if context.shared.json {
        out::json("xiezhi.operations.v1.JointOperation", &one)?;
    } else {
        print(&one)?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn propose(
    context: &Context,
    command: Propose,
) -> anyhow::Result<Option<pb::JointOperation>> {
    let participants = participants(&command)?;
    let mesh = command.who.by.connect(context).await?;
    let operation = pb::JointOperation {
        title: command.title,
        initiator: command.lead,
        command: command.command,
        participants,
        grounds: command.grounds.iter().map(|one| one.to_uppercase().replace('-', "_")).collect(),
        work_plan: command.work_plan,
        period_start: command.from,
        period_end: command.to,
        urgent: command.urgent,
        ..pb::JointOperation::default()
    };
    let (request_id, officer) = (client::request_id(), command.who.officer);
    let request = pb::ProposeOperationRequest { request_id, operation: Some(operation), officer };
    Ok(called(mesh.operations().propose_operation(request).await)?.operation)
}

/// The bodies with their duties, matters and forces.
fn participants(command: &Propose) -> anyhow::Result<Vec<pb::Participant>> {
    let with: BTreeSet<&str> = command.duties.iter().map(|(code, _)| code.as_str()).collect();
    let others = command.matters.iter().map(|(code, _)| code);
    let others = others.chain(command.forces.iter().map(|(code, _)| code));
    for code in others {
        anyhow::ensure!(with.contains(code.as_str()), "{code} has no duties: --with {code}=…");
    }
    let made = command.duties.iter().map(|(code, duties)| pb::Participant {
        agency: code.clone(),
        duties: duties.clone(),
        matters: of(&command.matters, code).map(str::to_owned).collect(),
        officers: command.forces.iter().find(|(of, _)| of == code).map_or(0, |(_, count)| *count),
        ..pb::Participant::default()
    });
    Ok(made.collect())
}

async fn answer(
    context: &Context,
    which: Which,
    declined: Option<String>,
) -> anyhow::Result<Option<pb::JointOperation>> {
    let mesh = which.who.by.connect(context).await?;
    let request = pb::AnswerOperationRequest {
        request_id: client::request_id(),
        name: which.name,
        confirms: declined.is_none(),
        reason: declined.unwrap_or_default(),
        officer: which.who.officer,
    };
    Ok(called(mesh.operations().answer_operation(request).await)?.operation)
}

fn state(one: &pb::JointOperation) -> &'static str {
    word(one.state().as_str_name(), "JOINT_OPERATION_STATE_")
}

async fn list(context: &Context, mesh: &Mesh, page: Page) -> anyhow::Result<()> {
    let Page { page_size, page_token } = page;
    let request = pb::ListOperationsRequest { page_size, page_token };
    let page = called(mesh.operations().list_operations(request).await)?;
    if context.shared.json {
        return out::json("xiezhi.operations.v1.ListOperationsResponse", &page);
    }
    let heads = ["OPERATION", "TITLE", "LEADS", "BODIES", "FROM", "TO", "STATE"];
    let mut table = out::table(&heads);
    for one in &page.operations {
        let bodies: Vec<&str> = one.participants.iter().map(|part| part.agency.as_str()).collect();
        table.add_row([
            one.name.as_str(),
            &one.title,
            &one.initiator,
            &bodies.join(" "),
            &one.period_start,
            &one.period_end,
            state(one),
        ]);
    }
    line(table)?;
    more(&page.next_page_token)
}

fn print(one: &pb::JointOperation) -> anyhow::Result<()> {
    let urgent = if one.urgent { "  urgent" } else { "" };
    line(format!("{}  {}", one.name, one.title))?;
    line(format!("{} to {}  state {}{urgent}", one.period_start, one.period_end, state(one)))?;
    line(format!(
        "proposed by {}, led by {}, commanded by {}; {}",
        one.proposer,
        one.initiator,
        one.command,
        one.grounds.join(", ")
    ))?;
    if one.approve_time.is_some() {
        line(format!("approved {} by {}", local(one.approve_time), one.approved_by))?;
    }
    if !one.close_reason.is_empty() {
        line(format!("ended: {}", one.close_reason))?;
    }
    line(format!("\n{}\n", one.work_plan))?;
    let mut table = out::table(&["BODY", "DUTIES", "MATTERS", "OFFICERS", "ANSWER", "REASON"]);
    for part in &one.participants {
        let (matters, officers) = (part.matters.join(" "), part.officers.to_string());
        let (answer, reason) = (&part.answer, &part.reason);
        table.add_row([&part.agency, &part.duties, &matters, &officers, answer, reason]);
    }
    line(table)
}
