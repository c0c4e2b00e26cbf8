//! Holds the ladder to the rules of DESIGN.md section 3, and the law to the ladder.

use std::collections::BTreeSet;

use super::*;
use crate::domain::word::State;

fn states() -> BTreeSet<State> {
    State::ALL.iter().copied().collect()
}

#[test]
fn each_state_can_be_reached() {
    let mut reached = BTreeSet::from([START]);
    loop {
        let before = reached.len();
        let rows = ROWS.iter().filter(|row| row.from.iter().any(|from| reached.contains(from)));
        let next: Vec<State> = rows.filter_map(|row| row.to).collect();
        reached.extend(next);
        if reached.len() == before {
            break;
        }
    }
    assert_eq!(reached, states());
}

#[test]
fn no_state_but_the_final_ones_is_without_a_step() {
    for state in states() {
        let leaves = ROWS.iter().any(|row| row.from.contains(&state) && row.to.is_some());
        // What a forum rejected may still go to the superior, for a while.
        assert_ne!(leaves, state.is_final() && state != Rejected, "{state}");
        assert_eq!(OPEN.contains(&state), !state.is_final(), "{state}");
    }
}

#[test]
fn every_term_opened_is_done_by_some_step_and_known() {
    let rows = ROWS.iter().flat_map(|row| row.opens);
    let opened: BTreeSet<&str> = rows.chain(AT_START).copied().collect();
    let closed = ROWS.iter().flat_map(|row| row.closes);
    let done: BTreeSet<&str> =
        closed.filter(|(_, how)| *how != Close::Moot).map(|(slot, _)| *slot).collect();
    let slots: BTreeSet<&str> = TERMS.iter().map(|rule| rule.slot).collect();
    assert_eq!(opened, slots, "every term is opened, and no other");
    assert_eq!(done, slots, "every term can be kept, and no other is closed");
    let settings = Settings::defaults();
    assert!(TERMS.iter().all(|rule| (rule.length)(&settings).value > 0));
}

#[test]
fn every_row_and_term_names_its_source() {
    for row in ROWS {
        assert!(!row.law.rule.is_empty() && !row.law.basis.is_empty(), "{}", row.step);
        assert!(!row.from.is_empty(), "{}", row.step);
        assert!(row.when.is_none() || row.to.is_some(), "{}", row.step);
    }
    for rule in TERMS {
        let Overdue(then) = rule.overdue;
        let told = [rule.law.rule, rule.law.basis, rule.duty, then];
        assert!(told.iter().all(|text| !text.is_empty()), "{}", rule.slot);
    }
}

#[test]
fn every_step_has_a_row_and_two_rows_of_one_differ() {
    for step in Step::ALL {
        assert!(ROWS.iter().any(|row| row.step == *step), "{step}");
    }
    for (at, one) in ROWS.iter().enumerate() {
        for two in &ROWS[..at] {
            let same = one.step == two.step
                && one.actor == two.actor
                && one.from.iter().any(|from| two.from.contains(from));
            assert!(!same || one.guards != two.guards, "{}", one.step);
        }
    }
}

#[test]
fn only_the_head_of_a_body_decides() {
    for row in ROWS {
        assert_eq!(row.officer == Rank::Head, row.step == Step::Decide, "{}", row.step);
    }
}

/// Rules of LAW.md that no row or term holds, each with why.
const ELSEWHERE: &[(&str, &str)] = &[
    ("J-01", "acting::first: who filed first acts; the catalogue says the same"),
    ("J-05", "no term has a suspension; acting::Span: one body at every instant"),
];

#[test]
fn every_rule_of_the_law_is_a_row_a_term_or_named_elsewhere() {
    let rows = ROWS.iter().map(|row| row.law.rule);
    let held: BTreeSet<&str> = rows.chain(TERMS.iter().map(|rule| rule.law.rule)).collect();
    for number in 1..=12 {
        let rule = format!("J-{number:02}");
        let elsewhere = ELSEWHERE.iter().any(|(id, why)| *id == rule && !why.is_empty());
        assert_ne!(held.contains(rule.as_str()), elsewhere, "{rule}");
    }
}
