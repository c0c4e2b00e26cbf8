//! An independent checker: it reads only the problem and the plan, minute by minute, and shares no code
//! with the search. What it finds is a fault of the search, or of whoever changed the plan.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    explain::{Explanation, Obstacle},
    plan::{Placement, Plan, Score},
    problem::{Group, Pool, Problem, Resource, Travel, Visit},
};

/// A rule that a plan breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Breach {
    /// The visit is not in the problem, or stands in the plan twice.
    Visit(u32),
    /// It is not wholly within one of its windows.
    Window(u32),
    /// The crew is not as large as its groups, or names someone twice.
    Crew(u32),
    /// Someone stands in a group without being of its pool, its panel, or so qualified.
    Qualification(u32, u32),
    /// Someone takes part who is recused.
    Recused(u32, u32),
    /// Someone takes part without a valid certificate.
    Certificate(u32, u32),
    /// Someone is asked to be where they cannot be in time, or outside their shift.
    Travel(u32, u32),
    /// Two visits are too close to each other.
    Spacing(u32, u32),
    /// More visits of a set take place than may.
    Cap(u32),
}

/// All rules that a plan breaks; none when it may be published.
#[must_use]
pub fn check(problem: &Problem, plan: &Plan) -> BTreeSet<Breach> {
    let mut breaches = BTreeSet::new();
    let mut seen = BTreeSet::new();
    for placed in &plan.visits {
        let known = problem.visits.get(placed.visit as usize);
        let Some(visit) = known.filter(|_| seen.insert(placed.visit)) else {
            breaches.insert(Breach::Visit(placed.visit));
            continue;
        };
        one(problem, visit, placed, &mut breaches);
    }
    for (resource, stops) in by_resource(plan) {
        let Some(it) = problem.resources.get(resource as usize) else { continue };
        for stop in &stops {
            if !can_be_at(problem, it, &stops, stop) {
                breaches.insert(Breach::Travel(stop.visit, resource));
            }
        }
    }
    for spacing in &problem.spacings {
        let days = |visit| plan.visits.iter().find(|p| p.visit == visit).map(|p| p.day);
        if let (Some(one), Some(other)) = (days(spacing.one), days(spacing.other))
            && one.abs_diff(other) < spacing.days
        {
            breaches.insert(Breach::Spacing(spacing.one, spacing.other));
        }
    }
    for (index, cap) in (0..).zip(&problem.caps) {
        let held = cap.visits.iter().filter(|visit| seen.contains(visit)).count();
        if held > cap.at_most as usize {
            breaches.insert(Breach::Cap(index));
        }
    }
    breaches
}

fn one(problem: &Problem, visit: &Visit, placed: &Placement, breaches: &mut BTreeSet<Breach>) {
    let end = placed.start + visit.minutes;
    let within =
        |w: &crate::problem::Shift| w.day == placed.day && w.from <= placed.start && end <= w.to;
    if !visit.windows.iter().any(within) {
        breaches.insert(Breach::Window(placed.visit));
    }
    let mut places: Vec<&Group> = Vec::new();
    for group in &visit.groups {
        for _ in 0..group.count {
            places.push(group);
        }
    }
    let distinct: BTreeSet<_> = placed.crew.iter().collect();
    if distinct.len() != placed.crew.len() || placed.crew.len() != places.len() {
        breaches.insert(Breach::Crew(placed.visit));
    }
    for (&resource, group) in placed.crew.iter().zip(places) {
        let Some(it) = problem.resources.get(resource as usize) else {
            breaches.insert(Breach::Crew(placed.visit));
            continue;
        };
        if !belongs(it, resource, group, placed.day) {
            breaches.insert(Breach::Qualification(placed.visit, resource));
        }
        if visit.recused.contains(&resource) {
            breaches.insert(Breach::Recused(placed.visit, resource));
        }
        if !certified(it, placed.day) {
            breaches.insert(Breach::Certificate(placed.visit, resource));
        }
    }
}

fn belongs(it: &Resource, index: u32, group: &Group, day: u32) -> bool {
    let held = |asked| {
        it.qualifications
            .iter()
            .any(|q| q.id == asked && q.valid.first <= day && day <= q.valid.last)
    };
    it.pool == group.pool
        && group.qualification.is_none_or(held)
        && group.panel.as_ref().is_none_or(|panel| panel.contains(&index))
}

fn certified(it: &Resource, day: u32) -> bool {
    it.certified.is_none_or(|valid| valid.first <= day && day <= valid.last)
}

/// Where somebody is to be.
#[derive(Clone, Copy)]
struct Stop {
    visit: u32,
    day: u32,
    start: i32,
    end: i32,
    place: u32,
}

fn by_resource(plan: &Plan) -> BTreeMap<u32, Vec<Stop>> {
    let mut found: BTreeMap<u32, Vec<Stop>> = BTreeMap::new();
    for placed in &plan.visits {
        for &resource in &placed.crew {
            let stop = Stop {
                visit: placed.visit,
                day: placed.day,
                start: placed.start,
                end: 0,
                place: 0,
            };
            found.entry(resource).or_default().push(stop);
        }
    }
    found
}

/// Whether somebody can be at a stop, given their other stops: in a shift of theirs, from the base or
/// the stop before, and on to the base or the stop after.
fn can_be_at(problem: &Problem, it: &Resource, stops: &[Stop], stop: &Stop) -> bool {
    let full = |stop: &Stop| {
        let visit = &problem.visits[stop.visit as usize];
        Stop { end: stop.start + visit.minutes, place: visit.place, ..*stop }
    };
    let known = |stop: &&Stop| (stop.visit as usize) < problem.visits.len();
    let stop = full(stop);
    it.shifts.iter().filter(|shift| shift.day == stop.day).any(|shift| {
        let others = stops.iter().filter(known).map(full);
        let mut same: Vec<Stop> = others
            .filter(|o| o.day == stop.day && o.visit != stop.visit)
            .filter(|o| shift.from <= o.start && o.end <= shift.to)
            .collect();
        same.sort_by_key(|other| other.start);
        let before = same.iter().rev().find(|other| other.start <= stop.start);
        let after = same.iter().find(|other| other.start > stop.start);
        let (free, from) = before.map_or((shift.from, it.base), |b| (b.end, b.place));
        let (due, to) = after.map_or((shift.to, it.base), |a| (a.start, a.place));
        free + minutes(problem, from, stop.place) <= stop.start
            && stop.end + minutes(problem, stop.place, to) <= due
    })
}

/// Minutes from one place to another.
fn minutes(problem: &Problem, from: u32, to: u32) -> i32 {
    match &problem.travel {
        Travel::Matrix(rows) => rows[from as usize][to as usize],
        Travel::Coordinates(c) => {
            let (a, b) = (c.points[from as usize], c.points[to as usize]);
            let square = (a.0 - b.0).pow(2) + (a.1 - b.1).pow(2);
            if square == 0 {
                return 0;
            }
            // The least whole metres that are not shorter, found by halving.
            let (mut low, mut high) = (0_i64, 400_000_000_i64);
            while high - low > 1 {
                let middle = i64::midpoint(low, high);
                if middle * middle >= square { high = middle } else { low = middle }
            }
            let road = high * i64::from(c.road_permille);
            let per_minute = i64::from(c.metres_per_minute) * 1000;
            let driven = (road + per_minute - 1) / per_minute + i64::from(c.start_minutes);
            i32::try_from(driven.min(i64::from(crate::limits::MINUTES))).unwrap_or(i32::MAX)
        }
    }
}

/// The score of a plan, counted anew.
#[must_use]
pub fn score(problem: &Problem, plan: &Plan) -> Score {
    let (mut travel, mut loads) = (0_i64, BTreeMap::new());
    for (resource, stops) in by_resource(plan) {
        let Some(it) = problem.resources.get(resource as usize) else { continue };
        let mut ways: BTreeMap<usize, Vec<Stop>> = BTreeMap::new();
        for stop in &stops {
            let Some(visit) = problem.visits.get(stop.visit as usize) else { continue };
            *loads.entry(resource).or_insert(0_i64) += i64::from(visit.minutes);
            let shift = it.shifts.iter().position(|shift| {
                shift.day == stop.day && (shift.from..=shift.to).contains(&stop.start)
            });
            let stop = Stop { place: visit.place, ..*stop };
            ways.entry(shift.unwrap_or(usize::MAX)).or_default().push(stop);
        }
        for way in ways.values_mut() {
            way.sort_by_key(|stop| stop.start);
            let mut here = it.base;
            for place in way.iter().map(|stop| stop.place).chain([it.base]) {
                travel += i64::from(minutes(problem, here, place));
                here = place;
            }
        }
    }
    let mut longest: BTreeMap<u32, i64> = BTreeMap::new();
    for (resource, load) in loads {
        let pool = problem.resources[resource as usize].pool;
        if problem.pools.get(pool as usize) == Some(&Pool::Body) {
            let most = longest.entry(pool).or_insert(0);
            *most = load.max(*most);
        }
    }
    let out = (0..).zip(&problem.visits).filter(|(index, _)| plan.get(*index).is_none());
    let left_out: i64 = out.map(|(_, visit)| i64::from(visit.weight)).sum();
    let longest_load: i64 = longest.values().sum();
    let objective = &problem.objective;
    let total = left_out * i64::from(objective.left_out)
        + travel * i64::from(objective.travel)
        + longest_load * i64::from(objective.longest_load);
    Score { left_out, travel, longest_load, total }
}

/// Whether an explanation is true: at its time its obstacles keep the visit out and nothing else does,
/// and at no other time fewer would.
#[must_use]
pub fn confirms(problem: &Problem, plan: &Plan, said: &Explanation) -> bool {
    let Some(visit) = problem.visits.get(said.visit as usize) else { return false };
    if plan.get(said.visit).is_some() {
        return false;
    }
    let fitting: Vec<_> = visit.windows.iter().filter(|w| w.to - w.from >= visit.minutes).collect();
    if said.obstacles == [Obstacle::NoWindow] {
        return fitting.is_empty();
    }
    let claimed: u32 = said.obstacles.iter().map(|obstacle| size(*obstacle)).sum();
    let lacks = said.obstacles.iter().filter(|it| matches!(it, Obstacle::Short { .. }));
    let short: u32 = lacks.map(|obstacle| size(*obstacle)).sum();
    let stops = by_resource(plan);
    let mut true_there = false;
    for window in fitting {
        for start in window.from..=window.to - visit.minutes {
            let found = obstacles(problem, plan, &stops, said.visit, (window.day, start));
            if found.0 + found.1 < claimed {
                return false;
            }
            let there = (window.day, start) == (said.day, said.start);
            true_there |= there && found == (claimed - short, short);
        }
    }
    true_there && claimed > 0
}

const fn size(obstacle: Obstacle) -> u32 {
    match obstacle {
        Obstacle::NoWindow | Obstacle::Spacing { .. } | Obstacle::Cap { .. } => 1,
        Obstacle::Short { missing, .. } => missing,
    }
}

/// How many rules keep a visit from a time, and how many people or kits it lacks then.
fn obstacles(
    problem: &Problem,
    plan: &Plan,
    stops: &BTreeMap<u32, Vec<Stop>>,
    index: u32,
    (day, start): (u32, i32),
) -> (u32, u32) {
    let close = |spacing: &&crate::problem::Spacing| {
        let other = if spacing.one == index { spacing.other } else { spacing.one };
        (spacing.one == index || spacing.other == index)
            && plan.get(other).is_some_and(|placed| placed.day.abs_diff(day) < spacing.days)
    };
    let full = |cap: &&crate::problem::Cap| {
        let held = cap.visits.iter().filter(|visit| plan.get(**visit).is_some()).count();
        cap.visits.contains(&index) && held >= cap.at_most as usize
    };
    let rules =
        problem.spacings.iter().filter(close).count() + problem.caps.iter().filter(full).count();
    let visit = &problem.visits[index as usize];
    let stop = Stop { visit: index, day, start, end: 0, place: 0 };
    let none = Vec::new();
    let free = |resource: u32| {
        let it = &problem.resources[resource as usize];
        let others = stops.get(&resource).unwrap_or(&none);
        !visit.recused.contains(&resource)
            && certified(it, day)
            && can_be_at(problem, it, others, &stop)
    };
    let mut missing = 0;
    let pools: BTreeSet<u32> = visit.groups.iter().map(|group| group.pool).collect();
    for pool in pools {
        let of_pool = (0..).zip(&problem.resources).filter(|(_, it)| it.pool == pool);
        let people: Vec<u32> = of_pool.map(|(r, _)| r).filter(|&r| free(r)).collect();
        let mut places: Vec<&Group> = Vec::new();
        for group in visit.groups.iter().filter(|group| group.pool == pool) {
            places.extend(std::iter::repeat_n(group, group.count as usize));
        }
        let mut taken: BTreeMap<u32, usize> = BTreeMap::new();
        for place in 0..places.len() {
            let mut asked = BTreeSet::new();
            let fits =
                |p: usize, r: u32| belongs(&problem.resources[r as usize], r, places[p], day);
            missing += u32::from(!fill(place, &people, &fits, &mut taken, &mut asked));
        }
    }
    (u32::try_from(rules).unwrap_or(u32::MAX), missing)
}

/// Finds somebody for a place, moving others to places where they also fit.
fn fill(
    place: usize,
    people: &[u32],
    fits: &impl Fn(usize, u32) -> bool,
    taken: &mut BTreeMap<u32, usize>,
    asked: &mut BTreeSet<u32>,
) -> bool {
    for &person in people {
        if !fits(place, person) || !asked.insert(person) {
            continue;
        }
        let held = taken.get(&person).copied();
        if held.is_none_or(|other| fill(other, people, fits, taken, asked)) {
            taken.insert(person, place);
            return true;
        }
    }
    false
}
