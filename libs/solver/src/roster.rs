//! A plan that is being carried out: it takes disruptions one by one, repairs only what each of them
//! breaks, and says what it changed and why.

use serde::{Deserialize, Serialize};

use crate::{
    explain::{self, Explanation},
    fault::Faults,
    lane::Settings,
    load::load,
    model::Model,
    plan::{Placement, Plan, Score},
    problem::{Shift, Visit},
    random::Random,
    state::{Slot, State},
    sweep::{Ask, MINUTE, Sweep, Wish},
    validate::count,
};

/// One change of the plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The visit.
    pub visit: u32,
    /// Where it was.
    pub from: Option<Placement>,
    /// Where it is now; `None` when it is left out.
    pub to: Option<Placement>,
    /// Why it was touched.
    pub why: Why,
}

/// Why a visit was touched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Why {
    /// The disruption broke it, or was about it.
    Affected,
    /// It made room for this one, which could not be placed otherwise.
    Room(u32),
}

/// What a repair may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Nothing is placed, and nothing moved, that starts before this day and minute.
    pub now: (u32, i32),
    /// Whether a lighter visit may be moved or left out when a heavier one has no place otherwise.
    pub make_room: bool,
}

/// What a changed time counts against, in minutes of travel.
const OTHER_TIME: u32 = 400 * MINUTE;
/// What each new person counts.
const OTHER_PERSON: u32 = 60 * MINUTE;
/// How many lighter visits are tried to make room.
const TRIALS: usize = 60;

/// A model and a plan, kept in memory between disruptions. What has begun before [`Limits::now`] is never
/// touched, whoever is absent since.
#[derive(Clone, Debug)]
pub struct Roster {
    model: Model,
    state: State,
    sweep: Sweep,
    random: Random,
}

impl Roster {
    /// Reads a plan; says which of its visits do not fit the problem, and are left out.
    #[must_use]
    pub fn open(model: Model, plan: &Plan) -> (Self, Vec<u32>) {
        let mut state = State::empty(&model);
        let misfits = load(&model, &mut state, plan);
        let sweep = Sweep::new(&model, &Settings::EXACT);
        (Self { model, state, sweep, random: Random::new(0, 0) }, misfits)
    }

    /// The model, with all disruptions so far.
    #[must_use]
    pub const fn model(&self) -> &Model {
        &self.model
    }

    /// The plan as it stands.
    #[must_use]
    pub fn plan(&self) -> Plan {
        self.state.plan(&self.model)
    }

    /// Its score.
    #[must_use]
    pub fn score(&self) -> Score {
        self.state.score(&self.model)
    }

    /// Why each visit that is left out is left out, by its index; those cancelled are not listed.
    #[must_use]
    pub fn explain(&self) -> Vec<Explanation> {
        let mut out: Vec<u32> = self.state.out.clone();
        out.retain(|&visit| self.model.tasks[visit as usize].weight > 0);
        out.sort_unstable();
        out.iter().map(|&v| explain::explain(&self.model, &self.state, v as usize)).collect()
    }

    /// A resource works only within these minutes of a day; `to < from` means not at all.
    pub fn restrict(&mut self, resource: u32, within: Shift, limits: Limits) -> Vec<Change> {
        let mut broken = Vec::new();
        for tour in self.model.restrict(resource, within) {
            broken.extend(self.state.renew(&self.model, tour));
        }
        self.repair(&broken, limits)
    }

    /// A resource does not work on these days.
    pub fn absent(&mut self, resource: u32, days: &[u32], limits: Limits) -> Vec<Change> {
        let mut broken = Vec::new();
        for &day in days {
            for tour in self.model.restrict(resource, Shift { day, from: 1, to: 0 }) {
                broken.extend(self.state.renew(&self.model, tour));
            }
        }
        self.repair(&broken, limits)
    }

    /// No visit that is known gets this resource from now on; those that have it keep it.
    pub fn bar(&mut self, resource: u32) {
        self.model.bar(resource);
    }

    /// Places a visit that is left out.
    pub fn insert(&mut self, visit: u32, limits: Limits) -> Vec<Change> {
        let out = self.known(visit).is_some_and(|index| self.state.slots[index].is_none());
        if out { self.repair(&[visit], limits) } else { Vec::new() }
    }

    /// A visit does not take place; it is no longer counted.
    pub fn cancel(&mut self, visit: u32, limits: Limits) -> Vec<Change> {
        let Some(index) = self.known(visit) else { return Vec::new() };
        let from = self.placement(index);
        if self.state.slots[index].is_some() {
            self.state.take(&self.model, index);
        }
        self.state.left_out -= self.model.tasks[index].weight;
        self.model.cancel(visit);
        let gone =
            from.map(|from| Change { visit, from: Some(from), to: None, why: Why::Affected });
        let strained = std::mem::take(&mut self.state.strained);
        gone.into_iter().chain(self.repair(&strained, limits)).collect()
    }

    /// A visit is added; its index is the one that the changes name as affected, the last of all.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn add(&mut self, visit: Visit, limits: Limits) -> Result<Vec<Change>, Faults> {
        let index = self.model.add_visit(visit)?;
        self.state.grow(&self.model);
        self.sweep.grow(&self.model);
        Ok(self.repair(&[index], limits))
    }

    /// The way from one place to another takes other minutes: a road is closed.
    pub fn reroute(&mut self, from: u32, to: u32, minutes: i32, limits: Limits) -> Vec<Change> {
        self.model.reroute(from, to, minutes);
        let mut broken = Vec::new();
        for tour in 0..count(self.model.tours.len()) {
            let stops = self.state.tour(&self.model, tour).windows(2);
            let mut ways = stops.map(|two| (u32::from(two[0].place), u32::from(two[1].place)));
            if ways.any(|way| way == (from, to)) {
                broken.extend(self.state.renew(&self.model, tour));
            }
        }
        self.repair(&broken, limits)
    }

    /// Places what was left out, as far as it fits beside the rest; nothing else moves.
    pub fn fill(&mut self, now: (u32, i32)) -> Vec<Change> {
        let out = self.state.out.clone();
        self.repair(&out, Limits { now, make_room: false })
    }

    fn known(&self, visit: u32) -> Option<usize> {
        let index = visit as usize;
        (index < self.model.tasks.len()).then_some(index)
    }

    fn placement(&self, visit: usize) -> Option<Placement> {
        self.state.placement(&self.model, visit, self.state.slots[visit]?)
    }

    /// Takes out what is broken and places it anew, as near as possible to how it was.
    fn repair(&mut self, broken: &[u32], limits: Limits) -> Vec<Change> {
        let mut order = Vec::with_capacity(broken.len());
        let mut was = Vec::with_capacity(broken.len());
        self.state.strained.extend(broken);
        while let Some(visit) = self.state.strained.pop() {
            let begun = self.state.slots[visit as usize]
                .is_some_and(|slot| (slot.day, slot.start) < limits.now);
            if !begun && !order.contains(&visit) {
                order.push(visit);
                was.push(self.was(visit, Why::Affected));
                if self.state.slots[visit as usize].is_some() {
                    self.state.take(&self.model, visit as usize);
                }
            }
        }
        was.sort_by_key(|was| (-self.model.tasks[was.visit as usize].weight, was.visit));
        for at in 0..order.len() {
            if !self.place(&was[at], limits) && limits.make_room {
                let more = self.make_room(&was[at], &order, limits);
                was.extend(more);
            }
        }
        was.into_iter().filter_map(|was| self.change(was)).collect()
    }

    fn was(&self, visit: u32, why: Why) -> Was {
        let index = visit as usize;
        let crew = self.state.crew(&self.model, index).to_vec();
        Was { visit, slot: self.state.slots[index], crew, from: self.placement(index), why }
    }

    fn change(&self, was: Was) -> Option<Change> {
        let to = self.placement(was.visit as usize);
        (to != was.from).then_some(Change { visit: was.visit, from: was.from, to, why: was.why })
    }

    /// Places a visit at the least change.
    fn place(&mut self, was: &Was, limits: Limits) -> bool {
        let wish = was.slot.map(|slot| Wish {
            slot,
            crew: &was.crew,
            per_person: OTHER_PERSON,
            other_time: OTHER_TIME,
        });
        let visit = was.visit as usize;
        let ask = Ask { earliest: limits.now, wish, ..Ask::of(visit) };
        let found = self.sweep.cheapest(&self.model, &self.state, &ask, &mut self.random).is_some();
        if found {
            self.state.put(&self.model, visit, self.sweep.slot, &self.sweep.crew);
        }
        found
    }

    /// Moves a lighter visit out of the way, elsewhere if it can be, else out of the plan.
    fn make_room(&mut self, was: &Was, broken: &[u32], limits: Limits) -> Option<Was> {
        let weight = self.model.tasks[was.visit as usize].weight;
        let mut lighter = self.in_the_way(was, broken, limits);
        lighter.sort_unstable_by_key(|&v| (self.model.tasks[v as usize].weight, v));
        let mut given_up = None;
        for visit in lighter {
            let other = self.was(visit, Why::Room(was.visit));
            self.state.take(&self.model, visit as usize);
            let strains = !self.state.strained.is_empty();
            self.state.strained.clear();
            if !strains && self.place(was, limits) {
                if self.place(&other, limits) {
                    return Some(other);
                }
                self.state.take(&self.model, was.visit as usize);
                self.state.strained.clear();
                let less = self.model.tasks[visit as usize].weight < weight;
                if less && given_up.is_none() {
                    given_up = Some(visit);
                }
            }
            if let Some(slot) = other.slot {
                self.state.put(&self.model, visit as usize, slot, &other.crew);
            }
        }
        let other = self.was(given_up?, Why::Room(was.visit));
        self.state.take(&self.model, other.visit as usize);
        self.place(was, limits);
        Some(other)
    }

    /// Visits not heavier that use the people this one needs, in one of its windows.
    fn in_the_way(&self, was: &Was, broken: &[u32], limits: Limits) -> Vec<u32> {
        let task = &self.model.tasks[was.visit as usize];
        let mut found = Vec::new();
        for window in &task.windows {
            for &list in &window.lists {
                for candidate in &self.model.lists[list as usize] {
                    for stop in self.state.visits(&self.model, candidate.tour) {
                        let near = i32::from(stop.end) > window.from
                            && i32::from(stop.start) < window.latest + task.minutes;
                        let ahead = (window.day, i32::from(stop.start)) >= limits.now;
                        let light = self.model.tasks[stop.visit as usize].weight <= task.weight;
                        let ours = broken.contains(&stop.visit) || found.contains(&stop.visit);
                        if near && ahead && light && !ours {
                            found.push(stop.visit);
                        }
                    }
                    if found.len() >= TRIALS {
                        return found;
                    }
                }
            }
        }
        found
    }
}

/// A visit before the repair.
struct Was {
    visit: u32,
    slot: Option<Slot>,
    crew: Vec<u32>,
    from: Option<Placement>,
    why: Why,
}
