//! An independent checker of order plans: it takes only carers and starts, and shares no code with the
//! search.

use std::collections::BTreeMap;

use super::{Call, OrderCost, OrderPlan, OrderProblem};

/// What a plan costs, counted anew; `None` when it breaks a rule: a call missing or served twice, a
/// carer who cannot do it, in two places, too early, or too far from the other service.
#[must_use]
pub fn cost(problem: &OrderProblem, plan: &OrderPlan) -> Option<OrderCost> {
    let mut seen = vec![false; problem.calls.len()];
    let mut ways: BTreeMap<u32, Vec<(i64, i64, u32)>> = BTreeMap::new();
    let mut cost = OrderCost::default();
    for served in &plan.served {
        let call = problem.calls.get(served.call as usize)?;
        if std::mem::replace(&mut seen[served.call as usize], true) {
            return None;
        }
        for (length, (carer, start)) in services(call, served)? {
            let late = (start - call.due).max(0);
            cost.late += late;
            cost.latest = cost.latest.max(late);
            if start < call.earliest {
                return None;
            }
            ways.entry(carer).or_default().push((start, start + length, call.place));
        }
    }
    for way in ways.values_mut() {
        way.sort_unstable();
        let (mut free, mut here) = (0, 0);
        for &(start, end, place) in way.iter() {
            let length = i64::from(*problem.travel.get(here)?.get(place as usize)?);
            cost.travel += length;
            if free + length > start {
                return None;
            }
            (free, here) = (end, place as usize);
        }
        cost.travel += i64::from(*problem.travel.get(here)?.first()?);
    }
    seen.into_iter().all(|served| served).then_some(cost)
}

type Done = (i64, (u32, i64));

/// Length, carer and start of each service, when the right carers do them at the right distance.
fn services(call: &Call, served: &super::Served) -> Option<Vec<Done>> {
    let mut done = vec![(call.first.length, served.first)];
    if !call.first.carers.contains(&served.first.0) {
        return None;
    }
    match (&call.second, served.second) {
        (None, None) => {}
        (Some(second), Some((carer, start))) => {
            let apart = start - served.first.1;
            let able = second.service.carers.contains(&carer) && carer != served.first.0;
            if !able || apart < second.least || second.most < apart {
                return None;
            }
            done.push((second.service.length, (carer, start)));
        }
        (Some(_), None) | (None, Some(_)) => return None,
    }
    Some(done)
}
