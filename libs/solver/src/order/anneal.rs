//! Annealing over the order of calls and who serves them.

use std::sync::atomic::{AtomicBool, Ordering};

use super::{
    OrderCost, OrderFault, OrderPlan, OrderProblem, Served,
    routes::{Routes, Spot},
    sound,
};
use crate::{
    random::{Cooling, Random},
    validate::count,
};

/// How to search.
#[derive(Clone, Copy, Debug)]
pub struct Annealer {
    /// Two runs with the same seed give the same plan.
    pub seed: u64,
    /// How many changes are tried.
    pub iterations: u64,
}

/// Iterations for each pair of calls after which a search has come to rest.
const ENOUGH: u64 = 600;

impl Annealer {
    /// Searches; `cancel` ends it with the best so far.
    ///
    /// # Errors
    /// When the problem makes no sense.
    pub fn solve(
        &self,
        problem: &OrderProblem,
        cancel: &AtomicBool,
    ) -> Result<OrderPlan, OrderFault> {
        sound(problem)?;
        let mut search = Search::new(problem, Random::new(self.seed, 0));
        search.first_plan(problem);
        // Whoever has time enough starts hot again: a few calls soon come to rest, not always well.
        let calls = u64::from(search.routes.end_mark());
        let cycles = (self.iterations / (calls * calls * ENOUGH)).clamp(1, 4);
        let cycle = self.iterations.div_ceil(cycles).max(1);
        let cooling = search.cooling(cycles > 2);
        let mut best = search.picture();
        let mut lowest = search.routes.cost.total();
        for iteration in 0..self.iterations {
            if iteration.is_multiple_of(4096) && cancel.load(Ordering::Relaxed) {
                break;
            }
            let temperature = cooling.at(iteration % cycle, cycle);
            let allowed = (u128::from(temperature) * u128::from(search.random.exponential())) >> 32;
            let allowed = search.routes.cost.total() + i64::try_from(allowed).unwrap_or(0);
            search.step(allowed);
            if search.routes.cost.total() < lowest {
                lowest = search.routes.cost.total();
                search.draw(&mut best);
            }
        }
        search.show(&best);
        Ok(search.plan())
    }
}

/// The order and the carers, enough to build the ways again.
struct Picture {
    labels: Vec<u64>,
    carers: Vec<u32>,
}

struct Search {
    routes: Routes,
    random: Random,
    eligible: Vec<[Vec<u32>; 2]>,
    can: Vec<bool>,
    carers: usize,
    near: Vec<u32>,
    width: usize,
    doubles: Vec<u32>,
}

impl Search {
    fn new(problem: &OrderProblem, random: Random) -> Self {
        let carers = problem.carers as usize;
        let mut eligible = Vec::with_capacity(problem.calls.len());
        let mut can = vec![false; problem.calls.len() * 2 * carers];
        for (index, call) in problem.calls.iter().enumerate() {
            let second = call.second.as_ref().map(|second| second.service.carers.clone());
            let both = [call.first.carers.clone(), second.unwrap_or_default()];
            for (which, list) in both.iter().enumerate() {
                for &carer in list {
                    can[(2 * index + which) * carers + carer as usize] = true;
                }
            }
            eligible.push(both);
        }
        let doubles =
            (0..).zip(&problem.calls).filter(|(_, call)| call.second.is_some()).map(|(i, _)| i);
        let width = 24.min(problem.calls.len().saturating_sub(1));
        Self {
            routes: Routes::empty(problem),
            random,
            eligible,
            can,
            carers,
            near: near(problem, width),
            width,
            doubles: doubles.collect(),
        }
    }

    /// Calls in the order in which they are due, each to whom it suits best.
    fn first_plan(&mut self, problem: &OrderProblem) {
        let mut order: Vec<u32> = (0..count(problem.calls.len())).collect();
        order.sort_by_key(|&call| {
            let call = &problem.calls[call as usize];
            (call.earliest + call.due, call.place)
        });
        let mut last = self.routes.end_mark();
        for call in order {
            let mut best: Option<(i64, [u32; 2])> = None;
            for first in self.eligible[call as usize][0].clone() {
                let mut seconds = self.eligible[call as usize][1].clone();
                if !self.routes.fixed[call as usize].two {
                    seconds = vec![u32::MAX];
                }
                for second in seconds.into_iter().filter(|&second| second != first) {
                    let carers = [first, second];
                    let before = self.routes.cost;
                    self.append(call, last, carers);
                    let cost = self.routes.cost;
                    let start = self.routes.start[2 * call as usize];
                    let waiting = (start - self.routes.fixed[call as usize].earliest) / 5;
                    let total = cost.travel + 3 * cost.late + waiting;
                    if best.is_none_or(|(least, _)| total < least) {
                        best = Some((total, carers));
                    }
                    self.routes.detach(call);
                    self.routes.restore(before);
                }
            }
            if let Some((_, carers)) = best {
                self.append(call, last, carers);
                self.routes.settle();
                last = call;
            }
        }
        self.routes.relabel();
    }

    /// From what a call costs in the first plan down to a hundredth of it: where calls are late and
    /// bound to each other, more must be undone at once to find something better. Whoever has no time
    /// to cool slowly starts at half of it.
    fn cooling(&self, slowly: bool) -> Cooling {
        let calls = u64::from(self.routes.end_mark()).max(1);
        let one = self.routes.cost.total().unsigned_abs() / calls;
        let hottest = if slowly { one } else { one / 2 };
        Cooling::new(hottest, one / 100)
    }

    fn append(&mut self, call: u32, last: u32, carers: [u32; 2]) {
        if let Some(spot) = self.routes.spot_after(last, carers) {
            self.routes.attach(call, spot);
            self.routes.follow(i64::MAX);
        }
    }

    fn step(&mut self, allowed: i64) {
        let operator = self.random.below(100);
        if operator < 70 {
            self.relocate(operator, allowed);
        } else if operator < 82 {
            self.swap(allowed);
        } else if operator < 92 {
            self.reassign(allowed);
        } else {
            self.swap_tails(allowed);
        }
    }

    fn any(&mut self) -> u32 {
        count(self.random.index(self.routes.calls()))
    }

    fn neighbour(&mut self, call: u32) -> u32 {
        let near = &self.near[call as usize * self.width..][..self.width];
        if near.is_empty() { call } else { near[self.random.index(self.width)] }
    }

    fn one_of_two(&mut self, call: u32) -> usize {
        if self.routes.fixed[call as usize].two { self.random.index(2) } else { 0 }
    }

    fn can(&self, call: u32, which: usize, carer: u32) -> bool {
        self.can[(2 * call as usize + which) * self.carers + carer as usize]
    }

    fn clash(&self, call: u32, carers: [u32; 2]) -> bool {
        self.routes.fixed[call as usize].two && carers[0] == carers[1]
    }

    /// Moves a call next to another, if possible to whom serves that one.
    fn relocate(&mut self, operator: u32, allowed: i64) {
        let call = if operator < 10 && !self.doubles.is_empty() {
            self.doubles[self.random.index(self.doubles.len())]
        } else {
            self.any()
        };
        let old = self.routes.spot(call);
        let mut carers = old.carers;
        let which = self.one_of_two(call);
        let beside = if operator < 62 {
            let beside = self.neighbour(call);
            let whose = self.one_of_two(beside);
            let carer = self.routes.spot(beside).carers[whose];
            if self.can(call, which, carer) {
                carers[which] = carer;
            } else if self.random.below(4) == 0 {
                carers[which] = self.one_who_can(call, which);
            }
            beside
        } else {
            if self.random.below(2) == 0 {
                carers[which] = self.one_who_can(call, which);
            }
            self.any()
        };
        if beside == call || self.clash(call, carers) {
            return;
        }
        let after = if self.random.below(2) == 0 { self.routes.spot(beside).after } else { beside };
        self.move_to(call, after, carers, allowed);
    }

    fn one_who_can(&mut self, call: u32, which: usize) -> u32 {
        let list = &self.eligible[call as usize][which];
        list[self.random.index(list.len())]
    }

    /// Exchanges the places of two calls, and mostly who serves them.
    fn swap(&mut self, allowed: i64) {
        let call = self.any();
        let other = if self.random.below(3) > 0 { self.neighbour(call) } else { self.any() };
        if call == other {
            return;
        }
        let (one, two) = (self.routes.spot(call), self.routes.spot(other));
        let (mut carers_one, mut carers_two) = (one.carers, two.carers);
        let (w1, w2) = (self.one_of_two(call), self.one_of_two(other));
        if self.random.below(4) > 0
            && self.can(call, w1, two.carers[w2])
            && self.can(other, w2, one.carers[w1])
        {
            (carers_one[w1], carers_two[w2]) = (two.carers[w2], one.carers[w1]);
        }
        if self.clash(call, carers_one) || self.clash(other, carers_two) {
            return;
        }
        let cost = self.routes.cost;
        self.routes.detach(call);
        self.routes.detach(other);
        // Each takes the label of the other. Whoever comes first in the order is put in first; where
        // the two stood side by side, the second then stands behind the first.
        let (mut at_one, mut at_two) =
            (Spot { carers: carers_two, ..one }, Spot { carers: carers_one, ..two });
        if one.label < two.label {
            if at_two.after == call {
                at_two.after = other;
            }
            self.routes.attach(other, at_one);
            self.routes.attach(call, at_two);
        } else {
            if at_one.after == other {
                at_one.after = call;
            }
            self.routes.attach(call, at_two);
            self.routes.attach(other, at_one);
        }
        if !self.keeps(allowed) {
            self.routes.detach(call);
            self.routes.detach(other);
            let (low, high) = if one.label < two.label { (call, other) } else { (other, call) };
            let (first, second) = if low == call { (one, two) } else { (two, one) };
            self.routes.attach(low, first);
            self.routes.attach(high, second);
            self.routes.restore(cost);
        }
    }

    /// Another carer for one service.
    fn reassign(&mut self, allowed: i64) {
        let call = self.any();
        let old = self.routes.spot(call);
        let which = self.one_of_two(call);
        let mut carers = old.carers;
        carers[which] = self.one_who_can(call, which);
        if carers == old.carers || self.clash(call, carers) {
            return;
        }
        self.move_to(call, call, carers, allowed);
    }

    /// Exchanges what two carers do from some point of the order on.
    fn swap_tails(&mut self, allowed: i64) {
        let call = self.any();
        let beside = self.neighbour(call);
        let (w1, w2) = (self.one_of_two(call), self.one_of_two(beside));
        let one = 2 * call + count(w1);
        let (c1, c2) =
            (self.routes.carer[one as usize], self.routes.carer[(2 * beside) as usize + w2]);
        if c1 == c2 {
            return;
        }
        let end = 2 * self.routes.end_mark();
        let label = self.routes.label[call as usize];
        let mut other = self.routes.prev[(end + c2) as usize];
        while other < end && self.routes.label[(other / 2) as usize] > label {
            other = self.routes.prev[other as usize];
        }
        let routes = &self.routes;
        let (n1, n2) = (routes.next[one as usize], routes.next[other as usize]);
        let home = |node: u32| if node >= end { end } else { node };
        if home(n1) == home(n2) {
            return;
        }
        let change = routes.distance(one, n2) + routes.distance(other, n1)
            - routes.distance(one, n1)
            - routes.distance(other, n2);
        if routes.cost.travel + change > allowed
            || !self.tail_suits(n1, c2)
            || !self.tail_suits(n2, c1)
        {
            return;
        }
        let cost = self.routes.cost;
        self.routes.swap_tails(one, other);
        if !self.keeps(allowed) {
            self.routes.swap_tails(one, other);
            self.routes.restore(cost);
        }
    }

    fn tail_suits(&self, mut node: u32, carer: u32) -> bool {
        let end = 2 * self.routes.end_mark();
        while node < end {
            if !self.can(node / 2, (node & 1) as usize, carer) {
                return false;
            }
            node = self.routes.next[node as usize];
        }
        true
    }

    /// Moves a call behind another in the order, and to these carers.
    fn move_to(&mut self, call: u32, after: u32, carers: [u32; 2], allowed: i64) {
        let old = self.routes.spot(call);
        let spot = if after == call || after == old.after {
            Spot { carers, ..old }
        } else if let Some(spot) = self.routes.spot_after(after, carers) {
            spot
        } else {
            self.routes.relabel();
            return;
        };
        let cost = self.routes.cost;
        if spot == old || cost.travel + self.routes.change(call, spot) > allowed {
            return;
        }
        self.routes.detach(call);
        self.routes.attach(call, spot);
        if !self.keeps(allowed) {
            self.put_back(call, old, cost);
        }
    }

    fn put_back(&mut self, call: u32, old: Spot, cost: OrderCost) {
        self.routes.detach(call);
        self.routes.attach(call, old);
        self.routes.restore(cost);
    }

    /// Follows the change when travel alone does not forbid it already.
    fn keeps(&mut self, allowed: i64) -> bool {
        if self.routes.cost.travel > allowed {
            return false;
        }
        if !self.routes.follow(allowed) || self.routes.cost.total() > allowed {
            return false;
        }
        self.routes.settle();
        true
    }

    fn picture(&self) -> Picture {
        Picture { labels: self.routes.label.clone(), carers: self.routes.carer.clone() }
    }

    fn draw(&self, picture: &mut Picture) {
        picture.labels.clone_from(&self.routes.label);
        picture.carers.clone_from(&self.routes.carer);
    }

    /// Builds the ways of a picture.
    fn show(&mut self, picture: &Picture) {
        let mut order: Vec<u32> = (0..self.routes.end_mark()).collect();
        order.sort_by_key(|&call| picture.labels[call as usize]);
        for &call in &order {
            self.routes.detach(call);
        }
        let mut after = self.routes.end_mark();
        for &call in &order {
            let node = 2 * call as usize;
            let carers = [picture.carers[node], picture.carers[node + 1]];
            self.routes.attach(call, Spot { after, label: picture.labels[call as usize], carers });
            after = call;
        }
        self.routes.follow(i64::MAX);
        self.routes.settle();
    }

    fn plan(&self) -> OrderPlan {
        let routes = &self.routes;
        let (mut served, mut call) = (Vec::new(), routes.following(routes.end_mark()));
        while call != routes.end_mark() {
            let node = 2 * call as usize;
            let of = |node: usize| (routes.carer[node], routes.start[node]);
            let second = routes.fixed[call as usize].two.then(|| of(node + 1));
            served.push(Served { call, first: of(node), second });
            call = routes.following(call);
        }
        OrderPlan { served, cost: routes.cost }
    }
}

/// Calls close in space and time.
fn near(problem: &OrderProblem, width: usize) -> Vec<u32> {
    let mut lists = Vec::with_capacity(problem.calls.len() * width);
    for (index, call) in problem.calls.iter().enumerate() {
        let mut others: Vec<(i64, u32)> = Vec::with_capacity(problem.calls.len());
        for (other, it) in problem.calls.iter().enumerate().filter(|(other, _)| *other != index) {
            let apart = (call.earliest - it.due).max(it.earliest - call.due).max(0);
            let offset = (call.earliest - it.earliest).abs();
            let way = i64::from(problem.travel[call.place as usize][it.place as usize]);
            others.push((20 * way + 6 * apart + offset, count(other)));
        }
        others.sort_unstable();
        lists.extend(others.into_iter().take(width).map(|(_, other)| other));
    }
    lists
}
