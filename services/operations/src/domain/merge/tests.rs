//! Merging saves as many visits as the rules allow, and never breaks one.

use chrono::Days;
use proptest::prelude::*;

use super::*;
use crate::domain::word::Origin;

fn day(n: u64) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, 2).unwrap().checked_add_days(Days::new(n)).unwrap()
}

fn code(text: &str) -> AgencyCode {
    AgencyCode::parse(text).unwrap()
}

fn check(n: usize, agency: &str, subject: &str, (from, to): (u64, u64)) -> Check {
    Check {
        name: format!("checks/{n:03}"),
        agency: code(agency),
        subject: subject.to_owned(),
        matters: vec![format!("{agency}-{n}")],
        origin: Origin::Clue,
        source: "a complaint".to_owned(),
        officers: 2,
        qualification: String::new(),
        kit: String::new(),
        minutes: 30,
        weight: 4,
        window_start: day(from),
        window_end: day(to),
        alone_because: String::new(),
        over_cap_because: String::new(),
        visit: None,
        ranking: Vec::new(),
        created_at: DateTime::UNIX_EPOCH,
        version: 1,
    }
}

/// Merges in a period of 28 days without rest.
fn merged(checks: Vec<Check>, cap: Option<u32>) -> Merged {
    let settings = Settings::defaults();
    let room = |check: &Check| {
        let key = (check.agency.clone(), check.subject.clone());
        (key, Room { cap, ..Room::default() })
    };
    let room = checks.iter().map(room).collect();
    let days = (0..28).map(day).collect();
    merge(Merging { checks, days, room, settings: &settings, now: DateTime::UNIX_EPOCH })
}

#[test]
fn one_visit_has_a_group_for_each_body_and_its_matters() {
    let longer = Check { minutes: 90, officers: 3, ..check(2, "MKT", "s", (1, 20)) };
    let all = vec![check(1, "MKT", "s", (0, 9)), longer, check(3, "ECO", "s", (5, 27))];
    let merged = merged(all, None);
    let [visit] = merged.visits.as_slice() else { panic!("{merged:?}") };
    assert_eq!((visit.minutes, visit.weight, merged.saved), (90, 12, 2));
    let groups: Vec<_> = visit
        .groups
        .iter()
        .map(|group| (group.agency.as_str(), group.officers, group.matters.len()))
        .collect();
    assert_eq!(groups, [("ECO", 2, 1), ("MKT", 3, 2)]);
    let windows = (visit.windows.first().unwrap(), visit.windows.last().unwrap());
    assert_eq!((windows.0.day, windows.1.day), (day(5), day(9)), "where all windows meet");
    assert!(merged.apart.is_empty());
}

#[test]
fn two_qualifications_of_one_body_are_two_groups_of_one_visit() {
    let with = |n, qualification: &str| Check {
        qualification: qualification.to_owned(),
        ..check(n, "MKT", "s", (0, 9))
    };
    let merged = merged(vec![with(1, "LIFTS"), with(2, ""), with(3, "MEAT")], None);
    let qualifications: Vec<_> =
        merged.visits[0].groups.iter().map(|group| group.qualification.as_str()).collect();
    assert_eq!((merged.visits.len(), qualifications), (1, vec!["LIFTS", "MEAT"]));
}

#[test]
fn what_must_be_alone_is_alone_and_says_why() {
    let alone = Check { alone_because: "undercover".to_owned(), ..check(2, "ECO", "s", (0, 27)) };
    let merged = merged(vec![check(1, "MKT", "s", (0, 27)), alone], None);
    assert_eq!((merged.visits.len(), merged.saved), (2, 0));
    assert_eq!(merged.apart[0].because, ["checks/002: undercover"]);
}

#[test]
fn two_joint_operations_are_two_visits_and_a_check_of_neither_goes_with_the_first() {
    let of = |n, agency: &str, operation: &str| Check {
        source: operation.to_owned(),
        ..check(n, agency, "s", (0, 9))
    };
    let all = vec![
        of(1, "MKT", "operations/a"),
        of(2, "ECO", "operations/b"),
        of(3, "CAE", "operations/a"),
        check(4, "FIR", "s", (0, 9)),
    ];
    let merged = merged(all, None);
    let mut visits: Vec<_> = merged
        .visits
        .iter()
        .map(|visit| (visit.operation.as_deref().unwrap(), visit.checks.len()))
        .collect();
    visits.sort_unstable();
    assert_eq!(visits, [("operations/a", 3), ("operations/b", 1)]);
    assert_eq!(
        merged.apart[0].because,
        ["checks/001 and checks/002 belong to two joint operations"]
    );
}

#[test]
fn the_heavier_check_takes_the_last_room_of_a_cap() {
    let urgent = Check { weight: 10, ..check(2, "MKT", "s", (10, 12)) };
    let merged = merged(vec![check(1, "MKT", "s", (0, 3)), urgent], Some(1));
    assert_eq!(merged.visits[0].checks, ["checks/002"]);
    assert_eq!(merged.capped[0].check.name, "checks/001");
    assert!(told(&merged.capped[0], Tier::A).contains("I-04"));
}

#[test]
fn an_order_from_above_is_outside_the_cap() {
    let ordered = Check { origin: Origin::Ordered, ..check(1, "MKT", "s", (0, 3)) };
    let merged = merged(vec![ordered, check(2, "MKT", "s", (0, 3))], Some(0));
    assert_eq!(merged.visits[0].checks, ["checks/001"]);
    assert!(merged.visits[0].groups[0].exempt && !merged.visits[0].is_counted(&code("MKT")));
}

#[test]
fn who_exceeds_the_cap_is_named_with_the_origin_or_the_reason_of_the_head() {
    let ordered = Check { origin: Origin::Ordered, ..check(1, "MKT", "s", (0, 3)) };
    let urgent =
        Check { over_cap_because: "children fell ill".to_owned(), ..check(2, "MKT", "t", (0, 3)) };
    let merged = merged(vec![ordered, urgent, check(3, "MKT", "u", (0, 3))], Some(0));
    let over: Vec<&str> = merged.over_cap.iter().map(|one| one.because.as_str()).collect();
    assert_eq!(over, ["ORDERED is outside the cap", "children fell ill"]);
    let shown: Vec<&str> = merged.visits.iter().map(|one| &*one.groups[0].over_cap).collect();
    assert_eq!(shown, over, "the visit shows it");
    let (mkt, of) = (code("MKT"), |n: usize| &merged.visits[n]);
    assert_eq!((of(0).is_counted(&mkt), of(1).is_counted(&mkt)), (false, true));
    assert!(merged.visits.iter().all(|one| !one.is_capped(&mkt)), "no solver leaves it out");
    assert_eq!(merged.capped[0].check.name, "checks/003");
    assert!(told(&merged.over_cap[1], Tier::A).ends_with("it takes place: children fell ill"));
}

#[test]
fn a_window_without_a_working_day_is_named() {
    let merged = merged(vec![check(1, "MKT", "s", (40, 45))], None);
    assert_eq!((merged.visits.len(), merged.without_day.len()), (0, 1));
}

prop_compose! {
    fn any_check()(
        agency in prop::sample::select(vec!["MKT", "ECO", "CAE"]),
        subject in prop::sample::select(vec!["s", "t"]),
        from in 0_u64..30,
        length in 0_u64..12,
        alone in prop::bool::weighted(0.1),
        weight in 1_u32..60,
    ) -> Check {
        let alone_because = if alone { "a reason".to_owned() } else { String::new() };
        Check { alone_because, weight, ..check(0, agency, subject, (from, from + length)) }
    }
}

fn numbered(mut checks: Vec<Check>) -> Vec<Check> {
    for (n, check) in checks.iter_mut().enumerate() {
        check.name = format!("checks/{n:03}");
    }
    checks
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn every_check_is_in_one_visit_or_told(
        checks in prop::collection::vec(any_check(), 0..20).prop_map(numbered),
        cap in prop::option::of(0_u32..4),
    ) {
        let merged = merged(checks.clone(), cap);
        let mut seen: Vec<&str> = merged.visits.iter().flat_map(|visit| &visit.checks)
            .map(String::as_str)
            .chain(merged.capped.iter().map(|one| one.check.name.as_str()))
            .chain(merged.without_day.iter().map(|one| one.name.as_str()))
            .collect();
        seen.sort_unstable();
        let all: Vec<&str> = checks.iter().map(|one| one.name.as_str()).collect();
        prop_assert_eq!(seen, all);
        let placed: usize = merged.visits.iter().map(|visit| visit.checks.len()).sum();
        prop_assert_eq!(merged.saved, placed - merged.visits.len());
    }

    #[test]
    fn a_visit_keeps_every_window_subject_and_cap(
        checks in prop::collection::vec(any_check(), 0..20).prop_map(numbered),
        cap in prop::option::of(0_u32..4),
    ) {
        let merged = merged(checks.clone(), cap);
        let of = |name: &String| checks.iter().find(|one| one.name == *name).unwrap();
        let mut counted: BTreeMap<(AgencyCode, String), u32> = BTreeMap::new();
        for visit in &merged.visits {
            prop_assert!(!visit.windows.is_empty());
            prop_assert!(visit.weight <= Settings::defaults().visit_weight_max);
            for check in visit.checks.iter().map(of) {
                prop_assert_eq!(&check.subject, &visit.subject);
                prop_assert!(check.alone_because.is_empty() || visit.checks.len() == 1);
                for window in &visit.windows {
                    let inside = check.window_start <= window.day && window.day <= check.window_end;
                    prop_assert!(inside, "{} on {}", check.name, window.day);
                }
                let has = |group: &Group| {
                    group.agency == check.agency && group.matters.contains(&check.matters[0])
                };
                prop_assert!(visit.groups.iter().any(has));
            }
            for agency in visit.agencies() {
                *counted.entry((agency, visit.subject.clone())).or_default() += 1;
            }
        }
        if let Some(cap) = cap {
            prop_assert!(counted.values().all(|count| *count <= cap), "{:?}", counted);
        }
    }

    #[test]
    fn no_smaller_number_of_visits_would_do(
        checks in prop::collection::vec(any_check(), 0..12).prop_map(numbered),
    ) {
        let merged = merged(checks.clone(), None);
        for subject in ["s", "t"] {
            let visits = merged.visits.iter().filter(|visit| visit.subject == subject).count();
            let placed = |one: &&Check| {
                one.subject == subject && !merged.without_day.iter().any(|w| w.name == one.name)
            };
            let (alone, rest): (Vec<&Check>, Vec<&Check>) =
                checks.iter().filter(placed).partition(|one| !one.alone_because.is_empty());
            // Checks whose windows do not meet cannot share a visit: the most that are pairwise
            // apart is a lower bound, and for intervals it is reached.
            let mut by_end = rest;
            by_end.sort_by_key(|one| one.window_end.min(day(27)));
            let (mut apart, mut last) = (0, None);
            for one in by_end {
                if last.is_none_or(|last| one.window_start > last) {
                    apart += 1;
                    last = Some(one.window_end.min(day(27)));
                }
            }
            prop_assert_eq!(visits, apart + alone.len());
        }
    }
}
