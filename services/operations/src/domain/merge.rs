//! Merging (综合查一次): the checks of one subject become as few visits as the rules allow, and what is
//! kept apart says why.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use types::{AgencyCode, Id};

use super::{
    check::Check,
    settings::Settings,
    visit::{Group, Visit, Window},
    word::{Tier, VisitState},
};

#[cfg(test)]
mod tests;

/// What is merged, and what must be known for it.
#[derive(Clone, Debug)]
pub struct Merging<'a> {
    /// The checks that are in no visit yet.
    pub checks: Vec<Check>,
    /// The working days of the period, ascending.
    pub days: Vec<NaiveDate>,
    /// What the caps leave, by body and subject.
    pub room: BTreeMap<(AgencyCode, String), Room>,
    /// The settings.
    pub settings: &'a Settings,
    /// When.
    pub now: DateTime<Utc>,
}

/// How much a cap leaves of a subject's year for one body (I-04).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Room {
    /// Inspections this year that count.
    pub counted: u32,
    /// Visits that are planned and will count.
    pub planned: u32,
    /// The cap; none: the body has not published one.
    pub cap: Option<u32>,
}

impl Room {
    fn is_full(self) -> bool {
        self.cap.is_some_and(|cap| self.counted + self.planned >= cap)
    }
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Merged {
    /// The visits, by subject and day.
    pub visits: Vec<Visit>,
    /// Subjects with more than one visit, with why.
    pub apart: Vec<Apart>,
    /// Checks for which a cap left no room.
    pub capped: Vec<Capped>,
    /// Checks that take place although a cap left no room.
    pub over_cap: Vec<Capped>,
    /// Checks whose window has no working day in the period.
    pub without_day: Vec<Check>,
    /// Visits of enterprises that need not take place.
    pub saved: usize,
}

/// A subject that is visited more than once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Apart {
    /// Name of the subject.
    pub subject: String,
    /// Names of the checks.
    pub checks: Vec<String>,
    /// Names of the visits.
    pub visits: Vec<String>,
    /// Why, each a sentence.
    pub because: Vec<String>,
}

/// A check that meets a cap that is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capped {
    /// The check.
    pub check: Check,
    /// What the cap counted.
    pub room: Room,
    /// Why it takes place even so; empty: it does not.
    pub because: String,
}

/// A check, and the first and last working day on which it may take place: positions in the days.
struct Open {
    check: Check,
    first: usize,
    last: usize,
    /// Why it takes place although the cap is reached; empty: within the cap.
    over_cap: String,
}

/// Merges.
pub fn merge(merging: Merging<'_>) -> Merged {
    let Merging { checks, days, mut room, settings, now } = merging;
    let mut merged = Merged::default();
    let mut by_subject: BTreeMap<String, Vec<Open>> = BTreeMap::new();
    for check in checks {
        let first = days.partition_point(|day| *day < check.window_start);
        let end = days.partition_point(|day| *day <= check.window_end);
        if first < end {
            let open = Open { check, first, last: end - 1, over_cap: String::new() };
            by_subject.entry(open.check.subject.clone()).or_default().push(open);
        } else {
            merged.without_day.push(check);
        }
    }
    for (subject, open) in by_subject {
        let names = open.iter().map(|one| one.check.name.clone()).collect();
        let (mut together, mut because) = grouped(open, &days);
        // What matters most takes what room a cap leaves.
        together
            .sort_by_key(|some| std::cmp::Reverse(some.iter().map(|one| one.check.weight).max()));
        let mut visits = Vec::new();
        for some in together {
            let (some, capped) = within_cap(some, &mut room, settings);
            let (out, over): (Vec<Capped>, Vec<Capped>) =
                capped.into_iter().partition(|one| one.because.is_empty());
            merged.capped.extend(out);
            merged.over_cap.extend(over);
            if !some.is_empty() {
                merged.saved += some.len() - 1;
                visits.push(visit(&some, &days, settings, now));
            }
        }
        visits.sort_by(|one, other| one.windows.cmp(&other.windows));
        if visits.len() > 1 {
            because.sort_unstable();
            because.dedup();
            let visits = visits.iter().map(|visit| visit.name.clone()).collect();
            merged.apart.push(Apart { subject, checks: names, visits, because });
        }
        merged.visits.extend(visits);
    }
    merged
}

/// The fewest groups of checks that share a day, and why they are not one. The check whose window
/// ends first is met on its last day, with all whose windows have begun by then.
fn grouped(open: Vec<Open>, days: &[NaiveDate]) -> (Vec<Vec<Open>>, Vec<String>) {
    let (alone, mut rest): (Vec<Open>, Vec<Open>) =
        open.into_iter().partition(|one| !one.check.alone_because.is_empty());
    let mut because: Vec<String> = alone
        .iter()
        .map(|one| format!("{}: {}", one.check.name, one.check.alone_because))
        .collect();
    let mut groups: Vec<Vec<Open>> = Vec::new();
    let by_end = |one: &Open, other: &Open| {
        (one.last, one.first, &one.check.name).cmp(&(other.last, other.first, &other.check.name))
    };
    rest.sort_by(by_end);
    while let Some(meet) = rest.first().map(|one| one.last) {
        let (with, later): (Vec<Open>, Vec<Open>) =
            rest.into_iter().partition(|one| one.first <= meet);
        if let Some(next) = later.first() {
            because.push(format!(
                "the window of {} ends on {}, before that of {} begins on {}",
                with[0].check.name, days[meet], next.check.name, days[next.first]
            ));
        }
        let (with, of_others) = of_one_operation(with);
        if let Some(other) = of_others.first() {
            let (one, other) = (&with[0].check.name, &other.check.name);
            because.push(format!("{one} and {other} belong to two joint operations"));
        }
        groups.push(with);
        rest = of_others;
        rest.extend(later);
        rest.sort_by(by_end);
    }
    groups.extend(alone.into_iter().map(|one| vec![one]));
    (groups, because)
}

/// Parts the checks of another joint operation than the first that is of one: each operation is approved and
/// ends for itself (I-03).
fn of_one_operation(with: Vec<Open>) -> (Vec<Open>, Vec<Open>) {
    let first = with.iter().find_map(|one| one.check.operation()).map(str::to_owned);
    let same = |one: &Open| one.check.operation().is_none_or(|of| Some(of) == first.as_deref());
    with.into_iter().partition(same)
}

/// Takes out the checks of bodies whose cap is reached, unless their origin is outside the cap or the head
/// gave a reason; counts the visit for the others. Names all that meet a cap that is reached.
fn within_cap(
    some: Vec<Open>,
    room: &mut BTreeMap<(AgencyCode, String), Room>,
    settings: &Settings,
) -> (Vec<Open>, Vec<Capped>) {
    let mut counted = BTreeSet::new();
    let (mut kept, mut capped) = (Vec::new(), Vec::new());
    for mut one in some {
        let key = (one.check.agency.clone(), one.check.subject.clone());
        if counted.contains(&key) {
            kept.push(one);
            continue;
        }
        let exempt = settings.is_exempt(one.check.origin);
        let left = room.entry(key.clone()).or_default();
        if left.is_full() {
            one.over_cap = if exempt {
                format!("{} is outside the cap", one.check.origin)
            } else {
                one.check.over_cap_because.clone()
            };
            let (check, because) = (one.check.clone(), one.over_cap.clone());
            capped.push(Capped { check, room: *left, because });
            if one.over_cap.is_empty() {
                continue;
            }
        }
        if !exempt {
            left.planned += 1;
            counted.insert(key);
        }
        kept.push(one);
    }
    (kept, capped)
}

fn visit(some: &[Open], days: &[NaiveDate], settings: &Settings, now: DateTime<Utc>) -> Visit {
    let first = some.iter().map(|one| one.first).max().unwrap_or_default();
    let last = some.iter().map(|one| one.last).min().unwrap_or_default();
    let window = |day: &NaiveDate| Window {
        day: *day,
        from_minute: settings.visit_from_minute,
        to_minute: settings.visit_to_minute,
    };
    let checks = || some.iter().map(|one| &one.check);
    let operation = checks().find_map(Check::operation);
    let weight: u32 = checks().map(|check| check.weight).sum();
    Visit {
        name: format!("visits/{}", Id::<Visit>::new(now)),
        subject: checks().next().map(|check| check.subject.clone()).unwrap_or_default(),
        groups: groups(some, settings),
        windows: days.get(first..=last).unwrap_or_default().iter().map(window).collect(),
        // The bodies work side by side (D).
        minutes: checks().map(|check| check.minutes).max().unwrap_or_default(),
        weight: weight.min(settings.visit_weight_max),
        checks: checks().map(|check| check.name.clone()).collect(),
        operation: operation.map(str::to_owned),
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
        version: 1,
    }
}

/// One group for each body; a second one only where two qualifications or kits are asked for.
fn groups(some: &[Open], settings: &Settings) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let fits = |one: &str, other: &str| one.is_empty() || other.is_empty() || one == other;
    for Open { check, over_cap, .. } in some {
        let exempt = settings.is_exempt(check.origin);
        let same = groups.iter_mut().find(|group| {
            group.agency == check.agency
                && fits(&group.qualification, &check.qualification)
                && fits(&group.kit, &check.kit)
        });
        let Some(group) = same else {
            groups.push(Group {
                agency: check.agency.clone(),
                officers: check.officers,
                qualification: check.qualification.clone(),
                kit: check.kit.clone(),
                matters: check.matters.clone(),
                ranking: check.ranking.clone(),
                exempt,
                over_cap: over_cap.clone(),
                assigned: Vec::new(),
                assigned_kit: String::new(),
                passed_over: Vec::new(),
            });
            continue;
        };
        group.officers = group.officers.max(check.officers);
        group.exempt &= exempt;
        if group.over_cap.is_empty() {
            group.over_cap.clone_from(over_cap);
        }
        for (of, wanted) in
            [(&mut group.qualification, &check.qualification), (&mut group.kit, &check.kit)]
        {
            if of.is_empty() {
                of.clone_from(wanted);
            }
        }
        // The officers are those of a draw, if one of the checks was drawn.
        if group.ranking.is_empty() {
            group.ranking.clone_from(&check.ranking);
        }
        for matter in &check.matters {
            if !group.matters.contains(matter) {
                group.matters.push(matter.clone());
            }
        }
    }
    groups.sort_by(|one, other| one.agency.cmp(&other.agency));
    groups
}

/// What a body is told about a check that meets a cap that is reached.
pub fn told(capped: &Capped, tier: Tier) -> String {
    let Capped { check, room, because } = capped;
    let even_so =
        if because.is_empty() { String::new() } else { format!("; it takes place: {because}") };
    format!(
        "{}: {} inspected {} {} times this year and has {} visits planned; the cap of tier {tier} is \
         {} (I-04){even_so}",
        check.name,
        check.agency,
        check.subject,
        room.counted,
        room.planned,
        room.cap.unwrap_or_default()
    )
}
