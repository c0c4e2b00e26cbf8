//! Holds every table to the rules of DESIGN.md section 3, and the law to the tables.

use std::collections::BTreeSet;

use super::{Close, ELSEWHERE, Effect, Guard, Need, Overdue, Procedure, Row, TermLength};
use crate::domain::{
    document,
    word::{Mark, ProcedureCode, State},
};

fn tables() -> impl Iterator<Item = &'static Procedure> {
    ProcedureCode::ALL.iter().map(|code| Procedure::of(*code))
}

fn states(table: &Procedure) -> BTreeSet<State> {
    let named = table.rows.iter().flat_map(|row| row.from.iter().copied().chain(row.to));
    let starts = table.starts.iter().map(|start| start.state);
    named.chain(starts).chain(table.finals.iter().copied()).collect()
}

#[test]
fn each_state_can_be_reached() {
    for table in tables() {
        let mut reached: BTreeSet<State> = table.starts.iter().map(|start| start.state).collect();
        loop {
            let next: Vec<State> = table
                .rows
                .iter()
                .filter(|row| row.from.iter().any(|from| reached.contains(from)))
                .filter_map(|row| row.to)
                .filter(|to| !reached.contains(to))
                .collect();
            if next.is_empty() {
                break;
            }
            reached.extend(next);
        }
        assert_eq!(reached, states(table), "{}", table.code);
    }
}

#[test]
fn no_state_but_the_final_ones_is_without_a_step() {
    for table in tables() {
        for state in states(table) {
            let leaves = table
                .rows
                .iter()
                .any(|row: &Row| row.from.contains(&state) && row.to.is_some_and(|to| to != state));
            assert_ne!(leaves, table.is_final(state), "{} {state}", table.code);
        }
    }
}

#[test]
fn every_term_opened_is_closed_by_a_step_or_can_lapse() {
    for table in tables() {
        let opened: BTreeSet<&str> = table
            .rows
            .iter()
            .flat_map(opened_by)
            .chain(table.starts.iter().flat_map(|start| start.opens.iter().copied()))
            .collect();
        let closed: BTreeSet<&str> =
            table.rows.iter().flat_map(|row| row.closes.iter().map(|(slot, _)| *slot)).collect();
        for rule in table.terms {
            assert!(opened.contains(rule.slot), "{} is never opened", rule.slot);
            let lapses = matches!(rule.overdue, Overdue::Lapse(_));
            assert!(lapses || closed.contains(rule.slot), "{} never ends", rule.slot);
        }
        for slot in opened.iter().chain(&closed) {
            assert!(table.term(slot).is_some(), "{slot} is in no table of terms");
        }
    }
}

fn opened_by(row: &Row) -> impl Iterator<Item = &'static str> {
    let kept = row.effects.iter().filter_map(|effect| {
        if let Effect::KeepKeeper(slot) = effect { Some(*slot) } else { None }
    });
    row.opens.iter().copied().chain(kept)
}

#[test]
fn every_breach_can_be_mended() {
    // A term that must be done has a row that does it, not only rows that make it moot.
    for table in tables() {
        for rule in table.terms.iter().filter(|rule| matches!(rule.overdue, Overdue::Breach(_))) {
            let done = table.rows.iter().any(|row| row.closes.contains(&(rule.slot, Close::Done)));
            assert!(done, "{} cannot be done", rule.slot);
        }
    }
}

#[test]
fn every_row_and_term_names_its_source() {
    for table in tables() {
        for row in table.rows {
            assert!(!row.law.rule.is_empty() && !row.law.basis.is_empty(), "{}", row.step);
            assert!(!row.from.is_empty(), "{}", row.step);
        }
        for rule in table.terms {
            assert!(!rule.law.basis.is_empty() && !rule.duty.is_empty(), "{}", rule.slot);
            let sure = rule.law.mark == Mark::V;
            let settings = matches!(rule.length, TermLength::Set(..) | TermLength::Target);
            let known = ["T-15", "P-09b"].contains(&rule.slot);
            assert!(sure || settings || known, "{}: what is not read is a setting", rule.slot);
        }
        for start in table.starts {
            assert!(!start.law.rule.is_empty() && !start.shows.is_empty(), "{}", start.state);
        }
    }
}

#[test]
fn every_paper_is_a_form() {
    for paper in tables().flat_map(|table| table.rows).flat_map(|row| row.papers) {
        assert!(document::form(paper.code).is_some(), "{}", paper.code);
    }
}

#[test]
fn guards_and_effects_name_terms_and_steps_that_exist() {
    for table in tables() {
        for row in table.rows {
            for guard in row.guards {
                let slots: &[&str] = if let Guard::Overdue(slots) | Guard::Settled(slots) = guard {
                    slots
                } else if let Guard::Running(slot)
                | Guard::Open(slot)
                | Guard::Unused(slot)
                | Guard::Fewer(slot, _)
                | Guard::NotExtended(slot)
                | Guard::Passed(slot) = guard
                {
                    &[slot]
                } else {
                    &[]
                };
                for slot in slots {
                    assert!(table.term(slot).is_some(), "{slot}");
                }
            }
            for effect in row.effects {
                if let Effect::Parent(step) = effect {
                    let parent = Procedure::of(ProcedureCode::CriminalReferral);
                    assert!(parent.rows.iter().any(|row| row.step == *step), "{step}");
                } else if let Effect::Extend(slot, _)
                | Effect::Relength(slot, _)
                | Effect::Suspend(slot)
                | Effect::Resume(slot)
                | Effect::KeepKeeper(slot) = effect
                {
                    assert!(table.term(slot).is_some(), "{slot}");
                } else if let Effect::OpenReverse(ground) = effect {
                    let back = Procedure::of(ProcedureCode::ReverseReferral);
                    assert_eq!(back.start(Some(*ground)).on, Some(*ground));
                }
            }
        }
    }
}

#[test]
fn no_two_rows_say_different_things_about_the_same_step() {
    for table in tables() {
        for (i, one) in table.rows.iter().enumerate() {
            for two in &table.rows[i + 1..] {
                let same = one.step == two.step
                    && one.actor == two.actor
                    && one.from.iter().any(|from| two.from.contains(from));
                let apart = match (one.grounds(), two.grounds()) {
                    (Some(a), Some(b)) => !a.iter().any(|ground| b.contains(ground)),
                    _ => false,
                };
                assert!(!same || apart, "{} of {}", one.step, table.code);
            }
        }
    }
}

#[test]
fn every_rule_of_the_law_is_a_row_a_guard_a_term_or_named_elsewhere() {
    let held: BTreeSet<&str> = tables()
        .flat_map(|table| {
            let rows = table.rows.iter().map(|row| row.law.rule);
            let starts = table.starts.iter().map(|start| start.law.rule);
            rows.chain(starts).chain(table.terms.iter().map(|rule| rule.law.rule))
        })
        .collect();
    let mut wanted: Vec<String> = (1..=29).map(|n| format!("T-{n:02}")).collect();
    // P-18 is obsolete: not to be implemented.
    wanted.extend((1..=17).map(|n| format!("P-{n:02}")));
    wanted.extend((1..=10).map(|n| format!("C-{n:02}")));
    let more = ["T-02b", "T-09b", "T-13b", "T-14b", "T-14c", "T-22b", "P-09b", "P-10b"];
    wanted.extend(["P-11b", "P-11c", "C-06b", "C-08b"].map(str::to_owned));
    wanted.extend(more.map(str::to_owned));
    for rule in wanted {
        let elsewhere = ELSEWHERE.iter().any(|(id, why)| *id == rule && !why.is_empty());
        let held = held.contains(rule.as_str());
        assert!(held != elsewhere, "{rule} is held {held} and elsewhere {elsewhere}");
    }
}

#[test]
fn delivery_is_never_blocked_by_what_public_security_may_ask_for_later() {
    let deliver =
        super::CRIMINAL_REFERRAL.rows.iter().find(|row| row.step.as_str() == "DELIVER").unwrap();
    let hard = deliver.papers.iter().filter(|paper| paper.need == Need::Required);
    assert_eq!(hard.map(|paper| paper.code).collect::<Vec<_>>(), ["REFERRAL_LETTER"]);
}
