//! What is wrong with what a step says.

use types::AgencyCode;

use crate::domain::{
    act::Act,
    procedure::Say,
    step::{Approval, PenaltyKind},
    word::{NonProsecutionGround, Verdict},
};

type Fault = (String, String);

/// Every fault of one thing that the step must say, under its field.
pub(super) fn faults(say: Say, act: &Act) -> Vec<Fault> {
    let said = &act.said;
    match say {
        Say::Reason => text("step.reason", &said.reason),
        Say::Answer => text("step.answer", &said.reason),
        Say::FilingNo => text("step.filing_no", &said.filing_no),
        Say::CaseNo => text("step.case_no", &said.filing_no),
        Say::CompetentAuthority => text("step.competent_authority", &said.organ),
        Say::CompetentOrgan => code("step.competent_organ", &said.organ),
        Say::AuthorityIfAny => code_if_any("step.competent_authority", &said.organ),
        Say::AddresseeIfAny => code_if_any("step.to_agency", &said.organ),
        Say::KeeperIfAny => code_if_any("step.kept_by", &said.organ),
        Say::ApprovedBy => {
            let known = Approval::parse(&said.approved_by).is_some();
            unless(known, "step.approved_by", "is none of NONE, COUNTY_HEAD, HIGHER_ORGAN")
        }
        Say::Team => {
            let mut team = said.team.clone();
            team.sort_unstable();
            team.dedup();
            let fault = format!("names {} officer(s); a team has at least two", team.len());
            unless(team.len() >= 2, "step.officers", &fault)
        }
        Say::Penalty => {
            let known = PenaltyKind::parse(&said.penalty).is_some();
            let kind = unless(known, "step.penalty", "is not a kind of penalty");
            [kind, text("step.decision_no", &said.decision_no)].concat()
        }
        Say::WithinDays => {
            let fine = (1..=90).contains(&said.within_days);
            unless(fine, "step.within_days", "is not between 1 and 90")
        }
        Say::Storage => {
            let place = text("step.storage_place", &said.storage_place);
            [text("step.items", &said.items), place].concat()
        }
        Say::NonProsecutionGround => {
            let known = NonProsecutionGround::parse(&said.ground).is_some();
            let fault = "is none of STATUTORY, DISCRETIONARY, INSUFFICIENT_EVIDENCE";
            unless(known, "step.ground", fault)
        }
        Say::Verdict => verdict(act),
        Say::PeriodEnd => {
            let past = said.period_ended_on.is_some_and(|day| day <= clock::legal_date(act.now));
            let period = unless(past, "step.period_ended_on", "is no day that has come");
            [text("step.decision_no", &said.decision_no), period].concat()
        }
    }
}

/// Only who is convicted is fined, and no more is set off than is imposed.
fn verdict(act: &Act) -> Vec<Fault> {
    let said = &act.said;
    let verdict = Verdict::parse(&said.verdict);
    let known =
        unless(verdict.is_some(), "step.verdict", "is none of CONVICTED, EXEMPTED, ACQUITTED");
    let fined = said.amount_fen == 0 || verdict.is_none_or(|one| one == Verdict::Convicted);
    let fine = unless(fined, "step.fine_fen", "is not 0: nobody is punished");
    let less = said.set_off_fen <= said.amount_fen;
    let set_off = unless(less, "step.set_off_fen", "is more than the fine");
    [known, fine, set_off].concat()
}

fn unless(holds: bool, field: &str, fault: &str) -> Vec<Fault> {
    if holds { Vec::new() } else { vec![(field.to_owned(), fault.to_owned())] }
}

fn text(field: &str, value: &str) -> Vec<Fault> {
    unless(!value.trim().is_empty(), field, "is missing")
}

fn code(field: &str, value: &str) -> Vec<Fault> {
    unless(AgencyCode::parse(value).is_some(), field, "is not the code of a body")
}

fn code_if_any(field: &str, value: &str) -> Vec<Fault> {
    if value.is_empty() { Vec::new() } else { code(field, value) }
}
