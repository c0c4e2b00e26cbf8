//! What a plan means for the visits: who goes when, who was passed over and why, who stays at home.

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, NaiveDate, NaiveTime, Utc};
use solver::{
    Placement, Plan,
    explain::{Explanation, Obstacle, Others},
};

use super::{
    super::{
        resource::OfficerProfile,
        visit::{Group, Visit},
        word::VisitState,
    },
    Unscheduled,
    freeze::{Frozen, seats},
};

/// When officers are where: by certificate and day, start, end and name of each visit.
pub(super) type Days = BTreeMap<(String, NaiveDate), Vec<(DateTime<Utc>, DateTime<Utc>, String)>>;

/// Gives each visit its place in the plan, and the plan's reasons. `visits` are those of the problem, by
/// their numbers, those that changed meanwhile left out; visits without a place are not touched.
pub fn apply(
    frozen: &Frozen,
    plan: &Plan,
    visits: BTreeMap<u32, Visit>,
    schedule: &str,
    officers: &BTreeMap<String, OfficerProfile>,
) -> Vec<Visit> {
    let mut placed: Vec<Visit> = visits
        .into_iter()
        .filter_map(|(number, visit)| place(frozen, plan.get(number)?, visit, schedule))
        .collect();
    let days = days(placed.iter());
    for visit in &mut placed {
        give_reasons(visit, &days, officers);
    }
    placed
}

/// When the officers of some visits are where.
pub(super) fn days<'a>(visits: impl Iterator<Item = &'a Visit>) -> Days {
    let mut days = Days::new();
    for visit in visits {
        let Some((start, end)) = visit.start_at.zip(visit.end_at) else { continue };
        for who in visit.groups.iter().flat_map(|group| &group.assigned) {
            let key = (who.clone(), clock::legal_date(start));
            days.entry(key).or_default().push((start, end, visit.name.clone()));
        }
    }
    days
}

/// Says of everybody who was passed over why.
pub(super) fn give_reasons(
    visit: &mut Visit,
    days: &Days,
    officers: &BTreeMap<String, OfficerProfile>,
) {
    let Some((start, end)) = visit.start_at.zip(visit.end_at) else { return };
    let subject = visit.subject.clone();
    for group in &mut visit.groups {
        group.passed_over = passed_over(group, &subject, (start, end), (days, officers));
    }
}

/// Gives a visit its place.
pub(super) fn place(
    frozen: &Frozen,
    placement: &Placement,
    mut visit: Visit,
    schedule: &str,
) -> Option<Visit> {
    let day = *frozen.days.get(placement.day as usize)?;
    let midnight = day.and_time(NaiveTime::MIN).and_local_timezone(clock::SHANGHAI).single()?;
    let start = midnight.to_utc() + Duration::minutes(i64::from(placement.start));
    visit.start_at = Some(start);
    visit.end_at = Some(start + Duration::minutes(i64::from(visit.minutes)));
    visit.schedule = Some(schedule.to_owned());
    visit.state = VisitState::Scheduled;
    let mut crew = placement.crew.iter();
    for group in &mut visit.groups {
        let (mut assigned, mut kit) = (Vec::new(), String::new());
        for (is_kit, _, count) in seats(group) {
            for _ in 0..count {
                let who = frozen.resources.get(*crew.next()? as usize)?;
                if is_kit {
                    who.code.clone_into(&mut kit);
                } else {
                    assigned.push(who.code.clone());
                }
            }
        }
        (group.assigned, group.assigned_kit) = (assigned, kit);
    }
    visit.version += 1;
    Some(visit)
}

/// The visit has no place any more.
pub fn unplaced(mut visit: Visit) -> Visit {
    visit.state = VisitState::Planned;
    (visit.start_at, visit.end_at, visit.schedule) = (None, None, None);
    visit.notice_no.clear();
    visit.dispatched_at = None;
    visit.acknowledged_by.clear();
    for group in &mut visit.groups {
        group.assigned.clear();
        group.assigned_kit.clear();
        group.passed_over.clear();
    }
    visit.version += 1;
    visit
}

/// Everybody ranked before the last one who goes, and does not go: each with a reason that can be
/// checked (O-08).
fn passed_over(
    group: &Group,
    subject: &str,
    (start, end): (DateTime<Utc>, DateTime<Utc>),
    (days, officers): (&Days, &BTreeMap<String, OfficerProfile>),
) -> Vec<(String, String)> {
    let goes = |one: &String| group.assigned.contains(one);
    let Some(last) = group.ranking.iter().rposition(goes) else { return Vec::new() };
    let day = clock::legal_date(start);
    let reason = |one: &String| {
        let Some(officer) = officers.get(one) else { return "left the list".to_owned() };
        if let Some(recusal) = officer.recusal(subject) {
            return format!("recused: {} (O-07)", recusal.reason);
        }
        if officer.is_absent(day) {
            return format!("absent on {day}");
        }
        let here = days.get(&(one.clone(), day)).map_or(&[][..], Vec::as_slice);
        let time = |at: DateTime<Utc>| at.with_timezone(&clock::SHANGHAI).format("%H:%M");
        let during = here.iter().find(|(from, to, _)| *from < end && start < *to);
        if let Some((from, to, visit)) = during {
            return format!("at {visit} from {} to {}", time(*from), time(*to));
        }
        if let Some((from, to, visit)) = here.first() {
            let (from, to) = (time(*from), time(*to));
            return format!("at {visit} from {from} to {to} that day, and the way between");
        }
        format!(
            "not sent on {day}: certificate, shift, qualification or the travel and load of the whole \
             plan; chosen within the first three times {} of the ranking",
            group.officers
        )
    };
    let before = group.ranking.iter().take(last).filter(|one| !goes(one));
    before.map(|one| (one.clone(), reason(one))).collect()
}

/// The visits that were left out, in words.
pub fn unscheduled(frozen: &Frozen, explained: &[Explanation]) -> Vec<Unscheduled> {
    let told = explained.iter().filter_map(|one| {
        let task = frozen.problem.visits.get(one.visit as usize)?;
        let mut because = Vec::new();
        let mut would_help = Vec::new();
        for obstacle in &one.obstacles {
            let (why, help) = told(frozen, one, *obstacle);
            because.push(why);
            would_help.push(help);
        }
        Some(Unscheduled {
            visit: frozen.visits.get(one.visit as usize)?.clone(),
            weight: task.weight,
            because,
            would_help,
        })
    });
    told.collect()
}

fn told(frozen: &Frozen, one: &Explanation, obstacle: Obstacle) -> (String, String) {
    let task = frozen.problem.visits.get(one.visit as usize);
    match obstacle {
        Obstacle::NoWindow => {
            let minutes = task.map_or(0, |task| task.minutes);
            (
                format!(
                    "no window in the period is as long as the visit, {minutes} minutes, and far \
                     enough from other visits of the subject"
                ),
                "a longer window, or a later period".to_owned(),
            )
        }
        Obstacle::Spacing { other } => {
            let other = frozen.visits.get(other as usize).map_or("", String::as_str);
            (
                format!("{other} of the same subject is too close"),
                format!("a window on another day, or without {other}"),
            )
        }
        Obstacle::Cap { cap } => {
            let of = frozen.caps.get(cap as usize);
            let (agency, subject) =
                of.map_or(("", ""), |(agency, subject)| (agency.as_str(), subject));
            (
                format!("the yearly cap of {agency} for {subject} is reached (I-04)"),
                "the next year".to_owned(),
            )
        }
        Obstacle::Short { group, missing, others } => {
            let seats = task.and_then(|task| task.groups.get(group as usize));
            let pool = seats.and_then(|seats| frozen.pools.get(seats.pool as usize));
            let (agency, kit) = pool.map_or(("", ""), |(agency, kit)| (agency.as_str(), kit));
            let held = seats.and_then(|seats| seats.qualification);
            let held = held.and_then(|held| frozen.qualifications.get(held as usize));
            let what = match (kit, held) {
                ("", None) => "officers".to_owned(),
                ("", Some(held)) => format!("officers with {held}"),
                (kit, _) => format!("kits {kit}"),
            };
            let at = at(frozen, one);
            (
                format!("{agency} lacks {missing} {what} {at}: {}", told_of(others)),
                format!("{missing} more {what} of {agency} {at}"),
            )
        }
    }
}

fn at(frozen: &Frozen, one: &Explanation) -> String {
    let day = frozen.days.get(one.day as usize).map(ToString::to_string).unwrap_or_default();
    format!("on {day} at {:02}:{:02}", one.start / 60, one.start % 60)
}

/// What those do who would fit.
fn told_of(others: Others) -> String {
    let Others { recused, uncertified, absent, busy, free } = others;
    let parts = [
        (recused, "recused (O-07)"),
        (uncertified, "without a valid certificate (O-05)"),
        (absent, "off shift or absent"),
        (busy, "at other visits or on the way"),
        (free, "free, and needed here already"),
    ];
    let parts: Vec<String> = parts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    if parts.is_empty() { "nobody would fit".to_owned() } else { parts.join(", ") }
}
