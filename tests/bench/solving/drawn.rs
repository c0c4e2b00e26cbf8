//! The public draw of 10,000 winners among 1,000,000 subjects, and its replay.

use std::{sync::Arc, time::Instant};

use draw::{Algorithm, Frozen, Outcome, Pool, Revealed, Subject, run};

use super::{Progress, cpu::number};
use crate::report::{Figure, Report, median};

pub(super) const SECONDS: f64 = 20.0;
/// Draws of which the median is taken, after the first.
const ROUNDS: usize = 5;

pub(super) fn bench(progress: &mut Progress, report: &mut Report) {
    for (algorithm, most) in [(Algorithm::Sha256, Some(0.5)), (Algorithm::Sm3, None)] {
        progress.next(&format!("the draw, {}", algorithm.as_str()), SECONDS / 2.0);
        let frozen = frozen(algorithm);
        let (first, _) = drawn(&frozen);
        assert_eq!(first.winners.len(), 10_000);
        let again: Vec<(Outcome, f64)> = (0..ROUNDS).map(|_| drawn(&frozen)).collect();
        let differ = again.iter().filter(|(outcome, _)| *outcome != first).count();
        report.add(Figure {
            name: format!("1,000,000 subjects, 10,000 winners, {}", algorithm.as_str()),
            value: median(again.into_iter().map(|(_, seconds)| seconds)),
            unit: "s",
            most,
            ..Figure::default()
        });
        report.add(Figure {
            name: format!("replays of it that differ, {}", algorithm.as_str()),
            value: number(differ),
            most: Some(0.0),
            ..Figure::default()
        });
    }
}

/// One draw and its seconds, with the roots of the lists, that were frozen before it, left aside.
fn drawn(frozen: &Frozen) -> (Outcome, f64) {
    let roots = frozen.roots();
    let revealed = Revealed {
        parts: Vec::new(),
        public_value: "20261126".into(),
        office_nonce: "nonce".into(),
    };
    let started = Instant::now();
    let outcome = run(frozen, &roots, &revealed);
    (outcome, started.elapsed().as_secs_f64())
}

fn frozen(algorithm: Algorithm) -> Frozen {
    let pools: Arc<[usize]> = Arc::from([0]);
    let subjects = (0..1_000_000_u32).map(|n| Subject {
        id: format!("9133{n:014}"),
        weight: [1, 1, 1, 1, 1, 2, 2, 2, 4, 8][(n % 10) as usize],
        pools: Arc::clone(&pools),
    });
    let pool = Pool {
        body: "MKT".into(),
        item: "plan#0".into(),
        matter: "FOOD-1".into(),
        winners: 10_000,
    };
    Frozen {
        draw: "draws/1".into(),
        algorithm,
        office: ("GDO".into(), String::new()),
        bodies: Vec::new(),
        deadlines: (String::new(), String::new()),
        public: (String::new(), String::new()),
        pools: vec![pool],
        subjects: subjects.collect(),
        officers: Vec::new(),
    }
}
