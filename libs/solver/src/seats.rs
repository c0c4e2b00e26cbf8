//! Who of a crew fills which place: people who fit several groups are seated so that all fit.

use crate::problem::{Group, Problem, Visit};

/// The crew in the order of the visit's groups; `None` when some of them fit no free place.
pub(crate) fn seated(problem: &Problem, visit: usize, day: u32, crew: &[u32]) -> Option<Vec<u32>> {
    let places = seats(problem, problem.visits.get(visit)?, day, crew);
    let seated: Vec<u32> = places.into_iter().map_while(|(_, holder)| holder).collect();
    (seated.len() == crew.len() && crew.len() == needed(problem, visit)).then_some(seated)
}

fn needed(problem: &Problem, visit: usize) -> usize {
    problem.visits[visit].groups.iter().map(|group| group.count as usize).sum()
}

/// The places of a visit, each with its group and, for as many as can be, somebody of these people.
pub(crate) fn seats(
    problem: &Problem,
    visit: &Visit,
    day: u32,
    people: &[u32],
) -> Vec<(usize, Option<u32>)> {
    let mut places = Vec::new();
    for (index, group) in visit.groups.iter().enumerate() {
        places.extend((0..group.count).map(|_| (index, None)));
    }
    let fits = |group: usize, person| member(problem, &visit.groups[group], person, day);
    let mut tried = Vec::new();
    for &person in people {
        tried.clear();
        tried.resize(places.len(), false);
        seat(person, &fits, &mut places, &mut tried);
    }
    places
}

/// Whether a resource may stand in a group on a day.
pub(crate) fn member(problem: &Problem, group: &Group, resource: u32, day: u32) -> bool {
    let Some(it) = problem.resources.get(resource as usize) else { return false };
    let qualified = group
        .qualification
        .is_none_or(|id| it.qualifications.iter().any(|q| q.id == id && q.valid.contains(day)));
    let drawn = group.panel.as_ref().is_none_or(|panel| panel.contains(&resource));
    it.pool == group.pool && qualified && drawn
}

/// Finds a place for one more person, moving others to where they fit too.
fn seat(
    person: u32,
    fits: &impl Fn(usize, u32) -> bool,
    places: &mut [(usize, Option<u32>)],
    tried: &mut [bool],
) -> bool {
    for at in 0..places.len() {
        let (group, holder) = places[at];
        if tried[at] || !fits(group, person) {
            continue;
        }
        tried[at] = true;
        if holder.is_none_or(|other| seat(other, fits, places, tried)) {
            places[at].1 = Some(person);
            return true;
        }
    }
    false
}
