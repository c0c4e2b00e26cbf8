//! Which visits are taken out together: those that stand in each other's way.

use crate::{
    lane::{Scope, Settings},
    model::Model,
    near::Near,
    random::Random,
    state::State,
};

/// What is taken out, and which visit is to be put in first.
#[derive(Debug, Default)]
pub(crate) struct Ruin {
    pub(crate) visits: Vec<u32>,
    pub(crate) first: Option<u32>,
}

/// What a ruin looks at.
pub(crate) struct Site<'a> {
    pub(crate) model: &'a Model,
    pub(crate) state: &'a State,
    pub(crate) near: &'a Near,
    pub(crate) scope: &'a Scope,
    pub(crate) settings: &'a Settings,
}

impl Ruin {
    /// Chooses anew. Nothing is changed yet.
    pub(crate) fn choose(&mut self, site: &Site<'_>, random: &mut Random) {
        self.visits.clear();
        self.first = None;
        let movable = &site.scope.movable;
        let largest = (movable.len() / 8).clamp(4, site.settings.largest_ruin);
        let size = 2 + random.index(largest - 1);
        let operator = random.below(100);
        if operator < 30 && !site.state.out.is_empty() {
            let out = &site.state.out;
            self.first = Some(out[random.index(out.len())]);
            self.slab(site, size, random);
        } else if operator < 60 {
            self.around(site, size, random);
        } else if operator < 80 {
            self.strings(site, size, random);
        } else if operator < 90 {
            self.most_loaded(site, size, random);
        } else {
            for _ in 0..size {
                self.add(site, movable[random.index(movable.len())], size);
            }
        }
    }

    fn add(&mut self, site: &Site<'_>, visit: u32, size: usize) {
        let placed = site.state.slots[visit as usize].is_some();
        if placed
            && site.scope.may_move[visit as usize]
            && self.visits.len() < size
            && !self.visits.contains(&visit)
        {
            self.visits.push(visit);
        }
    }

    /// Frees the people that a visit left out needs, in one of its windows.
    fn slab(&mut self, site: &Site<'_>, size: usize, random: &mut Random) {
        let Some(wanted) = self.first else { return };
        let task = &site.model.tasks[wanted as usize];
        if task.windows.is_empty() {
            return;
        }
        let window = &task.windows[random.index(task.windows.len())];
        if site.scope.days >> window.day & 1 == 0 {
            return;
        }
        let width = (window.latest - window.from + 1).unsigned_abs();
        let start = window.from + i32::try_from(random.below(width)).unwrap_or(0);
        let (from, to) =
            (start - site.settings.slab_minutes, start + task.minutes + site.settings.slab_minutes);
        for _ in 0..4 * size {
            let crew = random.index(window.lists.len());
            let list = &site.model.lists[window.lists[crew] as usize];
            if list.is_empty() {
                continue;
            }
            let tour = list[random.index(list.len())].tour;
            for &stop in site.state.visits(site.model, tour) {
                if i32::from(stop.end) > from && i32::from(stop.start) < to {
                    self.add(site, stop.visit, size);
                }
            }
            if self.visits.len() >= size {
                return;
            }
        }
    }

    /// A visit and those near it, on any day.
    fn around(&mut self, site: &Site<'_>, size: usize, random: &mut Random) {
        let movable = &site.scope.movable;
        let centre = movable[random.index(movable.len())];
        self.add(site, centre, size);
        for &visit in site.near.to(centre as usize) {
            if self.visits.len() >= size {
                return;
            }
            if random.chance(site.settings.near_of_1024) {
                self.add(site, visit, size);
            }
        }
    }

    /// All that some people do in a shift.
    fn strings(&mut self, site: &Site<'_>, size: usize, random: &mut Random) {
        let tours = &site.scope.tours;
        for _ in 0..20 {
            let tour = tours[random.index(tours.len())];
            for &stop in site.state.visits(site.model, tour) {
                self.add(site, stop.visit, size);
            }
            if self.visits.len() >= size {
                return;
            }
        }
    }

    /// What the most loaded officer of a body does.
    fn most_loaded(&mut self, site: &Site<'_>, size: usize, random: &mut Random) {
        let pool = random.index(site.model.members.len());
        let state = site.state;
        let most = site.model.members[pool].iter().max_by_key(|&&r| (state.loads[r as usize], r));
        let Some(&most) = most else { return };
        let turn = random.index(site.scope.movable.len());
        let tours = &site.scope.of_resource[most as usize];
        for at in 0..tours.len() {
            for &stop in state.visits(site.model, tours[(at + turn) % tours.len()]) {
                self.add(site, stop.visit, size);
            }
        }
    }
}
