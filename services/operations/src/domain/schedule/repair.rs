//! A schedule that officers go by, kept ready for disruptions: each is repaired at the least change.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use solver::{
    Model, Placement, Plan, Score,
    roster::{Change, Limits, Roster, Why},
};

use super::{
    super::{resource::OfficerProfile, visit::Visit, word::VisitState},
    Unscheduled,
    carve::minute,
    freeze::{Frozen, Input, freeze},
    lenient::Lenient,
    outcome,
};
use crate::domain::word::ChangeKind;

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Disruption {
    /// An officer does not come.
    OfficerAbsent(Absence),
    /// A kit cannot be had.
    KitAbsent(Absence),
    /// The visit of this name does not take place.
    Cancelled(String),
    /// The visit of this name, which has no place, is to get one.
    Urgent(String),
}

/// Who or what is away, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Absence {
    /// Certificate, or code of the kit.
    pub code: String,
    /// The first day.
    pub from: NaiveDate,
    /// The last.
    pub to: NaiveDate,
}

impl Disruption {
    /// In words.
    pub fn told(&self) -> String {
        match self {
            Self::OfficerAbsent(Absence { code, from, to }) => {
                format!("{code} is absent from {from} to {to}")
            }
            Self::KitAbsent(Absence { code, from, to }) => {
                format!("{code} cannot be had from {from} to {to}")
            }
            Self::Cancelled(visit) => format!("{visit} does not take place"),
            Self::Urgent(visit) => format!("{visit} is urgent"),
        }
    }
}

/// One visit that changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// How.
    pub kind: ChangeKind,
    /// As it was.
    pub before: Visit,
    /// As it is now.
    pub after: Visit,
    /// Why.
    pub because: String,
}

/// The schedule as the solver holds it. Its visits are numbered as in the input it was made of.
#[derive(Clone, Debug)]
pub struct Base {
    pub(super) frozen: Frozen,
    pub(super) roster: Roster,
    /// Visits that no longer fit the problem and are left as they are.
    fixed: BTreeSet<u32>,
    doubtful: Vec<String>,
}

impl Base {
    /// Makes it of the visits of a schedule, those that have a place and others. A visit that does not
    /// fit what is known now stays as it is, and takes the time of its officers.
    ///
    /// # Errors
    /// What is missing or wrong, each a sentence.
    pub fn open(input: &Input<'_>) -> Result<Self, Vec<String>> {
        let lenient = Lenient::of(input);
        let mut fixed = BTreeSet::new();
        loop {
            let stay: Vec<Visit> = numbered(input.visits)
                .filter(|(n, _)| fixed.contains(n))
                .map(|(_, v)| v.clone())
                .collect();
            let frozen = freeze(&Input {
                fixed: &stay,
                officers: &lenient.officers,
                certified: &lenient.certified,
                kits: &lenient.kits,
                ..input.clone()
            })?;
            let model = Model::build(frozen.problem.clone());
            let model = model.map_err(|faults| vec![faults.to_string()])?;
            let (plan, unknown) = planned(&frozen, input.visits, &fixed);
            let (mut roster, misfits) = Roster::open(model, &plan);
            let before = fixed.len();
            fixed.extend(misfits.into_iter().chain(unknown));
            if fixed.len() > before {
                continue;
            }
            for (number, named) in (0..).zip(&frozen.resources) {
                if lenient.barred.contains(&named.code) {
                    roster.bar(number);
                }
            }
            let mut doubtful = lenient.doubtful;
            let hours = "hours, qualification, recusal or the way there changed";
            doubtful.extend(stay.iter().map(|visit| format!("{}: {hours}", visit.name)));
            return Ok(Self { frozen, roster, fixed, doubtful });
        }
    }

    /// Visits that no longer fit what is known, each with why.
    pub fn doubtful(&self) -> &[String] {
        &self.doubtful
    }

    /// Whether a visit has a place that does not fit the problem.
    pub(super) fn is_fixed(&self, number: u32) -> bool {
        self.fixed.contains(&number)
    }

    /// What the plan costs.
    pub fn score(&self) -> Score {
        self.roster.score()
    }

    /// Whether the body of some visit has this officer, or this kit.
    pub fn knows(&self, absence: &Absence, is_kit: bool) -> bool {
        self.resource(&absence.code, is_kit).is_some()
    }

    fn resource(&self, code: &str, is_kit: bool) -> Option<u32> {
        let mut all = (0..).zip(&self.frozen.resources);
        all.find(|(_, one)| one.is_kit == is_kit && one.code == code).map(|(number, _)| number)
    }

    /// What a repair may do at `now`: what has begun stays, and nothing is placed in the past.
    pub fn limits(&self, now: DateTime<Utc>, make_room: bool) -> Limits {
        let today = clock::legal_date(now);
        let ahead = self.frozen.days.iter().position(|day| *day >= today);
        let day = ahead.unwrap_or(self.frozen.days.len());
        let minute = if self.frozen.days.get(day) == Some(&today) { minute(now) + 1 } else { 0 };
        Limits { now: (super::freeze::count(day), minute), make_room }
    }

    /// Repairs; gives the new place of each visit that it touched, last word last.
    pub fn disrupt(
        &mut self,
        disruption: &Disruption,
        visits: &[Visit],
        limits: Limits,
    ) -> Vec<Change> {
        match disruption {
            Disruption::OfficerAbsent(absence) => self.absent(absence, false, visits, limits),
            Disruption::KitAbsent(absence) => self.absent(absence, true, visits, limits),
            Disruption::Cancelled(name) => {
                let Some(number) = self.number(name) else { return Vec::new() };
                let changes = self.roster.cancel(number, limits);
                told_of(number, changes)
            }
            Disruption::Urgent(name) => {
                let Some(number) = self.number(name) else { return Vec::new() };
                let limits = Limits { make_room: true, ..limits };
                let changes = self.roster.insert(number, limits);
                told_of(number, changes)
            }
        }
    }

    fn number(&self, name: &str) -> Option<u32> {
        (0..).zip(&self.frozen.visits).find(|(_, one)| *one == name).map(|(number, _)| number)
    }

    fn absent(
        &mut self,
        absence: &Absence,
        is_kit: bool,
        visits: &[Visit],
        limits: Limits,
    ) -> Vec<Change> {
        let Absence { code, from, to } = absence;
        let Some(resource) = self.resource(code, is_kit) else { return Vec::new() };
        let all = (0..).zip(&self.frozen.days);
        let days: Vec<u32> =
            all.filter(|(_, day)| (from..=to).contains(day)).map(|(number, _)| number).collect();
        let mut changes = self.roster.absent(resource, &days, limits);
        // What does not fit is not on the roster: it is placed as if it had had no place.
        let stays = |number: &u32| {
            let visit = visits.get(*number as usize)?;
            let day = visit.day()?;
            let goes = visit.groups.iter().any(|group| {
                if is_kit { group.assigned_kit == *code } else { group.assigned.contains(code) }
            });
            let ahead =
                visit.state == VisitState::Published && self.slot(visit) >= Some(limits.now);
            (goes && ahead && (from..=to).contains(&&day)).then_some(*number)
        };
        let stay: Vec<u32> = self.fixed.iter().filter_map(stays).collect();
        for number in stay {
            let placed = self.roster.insert(number, limits);
            changes.extend(told_of(number, placed));
        }
        changes
    }

    /// Day and minute of a visit, as the solver has them.
    fn slot(&self, visit: &Visit) -> Option<(u32, i32)> {
        let start = visit.start_at?;
        let day = clock::legal_date(start);
        let day = self.frozen.days.iter().position(|one| *one == day)?;
        Some((super::freeze::count(day), minute(start)))
    }

    /// Whether the next repair can go on from here: the time of a visit that did not fit is still taken.
    pub fn goes_on(&self, changes: &[Change]) -> bool {
        changes.iter().all(|change| !self.fixed.contains(&change.visit))
    }

    /// What the changes mean for the visits, each as it is now, with the reasons.
    pub fn told(
        &self,
        changes: &[Change],
        (disruption, reason): (&Disruption, &str),
        visits: &[Visit],
        (schedule, officers): (&str, &BTreeMap<String, OfficerProfile>),
    ) -> Vec<Changed> {
        // A visit may have been touched twice: where it is in the end counts.
        let last: BTreeMap<u32, &Change> = changes.iter().map(|one| (one.visit, one)).collect();
        let mut changed = Vec::new();
        for (number, change) in last {
            let Some(before) = visits.get(number as usize) else { continue };
            let after = self.after(change, before, (disruption, reason), schedule);
            let Some(kind) = kind(before, &after) else { continue };
            let because = self.because(change, kind, (disruption, reason));
            changed.push(Changed { kind, before: before.clone(), after, because });
        }
        let now: BTreeMap<&str, &Visit> =
            changed.iter().map(|one| (one.after.name.as_str(), &one.after)).collect();
        let days = outcome::days(
            visits.iter().map(|visit| *now.get(visit.name.as_str()).unwrap_or(&visit)),
        );
        for one in &mut changed {
            outcome::give_reasons(&mut one.after, &days, officers);
        }
        changed
    }

    fn after(
        &self,
        change: &Change,
        before: &Visit,
        (disruption, reason): (&Disruption, &str),
        schedule: &str,
    ) -> Visit {
        if *disruption == Disruption::Cancelled(before.name.clone()) {
            let mut visit = before.clone();
            visit.state = VisitState::Cancelled;
            reason.clone_into(&mut visit.cancel_reason);
            visit.version += 1;
            return visit;
        }
        let placed = change.to.as_ref();
        let placed =
            placed.and_then(|to| outcome::place(&self.frozen, to, before.clone(), schedule));
        let Some(mut visit) = placed else { return outcome::unplaced(before.clone()) };
        visit.state = VisitState::Published;
        visit.acknowledged_by.clear();
        visit
    }

    fn because(
        &self,
        change: &Change,
        kind: ChangeKind,
        (disruption, reason): (&Disruption, &str),
    ) -> String {
        let why = match change.why {
            Why::Affected => disruption.told(),
            Why::Room(heavier) => {
                let heavier = self.frozen.visits.get(heavier as usize).map_or("", String::as_str);
                format!("it makes room for {heavier}, as {}", disruption.told())
            }
        };
        let no_place = match kind {
            ChangeKind::Dropped => self
                .unscheduled(&[change.visit])
                .into_iter()
                .flat_map(|one| one.because)
                .map(|because| format!("; {because}"))
                .collect(),
            ChangeKind::Moved
            | ChangeKind::Reassigned
            | ChangeKind::Added
            | ChangeKind::Cancelled => String::new(),
        };
        format!("{why}: {reason}{no_place}")
    }

    /// Why some visits, by number, have no place.
    fn unscheduled(&self, numbers: &[u32]) -> Vec<Unscheduled> {
        let mut explained = self.roster.explain();
        explained.retain(|one| numbers.contains(&one.visit));
        outcome::unscheduled(&self.frozen, &explained)
    }

    /// Why the visits that lost their place have none.
    pub fn left_out(&self, changed: &[Changed]) -> Vec<Unscheduled> {
        let dropped = changed.iter().filter(|one| one.kind == ChangeKind::Dropped);
        let numbers: Vec<u32> = dropped.filter_map(|one| self.number(&one.after.name)).collect();
        if numbers.is_empty() { Vec::new() } else { self.unscheduled(&numbers) }
    }
}

/// The changes, and that a visit was tried even if it got no place.
fn told_of(number: u32, mut changes: Vec<Change>) -> Vec<Change> {
    if !changes.iter().any(|change| change.visit == number) {
        changes.push(Change { visit: number, from: None, to: None, why: Why::Affected });
    }
    changes
}

/// How a visit changed; `None`: not at all.
fn kind(before: &Visit, after: &Visit) -> Option<ChangeKind> {
    let crew = |visit: &Visit| -> Vec<(Vec<String>, String)> {
        let groups = visit.groups.iter();
        groups.map(|group| (group.assigned.clone(), group.assigned_kit.clone())).collect()
    };
    if after.state == VisitState::Cancelled {
        Some(ChangeKind::Cancelled)
    } else if after.start_at.is_none() {
        Some(ChangeKind::Dropped)
    } else if before.start_at.is_none() {
        Some(ChangeKind::Added)
    } else if before.start_at != after.start_at {
        Some(ChangeKind::Moved)
    } else {
        (crew(before) != crew(after)).then_some(ChangeKind::Reassigned)
    }
}

fn numbered(visits: &[Visit]) -> impl Iterator<Item = (u32, &Visit)> {
    (0..).zip(visits)
}

/// Where the visits are, and those that have a place which the problem does not know.
pub(super) fn planned(
    frozen: &Frozen,
    visits: &[Visit],
    fixed: &BTreeSet<u32>,
) -> (Plan, Vec<u32>) {
    let resources: BTreeMap<(bool, &str), u32> = frozen
        .resources
        .iter()
        .zip(0..)
        .map(|(one, number)| ((one.is_kit, one.code.as_str()), number))
        .collect();
    let days: BTreeMap<NaiveDate, u32> = frozen.days.iter().copied().zip(0..).collect();
    let (mut plan, mut unknown) = (Plan::default(), Vec::new());
    for (number, visit) in numbered(visits).filter(|(number, _)| !fixed.contains(number)) {
        let Some(start) = visit.start_at else { continue };
        let officers = |group: &super::super::visit::Group| group.assigned.len();
        let whole = visit
            .groups
            .iter()
            .all(|group| u32::try_from(officers(group)).is_ok_and(|n| n == group.officers));
        let mut crew = Vec::new();
        for group in &visit.groups {
            let kit = Some(&group.assigned_kit).filter(|kit| !kit.is_empty());
            crew.extend(group.assigned.iter().map(|who| resources.get(&(false, who.as_str()))));
            crew.extend(kit.map(|kit| resources.get(&(true, kit.as_str()))));
        }
        let crew: Option<Vec<u32>> = crew.into_iter().map(Option::<&u32>::copied).collect();
        match days.get(&clock::legal_date(start)).zip(crew).filter(|_| whole) {
            Some((day, crew)) => {
                let start = minute(start);
                plan.visits.push(Placement { visit: number, day: *day, start, crew });
            }
            None => unknown.push(number),
        }
    }
    (plan, unknown)
}
