//! Who is on the lists of a draw, and how many of them win.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::*;
use crate::domain::{
    plan::{Plan, PlanItem},
    settings::Settings,
    word::{PlanState, Tier},
};

fn code(text: &str) -> AgencyCode {
    AgencyCode::parse(text).unwrap()
}

fn at(hour: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + chrono::Duration::hours(hour)
}

fn draw() -> Draw {
    let mut draw = Draw {
        name: "draws/1".to_owned(),
        title: "Spring".to_owned(),
        office: code("GDO"),
        office_commitment: String::new(),
        parts: vec![Part::of(code("ECO")), Part::of(code("MKT"))],
        plans: vec!["plans/1".to_owned()],
        state: DrawState::Frozen,
        algorithm: "SM3".to_owned(),
        subjects_root: String::new(),
        subject_count: 0,
        officers_root: String::new(),
        officer_count: 0,
        rules_hash: String::new(),
        commit_deadline: at(10),
        reveal_deadline: at(20),
        public_source: "lottery".to_owned(),
        public_at: at(30),
        public_value: String::new(),
        winner_count: 0,
        void_reason: String::new(),
        void_by: String::new(),
        created_at: at(0),
        office_nonce: String::new(),
        seed: String::new(),
        version: 1,
    };
    draw.office_commitment = draw.commitment_of("GDO", "the office");
    draw
}

fn item(sector: &str, ratio_by_tier: Vec<u32>) -> PlanItem {
    PlanItem {
        matter: "M-1".to_owned(),
        sector: sector.to_owned(),
        key_matter: true,
        ratio_by_tier,
        frequency_by_tier: Vec::new(),
        officers: 2,
        qualification: String::new(),
        kit: String::new(),
        minutes: 60,
    }
}

fn plan(items: Vec<PlanItem>) -> Plan {
    Plan {
        name: "plans/1".to_owned(),
        agency: code("MKT"),
        title: "Spring".to_owned(),
        period_start: NaiveDate::from_ymd_opt(1970, 1, 1).unwrap(),
        period_end: NaiveDate::from_ymd_opt(1970, 6, 30).unwrap(),
        items,
        state: PlanState::Filed,
        created_at: at(0),
        filed_at: Some(at(0)),
        file_no: "7".to_owned(),
        drawing: None,
        version: 1,
    }
}

/// A hundred subjects, 40 of tier A, 30 B, 20 C, 10 D; every second is of FOOD.
fn subjects() -> Vec<Rated> {
    let tier = |n| match n {
        0..40 => Tier::A,
        40..70 => Tier::B,
        70..90 => Tier::C,
        _ => Tier::D,
    };
    let one = |n: usize| Rated {
        name: format!("subjects/{n:03}"),
        sector: if n.is_multiple_of(2) { "FOOD" } else { "LIFTS" }.to_owned(),
        tier: tier(n),
        matters: if n < 10 { vec!["M-1".to_owned()] } else { Vec::new() },
    };
    (0..100).map(one).collect()
}

fn winners(items: Vec<PlanItem>, before: &BTreeMap<(String, String), u32>) -> Vec<usize> {
    let (plans, subjects) = (vec![plan(items)], subjects());
    let officers = [(code("MKT"), "MKT-01".to_owned()), (code("MKT"), "MKT-02".to_owned())];
    let listed = Listed { plans: &plans, subjects: &subjects, officers: &officers, before };
    let frozen = list(&draw(), listed, &Settings::defaults());
    assert_eq!(frozen.subjects.len(), 100, "all are listed, in a pool or not");
    frozen.pools.iter().map(|pool| pool.winners).collect()
}

#[test]
fn a_ratio_is_of_each_tier_or_of_all_together() {
    let none = BTreeMap::new();
    let by_tier = item("FOOD", vec![10_000, 20_000, 50_000, 100_000]);
    assert_eq!(winners(vec![by_tier], &none), [2, 3, 5, 5]);
    let together = item("FOOD", vec![10_000]);
    assert_eq!(winners(vec![together], &none), [5]);
    let little = item("FOOD", vec![1]);
    assert_eq!(winners(vec![little], &none), [1], "rounded up");
    assert_eq!(winners(vec![item("FOOD", vec![0])], &none), [0]);
    let by_matter = item("", vec![50_000]);
    assert_eq!(winners(vec![by_matter], &none), [5], "those the matter applies to");
}

#[test]
fn who_was_drawn_as_often_as_the_plan_allows_is_in_no_pool() {
    let before: BTreeMap<_, _> =
        (0..20).map(|n| (("plans/1#0".to_owned(), format!("subjects/{:03}", n * 2)), 1)).collect();
    assert_eq!(winners(vec![item("FOOD", vec![100_000])], &before), [30]);
    let twice = PlanItem { frequency_by_tier: vec![2, 2, 2, 2], ..item("FOOD", vec![100_000]) };
    assert_eq!(winners(vec![twice], &before), [50]);
}

#[test]
fn the_lists_do_not_depend_on_their_order() {
    let (plans, mut subjects) = (vec![plan(vec![item("FOOD", vec![10_000])])], subjects());
    let officers = [(code("MKT"), "MKT-01".to_owned()), (code("ECO"), "ECO-01".to_owned())];
    let before = BTreeMap::new();
    let roots = |subjects: &[Rated], officers: &[(AgencyCode, String)]| {
        let listed = Listed { plans: &plans, subjects, officers, before: &before };
        list(&draw(), listed, &Settings::defaults()).roots()
    };
    let one = roots(&subjects, &officers);
    subjects.reverse();
    let turned = [officers[1].clone(), officers[0].clone()];
    assert_eq!(roots(&subjects, &turned), one);
    subjects[3].tier = Tier::A;
    assert_ne!(roots(&subjects, &turned).subjects, one.subjects);
}

#[test]
fn what_is_drawn_becomes_one_check_for_a_subject_and_body() {
    let lifts = PlanItem {
        matter: "M-2".to_owned(),
        minutes: 90,
        officers: 3,
        ..item("FOOD", vec![100_000])
    };
    let apart = PlanItem { qualification: "MEAT".to_owned(), ..item("FOOD", vec![100_000]) };
    let plans = vec![plan(vec![item("FOOD", vec![100_000]), lifts, apart])];
    let (subjects, before) = (subjects(), BTreeMap::new());
    let officers = [(code("MKT"), "MKT-01".to_owned()), (code("MKT"), "MKT-02".to_owned())];
    let settings = Settings::defaults();
    let listed =
        Listed { plans: &plans, subjects: &subjects, officers: &officers, before: &before };
    let mut draw = draw();
    let frozen = list(&draw, listed, &settings);
    let revealed = draw.close_parts("07 11 13", "the office");
    assert!(draw.parts.iter().all(|part| part.dropped));
    let roots = frozen.roots();
    let outcome = ::draw::run(&frozen, &roots, &revealed);
    let (checks, items) = drawn(&draw, (&frozen, &outcome), &plans, &settings, at(40));
    assert_eq!((checks.len(), items.len()), (100, 150), "two for each of fifty; three items each");
    let both = checks.iter().find(|one| one.qualification.is_empty()).unwrap();
    assert_eq!((both.matters.len(), both.minutes, both.officers), (2, 90, 3));
    assert_eq!(both.ranking.len(), 2);
    assert!(both.window_start >= clock::legal_date(at(40)));
    let worst = checks.iter().find(|one| one.subject == "subjects/098").unwrap();
    assert_eq!(worst.weight, 8, "tier D");
    assert!(
        ::draw::verify(&(frozen.text(&roots) + &::draw::results(&frozen, &revealed, &outcome)))
            .is_ok()
    );
}

#[test]
fn nobody_reveals_while_another_may_still_commit() {
    let mkt = code("MKT");
    let draw = draw();
    let commitment = draw.commitment_of("MKT", "market");
    let committed = draw.commit(&mkt, &commitment, at(1)).unwrap();
    assert_eq!(committed.state, DrawState::Frozen);
    assert!(committed.clone().reveal(&mkt, "market", at(2)).is_err());
    let revealed = committed.clone().reveal(&mkt, "market", at(10)).unwrap();
    assert_eq!((revealed.state, revealed.version), (DrawState::Revealing, 3));
    assert!(committed.clone().reveal(&mkt, "market", at(20)).is_err(), "too late");
    let wrong = committed.clone().reveal(&mkt, "another", at(10)).unwrap();
    assert_eq!((wrong.state, wrong.void_by.as_str()), (DrawState::Void, "MKT"));
    let eco = code("ECO");
    let both = committed.commit(&eco, &"0".repeat(64), at(2)).unwrap();
    assert_eq!(both.state, DrawState::Revealing, "all have committed");
    assert!(both.reveal(&mkt, "market", at(3)).is_ok());
}

#[test]
fn nothing_is_run_before_its_time_or_twice() {
    let draw = draw();
    assert!(draw.runnable(at(29)).is_err());
    assert_eq!(draw.runnable(at(30)), Ok(()));
    let void = draw.clone().void("a reason".to_owned(), "GDO");
    let office = code("GDO");
    let again = void.voidable((&office, &office), 72, at(29));
    assert!(void.runnable(at(30)).is_err() && again.is_err());
    let drawn = Draw { state: DrawState::Drawn, ..draw };
    assert!(drawn.runnable(at(31)).is_err());
    let secret = ("nonce".to_owned(), "seed".to_owned());
    assert!(drawn.clone().open(secret.clone(), 1).is_err());
    assert_eq!(drawn.open(secret, 0).unwrap().state, DrawState::Opened);
}

#[test]
fn a_draw_that_is_not_run_is_void_by_the_fault_of_the_office() {
    let draw = draw();
    let (office, mkt, cae) = (code("GDO"), code("MKT"), code("CAE"));
    let may = |agency, by, now| draw.voidable((agency, by), 72, now);
    assert_eq!(may(&office, &mkt, at(29)), Ok(()), "the value is not known yet");
    let told = may(&office, &mkt, at(30)).unwrap_err().to_string();
    assert!(told.contains("void by its fault"), "{told}");
    assert_eq!(may(&office, &office, at(30)), Ok(()));
    let late = at(30) + Duration::hours(72);
    let early = may(&mkt, &office, late - Duration::seconds(1));
    assert!(matches!(early, Err(Refusal::NotYours { .. })), "{early:?}");
    assert_eq!(may(&mkt, &office, late), Ok(()));
    assert!(may(&mkt, &mkt, late).is_err(), "a body does not take the blame");
    assert!(matches!(may(&cae, &office, late), Err(Refusal::NotYours { .. })));
}
