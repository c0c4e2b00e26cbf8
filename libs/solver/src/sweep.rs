//! Synchronised insertion: the cheapest start and crew for one visit, everyone free at the same time.
//!
//! For each tour the starts it could keep form intervals of one cost. The best start is the lower end
//! of one of them, so these are tried, cheapest interval first, until the rest cannot be better.

use crate::{
    lane::Settings,
    limits,
    model::{Candidate, Crew, Model, Task, Window},
    random::Random,
    state::{BASE, Slot, State},
};

/// A minute of travel in search costs; what is smaller decides between equals.
pub(crate) const MINUTE: u32 = 16;
/// More than any visit costs.
pub(crate) const NEVER: u32 = 1 << 30;
/// The most that one person costs; more is not told apart.
const DEAREST: u32 = (1 << 18) - 1;

/// More stops than a tour has.
const LONGEST: usize = limits::STOPS.unsigned_abs() as usize + 2;

/// Where a visit was before, and what it costs to change that: for re-planning.
pub(crate) struct Wish<'a> {
    pub(crate) slot: Slot,
    pub(crate) crew: &'a [u32],
    pub(crate) per_person: u32,
    pub(crate) other_time: u32,
}

/// What is asked.
pub(crate) struct Ask<'a> {
    pub(crate) visit: usize,
    /// Only what costs less.
    pub(crate) limit: u32,
    /// Only these days, as bits.
    pub(crate) days: u64,
    /// Whether windows that promise nothing are looked at as long as no place is found.
    pub(crate) thorough: bool,
    /// Nothing starts before this day and minute.
    pub(crate) earliest: (u32, i32),
    pub(crate) wish: Option<Wish<'a>>,
}

impl Ask<'_> {
    /// Anywhere, at any cost.
    pub(crate) const fn of(visit: usize) -> Self {
        Self { visit, limit: NEVER, days: u64::MAX, thorough: true, earliest: (0, 0), wish: None }
    }
}

/// The machinery, kept between calls so that nothing is allocated anew.
#[derive(Clone, Debug)]
pub(crate) struct Sweep {
    intervals: Vec<Vec<u64>>,
    /// For each crew the cost of its cheapest people, and of the dearest of them.
    cheapest: Vec<(u32, u32)>,
    /// By minute of the day.
    tried: [bool; 2048],
    recused: Vec<bool>,
    picks: Vec<u32>,
    /// What each window cost when it was looked at last, and the order in which they are tried.
    promises: Vec<u32>,
    turn: Vec<(u32, u32)>,
    settings: Settings,
    crowd: [u8; 64],
    /// People until the next one who is overlooked.
    blink: u64,
    pub(crate) slot: Slot,
    pub(crate) crew: Vec<u32>,
}

impl Sweep {
    pub(crate) fn new(model: &Model, settings: &Settings) -> Self {
        Self {
            intervals: Vec::new(),
            cheapest: Vec::new(),
            tried: [false; 2048],
            recused: vec![false; model.problem.resources.len()],
            picks: Vec::new(),
            promises: vec![0; model.windows],
            turn: Vec::new(),
            settings: *settings,
            crowd: [0; 64],
            blink: 0,
            slot: Slot { day: 0, start: 0 },
            crew: Vec::new(),
        }
    }

    /// Makes room for visits that were added to the model.
    pub(crate) fn grow(&mut self, model: &Model) {
        self.promises.resize(model.windows, 0);
    }

    /// The least cost; the place is then in `slot` and `crew`.
    pub(crate) fn cheapest(
        &mut self,
        model: &Model,
        state: &State,
        ask: &Ask<'_>,
        random: &mut Random,
    ) -> Option<u32> {
        let task = &model.tasks[ask.visit];
        for &resource in &task.recused {
            self.recused[resource as usize] = true;
        }
        if self.blink == 0 && self.settings.rarity > 0 {
            self.blink = 1 + random.wait(self.settings.rarity);
        }
        let mut best = None;
        let mut limit = ask.limit.min(NEVER);
        self.by_promise(task, ask);
        for at in 0..self.turn.len() {
            let (promised, at) = self.turn[at];
            let window = &task.windows[at as usize];
            if state.barred(model, ask.visit, window.day) {
                continue;
            }
            if promised >= limit
                && (best.is_some() || !ask.thorough)
                && random.chance(self.settings.skipped_of_1024)
            {
                continue;
            }
            let least = self.gather(model, state, (task, window), ask, limit);
            let memory = &mut self.promises[task.first_window + at as usize];
            let Some(least) = least else {
                *memory = limit.max(*memory);
                continue;
            };
            let found = self.try_starts(model, (task, window), ask, (least, limit), random);
            self.promises[task.first_window + at as usize] = found.unwrap_or(limit.max(least));
            if let Some(cost) = found {
                best = Some(cost);
                limit = cost;
            }
        }
        for &resource in &task.recused {
            self.recused[resource as usize] = false;
        }
        best
    }

    /// The windows in the order of what they cost when they were looked at last.
    fn by_promise(&mut self, task: &Task, ask: &Ask<'_>) {
        self.turn.clear();
        let promises = &self.promises[task.first_window..];
        for (at, (window, &promise)) in (0..).zip(task.windows.iter().zip(promises)) {
            let past = (window.day, window.latest) < ask.earliest;
            if ask.days >> window.day & 1 == 1 && !past {
                self.turn.push((promise, at));
            }
        }
        self.turn.sort_unstable();
    }

    /// Fills the intervals of one window; says the least that any start there could cost.
    fn gather(
        &mut self,
        model: &Model,
        state: &State,
        (task, window): (&Task, &Window),
        ask: &Ask<'_>,
        limit: u32,
    ) -> Option<u32> {
        self.cheapest.clear();
        let mut least = 0;
        while self.intervals.len() < task.crews.len() {
            self.intervals.push(Vec::new());
        }
        for (at, crew) in task.crews.iter().enumerate() {
            let list = &model.lists[window.lists[at] as usize];
            let mut intervals = std::mem::take(&mut self.intervals[at]);
            let today = window.day == ask.earliest.0;
            let open = if today { window.from.max(ask.earliest.1) } else { window.from };
            let seen =
                Seen { open, task, window, crew, wish: ask.wish.as_ref(), limit: limit - least };
            self.scan(model, state, &seen, list, &mut intervals);
            intervals.sort_unstable();
            let cheapest = cheapest(&intervals, list, crew, &mut self.crowd);
            self.intervals[at] = intervals;
            let (sum, dearest) = cheapest?;
            self.cheapest.push((sum, dearest));
            least += sum;
            if least >= limit {
                return None;
            }
        }
        Some(least)
    }

    /// The intervals of one crew in one window. Most of the time of a search is spent here; so it
    /// writes each interval first and then decides whether to keep it, without a branch.
    fn scan(
        &mut self,
        model: &Model,
        state: &State,
        seen: &Seen<'_>,
        list: &[Candidate],
        intervals: &mut Vec<u64>,
    ) {
        let legs = model.legs.around(seen.task.place);
        let travel = model.problem.objective.travel * MINUTE;
        let (open, latest) = (seen.open, seen.window.latest);
        let minutes = seen.task.minutes;
        let limit = seen.limit;
        let mut kept = 0;
        for (at, candidate) in (0_u64..).zip(list) {
            if self.recused[candidate.resource as usize] {
                continue;
            }
            let fixed = self.fixed(model, state, seen, candidate);
            let stops = &state.stops[candidate.first as usize..];
            let Some((mut before, rest)) = stops.split_first() else { continue };
            if fixed >= limit || before.leg == 0 {
                continue;
            }
            if intervals.len() < kept + LONGEST {
                intervals.resize(kept + LONGEST + 64, 0);
            }
            for stop in rest {
                let to = legs[usize::from(before.place)][0];
                let on = legs[usize::from(stop.place)][1];
                let from = open.max(i32::from(before.end) + i32::from(to));
                let until = latest.min(i32::from(stop.start) - i32::from(on) - minutes);
                let detour = (u32::from(to) + u32::from(on)).saturating_sub(u32::from(stop.leg));
                let cost = detour * travel + fixed;
                intervals[kept] = key(cost, from, until, at);
                kept += usize::from(from <= until && cost < limit);
                if stop.visit == BASE || i32::from(stop.end) > latest {
                    break;
                }
                before = stop;
            }
        }
        intervals.truncate(kept);
    }

    /// What is to be paid for a candidate, wherever it comes from.
    fn fixed(
        &mut self,
        model: &Model,
        state: &State,
        seen: &Seen<'_>,
        candidate: &Candidate,
    ) -> u32 {
        let mut fixed = 0;
        if seen.crew.body {
            let load = state.loads[candidate.resource as usize] + seen.task.minutes;
            let over = (load - state.longest[seen.crew.pool as usize]).max(0).unsigned_abs();
            fixed = MINUTE * over * model.problem.objective.longest_load
                + load.unsigned_abs() * self.settings.load_weight / 64;
        }
        if let Some(wish) = seen.wish
            && !wish.crew.contains(&candidate.tour)
        {
            fixed += wish.per_person;
        }
        // Once it is at 0, nobody is overlooked until it is set again.
        if self.blink > 0 {
            self.blink -= 1;
            if self.blink == 0 {
                return NEVER;
            }
        }
        fixed
    }

    /// Tries the starts of one window that could cost less than the limit.
    fn try_starts(
        &mut self,
        model: &Model,
        (task, window): (&Task, &Window),
        ask: &Ask<'_>,
        (least, mut limit): (u32, u32),
        random: &mut Random,
    ) -> Option<u32> {
        self.tried.fill(false);
        let mut best = None;
        let wished = ask.wish.as_ref().filter(|wish| wish.slot.day == window.day);
        if let Some(wish) = wished
            && (window.from..=window.latest).contains(&wish.slot.start)
            && (window.day, wish.slot.start) >= ask.earliest
        {
            let start = wish.slot.start;
            if let Some((cost, _)) = self.crew_at(model, (task, window), start, (least, limit)) {
                self.keep(window, start);
                (best, limit) = (Some(cost), cost);
            }
        }
        for crew in 0..task.crews.len() {
            let (_, dearest) = self.cheapest[crew];
            for at in 0..self.intervals[crew].len() {
                let interval = self.intervals[crew][at];
                if least - dearest + dearest.max(cost(interval)) >= limit {
                    break;
                }
                let start = from(interval);
                if std::mem::replace(&mut self.tried[start as usize], true) {
                    continue;
                }
                let start = i32::from(start);
                let moved = moved(ask, window.day, start);
                if moved >= limit {
                    continue;
                }
                let Some((found, until)) =
                    self.crew_at(model, (task, window), start, (least, limit - moved))
                else {
                    continue;
                };
                let start = if ask.wish.is_none() && random.chance(512) { until } else { start };
                self.keep(window, start);
                (best, limit) = (Some(found + moved), found + moved);
            }
        }
        best
    }

    fn keep(&mut self, window: &Window, start: i32) {
        self.slot = Slot { day: window.day, start };
        std::mem::swap(&mut self.crew, &mut self.picks);
    }

    /// The cheapest crew at one start, into `picks`: its cost, and the last start it could keep.
    fn crew_at(
        &mut self,
        model: &Model,
        (task, window): (&Task, &Window),
        start: i32,
        (least, limit): (u32, u32),
    ) -> Option<(u32, i32)> {
        self.picks.clear();
        let start = u16::try_from(start).unwrap_or(u16::MAX);
        let (mut total, mut rest, mut last) = (0, least, u16::MAX);
        for (at, crew) in task.crews.iter().enumerate() {
            rest -= self.cheapest[at].0;
            let list = &model.lists[window.lists[at] as usize];
            let several = crew.holds.len() > 2;
            self.crowd[..crew.holds.len()].fill(0);
            let mut missing = crew.size;
            for &interval in &self.intervals[at] {
                if from(interval) > start || until(interval) < start {
                    continue;
                }
                let one = cost(interval);
                if total + rest + one * u32::try_from(missing).unwrap_or(u32::MAX) >= limit {
                    return None;
                }
                let candidate = &list[index(interval)];
                if several && !seat(&mut self.crowd, crew, candidate.groups) {
                    continue;
                }
                total += one;
                last = last.min(until(interval));
                self.picks.push(candidate.tour);
                missing -= 1;
                if missing == 0 {
                    break;
                }
            }
            if missing > 0 {
                return None;
            }
        }
        (total < limit).then(|| (total, i32::from(last)))
    }
}

struct Seen<'a> {
    open: i32,
    task: &'a Task,
    window: &'a Window,
    crew: &'a Crew,
    wish: Option<&'a Wish<'a>>,
    limit: u32,
}

/// What another time costs, for a visit that had one.
fn moved(ask: &Ask<'_>, day: u32, start: i32) -> u32 {
    match &ask.wish {
        None => 0,
        Some(wish) if wish.slot.day == day => {
            if wish.slot.start == start {
                0
            } else {
                wish.other_time / 2 + start.abs_diff(wish.slot.start) * MINUTE / 4
            }
        }
        Some(wish) => wish.other_time,
    }
}

/// The least cost of a crew when time is left aside, and the dearest of its people.
fn cheapest(
    intervals: &[u64],
    list: &[Candidate],
    crew: &Crew,
    crowd: &mut [u8; 64],
) -> Option<(u32, u32)> {
    let several = crew.holds.len() > 2;
    crowd[..crew.holds.len()].fill(0);
    let (mut sum, mut missing) = (0, crew.size);
    for &interval in intervals {
        if several && !seat(crowd, crew, list[index(interval)].groups) {
            continue;
        }
        sum += cost(interval);
        missing -= 1;
        if missing == 0 {
            return Some((sum, cost(interval)));
        }
    }
    None
}

/// Seats one more who fits these groups, unless some subset of the groups would be overfull.
/// Taking people in the order of their cost, this finds the cheapest crew (a transversal matroid).
fn seat(crowd: &mut [u8; 64], crew: &Crew, groups: u8) -> bool {
    let groups = usize::from(groups);
    let subsets = || (0..crew.holds.len()).filter(|subset| subset & groups == groups);
    if subsets().any(|subset| crowd[subset] >= crew.holds[subset]) {
        return false;
    }
    for subset in subsets() {
        crowd[subset] += 1;
    }
    true
}

/// Cost, first and last start, and position in the list, in the order in which they are compared.
fn key(cost: u32, from: i32, until: i32, index: u64) -> u64 {
    let (from, until) = (u64::from(from.unsigned_abs()), u64::from(until.unsigned_abs()));
    u64::from(cost.min(DEAREST)) << 46 | from << 35 | until << 24 | index
}

const fn cost(key: u64) -> u32 {
    (key >> 46) as u32
}

const fn from(key: u64) -> u16 {
    (key >> 35 & 0x7FF) as u16
}

const fn until(key: u64) -> u16 {
    (key >> 24 & 0x7FF) as u16
}

const fn index(key: u64) -> usize {
    (key & 0xFF_FFFF) as usize
}
