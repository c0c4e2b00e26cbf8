//! One line of search: takes out a few visits, puts them back, keeps what annealing accepts.

use crate::{
    model::Model,
    near::Near,
    random::{Cooling, Random},
    ruin::{Ruin, Site},
    state::{Picture, Slot, State},
    sweep::{Ask, MINUTE, NEVER, Sweep},
    validate::count,
};

/// What was found by measuring.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings {
    /// Visits that are taken out together, at most.
    pub(crate) largest_ruin: usize,
    /// How far around the time of a visit left out people are freed, in minutes.
    pub(crate) slab_minutes: i32,
    /// With what chance each near visit is taken out with one.
    pub(crate) near_of_1024: u32,
    /// One of so many people is overlooked, so that the second best is tried too.
    pub(crate) rarity: u64,
    /// With what chance a window that promises nothing is not looked at.
    pub(crate) skipped_of_1024: u32,
    /// How many of the visits left out are tried each time.
    pub(crate) most_tried: usize,
    /// What an hour of load counts against an officer, in 1/64 of a search cost for each minute.
    pub(crate) load_weight: u32,
    /// The temperature at first and at last, in the score's units. A unit of weight is 1000.
    pub(crate) hottest: u64,
    pub(crate) coldest: u64,
}

impl Settings {
    /// Nothing is left to chance.
    pub(crate) const EXACT: Self = Self { rarity: 0, skipped_of_1024: 0, ..Self::MEASURED };

    /// Measured on the county set and on fresh weeks.
    pub(crate) const MEASURED: Self = Self {
        largest_ruin: 7,
        slab_minutes: 60,
        near_of_1024: 600,
        rarity: 200,
        skipped_of_1024: 800,
        most_tried: 6,
        load_weight: 4,
        hottest: 600,
        coldest: 4,
    };
}

/// The part of the plan that a lane may change. Lanes of one round have no day in common.
#[derive(Debug)]
pub(crate) struct Scope {
    pub(crate) days: u64,
    pub(crate) movable: Vec<u32>,
    pub(crate) may_move: Vec<bool>,
    pub(crate) tours: Vec<u32>,
    pub(crate) of_resource: Vec<Vec<u32>>,
}

impl Scope {
    /// These days, and of the visits those that may move.
    pub(crate) fn new(model: &Model, days: u64, may_move: Vec<bool>) -> Self {
        let movable = (0..).zip(&may_move).filter(|(_, may)| **may).map(|(v, _)| v).collect();
        let mut of_resource = vec![Vec::new(); model.problem.resources.len()];
        let mut tours = Vec::new();
        for (index, tour) in (0..).zip(&model.tours) {
            if days >> tour.day & 1 == 1 {
                tours.push(index);
                of_resource[tour.resource as usize].push(index);
            }
        }
        Self { days, movable, may_move, tours, of_resource }
    }
}

/// Which iterations of how many, for the temperature.
#[derive(Clone, Copy)]
pub(crate) struct Stretch<'a> {
    pub(crate) cooling: &'a Cooling,
    pub(crate) from: u64,
    pub(crate) to: u64,
    pub(crate) all: u64,
}

/// A search with its memory.
pub(crate) struct Lane<'a> {
    model: &'a Model,
    near: &'a Near,
    settings: &'a Settings,
    sweep: Sweep,
    random: Random,
    ruin: Ruin,
    removed: Vec<Removed>,
    crews: Vec<u32>,
    order: Vec<(u64, u32, bool)>,
    added: Vec<u32>,
}

/// A visit as it was.
struct Removed {
    visit: u32,
    slot: Slot,
    crew: usize,
}

impl<'a> Lane<'a> {
    pub(crate) fn new(
        model: &'a Model,
        near: &'a Near,
        settings: &'a Settings,
        random: Random,
    ) -> Self {
        let sweep = Sweep::new(model, settings);
        Self {
            model,
            near,
            settings,
            sweep,
            random,
            ruin: Ruin::default(),
            removed: Vec::new(),
            crews: Vec::new(),
            order: Vec::new(),
            added: Vec::new(),
        }
    }

    /// Searches from `state`, which it leaves where the search ends; draws the best it meets, when
    /// that is better than `best`.
    pub(crate) fn search(
        &mut self,
        state: &mut State,
        scope: &Scope,
        stretch: Stretch<'_>,
        best: &mut Picture,
    ) {
        if scope.movable.is_empty() || scope.tours.is_empty() {
            return;
        }
        let mut current = state.total(self.model);
        for iteration in stretch.from..stretch.to {
            let temperature = stretch.cooling.at(iteration, stretch.all);
            let allowed = (u128::from(temperature) * u128::from(self.random.exponential())) >> 32;
            let allowed = current + i64::try_from(allowed).unwrap_or(i64::MAX / 4);
            if let Some(cost) = self.step(state, scope, allowed) {
                current = cost;
                if cost < best.total {
                    state.draw(best, cost);
                }
            }
        }
    }

    /// One ruin and its repair; the cost when it was kept.
    fn step(&mut self, state: &mut State, scope: &Scope, allowed: i64) -> Option<i64> {
        let site =
            Site { model: self.model, state, near: self.near, scope, settings: self.settings };
        self.ruin.choose(&site, &mut self.random);
        if self.ruin.visits.is_empty() && self.ruin.first.is_none() {
            return None;
        }
        self.line_up(state);
        self.take_out(state);
        self.added.clear();
        if self.put_back(state, scope, allowed) {
            let cost = state.total(self.model);
            if cost <= allowed {
                return Some(cost);
            }
        }
        self.undo(state);
        None
    }

    /// In which order visits are put in: those taken out, and some that were out already.
    fn line_up(&mut self, state: &State) {
        self.order.clear();
        let mode = self.random.below(4);
        for &visit in &self.ruin.visits {
            let rank = rank(self.model, visit, mode, &mut self.random);
            self.order.push((rank, visit, true));
        }
        let out = &state.out;
        let turn = self.random.index(out.len());
        for at in 0..out.len().min(self.settings.most_tried) {
            let visit = out[(turn + at) % out.len()];
            if Some(visit) != self.ruin.first {
                let rank = rank(self.model, visit, mode, &mut self.random);
                self.order.push((rank, visit, false));
            }
        }
        if let Some(first) = self.ruin.first {
            let foremost = self.random.chance(700);
            let rank = if foremost { 0 } else { rank(self.model, first, mode, &mut self.random) };
            self.order.push((rank, first, true));
        }
        self.order.sort_unstable();
    }

    /// Takes out what was chosen, and what cannot stay without it.
    fn take_out(&mut self, state: &mut State) {
        self.removed.clear();
        self.crews.clear();
        for at in 0..self.ruin.visits.len() {
            self.take(state, self.ruin.visits[at]);
        }
        while let Some(visit) = state.strained.pop() {
            if self.take(state, visit) {
                self.order.insert(0, (0, visit, true));
            }
        }
    }

    fn take(&mut self, state: &mut State, visit: u32) -> bool {
        let Some(slot) = state.slots[visit as usize] else { return false };
        self.removed.push(Removed { visit, slot, crew: self.crews.len() });
        self.crews.extend_from_slice(state.crew(self.model, visit as usize));
        state.take(self.model, visit as usize);
        true
    }

    /// Puts visits in; false as soon as it is certain that the result will not be kept.
    fn put_back(&mut self, state: &mut State, scope: &Scope, allowed: i64) -> bool {
        let weight = i64::from(self.model.problem.objective.left_out);
        // As if all that is tried were in; what is left out after all is added on the way.
        let tried =
            self.order.iter().map(|&(_, v, _)| self.model.tasks[v as usize].weight).sum::<i64>();
        let mut hoped = state.total(self.model) - weight * tried;
        for at in 0..self.order.len() {
            let visit = self.order[at].1 as usize;
            let out = weight * self.model.tasks[visit].weight;
            let room = allowed - hoped;
            if room < 0 {
                return false;
            }
            let thorough = self.order[at].2;
            let limit = scaled(room.min(out - 1) + 1);
            let ask = Ask { limit, days: scope.days, thorough, ..Ask::of(visit) };
            match self.sweep.cheapest(self.model, state, &ask, &mut self.random) {
                Some(_) => {
                    let before = state.total(self.model);
                    state.put(self.model, visit, self.sweep.slot, &self.sweep.crew);
                    self.added.push(count(visit));
                    hoped += state.total(self.model) - before + out;
                }
                None => hoped += out,
            }
        }
        hoped <= allowed
    }

    fn undo(&mut self, state: &mut State) {
        while let Some(visit) = self.added.pop() {
            state.take(self.model, visit as usize);
        }
        for removed in &self.removed {
            let size = self.model.tasks[removed.visit as usize].size;
            let crew = &self.crews[removed.crew..removed.crew + size];
            state.put(self.model, removed.visit as usize, removed.slot, crew);
        }
        state.strained.clear();
    }
}

fn scaled(room: i64) -> u32 {
    let most = i64::from(NEVER / MINUTE);
    u32::try_from(room.clamp(0, most)).unwrap_or(0) * MINUTE
}

/// The lower, the earlier. What is heavy, long or needs many people comes first, with some chance.
fn rank(model: &Model, visit: u32, mode: u32, random: &mut Random) -> u64 {
    let task = &model.tasks[visit as usize];
    let weight = task.weight.unsigned_abs();
    let minutes = u64::from(task.minutes.unsigned_abs());
    let (size, spread) = match mode {
        0 => (weight, 600),
        1 => (minutes * task.size as u64, 600),
        2 => (0, 0),
        _ => (weight * 100 + minutes, 400),
    };
    if spread == 0 {
        return 1 + (random.next() >> 32);
    }
    let factor = u64::from(1000 - spread / 2 + random.below(spread));
    u64::MAX / 2 - size * factor
}
