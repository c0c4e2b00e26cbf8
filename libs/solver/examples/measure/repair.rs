//! One officer absent for a day, two hundred times, in a week of 1,000 visits.

use std::{sync::atomic::AtomicBool, time::Instant};

use solver::{
    Model, Solver,
    check::check,
    problem::Shift,
    roster::{Change, Limits, Roster, Why},
};

use crate::{made, published::COUNTY, rate, week};

/// Prints the times and what was changed.
pub(crate) fn measure() {
    for make_room in [false, true] {
        let problem = week(made(&COUNTY[4], 1));
        let model = Model::build(problem.clone()).unwrap();
        let solver = Solver { seed: 1, iterations: 100_000, threads: 1, start: None };
        let plan = solver.solve(&model, &AtomicBool::new(false), |_| ()).plan;
        let (mut times, mut changes) = (Vec::new(), Vec::new());
        let mut tried = 0;
        for step in 0..10_000_u32 {
            let (officer, day) = (step * 7919 % 500, step % 5);
            let busy = plan.visits.iter().any(|p| p.day == day && p.crew.contains(&officer));
            if times.len() == 200 || !busy {
                continue;
            }
            tried +=
                plan.visits.iter().filter(|p| p.day == day && p.crew.contains(&officer)).count();
            // The quickest of three: what others do on the machine is not ours.
            let mut quickest = f64::MAX;
            let mut made = Vec::new();
            for _ in 0..3 {
                let (mut roster, _) = Roster::open(model.clone(), &plan);
                let begun = Instant::now();
                let off = Shift { day, from: 1, to: 0 };
                made = roster.restrict(officer, off, Limits { now: (0, 0), make_room });
                quickest = quickest.min(begun.elapsed().as_secs_f64());
                assert_eq!(check(roster.model().problem(), &roster.plan()), [].into());
            }
            times.push(quickest);
            changes.extend(made);
        }
        times.sort_by(f64::total_cmp);
        let count = |is: &dyn Fn(&Change) -> bool| changes.iter().filter(|c| is(c)).count();
        let swapped: usize = changes.iter().map(swapped).sum();
        println!(
            "make room: {make_room:<5} median {:.3} ms, p99 {:.3} ms, most {:.3} ms; affected {tried}, \
             other time {}, left out {}, unaffected touched {}, officers swapped {:.2} per affected",
            times[100] * 1000.0,
            times[198] * 1000.0,
            times[199] * 1000.0,
            count(&moved),
            count(&|change| change.to.is_none()),
            count(&|change| change.why != Why::Affected),
            rate(swapped as u64, 1.0) / rate(tried as u64, 1.0)
        );
    }
}

fn moved(change: &Change) -> bool {
    matches!((&change.from, &change.to), (Some(a), Some(b)) if (a.day, a.start) != (b.day, b.start))
}

fn swapped(change: &Change) -> usize {
    let (Some(from), Some(to)) = (&change.from, &change.to) else { return 0 };
    to.crew.iter().filter(|who| !from.crew.contains(who)).count()
}
