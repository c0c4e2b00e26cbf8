//! Before procuratorate and court: the review, its returns, the trial, fines and items.

use super::story::{Story, code, fields, rule};
use crate::domain::{
    branch::{self, Administrative, Branches, Criminal, NOTHING},
    refusal::Refusal,
    step::{PenaltyKind, StepKind::*},
    word::{Ground, ProcedureCode, State, TermState},
};

#[test]
fn a_case_sent_for_prosecution_is_reviewed_within_a_month() {
    let mut story = Story::at_state(State::Investigation);
    let next = story.take(SendForProsecution).next.unwrap();
    assert_eq!((next.procedure, next.ground), (ProcedureCode::ProsecutionReview, None));
    let mut review = story.next(next.procedure, next.ground);
    assert_eq!((review.leg.from.clone(), review.leg.to.clone()), (code("PSB"), code("PRO")));
    assert_eq!(review.leg.parent, Some(story.leg.id));
    assert_eq!(review.due("P-16"), "2026-04-02 24:00");
    let next = review.take(Prosecute).next.unwrap();
    assert_eq!(next.procedure, ProcedureCode::PublicProsecution);
    let trial = review.next(next.procedure, None);
    assert_eq!((trial.leg.from.clone(), trial.leg.to.clone()), (code("PRO"), code("CRT")));
    assert_eq!(trial.leg.agency, code("MKT"), "whose case it was");
}

#[test]
fn a_complex_review_has_fifteen_days_more_once_and_the_fast_track_ten_or_fifteen() {
    let mut complex = Story::review();
    complex.take(ExtendProsecutionReview);
    assert_eq!(complex.due("P-16"), "2026-04-17 24:00");
    assert_eq!(complex.term("P-16").length(), "1 MONTH + 15 DAY");
    assert_eq!(rule(&complex.refused(ExtendProsecutionReview)), "P-16");
    assert_eq!(rule(&complex.refused(ApplyFastTrack)), "P-16");

    let mut fast = Story::review();
    fast.take(ApplyFastTrack);
    assert_eq!(fast.due("P-16"), "2026-03-12 24:00");
    let mut longer = Story::review();
    longer.take_so(ApplyFastTrack, |act| act.said.over_one_year = true);
    assert_eq!(longer.due("P-16"), "2026-03-17 24:00");
    let mut late = Story::review();
    late.at("2026-03-16 10:00");
    assert_eq!(rule(&late.refused(ApplyFastTrack)), "P-16", "its ten days are over");
    late.take_so(ApplyFastTrack, |act| act.said.over_one_year = true);
}

#[test]
fn a_case_is_returned_twice_at_most_and_each_time_the_review_restarts() {
    let mut story = Story::review();
    for (back, due) in
        [("2026-03-20 10:00", "2026-04-20 24:00"), ("2026-04-17 10:00", "2026-05-18 24:00")]
    {
        story.at(back).take(ReturnForInvestigation);
        assert_eq!(story.stands("P-16"), (TermState::Lapsed, false));
        // The last day is a Sunday.
        assert_eq!(story.due("P-17"), due);
        story.take(Resubmit);
        assert_eq!(story.term("P-16").started_at, story.now, "afresh");
    }
    let refusal = story.refused(ReturnForInvestigation);
    assert!(matches!(refusal, Refusal::Broken { .. }));
    assert_eq!(rule(&refusal), "P-17");
}

#[test]
fn a_supplementary_investigation_that_is_late_is_missed_and_may_still_come() {
    let mut story = Story::review();
    story.take(ReturnForInvestigation);
    story.at("2026-04-20 10:00").take(Resubmit);
    assert_eq!(story.stands("P-17"), (TermState::Missed, false));
    assert_eq!(story.leg.state, State::UnderProsecutionReview);
}

#[test]
fn who_does_not_prosecute_says_on_which_ground_and_whether_a_penalty_is_due() {
    let mut story = Story::review();
    let refusal = story.refused_so(NotProsecute, |act| {
        act.said.ground = "MERCY".into();
        act.said.reason.clear();
        act.said.organ = "x".into();
        act.documents.clear();
    });
    let wrong = ["step.ground", "step.reason", "step.competent_authority", "documents"];
    assert_eq!((fields(&refusal), rule(&refusal)), (wrong.map(String::from).to_vec(), "P-10"));
    let nothing_due = story.clone().take_so(NotProsecute, |act| act.said.liable = false);
    assert_eq!(nothing_due.next, None);
    let next = story.take_so(NotProsecute, |act| act.said.organ = "ECO".into()).next.unwrap();
    assert_eq!(next.procedure, ProcedureCode::ReverseReferral);
    assert_eq!((next.ground, next.to), (Some(Ground::NotProsecuted), Some(code("ECO"))));
}

#[test]
fn a_non_prosecution_of_what_was_never_prosecuted_names_its_rule() {
    for state in [State::Accepted, State::Investigation] {
        let story = Story::at_state(state);
        let act = Story::review().act(NotProsecute).unwrap();
        let refusal = super::take(&story.leg, &act, story.world()).unwrap_err();
        assert!(matches!(refusal, Refusal::WrongState { .. }));
        assert_eq!(rule(&refusal), "P-10");
    }
}

/// Before the court, accepted.
fn on_trial() -> Story {
    let mut story = Story::trial();
    story.take(AcceptIndictment);
    story
}

#[test]
fn a_judgment_has_two_months_three_at_the_latest_and_longer_only_once() {
    let mut story = on_trial();
    assert_eq!(story.due("C-02"), "2026-05-06 24:00", "after the holiday of May");
    assert_eq!(story.due("C-02-LATEST"), "2026-06-02 24:00");
    story.at("2026-05-20 10:00").take(ExtendTrial);
    assert_eq!(story.stands("C-02"), (TermState::Lapsed, false));
    assert_eq!(story.due("C-02-LATEST"), "2026-09-02 24:00");
    assert_eq!(rule(&story.refused(ExtendTrial)), "C-02");
    story.at("2026-09-03 10:00").take(PronounceJudgment);
    assert_eq!(story.stands("C-02-LATEST"), (TermState::Missed, false));
}

#[test]
fn a_judgment_disposes_of_the_property_and_only_who_is_convicted_is_fined() {
    let story = on_trial();
    let refusal = story.refused_so(PronounceJudgment, |act| {
        act.documents[0].fields.remove("property_disposal");
    });
    let wanted = vec!["documents[0].fields.property_disposal".to_owned()];
    assert_eq!((fields(&refusal), rule(&refusal)), (wanted, "C-03"));
    let refusal = story.refused_so(PronounceJudgment, |act| {
        act.said.verdict = "ACQUITTED".into();
        act.said.amount_fen = 100;
        act.said.set_off_fen = 200;
    });
    assert_eq!(fields(&refusal), ["step.fine_fen", "step.set_off_fen"]);
    let refusal = story.refused_so(PronounceJudgment, |act| act.said.verdict = "GUILTY".into());
    assert_eq!(fields(&refusal), ["step.verdict"]);
}

#[test]
fn what_agencies_fined_is_set_off_against_the_fine_of_the_court() {
    let mut story = on_trial();
    story.branches = Branches { fines_fen: 300, ..NOTHING };
    for (fine, off, right) in [
        (500, 0, false),
        (500, 400, false),
        (200, 300, false),
        (500, 300, true),
        (200, 200, true),
        (0, 0, true),
    ] {
        let mut one = story.clone();
        let judge = |act: &mut crate::domain::act::Act| {
            act.said.verdict = "CONVICTED".into();
            (act.said.amount_fen, act.said.set_off_fen) = (fine, off);
        };
        if right {
            let judged = one.take_so(PronounceJudgment, judge).leg.judged.unwrap();
            assert_eq!((judged.fine_fen, judged.set_off_fen), (fine, off));
        } else if off > fine {
            assert_eq!(fields(&one.refused_so(PronounceJudgment, judge)), ["step.set_off_fen"]);
        } else {
            let refusal = one.refused_so(PronounceJudgment, judge);
            assert_eq!(rule(&refusal), "C-05");
            assert!(refusal.to_string().contains("300 fen"), "{refusal}");
        }
    }
}

#[test]
fn an_appeal_goes_to_the_court_above_which_decides_or_sends_the_case_back() {
    let mut story = on_trial();
    story.take(PronounceJudgment);
    let shown = story.take(RecordAppeal).shown;
    assert_eq!(shown, [code("CRT-M")]);
    assert!(matches!(
        story.refused_so(DecideAppeal, |act| act.by = code("CRT")),
        Refusal::NotYours { .. }
    ));
    let mut again = story.clone();
    again.take(RemandCase);
    assert_eq!((again.leg.state, again.owed()), (State::OnTrial, vec!["C-02", "C-02-LATEST"]));
    story.take(DecideAppeal);
    assert_eq!(story.leg.state, State::JudgmentEffective);
    assert_eq!(story.leg.keeper, Some(code("MKT")));
}

#[test]
fn who_keeps_items_gets_the_effective_judgment_and_returns_the_slip_before_the_case_ends() {
    let mut story = on_trial();
    story.take(PronounceJudgment);
    story.take(TakeEffect);
    assert_eq!(story.due("C-04"), "2026-03-12 24:00");
    assert_eq!(rule(&story.refused(ConcludeTrial)), "C-04");
    assert_eq!(rule(&story.refused(ReturnSlip)), "C-04", "nothing was asked for");
    assert_eq!(story.take(SendJudgment).shown, [code("MKT")]);
    assert_eq!(story.due("C-04-SLIP"), "2026-04-02 24:00");
    assert_eq!(story.term("C-04-SLIP").holder, code("MKT"));
    assert_eq!(rule(&story.refused(ConcludeTrial)), "C-04");
    story.at("2026-04-10 10:00").take(ReturnSlip);
    assert_eq!(story.stands("C-04-SLIP"), (TermState::Missed, false), "late, and accepted");
    story.take(ConcludeTrial);
    assert!(story.leg.is_final());

    let mut nobody = on_trial();
    nobody.take(PronounceJudgment);
    let unknown = nobody.refused_so(TakeEffect, |act| act.said.organ = "NOBODY".into());
    assert_eq!(rule(&unknown), "C-04", "who would return the slip?");
    nobody.take_so(TakeEffect, |act| act.said.organ.clear());
    assert_eq!(nobody.owed(), ["C-10"], "nobody keeps anything");
    assert_eq!(rule(&nobody.refused(SendJudgment)), "C-04");
    nobody.take(ConcludeTrial);
}

#[test]
fn the_agency_is_told_the_result_unless_the_setting_says_otherwise() {
    let mut story = on_trial();
    story.take(PronounceJudgment);
    assert_eq!(story.due("C-10"), "2026-03-12 24:00");
    story.take(NotifyJudgment);
    assert_eq!(story.stands("C-10"), (TermState::Kept, false));
    let mut off = on_trial();
    let none = crate::domain::settings::SetTerm {
        slot: "C-10".into(),
        length: "0 DAY".into(),
        from: None,
    };
    off.settings.terms = vec![none];
    off.take(PronounceJudgment);
    assert!(off.owed().is_empty());
}

#[test]
fn who_was_not_punished_may_still_be_penalised_once() {
    let effective = |verdict: &str| {
        let mut story = on_trial();
        story.take_so(PronounceJudgment, |act| act.said.verdict = verdict.into());
        story.take(TakeEffect);
        story
    };
    assert_eq!(rule(&effective("CONVICTED").refused(TransferForPenalty)), "C-07");
    for verdict in ["EXEMPTED", "ACQUITTED"] {
        let mut story = effective(verdict);
        let wrong = story.refused_so(TransferForPenalty, |act| act.said.organ = "JUS".into());
        assert_eq!(rule(&wrong), "C-07", "the justice bureau punishes nobody");
        let next = story.take(TransferForPenalty).next.unwrap();
        assert_eq!(next.ground, Some(Ground::Exempted));
        let back = story.next(next.procedure, next.ground);
        assert_eq!((back.leg.from.clone(), back.leg.to.clone()), (code("CRT"), code("MKT")));
        assert_eq!(back.leg.state, State::TransferredToAgency);
        assert_eq!(rule(&story.refused(TransferForPenalty)), "C-07", "once");
    }
}

#[test]
fn no_fine_while_the_criminal_branch_is_open_and_none_after_the_court_fined() {
    let mut story = Story::at_state(State::Investigation);
    story.take(SendForProsecution);
    let fine = |act: &mut crate::domain::act::Act| act.said.penalty = "FINE".into();
    story.branches = Branches { criminal: Criminal::Open, ..NOTHING };
    assert_eq!(rule(&story.refused_so(RecordPenalty, fine)), "T-02");
    story.clone().take(RecordPenalty);
    story.branches = Branches { criminal: Criminal::Ended, court_fine_fen: 1, ..NOTHING };
    assert_eq!(rule(&story.refused_so(RecordPenalty, fine)), "T-20");
    story.branches = Branches { criminal: Criminal::Ended, ..NOTHING };
    let penalty = story.take_so(RecordPenalty, fine).penalty.unwrap();
    assert_eq!(penalty.decided_on, "2026-03-02");
    assert!(story.leg.is_final(), "the leg has ended all the same");
}

#[test]
fn how_the_branches_stand_is_told_by_all_legs_of_a_docket() {
    let mut docket = super::story::docket("FOOD", super::story::MONDAY, |_| {});
    assert_eq!(branch::of(&docket, &[]), NOTHING);
    let mut main = Story::at_state(State::Investigation);
    let branches = branch::of(&docket, &[main.leg.clone()]);
    assert_eq!(
        (branches.criminal, branches.administrative),
        (Criminal::Open, Administrative::Held)
    );
    main.take(SendForProsecution);
    let mut trial = on_trial();
    trial.take_so(PronounceJudgment, |act| {
        act.said.verdict = "CONVICTED".into();
        act.said.amount_fen = 700;
    });
    let judged = branch::of(&docket, &[main.leg.clone(), trial.leg.clone()]);
    assert_eq!((judged.criminal, judged.court_fine_fen), (Criminal::Open, 0), "not effective yet");
    trial.take(TakeEffect);
    docket.penalties = ["FINE", "WARNING", "FINE"]
        .map(|kind| crate::domain::leg::Penalty {
            kind: PenaltyKind::parse(kind).unwrap(),
            decision_no: String::new(),
            amount_fen: 20,
            decided_on: String::new(),
        })
        .to_vec();
    let ended = branch::of(&docket, &[main.leg, trial.leg]);
    assert_eq!((ended.criminal, ended.outcome), (Criminal::Ended, "CONVICTED"));
    assert_eq!((ended.court_fine_fen, ended.fines_fen), (700, 40));
    assert_eq!(ended.administrative, Administrative::Open);
}
