//! Publishes a schedule: each visit gets its notice (检查通知书), and its officers are dispatched.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use chrono::{Datelike as _, NaiveDate};
use proto::operations::v1 as pb;
use sea_orm::ConnectionTrait;
use types::AgencyCode;

use super::{
    Call, asked,
    convert::{schedule::schedule as message, subject::wire},
    gather,
    once::{Written, once},
};
use crate::{
    Operations,
    domain::{
        law,
        refusal::Refusal,
        schedule::{Schedule, sent_twice, too_near},
        settings::Settings,
        visit::Visit,
        word::VisitState,
    },
    error::Error,
    events::{Doer, Happened},
    marks, store,
};

pub(super) async fn publish_schedule(
    service: &Operations,
    call: Call,
    request: pb::PublishScheduleRequest,
) -> Result<pb::PublishScheduleResponse, Error> {
    let now = service.clock.now();
    let mut fields = server::Fields::default();
    command::check_request_id(&mut fields, &request.request_id);
    fields.text(&request.officer, 64, "officer");
    let version = asked::version(&mut fields, &request.etag);
    fields.done()?;
    let certified = service.bodies.certified(&call.agency, &request.officer, now).await;

    let doer = Doer::new(&call.agency, &request.officer);
    let office = call.agency.clone();
    let is_office =
        service.bodies.all().office(&office, "publishing a schedule", &service.settings);
    let unfit =
        if is_office.is_ok() { unfit_of(service, &request.name).await } else { Ok(Vec::new()) };
    let command = call.command(request.request_id, "PublishSchedule", now);
    let (name, settings) = (request.name, Arc::clone(&service.settings));
    once(service, command, move |tx| {
        Box::pin(async move {
            let before: Schedule = store::read(tx, &office, &name).await?;
            let refused = |refusal| Error::refused(refusal, &name);
            is_office.map_err(refused)?;
            certified?;
            if Some(before.version) != version {
                return Err(Error::Stale);
            }
            let schedule = before.publish(now).map_err(refused)?;
            let mut visits = store::visits_of(tx, &name).await?;
            visits.retain(|visit| visit.state == VisitState::Scheduled);
            if let Some(late) =
                visits.iter().find(|visit| visit.start_at.is_none_or(|at| at <= now))
            {
                let what = format!("{} has begun by the plan: make a new one", late.name);
                return Err(refused(Refusal::broken(law::I_03, what, "排期已过期，请重新排期")));
            }
            fit(unfit?).map_err(refused)?;
            let year = clock::legal_date(now).year();
            let notices = u32::try_from(visits.len()).unwrap_or(u32::MAX);
            let first = store::notice_numbers(tx, year, notices).await?;
            // Who publishes at the same time waits for the numbers: what it dispatched is read after them.
            still_free(tx, &schedule, &visits, &settings).await?;
            let (mut entries, mut shown) = (Vec::new(), Vec::new());
            for (number, visit) in (first..).zip(&mut visits) {
                visit.notice_no = format!("{office}检通〔{year}〕{number}号");
                visit.state = VisitState::Published;
                visit.dispatched_at = Some(now);
                visit.version += 1;
                let happened = dispatched(visit).marked(marks::dispatched(visit, &office, now));
                entries.push(happened.by(&doer, now));
                shown.extend(visit.agencies().into_iter().map(|one| (one, name.clone())));
            }
            shown.sort_unstable();
            shown.dedup();
            store::upsert(tx, &visits).await?;
            store::update(tx, &schedule).await?;
            let summary = format!("{}: {notices} notices are numbered", schedule.title);
            let happened = Happened::new("SCHEDULE_PUBLISHED", &name, summary).under(law::I_03);
            entries.push(happened.by(&doer, now));
            let response = pb::PublishScheduleResponse {
                schedule: Some(message(&schedule)),
                notices: wire(notices),
            };
            Ok(Written { response, entries, shown })
        })
    })
    .await
}

/// The most faults that a refusal names.
const NAMED: usize = 50;

/// The officers of a draft who can no longer go, each with why.
async fn unfit_of(service: &Operations, name: &str) -> Result<Vec<String>, Error> {
    let mut visits = store::visits_of(service.db.reader(), name).await?;
    visits.retain(|visit| visit.state == VisitState::Scheduled);
    unfit(service, &visits).await
}

/// The officers sent to some visits who cannot go, each with why: recused, absent, or without a
/// certificate on the day, by what identity says now.
pub(super) async fn unfit(service: &Operations, visits: &[Visit]) -> Result<Vec<String>, Error> {
    let agencies: BTreeSet<AgencyCode> = visits.iter().flat_map(Visit::agencies).collect();
    let agencies: Vec<AgencyCode> = agencies.into_iter().collect();
    let officers = store::profiles(service.db.reader(), &agencies).await?;
    let mut days: BTreeMap<(AgencyCode, NaiveDate), BTreeSet<String>> = BTreeMap::new();
    let mut unfit = Vec::new();
    for visit in visits {
        let Some(day) = visit.day() else { continue };
        for group in &visit.groups {
            for who in &group.assigned {
                let key = (group.agency.clone(), day);
                days.entry(key).or_default().insert(who.clone());
                let Some(officer) = officers.get(who) else { continue };
                if officer.is_absent(day) {
                    unfit.push(format!("{who} is absent on {day} ({})", visit.name));
                }
                if officer.recusal(&visit.subject).is_some() {
                    unfit.push(format!("{who} is recused from {} (O-07)", visit.subject));
                }
            }
        }
    }
    for ((agency, day), who) in days {
        let who: Vec<String> = who.into_iter().collect();
        let holds = service.bodies.certified_days(&agency, &who, &BTreeSet::from([day])).await?;
        let without = who.iter().filter(|one| !holds.contains_key(*one));
        unfit.extend(without.map(|one| format!("{one} holds no certificate of {agency} on {day}")));
    }
    Ok(unfit)
}

/// That all can go.
fn fit(unfit: Vec<String>) -> Result<(), Refusal> {
    if unfit.is_empty() {
        return Ok(());
    }
    let what = format!("not all can go: {}: make a new schedule", some(unfit));
    let zh = "部分执法人员当日无有效证件、请假、应当回避或已有其他安排，请重新排期";
    Err(Refusal::broken(law::O_05, what, zh))
}

/// The first of some sentences, and how many more there are.
fn some(all: Vec<String>) -> String {
    let more = all.len().saturating_sub(NAMED);
    let named: Vec<String> = all.into_iter().take(NAMED).collect();
    let more = if more > 0 { format!("; and {more} more") } else { String::new() };
    format!("{}{more}", named.join("; "))
}

/// The most visits that are dispatched in a period.
const DISPATCHED_MAX: u64 = 100_000;

/// That nothing was dispatched since the draft was made which takes its officers, its distance from other
/// visits of a subject, or the room of a cap.
async fn still_free(
    tx: &impl ConnectionTrait,
    schedule: &Schedule,
    draft: &[Visit],
    settings: &Settings,
) -> Result<(), Error> {
    let refused = |refusal| Error::refused(refusal, &schedule.name);
    let around = chrono::Days::new(u64::from(settings.spacing_days));
    let from = schedule.period_start.checked_sub_days(around).unwrap_or(schedule.period_start);
    let to = schedule.period_end.checked_add_days(around).unwrap_or(schedule.period_end);
    let dispatched = store::taken(tx, (from, to), DISPATCHED_MAX).await?;
    fit(sent_twice(draft, &dispatched, settings.dispatch_pad_minutes)).map_err(refused)?;
    let near = too_near(draft, &dispatched, settings.spacing_days);
    if !near.is_empty() {
        let what = format!("{}: make a new schedule", some(near));
        return Err(refused(Refusal::broken(
            law::O_02,
            what,
            "同一对象的检查间隔过短，请重新排期",
        )));
    }
    let over = over_cap(tx, schedule.period_start, draft).await?;
    if !over.is_empty() {
        let what = format!("{}: make a new schedule", some(over));
        return Err(refused(Refusal::broken(law::I_04, what, "已达年度检查频次上限，请重新排期")));
    }
    Ok(())
}

/// The caps that would be exceeded, each a sentence.
async fn over_cap(
    tx: &impl ConnectionTrait,
    day: NaiveDate,
    draft: &[Visit],
) -> Result<Vec<String>, Error> {
    let names: BTreeSet<&str> = draft.iter().map(|visit| visit.subject.as_str()).collect();
    let names: Vec<&str> = names.into_iter().collect();
    let subjects = store::subjects_named(tx, &names).await?;
    let subjects = subjects.into_iter().map(|one| (one.name.clone(), one)).collect();
    let room = gather::room(tx, draft, &subjects, day).await?;
    let mut wanted: BTreeMap<(AgencyCode, String), u32> = BTreeMap::new();
    for visit in draft {
        for agency in visit.agencies().into_iter().filter(|one| visit.is_capped(one)) {
            *wanted.entry((agency, visit.subject.clone())).or_default() += 1;
        }
    }
    let over = wanted.iter().filter(|(of, count)| room.get(of).is_some_and(|left| left < *count));
    let over = over.map(|((agency, subject), _)| {
        format!("the yearly cap of {agency} for {subject} is reached")
    });
    Ok(over.collect())
}

/// Who goes where: for the bodies and their systems.
pub(super) fn dispatched(visit: &Visit) -> Happened {
    let at = visit.start_at.map(|at| at.with_timezone(&clock::SHANGHAI));
    let at = at.map(|at| at.format("%Y-%m-%d %H:%M").to_string()).unwrap_or_default();
    let bodies: Vec<String> = visit
        .groups
        .iter()
        .map(|group| format!("{} {}", group.agency, group.assigned.join(" ")))
        .collect();
    let summary = format!("{}: {} on {at}: {}", visit.notice_no, visit.subject, bodies.join("; "));
    Happened::new("VISIT_DISPATCHED", &visit.name, summary).under(law::O_03)
}
