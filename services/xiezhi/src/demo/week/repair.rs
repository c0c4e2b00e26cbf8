//! An officer falls ill in the middle of the week: the schedule is repaired, and the difference is shown.
//! Then what the visits that were left out would need.

use std::collections::{BTreeMap, BTreeSet};

use proto::operations::v1 as pb;

use super::{
    book::Book,
    county::County,
    days,
    matters::NOBODY_HOLDS,
    plan::{dispatched, listed},
    rules,
};
use crate::{
    command::call::called,
    demo::world::World,
    out::{local, table},
};

/// What a repair did.
pub(super) struct Repaired {
    /// Certificate of who is ill.
    pub officer: String,
    pub schedule: pb::Schedule,
    pub changes: Vec<pb::ScheduleChange>,
    /// Computing time in microseconds.
    pub compute_us: i64,
    /// The visits as they are dispatched now.
    pub visits: Vec<pb::Visit>,
    /// Numbers of the notices before the repair, by visit.
    notices: BTreeMap<String, String>,
}

/// Who has the most to do on the days from Wednesday on.
pub(super) fn busiest(visits: &[pb::Visit]) -> Option<String> {
    let from = days::day(2).to_string();
    let mut count: BTreeMap<&str, usize> = BTreeMap::new();
    for visit in visits.iter().filter(|visit| visit.day >= from) {
        for who in visit.groups.iter().flat_map(|group| &group.assigned) {
            *count.entry(who).or_default() += 1;
        }
    }
    // Of several, the first by certificate.
    let most = count.iter().max_by(|one, other| one.1.cmp(other.1).then(other.0.cmp(one.0)))?;
    Some((*most.0).to_owned())
}

/// Whether an officer goes to a visit from Wednesday on.
fn concerns(visit: &pb::Visit, officer: &str) -> bool {
    visit.day >= days::day(2).to_string()
        && visit.groups.iter().any(|group| group.assigned.iter().any(|who| who == officer))
}

/// When and by whom.
fn placed(visit: &pb::Visit) -> (Option<prost_types::Timestamp>, Vec<(&[String], &str)>) {
    let crews = visit.groups.iter().map(|one| (one.assigned.as_slice(), &*one.assigned_kit));
    (visit.start_time, crews.collect())
}

/// Reports the officer ill from Wednesday to Friday, and looks at what the repair changed.
pub(super) async fn repaired(
    (world, county, office): (&World, &County, &str),
    schedule: &pb::Schedule,
    before: &[pb::Visit],
    book: &mut Book,
) -> anyhow::Result<Repaired> {
    world.clock.set(days::instant(days::ILL)?);
    let officer = busiest(before).unwrap_or_default();
    let absent = pb::OfficerAbsent {
        certificate_no: officer.clone(),
        from_day: days::day(2).to_string(),
        to_day: days::day(4).to_string(),
    };
    let request = pb::RepairScheduleRequest {
        request_id: client::request_id(),
        name: schedule.name.clone(),
        etag: schedule.etag.clone(),
        disruption: Some(pb::Disruption {
            kind: Some(pb::disruption::Kind::OfficerAbsent(absent)),
            reason: "病假(示例)".to_owned(),
        }),
        dry_run: false,
        make_room: false,
        officer: format!("{office}-01"),
    };
    let answer = called(world.body(office)?.operations().repair_schedule(request).await)?;
    let visits = dispatched(world, office).await?;
    let affected: BTreeSet<&str> = before
        .iter()
        .filter(|visit| concerns(visit, &officer))
        .map(|visit| visit.name.as_str())
        .collect();
    let changed: BTreeSet<&str> = answer.changes.iter().map(|one| one.visit.as_str()).collect();
    book.equal("visits of the officer who is ill, all of them changed", affected.len(), {
        changed.intersection(&affected).count()
    });
    let goes = visits.iter().filter(|visit| concerns(visit, &officer)).count();
    book.equal("visits to which the ill officer still goes", 0, goes);
    let now: BTreeMap<&str, &pb::Visit> =
        visits.iter().map(|visit| (visit.name.as_str(), visit)).collect();
    let touched: Vec<String> = before
        .iter()
        .filter(|visit| !changed.contains(visit.name.as_str()))
        .filter(|visit| now.get(visit.name.as_str()).is_none_or(|one| placed(one) != placed(visit)))
        .map(|visit| visit.notice_no.clone())
        .collect();
    book.faultless("visits that changed without being in the difference", &touched);
    let moved = answer.changes.iter().filter(|one| one.kind == "MOVED" || one.kind == "DROPPED");
    let moved = moved.count();
    let came = format!("{} changes, {moved} of them of the time", answer.changes.len());
    book.holds("the repair changes little", "at most two visits for each affected", came, {
        answer.changes.len() <= 2 * affected.len()
    });
    book.faultless("rules that a visit breaks after the repair", &rules::broken(county, &visits));
    Ok(Repaired {
        officer,
        schedule: answer.schedule.unwrap_or_default(),
        changes: answer.changes,
        compute_us: answer.compute_us,
        visits,
        notices: before.iter().map(|one| (one.name.clone(), one.notice_no.clone())).collect(),
    })
}

impl Repaired {
    /// The first changes as a table: before and after.
    pub(super) fn table(&self, most: usize) -> comfy_table::Table {
        let mut table = table(&["NOTICE", "CHANGE", "BEFORE", "AFTER", "OUT", "IN"]);
        let mut notices: BTreeMap<&str, &str> =
            self.notices.iter().map(|(visit, number)| (visit.as_str(), number.as_str())).collect();
        notices.extend(self.visits.iter().map(|one| (one.name.as_str(), one.notice_no.as_str())));
        for change in self.changes.iter().take(most) {
            let visit = change.visit.as_str();
            table.add_row([
                (*notices.get(visit).unwrap_or(&visit)).to_owned(),
                change.kind.clone(),
                local(change.from_time),
                local(change.to_time),
                change.officers_out.join(" "),
                change.officers_in.join(" "),
            ]);
        }
        table
    }
}

/// Asks a place for every visit that has none and could have one, as an urgent one: lighter visits make
/// room for it.
///
/// Returns how many it found a place for, of how many.
pub(super) async fn made_room(
    (world, county, office): (&World, &County, &str),
    repaired: &mut Repaired,
    book: &mut Book,
) -> anyhow::Result<(usize, usize)> {
    let waiting = listed(world, office, "state = \"PLANNED\"").await?;
    let possible =
        |visit: &&pb::Visit| visit.groups.iter().all(|group| group.qualification != NOBODY_HOLDS.2);
    let waiting: Vec<String> =
        waiting.iter().filter(possible).map(|visit| visit.name.clone()).collect();
    for name in &waiting {
        let urgent = pb::Visit { name: name.clone(), ..pb::Visit::default() };
        let request = pb::RepairScheduleRequest {
            request_id: client::request_id(),
            name: repaired.schedule.name.clone(),
            etag: repaired.schedule.etag.clone(),
            disruption: Some(pb::Disruption {
                kind: Some(pb::disruption::Kind::UrgentVisit(urgent)),
                reason: "抽中的检查须在本周内完成(示例)".to_owned(),
            }),
            officer: format!("{office}-01"),
            ..pb::RepairScheduleRequest::default()
        };
        let answer = called(world.body(office)?.operations().repair_schedule(request).await)?;
        repaired.schedule = answer.schedule.unwrap_or_default();
        // Where there is no room, the answer says once more that it has no place.
        let new = |one: &pb::ScheduleChange| one.from_time.is_some() || one.to_time.is_some();
        repaired.changes.extend(answer.changes.into_iter().filter(new));
    }
    if !waiting.is_empty() {
        repaired.visits = dispatched(world, office).await?;
        let faults = rules::broken(county, &repaired.visits);
        book.faultless("rules that a visit breaks after room was made", &faults);
    }
    let still = listed(world, office, "state = \"PLANNED\"").await?;
    let found = waiting.iter().filter(|name| still.iter().all(|one| one.name != **name)).count();
    Ok((found, waiting.len()))
}

/// What could be placed with two more officers who hold what nobody holds.
pub(super) async fn what_if(
    (world, office): (&World, &str),
    schedule: &pb::Schedule,
    book: &mut Book,
) -> anyhow::Result<String> {
    let (agency, _, qualification) = NOBODY_HOLDS;
    let request = pb::AskWhatIfRequest {
        name: schedule.name.clone(),
        agency: agency.to_owned(),
        qualification: qualification.to_owned(),
        more_officers: 2,
        ..pb::AskWhatIfRequest::default()
    };
    let answer = called(world.body(office)?.operations().ask_what_if(request).await)?;
    let hard = schedule
        .unscheduled
        .iter()
        .find(|one| one.because.iter().any(|why| why.contains(qualification)));
    let found = hard.is_some_and(|hard| answer.visits.contains(&hard.visit));
    let told = format!(
        "{} of the {} visits left out, weight {}",
        answer.visits.len(),
        schedule.unscheduled.len(),
        answer.weight
    );
    let what = format!("with two more officers of {agency} who hold {qualification}");
    book.holds(&what, "the visit that asks for them has a place", &told, found);
    Ok(format!("{what}: {told}"))
}
