//! The way back to an agency, enforcement by the court, leads and advice.

use super::story::{Story, code, fields, request, rule};
use crate::domain::{
    engine::open_rows,
    opening,
    refusal::Refusal,
    settings::SetTerm,
    step::StepKind::*,
    word::{Ground, ProcedureCode, State, TermState},
};

fn in_review() -> Story {
    let mut story = Story::back(Ground::NotProsecuted);
    story.take(PassToAdministrativeDepartment);
    story
}

#[test]
fn two_rules_about_one_act_are_both_shown_and_the_earlier_warns_first() {
    let mut story = Story::back(Ground::NotProsecuted);
    assert_eq!(story.owed(), ["P-10b", "P-11"]);
    story.take(PassToAdministrativeDepartment);
    assert_eq!(story.due("P-10b"), "2026-03-05 24:00");
    assert_eq!(story.due("P-11b"), "2026-03-16 24:00");
    story.at("2026-03-06 10:00");
    let raised = story.look();
    let overdue: Vec<_> = raised
        .iter()
        .filter(|(_, rung)| rung.as_str() == "OVERDUE")
        .map(|(slot, _)| slot)
        .collect();
    assert_eq!(overdue, ["P-10b"]);
    assert_eq!(story.stands("P-11b"), (TermState::Running, true));
    story.take(DeliverOpinion);
    assert_eq!(story.stands("P-10b"), (TermState::Missed, false));
    assert_eq!(story.stands("P-11b"), (TermState::Kept, false));
}

#[test]
fn the_review_stands_still_while_the_decision_is_in_doubt() {
    let mut story = in_review();
    story.at("2026-03-04 10:00").take(SuspendReview);
    assert_eq!(story.stands("P-11b"), (TermState::Suspended, true));
    story.at("2026-04-20 10:00");
    assert!(story.look().is_empty(), "no warning while it stands still");
    story.take(ResumeReview);
    // Eight of ten working days were left after 4 March.
    assert_eq!(story.due("P-11b"), "2026-04-30 24:00");
    story.take(SuspendReview);
    let next = story.take(RevokeNonProsecution).next.unwrap();
    assert_eq!(
        (next.procedure, story.leg.state),
        (ProcedureCode::ProsecutionReview, State::NonProsecutionRevoked)
    );
    assert!(story.leg.terms.iter().all(|term| !term.is_open()));
    let again = story.next(next.procedure, None);
    assert_eq!((again.leg.from.clone(), again.leg.to.clone()), (code("PSB"), code("PRO")));
}

#[test]
fn an_agency_of_another_place_gets_an_opinion_only_after_the_procuratorate_there_was_asked() {
    let mut story = in_review();
    let elsewhere = |act: &mut crate::domain::act::Act| act.said.organ = "ECO-M".into();
    let refusal = story.refused_so(DeliverOpinion, elsewhere);
    assert_eq!(rule(&refusal), "P-11b");
    assert!(refusal.to_string().contains("consult the procuratorate there first"), "{refusal}");
    let own = story.refused_so(ConsultLocalProcuratorate, |act| act.said.organ = "PRO".into());
    assert_eq!(rule(&own), "P-11b");
    assert_eq!(story.take(ConsultLocalProcuratorate).shown, [code("PRO-M")]);
    assert_eq!(story.stands("P-11b"), (TermState::Suspended, true), "that time is not counted");
    story.at("2026-03-20 10:00").take(RecordConsultation);
    story.take_so(DeliverOpinion, elsewhere);
    assert_eq!(story.leg.to, code("ECO-M"));
    assert_eq!(story.term("P-12").holder, code("ECO-M"));
}

#[test]
fn an_opinion_goes_to_who_may_punish_with_copies_to_oversight_and_to_who_commands_from_above() {
    let mut story = in_review();
    let refusal = story.refused_so(DeliverOpinion, |act| act.said.organ = "BR-T01".into());
    assert!(matches!(refusal, Refusal::Broken { .. }), "a brigade punishes in no name of its own");
    let shown = story.clone().take_so(DeliverOpinion, |act| act.said.organ = "ECO".into()).shown;
    for body in ["ECO", "JUS", "ECO-M"] {
        assert!(shown.contains(&code(body)), "{body}: {shown:?}");
    }
    story.settings.opinion_copy_to_justice_bureau = false;
    let shown = story.take(DeliverOpinion).shown;
    assert!(shown.contains(&code("MKT")) && !shown.contains(&code("JUS")));
    assert!(!shown.contains(&code("GOV-C")), "not under vertical management");
}

#[test]
fn a_reply_after_two_months_is_taken_marked_late_and_told_above() {
    let mut story = in_review();
    story.take(DeliverOpinion);
    assert_eq!(story.due("P-12"), "2026-05-06 24:00", "after the holiday of May");
    assert_eq!(rule(&story.refused(InformJusticeBureau)), "P-13", "not yet");
    story.at("2026-05-07 10:00");
    assert_eq!(story.take(InformJusticeBureau).shown, [code("JUS")]);
    assert_eq!(story.take(AskUpperProcuratorate).shown, [code("PRO-M"), code("GOV-C")]);
    story.take(ReplyToOpinion);
    assert_eq!(story.stands("P-12"), (TermState::Missed, false));
    assert_eq!(story.leg.state, State::OpinionReplied);
    story.take(Conclude);
    assert!(story.leg.is_final());
}

#[test]
fn a_term_whose_rule_is_amended_while_it_runs_keeps_the_rule_it_started_under() {
    let amended =
        SetTerm { slot: "P-12".into(), length: "1 MONTH".into(), from: "2026-03-15".parse().ok() };
    let mut before = in_review();
    before.settings.terms = vec![amended];
    before.take(DeliverOpinion);
    assert_eq!(before.term("P-12").length(), "2 MONTH");
    let mut after = in_review();
    after.settings.terms.clone_from(&before.settings.terms);
    after.at("2026-03-15 10:00").take(DeliverOpinion);
    assert_eq!(after.term("P-12").length(), "1 MONTH");
    before.at("2026-04-15 10:00");
    before.look();
    assert_eq!(before.term("P-12").length(), "2 MONTH", "also when it is looked at later");
    assert_eq!(before.stands("P-12"), (TermState::Running, true));
}

#[test]
fn a_setting_of_no_term_or_of_a_term_that_the_law_fixes_is_a_fault() {
    let set =
        |slot: &str, length: &str| SetTerm { slot: slot.into(), length: length.into(), from: None };
    let mut settings = Story::referral().settings;
    settings.terms = vec![set("P-12", "1 MONTH")];
    assert!(settings.faults().is_empty());
    settings.terms = vec![set("P-16", "2 MONTH"), set("P-99", "1 DAY"), set("P-12", "soon")];
    assert_eq!(settings.faults().len(), 3, "{:?}", settings.faults());
}

#[test]
fn public_security_sends_back_what_is_no_crime_to_an_agency_of_its_level() {
    let mut story = Story::own("PSB", "MKT", ProcedureCode::ReverseReferral, Some(Ground::NoCrime));
    assert_eq!(story.due("T-24"), "2026-03-05 24:00");
    assert_eq!(story.leg.ground, Some(Ground::NoCrime));
    assert_eq!(story.take(TransferToAgency).shown, [code("MKT"), code("PRO")]);
    story.take(ReportResult);
    assert!(story.leg.is_final());

    let docket =
        super::story::docket("FOOD", super::story::MONDAY, |docket| docket.agency = code("PSB"));
    let mut ask = request(ProcedureCode::ReverseReferral, super::story::MONDAY);
    (ask.by, ask.to) = (code("PSB"), Some(code("ECO-M")));
    let refusal = opening::open(&docket, &ask, story.world()).unwrap_err();
    assert_eq!((fields(&refusal), rule(&refusal)), (vec!["to_agency".into()], "T-24"));
    ask.by = code("PRO");
    let refusal = opening::open(&docket, &ask, story.world()).unwrap_err();
    assert_eq!((fields(&refusal), rule(&refusal)), (vec!["parent".into()], "P-10"));
}

#[test]
fn it_may_show_later_that_a_penalty_is_due_but_only_for_what_was_not_prosecuted() {
    let mut review = Story::review();
    let mut ask = request(ProcedureCode::ReverseReferral, super::story::MONDAY);
    ask.by = code("PRO");
    let refusal = opening::open_on(&review.leg, &ask, review.world()).unwrap_err();
    assert_eq!((fields(&refusal), rule(&refusal)), (vec!["parent".into()], "P-10"));
    review.take_so(NotProsecute, |act| act.said.liable = false);
    let leg = opening::open_on(&review.leg, &ask, review.world()).unwrap();
    assert_eq!((leg.state, leg.to.as_str()), (State::NonProsecution, "MKT"));
    ask.by = code("MKT");
    assert!(opening::open_on(&review.leg, &ask, review.world()).is_err());
}

#[test]
fn what_was_withdrawn_goes_back_with_a_suggestion_or_without() {
    let withdrawn = || {
        let mut story = Story::at_state(State::Investigation);
        story.take(Withdraw);
        story
    };
    assert_eq!(withdrawn().take_so(ReturnFile, |act| act.said.liable = false).next, None);
    let mut story = withdrawn();
    let next = story.take(ReturnFile).next.unwrap();
    assert_eq!(next.ground, Some(Ground::Withdrawn));
    let mut back = story.next(next.procedure, next.ground);
    assert_eq!((back.leg.from.clone(), back.leg.to.clone()), (code("PSB"), code("MKT")));
    assert_eq!(back.take(ReportResult).row.law.rule, "T-25");
}

#[test]
fn an_agency_reminds_waits_ten_working_days_and_applies_within_three_months() {
    let mut story = Story::own("MKT", "", ProcedureCode::CourtEnforcement, None);
    assert_eq!(story.leg.to, code("CRT"));
    let refusal = story.refused_so(RemindParty, |act| {
        act.said.period_ended_on = "2026-03-03".parse().ok();
        act.said.decision_no.clear();
    });
    let wrong = ["step.decision_no", "step.period_ended_on"];
    assert_eq!((fields(&refusal), rule(&refusal)), (wrong.map(String::from).to_vec(), "C-08"));
    story.take_so(RemindParty, |act| act.said.period_ended_on = "2026-01-05".parse().ok());
    assert_eq!(story.due("C-08-REMIND"), "2026-03-16 24:00");
    assert_eq!(story.due("C-08"), "2026-04-07 24:00", "from the end of the period, not of today");
    assert_eq!(rule(&story.refused(ApplyForEnforcement)), "C-08", "the party has its days");
    let mut late = story.clone();
    late.at("2026-04-08 10:00");
    late.look();
    assert_eq!(rule(&late.refused(ApplyForEnforcement)), "C-08", "the right has lapsed");
    late.take(Conclude);
    story.at("2026-03-17 10:00").take(ApplyForEnforcement);
    assert_eq!(story.due("C-08b-ACCEPT"), "2026-03-24 24:00");
    story.take(AcceptApplication);
    assert_eq!(story.due("C-08b"), "2026-03-26 24:00");
    story.take(HearParties);
    assert_eq!(story.due("C-08b"), "2026-04-16 24:00", "thirty days from acceptance");
    story.take(RefuseEnforcement);
    assert_eq!(story.due("C-08b-SERVE"), "2026-03-24 24:00");
    story.take(ServeRuling);
    assert!(story.leg.is_final());
}

#[test]
fn a_lead_of_a_duty_crime_goes_to_the_supervisory_organ_or_the_procuratorate_only() {
    let mut story = Story::own("MKT", "", ProcedureCode::DutyCrimeLead, None);
    assert_eq!(story.leg.to, code("SUP"));
    assert_eq!(story.leg.table().start(None).shows.len(), 1, "no superior sees it");
    assert_eq!(story.take(TransferLead).shown, [code("SUP")]);
    let refusal = story.refused_so(ReturnLead, |act| act.said.organ.clear());
    assert_eq!((fields(&refusal), rule(&refusal)), (vec!["step.competent_organ".into()], "T-23"));
    story.take(AcknowledgeLead);
    let docket = super::story::docket("FOOD", super::story::MONDAY, |_| {});
    let mut ask = request(ProcedureCode::DutyCrimeLead, super::story::MONDAY);
    ask.to = Some(code("GOV-C"));
    let refusal = opening::open(&docket, &ask, story.world()).unwrap_err();
    assert_eq!((fields(&refusal), rule(&refusal)), (vec!["to_agency".into()], "T-23"));
}

#[test]
fn judicial_advice_is_signed_by_the_president_and_answered_in_two_months_or_told_above() {
    let governance = Some(Ground::Governance);
    let mut story = Story::own("CRT", "MKT", ProcedureCode::JudicialAdvice, governance);
    let refusal = story.refused_so(SendAdvice, |act| {
        act.position = crate::domain::act::Position::DeputyHead;
    });
    assert!(matches!(refusal, Refusal::WrongOfficer { .. }));
    assert_eq!(rule(&refusal), "C-06");
    story.take(SendAdvice);
    assert_eq!(story.due("C-06b"), "2026-05-06 24:00");
    assert_eq!(rule(&story.refused(CopyToSuperior)), "C-06b");
    story.at("2026-05-07 10:00");
    assert_eq!(story.take(CopyToSuperior).shown, [code("GOV-C")]);
    story.take(ReplyToAdvice);
    assert_eq!(story.stands("C-06b"), (TermState::Missed, false));

    let mut opinion =
        Story::own("PRO", "MKT", ProcedureCode::JudicialAdvice, Some(Ground::ReferralWanted));
    assert_eq!(opinion.take(SendAdvice).row.law.rule, "P-09");
    assert_eq!(opinion.due("P-09b"), "2026-03-05 24:00", "in the sector ECOLOGY");
    let mut crime =
        Story::own("CRT", "PSB", ProcedureCode::JudicialAdvice, Some(Ground::CrimeFound));
    let act = crime.act(TransferCrime).unwrap();
    let rows = open_rows(&crime.leg, &code("CRT"), &act, crime.world());
    assert_eq!(rows.iter().map(|row| row.step).collect::<Vec<_>>(), [TransferCrime]);
    crime.take(TransferCrime);
    assert_eq!(crime.take(AcknowledgeTransfer).row.law.rule, "C-09");
}

#[test]
fn who_may_advise_whom_depends_on_the_ground() {
    let story = Story::referral();
    let docket = super::story::docket("FOOD", super::story::MONDAY, |_| {});
    let refused = |by: &str, to: &str, ground: Option<Ground>| {
        let mut ask = request(ProcedureCode::JudicialAdvice, super::story::MONDAY);
        (ask.by, ask.to, ask.ground) = (code(by), Some(code(to)), ground);
        fields(&opening::open(&docket, &ask, story.world()).unwrap_err())
    };
    assert_eq!(refused("MKT", "MKT", Some(Ground::Governance)), ["to_agency", "ground"]);
    assert_eq!(refused("CRT", "MKT", Some(Ground::ReferralWanted)), ["ground"]);
    assert_eq!(refused("PRO", "JUS", Some(Ground::ReferralWanted)), ["to_agency"]);
    assert_eq!(refused("CRT", "MKT", Some(Ground::CrimeFound)), ["to_agency"]);
    assert_eq!(refused("CRT", "MKT", None), ["ground"]);
}
