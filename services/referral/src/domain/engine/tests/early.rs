//! Before delivery: the team, the report, the head, orders to refer, early intervention.

use super::story::{Story, code, docket, fields, request, rule, world};
use crate::domain::{
    act::Position,
    body::testing::county,
    opening,
    refusal::Refusal,
    settings::Settings,
    step::{PenaltyKind, StepKind::*},
    word::{Actor, Mark, ProcedureCode, State, TermState},
};

#[test]
fn a_crime_found_is_referred_step_by_step() {
    let mut story = Story::referral();
    assert_eq!((story.leg.state, story.leg.version), (State::Suspected, 1));
    assert_eq!(story.owed(), ["T-03"]);
    story.take(AppointTeam);
    assert_eq!(story.leg.team, ["MKT-01", "MKT-02"]);
    story.take(SubmitReport);
    assert_eq!((story.owed(), story.stands("T-03")), (vec!["T-04"], (TermState::Kept, false)));
    story.take(Approve);
    assert_eq!((story.owed(), story.stands("T-04")), (vec!["T-05"], (TermState::Kept, false)));
    let outcome = story.take(Deliver);
    assert_eq!((story.leg.state, story.leg.version), (State::Delivered, 5));
    assert_eq!((story.owed(), story.stands("T-05")), (vec!["T-10"], (TermState::Kept, false)));
    assert_eq!(outcome.shown, ["PSB", "PRO", "GOV-C"].map(code), "and not the justice bureau");
}

#[test]
fn one_officer_is_no_team_not_even_named_twice() {
    let story = Story::referral();
    for team in [vec![], vec!["MKT-01".to_owned()], vec!["MKT-01".to_owned(); 2]] {
        let refusal = story.refused_so(AppointTeam, |act| act.said.team = team);
        assert_eq!((fields(&refusal), rule(&refusal)), (vec!["step.officers".into()], "T-03"));
    }
}

#[test]
fn only_the_head_decides_and_a_deputy_is_told_t_04() {
    let mut story = Story::at_state(State::AwaitingHead);
    for step in [Approve, Decline] {
        for position in [Position::DeputyHead, Position::EnforcementOfficer] {
            let refusal = story.refused_so(step, |act| act.position = position);
            assert!(matches!(refusal, Refusal::WrongOfficer { .. }));
            assert_eq!(rule(&refusal), "T-04", "{step} by {position:?}");
        }
    }
    story.take_so(Approve, |act| act.position = Position::ActingHead);
    assert_eq!(story.leg.state, State::Approved);
}

#[test]
fn a_decision_not_to_refer_needs_reasons_and_shows_itself_to_the_procuratorate() {
    let mut story = Story::at_state(State::AwaitingHead);
    let refusal = story.refused_so(Decline, |act| act.said.reason = "  ".into());
    assert_eq!((fields(&refusal), rule(&refusal)), (vec!["step.reason".into()], "T-06"));
    let outcome = story.take(Decline);
    assert_eq!((story.leg.state, story.owed()), (State::NotApproved, vec![]));
    assert_eq!(outcome.shown, [code("PRO")]);
    assert!(!story.leg.is_final(), "the superior may still order to refer");
}

#[test]
fn an_order_to_refer_is_kept_by_delivery_and_not_by_declining() {
    let mut story = Story::at_state(State::AwaitingHead);
    assert!(matches!(
        story.refused_so(OrderToRefer, |act| act.by = code("GOV-M")),
        Refusal::NotYours { actor: Actor::SenderSuperior, .. }
    ));
    for days in [0, 91] {
        let refusal = story.refused_so(OrderToRefer, |act| act.said.within_days = days);
        assert_eq!(fields(&refusal), ["step.within_days"]);
    }
    story.take(OrderToRefer);
    assert_eq!(story.due("T-27"), "2026-03-09 24:00", "the fifth day is a Saturday");
    assert_eq!(story.term("T-27").holder, code("MKT"));
    story.take(Decline);
    assert_eq!((story.leg.state, story.owed()), (State::NotApproved, vec!["T-27"]));
    story.take(Approve);
    story.take(Deliver);
    assert_eq!(story.stands("T-27"), (TermState::Kept, false));
}

#[test]
fn an_order_to_refer_that_is_not_followed_is_missed() {
    let mut story = Story::at_state(State::AwaitingHead);
    story.take(Decline);
    story.take(OrderToRefer);
    story.at("2026-03-10 00:01").look();
    assert_eq!(story.stands("T-27"), (TermState::Missed, true));
    story.take(Approve);
    story.take(Deliver);
    assert_eq!(story.stands("T-27"), (TermState::Missed, false), "done late stays missed");
}

#[test]
fn early_intervention_is_asked_for_answered_and_overtaken_by_delivery() {
    let mut story = Story::at_state(State::TeamAssigned);
    let outcome = story.take(RequestEarlyIntervention);
    assert_eq!(outcome.shown, [code("PSB")]);
    assert_eq!((story.leg.state, story.owed()), (State::TeamAssigned, vec!["T-03", "T-09b"]));
    assert_eq!(story.due("T-09b"), "2026-03-03 10:00", "a service target counts from the event");
    let refusal = story.refused_so(AnswerEarlyIntervention, |act| act.said.reason.clear());
    assert_eq!(fields(&refusal), ["step.answer"]);
    story.take(AnswerEarlyIntervention);
    assert_eq!(story.stands("T-09b"), (TermState::Kept, false));

    story.take(RequestEarlyIntervention);
    let mut declined = story.clone().brought(State::AwaitingHead);
    declined.take(Decline);
    assert_eq!(declined.owed(), [""; 0], "nobody steps into what is not referred");
    let delivered = story.brought(State::Delivered);
    assert_eq!(delivered.stands("T-09b"), (TermState::Lapsed, false));
}

#[test]
fn no_fine_while_the_suspected_crime_is_open_but_other_penalties() {
    let open = [
        State::Suspected,
        State::AwaitingHead,
        State::Approved,
        State::Delivered,
        State::Accepted,
        State::NotFiled,
        State::Upheld,
        State::Filed,
        State::Investigation,
    ];
    for state in open {
        let mut story = Story::at_state(state);
        for kind in PenaltyKind::ALL.iter().copied() {
            let say = |act: &mut super::Act| act.said.penalty = kind.as_str().into();
            if kind == PenaltyKind::Fine {
                let refusal = story.refused_so(RecordPenalty, say);
                assert_eq!(rule(&refusal), "T-02", "{state}");
                assert_eq!(refusal.law().mark, Mark::V);
            } else {
                story.take_so(RecordPenalty, say);
                assert_eq!(story.leg.state, state);
            }
        }
    }
}

#[test]
fn a_penalty_needs_its_kind_and_its_decision() {
    let story = Story::referral();
    let refusal = story.refused_so(RecordPenalty, |act| act.said.penalty = "JAIL".into());
    assert_eq!(fields(&refusal), ["step.penalty"]);
    let refusal = story.refused_so(RecordPenalty, |act| act.said.decision_no.clear());
    assert_eq!(fields(&refusal), ["step.decision_no"]);
}

#[test]
fn a_brigade_a_closed_docket_and_a_wrong_receiver_are_all_named() {
    let (settings, bodies) = (Settings::defaults(), county());
    let mut docket = docket("FOOD", super::story::MONDAY, |_| {});
    let mut ask = request(ProcedureCode::CriminalReferral, super::story::MONDAY);
    ask.to = Some(code("PSB-M"));
    let refusal = opening::open(&docket, &ask, world(&settings, &bodies)).unwrap_err();
    assert_eq!((fields(&refusal), rule(&refusal)), (vec!["to_agency".into()], "T-05"));

    docket.close_reason = Some("无犯罪嫌疑".into());
    ask.by = code("BR-T01");
    ask.offence.clear();
    let refusal = opening::open(&docket, &ask, world(&settings, &bodies)).unwrap_err();
    let mut named = fields(&refusal);
    named.dedup();
    assert_eq!(named, ["docket", "docket.agency", "offence", "to_agency"]);
}

#[test]
fn a_township_refers_to_the_police_of_the_county() {
    let (settings, bodies) = (Settings::defaults(), county());
    let docket = docket("FOOD", super::story::MONDAY, |docket| docket.agency = code("TG-T01"));
    let mut ask = request(ProcedureCode::CriminalReferral, super::story::MONDAY);
    ask.by = code("TG-T01");
    let leg = opening::open(&docket, &ask, world(&settings, &bodies)).unwrap();
    assert_eq!((leg.to, leg.from), (code("PSB"), code("TG-T01")));
}

#[test]
fn a_step_of_another_procedure_or_another_state_says_where_the_case_is() {
    let story = Story::referral();
    let spoilt = Story::supervision(crate::domain::word::Ground::Late);
    let mut act = spoilt.act(OrderToFile).unwrap();
    act.by = code("MKT");
    let refusal = super::take(&story.leg, &act, story.world()).unwrap_err();
    assert!(matches!(refusal, Refusal::WrongState { state: State::Suspected, .. }));
    let refusal = story.refused(SignReceipt);
    assert!(matches!(refusal, Refusal::WrongState { state: State::Suspected, .. }));
    assert_eq!(rule(&refusal), "T-10");
}
