//! An urgent visit as the guidance office asks for it: one that is planned already, or a new one.

use chrono::{DateTime, NaiveDate, Utc};
use proto::operations::v1 as pb;
use server::Fields;
use types::{AgencyCode, Id};

use super::asked;
use crate::{
    Operations,
    catalogue::{self, Wanted},
    domain::{
        law,
        refusal::Refusal,
        settings::Settings,
        visit::{Group, Visit, Window},
        word::VisitState,
    },
    error::Error,
    store,
};

/// Where the request has it.
const AT: &str = "disruption.urgent_visit";
/// The most groups of a visit, and matters of a group.
const GROUPS_MAX: usize = 20;
/// The most windows of a visit.
const WINDOWS_MAX: usize = 62;
/// The most officers of a group.
const OFFICERS_MAX: u32 = 20;

/// What is asked for.
#[derive(Clone, Debug)]
pub(super) enum Urgent {
    /// A planned visit of this name.
    Planned(String),
    /// A new one.
    New(Box<Visit>),
}

/// Reads it.
pub(super) fn read(
    fields: &mut Fields,
    one: pb::Visit,
    (settings, now): (&Settings, DateTime<Utc>),
) -> Urgent {
    if !one.name.is_empty() {
        let alone = one.subject.is_empty() && one.groups.is_empty() && one.windows.is_empty();
        fields.check(alone, format!("{AT}.name"), "is there, and so is more: one or the other");
        return Urgent::Planned(one.name);
    }
    let subject = asked::is_subject(&one.subject);
    fields.check(subject, format!("{AT}.subject"), "is no name of a subject");
    let some = (1..=GROUPS_MAX).contains(&one.groups.len());
    fields.check(some, format!("{AT}.groups"), format!("are not 1 to {GROUPS_MAX}"));
    let mut groups = Vec::new();
    for (at, group) in one.groups.into_iter().enumerate().take(GROUPS_MAX) {
        groups.extend(read_group(fields, group, &format!("{AT}.groups[{at}].")));
    }
    let windows = read_windows(fields, &one.windows);
    let longest = settings.longest_visit();
    let minutes = asked::number(fields, one.minutes, (5, longest), format!("{AT}.minutes"));
    let most = settings.visit_weight_max;
    let weight = asked::number(fields, one.weight, (1, most), format!("{AT}.weight"));
    let none = one.operation.is_empty() && one.checks.is_empty();
    fields.check(
        none,
        format!("{AT}.operation"),
        "and checks are those of a planned visit: name it",
    );
    let mut visit = Visit {
        name: format!("visits/{}", Id::<Visit>::new(now)),
        subject: one.subject,
        groups,
        windows,
        minutes,
        weight,
        checks: Vec::new(),
        operation: None,
        schedule: None,
        state: VisitState::Planned,
        start_at: None,
        end_at: None,
        notice_no: String::new(),
        dispatched_at: None,
        check_ins: Vec::new(),
        results: Vec::new(),
        done_at: None,
        publishing: None,
        published_at: None,
        cancel_reason: String::new(),
        acknowledged_by: Vec::new(),
        unapproved: Vec::new(),
        created_at: now,
        version: 0,
    };
    // The office asks for it, and the head of each body approves it afterwards (I-03).
    visit.unapproved = visit.agencies();
    Urgent::New(Box::new(visit))
}

fn read_group(fields: &mut Fields, group: pb::Group, at: &str) -> Option<Group> {
    let agency = AgencyCode::parse(&group.agency);
    let agency = fields.need(agency, format!("{at}agency"), "is no code of a body");
    let bounds = (2, OFFICERS_MAX);
    let officers = asked::number(fields, group.officers, bounds, format!("{at}officers"));
    asked::word(fields, &group.qualification, format!("{at}qualification"));
    asked::word(fields, &group.kit, format!("{at}kit"));
    fields.check(!group.matters.is_empty(), format!("{at}matters"), "is missing");
    asked::words(fields, &group.matters, GROUPS_MAX, &format!("{at}matters"));
    Some(Group {
        agency: agency?,
        officers,
        qualification: group.qualification,
        kit: group.kit,
        matters: group.matters,
        ranking: Vec::new(),
        exempt: false,
        over_cap: String::new(),
        assigned: Vec::new(),
        assigned_kit: String::new(),
        passed_over: Vec::new(),
    })
}

/// The windows, by day.
fn read_windows(fields: &mut Fields, asked: &[pb::Window]) -> Vec<Window> {
    let many = asked.len() <= WINDOWS_MAX;
    fields.check(many, format!("{AT}.windows"), format!("are more than {WINDOWS_MAX}"));
    let mut windows = Vec::new();
    for (at, window) in asked.iter().enumerate().take(WINDOWS_MAX) {
        let at = format!("{AT}.windows[{at}].");
        let day = super::asked::day(fields, &window.day, &format!("{at}day"));
        let minute = |fields: &mut Fields, minute: i32, field: &str| {
            super::asked::number(fields, minute, (0, 1440), format!("{at}{field}"))
        };
        let from_minute = minute(fields, window.from_minute, "from_minute");
        let to_minute = minute(fields, window.to_minute, "to_minute");
        let ends = from_minute < to_minute;
        fields.check(ends, format!("{at}to_minute"), "is not after from_minute");
        windows.extend(day.map(|day| Window { day, from_minute, to_minute }));
    }
    windows.sort_unstable();
    windows
}

/// The visit, if it may take place: its bodies inspect (I-01) what they hold (I-02), its subject is known.
/// Without a window it may take place on any day of the period.
pub(super) async fn allowed(
    service: &Operations,
    urgent: Urgent,
    (start, end): (NaiveDate, NaiveDate),
    now: DateTime<Utc>,
) -> Result<Visit, Error> {
    let reader = service.db.reader();
    let mut visit = match urgent {
        Urgent::Planned(name) => {
            let office = &service.settings.guidance_office;
            let visit: Visit = store::read(reader, office, &name).await?;
            if visit.state != VisitState::Planned {
                let (act, state) = ("giving a place to the visit", visit.state.as_str());
                let refusal = Refusal::WrongState { act, state, law: law::I_03 };
                return Err(Error::refused(refusal, name));
            }
            return Ok(visit);
        }
        Urgent::New(visit) => *visit,
    };
    if store::subjects_named(reader, &[&visit.subject]).await?.is_empty() {
        return Err(server::Violations::of(format!("{AT}.subject"), "is not known").into());
    }
    if visit.windows.is_empty() {
        let hours = (service.settings.visit_from_minute, service.settings.visit_to_minute);
        let days = start.iter_days().take_while(|day| *day <= end);
        let window = |day| Window { day, from_minute: hours.0, to_minute: hours.1 };
        visit.windows = days.map(window).collect();
    }
    let inside = visit.windows.iter().all(|window| (start..=end).contains(&window.day));
    if !inside {
        let fault = format!("are not all within {start} to {end}");
        return Err(server::Violations::of(format!("{AT}.windows"), fault).into());
    }
    let bodies = service.bodies.with(&visit.agencies()).await?;
    for agency in visit.agencies() {
        bodies
            .inspector(&agency, &service.settings)
            .map_err(|refusal| Error::refused(refusal, "visits"))?;
    }
    let wanted: Vec<Wanted> = visit
        .groups
        .iter()
        .enumerate()
        .flat_map(|(at, group)| {
            group.matters.iter().enumerate().map(move |(n, matter)| Wanted {
                field: format!("{AT}.groups[{at}].matters[{n}]"),
                agency: group.agency.clone(),
                matter: matter.clone(),
            })
        })
        .collect();
    catalogue::held(service, &wanted, clock::legal_date(now), "visits").await?;
    Ok(visit)
}
