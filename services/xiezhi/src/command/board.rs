//! `xiezhi board`: what is due, everywhere; and what two bodies have of one another.

mod reconcile;

use std::{process::ExitCode, time::Duration};

use anyhow::Context as _;
use clap::{Args, Subcommand};
use client::Mesh;
use proto::supervision::v1 as pb;

use super::call::{By, Page, called, more, word};
use crate::{
    cli::Context,
    out::{self, line, local},
};

/// What is due: running terms of every service, and what was sent and nobody acknowledged.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
#[command(after_help = "Examples:\n  xiezhi board --as PSB\n  \
    xiezhi board --as JUS --filter 'rung = \"OVERDUE\" AND agency = \"PSB\"'\n  \
    xiezhi board --as GDO --counts --watch 5\n  \
    xiezhi board reconcile PRO --as MKT --from 2026-03-01 --to 2026-03-31 --held sent.csv\n\n\
    A filter names agency, rung (RUNNING, HALF, NEAR, OVERDUE), form (TERM, EXCHANGE), kind, service\n\
    or docket. What an overseer sees of others is written down, and they see that it was seen.")]
pub(crate) struct Board {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    show: Show,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Compare what you have of the exchanges with another body with what the mesh has.
    Reconcile(reconcile::Reconcile),
}

/// Which board.
#[derive(Debug, Args)]
struct Show {
    /// Code of your agency; its key lies in the data directory.
    #[arg(long = "as", value_name = "AGENCY", required = true)]
    agency: Option<String>,
    #[command(flatten)]
    page: Page,
    /// e.g. 'rung = "OVERDUE" AND service = "referral"'.
    #[arg(long, default_value = "", hide_default_value = true)]
    filter: String,
    /// How much is due by body and rung, with the oldest of each, instead of the list.
    #[arg(long)]
    counts: bool,
    /// Show it again every so many seconds, until interrupted.
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, default_missing_value = "5")]
    #[arg(value_parser = clap::value_parser!(u64).range(1..=3600))]
    watch: Option<u64>,
}

pub(crate) async fn board(context: &Context, board: Board) -> anyhow::Result<ExitCode> {
    if let Some(Command::Reconcile(command)) = board.command {
        return reconcile::reconcile(context, command).await;
    }
    let by = By { agency: board.show.agency.clone().context("--as is missing")? };
    let mesh = by.connect(context).await?;
    loop {
        if board.show.watch.is_some() && !context.shared.json {
            // To the upper left corner, and nothing left of what stood there.
            out::text("\u{1b}[H\u{1b}[2J")?;
        }
        show(&mesh, &board.show, context.shared.json).await?;
        let Some(seconds) = board.show.watch else { return Ok(ExitCode::SUCCESS) };
        tokio::time::sleep(Duration::from_secs(seconds)).await;
    }
}

async fn show(mesh: &Mesh, show: &Show, json: bool) -> anyhow::Result<()> {
    if show.counts {
        let answer = called(mesh.supervision().get_board(pb::GetBoardRequest {}).await)?;
        return if json {
            out::json("xiezhi.supervision.v1.GetBoardResponse", &answer)
        } else {
            counts(&answer)
        };
    }
    let request = pb::ListDueRequest {
        page_size: show.page.page_size,
        page_token: show.page.page_token.clone(),
        filter: show.filter.clone(),
    };
    let answer = called(mesh.supervision().list_due(request).await)?;
    if json {
        return out::json("xiezhi.supervision.v1.ListDueResponse", &answer);
    }
    let heads = ["DUE", "RUNG", "WHO", "MUST", "FOR", "LAW", "AGE", "ABOUT", "FOLLOWS"];
    let mut table = out::table(&heads);
    for one in &answer.items {
        table.add_row([
            due(one),
            rung(one.rung()).to_owned(),
            one.holder.clone(),
            must(one),
            one.owed_to.join(" "),
            law(one),
            age(one.age_seconds),
            one.resource.clone(),
            one.follows.clone(),
        ]);
    }
    line(table)?;
    more(&answer.next_page_token)
}

fn counts(answer: &pb::GetBoardResponse) -> anyhow::Result<()> {
    let mut table = out::table(&["WHO", "WHAT", "RUNG", "HOW MANY", "OLDEST DUE", "OLDEST"]);
    for cell in &answer.cells {
        let oldest = cell.oldest.clone().unwrap_or_default();
        table.add_row([
            cell.agency.as_str(),
            word(cell.form().as_str_name(), "DUE_FORM_"),
            rung(cell.rung()),
            &cell.count.to_string(),
            &local(oldest.due_time),
            &format!("{} {}", law(&oldest), oldest.resource),
        ]);
    }
    line(table)?;
    line(format!("as of {}", local(answer.read_time)))
}

fn rung(rung: pb::DueRung) -> &'static str {
    word(rung.as_str_name(), "DUE_RUNG_")
}

fn due(one: &pb::DueItem) -> String {
    let provisional = if one.provisional { " PROVISIONAL" } else { "" };
    let suspended = if one.state == "SUSPENDED" { " SUSPENDED" } else { "" };
    format!("{}{provisional}{suspended}", local(one.due_time))
}

fn must(one: &pb::DueItem) -> String {
    match one.form() {
        pb::DueForm::Term if one.earlier_rule.is_empty() => one.duty.clone(),
        pb::DueForm::Term => format!("{} (earlier: {})", one.duty, one.earlier_rule),
        pb::DueForm::Exchange => format!("acknowledge {}: {}", one.kind, one.duty),
        pb::DueForm::Unspecified => one.duty.clone(),
    }
}

fn law(one: &pb::DueItem) -> String {
    if one.rule.is_empty() {
        return String::new();
    }
    let target = if one.service_target { ", target" } else { "" };
    format!("{} ({}{target})", one.rule, one.verified)
}

/// How long ago something began, in the largest unit that says enough.
fn age(seconds: i64) -> String {
    let (minute, hour, day) = (60, 3600, 86_400);
    if seconds >= 2 * day {
        format!("{} d", seconds / day)
    } else if seconds >= 2 * hour {
        format!("{} h", seconds / hour)
    } else {
        format!("{} min", seconds / minute)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_is_told_in_days_hours_or_minutes() {
        let told = [30, 300, 3 * 3600, 5 * 86_400].map(age);
        assert_eq!(told, ["0 min", "5 min", "3 h", "5 d"]);
    }
}
