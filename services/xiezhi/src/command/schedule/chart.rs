//! A schedule as charts to look at.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use anyhow::Context as _;
use chrono::NaiveDate;
use client::Mesh;
use proto::{identity::v1 as identity, operations::v1 as pb};

use super::{called, show};
use crate::{
    cli::Context,
    gantt::{Away, Bar, Body, Chart, bars},
    out::line,
};

/// How many are asked for at once.
const PAGE: i32 = 1000;

pub(super) async fn chart(
    context: &Context,
    mesh: &Mesh,
    name: &str,
    folder: &Path,
) -> anyhow::Result<()> {
    let schedule = show::read(mesh, name).await?;
    let bars = bars(&visits(mesh, name).await?, &BTreeSet::new());
    anyhow::ensure!(!bars.is_empty(), "{name} has no visits that you take part in");
    let days: BTreeSet<NaiveDate> = bars.iter().map(|bar| bar.day).collect();
    let (bodies, away) = bodies(mesh, &bars, &days).await?;
    let chart = Chart {
        title: schedule.title,
        hours: hours(&bars),
        days: days.into_iter().collect(),
        bodies,
        bars,
        away,
    };
    let at = || folder.display().to_string();
    fs::create_dir_all(folder).with_context(at)?;
    let mut files = Vec::new();
    for (name, text) in chart.files() {
        let file = folder.join(name);
        fs::write(&file, text).with_context(|| file.display().to_string())?;
        files.push(file.display().to_string());
    }
    if context.shared.json {
        return line(serde_json::json!({ "files": files }));
    }
    files.iter().try_for_each(line)
}

/// The visits of a schedule that the caller may see.
async fn visits(mesh: &Mesh, schedule: &str) -> anyhow::Result<Vec<pb::Visit>> {
    let (mut visits, mut page_token) = (Vec::new(), String::new());
    loop {
        let filter = format!("schedule = \"{schedule}\"");
        let request = pb::ListVisitsRequest { page_size: PAGE, page_token, filter };
        let page = called(mesh.operations().list_visits(request).await)?;
        visits.extend(page.visits);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return Ok(visits);
        }
    }
}

/// The whole hours between which all bars lie.
fn hours(bars: &[Bar]) -> (i64, i64) {
    let from = bars.iter().map(|bar| bar.from).min().unwrap_or_default();
    let to = bars.iter().map(|bar| bar.to).max().unwrap_or_default();
    (from / 60 * 60, (to + 59) / 60 * 60)
}

/// The bodies of the bars with their officers, and when these are absent.
async fn bodies(
    mesh: &Mesh,
    bars: &[Bar],
    days: &BTreeSet<NaiveDate>,
) -> anyhow::Result<(Vec<Body>, Vec<Away>)> {
    let mut sent: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for bar in bars {
        sent.entry(&bar.body).or_default().insert(bar.officer.clone());
    }
    let (mut bodies, mut away) = (Vec::new(), Vec::new());
    for (code, mut officers) in sent {
        for one in listed(mesh, code).await? {
            let absent = days.iter().filter(|day| one.absences.iter().any(|span| on(span, **day)));
            let officer = || one.certificate_no.clone();
            away.extend(absent.map(|day| Away { officer: officer(), day: *day, why: "away" }));
            officers.insert(one.certificate_no);
        }
        let name = identity::GetAgencyRequest { name: format!("agencies/{code}") };
        let name = called(mesh.identity().get_agency(name).await)?;
        let name = name.agency.unwrap_or_default().display_name_zh;
        let officers = officers.into_iter().collect();
        bodies.push(Body { code: code.to_owned(), name, officers });
    }
    Ok((bodies, away))
}

/// The officers of a body; none when they are not for the caller to see.
async fn listed(mesh: &Mesh, code: &str) -> anyhow::Result<Vec<pb::OfficerProfile>> {
    let (mut officers, mut page_token) = (Vec::new(), String::new());
    loop {
        let agency = code.to_owned();
        let request = pb::ListResourcesRequest { agency, page_size: PAGE, page_token };
        let page = match mesh.operations().list_resources(request).await {
            Ok(page) => page.into_inner(),
            Err(status)
                if matches!(
                    status.code(),
                    tonic::Code::PermissionDenied | tonic::Code::NotFound
                ) =>
            {
                return Ok(Vec::new());
            }
            Err(status) => return Err(client::Error::from(status).into()),
        };
        officers.extend(page.officers);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return Ok(officers);
        }
    }
}

/// Whether `YYYY-MM-DD/YYYY-MM-DD` has a day.
fn on(span: &str, day: NaiveDate) -> bool {
    let span = span.split_once('/').and_then(|(from, to)| {
        Some((from.parse::<NaiveDate>().ok()?, to.parse::<NaiveDate>().ok()?))
    });
    span.is_some_and(|(from, to)| (from..=to).contains(&day))
}
