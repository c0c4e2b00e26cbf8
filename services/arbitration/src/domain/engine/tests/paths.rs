//! Each way up the ladder to its end, and what is refused on it.

use super::{
    StepKind::*,
    story::{Story, agrees, from, names, opening, reason, text},
};
use crate::domain::{
    act::{Act, Position, Said},
    engine,
    refusal::Refusal,
    telling::{self, Content, NOTHING_MOVES},
    word::{Stance, State},
};

fn signed(sha256: &str) -> Said {
    Said { sha256: sha256.to_owned(), ..Said::default() }
}

#[test]
fn the_parties_settle_in_writing_when_all_have_signed() {
    let offer = Said { sha256: "aa".into(), ..from("NAT", "2026-03-02") };
    let story = Story::of(&["AGR", "NAT", "TG-T05"]).take("AGR", OfferSettlement, offer);
    let (rule, told) = story.refused("AGR", SignSettlement, signed("aa"));
    assert!(rule == "J-02" && told.contains("has not signed"), "the offer is a signature: {told}");
    let (_, told) = story.refused("NAT", SignSettlement, signed("bb"));
    assert!(told.contains("another"), "{told}");
    let story = story.take("NAT", SignSettlement, signed("aa"));
    assert_eq!(story.dispute.state, State::Negotiating);
    let story = story.take("TG-T05", SignSettlement, signed("aa"));
    assert_eq!(story.dispute.state, State::Settled);
    let (competent, manner, by) = story.decision();
    assert_eq!((competent.as_str(), manner.as_str()), ("NAT", "SETTLEMENT"));
    assert_eq!(by, ["AGR", "NAT", "TG-T05"]);
    assert_eq!(story.acting(), "NAT");
    assert_eq!(story.terms("NEGOTIATE"), [("AGR", "KEPT")]);
    assert!(story.terms("ACKNOWLEDGE").is_empty(), "who signed it has it");
}

#[test]
fn a_new_offer_takes_the_place_of_the_old_one_and_its_signatures() {
    let offer = |sha: &str| Said { sha256: sha.into(), ..from("NAT", "2026-03-02") };
    let story = Story::of(&["AGR", "NAT"]).take("AGR", OfferSettlement, offer("aa"));
    let story = story.take("NAT", OfferSettlement, offer("bb"));
    let story = story.take("AGR", SignSettlement, signed("bb"));
    assert_eq!(story.dispute.state, State::Settled);
}

#[test]
fn all_parties_agree_to_what_the_guidance_office_proposes() {
    let story = Story::of(&["AGR", "NAT"]).before_forum();
    assert_eq!(story.dispute.state, State::Coordinating);
    let shown: Vec<_> = story.shown.iter().map(|code| code.as_str()).collect();
    assert_eq!(shown, ["GDO", "JUS", "GDO", "GOV-C"]);
    assert_eq!(story.refused("AGR", AnswerOutcome, agrees(true)).0, "J-03");
    let story = story.take("GDO", ProposeOutcome, from("NAT", "2026-03-02"));
    let story = story.take("AGR", AnswerOutcome, agrees(true));
    assert_eq!(story.refused("AGR", AnswerOutcome, agrees(false)).0, "J-03");
    let story = story.take("NAT", AnswerOutcome, agrees(true));
    assert_eq!(story.decision(), ("NAT".into(), "COORDINATION".into(), vec!["GDO".into()]));
    assert_eq!(story.terms("ACKNOWLEDGE"), [("AGR", "RUNNING"), ("NAT", "RUNNING")]);
    let story = story.take("NAT", AcknowledgeDecision, Said::default());
    assert_eq!(story.terms("ACKNOWLEDGE"), [("AGR", "RUNNING"), ("NAT", "KEPT")]);
    assert!(story.refused("NAT", AcknowledgeDecision, Said::default()).1.contains("already"));
}

#[test]
fn a_refused_outcome_may_be_proposed_anew_or_goes_to_the_superior() {
    let story = Story::of(&["AGR", "NAT"]).before_forum();
    let (rule, told) = story.refused("GDO", Escalate, reason());
    assert!(rule == "J-02" && told.contains("no party has refused"), "{told}");
    assert!(story.refused("AGR", Escalate, reason()).1.contains("not late"));
    let story = story.take("GDO", ProposeOutcome, from("NAT", "2026-03-02"));
    let story = story.take("AGR", AnswerOutcome, agrees(false));
    let again = story.take("GDO", ProposeOutcome, from("AGR", "2026-03-02"));
    assert!(again.refused("GDO", Escalate, reason()).1.contains("no party has refused"));
    let story = again.take("NAT", AnswerOutcome, agrees(false)).take("GDO", Escalate, reason());
    assert_eq!((story.dispute.state, story.dispute.file.forum.rung), (State::BeforeSuperior, 1));
    assert_eq!(story.terms("MEDIATE"), [("GDO", "KEPT")]);
    let story = story.take("GOV-C", Decide, from("NAT", "2026-03-02"));
    assert_eq!(story.decision(), ("NAT".into(), "DESIGNATION".into(), vec!["GOV-C".into()]));
    assert_eq!(story.terms("DECIDE"), [("GOV-C", "KEPT")]);
}

#[test]
fn the_three_bodies_decide_by_unanimity() {
    let story = Story::of(&["CAE", "NAT"]).before_forum();
    assert_eq!(story.dispute.state, State::Consulting);
    let story = story.take("GDO", Vote, names("CAE")).take("OEO", Vote, names("CAE"));
    assert_eq!(story.dispute.state, State::Consulting);
    let story = story.take("JUS", Vote, names("CAE"));
    assert_eq!(story.dispute.state, State::Decided);
    let by = vec!["GDO".to_owned(), "JUS".to_owned(), "OEO".to_owned()];
    assert_eq!(story.decision(), ("CAE".into(), "CONSULTATION".into(), by));
}

#[test]
fn a_round_without_unanimity_is_voted_again_or_goes_to_the_county_government() {
    let story = Story::of(&["CAE", "NAT"]).before_forum();
    assert_eq!(story.refused("GDO", Escalate, reason()).0, "J-04");
    let story = story.take("GDO", Vote, names("CAE")).take("JUS", Vote, names("CAE"));
    let story = story.take("OEO", Vote, names("NAT"));
    assert_eq!(story.dispute.state, State::Consulting);
    let up = Story { dispute: story.dispute.clone(), ..Story::of(&["CAE", "NAT"]) };
    let up = up.take("GDO", Escalate, reason()).take("GOV-C", Decide, from("NAT", "2026-03-02"));
    assert_eq!(up.decision().0, "NAT");
    // A second round: a mixed three of two rounds is no unanimity.
    let story = story.take("JUS", Vote, names("NAT"));
    assert!(story.refused("GDO", Escalate, reason()).1.contains("not all voted"));
    let story = story.take("GDO", Vote, names("NAT"));
    assert_eq!(story.dispute.state, State::Consulting);
    let story = story.take("OEO", Vote, names("NAT"));
    assert_eq!(story.dispute.state, State::Decided);
}

#[test]
fn a_vote_twice_by_a_stranger_too_early_or_late_is_refused_with_its_rule() {
    let story = Story::of(&["CAE", "NAT"]);
    let early = story.take("CAE", Apply, text("协商不成")).take("GDO", Accept, Said::default());
    let (rule, told) = early.refused("GDO", Vote, names("CAE"));
    assert!(rule == "J-04" && told.contains("forwarded"), "{told}");
    let story = early.take("GDO", Forward, Said::default()).take("GDO", Vote, names("CAE"));
    let (rule, told) = story.refused("GDO", Vote, names("NAT"));
    assert!(rule == "J-04" && told.contains("cast once"), "{told}");
    for stranger in ["CAE", "NAT", "GOV-C", "AGR"] {
        let (rule, told) = story.refused(stranger, Vote, names("CAE"));
        assert!(rule == "J-04" && told.contains("MEMBER"), "{stranger}: {told}");
    }
    assert!(story.refused("JUS", Vote, names("AGR")).1.contains("no party"));
    // 15 working days from 2 March end on 23 March.
    let story = story.at("2026-03-23 23:59").take("JUS", Vote, names("CAE"));
    let story = story.at("2026-03-24 00:00");
    let (rule, told) = story.refused("OEO", Vote, names("CAE"));
    assert!(rule == "J-04" && told.contains("2026-03-23 24:00"), "{told}");
    let story = story.take("NAT", Escalate, reason());
    assert_eq!(story.dispute.state, State::BeforeSuperior);
    assert_eq!(story.terms("CONSULT"), [("GDO", "MISSED")]);
}

#[test]
fn only_the_right_forum_decides_and_only_through_its_head() {
    let story = Story::of(&["ECO", "AGR"]).before_forum();
    for wrong in ["GDO", "GOV-C", "JUS", "ECO", "AGR", "ECO-M"] {
        let (rule, told) = story.refused(wrong, Decide, from("ECO", "2026-03-02"));
        assert!(rule == "J-02" && told.contains("SUPERIOR"), "{wrong}: {told}");
    }
    let mut deputy = story.act("GOV-M", Decide, from("ECO", "2026-03-02"));
    deputy.position = Position::Other;
    assert!(matches!(story.try_act(&deputy).unwrap_err(), Refusal::WrongOfficer { .. }));
    // The superior may designate directly, while the office still coordinates.
    let story = story.take("GOV-M", Decide, from("ECO", "2026-03-02"));
    assert_eq!(story.decision(), ("ECO".into(), "DESIGNATION".into(), vec!["GOV-M".into()]));
    assert_eq!(story.terms("MEDIATE"), [("GDO", "LAPSED")]);
    let (rule, _) = story.refused("GOV-M", Decide, from("AGR", "2026-03-02"));
    assert_eq!(rule, "J-02", "a decision is made once");
}

#[test]
fn units_of_one_agency_are_heard_by_its_head() {
    let story = Story::of(&["PSB-ECO", "PSB-PUB"]).before_forum();
    assert_eq!(story.dispute.state, State::BeforeHead);
    let (_, told) = story.refused("PSB", Decide, from("MKT", "2026-03-01"));
    assert!(told.contains("step.effective_from"), "{told}");
    let story = story.take("PSB", Decide, from("PSB-PUB", "2026-03-02"));
    assert_eq!(story.decision(), ("PSB-PUB".into(), "DESIGNATION".into(), vec!["PSB".into()]));
}

#[test]
fn a_forum_that_must_recuse_itself_is_skipped() {
    let story = Story::of(&["CAE", "JUS"]).before_forum();
    assert_eq!(story.dispute.state, State::BeforeSuperior);
    assert_eq!(story.dispute.file.forum.convener().unwrap().as_str(), "GOV-C");
    let story = story.take("GOV-C", Decide, from("CAE", "2026-03-02"));
    assert_eq!(story.decision().0, "CAE");
}

#[test]
fn who_coordinates_or_consults_is_never_named_competent() {
    let story = Story::of(&["AGR", "NAT"]).before_forum();
    for (step, said, by) in [
        (ProposeOutcome, from("GDO", "2026-03-02"), "GDO"),
        (OfferSettlement, from("OEO", "2026-03-02"), "AGR"),
        (Decide, from("OEO", "2026-03-02"), "GOV-C"),
    ] {
        let (_, told) = story.refused(by, step, said);
        assert!(told.contains("holds no power to enforce"), "{told}");
    }
    assert!(story.refused("GOV-C", Decide, from("WAT", "2026-03-02")).1.contains("penalty power"));
    assert!(story.refused("GDO", ProposeOutcome, from("MKT", "2026-03-02")).1.contains("no party"));
    // The superior may name a third body that has the power.
    let story = story.take("GOV-C", Decide, from("MKT", "2026-03-02"));
    assert_eq!((story.acting(), story.shown.last().unwrap().as_str()), ("MKT", "MKT"));
}

#[test]
fn the_forum_rejects_and_the_applicant_alone_withdraws() {
    let story = Story::of(&["AGR", "NAT"]).take("AGR", Apply, text("协商不成"));
    assert_eq!(story.refused("NAT", Accept, Said::default()).0, "J-03");
    let rejected = Story { dispute: story.dispute.clone(), ..Story::of(&["AGR", "NAT"]) };
    let rejected = rejected.take("GDO", Reject, reason());
    assert_eq!((rejected.dispute.state, rejected.acting()), (State::Rejected, "AGR"));
    let open = rejected.dispute.terms.iter().filter(|term| term.is_open());
    assert!(open.clone().count() == 2 && open.clone().all(|term| term.slot == "ESCALATE"));
    assert_eq!(rejected.dispute.evidence_outcome, "", "there is no decision");
    assert_eq!(rejected.tellings.len(), 1, "it may go to the superior: referral hears of no end");
    assert_eq!(story.refused("NAT", Withdraw, reason()).0, "J-02");
    let story = story.take("AGR", Withdraw, reason());
    assert_eq!(story.dispute.state, State::Withdrawn);
    let ended = Content::Referral { open: false, acting: None };
    assert_eq!(story.tellings.last(), Some(&ended), "nobody was found competent");
    assert_eq!(story.refused("AGR", Apply, text("再次申请")).0, "J-06", "it has ended");
}

#[test]
fn others_are_told_what_concerns_them() {
    let story = Story::of(&["AGR", "NAT"]);
    let opened = Content::Referral { open: true, acting: story.dispute.acting().cloned() };
    assert_eq!(story.tellings, [opened]);
    let story = story.before_forum().take("GDO", OrderInterim, names("NAT"));
    assert_eq!(story.acting(), "NAT");
    assert!(
        matches!(&story.tellings[1], Content::Referral { open: true, acting: Some(acting) } if acting.as_str() == "NAT")
    );
    let story = story.take("GOV-C", Decide, from("AGR", "2026-03-02"));
    let agr = |body: &types::AgencyCode| body.as_str() == "AGR";
    assert!(
        matches!(&story.tellings[2], Content::Referral { open: false, acting: Some(acting) } if agr(acting))
    );
    assert_eq!(story.tellings[3], Content::Catalogue);
    assert!(matches!(&story.tellings[4], Content::Evidence { giver, receiver }
            if giver.as_str() == "NAT" && agr(receiver)));
    assert_eq!((story.tellings.len(), story.dispute.file.tellings), (5, 5));
    assert_eq!(story.dispute.evidence_outcome, "", "until evidence has answered");
}

#[test]
fn whoever_was_a_party_or_acted_hands_over_what_it_holds_and_each_once() {
    let givers = |story: &Story| -> Vec<String> {
        let all = story.tellings.iter().filter_map(|one| match one {
            Content::Evidence { giver, receiver } => Some(format!("{giver}>{receiver}")),
            Content::Referral { .. } | Content::Catalogue => None,
        });
        all.collect()
    };
    // An interim order came between: who held the evidence before it gives too.
    let story = Story::of(&["AGR", "NAT", "TG-T05"]).before_forum().at("2026-03-03 09:00");
    let story = story.take("GDO", OrderInterim, names("NAT"));
    let story = story.take("GOV-C", Decide, from("NAT", "2026-03-03"));
    assert_eq!(givers(&story), ["AGR>NAT", "TG-T05>NAT"]);
    let story = story.take("AGR", AcknowledgeDecision, Said::default());
    assert_eq!(givers(&story).len(), 2, "once");
    // A third body that was no party: all give.
    let story = Story::of(&["AGR", "NAT"]).before_forum();
    let story = story.take("GOV-C", Decide, from("MKT", "2026-03-02"));
    assert_eq!(givers(&story), ["AGR>MKT", "NAT>MKT"]);
    // Where no docket is named, nothing moves.
    let mut opened = opening(&["AGR", "NAT"]);
    opened.subject.docket = String::new();
    let story = Story::opened(opened).before_forum();
    let story = story.take("GOV-C", Decide, from("AGR", "2026-03-02"));
    assert_eq!(givers(&story), [""; 0]);
    assert_eq!(story.dispute.evidence_outcome, NOTHING_MOVES);
}

#[test]
fn a_convener_answers_for_what_parties_or_a_party_office_completed() {
    let answers = |story: &Story| {
        let one = story.dispute.file.decision.clone().unwrap();
        (one.completed_by.to_string(), one.officer)
    };
    let by = |story: Story, by: &str, officer: &str, step, said| {
        let act = Act { officer: officer.into(), ..story.act(by, step, said) };
        let dispute = story.try_act(&act).unwrap().dispute;
        Story { dispute, ..story }
    };
    let story = Story::of(&["CAE", "NAT"]).before_forum();
    let story = by(story, "GDO", "GDO-07", Vote, names("CAE"));
    let story = by(story, "JUS", "JUS-07", Vote, names("CAE"));
    let story = by(story, "OEO", "OEO-07", Vote, names("CAE"));
    assert_eq!(answers(&story), ("GDO".into(), "GDO-07".into()), "OEO voted last");
    let story = Story::of(&["AGR", "NAT"]).before_forum();
    let story = by(story, "GDO", "GDO-08", ProposeOutcome, from("NAT", "2026-03-02"));
    let story = by(story, "AGR", "AGR-07", AnswerOutcome, agrees(true));
    let story = by(story, "NAT", "NAT-07", AnswerOutcome, agrees(true));
    assert_eq!(answers(&story), ("GDO".into(), "GDO-08".into()));
}

#[test]
fn what_the_office_rejects_may_go_to_the_superior_for_five_days() {
    let story = Story::of(&["AGR", "NAT"]).take("AGR", Apply, text("协商不成"));
    let story = story.take("GDO", Reject, reason()).at("2026-03-09 23:59");
    let up = Story { dispute: story.dispute.clone(), ..Story::of(&["AGR", "NAT"]) };
    let up = up.at("2026-03-09 23:59").take("NAT", Escalate, reason());
    assert_eq!(up.dispute.state, State::BeforeSuperior);
    assert_eq!(up.shown.last().unwrap().as_str(), "GOV-C");
    let up = up.take("GOV-C", Decide, from("NAT", "2026-03-09"));
    assert_eq!(up.decision().0, "NAT");
    let mut story = story.at("2026-03-10 00:00");
    assert!(story.refused("NAT", Escalate, reason()).1.contains("deadline"));
    let before = story.dispute.clone();
    engine::raise(&mut story.dispute, story.now);
    assert!(story.dispute.terms.iter().all(|term| !term.is_open()), "then it rests");
    let told = telling::due(Some(&before), &mut story.dispute);
    assert_eq!(told[0].content, Content::Referral { open: false, acting: None });
    // Who decides itself has nobody above it on the ladder.
    let story = Story::of(&["PSB-ECO", "PSB-PUB"]).take("PSB-ECO", Apply, text("申请"));
    let story = story.take("PSB", Reject, reason());
    assert_eq!(story.refused("PSB-ECO", Escalate, reason()).0, "J-02");
    assert_eq!(story.tellings.last(), Some(&Content::Referral { open: false, acting: None }));
}

#[test]
fn only_who_enforces_in_its_own_name_is_found_competent() {
    let story = Story::of(&["BR-T05", "AGR"]).before_forum();
    let (_, told) = story.refused("GDO", ProposeOutcome, from("BR-T05", "2026-03-02"));
    assert!(told.contains("step.competent") && told.contains("own name"), "{told}");
    let (_, told) = story.refused("GOV-C", Decide, from("JUS", "2026-03-02"));
    assert!(told.contains("own name"), "{told}");
    // It may lead meanwhile, and units are a matter of their agency, which the catalogue is not told of.
    story.take("GDO", OrderInterim, names("BR-T05"));
    let story = Story::of(&["PSB-ECO", "PSB-PUB"]).before_forum();
    assert!(story.refused("PSB", Decide, from("MKT", "2026-03-02")).1.contains("no party"));
    let story = story.take("PSB", Decide, from("PSB-ECO", "2026-03-02"));
    assert!(!story.tellings.contains(&Content::Catalogue), "{:?}", story.tellings);
}

#[test]
fn each_party_has_its_share_of_the_positions() {
    let said = || Said { stance: Some(Stance::Claims), ..text("属本机关职责") };
    let mut story = Story::of(&["AGR", "NAT", "WAT"]);
    for _ in 0..20 {
        story = story.take("NAT", StatePosition, said());
    }
    assert!(story.refused("NAT", StatePosition, said()).1.contains("as many"));
    story.take("WAT", StatePosition, said());
}

#[test]
fn the_text_of_a_settlement_is_no_public_reason() {
    let offer = Said { sha256: "aa".into(), ..from("NAT", "2026-03-02") };
    let offer = Said { text: "移送张三案全部材料".into(), ..offer };
    let story = Story::of(&["AGR", "NAT"]).take("AGR", OfferSettlement, offer);
    let story = story.take("NAT", SignSettlement, signed("aa"));
    let precedent = crate::domain::precedent::Precedent::of(&story.dispute).unwrap();
    assert_eq!(precedent.reason, "The parties settled it in writing.");
}
