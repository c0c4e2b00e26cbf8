//! Where everyone is: the stops of each tour, and the sums that make the score. It is changed one
//! visit at a time, and any change can be taken back.

use crate::{
    model::{Model, Tour},
    plan::{Placement, Plan, Score},
    problem::Pool,
    seats::seated,
    validate::count,
};

/// A stop of a tour. Each tour has a first one, the base when the shift starts, and a last one, the
/// base when it ends; so that whoever looks for a gap reads one stretch of memory and nothing else.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Stop {
    pub(crate) start: i16,
    pub(crate) end: i16,
    /// Minutes from where the tour was before; of the first stop, for how many more there is room.
    pub(crate) leg: u16,
    pub(crate) place: u16,
    /// The visit, or `BASE`.
    pub(crate) visit: u32,
}

/// Stands for a visit where a tour starts and ends.
pub(crate) const BASE: u32 = u32::MAX;

/// A visit's window and start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Slot {
    pub(crate) day: u32,
    pub(crate) start: i32,
}

/// Where every visit is: all that is needed to build a state again.
#[derive(Clone, Debug)]
pub(crate) struct Picture {
    pub(crate) slots: Vec<Option<Slot>>,
    seats: Vec<u32>,
    pub(crate) total: i64,
}

/// All tours with their visits.
#[derive(Clone, Debug)]
pub(crate) struct State {
    pub(crate) stops: Vec<Stop>,
    pub(crate) lengths: Vec<u16>,
    pub(crate) slots: Vec<Option<Slot>>,
    /// The tours of each visit, at its seats.
    pub(crate) seats: Vec<u32>,
    pub(crate) loads: Vec<i32>,
    pub(crate) longest: Vec<i32>,
    /// Summed over the bodies.
    longest_load: i64,
    pub(crate) capped: Vec<u32>,
    pub(crate) travel: i64,
    pub(crate) left_out: i64,
    /// The visits left out, in no order, and where each stands in that list.
    pub(crate) out: Vec<u32>,
    out_at: Vec<u32>,
    /// Visits that came to be too far from what is before or after them, because what was between was
    /// taken out and the direct way is longer. Whoever takes out must take these out too.
    pub(crate) strained: Vec<u32>,
}

impl State {
    /// Nobody has anything to do.
    pub(crate) fn empty(model: &Model) -> Self {
        let visits = model.tasks.len();
        let mut stops = vec![Stop::default(); model.stops];
        for tour in &model.tours {
            let room = u16::try_from(tour.room).unwrap_or(u16::MAX);
            stops[tour.first] = base(tour, tour.from, room);
            stops[tour.first + 1] = base(tour, tour.to, 0);
        }
        Self {
            stops,
            lengths: vec![0; model.tours.len()],
            slots: vec![None; visits],
            seats: vec![0; model.seats],
            loads: vec![0; model.problem.resources.len()],
            longest: vec![0; model.problem.pools.len()],
            longest_load: 0,
            capped: vec![0; model.problem.caps.len()],
            travel: 0,
            left_out: model.tasks.iter().map(|task| task.weight).sum(),
            out: (0..count(visits)).collect(),
            out_at: (0..count(visits)).collect(),
            strained: Vec::new(),
        }
    }

    /// The stops of a tour, from base to base.
    pub(crate) fn tour(&self, model: &Model, tour: u32) -> &[Stop] {
        let tour = tour as usize;
        let first = model.tours[tour].first;
        &self.stops[first..first + usize::from(self.lengths[tour]) + 2]
    }

    /// The visits of a tour.
    pub(crate) fn visits(&self, model: &Model, tour: u32) -> &[Stop] {
        let tour = tour as usize;
        let first = model.tours[tour].first + 1;
        &self.stops[first..first + usize::from(self.lengths[tour])]
    }

    /// The tours that serve a visit, when it is placed.
    pub(crate) fn crew(&self, model: &Model, visit: usize) -> &[u32] {
        let task = &model.tasks[visit];
        &self.seats[task.seat..task.seat + task.size]
    }

    /// Whether spacing or a cap keeps a visit from a day.
    pub(crate) fn barred(&self, model: &Model, visit: usize, day: u32) -> bool {
        let task = &model.tasks[visit];
        let close = |&(other, days): &(usize, u32)| {
            self.slots[other].is_some_and(|slot: Slot| slot.day.abs_diff(day) < days)
        };
        let full = |&cap: &usize| self.capped[cap] >= model.problem.caps[cap].at_most;
        task.spacings.iter().any(close) || task.caps.iter().any(full)
    }

    /// Places a visit with these tours. The caller has made sure that it fits.
    pub(crate) fn put(&mut self, model: &Model, visit: usize, slot: Slot, crew: &[u32]) {
        let task = &model.tasks[visit];
        for &tour in crew {
            self.insert(model, tour as usize, visit, slot.start);
            let (resource, pool) = whose(&model.tours[tour as usize]);
            self.loads[resource] += task.minutes;
            let longest = self.longest[pool].max(self.loads[resource]);
            self.note_longest(model, pool, longest);
        }
        self.seats[task.seat..task.seat + task.size].copy_from_slice(crew);
        self.slots[visit] = Some(slot);
        self.left_out -= task.weight;
        for &cap in &task.caps {
            self.capped[cap] += 1;
        }
        self.no_longer_out(visit);
    }

    /// Takes out a visit that is placed.
    pub(crate) fn take(&mut self, model: &Model, visit: usize) {
        let task = &model.tasks[visit];
        for seat in task.seat..task.seat + task.size {
            let tour = self.seats[seat] as usize;
            self.remove(model, tour, visit);
            let (resource, pool) = whose(&model.tours[tour]);
            let before = self.loads[resource];
            self.loads[resource] = before - task.minutes;
            if before == self.longest[pool] {
                let loads = model.members[pool].iter().map(|&r| self.loads[r as usize]);
                let longest = loads.max().unwrap_or(0);
                self.note_longest(model, pool, longest);
            }
        }
        self.slots[visit] = None;
        self.left_out += task.weight;
        for &cap in &task.caps {
            self.capped[cap] -= 1;
        }
        self.out_at[visit] = count(self.out.len());
        self.out.push(count(visit));
    }

    /// What it costs.
    pub(crate) fn score(&self, model: &Model) -> Score {
        let (left_out, travel, longest_load) = (self.left_out, self.travel, self.longest_load);
        Score { left_out, travel, longest_load, total: self.total(model) }
    }

    /// The sum of it all.
    pub(crate) fn total(&self, model: &Model) -> i64 {
        let objective = &model.problem.objective;
        i64::from(objective.left_out) * self.left_out
            + i64::from(objective.travel) * self.travel
            + i64::from(objective.longest_load) * self.longest_load
    }

    fn note_longest(&mut self, model: &Model, pool: usize, longest: i32) {
        if model.problem.pools[pool] == Pool::Body {
            self.longest_load += i64::from(longest - self.longest[pool]);
        }
        self.longest[pool] = longest;
    }

    /// The plan, each crew in the order of its visit's groups.
    pub(crate) fn plan(&self, model: &Model) -> Plan {
        let placed = self
            .slots
            .iter()
            .enumerate()
            .filter_map(|(visit, slot)| self.placement(model, visit, (*slot)?));
        Plan { visits: placed.collect() }
    }

    /// Where a visit is: the same crew is always told in the same order.
    pub(crate) fn placement(&self, model: &Model, visit: usize, slot: Slot) -> Option<Placement> {
        let crew = self.crew(model, visit).iter();
        let mut crew: Vec<u32> = crew.map(|&t| model.tours[t as usize].resource).collect();
        crew.sort_unstable();
        let crew = seated(&model.problem, visit, slot.day, &crew)?;
        Some(Placement { visit: count(visit), day: slot.day, start: slot.start, crew })
    }

    /// Where every visit is now.
    pub(crate) fn picture(&self, model: &Model) -> Picture {
        let (slots, seats) = (self.slots.clone(), self.seats.clone());
        Picture { slots, seats, total: self.total(model) }
    }

    /// The same as `picture`, without allocating.
    pub(crate) fn draw(&self, picture: &mut Picture, total: i64) {
        picture.slots.clone_from(&self.slots);
        picture.seats.clone_from(&self.seats);
        picture.total = total;
    }

    /// Brings these visits to where they are in a picture in which they fit.
    pub(crate) fn adopt(&mut self, model: &Model, picture: &Picture, visits: &[u32]) {
        let mut changed = Vec::new();
        for &visit in visits {
            let visit = visit as usize;
            let (then, now) = (picture.slots[visit], self.slots[visit]);
            let task = &model.tasks[visit];
            let seats = task.seat..task.seat + task.size;
            if then != now || then.is_some() && picture.seats[seats.clone()] != self.seats[seats] {
                changed.push(visit);
                if now.is_some() {
                    self.take(model, visit);
                }
            }
        }
        // In the picture everyone is in time, whatever was on the way there.
        self.strained.clear();
        for visit in changed {
            let task = &model.tasks[visit];
            if let Some(slot) = picture.slots[visit] {
                self.put(model, visit, slot, &picture.seats[task.seat..task.seat + task.size]);
            }
        }
    }

    /// Makes room for visits that were added to the model.
    pub(crate) fn grow(&mut self, model: &Model) {
        self.seats.resize(model.seats, 0);
        for visit in self.slots.len()..model.tasks.len() {
            self.slots.push(None);
            self.out_at.push(count(self.out.len()));
            self.out.push(count(visit));
            self.left_out += model.tasks[visit].weight;
        }
    }

    /// Takes over the hours of a tour, and says who of its visits no longer fits.
    pub(crate) fn renew(&mut self, model: &Model, tour: u32) -> Vec<u32> {
        let own = &model.tours[tour as usize];
        let length = usize::from(self.lengths[tour as usize]);
        let stops = &mut self.stops[own.first..own.first + length + 2];
        (stops[0].start, stops[0].end) = (minute(own.from), minute(own.from));
        (stops[length + 1].start, stops[length + 1].end) = (minute(own.to), minute(own.to));
        let mut misfits = Vec::new();
        let mut before = stops[0];
        for stop in &mut stops[1..] {
            let leg = model.legs.minutes(before.place.into(), stop.place.into());
            self.travel += i64::from(leg) - i64::from(stop.leg);
            stop.leg = u16::try_from(leg).unwrap_or(u16::MAX);
            // The end of the shift cannot give way, so the visit before it does.
            if i32::from(before.end) + leg > i32::from(stop.start) {
                misfits.push(if stop.visit == BASE { before.visit } else { stop.visit });
            }
            before = *stop;
        }
        misfits.retain(|&visit| visit != BASE);
        misfits
    }

    /// Leaves only these visits to be tried: what others try is not ours.
    pub(crate) fn keep_out(&mut self, kept: impl Fn(u32) -> bool) {
        self.out.retain(|&visit| kept(visit));
        for (at, &visit) in (0..).zip(&self.out) {
            self.out_at[visit as usize] = at;
        }
    }

    fn no_longer_out(&mut self, visit: usize) {
        let at = self.out_at[visit] as usize;
        self.out.swap_remove(at);
        if let Some(&moved) = self.out.get(at) {
            self.out_at[moved as usize] = count(at);
        }
    }

    fn insert(&mut self, model: &Model, tour: usize, visit: usize, start: i32) {
        let task = &model.tasks[visit];
        let length = usize::from(self.lengths[tour]);
        let first = model.tours[tour].first;
        let stops = &mut self.stops[first..first + length + 3];
        let legs = model.legs.around(task.place);
        let mut at = length + 1;
        while at > 1 && i32::from(stops[at - 1].start) > start {
            at -= 1;
        }
        stops.copy_within(at..length + 2, at + 1);
        let leg = legs[usize::from(stops[at - 1].place)][0];
        let next = &mut stops[at + 1];
        let after = legs[usize::from(next.place)][1];
        self.travel += i64::from(leg) + i64::from(after) - i64::from(next.leg);
        next.leg = after;
        stops[at] = Stop {
            start: minute(start),
            end: minute(start + task.minutes),
            leg,
            place: u16::try_from(task.place).unwrap_or(u16::MAX),
            visit: count(visit),
        };
        stops[0].leg -= 1;
        self.lengths[tour] += 1;
    }

    fn remove(&mut self, model: &Model, tour: usize, visit: usize) {
        let length = usize::from(self.lengths[tour]);
        let first = model.tours[tour].first;
        let stops = &mut self.stops[first..first + length + 2];
        let mut at = 1;
        while at < length && stops[at].visit as usize != visit {
            at += 1;
        }
        let (gone, next) = (stops[at], stops[at + 1]);
        let before = stops[at - 1];
        // An empty tour does not leave its base: from there to there it is no way.
        let direct = model.legs.around(usize::from(before.place))[usize::from(next.place)][1];
        if i32::from(before.end) + i32::from(direct) > i32::from(next.start) {
            let strained = if next.visit == BASE { before.visit } else { next.visit };
            self.strained.extend((strained != BASE).then_some(strained));
        }
        self.travel += i64::from(direct) - i64::from(gone.leg) - i64::from(next.leg);
        stops.copy_within(at + 1..length + 2, at);
        stops[at].leg = direct;
        stops[0].leg += 1;
        self.lengths[tour] -= 1;
    }
}

fn whose(tour: &Tour) -> (usize, usize) {
    (tour.resource as usize, tour.pool as usize)
}

fn minute(time: i32) -> i16 {
    i16::try_from(time).unwrap_or(i16::MAX)
}

fn base(tour: &Tour, time: i32, leg: u16) -> Stop {
    let place = u16::try_from(tour.base).unwrap_or(u16::MAX);
    Stop { start: minute(time), end: minute(time), leg, place, visit: BASE }
}
