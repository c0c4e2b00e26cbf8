//! The second neighbourhood: every call must be served, windows are soft, and a plan is one order of all
//! calls with who serves each. Everyone goes as early as the order allows; lateness is paid for.
//! It carries the public benchmark of home health care (HHCRSP), and polishes where all must be done.

mod anneal;
pub mod check;
mod routes;

use serde::{Deserialize, Serialize};

pub use anneal::Annealer;

/// Calls to be served, all of them. Times and travel are in any one unit of integers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderProblem {
    /// How many carers there are; each starts and ends at place 0.
    pub carers: u32,
    /// The calls.
    pub calls: Vec<Call>,
    /// Travel from each place (row) to each place (column).
    pub travel: Vec<Vec<i32>>,
}

/// One call at one place, with one service or two.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// The place, not 0.
    pub place: u32,
    /// No service starts before.
    pub earliest: i64,
    /// A start after this is late.
    pub due: i64,
    /// The service.
    pub first: Service,
    /// A second service by another carer.
    pub second: Option<Second>,
}

/// What one carer does at a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Service {
    /// Its length.
    pub length: i64,
    /// Who can do it.
    pub carers: Vec<u32>,
}

/// A second service, and how long after the first it starts: 0 and 0 when at the same time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Second {
    /// The service.
    pub service: Service,
    /// At least so long after the first.
    pub least: i64,
    /// At most so long after the first.
    pub most: i64,
}

/// Who serves each call, and when, in an order in which it can be replayed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderPlan {
    /// The calls, each once.
    pub served: Vec<Served>,
    /// Travel, and lateness summed, and the greatest lateness.
    pub cost: OrderCost,
}

/// A call that is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Served {
    /// The call.
    pub call: u32,
    /// Carer and start of its services.
    pub first: (u32, i64),
    /// The same for the second.
    pub second: Option<(u32, i64)>,
}

/// The parts of the cost; the benchmark counts a third of their sum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderCost {
    /// All travel.
    pub travel: i64,
    /// All lateness.
    pub late: i64,
    /// The greatest lateness.
    pub latest: i64,
}

impl OrderCost {
    /// The sum.
    #[must_use]
    pub const fn total(self) -> i64 {
        self.travel + self.late + self.latest
    }
}

/// Why an order problem cannot be searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OrderFault {
    /// There are no calls, no carers, or far too many.
    #[error("there must be 1 to 4,000 calls and 1 to 4,000 carers")]
    Size,
    /// Travel times are not one per pair of places, or negative.
    #[error("travel times are missing or negative")]
    Travel,
    /// A call names a place or carer that is not there, or nobody can serve it.
    #[error("call {0} names what is not there, or nobody can serve it")]
    Call(u32),
}

const MOST: usize = 4000;

/// What must hold before a search.
fn sound(problem: &OrderProblem) -> Result<(), OrderFault> {
    let (calls, carers) = (problem.calls.len(), problem.carers as usize);
    if !(1..=MOST).contains(&calls) || !(1..=MOST).contains(&carers) {
        return Err(OrderFault::Size);
    }
    let places = problem.travel.len();
    let row_fits = |row: &Vec<i32>| row.len() == places && row.iter().all(|&length| length >= 0);
    if places > 2 * MOST || !problem.travel.iter().all(row_fits) {
        return Err(OrderFault::Travel);
    }
    for (index, call) in (0..).zip(&problem.calls) {
        let known = |service: &Service| {
            !service.carers.is_empty() && service.carers.iter().all(|&c| c < problem.carers)
        };
        let place = call.place > 0 && (call.place as usize) < places;
        let two = call.second.as_ref().is_none_or(|second| {
            let both = call.first.carers.iter().chain(&second.service.carers);
            let one = call.first.carers.first();
            let distinct = both.into_iter().any(|carer| Some(carer) != one);
            known(&second.service) && distinct && 0 <= second.least && second.least <= second.most
        });
        if !place || !known(&call.first) || !two {
            return Err(OrderFault::Call(index));
        }
    }
    Ok(())
}
