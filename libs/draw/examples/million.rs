//! Times a draw of 10,000 winners among 1,000,000 subjects, with the roots of the lists apart.
#![expect(clippy::print_stdout, reason = "a program that reports")]

use std::{sync::Arc, time::Instant};

use draw::{Algorithm, Frozen, Pool, Revealed, Subject, run};

fn main() {
    for algorithm in [Algorithm::Sha256, Algorithm::Sm3] {
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
        let frozen = Frozen {
            draw: "draws/1".into(),
            algorithm,
            office: ("GDO".into(), String::new()),
            bodies: Vec::new(),
            deadlines: (String::new(), String::new()),
            public: (String::new(), String::new()),
            pools: vec![pool],
            subjects: subjects.collect(),
            officers: Vec::new(),
        };
        let started = Instant::now();
        let roots = frozen.roots();
        let rooted = started.elapsed();
        let revealed = Revealed {
            parts: Vec::new(),
            public_value: "20261126".into(),
            office_nonce: "nonce".into(),
        };
        let started = Instant::now();
        let outcome = run(&frozen, &roots, &revealed);
        println!(
            "{}: {} winners in {:?}; roots in {rooted:?}",
            algorithm.as_str(),
            outcome.winners.len(),
            started.elapsed()
        );
    }
}
