//! `xiezhi meeting resolve|report|accept|reopen|resolutions`: what meetings resolved, and who owes it.

use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;
use client::Mesh;
use proto::referral::v1 as pb;

use super::super::{
    call::{For, Page, called, more, word},
    show::terms,
};
use crate::{
    cli::Context,
    out::{self, line},
};

/// What was resolved.
#[derive(Debug, Args)]
pub(crate) struct Resolve {
    #[command(flatten)]
    who: For,
    /// meetings/…
    meeting: String,
    /// What is to be done.
    #[arg(long, default_value = "", hide_default_value = true)]
    text: String,
    /// Code of the body that must do it.
    #[arg(long, default_value = "", hide_default_value = true, value_name = "AGENCY")]
    owner: String,
    /// The last day, YYYY-MM-DD.
    #[arg(long, default_value = "", hide_default_value = true, value_name = "DAY")]
    due: String,
    /// dockets/… of the agenda that the owner sees.
    #[arg(long, default_value = "", hide_default_value = true)]
    docket: String,
}

/// Which resolution, for which officer.
#[derive(Debug, Args)]
pub(crate) struct One {
    #[command(flatten)]
    who: For,
    /// meetings/…/resolutions/…
    name: String,
    /// The etag you decided on, as `resolutions` prints it.
    #[arg(long)]
    etag: String,
}

/// What was done.
#[derive(Debug, Args)]
pub(crate) struct Report {
    #[command(flatten)]
    one: One,
    /// What came of it.
    #[arg(long)]
    text: String,
}

/// Which report to accept.
#[derive(Debug, Args)]
pub(crate) struct Accept {
    #[command(flatten)]
    one: One,
}

/// Which report not to accept.
#[derive(Debug, Args)]
pub(crate) struct Reopen {
    #[command(flatten)]
    one: One,
    /// What is missing.
    #[arg(long)]
    reason: String,
    /// The new last day, YYYY-MM-DD.
    #[arg(long, value_name = "DAY")]
    due: String,
}

pub(super) async fn resolve(context: &Context, command: Resolve) -> anyhow::Result<ExitCode> {
    let mesh = command.who.by.connect(context).await?;
    let request = pb::RecordResolutionRequest {
        request_id: client::request_id(),
        meeting: command.meeting,
        text: command.text,
        owner: command.owner,
        due_date: command.due,
        docket: command.docket,
        officer: command.who.officer,
    };
    let answer = called(mesh.referral().record_resolution(request).await)?;
    print(context, answer.resolution)
}

pub(super) async fn report(context: &Context, command: Report) -> anyhow::Result<ExitCode> {
    let One { who: For { by, officer }, name, etag } = command.one;
    let mesh = by.connect(context).await?;
    let (request_id, report) = (client::request_id(), command.text);
    let request = pb::ReportResolutionRequest { request_id, name, etag, report, officer };
    let answer = called(mesh.referral().report_resolution(request).await)?;
    print(context, answer.resolution)
}

pub(super) async fn accept(context: &Context, command: Accept) -> anyhow::Result<ExitCode> {
    let One { who: For { by, officer }, name, etag } = command.one;
    let mesh = by.connect(context).await?;
    let request_id = client::request_id();
    let request = pb::AcceptResolutionRequest { request_id, name, etag, officer };
    let answer = called(mesh.referral().accept_resolution(request).await)?;
    print(context, answer.resolution)
}

pub(super) async fn reopen(context: &Context, command: Reopen) -> anyhow::Result<ExitCode> {
    let One { who: For { by, officer }, name, etag } = command.one;
    let mesh = by.connect(context).await?;
    let request = pb::ReopenResolutionRequest {
        request_id: client::request_id(),
        name,
        etag,
        reason: command.reason,
        due_date: command.due,
        officer,
    };
    let answer = called(mesh.referral().reopen_resolution(request).await)?;
    print(context, answer.resolution)
}

pub(super) async fn list(
    context: &Context,
    mesh: &Mesh,
    page: Page,
    filter: String,
) -> anyhow::Result<()> {
    let Page { page_size, page_token } = page;
    let request = pb::ListResolutionsRequest { page_size, page_token, filter };
    let page = called(mesh.referral().list_resolutions(request).await)?;
    if context.shared.json {
        return out::json("xiezhi.referral.v1.ListResolutionsResponse", &page);
    }
    line(table(&page.resolutions))?;
    more(&page.next_page_token)
}

/// Resolutions, one a row.
pub(super) fn table(resolutions: &[pb::Resolution]) -> comfy_table::Table {
    let mut table = out::table(&["RESOLUTION", "OWNER", "WHAT", "DUE", "STATE", "ETAG"]);
    for one in resolutions {
        let state = word(one.state().as_str_name(), "RESOLUTION_STATE_");
        table.add_row([&one.name, &one.owner, &one.text, &one.due_date, state, &one.etag]);
    }
    table
}

fn print(context: &Context, done: Option<pb::Resolution>) -> anyhow::Result<ExitCode> {
    let one = done.context("no resolution in the answer")?;
    if context.shared.json {
        out::json("xiezhi.referral.v1.Resolution", &one)?;
    } else {
        let told =
            [("docket", &one.docket), ("report", &one.report), ("reopened", &one.reopen_reason)];
        line(table(std::slice::from_ref(&one)))?;
        for (what, text) in told.into_iter().filter(|(_, text)| !text.is_empty()) {
            line(format!("{what}: {text}"))?;
        }
        line("")?;
        terms(&one.terms)?;
    }
    Ok(ExitCode::SUCCESS)
}
