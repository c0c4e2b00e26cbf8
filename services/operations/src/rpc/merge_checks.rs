//! Merges the checks of a period into visits (综合查一次). For the guidance office.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike as _, NaiveDate};
use command::marks::Marks;
use proto::operations::v1 as pb;
use sea_orm::ConnectionTrait;
use types::AgencyCode;

use super::{
    Call, asked,
    convert::subject::wire,
    once::{Written, once},
};
use crate::{
    Operations,
    domain::{
        check::Check,
        law,
        merge::{self, Merged, Merging, Room},
        refusal::Refusal,
        resource::Cap,
        subject::Subject,
    },
    error::Error,
    events::{Doer, Happened},
    store,
};

/// The most checks merged at once.
const CHECKS_MAX: usize = 20_000;
/// The most groups, and the most capped checks, that an answer names.
const TOLD_MAX: usize = 1000;

pub(super) async fn merge_checks(
    service: &Operations,
    call: Call,
    request: pb::MergeChecksRequest,
) -> Result<pb::MergeChecksResponse, Error> {
    let now = service.clock.now();
    let mut fields = server::Fields::default();
    command::check_request_id(&mut fields, &request.request_id);
    fields.text(&request.officer, 64, "officer");
    let names = ("period_start", "period_end");
    let period = asked::period(&mut fields, (&request.period_start, &request.period_end), names);
    if let Some((start, end)) = period {
        let most = service.settings.merge_days_max;
        let days = end.signed_duration_since(start).num_days();
        fields.check(days < i64::from(most), "period_end", format!("is more than {most} days on"));
        fields.check(start.year() == end.year(), "period_end", "is in another year than the first");
    }
    fields.done()?;
    let period = period.ok_or(Error::Corrupt("request"))?;
    let bodies = service.bodies.all();
    bodies
        .office(&call.agency, "merging checks", &service.settings)
        .map_err(|refusal| Error::refused(refusal, "checks"))?;
    let certified = service.bodies.certified(&call.agency, &request.officer, now).await;

    let doer = Doer::new(&call.agency, &request.officer);
    let office = call.agency.clone();
    let command = call.command(request.request_id, "MergeChecks", now);
    let settings = std::sync::Arc::clone(&service.settings);
    let days = workdays(&service.calendar.table(), period);
    once(service, command, move |tx| {
        Box::pin(async move {
            certified?;
            let limit = u64::try_from(CHECKS_MAX + 1).unwrap_or(u64::MAX);
            let checks = store::unmerged(tx, period, limit).await?;
            if checks.len() > CHECKS_MAX {
                let what = format!("more than {CHECKS_MAX} checks: take a shorter period");
                let refusal = Refusal::broken(law::O_02, what, "检查过多，请缩短期间");
                return Err(Error::refused(refusal, "checks"));
            }
            let (subjects, room) = room(tx, &checks, period.0).await?;
            let merging = Merging { checks: checks.clone(), days, room, settings: &settings, now };
            let merged = merge::merge(merging);
            store::insert_many(tx, &merged.visits).await?;
            store::join_visits(tx, checks, &merged.visits).await?;
            let mut shown = Vec::new();
            for visit in &merged.visits {
                let who = visit.agencies().into_iter().chain([office.clone()]);
                shown.extend(who.map(|agency| (agency, visit.name.clone())));
            }
            let response = response(&merged, &subjects);
            let summary = format!(
                "{} checks of {} to {} became {} visits: {} visits of enterprises saved",
                response.checks, period.0, period.1, response.visits, response.visits_saved
            );
            let happened = Happened::new("CHECKS_MERGED", "checks", summary).under(law::O_02);
            let happened = happened.marked(saved(&response));
            let evidence = merged.visits.iter().map(|visit| visit.name.clone()).collect();
            let mut entries = vec![happened.with(evidence).by(&doer, now)];
            // Supervision reads the journal: each check that exceeds a cap has a row of its own.
            for one in &merged.over_cap {
                let (check, because) = (&one.check, &one.because);
                let summary =
                    format!("{} exceeds the cap at {}: {because}", check.agency, check.subject);
                let happened = Happened::new("CAP_EXCEEDED", &check.name, summary)
                    .plainly(format!("{} exceeds the cap at {}", check.agency, check.subject))
                    .marked(Marks::new().value("subject", &check.subject).value("over_cap", 1));
                entries.push(happened.under(law::I_04).by(&doer, now));
            }
            Ok(Written { response, entries, shown })
        })
    })
    .await
}

/// The working days of a period; days beyond the calendar count as they would on an ordinary week.
fn workdays(calendar: &clock::Calendar, (start, end): (NaiveDate, NaiveDate)) -> Vec<NaiveDate> {
    let works = |day: &NaiveDate| {
        calendar.is_workday(*day).unwrap_or_else(|| day.weekday().num_days_from_monday() < 5)
    };
    start.iter_days().take_while(|day| *day <= end).filter(works).collect()
}

type Rooms = BTreeMap<(AgencyCode, String), Room>;

/// What the caps leave of the year for each body and subject of the checks.
async fn room(
    tx: &impl ConnectionTrait,
    checks: &[Check],
    day: NaiveDate,
) -> Result<(BTreeMap<String, Subject>, Rooms), Error> {
    let year = day.year();
    let names: BTreeSet<&str> = checks.iter().map(|one| one.subject.as_str()).collect();
    let names: Vec<&str> = names.into_iter().collect();
    let subjects = store::subjects_named(tx, &names).await?;
    let subjects: BTreeMap<String, Subject> =
        subjects.into_iter().map(|one| (one.name.clone(), one)).collect();
    let mut room = Rooms::new();
    let mut caps: BTreeMap<&AgencyCode, Option<Cap>> = BTreeMap::new();
    for check in checks {
        if !caps.contains_key(&check.agency) {
            let cap = store::public::<Cap>(tx, &format!("caps/{}", check.agency)).await?;
            // A cap that is not published yet binds nobody.
            caps.insert(&check.agency, cap.filter(|cap| cap.published_on <= day));
        }
        let cap = caps.get(&check.agency).and_then(Option::as_ref);
        let tier = subjects.get(&check.subject).map(|subject| subject.tier);
        let cap = cap.zip(tier).map(|(cap, tier)| cap.of(tier));
        let key = (check.agency.clone(), check.subject.clone());
        room.entry(key).or_default().cap = cap;
    }
    for count in store::counts(tx, &names, year).await? {
        if let Some(room) = room.get_mut(&(count.agency, count.subject)) {
            room.counted = count.counted;
        }
    }
    let first = NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or(day);
    let last = NaiveDate::from_ymd_opt(year, 12, 31).unwrap_or(day);
    for visit in store::planned_visits(tx, &names, (first, last)).await? {
        for agency in visit.agencies() {
            let counts = visit.is_counted(&agency) && visit.check_in_of(&agency).is_none();
            if let Some(room) = room.get_mut(&(agency, visit.subject.clone()))
                && counts
            {
                room.planned += 1;
            }
        }
    }
    Ok((subjects, room))
}

fn saved(merged: &pb::MergeChecksResponse) -> Marks {
    Marks::new()
        .value("checks", merged.checks)
        .value("visits", merged.visits)
        .value("visits_saved", merged.visits_saved)
}

fn response(merged: &Merged, subjects: &BTreeMap<String, Subject>) -> pb::MergeChecksResponse {
    let count = |count: usize| wire(u32::try_from(count).unwrap_or(u32::MAX));
    let apart = merged.apart.iter().take(TOLD_MAX).map(|one| pb::MergeGroup {
        subject: one.subject.clone(),
        checks: one.checks.clone(),
        visits: one.visits.clone(),
        kept_apart_because: one.because.clone(),
    });
    let without_day = merged.without_day.iter().take(TOLD_MAX).map(|check| pb::MergeGroup {
        subject: check.subject.clone(),
        checks: vec![check.name.clone()],
        visits: Vec::new(),
        kept_apart_because: vec!["its window has no working day in the period".to_owned()],
    });
    let told = |capped: &merge::Capped| {
        Some(merge::told(capped, subjects.get(&capped.check.subject)?.tier))
    };
    pb::MergeChecksResponse {
        checks: count(merged.visits.iter().map(|visit| visit.checks.len()).sum()),
        visits: count(merged.visits.len()),
        visits_saved: count(merged.saved),
        kept_apart: apart.chain(without_day).collect(),
        capped: merged.capped.iter().take(TOLD_MAX).filter_map(told).collect(),
        over_cap: merged.over_cap.iter().take(TOLD_MAX).filter_map(told).collect(),
    }
}
