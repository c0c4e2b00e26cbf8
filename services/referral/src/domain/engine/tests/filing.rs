//! After filing: notice, hand-over, investigation, transfer, withdrawal.

use super::story::{Story, code, fields, rule};
use crate::domain::{
    refusal::Refusal,
    step::StepKind::*,
    word::{State, TermState},
};

#[test]
fn a_filed_case_is_handed_over_investigated_and_sent_for_prosecution() {
    let mut story = Story::at_state(State::Accepted);
    let refusal = story.refused_so(File, |act| act.said.filing_no.clear());
    assert_eq!(fields(&refusal), ["step.filing_no"]);
    story.take(File);
    assert_eq!(story.stands("T-14"), (TermState::Kept, false));
    assert_eq!(
        (story.owed(), story.due("P-07")),
        (vec!["P-07", "T-15"], "2026-06-02 24:00".into())
    );
    assert_eq!(rule(&story.refused(HandOver)), "T-21", "the notice was not served yet");
    story.take(ServeNotice);
    assert_eq!(
        (story.owed(), story.due("T-21")),
        (vec!["P-07", "T-21"], "2026-03-05 24:00".into())
    );
    story.take(HandOver);
    assert_eq!(story.stands("T-21"), (TermState::Kept, false));
    story.take(BeginInvestigation);
    story.take(SendForProsecution);
    assert!(story.leg.is_final());
    assert_eq!((story.owed(), story.stands("P-07")), (vec![], (TermState::Kept, false)));
}

#[test]
fn property_under_a_measure_is_handed_over_only_after_the_party_was_told() {
    let mut story = Story::at_state(State::Filed);
    let refusal = story.refused_so(HandOver, |act| act.said.under_measure = true);
    assert_eq!(rule(&refusal), "T-22");
    assert!(refusal.to_string().contains("Administrative Compulsion Law art. 21"));
    story.take_so(HandOver, |act| {
        act.said.under_measure = true;
        act.said.party_told_on = chrono::NaiveDate::from_ymd_opt(2026, 3, 2);
    });
    assert_eq!(story.leg.state, State::MaterialHandedOver);
}

#[test]
fn a_hand_over_without_a_sheet_or_with_an_empty_one_is_none() {
    let story = Story::at_state(State::Filed);
    let refusal = story.refused_so(HandOver, |act| act.documents.clear());
    assert_eq!(fields(&refusal), ["documents"]);
    let refusal = story.refused_so(HandOver, |act| act.documents[0].lines.clear());
    assert_eq!(fields(&refusal), ["documents[0].lines"]);
}

#[test]
fn public_security_may_ask_the_agency_to_keep_what_needs_special_storage() {
    let mut story = Story::at_state(State::Filed);
    let refusal = story.refused_so(AskToKeep, |act| act.said.storage_place.clear());
    assert_eq!((fields(&refusal), rule(&refusal)), (vec!["step.storage_place".into()], "T-22b"));
    story.take(AskToKeep);
    assert_eq!(story.leg.state, State::Filed);
}

#[test]
fn the_new_organ_takes_over_when_both_sides_have_signed() {
    let mut story = Story::at_state(State::Investigation);
    assert_eq!(rule(&story.refused(CompleteTransfer)), "T-26", "nothing was transferred");
    let refusal = story.refused_so(TransferJurisdiction, |act| act.said.organ = "MKT".into());
    assert!(matches!(refusal, Refusal::Broken { .. }));
    let outcome = story.take(TransferJurisdiction);
    assert_eq!(outcome.shown, [code("PSB-ECO")]);
    assert_eq!((story.leg.to.clone(), story.due("T-26")), (code("PSB"), "2026-03-05 24:00".into()));
    story.take_so(CompleteTransfer, |act| act.said.organ.clear());
    assert_eq!((story.leg.to.clone(), story.leg.next_organ.clone()), (code("PSB-ECO"), None));
    assert_eq!(story.stands("T-26"), (TermState::Kept, false));
    story.take(SendForProsecution);
}

#[test]
fn the_procuratorate_reminds_every_three_months_and_not_before() {
    let mut story = Story::at_state(State::Investigation);
    assert_eq!(rule(&story.refused(SendReminder)), "P-07");
    story.at("2026-06-03 00:01").take(SendReminder);
    assert_eq!(story.due("P-07"), "2026-09-03 24:00");
    let terms: Vec<_> = story.leg.terms.iter().filter(|t| t.slot == "P-07").collect();
    assert_eq!(terms[0].state, TermState::Missed);
    assert!(!terms[0].is_open() && terms[1].is_open());
    assert_eq!(rule(&story.refused(SendReminder)), "P-07", "once in three months");
}

#[test]
fn a_withdrawn_case_is_notified_and_its_file_returned() {
    for state in [State::Filed, State::MaterialHandedOver, State::Investigation] {
        let mut story = Story::at_state(state);
        story.take(Withdraw);
        assert_eq!((story.leg.state, story.owed()), (State::Withdrawn, vec!["T-15"]));
        let mut told = story.clone();
        told.take(ServeNotice);
        assert_eq!(told.owed(), [""; 0]);
        for mut story in [story, told] {
            story.take(ReturnFile);
            assert_eq!((story.leg.state, story.owed()), (State::ReturnedToAgency, vec![]));
            assert!(story.leg.is_final());
        }
    }
}

#[test]
fn who_owes_something_is_named_first_among_those_who_can_act() {
    let story = Story::at_state(State::NotFiled);
    assert_eq!(super::next_actors(&story.leg, story.world()), ["MKT", "PSB"].map(code));
    let mine = |by: &str| -> Vec<String> {
        let act = story.act(File).unwrap();
        let rows = super::open_rows(&story.leg, &code(by), &act, story.world());
        rows.iter().map(|row| row.step.to_string()).collect()
    };
    assert_eq!(
        mine("MKT"),
        [
            "REQUEST_RECONSIDERATION",
            "SUGGEST_SUPERVISION",
            "RESUME_ADMINISTRATIVE_CASE",
            "RECORD_PENALTY"
        ]
    );
    assert_eq!(mine("PSB"), ["FILE"], "the notice was served");
    assert_eq!(mine("PRO"), [""; 0]);
}
