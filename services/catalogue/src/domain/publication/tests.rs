//! Each fault by itself, and a revision without one.

use std::sync::Arc;

use super::{Examined, FAULTS, GROUP, Ground, examine};
use crate::domain::{
    body::testing::county,
    changes::Changes,
    content::Content,
    entry::{
        Area, Benchmark, Condition, Entry, Kind, Mark, Operator, Posting, Power, Source,
        testing::{area, boundary, code, entries, matter, power, span},
    },
    region::Region,
    span::day,
};

fn before() -> Content {
    let mut content = Content::default();
    entries().into_iter().for_each(|entry| content.put(entry, 1));
    content
}

fn examined(put: Vec<Entry>, remove: &[Entry]) -> Examined {
    examined_on(&before(), put, remove)
}

fn examined_on(before: &Content, put: Vec<Entry>, remove: &[Entry]) -> Examined {
    let bodies = county();
    let ground = Ground {
        bodies: &bodies,
        today: day("2026-03-02").unwrap(),
        county: Region::parse("330999"),
        exclusive: true,
        by_decision: false,
    };
    let remove = remove.iter().map(Entry::name).collect();
    examine(before, &Changes { put, remove }, 2, &ground)
}

/// The words of the faults.
fn wrong(put: Vec<Entry>, remove: &[Entry]) -> Vec<&'static str> {
    examined(put, remove).faults.iter().map(|fault| fault.wrong.as_str()).collect()
}

fn held(holder: &str, from: &str, to: &str) -> Entry {
    Entry::Power(power(holder, "330999", from, to))
}

fn empowered(holder: &str, territory: &str) -> Entry {
    Entry::Power(power(holder, territory, "2026-04-01", ""))
}

#[test]
fn a_transfer_from_a_day_to_come_is_without_fault() {
    let mut ended = Power::clone(&power("CAE", "330999", "2022-07-01", "2026-12-31"));
    ended.source = Source::Transfer;
    let told = examined(vec![Entry::Power(Arc::new(ended)), held("HOU", "2027-01-01", "")], &[]);
    assert_eq!(told.faults, []);
    assert_eq!((told.changes.len(), told.moves.len(), told.reaches.len()), (2, 1, 0));
}

#[test]
fn a_matter_must_have_a_holder_on_every_day_from_today_on() {
    let cae = before().powers("M001").remove(0);
    assert_eq!(wrong(vec![], &[Entry::Power(cae)]), ["WITHOUT_HOLDER"]);
    let told = wrong(vec![Entry::Matter(Arc::new(matter("M002")))], &[]);
    assert_eq!(told, ["WITHOUT_HOLDER"], "a new matter too");
    let late =
        examined(vec![held("CAE", "2022-07-01", "2026-12-31"), held("HOU", "2027-01-02", "")], &[]);
    assert!(late.faults[0].text.contains("2027-01-01"), "{:?}", late.faults);
    let mut shared = Power::clone(&power("TG-T04", "330999004", "2022-07-01", ""));
    shared.matter = "M002".into();
    let told =
        wrong(vec![Entry::Matter(Arc::new(matter("M002"))), Entry::Power(Arc::new(shared))], &[]);
    assert_eq!(told, ["WITHOUT_HOLDER"], "one township is not the county");
}

#[test]
fn two_holders_at_once_overlap_unless_both_share() {
    assert_eq!(wrong(vec![held("HOU", "2024-01-01", "")], &[]), ["OVERLAP"]);
    assert_eq!(wrong(vec![held("CAE", "2024-01-01", "")], &[]), ["OVERLAP"], "or one holder twice");
    let share = |holder: &str, from: &str| {
        let mut power = Power::clone(&power(holder, "330999", from, ""));
        power.shared = true;
        Entry::Power(Arc::new(power))
    };
    assert_eq!(
        wrong(vec![share("HOU", "2024-01-01")], &[]),
        ["OVERLAP"],
        "one alone shares nothing"
    );
    let both = vec![share("CAE", "2022-07-01"), share("HOU", "2026-04-01")];
    assert_eq!(wrong(both, &[]), [""; 0]);
    let mut twin = Area::clone(&area("04"));
    twin.span = span("2020-01-01", "");
    assert_eq!(wrong(vec![Entry::Area(Arc::new(twin))], &[]), ["OVERLAP"]);
}

#[test]
fn bodies_must_be_known_and_able_to_hold() {
    assert_eq!(wrong(vec![held("XXX", "2026-04-01", "")], &[]), ["UNKNOWN_BODY", "OVERLAP"]);
    for code in ["GDO", "OEO", "GOV-C", "BR-T04"] {
        let told = wrong(vec![held(code, "2026-04-01", "")], &[]);
        assert_eq!(told, ["NOT_A_HOLDER", "OVERLAP"], "{code}");
    }
    let mut lost = Area::clone(&area("05"));
    lost.brigade = code("TG-T05");
    assert_eq!(wrong(vec![Entry::Area(Arc::new(lost))], &[]), ["NOT_A_HOLDER"]);
}

#[test]
fn townships_are_given_what_the_list_has_in_their_own_territory() {
    assert_eq!(wrong(vec![empowered("TG-T04", "330999004")], &[]), [""; 0]);
    assert_eq!(wrong(vec![empowered("TG-T04", "330999005")], &[]), ["NOT_EMPOWERABLE"]);
    assert_eq!(wrong(vec![empowered("CAE", "330999005")], &[]), ["NOT_EMPOWERABLE"]);
    let mut kept = matter("M001");
    kept.township_empowerable = false;
    let told = wrong(vec![Entry::Matter(Arc::new(kept)), empowered("TG-T04", "330999004")], &[]);
    assert_eq!(told, ["NOT_EMPOWERABLE"]);
}

#[test]
fn what_is_outside_the_county_or_about_no_matter_is_refused() {
    let told = wrong(vec![Entry::Power(power("CAE", "330998", "2026-04-01", ""))], &[]);
    assert_eq!(told, ["OUTSIDE_COUNTY"]);
    let mut lost = Power::clone(&power("CAE", "330999", "2026-04-01", ""));
    lost.matter = "M999".into();
    assert_eq!(wrong(vec![Entry::Power(Arc::new(lost))], &[]), ["UNKNOWN_MATTER"]);
    let gone = wrong(vec![], &entries()[..1]);
    assert_eq!(gone, ["UNKNOWN_MATTER", "UNKNOWN_MATTER"], "its powers would be about nothing");
}

#[test]
fn entries_are_named_once_and_what_goes_was_there() {
    let one = empowered("TG-T04", "330999004");
    assert_eq!(wrong(vec![one.clone(), one.clone()], &[]), ["TWICE"]);
    assert_eq!(wrong(vec![], &[one]), ["ABSENT"]);
    assert_eq!(wrong(entries(), &[]), ["NO_CHANGE"]);
    assert_eq!(wrong(vec![], &[]), ["NO_CHANGE"]);
}

#[test]
fn a_posting_leads_to_another_body_and_a_boundary_comes_from_a_decision() {
    let posting = Posting {
        certificate_no: "CAE-02".into(),
        home_agency: code("CAE"),
        posted_to: code("CAE"),
        span: span("2026-04-01", ""),
    };
    assert_eq!(wrong(vec![Entry::Posting(Arc::new(posting))], &[]), ["TO_ITSELF"]);
    let told = wrong(vec![Entry::Boundary(boundary("CAE", &["HOU"], "2026-04-01"))], &[]);
    assert_eq!(told, ["BY_DECISION_ONLY"]);
}

#[test]
fn a_condition_without_sense_is_malformed() {
    let condition =
        Condition { fact: "harm".into(), operator: Operator::Above, value: "true".into() };
    let grade = Benchmark {
        matter: "M001".into(),
        grade: "LIGHT".into(),
        conditions: vec![condition],
        order: 1,
        penalty: String::new(),
        fine_min_fen: 0,
        fine_max_fen: 0,
        basis: String::new(),
        mark: Mark::D,
        span: span("2026-04-01", ""),
    };
    assert_eq!(wrong(vec![Entry::Benchmark(Arc::new(grade))], &[]), ["MALFORMED"]);
}

#[test]
fn a_township_keeps_an_area_while_townships_hold_a_matter() {
    let gone = Entry::Area(area("05"));
    assert_eq!(wrong(vec![], std::slice::from_ref(&gone)), [""; 0]);
    let mut own = Power::clone(&power("TOWNSHIP", "330999", "2000-01-01", ""));
    own.matter = "M009".into();
    let put = vec![Entry::Matter(Arc::new(matter("M009"))), Entry::Power(Arc::new(own))];
    let told = examined(put, &[gone]);
    assert_eq!(told.faults.len(), 1, "{:?}", told.faults);
    assert_eq!((told.faults[0].kind, told.faults[0].key.as_str()), (Some(Kind::Area), "330999005"));
}

/// The county with M009 of its townships.
fn with_townships() -> Content {
    let mut content = before();
    let mut own = Power::clone(&power("TOWNSHIP", "330999", "2000-01-01", ""));
    own.matter = "M009".into();
    content.put(Entry::Matter(Arc::new(matter("M009"))), 1);
    content.put(Entry::Power(Arc::new(own)), 1);
    content
}

fn merged(from: &str, to: &str) -> Entry {
    let mut area = Area::clone(&area("05"));
    (area.government, area.span) = (code("TG-T04"), span(from, to));
    Entry::Area(Arc::new(area))
}

#[test]
fn another_government_of_a_township_in_the_past_is_found_where_townships_hold_a_matter() {
    let reaches = |put: Vec<Entry>| {
        let told = examined_on(&with_townships(), put, &[]);
        assert_eq!(told.faults, []);
        let reach = |one: super::Reach| (one.matter, one.name.0, one.name.1, one.since.to_string());
        told.reaches.into_iter().map(reach).collect::<Vec<_>>()
    };
    let found = |key: &str, since: &str| {
        vec![("M009".to_owned(), Kind::Area, key.to_owned(), since.to_owned())]
    };
    let whole = reaches(vec![merged("2000-01-01", "")]);
    assert_eq!(whole, found("330999005/2000-01-01", "2000-01-01"), "M001 is not theirs");
    let ended = |to: &str| {
        let mut area = Area::clone(&area("05"));
        area.span = span("2000-01-01", to);
        Entry::Area(Arc::new(area))
    };
    let since = reaches(vec![ended("2025-12-31"), merged("2026-01-01", "")]);
    assert_eq!(since, found("330999005/2026-01-01", "2026-01-01"));
    assert_eq!(reaches(vec![ended("2026-03-01"), merged("2026-03-02", "")]), [], "from today on");
    let mut brigade = Area::clone(&area("05"));
    brigade.brigade = code("BR-T04");
    assert_eq!(reaches(vec![Entry::Area(Arc::new(brigade))]), [], "the same government");
}

#[test]
fn what_a_decision_settled_goes_with_its_matter_or_not_at_all() {
    let mut content = before();
    let settled = Entry::Boundary(boundary("HOU", &["CAE"], "2026-01-01"));
    content.put(settled.clone(), 1);
    let told = examined_on(&content, vec![], std::slice::from_ref(&settled));
    let words: Vec<_> = told.faults.iter().map(|fault| fault.wrong.as_str()).collect();
    assert_eq!((words, told.faults[0].key.as_str()), (vec!["BY_DECISION_ONLY"], &*settled.key()));
    let mut all = entries();
    all.truncate(3);
    all.push(settled);
    assert_eq!(examined_on(&content, vec![], &all).faults, [], "the matter goes, and all of it");
}

#[test]
fn standing_empowerments_are_looked_at_again_when_the_list_or_their_area_changes() {
    let kept = || {
        let mut kept = matter("M001");
        kept.township_empowerable = false;
        Entry::Matter(Arc::new(kept))
    };
    let mut content = before();
    let given = power("TG-T04", "330999004", "2024-01-01", "");
    content.put(Entry::Power(Arc::clone(&given)), 1);
    let told = examined_on(&content, vec![kept()], &[]);
    assert_eq!(told.faults.len(), 1, "{:?}", told.faults);
    assert_eq!(told.faults[0].key, "M001/TG-T04/330999004/2024-01-01");
    let runs_out = Entry::Power(power("TG-T04", "330999004", "2024-01-01", "2026-12-31"));
    assert_eq!(examined_on(&content, vec![kept(), runs_out], &[]).faults, [], "it may run out");

    // The seat of TG-T05 is elsewhere: in 006 it is at home by its area only.
    let mut away = Area::clone(&area("05"));
    away.region = Region::parse("330999006").unwrap();
    let away = Entry::Area(Arc::new(away));
    content.put(away.clone(), 1);
    content.put(Entry::Power(power("TG-T05", "330999006", "2024-01-01", "")), 1);
    let told = examined_on(&content, vec![], &[away]);
    let words: Vec<_> = told.faults.iter().map(|fault| fault.wrong.as_str()).collect();
    assert_eq!(words, ["NOT_EMPOWERABLE"], "{:?}", told.faults);
}

/// Powers over M001 in the whole county, each of another day.
fn many(count: usize, to: &str) -> Vec<Entry> {
    let days = day("1950-01-01").unwrap().iter_days().take(count);
    days.map(|from| held("CAE", &from.to_string(), to)).collect()
}

#[test]
fn more_powers_than_are_compared_are_one_fault() {
    let told = examined(many(10_000, ""), &[]);
    let words: Vec<_> = told.faults.iter().map(|fault| fault.wrong.as_str()).collect();
    assert_eq!((words, told.moves.len()), (vec!["TOO_MANY"], 0));
    assert!(told.faults[0].text.contains("10002 entries: at most 500"), "{:?}", told.faults);
}

#[test]
fn no_more_contradictions_are_collected_than_are_told() {
    let told = examined(many(GROUP - 2, ""), &[]);
    assert_eq!((told.faults.len(), told.moves.len()), (FAULTS, 0));
}

#[test]
fn a_change_of_the_past_is_found_with_its_first_day() {
    let told = examined(
        vec![held("HOU", "2000-01-01", "2024-12-31"), held("CAE", "2025-01-01", "")],
        &before()
            .powers("M001")
            .into_iter()
            .filter(|one| one.span.to.is_none())
            .map(Entry::Power)
            .collect::<Vec<_>>(),
    );
    assert_eq!(told.faults, []);
    let reach = &told.reaches[0];
    assert_eq!((reach.matter.as_str(), reach.since), ("M001", day("2022-07-01").unwrap()));
    assert_eq!(told.reaches.len(), 1);
}
