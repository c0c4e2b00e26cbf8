//! Each way to be competent, and not to be.

use std::sync::Arc;

use super::{Answer, Question, Standing};
use crate::domain::{
    content::Content,
    entry::{
        Basis, Boundary, Entry, Mark, Matter, Posting, Power, Source,
        testing::{boundary, code, entries, matter, power, span},
    },
    index::Index,
    refusal::Refusal,
    region::Region,
    span::day,
};

/// The county of the tests, with more entries.
fn index(more: Vec<Entry>) -> Index {
    let mut content = Content::default();
    entries().into_iter().chain(more).for_each(|entry| content.put(entry, 1));
    Index::of(1, &content, true)
}

fn question(place: &str) -> Question<'static> {
    Question {
        matter: "M001",
        place: Region::parse(place).unwrap(),
        act_date: day("2026-01-05").unwrap(),
        filed_on: None,
        filed_by: None,
        subject: "",
        certificate_no: "",
        today: day("2026-03-02").unwrap(),
    }
}

fn filed(place: &str, by: &str, on: &str) -> Question<'static> {
    Question { filed_by: Some(code(by)), filed_on: day(on), ..question(place) }
}

fn competent(answer: &Answer) -> &str {
    answer.competent.as_ref().map_or("", |code| code.as_str())
}

fn standing(answer: &Answer, agency: &str) -> Option<Standing> {
    answer.claims.iter().find(|claim| claim.agency.as_str() == agency).map(|claim| claim.standing)
}

/// Everything said of a body.
fn said(answer: &Answer, agency: &str) -> String {
    let claim = answer.claims.iter().find(|claim| claim.agency.as_str() == agency).unwrap();
    let all = claim.reasons.iter().map(|one| format!("{} [{} {}]", one.text, one.rule, one.source));
    all.collect::<Vec<_>>().join("; ")
}

fn empowered() -> Vec<Entry> {
    vec![Entry::Power(power("TG-T04", "330999004", "2023-01-01", ""))]
}

fn shared() -> Vec<Entry> {
    let held = |holder: &str| {
        let shared = Power {
            shared: true,
            matter: "M046".into(),
            ..Power::clone(&power(holder, "330999", "2000-01-01", ""))
        };
        Entry::Power(Arc::new(shared))
    };
    vec![Entry::Matter(Arc::new(matter("M046"))), held("NAT"), held("AGR")]
}

fn own() -> Vec<Entry> {
    let power = Power {
        matter: "M009".into(),
        ..Power::clone(&power("TOWNSHIP", "330999", "2000-01-01", ""))
    };
    vec![Entry::Matter(Arc::new(matter("M009"))), Entry::Power(Arc::new(power))]
}

#[test]
fn after_a_transfer_the_new_holder_alone_acts() {
    let answer = index(vec![]).resolve(&question("330999004")).unwrap();
    assert_eq!(competent(&answer), "CAE");
    assert_eq!(standing(&answer, "HOU"), Some(Standing::NotCompetent));
    assert!(
        said(&answer, "HOU").contains("held M001 until 2022-06-30"),
        "{}",
        said(&answer, "HOU")
    );
    assert!(said(&answer, "CAE").contains("Penalty Law art. 18"));
    assert!(answer.summary.contains("CAE is competent for M001"), "{}", answer.summary);
    assert!(answer.summary_zh.contains("由CAE管辖"), "{}", answer.summary_zh);
}

#[test]
fn the_old_holder_keeps_what_it_filed_before() {
    let index = index(vec![]);
    let answer = index.resolve(&filed("330999004", "HOU", "2022-06-30")).unwrap();
    assert_eq!(competent(&answer), "HOU");
    assert!(said(&answer, "HOU").contains("keeps it until it is closed"));
    assert!(said(&answer, "CAE").contains("it stays with HOU"), "{}", said(&answer, "CAE"));
    let late = index.resolve(&filed("330999004", "HOU", "2022-07-01")).unwrap();
    assert_eq!(competent(&late), "CAE", "filed a day too late");
    assert!(said(&late, "HOU").contains("did not hold the power on that day"));
    let never = index.resolve(&filed("330999004", "NAT", "2022-06-30")).unwrap();
    assert_eq!(competent(&never), "CAE", "who holds it now: HOU has filed nothing");
    assert_eq!(standing(&never, "NAT"), Some(Standing::NotCompetent));
    let early = index.resolve(&filed("330999004", "CAE", "2022-06-30")).unwrap();
    assert_eq!(competent(&early), "CAE", "it filed too early, and holds the power now");
    let somebody = Question { filed_on: day("2022-06-30"), ..question("330999004") };
    assert_eq!(competent(&index.resolve(&somebody).unwrap()), "HOU", "as of that day");
}

#[test]
fn a_township_on_the_list_acts_in_its_own_territory() {
    let index = index(empowered());
    let answer = index.resolve(&question("330999004")).unwrap();
    assert_eq!(
        (competent(&answer), standing(&answer, "CAE")),
        ("TG-T04", Some(Standing::NotCompetent))
    );
    assert!(said(&answer, "CAE").contains("excludes the county's holder"));
    assert_eq!(competent(&index.resolve(&question("330999005")).unwrap()), "CAE");
    let kept = index.resolve(&filed("330999004", "CAE", "2022-12-31")).unwrap();
    assert_eq!(competent(&kept), "CAE", "what it filed before the empowerment");
}

#[test]
fn who_shares_a_power_has_the_case_it_filed_first() {
    let index = index(shared());
    let asked = Question { matter: "M046", ..question("330999005") };
    let answer = index.resolve(&asked).unwrap();
    assert_eq!(competent(&answer), "");
    assert_eq!(answer.claims.iter().filter(|one| one.standing == Standing::Claims).count(), 2);
    assert!(said(&answer, "NAT").contains("J-01 Penalty Law art. 25(1)"));
    let first = Question { matter: "M046", ..filed("330999005", "AGR", "2026-02-01") };
    let answer = index.resolve(&first).unwrap();
    assert_eq!(
        (competent(&answer), standing(&answer, "NAT")),
        ("AGR", Some(Standing::NotCompetent))
    );
    assert!(said(&answer, "NAT").contains("J-01"));
}

#[test]
fn townships_hold_by_law_what_is_theirs() {
    let index = index(own());
    let answer = index.resolve(&Question { matter: "M009", ..question("330999005") }).unwrap();
    assert_eq!(competent(&answer), "TG-T05");
    let county = index.resolve(&Question { matter: "M009", ..question("330999") }).unwrap();
    assert_eq!((competent(&county), county.claims.len()), ("", 2));
    assert!(county.summary.contains("say in which township"), "{}", county.summary);
    assert!(county.summary_zh.contains("请写明具体乡镇（街道）"), "{}", county.summary_zh);
    let nowhere = index.resolve(&Question { matter: "M009", ..question("330999777") }).unwrap();
    assert!(nowhere.claims.is_empty());
}

#[test]
fn a_decision_goes_before_all_and_the_most_specific_one_applies() {
    let general = Entry::Boundary(boundary("HOU", &["CAE"], "2026-01-01"));
    let township = Boundary {
        dispute: "disputes/0193a000-0000-7000-8000-000000000002".into(),
        territory: Region::parse("330999005").unwrap(),
        competent: code("NAT"),
        ..Boundary::clone(&boundary("NAT", &["CAE"], "2026-01-01"))
    };
    let subject = Boundary {
        dispute: "disputes/0193a000-0000-7000-8000-000000000003".into(),
        subject: "91330999X".into(),
        ..Boundary::clone(&boundary("AGR", &["CAE"], "2026-01-01"))
    };
    let late = Boundary {
        dispute: "disputes/0193a000-0000-7000-8000-000000000004".into(),
        ..Boundary::clone(&boundary("CAE", &[], "2026-03-03"))
    };
    let more = [township, subject, late].map(|one| Entry::Boundary(Arc::new(one)));
    let index = index([general].into_iter().chain(more).collect());
    let ask = |question: Question<'_>| competent(&index.resolve(&question).unwrap()).to_owned();
    assert_eq!(ask(question("330999004")), "HOU");
    assert_eq!(ask(question("330999005")), "NAT");
    assert_eq!(ask(Question { subject: "91330999X", ..question("330999005") }), "AGR");
    assert_eq!(ask(Question { today: day("2026-03-03").unwrap(), ..question("330999004") }), "CAE");
    assert_eq!(ask(Question { today: day("2025-12-31").unwrap(), ..question("330999005") }), "CAE");
    let asked = Question { subject: "91330999X", ..filed("330999004", "CAE", "2024-05-06") };
    let moved = index.resolve(&asked).unwrap();
    assert_eq!(competent(&moved), "AGR", "the decision is about this very case");
    assert!(said(&moved, "CAE").contains("the evidence is handed over"), "{}", said(&moved, "CAE"));
}

fn decided(from: &str) -> Entry {
    Entry::Boundary(boundary("HOU", &["CAE"], from))
}

#[test]
fn a_decision_about_all_does_not_take_cases_filed_before_its_first_day() {
    let index = index(vec![decided("2026-01-01")]);
    let ask = |by: &str, on: &str| {
        let answer = index.resolve(&filed("330999004", by, on)).unwrap();
        competent(&answer).to_owned()
    };
    assert_eq!(ask("CAE", "2025-12-31"), "CAE", "it held the power, and keeps what it filed");
    assert_eq!(ask("CAE", "2026-01-01"), "HOU");
    assert_eq!(ask("NAT", "2025-12-31"), "HOU", "filed without the power: as of today");
    let then = Question { filed_on: day("2025-12-31"), ..question("330999004") };
    assert_eq!(competent(&index.resolve(&then).unwrap()), "CAE", "as of that day");
}

#[test]
fn a_decision_yields_to_a_power_announced_after_it() {
    let ends = Entry::Power(power("CAE", "330999", "2022-07-01", "2026-02-14"));
    let next = Entry::Power(power("NAT", "330999", "2026-02-15", ""));
    let subject = Boundary {
        dispute: "disputes/0193a000-0000-7000-8000-000000000003".into(),
        subject: "91330999X".into(),
        ..Boundary::clone(&boundary("AGR", &["CAE"], "2026-01-10"))
    };
    let subject = Entry::Boundary(Arc::new(subject));
    let index = index(vec![decided("2026-01-01"), subject, ends, next]);
    let ask = |question: Question<'_>| competent(&index.resolve(&question).unwrap()).to_owned();
    assert_eq!(ask(Question { today: day("2026-02-14").unwrap(), ..question("330999004") }), "HOU");
    assert_eq!(ask(question("330999004")), "NAT");
    assert_eq!(ask(Question { subject: "91330999X", ..question("330999004") }), "NAT");
    assert_eq!(ask(filed("330999004", "HOU", "2026-02-01")), "HOU", "what it filed under it");
    assert_eq!(ask(filed("330999004", "HOU", "2026-02-15")), "NAT");
    assert_eq!(ask(filed("330999004", "CAE", "2026-02-01")), "NAT", "filed against the decision");
    let about = Question { subject: "91330999X", ..filed("330999004", "CAE", "2025-12-01") };
    assert_eq!(ask(about), "AGR", "the decision gave it this case before the transfer");
}

#[test]
fn an_empowerment_after_a_decision_makes_it_yield_in_the_township_only() {
    let given = Entry::Power(power("TG-T04", "330999004", "2026-02-01", ""));
    let index = index(vec![decided("2026-01-01"), given]);
    assert_eq!(competent(&index.resolve(&question("330999004")).unwrap()), "TG-T04");
    assert_eq!(competent(&index.resolve(&question("330999005")).unwrap()), "HOU");
}

#[test]
fn what_is_shared_elsewhere_is_not_shared_here() {
    let share = |holder: &str| {
        let power = Power::clone(&power(holder, "330999005", "2023-01-01", ""));
        Entry::Power(Arc::new(Power { shared: true, source: Source::Duty, ..power }))
    };
    let mut content = Content::default();
    let more = empowered().into_iter().chain([share("NAT"), share("AGR")]);
    entries().into_iter().chain(more).for_each(|entry| content.put(entry, 1));
    let index = Index::of(1, &content, false);
    let here = index.resolve(&question("330999004")).unwrap();
    assert_eq!(standing(&here, "CAE"), Some(Standing::Claims));
    assert!(!said(&here, "CAE").contains("shares it"), "{}", said(&here, "CAE"));
    let there = index.resolve(&question("330999005")).unwrap();
    assert!(said(&there, "NAT").contains("shares it with"), "{}", said(&there, "NAT"));
}

#[test]
fn who_will_hold_it_does_not_yet() {
    let asked = Question { today: day("2021-05-01").unwrap(), ..question("330999004") };
    let answer = index(vec![]).resolve(&asked).unwrap();
    assert_eq!(competent(&answer), "HOU");
    assert!(said(&answer, "CAE").contains("from 2022-07-01 on, and not yet"));
}

#[test]
fn the_law_is_that_of_the_day_of_the_act() {
    let basis = |citation: &str, from: &str, to: &str| Basis {
        citation: citation.into(),
        mark: Mark::V,
        from: day(from),
        to: day(to),
    };
    let bases = vec![basis("old art. 1", "", "2026-08-14"), basis("code art. 2", "2026-08-15", "")];
    let eco = Matter { bases, ..matter("M001") };
    let index = index(vec![Entry::Matter(Arc::new(eco))]);
    let cited = |on: &str| {
        let asked = Question { act_date: day(on).unwrap(), ..question("330999004") };
        index.resolve(&asked).unwrap().basis.unwrap().citation
    };
    assert_eq!(
        (cited("2026-08-14").as_str(), cited("2026-08-15").as_str()),
        ("old art. 1", "code art. 2")
    );
}

#[test]
fn the_brigade_of_the_area_works_there_and_a_posted_officer_acts_for_its_post() {
    let posting = Posting {
        certificate_no: "CAE-02".into(),
        home_agency: code("CAE"),
        posted_to: code("BR-T04"),
        span: span("2025-01-01", "2026-03-02"),
    };
    let index = index(vec![Entry::Posting(Arc::new(posting))]);
    let asked = Question { certificate_no: "CAE-02", ..question("330999004") };
    let answer = index.resolve(&asked).unwrap();
    assert_eq!(answer.brigade.unwrap().as_str(), "BR-T04");
    assert_eq!(answer.officer_acts_for.unwrap().as_str(), "BR-T04");
    let over = Question { today: day("2026-03-03").unwrap(), ..asked };
    assert_eq!(index.resolve(&over).unwrap().officer_acts_for, None);
    assert_eq!(index.resolve(&question("330999")).unwrap().brigade, None);
}

#[test]
fn outside_the_county_there_is_nobody_and_an_unknown_matter_is_named() {
    let index = index(vec![]);
    let answer = index.resolve(&question("330998004")).unwrap();
    assert!(answer.claims.is_empty() && answer.summary.contains("nobody"), "{}", answer.summary);
    let asked = Question { matter: "M999", ..question("330999004") };
    let refusal = index.resolve(&asked).unwrap_err();
    assert_eq!(refusal, Refusal::UnknownMatter { matter: "M999".into(), revision: 1 });
}

#[test]
fn without_exclusion_both_claim() {
    let mut content = Content::default();
    entries().into_iter().chain(empowered()).for_each(|entry| content.put(entry, 1));
    let answer = Index::of(1, &content, false).resolve(&question("330999004")).unwrap();
    assert_eq!(competent(&answer), "");
    assert!(said(&answer, "CAE").contains("J-02"));
    assert_eq!(standing(&answer, "TG-T04"), Some(Standing::Claims));
}

#[test]
fn a_source_says_where_a_power_comes_from() {
    let given = Power {
        source: Source::Transfer,
        act: "云政告〔2022〕1号".into(),
        ..Power::clone(&power("CAE", "330999", "2022-07-01", ""))
    };
    let answer =
        index(vec![Entry::Power(Arc::new(given))]).resolve(&question("330999004")).unwrap();
    assert!(said(&answer, "CAE").contains("云政告〔2022〕1号; Penalty Law art. 18"));
}
