//! Reads a plan into a state: each visit exactly as planned, as far as it still fits.

use crate::{
    model::Model,
    plan::{Placement, Plan},
    seats::seated,
    state::{Slot, State, Stop},
};

/// Places what fits; says which visits did not.
pub(crate) fn load(model: &Model, state: &mut State, plan: &Plan) -> Vec<u32> {
    let mut misfits = Vec::new();
    for placed in &plan.visits {
        match fitting(model, state, placed) {
            Some(crew) => {
                let slot = Slot { day: placed.day, start: placed.start };
                state.put(model, placed.visit as usize, slot, &crew);
            }
            None => misfits.push(placed.visit),
        }
    }
    misfits
}

/// The tours of a placement, in the order in which crews are kept, when all of them can keep it.
pub(crate) fn fitting(model: &Model, state: &State, placed: &Placement) -> Option<Vec<u32>> {
    let visit = placed.visit as usize;
    let task = model.tasks.get(visit)?;
    let in_window = task.windows.iter().any(|window| {
        window.day == placed.day && (window.from..=window.latest).contains(&placed.start)
    });
    if !in_window
        || state.slots[visit].is_some()
        || state.barred(model, visit, placed.day)
        || placed.crew.iter().any(|resource| task.recused.contains(resource))
    {
        return None;
    }
    let mut distinct = placed.crew.clone();
    distinct.sort_unstable();
    distinct.dedup();
    seated(&model.problem, visit, placed.day, &placed.crew)?;
    if distinct.len() != placed.crew.len() {
        return None;
    }
    placed.crew.iter().map(|&resource| tour_at(model, state, placed, resource)).collect()
}

fn tour_at(model: &Model, state: &State, placed: &Placement, resource: u32) -> Option<u32> {
    let task = &model.tasks[placed.visit as usize];
    let pool = model.problem.resources.get(resource as usize)?.pool;
    let key = (placed.day, pool, resource);
    let first = model.tours.partition_point(|tour| (tour.day, tour.pool, tour.resource) < key);
    let legs = model.legs.around(task.place);
    let end = placed.start + task.minutes;
    for (tour, own) in (first..).zip(&model.tours[first..]) {
        if (own.day, own.pool, own.resource) != key {
            return None;
        }
        let tour = u32::try_from(tour).ok()?;
        let stops = state.tour(model, tour);
        let full = stops.len() >= own.room + 2;
        let fits = |two: &[Stop]| {
            let to = i32::from(legs[usize::from(two[0].place)][0]);
            let on = i32::from(legs[usize::from(two[1].place)][1]);
            i32::from(two[0].end) + to <= placed.start && end + on <= i32::from(two[1].start)
        };
        if !full && stops.windows(2).any(fits) {
            return Some(tour);
        }
    }
    None
}
