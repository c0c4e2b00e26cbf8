//! Repairs a published schedule after a disruption, with as little change as can be: the next edition.
//! Only the visits that change are written, and get a new notice. For the guidance office.

use std::{sync::Arc, time::Instant};

use chrono::{DateTime, Datelike as _, Utc};
use proto::operations::v1 as pb;
use sea_orm::ConnectionTrait;
use server::Fields;
use types::AgencyCode;

use super::{
    Call, asked,
    convert::schedule::{change, schedule as message},
    gather::Known,
    once::{Written, once},
    publish_schedule::{dispatched, unfit},
    rosters::{Prepared, opened, prepared, reading},
    urgent::{self, Urgent},
};
use crate::{
    Operations,
    domain::{
        law,
        refusal::Refusal,
        resource::{Kit, OfficerProfile},
        schedule::{Absence, Base, Changed, Disruption, Schedule},
        settings::Settings,
        visit::Visit,
        word::{ChangeKind, VisitState},
    },
    error::Error,
    events::{Doer, Happened},
    marks, store,
};

/// What is asked for.
enum Asked {
    Known(Disruption),
    Urgent(Urgent),
}

/// What a repair comes to; nothing is written yet.
struct Repair {
    before: Schedule,
    after: Schedule,
    disruption: Disruption,
    changed: Vec<Changed>,
    doubtful: Vec<String>,
    compute_us: i64,
    absent: Away,
    /// The schedule as it is ready after it; none: it must be made anew.
    prepared: Option<Box<Prepared>>,
}

/// Whose absence is kept.
#[derive(Default)]
struct Away {
    officer: Option<OfficerProfile>,
    kit: Option<Kit>,
}

pub(super) async fn repair_schedule(
    service: &Operations,
    call: Call,
    request: pb::RepairScheduleRequest,
) -> Result<pb::RepairScheduleResponse, Error> {
    let now = service.clock.now();
    let mut fields = Fields::default();
    command::check_request_id(&mut fields, &request.request_id);
    fields.text(&request.officer, 64, "officer");
    let version = asked::version(&mut fields, &request.etag);
    let told = request.disruption.unwrap_or_default();
    fields.text(&told.reason, 1000, "disruption.reason");
    let reason = told.reason.trim().to_owned();
    fields.check(told.kind.is_some(), "disruption", "is missing");
    let asked = told.kind.and_then(|kind| read(&mut fields, kind, (&service.settings, now)));
    fields.done()?;
    let asked = asked.ok_or(Error::Corrupt("request"))?;
    let (doer, office) = (Doer::new(&call.agency, &request.officer), call.agency.clone());
    let command = call.command(request.request_id, "RepairSchedule", now);
    // The computation is long: who asks again is not kept waiting for it.
    if let Some(first) = command.first_answer(service.db.reader()).await? {
        return Ok(first);
    }
    let before = repairable(service, &office, (&request.name, version), now).await?;
    service.bodies.certified(&office, &request.officer, now).await?;
    let mut repair = repair(service, (before, asked, &reason), request.make_room, now).await?;
    if request.dry_run {
        return Ok(response(&repair, &repair.before));
    }
    let name = repair.before.name.clone();
    let touched: Vec<String> = repair.changed.iter().map(|one| one.after.name.clone()).collect();
    let next = repair.prepared.take();
    let answer = once(service, command, move |tx| {
        Box::pin(async move { write(tx, repair, &office, (&doer, &reason, now)).await })
    })
    .await;
    service.rosters.forget(&name);
    if let Some(mut next) = next.filter(|_| answer.is_ok())
        && let Ok(written) = store::visits_named(service.db.reader(), &touched).await
    {
        // With the numbers of their notices.
        next.take_over(written);
        service.rosters.put(&name, Arc::new(*next));
    }
    answer
}

/// The schedule, if this caller may repair it now.
async fn repairable(
    service: &Operations,
    caller: &AgencyCode,
    (name, version): (&str, Option<i32>),
    now: DateTime<Utc>,
) -> Result<Schedule, Error> {
    let schedule: Schedule = store::read(service.db.reader(), caller, name).await?;
    let refused = |refusal| Error::refused(refusal, name);
    let act = "repairing the schedule";
    service.bodies.all().office(caller, act, &service.settings).map_err(refused)?;
    if Some(schedule.version) != version {
        return Err(Error::Stale);
    }
    schedule.is_gone_by().map_err(refused)?;
    if schedule.period_end < clock::legal_date(now) {
        let what = format!("{name} ended on {}: nothing is ahead", schedule.period_end);
        return Err(refused(Refusal::broken(law::O_03, what, "排期期间已经结束")));
    }
    Ok(schedule)
}

fn read(
    fields: &mut Fields,
    kind: pb::disruption::Kind,
    (settings, now): (&Settings, DateTime<Utc>),
) -> Option<Asked> {
    use pb::disruption::Kind;
    let today = clock::legal_date(now);
    let mut absence = |at: &str, code: (&str, String), days: (&str, &str)| {
        let (from, to) = (format!("{at}.from_day"), format!("{at}.to_day"));
        fields.text(&code.1, 64, &format!("{at}.{}", code.0));
        let days = asked::period(fields, days, (&from, &to));
        let over = days.is_some_and(|(_, to)| to < today);
        fields.check(!over, to, "is over");
        days.map(|(from, to)| Absence { code: code.1, from, to })
    };
    match kind {
        Kind::OfficerAbsent(one) => {
            let days = (one.from_day.as_str(), one.to_day.as_str());
            let code = ("certificate_no", one.certificate_no);
            let absence = absence("disruption.officer_absent", code, days)?;
            Some(Asked::Known(Disruption::OfficerAbsent(absence)))
        }
        Kind::KitAbsent(one) => {
            let days = (one.from_day.as_str(), one.to_day.as_str());
            let absence = absence("disruption.kit_absent", ("code", one.code), days)?;
            Some(Asked::Known(Disruption::KitAbsent(absence)))
        }
        Kind::VisitCancelled(name) => {
            fields.text(&name, 64, "disruption.visit_cancelled");
            Some(Asked::Known(Disruption::Cancelled(name)))
        }
        Kind::UrgentVisit(one) => Some(Asked::Urgent(urgent::read(fields, one, (settings, now)))),
    }
}

/// Computes; once more with everything read anew if somebody whom it sends can no longer go.
async fn repair(
    service: &Operations,
    (before, asked, reason): (Schedule, Asked, &str),
    make_room: bool,
    now: DateTime<Utc>,
) -> Result<Box<Repair>, Error> {
    let (disruption, urgent) = match asked {
        Asked::Known(disruption) => (disruption, None),
        Asked::Urgent(asked) => {
            let period = (before.period_start, before.period_end);
            let visit = urgent::allowed(service, asked, period, now).await?;
            (Disruption::Urgent(visit.name.clone()), Some(visit))
        }
    };
    let told = (disruption, urgent, reason);
    let repair = computed(service, &before, &told, make_room, now).await?;
    if sent_in_vain(service, &repair).await?.is_empty() {
        return Ok(repair);
    }
    service.rosters.forget(&before.name);
    let repair = computed(service, &before, &told, make_room, now).await?;
    match sent_in_vain(service, &repair).await?.as_slice() {
        [] => Ok(repair),
        // A certificate that lapsed while it was computed.
        [..] => Err(Error::Stale),
    }
}

/// Those newly sent who cannot go: what is kept ready may be some minutes old.
async fn sent_in_vain(service: &Operations, repair: &Repair) -> Result<Vec<String>, Error> {
    let anew = repair.changed.iter().filter(|one| one.after.is_dispatched());
    let anew: Vec<Visit> = anew
        .map(|one| {
            let mut visit = one.after.clone();
            let same = one.before.day() == visit.day();
            for (group, was) in visit.groups.iter_mut().zip(&one.before.groups) {
                group.assigned.retain(|who| !(same && was.assigned.contains(who)));
            }
            visit
        })
        .collect();
    if anew.is_empty() { Ok(Vec::new()) } else { unfit(service, &anew).await }
}

async fn computed(
    service: &Operations,
    before: &Schedule,
    (disruption, urgent, reason): &(Disruption, Option<Visit>, &str),
    make_room: bool,
    now: DateTime<Utc>,
) -> Result<Box<Repair>, Error> {
    let ready = prepared(service, before, now).await?;
    let (mut known, mut base) = match urgent {
        None => (ready.known.clone(), ready.base.clone()),
        // A place that the problem does not know yet, perhaps a body: it is made anew.
        Some(visit) => {
            let all = ready.known.visits.iter().filter(|one| one.is_dispatched());
            let visits = all.chain([visit]).cloned().collect();
            let known = reading(service, before, visits, clock::legal_date(now)).await?;
            opened(service, known).await?
        }
    };
    let absent = possible((&mut known, &base), disruption, before, now)?;
    let limits = base.limits(now, make_room);
    let was = base.score();
    let begun = Instant::now();
    let changes = base.disrupt(disruption, &known.visits, limits);
    let compute_us = i64::try_from(begun.elapsed().as_micros()).unwrap_or(i64::MAX);
    let is = base.score();
    let what = (disruption, *reason);
    let of = (before.name.as_str(), &known.officers);
    let changed = base.told(&changes, what, &known.visits, of);
    let delta = (is.travel - was.travel, is.longest_load - was.longest_load);
    let left_out = base.left_out(&changed);
    let after = before
        .clone()
        .repaired(&changed, delta, left_out, now)
        .map_err(|refusal| Error::refused(refusal, &before.name))?;
    let doubtful = doubtful(&base, &changed);
    let next = base.goes_on(&changes).then(|| {
        let away = (absent.officer.is_some(), absent.kit.is_some());
        Box::new(ready.next(&after, (known, base), &changed, away))
    });
    Ok(Box::new(Repair {
        before: before.clone(),
        after,
        disruption: disruption.clone(),
        changed,
        doubtful,
        compute_us,
        absent,
        prepared: next,
    }))
}

/// What stays as it is although it does not fit.
fn doubtful(base: &Base, changed: &[Changed]) -> Vec<String> {
    let touched = |why: &&String| changed.iter().any(|one| why.starts_with(&one.after.name));
    base.doubtful().iter().filter(|why| !touched(why)).cloned().collect()
}

/// That the disruption is about something that is there; the absence it brings is noted in `known`.
fn possible(
    (known, base): (&mut Known, &Base),
    disruption: &Disruption,
    schedule: &Schedule,
    now: DateTime<Utc>,
) -> Result<Away, Error> {
    let fault = |field: &str, fault: &str| {
        Error::Fields(server::Violations::of(format!("disruption.{field}"), fault))
    };
    let mut away = Away::default();
    match disruption {
        Disruption::OfficerAbsent(absence) => {
            let officer = known.officers.get_mut(&absence.code);
            let officer = officer.filter(|_| base.knows(absence, false)).ok_or_else(|| {
                let why = "is no officer of the bodies of the schedule";
                fault("officer_absent.certificate_no", why)
            })?;
            officer.note_absence((absence.from, absence.to));
            away.officer = Some(officer.clone());
        }
        Disruption::KitAbsent(absence) => {
            let kit = known.kits.iter_mut().find(|kit| kit.code == absence.code);
            let kit = kit.filter(|_| base.knows(absence, true)).ok_or_else(|| {
                fault("kit_absent.code", "is no kit that a visit of the schedule asks for")
            })?;
            kit.note_absence((absence.from, absence.to));
            away.kit = Some(kit.clone());
        }
        Disruption::Cancelled(name) => {
            let visit = known.visits.iter().find(|visit| visit.name == *name);
            let ahead = |visit: &Visit| {
                visit.state == VisitState::Published && visit.start_at.is_some_and(|at| at > now)
            };
            if !visit.is_some_and(ahead) {
                let why = "is no visit of the schedule that is dispatched and ahead";
                return Err(fault("visit_cancelled", why));
            }
        }
        Disruption::Urgent(_) => {}
    }
    let days = (schedule.period_start, schedule.period_end);
    let outside = |absence: &Absence| absence.to < days.0 || days.1 < absence.from;
    match disruption {
        Disruption::OfficerAbsent(absence) if outside(absence) => {
            Err(fault("officer_absent.to_day", "is outside the period of the schedule"))
        }
        Disruption::KitAbsent(absence) if outside(absence) => {
            Err(fault("kit_absent.to_day", "is outside the period of the schedule"))
        }
        Disruption::OfficerAbsent(_)
        | Disruption::KitAbsent(_)
        | Disruption::Cancelled(_)
        | Disruption::Urgent(_) => Ok(away),
    }
}

async fn write(
    tx: &impl ConnectionTrait,
    mut repair: Box<Repair>,
    office: &AgencyCode,
    (doer, reason, now): (&Doer, &str, DateTime<Utc>),
) -> Result<Written<pb::RepairScheduleResponse>, Error> {
    let name = repair.before.name.clone();
    let there: Schedule = store::read(tx, office, &name).await?;
    if there != repair.before {
        return Err(Error::Stale);
    }
    let year = clock::legal_date(now).year();
    let sent = repair.changed.iter().filter(|one| one.after.is_dispatched()).count();
    let sent = u32::try_from(sent).unwrap_or(u32::MAX);
    let mut number = store::notice_numbers(tx, year, sent).await?;
    let (mut entries, mut shown) = (Vec::new(), Vec::new());
    for one in &mut repair.changed {
        let visit = &mut one.after;
        if visit.is_dispatched() {
            visit.notice_no = format!("{office}检通〔{year}〕{number}号");
            visit.dispatched_at = Some(now);
            number += 1;
        }
        entries.push(happened(one, office, now).by(doer, now));
        for agency in one.after.agencies().into_iter().chain([office.clone()]) {
            shown.push((agency.clone(), one.after.name.clone()));
            shown.push((agency, name.clone()));
        }
    }
    shown.sort_unstable();
    shown.dedup();
    let visits: Vec<Visit> = repair.changed.iter().map(|one| one.after.clone()).collect();
    store::upsert(tx, &visits).await?;
    store::upsert(tx, repair.absent.officer.as_slice()).await?;
    store::upsert(tx, repair.absent.kit.as_slice()).await?;
    let past = repair.before.past();
    store::insert(tx, &past).await?;
    store::show_like(tx, &name, &past.name).await?;
    store::update(tx, &repair.after).await?;
    let plain = format!(
        "{}, edition {}: {}; {} visits change",
        repair.after.title,
        repair.after.edition,
        repair.disruption.told(),
        repair.changed.len()
    );
    let about = repair.changed.iter().map(|one| format!("{}:{}", one.kind, one.after.name));
    let happened = Happened::new("SCHEDULE_REPAIRED", &name, format!("{plain}: {reason}"));
    let happened = happened.under(law::O_03).plainly(plain);
    entries.push(happened.with(about.collect()).by(doer, now));
    Ok(Written { response: response(&repair, &repair.after), entries, shown })
}

/// What happened to a visit: for the bodies and their systems.
fn happened(one: &Changed, office: &AgencyCode, now: DateTime<Utc>) -> Happened {
    let visit = &one.after;
    let taken_back = || marks::recalled(&one.before, office, now);
    match one.kind {
        ChangeKind::Moved | ChangeKind::Reassigned | ChangeKind::Added => {
            let sent = marks::dispatched(visit, office, now);
            dispatched(visit).with(vec![format!("because:{}", one.because)]).marked(sent)
        }
        ChangeKind::Dropped => {
            let notice = &one.before.notice_no;
            let summary = format!("{notice} is taken back: {}", one.because);
            Happened::new("VISIT_RECALLED", &visit.name, summary)
                .under(law::I_03)
                .plainly(format!("{notice} is taken back: nobody can go"))
                .marked(taken_back())
        }
        ChangeKind::Cancelled => {
            let notice = &one.before.notice_no;
            let summary = format!("{notice} does not take place: {}", visit.cancel_reason);
            Happened::new("VISIT_CANCELLED", &visit.name, summary)
                .under(law::I_03)
                .plainly(format!("{notice} does not take place"))
                .marked(taken_back())
        }
    }
}

fn response(repair: &Repair, schedule: &Schedule) -> pb::RepairScheduleResponse {
    pb::RepairScheduleResponse {
        schedule: Some(message(schedule)),
        changes: repair.changed.iter().map(change).collect(),
        compute_us: repair.compute_us,
        doubtful: repair.doubtful.clone(),
    }
}
