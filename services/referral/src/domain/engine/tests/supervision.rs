//! The supervision of filing, on each of its four grounds.

use super::story::{MONDAY, Story, code, docket, fields, request, rule};
use crate::domain::{
    act::Position,
    opening,
    refusal::Refusal,
    step::StepKind::*,
    word::{Ground, ProcedureCode, State, TermState},
};

/// A supervision that the procuratorate has taken up.
fn accepted(ground: Ground) -> Story {
    let mut story = Story::supervision(ground);
    let outcome = story.take(AcceptSuggestion);
    assert_eq!(outcome.shown, story.leg.respondent.iter().cloned().collect::<Vec<_>>());
    story
}

#[test]
fn a_supervision_is_between_the_agency_and_the_procuratorate_about_public_security() {
    let story = Story::supervision(Ground::NotFiled);
    let leg = &story.leg;
    assert_eq!((leg.from.clone(), leg.to.clone()), (code("MKT"), code("PRO")));
    assert_eq!(leg.respondent, Some(code("PSB")));
    assert_eq!((leg.state, leg.version, leg.terms.len()), (State::Suggested, 1, 0));
}

#[test]
fn reasons_that_hold_are_told_to_the_agency_within_ten_days() {
    let mut story = accepted(Ground::NotFiled);
    story.take(DemandReasons);
    assert_eq!((story.owed(), story.due("P-02")), (vec!["P-02"], "2026-03-09 24:00".into()));
    story.at("2026-03-09 17:00").take(StateReasons);
    assert_eq!(story.stands("P-02"), (TermState::Kept, false));
    story.take(AcceptReasons);
    assert_eq!(story.due("P-04"), "2026-03-19 24:00");
    story.take(TellAgency);
    assert_eq!((story.leg.state, story.owed()), (State::Concluded, vec![]));
    assert!(story.leg.is_final());
}

#[test]
fn reasons_that_do_not_hold_lead_to_an_order_to_file_which_files_the_case() {
    let mut parent = Story::at_state(State::Upheld);
    parent.take(SuggestSupervision);
    let mut story = parent.supervised(Ground::NotFiled);
    for step in [AcceptSuggestion, DemandReasons, StateReasons, OrderToFile] {
        story.take(step);
    }
    assert_eq!((story.owed(), story.due("P-03")), (vec!["P-03"], "2026-03-17 24:00".into()));
    story.at("2026-03-10 09:00");
    let ordered = story.take(FileAsOrdered);
    assert_eq!(ordered.parent_step, Some(File));
    assert_eq!(story.leg.state, State::FiledAsOrdered);
    parent.follow(&ordered);
    assert_eq!((parent.leg.state, parent.owed()), (State::Filed, vec!["P-07", "T-15"]));
}

#[test]
fn an_order_is_followed_also_by_who_had_filed_already() {
    let mut parent = Story::at_state(State::Upheld);
    parent.take(SuggestSupervision);
    let mut story = parent.supervised(Ground::NotFiled);
    for step in [AcceptSuggestion, OrderToFile] {
        story.take(step);
    }
    parent.take(File);
    parent.take(ServeNotice);
    let version = parent.leg.version;
    parent.follow(&story.take(FileAsOrdered));
    assert_eq!((parent.leg.state, parent.leg.version), (State::Filed, version), "not filed twice");
}

#[test]
fn an_order_to_file_that_is_not_followed_goes_one_level_up() {
    let mut story = accepted(Ground::NotFiled);
    story.take(OrderToFile);
    assert_eq!(rule(&story.refused(IssueCorrection)), "P-06", "fifteen days are not over");
    story.at("2026-03-18 00:01").take(IssueCorrection);
    assert_eq!(story.stands("P-03"), (TermState::Missed, true));
    let mut mended = story.clone();
    mended.take(FileAsOrdered);
    assert_eq!(mended.stands("P-03"), (TermState::Missed, false));
    let outcome = story.take(ReportUp);
    assert_eq!(outcome.shown, [code("PRO-M")]);
    assert_eq!((story.leg.state, story.owed()), (State::ReportedUp, vec![]));
}

#[test]
fn a_report_before_the_term_is_over_is_passed_on_and_answered() {
    let mut story = accepted(Ground::Late);
    assert_eq!(fields(&story.refused_so(PassOn, |act| act.said.reason.clear())), ["step.answer"]);
    let mut late = story.clone();
    late.parent.as_mut().unwrap().overdue = true;
    assert_eq!(rule(&late.refused(PassOn)), "P-05", "the term is over: reasons are due");
    story.take(PassOn);
    assert_eq!(story.leg.state, State::Concluded);
    assert!(accepted(Ground::NotFiled).act(PassOn).is_none(), "only delay is passed on");
}

#[test]
fn delay_leads_to_reasons_within_seven_days_or_a_corrective_opinion() {
    let mut story = accepted(Ground::Late);
    story.take(DemandReasons);
    assert_eq!((story.owed(), story.due("P-05")), (vec!["P-05"], "2026-03-09 24:00".into()));
    assert_eq!(rule(&story.refused(IssueCorrectiveOpinion)), "P-05", "seven days are not over");
    assert_eq!(rule(&story.refused(Conclude)), "P-05", "public security has not decided");
    story.at("2026-03-10 00:01").take(IssueCorrectiveOpinion);
    assert_eq!(story.leg.state, State::OpinionOnDelay);
    let mut ordered = story.clone();
    ordered.take(OrderToFile);
    assert_eq!(ordered.owed(), ["P-03"]);
    let mut decided = story.clone();
    decided.parent.as_mut().unwrap().decided = true;
    decided.take(Conclude);
    assert_eq!((decided.leg.state, decided.owed()), (State::Concluded, vec![]));
    story.take(StateReasons);
    assert_eq!(story.stands("P-05"), (TermState::Missed, false));
}

#[test]
fn a_decision_made_meanwhile_ends_the_supervision_of_delay() {
    let mut parent = Story::at_state(State::Accepted);
    parent.take(ReportLate);
    let mut story = parent.supervised(Ground::Late);
    story.take(AcceptSuggestion);
    parent.take(File);
    story.parent = Some(super::as_parent(&parent.leg, parent.now));
    story.take(Conclude);
    assert_eq!(story.leg.state, State::Concluded);
}

#[test]
fn a_wrong_filing_is_withdrawn_as_ordered() {
    let mut parent = Story::at_state(State::Investigation);
    let mut story = parent.supervised(Ground::WronglyFiled);
    assert_eq!(story.leg.from, code("PRO"), "the procuratorate acts on its own");
    story.take(AcceptSuggestion);
    let mut act = accepted(Ground::Late).act(DemandReasons).unwrap();
    act.by = code("PRO");
    let refusal = super::take(&story.leg, &act, story.world()).unwrap_err();
    assert!(matches!(refusal, Refusal::WrongState { .. }), "reasons for what?");
    story.take(OrderToWithdraw);
    parent.follow(&story.take(WithdrawAsOrdered));
    assert_eq!(story.leg.state, State::WithdrawnAsOrdered);
    assert_eq!(parent.leg.state, State::Withdrawn);
}

#[test]
fn a_filing_found_right_ends_the_supervision() {
    for steps in [vec![], vec![AcceptSuggestion]] {
        let mut story = Story::supervision(Ground::WronglyFiled);
        for step in steps {
            story.take(step);
        }
        story.take(Conclude);
        assert_eq!(story.leg.state, State::Concluded);
    }
}

#[test]
fn an_order_to_withdraw_is_challenged_maintained_and_reviewed_once_each() {
    let mut story = accepted(Ground::WronglyFiled);
    story.take(OrderToWithdraw);
    story.take(ChallengeOrder);
    assert_eq!((story.owed(), story.due("P-08")), (vec!["P-08"], "2026-03-09 24:00".into()));
    let mut revoked = story.clone();
    revoked.take(RevokeOrder);
    assert_eq!(revoked.leg.state, State::OrderRevoked);
    assert!(revoked.leg.is_final());

    story.take(MaintainOrder);
    assert_eq!(story.stands("P-08"), (TermState::Kept, false));
    assert!(matches!(story.refused(ChallengeOrder), Refusal::WrongState { .. }));
    let outcome = story.take(RequestUpperReview);
    assert_eq!(outcome.shown, [code("PRO-M")]);
    assert_eq!(story.due("P-08-UPPER"), "2026-03-17 24:00");
    assert_eq!(story.term("P-08-UPPER").holder, code("PRO-M"));
    let refusal = story.refused_so(RevokeOrder, |act| act.by = code("PRO"));
    assert!(matches!(refusal, Refusal::WrongState { .. }), "not its own judge twice");
    let mut fallen = story.clone();
    fallen.take(RevokeOrder);
    assert_eq!(fallen.leg.state, State::OrderRevoked);
    story.take(MaintainOrder);
    assert_eq!(story.leg.state, State::OrderMaintained);
    assert_eq!(rule(&story.refused(RequestUpperReview)), "P-08", "once");
    story.take(WithdrawAsOrdered);
}

#[test]
fn an_order_that_lost_its_object_does_not_hold_the_supervision_open() {
    let mut story = accepted(Ground::WronglyFiled);
    story.take(OrderToWithdraw);
    assert_eq!(rule(&story.refused(Conclude)), "P-08", "the case is still filed");
    let mut parent = Story::at_state(State::Investigation);
    parent.take(SendForProsecution);
    story.parent = Some(super::as_parent(&parent.leg, parent.now));
    story.take(Conclude);
    assert_eq!(story.leg.state, State::Concluded);

    let mut withdrawn = Story::at_state(State::Filed);
    let mut story = withdrawn.supervised(Ground::WronglyFiled);
    story.take(AcceptSuggestion);
    story.take(OrderToWithdraw);
    withdrawn.take(Withdraw);
    let version = withdrawn.leg.version;
    withdrawn.follow(&story.take(WithdrawAsOrdered));
    assert_eq!(withdrawn.leg.version, version, "not withdrawn twice");
}

#[test]
fn only_the_procuratorate_of_the_level_opens_against_a_filing_and_only_if_filed() {
    let filed = Story::at_state(State::Filed);
    let mut ask = request(ProcedureCode::FilingSupervision, MONDAY);
    ask.by = code("PRO");
    assert!(opening::open_on(&filed.leg, &ask, filed.world()).is_ok());
    let open = Story::at_state(State::Accepted);
    ask.by = code("MKT");
    ask.reason.clear();
    let refusal = opening::open_on(&open.leg, &ask, open.world()).unwrap_err();
    assert_eq!(
        (fields(&refusal), rule(&refusal)),
        (vec!["parent".into(), "reason".into(), "parent".into()], "P-08")
    );
}

#[test]
fn an_agency_that_does_not_refer_is_told_to_by_the_chief_procurator_only() {
    let mut story = accepted(Ground::NotReferred);
    assert_eq!(story.leg.from, code("JUS"), "anyone may report");
    let refusal = story.refused_so(IssueReferralOpinion, |a| a.position = Position::PrincipalHead);
    assert!(matches!(refusal, Refusal::WrongOfficer { .. }));
    assert_eq!(rule(&refusal), "P-09");
    story.take(IssueReferralOpinion);
    assert_eq!((story.owed(), story.due("P-09b")), (vec!["P-09b"], "2026-03-05 24:00".into()));

    let refusal = story.refused_so(AnswerOpinion, |act| {
        act.said.referral = "referrals/x".into();
        act.said.reason.clear();
    });
    assert_eq!(rule(&refusal), "P-09b", "no such referral");
    let mut refused = story.clone();
    refused.take_so(AnswerOpinion, |act| act.said.referral.clear());
    assert_eq!(refused.stands("P-09b"), (TermState::Kept, false), "reasons are an answer");
    let outcome = refused.take(NotifyPublicSecurity);
    assert_eq!(outcome.shown, [code("PSB")]);
    assert_eq!(refused.leg.state, State::PublicSecurityNotified);

    story.answer_refers = true;
    story.take_so(AnswerOpinion, |act| act.said.referral = "referrals/x".into());
    story.take(Conclude);
    assert_eq!((story.leg.state, story.owed()), (State::Concluded, vec![]));
}

#[test]
fn public_security_is_notified_also_when_nobody_answers() {
    let mut story = accepted(Ground::NotReferred);
    story.take(IssueReferralOpinion);
    story.at("2026-03-06 00:01").take(NotifyPublicSecurity);
    assert_eq!(story.stands("P-09b"), (TermState::Missed, false));
}

#[test]
fn three_days_for_the_opinion_only_in_the_sectors_that_have_them() {
    let mut story = Story::not_referred("FOOD");
    story.take(AcceptSuggestion);
    story.take(IssueReferralOpinion);
    assert_eq!(story.owed(), [""; 0]);
    story.take(AnswerOpinion);
}

#[test]
fn a_report_names_an_agency_that_could_refer_and_says_why() {
    let story = Story::referral();
    for respondent in [None, Some("BR-T01"), Some("PSB"), Some("XXX")] {
        let mut ask = request(ProcedureCode::FilingSupervision, MONDAY);
        ask.respondent = respondent.map(code);
        ask.reason = " ".into();
        let docket = docket("FOOD", MONDAY, |_| {});
        let refusal = opening::open(&docket, &ask, story.world()).unwrap_err();
        assert_eq!(
            (fields(&refusal), rule(&refusal)),
            (vec!["respondent".into(), "reason".into()], "T-29")
        );
    }
}

#[test]
fn what_is_referred_is_what_public_security_has() {
    assert!(!super::delivered(&Story::at_state(State::Approved).leg));
    assert!(super::delivered(&Story::at_state(State::Delivered).leg));
    assert!(!super::delivered(&Story::supervision(Ground::Late).leg), "no referral at all");
}
