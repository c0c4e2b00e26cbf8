//! Schedules as people read them: what one reaches, who is left out, and its visits.

use anyhow::Context as _;
use client::Mesh;
use proto::operations::v1 as pb;

use super::{For, Page, called, more, word};
use crate::{
    cli::Context,
    out::{self, line, local},
};

/// One schedule.
pub(super) async fn show(context: &Context, mesh: &Mesh, name: &str) -> anyhow::Result<()> {
    let schedule = read(mesh, name).await?;
    if context.shared.json {
        return out::json("xiezhi.operations.v1.Schedule", &schedule);
    }
    print(&schedule)
}

pub(super) async fn read(mesh: &Mesh, name: &str) -> anyhow::Result<pb::Schedule> {
    let request = pb::GetScheduleRequest { name: name.to_owned() };
    let answer = called(mesh.operations().get_schedule(request).await)?;
    answer.schedule.context("no schedule in the answer")
}

fn state(one: &pb::Schedule) -> &'static str {
    word(one.state().as_str_name(), "SCHEDULE_STATE_")
}

pub(super) fn print(one: &pb::Schedule) -> anyhow::Result<()> {
    let partial = if one.partial { "  partial: the solver was stopped before its end" } else { "" };
    line(format!("{}  {}", one.name, one.title))?;
    let (from, to, version) = (&one.period_start, &one.period_end, one.version);
    line(format!(
        "{from} to {to}  state {}  version {version}  etag {}{partial}",
        state(one),
        one.etag
    ))?;
    line(format!(
        "{} of {} visits; weight left out {}, travel {} min, longest loads {} min, score {}",
        one.scheduled,
        one.visits,
        one.unscheduled_weight,
        one.travel_minutes,
        one.longest_loads,
        one.score
    ))?;
    line(format!("seed {}, {} iterations", one.solver_seed, one.solver_iterations))?;
    if one.publish_time.is_some() {
        line(format!("published {}", local(one.publish_time)))?;
    }
    if one.unscheduled.is_empty() {
        return Ok(());
    }
    let mut table = out::table(&["LEFT OUT", "WEIGHT", "BECAUSE", "WOULD HELP"]);
    for left in &one.unscheduled {
        let (because, help) = (left.because.join("; "), left.would_help.join("; "));
        table.add_row([&left.visit, &left.weight.to_string(), &because, &help]);
    }
    line(table)
}

pub(super) async fn list(context: &Context, mesh: &Mesh, page: Page) -> anyhow::Result<()> {
    let Page { page_size, page_token } = page;
    let request = pb::ListSchedulesRequest { page_size, page_token };
    let page = called(mesh.operations().list_schedules(request).await)?;
    if context.shared.json {
        return out::json("xiezhi.operations.v1.ListSchedulesResponse", &page);
    }
    let heads = ["SCHEDULE", "TITLE", "FROM", "TO", "STATE", "VERSION", "VISITS", "SCORE"];
    let mut table = out::table(&heads);
    for one in &page.schedules {
        table.add_row([
            one.name.as_str(),
            &one.title,
            &one.period_start,
            &one.period_end,
            state(one),
            &one.version.to_string(),
            &format!("{} of {}", one.scheduled, one.visits),
            &one.score.to_string(),
        ]);
    }
    line(table)?;
    more(&page.next_page_token)
}

pub(super) async fn publish(
    context: &Context,
    who: For,
    name: String,
    etag: Option<String>,
) -> anyhow::Result<()> {
    let For { by, officer } = who;
    let mesh = by.connect(context).await?;
    let etag = match etag {
        Some(etag) => etag,
        None => read(&mesh, &name).await?.etag,
    };
    let request_id = client::request_id();
    let request = pb::PublishScheduleRequest { request_id, name, etag, officer };
    let answer = called(mesh.operations().publish_schedule(request).await)?;
    if context.shared.json {
        return out::json("xiezhi.operations.v1.PublishScheduleResponse", &answer);
    }
    print(&answer.schedule.unwrap_or_default())?;
    line(format!("{} notices (检查通知书) numbered", answer.notices))
}

pub(super) async fn visits(
    context: &Context,
    mesh: &Mesh,
    page: Page,
    filter: String,
) -> anyhow::Result<()> {
    let Page { page_size, page_token } = page;
    let request = pb::ListVisitsRequest { page_size, page_token, filter };
    let page = called(mesh.operations().list_visits(request).await)?;
    if context.shared.json {
        return out::json("xiezhi.operations.v1.ListVisitsResponse", &page);
    }
    let heads = ["VISIT", "SUBJECT", "STATE", "WHEN", "MIN", "WHO GOES", "NOTICE"];
    let mut table = out::table(&heads);
    for one in &page.visits {
        table.add_row([
            one.name.as_str(),
            &one.subject,
            visit_state(one),
            &local(one.start_time),
            &one.minutes.to_string(),
            &going(one),
            &one.notice_no,
        ]);
    }
    line(table)?;
    more(&page.next_page_token)
}

pub(super) fn visit_state(visit: &pb::Visit) -> &'static str {
    word(visit.state().as_str_name(), "VISIT_STATE_")
}

/// Who goes, or how many must.
fn going(visit: &pb::Visit) -> String {
    let groups = visit.groups.iter().map(|group| {
        if group.assigned.is_empty() {
            return format!("{} of {}", group.officers, group.agency);
        }
        let kit = if group.assigned_kit.is_empty() { "" } else { " + " };
        format!("{}{kit}{}", group.assigned.join(" "), group.assigned_kit)
    });
    groups.collect::<Vec<_>>().join(", ")
}
