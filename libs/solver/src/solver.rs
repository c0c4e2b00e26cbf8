//! The search as a whole: a first plan, then rounds of annealing on one or several threads. In a round
//! each thread works on days of its own, so that results fit together; which days, changes from round to
//! round. What comes out depends on the problem, the seed, the iterations and the number of threads, never
//! on the machine or its load.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

use crate::{
    lane::{Lane, Scope, Settings, Stretch},
    model::Model,
    near::Near,
    plan::{Plan, Score},
    random::{Cooling, Random},
    state::{Picture, State},
    sweep::{Ask, Sweep},
    validate::count,
};

/// How to search.
#[derive(Clone, Debug)]
pub struct Solver {
    /// Two runs with the same seed give the same plan.
    pub seed: u64,
    /// How many changes are tried, over all threads.
    pub iterations: u64,
    /// How many threads search, at least 1; more than days do not help.
    pub threads: usize,
    /// A plan to start from, such as the best that was saved; visits that do not fit are left out.
    pub start: Option<Plan>,
}

/// How far the search is.
#[derive(Clone, Copy, Debug)]
pub struct Progress<'a> {
    /// Changes tried so far.
    pub iterations: u64,
    /// The score of the best plan so far.
    pub best: Score,
    /// The best plan, when it is a new one; ask for it only to save or show it.
    snapshot: Snapshot<'a>,
}

#[derive(Clone, Copy, Debug)]
struct Snapshot<'a> {
    model: &'a Model,
    state: &'a State,
}

impl Progress<'_> {
    /// The best plan so far.
    #[must_use]
    pub fn plan(&self) -> Plan {
        self.snapshot.state.plan(self.snapshot.model)
    }
}

/// What the search found.
#[derive(Clone, Debug)]
pub struct Solution {
    /// The plan.
    pub plan: Plan,
    /// Its score.
    pub score: Score,
    /// How many changes were tried.
    pub iterations: u64,
    /// Whether it ended before its iterations because it was told to: the plan is valid, but partial
    /// work.
    pub cancelled: bool,
}

/// Iterations of a thread between two reports.
const ROUND: u64 = 2048;

impl Solver {
    /// Searches. `report` is told of the first plan and after each round; `cancel` ends the search at
    /// the end of the round it is in.
    pub fn solve(
        &self,
        model: &Model,
        cancel: &AtomicBool,
        mut report: impl FnMut(&Progress<'_>),
    ) -> Solution {
        let settings = Settings::MEASURED;
        let mut state = self.first(model, cancel);
        let mut best = state.picture(model);
        let all: Vec<u32> = (0..count(model.tasks.len())).collect();
        // The state of the best plan, brought up to date when someone is told of it.
        let mut shown = state.clone();
        let mut tell = |best: &Picture, iterations| {
            shown.adopt(model, best, &all);
            let snapshot = Snapshot { model, state: &shown };
            report(&Progress { iterations, best: shown.score(model), snapshot });
        };
        tell(&best, 0);
        let mut done = 0;
        if self.iterations > 0 && !model.tasks.is_empty() {
            let near = Near::of(model);
            let cooling = Cooling::new(settings.hottest, settings.coldest);
            let mut search = Rounds::new(model, &near, &settings, self);
            while done < self.iterations && !cancel.load(Ordering::Relaxed) {
                search.round(&mut state, done, &cooling, &mut best);
                done = search.done;
                tell(&best, done);
            }
        }
        state.adopt(model, &best, &all);
        if done > 0 {
            // The best was met in the heat, perhaps before all that still had a place was tried.
            self.fill(model, &mut state, u64::MAX - 2, &AtomicBool::new(false));
        }
        let cancelled = done < self.iterations && cancel.load(Ordering::Relaxed);
        Solution { plan: state.plan(model), score: state.score(model), iterations: done, cancelled }
    }

    /// The first plan: visit by visit, the hardest first.
    fn first(&self, model: &Model, cancel: &AtomicBool) -> State {
        let mut state = State::empty(model);
        if let Some(plan) = &self.start {
            crate::load::load(model, &mut state, plan);
        }
        self.fill(model, &mut state, u64::MAX, cancel);
        state
    }

    /// Places what is left out, the hardest first, wherever it fits: nothing that has a place stays out.
    fn fill(&self, model: &Model, state: &mut State, stream: u64, cancel: &AtomicBool) {
        let mut sweep = Sweep::new(model, &Settings::EXACT);
        let mut random = Random::new(self.seed, stream);
        let mut order = state.out.clone();
        order.sort_by_key(|&visit| {
            let task = &model.tasks[visit as usize];
            (-task.weight, task.windows.len(), -task.minutes, visit)
        });
        for visit in order {
            if cancel.load(Ordering::Relaxed) {
                break;
            }
            let visit = visit as usize;
            if sweep.cheapest(model, state, &Ask::of(visit), &mut random).is_some() {
                state.put(model, visit, sweep.slot, &sweep.crew);
            }
        }
    }
}

/// The rounds of one search.
struct Rounds<'a> {
    model: &'a Model,
    lanes: Vec<Lane<'a>>,
    random: Random,
    whole: Option<Scope>,
    all: u64,
    done: u64,
    count: u64,
}

impl<'a> Rounds<'a> {
    fn new(model: &'a Model, near: &'a Near, settings: &'a Settings, solver: &Solver) -> Self {
        let days = model.problem.days as usize;
        let threads = solver.threads.clamp(1, days);
        let lane = |stream| Lane::new(model, near, settings, Random::new(solver.seed, stream));
        let whole =
            (threads == 1).then(|| Scope::new(model, u64::MAX, vec![true; model.tasks.len()]));
        Self {
            model,
            lanes: (0..threads as u64).map(lane).collect(),
            random: Random::new(solver.seed, u64::MAX - 1),
            whole,
            all: solver.iterations,
            done: 0,
            count: 0,
        }
    }

    /// One round; whether a better plan was found.
    fn round(
        &mut self,
        state: &mut State,
        done: u64,
        cooling: &Cooling,
        best: &mut Picture,
    ) -> bool {
        self.count += 1;
        let lanes = self.lanes.len() as u64;
        let to = (done + ROUND * lanes).min(self.all);
        self.done = to;
        let lowest = best.total;
        if let (Some(scope), [lane]) = (&self.whole, self.lanes.as_mut_slice()) {
            let stretch = Stretch { cooling, from: done, to, all: self.all };
            lane.search(state, scope, stretch, best);
            return best.total < lowest;
        }
        // Each lane counts its own iterations, on the temperature of all.
        let stretch =
            Stretch { cooling, from: done / lanes, to: to / lanes, all: self.all / lanes };
        let scopes = self.scopes(state);
        let model = self.model;
        let results: Vec<(Picture, Picture)> = thread::scope(|threads| {
            let running: Vec<_> = self
                .lanes
                .iter_mut()
                .zip(&scopes)
                .map(|(lane, scope)| {
                    let mut own = state.clone();
                    own.keep_out(|visit| scope.may_move[visit as usize]);
                    threads.spawn(move || {
                        let mut met = own.picture(model);
                        lane.search(&mut own, scope, stretch, &mut met);
                        (own.picture(model), met)
                    })
                })
                .collect();
            running.into_iter().filter_map(|thread| thread.join().ok()).collect()
        });
        let mut together = state.clone();
        for (scope, (own, met)) in scopes.iter().zip(&results) {
            state.adopt(model, own, &scope.movable);
            together.adopt(model, met, &scope.movable);
        }
        for found in [&*state, &together] {
            let total = found.total(model);
            if total < best.total {
                found.draw(best, total);
            }
        }
        best.total < lowest
    }

    /// Shares out the days, and with them the visits; those left out go to a lane that could place
    /// them. What is bound by a rule to a visit of another lane does not move in this round.
    fn scopes(&mut self, state: &State) -> Vec<Scope> {
        let lanes = self.lanes.len();
        let mut days: Vec<u32> = (0..self.model.problem.days).collect();
        for at in (1..days.len()).rev() {
            days.swap(at, self.random.index(at + 1));
        }
        let mut masks = vec![0_u64; lanes];
        for (at, &day) in days.iter().enumerate() {
            masks[at % lanes] |= 1 << day;
        }
        let lane_of_day =
            |day: u32| masks.iter().position(|mask| mask >> day & 1 == 1).unwrap_or(0);
        let mut lane_of: Vec<usize> = Vec::with_capacity(self.model.tasks.len());
        for (visit, task) in self.model.tasks.iter().enumerate() {
            lane_of.push(match state.slots[visit] {
                Some(slot) => lane_of_day(slot.day),
                None if task.windows.is_empty() => 0,
                None => lane_of_day(task.windows[self.random.index(task.windows.len())].day),
            });
        }
        let mut bound = vec![false; self.model.tasks.len()];
        for (visit, task) in self.model.tasks.iter().enumerate() {
            bound[visit] |=
                task.spacings.iter().any(|&(other, _)| lane_of[other] != lane_of[visit]);
        }
        for cap in &self.model.problem.caps {
            let mut lanes = cap.visits.iter().map(|&visit| lane_of[visit as usize]);
            let first = lanes.next();
            if lanes.any(|lane| Some(lane) != first) {
                for &visit in &cap.visits {
                    bound[visit as usize] = true;
                }
            }
        }
        (0..lanes)
            .map(|lane| {
                let may_move =
                    lane_of.iter().zip(&bound).map(|(own, bound)| *own == lane && !bound);
                Scope::new(self.model, masks[lane], may_move.collect())
            })
            .collect()
    }
}
