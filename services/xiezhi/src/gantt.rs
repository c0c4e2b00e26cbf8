//! A schedule as charts (SVG) that people look at: an overview of all bodies, and a page for each body
//! with a row for each officer.

mod overview;
mod page;
mod svg;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Timelike as _};
use proto::operations::v1 as pb;

/// What the charts show.
#[derive(Debug)]
pub(crate) struct Chart {
    pub title: String,
    /// The days, each a column.
    pub days: Vec<NaiveDate>,
    /// Minutes of the day between which the columns are drawn.
    pub hours: (i64, i64),
    pub bodies: Vec<Body>,
    pub bars: Vec<Bar>,
    /// When who is away, and why.
    pub away: Vec<Away>,
}

/// A body with its officers.
#[derive(Debug)]
pub(crate) struct Body {
    pub code: String,
    pub name: String,
    /// Certificates, each a row.
    pub officers: Vec<String>,
}

/// A day on which an officer is away.
#[derive(Debug)]
pub(crate) struct Away {
    pub officer: String,
    pub day: NaiveDate,
    pub why: &'static str,
}

/// One officer at one visit.
#[derive(Debug)]
pub(crate) struct Bar {
    pub visit: String,
    /// Code of the officer's body.
    pub body: String,
    pub officer: String,
    pub day: NaiveDate,
    /// Minutes of the day.
    pub from: i64,
    pub to: i64,
    /// What is written on it: the running number of the notice.
    pub label: String,
    /// What is told of it when somebody points at it.
    pub tip: String,
    /// Codes of the other bodies that are there.
    pub with: Vec<String>,
    pub repaired: bool,
}

/// The colours of bodies. None is red, which is for what a repair changed.
const COLOURS: [&str; 10] = [
    "#4e79a7", "#f2a541", "#59a14f", "#b07aa1", "#76b7b2", "#c9a227", "#9c755f", "#7b6cb0",
    "#5aa6d8", "#8a8f3c",
];

impl Chart {
    /// The files: names and texts, the overview first.
    pub(crate) fn files(&self) -> Vec<(String, String)> {
        let pages = self.bodies.iter().map(|body| (file(&body.code), page::page(self, body)));
        std::iter::once(("overview.svg".to_owned(), overview::overview(self)))
            .chain(pages)
            .collect()
    }

    /// The colour of a body.
    fn colour(&self, code: &str) -> &'static str {
        let at = self.bodies.iter().position(|body| body.code == code).unwrap_or_default();
        COLOURS[at % COLOURS.len()]
    }

    /// The place of a day among the columns.
    fn column(&self, day: NaiveDate) -> Option<i64> {
        (0..).zip(&self.days).find(|(_, one)| **one == day).map(|(at, _)| at)
    }
}

/// The page of a body.
fn file(code: &str) -> String {
    format!("{code}.svg")
}

/// The bars of some visits; those of `repaired` are marked.
pub(crate) fn bars(visits: &[pb::Visit], repaired: &BTreeSet<&str>) -> Vec<Bar> {
    let mut bars = Vec::new();
    for visit in visits {
        let minute = |at: Option<prost_types::Timestamp>| {
            let at = at.and_then(|at| DateTime::from_timestamp(at.seconds, 0))?;
            let local = at.with_timezone(&clock::SHANGHAI);
            Some((local.date_naive(), i64::from(local.hour() * 60 + local.minute())))
        };
        let Some(((day, from), (_, to))) = minute(visit.start_time).zip(minute(visit.end_time))
        else {
            continue;
        };
        let mut crews: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for group in &visit.groups {
            let crew = crews.entry(&group.agency).or_default();
            crew.extend(group.assigned.iter().map(String::as_str));
        }
        let tip = tip(visit, (day, from, to), &crews);
        for (body, crew) in &crews {
            let with = crews.keys().filter(|one| *one != body).map(|one| (*one).to_owned());
            let with: Vec<String> = with.collect();
            bars.extend(crew.iter().map(|officer| Bar {
                visit: visit.name.clone(),
                body: (*body).to_owned(),
                officer: (*officer).to_owned(),
                day,
                from,
                to,
                label: running(&visit.notice_no),
                tip: tip.clone(),
                with: with.clone(),
                repaired: repaired.contains(visit.name.as_str()),
            }));
        }
    }
    bars
}

/// The running number of a notice: the digits at its end.
fn running(notice: &str) -> String {
    let digits = notice.trim_end_matches('号').rsplit(|sign: char| !sign.is_ascii_digit()).next();
    digits.unwrap_or_default().to_owned()
}

fn tip(
    visit: &pb::Visit,
    (day, from, to): (NaiveDate, i64, i64),
    crews: &BTreeMap<&str, BTreeSet<&str>>,
) -> String {
    let mut lines = vec![
        format!("{} {}", visit.notice_no, visit.subject),
        format!("{day} {} to {}", hour(from), hour(to)),
    ];
    for (body, crew) in crews {
        let crew: Vec<&str> = crew.iter().copied().collect();
        lines.push(format!("{body}: {}", crew.join(" ")));
    }
    lines.join("\n")
}

/// A minute of the day as a clock shows it.
fn hour(minute: i64) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

/// A number of things as a length.
fn length(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
