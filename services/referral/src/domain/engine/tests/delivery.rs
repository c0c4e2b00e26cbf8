//! Delivery and acceptance: attachments, receipt, supplements, the wrong organ, refusals.

use super::story::{Story, code, fields, paper, rule, supervision};
use crate::domain::{
    leg::Penalty,
    refusal::Refusal,
    step::{PenaltyKind, StepKind::*},
    word::{Ground, State, TermState},
};

#[test]
fn a_missing_attachment_is_listed_and_never_stops_the_case() {
    let mut story = Story::at_state(State::Approved);
    story.leg.tested = true;
    story.take_so(Deliver, |act| act.documents = vec![paper("REFERRAL_LETTER")]);
    assert_eq!(
        story.leg.missing,
        ["INVESTIGATION_REPORT", "INVOLVED_ITEM_LIST", "TEST_REPORT"],
        "a test was made"
    );
    story.take(SignReceipt);
    story.take(RequestSupplement);
    story.take_so(SupplySupplement, |act| act.documents = vec![paper("TEST_REPORT")]);
    assert_eq!(story.leg.missing, ["INVESTIGATION_REPORT", "INVOLVED_ITEM_LIST"]);
    assert_eq!(story.leg.state, State::Accepted);
}

#[test]
fn a_report_that_came_before_is_not_missing_and_none_is_expected_without_a_test() {
    let mut story = Story::at_state(State::Approved);
    story.leg.held = vec!["INVESTIGATION_REPORT".into()];
    story.take_so(Deliver, |act| act.documents = vec![paper("REFERRAL_LETTER")]);
    assert_eq!(story.leg.missing, ["INVOLVED_ITEM_LIST"]);
}

#[test]
fn the_letter_itself_is_required_and_every_faulty_field_named() {
    let story = Story::at_state(State::Approved);
    let refusal = story.refused_so(Deliver, |act| {
        let mut letter = paper("REFERRAL_LETTER");
        letter.fields.remove("handler");
        letter.fields.insert("seal".into(), " ".into());
        let mut report = paper("INVESTIGATION_REPORT");
        report.fields.remove("suspects");
        act.documents = vec![letter, report, paper("JUDGMENT_NOTICE")];
    });
    assert_eq!(
        fields(&refusal),
        [
            "documents[0].fields.handler",
            "documents[0].fields.seal",
            "documents[1].fields.suspects",
            "documents[2].code",
        ]
    );
    let refusal = story.refused_so(Deliver, |act| act.documents.clear());
    assert_eq!((fields(&refusal), rule(&refusal)), (vec!["documents".into()], "T-05"));
}

#[test]
fn an_earlier_penalty_must_be_attached() {
    let penalised = |docket: &mut crate::domain::leg::Docket| {
        docket.penalties.push(Penalty {
            kind: PenaltyKind::Warning,
            decision_no: "1号".into(),
            amount_fen: 0,
            decided_on: "2026-01-05".into(),
        });
    };
    let repeated = |docket: &mut crate::domain::leg::Docket| {
        docket.facts.insert("prior_admin_penalties_2y".into(), "2".into());
    };
    let without = |act: &mut super::Act| {
        act.documents.retain(|document| document.code != "PENALTY_DECISION");
    };
    let at = super::story::MONDAY;
    let mut recorded = Story::referral();
    recorded.take(RecordPenalty);
    for story in
        [Story::opened("FOOD", at, penalised), Story::opened("FOOD", at, repeated), recorded]
    {
        let mut story = story.brought(State::Approved);
        let refusal = story.refused_so(Deliver, without);
        assert_eq!((fields(&refusal), rule(&refusal)), (vec!["documents".into()], "T-08"));
        story.take(Deliver);
        assert!(story.leg.missing.is_empty());
    }
    Story::at_state(State::Approved).take_so(Deliver, without);
}

#[test]
fn goods_travel_with_the_referral_only_where_so_configured() {
    let without = |act: &mut super::Act| {
        act.documents.retain(|document| document.code != "HAND_OVER_SHEET");
    };
    let mut story = Story::at_state(State::Approved);
    story.settings.goods_travel_with_referral = true;
    let refusal = story.refused_so(Deliver, without);
    assert_eq!(fields(&refusal), ["documents"]);
    story.settings.goods_travel_with_referral = false;
    story.take_so(Deliver, without);
}

#[test]
fn copies_go_where_the_settings_say() {
    let mut story = Story::at_state(State::Approved);
    story.settings.copy_to_justice_bureau = true;
    story.settings.copy_to_procuratorate = false;
    assert_eq!(story.take(Deliver).shown, ["PSB", "GOV-C", "JUS"].map(code));
}

#[test]
fn a_supplement_is_asked_for_once_within_24_hours_of_acceptance() {
    let mut story = Story::at_state(State::Accepted);
    assert_eq!(story.due("T-13"), "2026-03-03 11:00", "from the next full hour");
    let mut late = story.clone();
    late.at("2026-03-03 11:00");
    let refusal = late.refused(RequestSupplement);
    assert!(matches!(refusal, Refusal::Broken { .. }));
    assert_eq!(rule(&refusal), "T-13");
    late.look();
    assert_eq!(late.stands("T-13"), (TermState::Lapsed, false), "the materials are complete");

    story.at("2026-03-03 10:59").take(RequestSupplement);
    assert_eq!(story.due("T-13b"), "2026-03-06 24:00");
    story.take(SupplySupplement);
    assert_eq!(story.stands("T-13b"), (TermState::Kept, false));
    assert_eq!(rule(&story.refused(RequestSupplement)), "T-13", "all at one time");
}

#[test]
fn the_filing_clock_does_not_stop_for_a_supplement_unless_so_configured() {
    for restarts in [false, true] {
        let mut story = Story::at_state(State::Accepted);
        story.settings.supplement_restarts_clock = restarts;
        assert_eq!(story.due("T-14"), "2026-03-05 24:00");
        story.take(RequestSupplement);
        story.at("2026-03-04 09:00").take(SupplySupplement);
        let terms: Vec<TermState> =
            story.leg.terms.iter().filter(|t| t.slot == "T-14").map(|t| t.state).collect();
        if restarts {
            assert_eq!(story.due("T-14"), "2026-03-09 24:00", "the third day is a Saturday");
            assert_eq!(terms, [TermState::Lapsed, TermState::Running]);
        } else {
            assert_eq!(story.due("T-14"), "2026-03-05 24:00");
            assert_eq!(terms, [TermState::Running]);
        }
    }
}

#[test]
fn a_clock_that_has_run_out_is_not_restarted() {
    let mut story = Story::at_state(State::Accepted);
    story.settings.supplement_restarts_clock = true;
    story.take(RequestSupplement);
    story.at("2026-03-06 00:01").take(SupplySupplement);
    assert_eq!(story.stands("T-14"), (TermState::Missed, true));
    assert_eq!(story.leg.terms.iter().filter(|t| t.slot == "T-14").count(), 1);
}

#[test]
fn public_security_decides_on_what_is_there_while_a_supplement_is_out() {
    for (step, state) in [(File, State::Filed), (NotFile, State::NotFiled)] {
        let mut story = Story::at_state(State::Accepted);
        story.take(RequestSupplement);
        story.take(step);
        assert_eq!(story.leg.state, state);
        assert_eq!(story.stands("T-13b"), (TermState::Lapsed, false));
        assert_eq!(story.stands("T-14"), (TermState::Kept, false));
    }
}

#[test]
fn incompleteness_is_no_ground_to_refuse() {
    let mut story = Story::at_state(State::Delivered);
    let refusal = story.refused_so(RefuseAcceptance, |act| act.said.for_incompleteness = true);
    assert_eq!(rule(&refusal), "T-13");
    assert!(refusal.zh().contains("材料不全不得拒绝受理"));
    story.take(RefuseAcceptance);
    assert_eq!((story.leg.state, story.owed()), (State::RefusedByPolice, vec![]));
    assert!(super::as_parent(&story.leg, story.now).overdue, "a refusal is a delay");
    let outcome = story.take(ReportLate);
    assert_eq!(supervision(&outcome), Some(Ground::Late));
    assert_eq!(rule(&story.refused_so(OrderToCorrect, |act| act.by = code("GOV-M"))), "T-28");
    story.take(OrderToCorrect);
    story.take(SignReceipt);
    assert_eq!(story.stands("T-28"), (TermState::Kept, false));
}

#[test]
fn a_case_of_another_police_organ_starts_its_clock_again_there() {
    let mut story = Story::at_state(State::Accepted);
    for organ in ["PSB", "MKT", "no body"] {
        let spoil = |act: &mut super::Act| act.said.organ = organ.into();
        assert_eq!(rule(&story.refused_so(Forward, spoil)), "T-11", "{organ}");
    }
    story.at("2026-03-02 16:00");
    let outcome = story.take(Forward);
    assert_eq!(outcome.shown, ["PSB-ECO", "PSB"].map(code), "the organ, and its superior");
    assert_eq!(story.stands("T-11"), (TermState::Kept, false));
    assert_eq!(story.stands("T-14"), (TermState::Lapsed, false));
    assert_eq!((story.owed(), story.leg.to.clone()), (vec!["T-10"], code("PSB-ECO")));
    assert_eq!(story.term("T-10").holder, code("PSB-ECO"));
    let refusal = story.refused_so(SignReceipt, |act| act.by = code("PSB"));
    assert!(matches!(refusal, Refusal::NotYours { .. }));

    story.at("2026-03-03 09:00").take(SignReceipt);
    assert_eq!(story.due("T-14"), "2026-03-06 24:00");
    story.take(File);
    assert_eq!(story.leg.state, State::Filed);
}

#[test]
fn an_organ_that_never_signs_for_a_forwarded_case_can_be_reported_and_ordered() {
    let mut story = Story::at_state(State::Accepted);
    story.take(Forward);
    assert_eq!(supervision(&story.take(ReportLate)), Some(Ground::Late));
    story.take(OrderToCorrect);
    assert_eq!(story.term("T-28").holder, code("PSB-ECO"));
    story.take(RefuseAcceptance);
    assert_eq!(story.leg.state, State::RefusedByPolice);
}

#[test]
fn what_is_no_police_matter_goes_back_with_the_right_address() {
    let mut story = Story::at_state(State::Accepted);
    let refusal = story.refused_so(Redirect, |act| {
        act.said.organ.clear();
        act.said.reason.clear();
    });
    assert_eq!(fields(&refusal), ["step.competent_authority", "step.reason"]);
    story.take(Redirect);
    assert!(story.leg.is_final());
    assert_eq!((story.owed(), story.stands("T-14")), (vec![], (TermState::Kept, false)));
    assert_eq!(story.stands("T-11"), (TermState::Lapsed, false));
}

#[test]
fn a_longer_review_needs_the_approval_that_the_sector_knows() {
    let by = |approval: &str| {
        let approval = approval.to_owned();
        move |act: &mut super::Act| act.said.approved_by = approval
    };
    let at = super::story::MONDAY;
    let food = Story::at_state(State::Accepted);
    assert!(matches!(food.refused(ExtendReview), Refusal::Broken { .. }));
    assert_eq!(fields(&food.refused_so(ExtendReview, by("NOBODY"))), ["step.approved_by"]);

    let mut economy = Story::opened("ECONOMY", at, |_| {}).brought(State::Accepted);
    assert_eq!(economy.due("T-14"), "2026-03-12 24:00");
    assert_eq!(economy.term("T-14").rule, "T-14b");
    assert_eq!(rule(&economy.refused_so(ExtendReview, by("NONE"))), "T-14b");
    economy.take_so(ExtendReview, by("COUNTY_HEAD"));
    assert_eq!(economy.due("T-14"), "2026-04-01 24:00");
    economy.take_so(ExtendReview, by("HIGHER_ORGAN"));
    assert_eq!(economy.due("T-14"), "2026-05-06 24:00", "the sixtieth day is Labour Day");
    economy.refused_so(ExtendReview, by("COUNTY_HEAD"));

    let mut ecology = Story::opened("ECOLOGY", at, |_| {}).brought(State::Accepted);
    assert_eq!(ecology.due("T-14"), "2026-03-05 24:00");
    assert_eq!(ecology.term("T-14").rule, "T-14c");
    ecology.take_so(ExtendReview, by("NONE"));
    assert_eq!(ecology.due("T-14"), "2026-03-09 24:00");
    ecology.refused_so(ExtendReview, by("HIGHER_ORGAN"));
    ecology.take_so(ExtendReview, by("COUNTY_HEAD"));
    assert_eq!(ecology.due("T-14"), "2026-04-01 24:00");

    let mut late = Story::opened("ECOLOGY", at, |_| {}).brought(State::Accepted);
    late.at("2026-03-06 00:01");
    assert!(matches!(late.refused(ExtendReview), Refusal::Broken { .. }), "too late to extend");
}
