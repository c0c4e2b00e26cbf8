//! Why a visit is left out: the time at which the least stands against it, and what that is.

use serde::{Deserialize, Serialize};

use crate::{
    model::{Model, Task, Window},
    problem::{Group, Shift},
    seats::{member, seats},
    state::{State, Stop},
    validate::count,
};

/// Why one visit is left out, and what would let it in: everything in `obstacles` out of the way, and it
/// could take place at that time with the rest of the plan as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explanation {
    /// The visit.
    pub visit: u32,
    /// The day on which the least stands against it.
    pub day: u32,
    /// The start, in minutes of the day.
    pub start: i32,
    /// The smallest set of what keeps it out.
    pub obstacles: Vec<Obstacle>,
}

/// Something that keeps a visit out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Obstacle {
    /// No window is as long as the visit.
    NoWindow,
    /// Another visit, which needs days between, is too close.
    Spacing {
        /// The other visit.
        other: u32,
    },
    /// As many visits of a set take place as may.
    Cap {
        /// The cap.
        cap: u32,
    },
    /// A group lacks people or kits.
    Short {
        /// The group of the visit.
        group: u32,
        /// How many are missing.
        missing: u32,
        /// What those do who would fit.
        others: Others,
    },
}

/// The members of a pool who would fit a group by their qualification, and what keeps them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Others {
    /// Recused from the visit.
    pub recused: u32,
    /// Without a valid certificate on the day.
    pub uncertified: u32,
    /// No shift in which there is time for it.
    pub absent: u32,
    /// At other visits, or on the way.
    pub busy: u32,
    /// Free, and needed already for this visit.
    pub free: u32,
}

/// Explains one visit that is left out.
pub(crate) fn explain(model: &Model, state: &State, visit: usize) -> Explanation {
    let task = &model.tasks[visit];
    let mut best: Option<(usize, &Window, i32)> = None;
    for window in &task.windows {
        let rules = rules(model, state, visit, window.day).len();
        let mut starts = vec![window.from];
        let free = gaps(model, state, task, window, &mut starts);
        starts.sort_unstable();
        starts.dedup();
        for start in starts {
            let missing: usize = (0..task.crews.len())
                .map(|crew| task.crews[crew].size - seated(task, crew, &free, start))
                .sum();
            if best.is_none_or(|(least, _, _)| rules + missing < least) {
                best = Some((rules + missing, window, start));
            }
        }
    }
    let index = count(visit);
    let Some((_, window, start)) = best else {
        return Explanation { visit: index, day: 0, start: 0, obstacles: vec![Obstacle::NoWindow] };
    };
    let mut obstacles = rules(model, state, visit, window.day);
    obstacles.extend(short(model, state, visit, window, start));
    Explanation { visit: index, day: window.day, start, obstacles }
}

fn rules(model: &Model, state: &State, visit: usize, day: u32) -> Vec<Obstacle> {
    let task = &model.tasks[visit];
    let close = task.spacings.iter().filter(|(other, days)| {
        state.slots[*other].is_some_and(|slot| slot.day.abs_diff(day) < *days)
    });
    let full =
        task.caps.iter().filter(|&&cap| state.capped[cap] >= model.problem.caps[cap].at_most);
    close
        .map(|&(other, _)| Obstacle::Spacing { other: count(other) })
        .chain(full.map(|&cap| Obstacle::Cap { cap: count(cap) }))
        .collect()
}

/// When somebody could start, and which groups of a crew they fit.
struct Gap {
    crew: usize,
    groups: u8,
    from: i32,
    until: i32,
}

fn gaps(
    model: &Model,
    state: &State,
    task: &Task,
    window: &Window,
    starts: &mut Vec<i32>,
) -> Vec<Gap> {
    let mut found = Vec::new();
    for (crew, &list) in window.lists.iter().enumerate() {
        for candidate in &model.lists[list as usize] {
            if task.recused.contains(&candidate.resource) {
                continue;
            }
            for two in state.tour(model, candidate.tour).windows(2) {
                let (from, until) = between(model, task, window, two);
                if from <= until {
                    starts.push(from);
                    found.push(Gap { crew, groups: candidate.groups, from, until });
                }
            }
        }
    }
    found
}

fn between(model: &Model, task: &Task, window: &Window, two: &[Stop]) -> (i32, i32) {
    let legs = model.legs.around(task.place);
    let to = i32::from(legs[usize::from(two[0].place)][0]);
    let on = i32::from(legs[usize::from(two[1].place)][1]);
    let from = window.from.max(i32::from(two[0].end) + to);
    (from, window.latest.min(i32::from(two[1].start) - on - task.minutes))
}

/// How many of a crew there would be at a start. Whoever can be seated is seated: in a matroid every
/// such set has the greatest size.
fn seated(task: &Task, crew: usize, free: &[Gap], start: i32) -> usize {
    let holds = &task.crews[crew].holds;
    let mut crowd = [0_u8; 64];
    let mut seated = 0;
    for gap in free.iter().filter(|gap| gap.crew == crew && gap.from <= start && start <= gap.until)
    {
        let groups = usize::from(gap.groups);
        let subsets = || (0..holds.len()).filter(|subset| subset & groups == groups);
        if subsets().all(|subset| crowd[subset] < holds[subset]) {
            subsets().for_each(|subset| crowd[subset] += 1);
            seated += 1;
        }
    }
    seated
}

/// Which groups lack whom at a start.
fn short(model: &Model, state: &State, visit: usize, window: &Window, start: i32) -> Vec<Obstacle> {
    let problem = &model.problem;
    let (task, asked) = (&model.tasks[visit], &problem.visits[visit]);
    let mut free = Vec::new();
    for &list in &window.lists {
        for candidate in &model.lists[list as usize] {
            let fits = |two: &[Stop]| {
                let (from, until) = between(model, task, window, two);
                from <= start && start <= until
            };
            if !task.recused.contains(&candidate.resource)
                && state.tour(model, candidate.tour).windows(2).any(fits)
            {
                free.push(candidate.resource);
            }
        }
    }
    let holders = seats(problem, asked, window.day, &free);
    let mut found = Vec::new();
    for (index, group) in (0..).zip(&asked.groups) {
        let empty = holders.iter().filter(|(of, holder)| *of == index as usize && holder.is_none());
        let missing = count(empty.count());
        if missing == 0 {
            continue;
        }
        let others = others(model, (visit, group), window.day, start, &free);
        found.push(Obstacle::Short { group: index, missing, others });
    }
    found
}

/// What those do who would fit a group.
fn others(
    model: &Model,
    (visit, group): (usize, &Group),
    day: u32,
    start: i32,
    free: &[u32],
) -> Others {
    let problem = &model.problem;
    let asked = &problem.visits[visit];
    let end = start + asked.minutes;
    let mut others = Others::default();
    for (who, it) in (0..).zip(&problem.resources) {
        if !member(problem, group, who, day) {
            continue;
        }
        let here = |shift: &Shift| shift.day == day && shift.from <= start && end <= shift.to;
        *if asked.recused.contains(&who) {
            &mut others.recused
        } else if it.certified.is_some_and(|days| !days.contains(day)) {
            &mut others.uncertified
        } else if free.contains(&who) {
            &mut others.free
        } else if it.shifts.iter().any(here) {
            &mut others.busy
        } else {
            &mut others.absent
        } += 1;
    }
    others
}
