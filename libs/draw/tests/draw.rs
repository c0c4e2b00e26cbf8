//! A draw is fair, is the same for everybody, and any change to its record is found.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{collections::BTreeMap, io::Write as _, process::Command, sync::Arc};

use draw::{
    Algorithm, Fault, Frozen, Officer, Part, Pool, Revealed, Subject, commitment, ranking, results,
    run, subject_key, verify,
};
use proptest::prelude::*;

fn frozen(algorithm: Algorithm, subjects: Vec<Subject>, pools: &[(&str, usize)]) -> Frozen {
    let pools = pools.iter().enumerate().map(|(at, (body, winners))| Pool {
        body: (*body).to_owned(),
        item: format!("plans/p#{at}"),
        matter: format!("M-{at}"),
        winners: *winners,
    });
    let officers = ["MKT", "ECO"].iter().flat_map(|body| {
        (1..=9).map(move |n| Officer {
            body: (*body).to_owned(),
            certificate_no: format!("{body}-{n:02}"),
        })
    });
    let mut frozen = Frozen {
        draw: "draws/d".into(),
        algorithm,
        office: ("GDO".into(), commitment(algorithm, "GDO", "office secret")),
        bodies: vec!["MKT".into(), "ECO".into()],
        deadlines: ("2026-12-01T00:00:00Z".into(), "2026-12-02T00:00:00Z".into()),
        public: ("lottery".into(), "2026-12-03T00:00:00Z".into()),
        pools: pools.collect(),
        subjects,
        officers: officers.collect(),
    };
    frozen.sort();
    frozen
}

fn revealed(algorithm: Algorithm) -> Revealed {
    let parts = vec![
        Part::Dropped { body: "ECO".into(), why: "NOT_REVEALED".into() },
        Part::Revealed {
            body: "MKT".into(),
            commitment: commitment(algorithm, "MKT", "market secret"),
            nonce: "market secret".into(),
        },
    ];
    Revealed { parts, public_value: "07 11 13".into(), office_nonce: "office secret".into() }
}

fn some(count: usize, pools: &[usize]) -> Vec<Subject> {
    let pools: Arc<[usize]> = Arc::from(pools);
    let one = |n: usize| Subject {
        id: format!("9133{n:014}"),
        weight: [1, 2, 4, 8][n % 4],
        pools: Arc::clone(&pools),
    };
    (0..count).map(one).collect()
}

fn record(algorithm: Algorithm) -> String {
    let mut subjects = some(40, &[0, 1]);
    subjects.extend(some(20, &[]).into_iter().map(|s| Subject { id: format!("{}-2", s.id), ..s }));
    let frozen = frozen(algorithm, subjects, &[("MKT", 5), ("ECO", 7), ("MKT", 0)]);
    let (roots, revealed) = (frozen.roots(), revealed(algorithm));
    let outcome = run(&frozen, &roots, &revealed);
    frozen.text(&roots) + &results(&frozen, &revealed, &outcome)
}

#[test]
fn a_record_is_verified_by_drawing_again() {
    for algorithm in [Algorithm::Sha256, Algorithm::Sm3] {
        let verified = verify(&record(algorithm)).unwrap();
        assert_eq!((verified.subjects, verified.officers), (60, 18));
        assert_eq!(verified.outcome.winners.len(), 12);
        assert_eq!(verified.dropped, [("ECO".to_owned(), "NOT_REVEALED".to_owned())]);
        assert!(verified.outcome.rankings.iter().all(|one| one.officers.len() == 9));
    }
}

#[test]
fn every_change_to_a_record_is_found() {
    let text = record(Algorithm::Sha256);
    let lines: Vec<&str> = text.lines().collect();
    for at in 0..lines.len() {
        let without: String = lines
            .iter()
            .enumerate()
            .filter(|(n, _)| *n != at)
            .map(|(_, line)| format!("{line}\n"))
            .collect();
        assert!(verify(&without).is_err(), "without {:?}", lines[at]);
        if at + 1 < lines.len() && lines[at] != lines[at + 1] {
            let mut swapped = lines.clone();
            swapped.swap(at, at + 1);
            let swapped: String = swapped.iter().map(|line| format!("{line}\n")).collect();
            assert!(verify(&swapped).is_err(), "swapped {:?}", lines[at]);
        }
    }
    let heavier = text.replacen("\t1\t0,1", "\t8\t0,1", 1);
    assert!(matches!(verify(&heavier), Err(Fault::Differs { .. })));
    let forged = text.replace("market secret", "chosen later");
    assert_eq!(verify(&forged), Err(Fault::Commitment { body: "MKT".into() }));
    let forged = text.replace("office secret", "chosen later");
    assert_eq!(verify(&forged), Err(Fault::Commitment { body: "GDO".into() }));
    let forged = text.replace("07 11 13", "08 11 13");
    assert!(matches!(verify(&forged), Err(Fault::Differs { .. })));
    assert!(verify("").is_err());
}

#[test]
fn a_short_script_in_another_language_replays_it() {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/replay.py");
    for algorithm in [Algorithm::Sha256, Algorithm::Sm3] {
        let replay = |text: &str| {
            let file = format!("{}/{}.txt", env!("CARGO_TARGET_TMPDIR"), algorithm.as_str());
            std::fs::File::create(&file).unwrap().write_all(text.as_bytes()).unwrap();
            Command::new("python3").args([script, &file]).output().unwrap()
        };
        let text = record(algorithm);
        let out = replay(&text);
        let told = String::from_utf8_lossy(&out.stderr).into_owned();
        assert!(out.status.success(), "{told}");
        assert_eq!(String::from_utf8_lossy(&out.stdout), "draws/d: 12 winners, replayed\n");
        let at = text.find("winner\t0\t").unwrap() + 9;
        let mut forged = text.clone();
        forged.replace_range(at..at + 18, "933300000000000000");
        assert!(!replay(&forged).status.success(), "a forged winner is found there too");
    }
}

/// Whether `hits` of `n` are within four standard deviations of the share `p`.
fn near(hits: usize, n: usize, p: f64) -> bool {
    let count = |n: usize| f64::from(u32::try_from(n).unwrap());
    let (hits, n) = (count(hits), count(n));
    (hits - n * p).abs() <= 4.0 * (n * p * (1.0 - p)).sqrt()
}

#[test]
fn the_first_winner_is_of_a_tier_as_often_as_its_weight_says() {
    // One winner of four subjects, weights 1, 2, 4, 8: the chance of each is exactly weight / 15.
    const DRAWS: usize = 8_000;
    let subjects = some(4, &[0]);
    let mut won = [0; 4];
    for n in 0..DRAWS {
        let seed = Algorithm::Sha256.hash(&n.to_be_bytes());
        let key = |s: &Subject| subject_key(Algorithm::Sha256, &seed, &s.id, s.weight);
        let best = (0..4).max_by_key(|at| key(&subjects[*at])).unwrap();
        won[best] += 1;
    }
    for (hits, weight) in won.into_iter().zip([1.0, 2.0, 4.0, 8.0]) {
        assert!(near(hits, DRAWS, weight / 15.0), "{won:?}");
    }
}

#[test]
fn in_one_large_draw_the_rates_of_the_tiers_are_as_their_weights() {
    // 500 of 50,000: few enough that drawing without replacement hardly matters.
    const SUBJECTS: usize = 50_000;
    const WINNERS: usize = 500;
    let frozen = frozen(Algorithm::Sha256, some(SUBJECTS, &[0]), &[("MKT", WINNERS)]);
    let outcome = run(&frozen, &frozen.roots(), &revealed(Algorithm::Sha256));
    let mut won: BTreeMap<u32, usize> = BTreeMap::new();
    for winner in &outcome.winners {
        *won.entry(frozen.subjects[winner.subject].weight).or_default() += 1;
    }
    for (weight, hits) in &won {
        // The tiers are equally many, so a tier's share of the winners is its share of the weight.
        assert!(near(*hits, WINNERS, f64::from(*weight) / 15.0), "{won:?}");
    }
    assert_eq!(won.values().sum::<usize>(), WINNERS);
}

#[test]
fn each_officer_is_first_equally_often() {
    const DRAWS: usize = 9_000;
    let officers: Vec<String> = (0..9).map(|n| format!("MKT-{n:02}")).collect();
    let officers: Vec<&str> = officers.iter().map(String::as_str).collect();
    let mut first: BTreeMap<String, usize> = BTreeMap::new();
    for n in 0..DRAWS {
        let seed = Algorithm::Sha256.hash(&n.to_be_bytes());
        let mut order = ranking(Algorithm::Sha256, &seed, ("s", "MKT"), &officers);
        *first.entry(order.swap_remove(0)).or_default() += 1;
    }
    assert_eq!(first.len(), 9);
    assert!(first.values().all(|hits| near(*hits, DRAWS, 1.0 / 9.0)), "{first:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_order_of_the_lists_does_not_matter(
        count in 1_usize..60,
        winners in 0_usize..70,
        turn in 0_usize..60,
        nonce in "[a-z]{1,20}",
    ) {
        let subjects = some(count, &[0]);
        let mut turned = subjects.clone();
        turned.rotate_left(turn % count);
        let won = |subjects: Vec<Subject>| {
            // Not sorted here, so that the order really differs.
            let frozen = Frozen {
                subjects,
                ..frozen(Algorithm::Sha256, Vec::new(), &[("MKT", winners)])
            };
            let roots = Frozen { subjects: Vec::new(), ..frozen.clone() }.roots();
            let revealed = Revealed { office_nonce: nonce.clone(), ..revealed(Algorithm::Sha256) };
            let outcome = run(&frozen, &roots, &revealed);
            let ids = outcome.winners.iter().map(|one| frozen.subjects[one.subject].id.clone());
            (ids.collect::<Vec<_>>(), outcome.rankings)
        };
        let (one, other) = (won(subjects), won(turned));
        prop_assert_eq!(&one, &other);
        prop_assert_eq!(one.0.len(), winners.min(count), "as many win as may");
        let mut once = one.0.clone();
        once.sort_unstable();
        once.dedup();
        prop_assert_eq!(once.len(), one.0.len(), "nobody wins twice in a pool");
    }

    #[test]
    fn more_winners_keep_those_before(count in 2_usize..60, winners in 1_usize..30) {
        let ids = |winners| {
            let frozen = frozen(Algorithm::Sm3, some(count, &[0]), &[("MKT", winners)]);
            // The rules, and so the seed, differ with the number: hold the roots.
            let roots = Frozen { pools: Vec::new(), ..frozen.clone() }.roots();
            let outcome = run(&frozen, &roots, &revealed(Algorithm::Sm3));
            outcome.winners.iter().map(|one| one.subject).collect::<Vec<_>>()
        };
        let (few, many) = (ids(winners), ids(winners + 1));
        prop_assert_eq!(&many[..few.len()], &few[..]);
    }

    #[test]
    fn no_text_makes_the_verifier_panic(text in "([a-z-]{0,12}[\t\n]?){0,40}") {
        let _ = verify(&text);
    }
}
