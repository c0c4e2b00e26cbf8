//! One officer absent for a day, many times, in a week of 1,000 visits: the computing alone.

use std::{sync::atomic::AtomicBool, time::Instant};

use solver::{
    Model, Plan, Solver,
    check::check,
    problem::Shift,
    roster::{Change, Limits, Roster, Why},
};

use super::{Progress, county::week, cpu::number, published::COUNTY, weeks::made};
use crate::report::{Figure, Report};

pub(super) const SECONDS: f64 = 30.0;
/// Disruptions.
const TIMES: usize = 1000;

pub(super) fn bench(progress: &mut Progress, report: &mut Report) {
    let model = Model::build(week(made(&COUNTY[4], 1))).unwrap();
    let solver = Solver { seed: 1, iterations: 100_000, threads: 1, start: None };
    let plan = solver.solve(&model, &AtomicBool::new(false), |_| ()).plan;
    for make_room in [false, true] {
        let way = if make_room { "repair with room" } else { "repair" };
        progress.next(way, SECONDS / 2.0);
        let repaired = repaired(&model, &plan, make_room);
        let changes = &repaired.changes;
        let count = |is: &dyn Fn(&Change) -> bool| number(changes.iter().filter(|c| is(c)).count());
        let affected = number(repaired.affected);
        let swapped = number(changes.iter().map(swapped).sum::<usize>());
        // Whoever makes room touches others; nothing else may.
        let others = count(&|change| change.why != Why::Affected);
        for (what, value, unit, most) in [
            ("p99 of 1,000 absences", repaired.p99_ms, "ms", Some(2.0)),
            ("others touched", others, "", (!make_room).then_some(0.0)),
            ("affected that change their time", 100.0 * count(&moved) / affected, "%", Some(5.0)),
            ("officers swapped per affected", swapped / affected, "", Some(1.1)),
            ("affected left out", count(&|change| change.to.is_none()), "", None),
        ] {
            let name = format!("{way}, {what}");
            report.add(Figure { name, value, unit, most, ..Figure::default() });
        }
    }
}

struct Repaired {
    p99_ms: f64,
    changes: Vec<Change>,
    affected: usize,
}

fn repaired(model: &Model, plan: &Plan, make_room: bool) -> Repaired {
    let (mut times, mut changes, mut affected) = (Vec::new(), Vec::new(), 0);
    let busy = |officer, day| {
        plan.visits.iter().filter(|p| p.day == day && p.crew.contains(&officer)).count()
    };
    // Officers and days in an order of their own, so that all bodies and days come up.
    for step in 0..10_000_u32 {
        let (officer, day) = (step * 7919 % 500, step / 500 % 5);
        if times.len() == TIMES || busy(officer, day) == 0 {
            continue;
        }
        affected += busy(officer, day);
        // The quickest of three: what others do on the machine is not ours.
        let mut quickest = f64::MAX;
        let mut made = Vec::new();
        for _ in 0..3 {
            let (mut roster, _) = Roster::open(model.clone(), plan);
            let begun = Instant::now();
            let off = Shift { day, from: 1, to: 0 };
            made = roster.restrict(officer, off, Limits { now: (0, 0), make_room });
            quickest = quickest.min(begun.elapsed().as_secs_f64());
            assert_eq!(check(roster.model().problem(), &roster.plan()), [].into());
        }
        times.push(quickest * 1000.0);
        changes.extend(made);
    }
    assert_eq!(times.len(), TIMES, "too few officers are busy");
    times.sort_by(f64::total_cmp);
    Repaired { p99_ms: times[TIMES * 99 / 100], changes, affected }
}

fn moved(change: &Change) -> bool {
    matches!((&change.from, &change.to), (Some(a), Some(b)) if (a.day, a.start) != (b.day, b.start))
}

fn swapped(change: &Change) -> usize {
    let (Some(from), Some(to)) = (&change.from, &change.to) else { return 0 };
    to.crew.iter().filter(|who| !from.crew.contains(who)).count()
}
