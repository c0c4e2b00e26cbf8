//! The ways of all carers as linked lists in one global order, with the start of each service. A change
//! is followed only as far as it changes a start, and can be taken back.

use super::{OrderCost, OrderProblem};
use crate::validate::count;

/// What is fixed of a call.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fixed {
    pub(super) two: bool,
    pub(super) earliest: i64,
    pub(super) due: i64,
    pub(super) least: i64,
    pub(super) most: i64,
    pub(super) length: [i64; 2],
}

/// A call's neighbours: the one before it in the global order, and the carers of its services.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spot {
    pub(super) after: u32,
    pub(super) label: u64,
    pub(super) carers: [u32; 2],
}

/// Services are nodes `2 * call + which`; after them comes one node per carer, both ends of its way.
#[derive(Clone, Debug)]
pub(super) struct Routes {
    pub(super) fixed: Vec<Fixed>,
    travel_of: Vec<i32>,
    places: usize,
    place: Vec<u32>,
    pub(super) next: Vec<u32>,
    pub(super) prev: Vec<u32>,
    pub(super) carer: Vec<u32>,
    pub(super) start: Vec<i64>,
    end: Vec<i64>,
    /// The global order: labels rise along it. The last index is its end.
    pub(super) label: Vec<u64>,
    after: Vec<u32>,
    before: Vec<u32>,
    pub(super) cost: OrderCost,
    log: Vec<(u32, i64)>,
    queue: Vec<u32>,
    queued: Vec<bool>,
}

const STEP: u64 = 1 << 40;

impl Routes {
    /// Nobody is on the way.
    pub(super) fn empty(problem: &OrderProblem) -> Self {
        let (calls, carers) = (problem.calls.len(), problem.carers as usize);
        let fixed = |call: &super::Call| {
            let second = call.second.as_ref();
            Fixed {
                two: second.is_some(),
                earliest: call.earliest,
                due: call.due,
                least: second.map_or(0, |second| second.least),
                most: second.map_or(0, |second| second.most),
                length: [call.first.length, second.map_or(0, |second| second.service.length)],
            }
        };
        let nodes = 2 * calls + carers;
        let mut place = vec![0; nodes];
        for (index, call) in problem.calls.iter().enumerate() {
            place[2 * index] = call.place;
            place[2 * index + 1] = call.place;
        }
        let itself: Vec<u32> = (0..count(nodes)).collect();
        let carer = itself.iter().map(|&node| node.saturating_sub(2 * count(calls))).collect();
        let mut before = vec![0; calls + 1];
        let mut after = before.clone();
        (before[calls], after[calls]) = (count(calls), count(calls));
        let mut label = vec![0; calls + 1];
        label[calls] = u64::MAX;
        Self {
            fixed: problem.calls.iter().map(fixed).collect(),
            travel_of: problem.travel.concat(),
            places: problem.travel.len(),
            place,
            next: itself.clone(),
            prev: itself,
            carer,
            start: vec![0; nodes],
            end: vec![0; nodes],
            label,
            after,
            before,
            cost: OrderCost::default(),
            log: Vec::new(),
            queue: Vec::new(),
            queued: vec![false; calls],
        }
    }

    pub(super) fn calls(&self) -> usize {
        self.fixed.len()
    }

    /// The end of the global order, which is also before its beginning.
    pub(super) fn end_mark(&self) -> u32 {
        count(self.fixed.len())
    }

    pub(super) fn distance(&self, from: u32, to: u32) -> i64 {
        let (from, to) = (self.place[from as usize] as usize, self.place[to as usize] as usize);
        i64::from(self.travel_of[from * self.places + to])
    }

    /// The call after one in the global order.
    pub(super) fn following(&self, call: u32) -> u32 {
        self.after[call as usize]
    }

    pub(super) fn spot(&self, call: u32) -> Spot {
        let node = 2 * call as usize;
        Spot {
            after: self.before[call as usize],
            label: self.label[call as usize],
            carers: [self.carer[node], self.carer[node + 1]],
        }
    }

    fn nodes(&self, call: u32) -> std::ops::RangeInclusive<u32> {
        2 * call..=2 * call + u32::from(self.fixed[call as usize].two)
    }

    /// Takes a call out of the ways and the order. Starts stay as they are until `follow`.
    pub(super) fn detach(&mut self, call: u32) {
        for node in self.nodes(call) {
            let (p, n) = (self.prev[node as usize], self.next[node as usize]);
            self.cost.travel +=
                self.distance(p, n) - self.distance(p, node) - self.distance(node, n);
            self.next[p as usize] = n;
            self.prev[n as usize] = p;
            self.wake(n);
        }
        let (p, n) = (self.before[call as usize], self.after[call as usize]);
        self.after[p as usize] = n;
        self.before[n as usize] = p;
    }

    /// A spot after a call of the global order; `None` when the labels are used up there.
    pub(super) fn spot_after(&mut self, after: u32, carers: [u32; 2]) -> Option<Spot> {
        let end = self.end_mark();
        let next = self.after[after as usize];
        let low = if after == end { 0 } else { self.label[after as usize] };
        let high =
            if next == end { low.saturating_add(2 * STEP) } else { self.label[next as usize] };
        let label = low + (high - low) / 2;
        (label > low && label < high).then_some(Spot { after, label, carers })
    }

    /// Puts a call at a spot.
    pub(super) fn attach(&mut self, call: u32, spot: Spot) {
        let n = self.after[spot.after as usize];
        self.after[spot.after as usize] = call;
        self.before[call as usize] = spot.after;
        self.after[call as usize] = n;
        self.before[n as usize] = call;
        self.label[call as usize] = spot.label;
        for node in self.nodes(call) {
            let carer = spot.carers[(node & 1) as usize];
            let (p, n) = self.gap(carer, spot.label);
            self.carer[node as usize] = carer;
            self.next[p as usize] = node;
            self.prev[node as usize] = p;
            self.next[node as usize] = n;
            self.prev[n as usize] = node;
            self.cost.travel +=
                self.distance(p, node) + self.distance(node, n) - self.distance(p, n);
            self.wake(n);
        }
        self.wake(2 * call);
    }

    /// Between which nodes of a carer's way a label lies.
    fn gap(&self, carer: u32, label: u64) -> (u32, u32) {
        let own = 2 * self.end_mark() + carer;
        let mut node = self.prev[own as usize];
        while node != own && self.label[(node / 2) as usize] > label {
            node = self.prev[node as usize];
        }
        (node, self.next[node as usize])
    }

    /// By how much travel changes when a call moves to a spot.
    pub(super) fn change(&self, call: u32, spot: Spot) -> i64 {
        let mut change = 0;
        for node in self.nodes(call) {
            let (p, n) = (self.prev[node as usize], self.next[node as usize]);
            change += self.distance(p, n) - self.distance(p, node) - self.distance(node, n);
            let own = 2 * self.end_mark() + spot.carers[(node & 1) as usize];
            let (mut p, mut n) = (self.prev[own as usize], own);
            while p != own && (p / 2 == call || self.label[(p / 2) as usize] > spot.label) {
                if p / 2 != call {
                    n = p;
                }
                p = self.prev[p as usize];
            }
            change += self.distance(p, node) + self.distance(node, n) - self.distance(p, n);
        }
        change
    }

    /// Exchanges what two carers do after these nodes of theirs.
    pub(super) fn swap_tails(&mut self, one: u32, other: u32) {
        let end = 2 * self.end_mark();
        let own = |node: u32| if node >= end { node } else { end + self.carer[node as usize] };
        let (own_one, own_other) = (own(one), own(other));
        let (next_one, next_other) = (self.next[one as usize], self.next[other as usize]);
        let ends = [(one, next_other, own_one, own_other), (other, next_one, own_other, own_one)];
        for (node, tail, carer, was) in ends {
            let tail = if tail == was { carer } else { tail };
            self.next[node as usize] = tail;
        }
        for (node, carer) in [(one, own_one), (other, own_other)] {
            let (mut before, mut at) = (node, self.next[node as usize]);
            while at < end {
                self.carer[at as usize] = carer - end;
                self.prev[at as usize] = before;
                before = at;
                at = self.next[at as usize];
            }
            self.next[before as usize] = carer;
            self.prev[carer as usize] = before;
            let first = self.next[node as usize];
            self.wake(first);
        }
        let old = self.distance(one, next_one) + self.distance(other, next_other);
        let new = self.distance(one, next_other) + self.distance(other, next_one);
        self.cost.travel += new - old;
    }

    /// Notes that a service's start may have changed.
    fn wake(&mut self, node: u32) {
        let call = node / 2;
        if call < self.end_mark() && !self.queued[call as usize] {
            self.queued[call as usize] = true;
            // Rarely more than a few; kept with the earliest at the end.
            let label = self.label[call as usize];
            let at = self.queue.partition_point(|&other| self.label[other as usize] > label);
            self.queue.insert(at, call);
        }
    }

    /// Brings the starts up to date with the ways. False, with the work half done, as soon as the cost
    /// is certain to be more than `allowed`: what has been looked at stays as late as it is.
    pub(super) fn follow(&mut self, allowed: i64) -> bool {
        let Self { queue, label, .. } = self;
        queue.sort_unstable_by_key(|&call| std::cmp::Reverse(label[call as usize]));
        let worst = self.cost.latest;
        let (mut rising, mut fallen) = (0, false);
        let mut certain = self.cost.travel;
        while let Some(call) = self.queue.pop() {
            self.queued[call as usize] = false;
            let starts = self.starts(call);
            let fixed = &self.fixed[call as usize];
            let due = fixed.due;
            let lengths = fixed.length;
            for node in self.nodes(call) {
                let which = (node & 1) as usize;
                let (old, new) = (self.start[node as usize], starts[which]);
                let is = (new - due).max(0);
                certain += is;
                if certain + is > allowed {
                    return false;
                }
                if old == new {
                    continue;
                }
                self.log.push((node, old));
                self.start[node as usize] = new;
                self.end[node as usize] = new + lengths[which];
                let was = (old - due).max(0);
                self.cost.late += is - was;
                rising = rising.max(is);
                fallen |= was == worst && is < was;
                self.wake(self.next[node as usize]);
            }
        }
        if rising >= worst {
            self.cost.latest = rising;
        } else if fallen {
            self.cost.latest = self.latest();
        }
        true
    }

    /// The earliest starts of a call, given what its carers do before.
    fn starts(&self, call: u32) -> [i64; 2] {
        let fixed = &self.fixed[call as usize];
        let arrive = |node: u32| {
            let p = self.prev[node as usize];
            (self.end[p as usize] + self.distance(p, node)).max(fixed.earliest)
        };
        let mut first = arrive(2 * call);
        if !fixed.two {
            return [first, 0];
        }
        let second = arrive(2 * call + 1).max(first + fixed.least);
        first = first.max(second - fixed.most);
        [first, second]
    }

    fn latest(&self) -> i64 {
        let late = |call: usize| {
            let fixed = &self.fixed[call];
            let second = if fixed.two { self.start[2 * call + 1] } else { 0 };
            self.start[2 * call].max(second) - fixed.due
        };
        (0..self.calls()).map(late).max().unwrap_or(0).max(0)
    }

    /// Forgets what could be taken back.
    pub(super) fn settle(&mut self) {
        self.log.clear();
    }

    /// Takes back the starts, and everything woken; the ways must have been taken back before.
    pub(super) fn restore(&mut self, cost: OrderCost) {
        while let Some(call) = self.queue.pop() {
            self.queued[call as usize] = false;
        }
        while let Some((node, start)) = self.log.pop() {
            let which = (node & 1) as usize;
            self.start[node as usize] = start;
            self.end[node as usize] = start + self.fixed[(node / 2) as usize].length[which];
        }
        self.cost = cost;
    }

    /// Spreads the labels evenly again.
    pub(super) fn relabel(&mut self) {
        let end = self.end_mark();
        let (mut call, mut label) = (self.after[end as usize], STEP);
        while call != end {
            self.label[call as usize] = label;
            label += STEP;
            call = self.after[call as usize];
        }
    }
}
