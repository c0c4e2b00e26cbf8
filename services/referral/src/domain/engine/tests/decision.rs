//! The decision not to file, and what the agency can do about it.

use super::story::{Story, code, fields, rule, supervision};
use crate::domain::{
    refusal::Refusal,
    step::StepKind::*,
    word::{Ground, State, TermState},
};

#[test]
fn not_filing_needs_reasons_and_its_notice_starts_the_three_days() {
    let mut story = Story::at_state(State::Accepted);
    let refusal = story.refused_so(NotFile, |act| act.said.reason.clear());
    assert_eq!((fields(&refusal), rule(&refusal)), (vec!["step.reason".into()], "T-14"));
    story.take(NotFile);
    assert_eq!((story.leg.state, story.owed()), (State::NotFiled, vec!["T-15"]));
    for step in [RequestReconsideration, SuggestSupervision, ResumeAdministrativeCase] {
        let refusal = story.refused(step);
        assert!(matches!(refusal, Refusal::Broken { .. }), "{step}: nothing was served yet");
    }
    let refusal = story.refused_so(ServeNotice, |act| act.documents.clear());
    assert_eq!(fields(&refusal), ["documents"]);
    story.at("2026-03-03 15:00").take(ServeNotice);
    assert_eq!((story.owed(), story.due("T-16")), (vec!["T-16"], "2026-03-06 24:00".into()));
    assert_eq!(story.stands("T-15"), (TermState::Kept, false));
    assert!(matches!(story.refused(ServeNotice), Refusal::Broken { .. }), "it was served");
}

#[test]
fn reconsideration_is_open_for_three_days_and_not_a_minute_more() {
    let mut story = Story::at_state(State::NotFiled);
    assert_eq!(story.due("T-16"), "2026-03-05 24:00");
    let mut late = story.clone();
    late.at("2026-03-06 00:01");
    let refusal = late.refused(RequestReconsideration);
    assert_eq!(rule(&refusal), "T-16");
    late.look();
    assert_eq!(late.stands("T-16"), (TermState::Lapsed, false));
    assert_eq!(rule(&late.refused(RequestReconsideration)), "T-16");

    story.at("2026-03-05 23:59").take(RequestReconsideration);
    assert_eq!(story.stands("T-16"), (TermState::Kept, false));
    assert_eq!(story.due("T-17"), "2026-03-09 24:00");
}

#[test]
fn reconsideration_may_end_in_filing() {
    let mut story = Story::at_state(State::Reconsideration);
    story.take(File);
    assert_eq!((story.leg.state, story.owed()), (State::Filed, vec!["P-07", "T-15"]));
    assert_eq!(story.stands("T-17"), (TermState::Kept, false));
}

#[test]
fn who_still_disagrees_after_reconsideration_goes_to_the_procuratorate() {
    let mut story = Story::at_state(State::Upheld);
    assert_eq!(story.due("T-18"), "2026-03-05 24:00");
    assert!(matches!(story.refused(RequestReconsideration), Refusal::WrongState { .. }));
    let outcome = story.take(SuggestSupervision);
    assert_eq!(supervision(&outcome), Some(Ground::NotFiled));
    assert_eq!((story.leg.state, story.owed()), (State::SupervisionSuggested, vec![]));
    assert_eq!(story.stands("T-18"), (TermState::Kept, false));
}

#[test]
fn the_duty_to_go_on_is_missed_when_late_but_the_way_stays_open() {
    let mut story = Story::at_state(State::Upheld);
    story.at("2026-03-06 00:01").look();
    assert_eq!(story.stands("T-18"), (TermState::Missed, true));
    story.take(SuggestSupervision);
    assert_eq!(story.stands("T-18"), (TermState::Missed, false));
}

#[test]
fn the_direct_suggestion_does_not_lapse_unless_so_configured() {
    for lapses in [false, true] {
        let mut story = Story::at_state(State::NotFiled);
        story.settings.direct_suggestion_lapses = lapses;
        let mut in_time = story.clone();
        in_time.take(SuggestSupervision);
        assert_eq!(in_time.stands("T-16"), (TermState::Kept, false));

        story.at("2026-03-06 00:01").look();
        if lapses {
            assert_eq!(rule(&story.refused(SuggestSupervision)), "T-16");
        } else {
            let outcome = story.take(SuggestSupervision);
            assert_eq!(supervision(&outcome), Some(Ground::NotFiled));
            assert_eq!(story.stands("T-16"), (TermState::Lapsed, false));
        }
    }
}

#[test]
fn what_is_finally_not_filed_goes_on_as_an_administrative_case() {
    for state in [State::NotFiled, State::Upheld] {
        let mut story = Story::at_state(state);
        story.take(ResumeAdministrativeCase);
        assert_eq!((story.leg.state, story.owed()), (State::ReturnedToAgency, vec![]));
        assert!(story.leg.is_final());
    }
    let mut story = Story::at_state(State::Upheld);
    story.take(SuggestSupervision);
    story.supervision_open = true;
    assert_eq!(rule(&story.refused(ResumeAdministrativeCase)), "T-19");
    story.supervision_open = false;
    story.take(ResumeAdministrativeCase);
}

#[test]
fn public_security_may_file_at_any_time_until_the_case_has_gone_back() {
    for state in [State::NotFiled, State::Reconsideration, State::Upheld] {
        let mut story = Story::at_state(state);
        story.take(File);
        assert_eq!((story.leg.state, story.owed()), (State::Filed, vec!["P-07", "T-15"]));
    }
    let mut story = Story::at_state(State::NotFiled);
    story.take(ResumeAdministrativeCase);
    assert!(matches!(story.refused(File), Refusal::WrongState { .. }));
}

#[test]
fn delay_is_reported_once_at_a_time() {
    let mut story = Story::at_state(State::Accepted);
    story.at("2026-03-06 00:01");
    assert_eq!(supervision(&story.take(ReportLate)), Some(Ground::Late));
    assert_eq!(story.leg.state, State::Accepted, "public security may still decide");
    assert_eq!(story.stands("T-14"), (TermState::Missed, true));
    story.supervision_open = true;
    assert_eq!(rule(&story.refused(ReportLate)), "P-05");
    story.take(OrderToCorrect);
    assert_eq!(story.term("T-28").holder, code("PSB"));
    story.take(NotFile);
    assert_eq!(story.stands("T-14"), (TermState::Missed, false));
    assert_eq!(story.stands("T-28"), (TermState::Kept, false));
}
