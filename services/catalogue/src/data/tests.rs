//! The first revision keeps every rule, and answers every question.

use chrono::{Days, NaiveDate};
use proptest::{prelude::*, sample::select};
use types::AgencyCode;

use super::first;
use crate::{
    domain::{
        content::Content,
        index::Index,
        region::Region,
        resolve::{Question, Standing},
        span::day,
    },
    read,
};

fn index() -> Index {
    let (changes, faults) = read::changes(&first().unwrap());
    assert_eq!(faults, []);
    Index::of(1, &changes.made(&Content::default(), 1), true)
}

/// Every place of the county, and places outside it.
fn places() -> Vec<&'static str> {
    let townships = (1..=12).map(|n| format!("{n:03}")).chain((213..=221).map(|n| n.to_string()));
    let places = townships.map(|township| &*format!("330999{township}").leak());
    places.chain(["330999", "330998", "330998001", "330900"]).collect()
}

fn question(matter: &str, place: Region, today: NaiveDate) -> Question<'_> {
    Question {
        matter,
        place,
        act_date: today,
        filed_on: None,
        filed_by: None,
        subject: "",
        certificate_no: "",
        today,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn at_most_one_is_competent_and_if_none_several_claim_it(
        place in select(places()),
        after in 0_u64..11_000,
        filer in select(vec!["", "CAE", "HOU", "NAT", "AGR", "WAT", "TG-T04", "MKT"]),
        before in 0_u64..9_000,
    ) {
        let index = index();
        let place = Region::parse(place).unwrap();
        let today = day("2000-01-01").unwrap() + Days::new(after);
        let filed_on = today - Days::new(before.min(after));
        for matter in index.codes() {
            let asked = Question {
                filed_by: AgencyCode::parse(filer),
                filed_on: (!filer.is_empty()).then_some(filed_on),
                ..question(matter, place, today)
            };
            let answer = index.resolve(&asked).unwrap();
            let count = |standing| answer.claims.iter().filter(|one| one.standing == standing).count();
            let (competent, claims) = (count(Standing::Competent), count(Standing::Claims));
            if place.county().to_string() == "330999" {
                prop_assert!((competent, claims) == (1, 0) || (competent == 0 && claims >= 2), "{answer:?}");
            } else {
                prop_assert_eq!((competent, claims, answer.claims.len()), (0, 0, 0));
            }
            prop_assert_eq!(answer.competent.is_some(), competent == 1);
            let whys = answer.claims.iter().all(|claim| {
                !claim.reasons.is_empty() && claim.reasons.iter().all(|why| !why.source.is_empty())
            });
            prop_assert!(whys, "a claim without a reason, or a reason without a source: {answer:?}");
            prop_assert!(answer.basis.is_some());
        }
    }
}

#[test]
fn environment_acts_before_the_code_fall_under_the_old_laws() {
    let index = index();
    let place = Region::parse("330999004").unwrap();
    for (matter, old) in
        [("M040", "环境保护法"), ("M041", "固体废物污染环境防治法"), ("M042", "水污染防治法")]
    {
        let cited = |on: &str| {
            let basis =
                index.resolve(&question(matter, place, day(on).unwrap())).unwrap().basis.unwrap();
            (basis.citation, basis.mark.as_str())
        };
        let (before, after) = (cited("2026-08-14"), cited("2026-08-15"));
        assert!(before.0.contains(old) && before.1 == "M", "{before:?}");
        assert!(after.0.starts_with("生态环境法典") && !after.0.contains("before"), "{after:?}");
    }
}

#[test]
fn an_area_brigade_works_in_the_neighbouring_township() {
    let index = index();
    let today = day("2026-03-02").unwrap();
    let at = |place: &str| {
        let place = Region::parse(place).unwrap();
        index.resolve(&question("M008", place, today)).unwrap().brigade.unwrap().to_string()
    };
    assert_eq!((at("330999004"), at("330999213")), ("BR-T04".to_owned(), "BR-T04".to_owned()));
}
