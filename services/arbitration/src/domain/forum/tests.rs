//! The decision table of LAW.md 5, line by line, and who has no such dispute.

use super::*;
use crate::domain::body::testing::{code, county};

fn of(parties: &[&str]) -> Result<Forum, Refusal> {
    in_county(parties, &county())
}

fn in_county(parties: &[&str], bodies: &Bodies) -> Result<Forum, Refusal> {
    let parties: Vec<_> = parties.iter().map(|one| code(one)).collect();
    compute(&parties, |at| format!("parties[{at}]"), bodies, &Settings::defaults())
}

/// The rungs as `KIND:MEMBER,MEMBER`.
fn rungs(parties: &[&str]) -> Vec<String> {
    let forum = of(parties).unwrap();
    assert!(!forum.reasons.is_empty() && forum.rung == 0);
    let line = |rung: &Rung| format!("{}:{}", rung.kind, joined(&rung.members).replace(' ', ""));
    forum.rungs.iter().map(line).collect()
}

fn rules(parties: &[&str]) -> Vec<String> {
    of(parties).unwrap().reasons.into_iter().map(|reason| reason.rule).collect()
}

#[test]
fn the_decision_table_holds_line_by_line() {
    let table: &[(&[&str], &[&str])] = &[
        // Units of one agency: its head.
        (&["PSB-ECO", "PSB-PUB"], &["HEAD:PSB"]),
        (&["ECO", "ECO-2"], &["HEAD:ECO-M"]),
        // One of them is the head itself: it does not decide its own dispute.
        (&["PSB-ECO", "PSB"], &["COORDINATION:GDO", "SUPERIOR:GOV-C"]),
        (&["BR-T05", "TG-T05"], &["COORDINATION:GDO", "SUPERIOR:GOV-C"]),
        (&["ECO-M", "ECO"], &["COORDINATION:GDO", "SUPERIOR:GOV-M"]),
        // County units without the comprehensive bureau.
        (&["AGR", "NAT"], &["COORDINATION:GDO", "SUPERIOR:GOV-C"]),
        (
            &["AGR", "NAT", "WAT", "MKT", "TG-T05", "TG-T06"],
            &["COORDINATION:GDO", "SUPERIOR:GOV-C"],
        ),
        // The comprehensive bureau is a party.
        (&["CAE", "NAT"], &["THREE_BODIES:GDO,JUS,OEO", "SUPERIOR:GOV-C"]),
        (&["TG-T05", "CAE"], &["THREE_BODIES:GDO,JUS,OEO", "SUPERIOR:GOV-C"]),
        // A township against a county agency, or another township.
        (&["TG-T05", "AGR"], &["COORDINATION:GDO", "SUPERIOR:GOV-C"]),
        (&["TG-T05", "TG-T06"], &["COORDINATION:GDO", "SUPERIOR:GOV-C"]),
        (&["BR-T05", "AGR"], &["COORDINATION:GDO", "SUPERIOR:GOV-C"]),
        // Managed from above the county.
        (&["ECO", "AGR"], &["COORDINATION:GDO", "SUPERIOR:GOV-M"]),
        (&["FIR", "ECO"], &["COORDINATION:GDO", "SUPERIOR:GOV-M"]),
        (&["TOB", "MKT"], &["COORDINATION:GDO", "SUPERIOR:GOV-P"]),
        // ... and the comprehensive bureau: no county bodies decide over who is commanded from the city.
        (&["ECO", "CAE"], &["COORDINATION:GDO", "SUPERIOR:GOV-M"]),
        (&["CAE", "AGR", "FIR"], &["COORDINATION:GDO", "SUPERIOR:GOV-M"]),
        (&["TOB", "ECO", "CAE"], &["COORDINATION:GDO", "SUPERIOR:GOV-P"]),
        // Market regulation agencies: nobody coordinates.
        (&["MKT", "MKT-2"], &["SUPERIOR:GOV-C"]),
        // Nobody of the county is a party: nothing for its guidance office.
        (&["ECO-M", "FIRE-M"], &["SUPERIOR:GOV-M"]),
    ];
    for (parties, wanted) in table {
        assert_eq!(rungs(parties), *wanted, "{parties:?}");
    }
}

#[test]
fn who_is_a_party_never_coordinates_consults_or_decides() {
    assert_eq!(rungs(&["GDO", "AGR"]), ["SUPERIOR:GOV-C"]);
    assert_eq!(rungs(&["JUS", "CAE"]), ["SUPERIOR:GOV-C"]);
    assert_eq!(rungs(&["JUS", "AGR"]), ["COORDINATION:GDO", "SUPERIOR:GOV-C"]);
    // The county government: neither it nor the office under it.
    assert_eq!(rungs(&["GOV-C", "AGR"]), ["SUPERIOR:GOV-M"]);
    assert!(rules(&["GDO", "AGR"]).contains(&"J-04".to_owned()));
    for parties in [
        ["CAE", "JUS"],
        ["GDO", "CAE"],
        ["AGR", "NAT"],
        ["GOV-C", "ECO"],
        ["BR-T05", "TG-T05"],
        ["TG-T05", "BR-T05"],
        ["PSB", "PSB-ECO"],
        ["ECO-M", "ECO"],
    ] {
        for rung in of(&parties).unwrap().rungs {
            assert!(rung.members.iter().all(|one| !parties.contains(&one.as_str())), "{parties:?}");
        }
    }
}

#[test]
fn reasons_name_their_rules() {
    assert_eq!(rules(&["AGR", "NAT"]), ["J-03", "J-02"]);
    assert_eq!(rules(&["CAE", "NAT"]), ["J-04", "J-04", "J-02"]);
    assert_eq!(rules(&["TG-T05", "AGR"]), ["J-06", "J-02"]);
    assert_eq!(rules(&["ECO", "AGR"]), ["J-03", "J-12"]);
    assert_eq!(rules(&["ECO", "CAE"]), ["J-03", "J-12"]);
    assert_eq!(rules(&["MKT", "MKT-2"]), ["J-11", "J-02"]);
    let reasons = of(&["ECO", "AGR"]).unwrap().reasons;
    assert!(reasons[1].text.contains("ECO is commanded by ECO-M, then GOV-M"), "{reasons:?}");
}

#[test]
fn every_fault_of_the_parties_is_named_at_once() {
    let Err(Refusal::Fields { faults, law }) = of(&["AGR", "AGR", "XYZ"]) else { panic!() };
    let fields: Vec<_> = faults.iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!((fields, law.rule), (vec!["parties[1]", "parties[2]"], "J-02"));
    let Err(Refusal::Fields { faults, .. }) = of(&["AGR"]) else { panic!() };
    assert!(faults[0].1.contains("two parties"));
    let Err(Refusal::Fields { faults, .. }) = of(&[]) else { panic!() };
    assert_eq!(faults.len(), 1);
}

#[test]
fn crime_or_no_crime_and_organs_of_justice_are_no_such_dispute() {
    for (parties, rule) in [
        (["AGR", "PSB"], "T-16"),
        (["PSB-ECO", "MKT"], "T-16"),
        (["PSB", "GOV-C"], "T-16"),
        (["AGR", "PRO"], "J-02"),
        (["CRT", "AGR"], "J-02"),
        (["SUP", "AGR"], "J-02"),
        (["AGR", "OEO"], "J-02"),
    ] {
        let Err(refusal) = of(&parties) else { panic!("{parties:?}") };
        assert!(matches!(refusal, Refusal::NoForum { .. }), "{parties:?}");
        assert_eq!(refusal.law().rule, rule, "{parties:?}");
    }
}

#[test]
fn a_cycle_or_no_common_superior_is_refused_and_named() {
    let mut bodies = county();
    bodies.0.get_mut(&code("GOV-M")).unwrap().superior = Some(code("GOV-C"));
    let refusal = in_county(&["AGR", "NAT"], &bodies).unwrap_err();
    assert!(refusal.to_string().contains("GOV-C under GOV-M under GOV-C"), "{refusal}");
    let mut bodies = county();
    bodies.0.get_mut(&code("NAT")).unwrap().superior = None;
    let refusal = in_county(&["AGR", "NAT"], &bodies).unwrap_err();
    assert_eq!(refusal.law().rule, "J-12");
}
