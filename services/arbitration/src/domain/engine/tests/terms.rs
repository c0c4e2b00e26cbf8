//! The terms of LAW.md 5: their lengths, their holders, and that none of them stands still.

use super::{
    StepKind::*,
    story::{Story, from, local, names, opening, reason, text},
};
use crate::domain::{
    act::Said,
    body::testing::code,
    engine,
    word::{Stance, State},
};

/// The last day of the newest term of a slot.
fn last_day(story: &Story, slot: &str) -> String {
    let term = story.dispute.terms.iter().rev().find(|term| term.slot == slot).unwrap();
    clock::legal_time(term.due_at)
}

#[test]
fn each_term_is_as_long_as_its_rule() {
    // From Monday 2 March, with no holiday near.
    let story = Story::of(&["AGR", "NAT", "TG-T05"]);
    assert_eq!(last_day(&story, "NEGOTIATE"), "2026-03-09 24:00", "5 working days");
    let story = story.take("AGR", Apply, text("协商不成"));
    assert_eq!(last_day(&story, "ACCEPT"), "2026-03-05 24:00", "3");
    let story = story.take("GDO", Accept, Said::default());
    assert_eq!(last_day(&story, "FORWARD"), "2026-03-04 24:00", "2");
    let story = story.take("GDO", Forward, Said::default());
    assert_eq!(last_day(&story, "REPLY"), "2026-03-09 24:00", "5");
    assert_eq!(story.terms("REPLY"), [("NAT", "RUNNING"), ("TG-T05", "RUNNING")]);
    assert_eq!(last_day(&story, "MEDIATE"), "2026-03-23 24:00", "15");
    let story = story.at("2026-03-24 09:00").take("NAT", Escalate, reason());
    assert_eq!(last_day(&story, "DECIDE"), "2026-04-15 24:00", "15, over Qingming");
    let story = story.take("GOV-C", Decide, from("NAT", "2026-03-24"));
    assert_eq!(last_day(&story, "ACKNOWLEDGE"), "2026-03-25 09:00", "24 hours");
}

#[test]
fn market_regulation_agencies_negotiate_for_seven_days() {
    let story = Story::of(&["MKT", "MKT-2"]);
    assert_eq!(last_day(&story, "NEGOTIATE-MARKET"), "2026-03-11 24:00");
    assert!(story.terms("NEGOTIATE").is_empty());
    assert!(Story::of(&["MKT", "AGR"]).terms("NEGOTIATE-MARKET").is_empty());
}

#[test]
fn two_working_days_run_from_the_transfer_or_its_refusal_and_a_late_application_is_taken_as_late() {
    let mut received = opening(&["AGR", "NAT"]);
    received.before.transfer_received_on = "2026-02-27".parse().ok();
    let story = Story::opened(received.clone());
    // Friday 27 February; Saturday 28 is a make-up workday.
    assert_eq!(last_day(&story, "APPLY-RECEIVER"), "2026-03-02 24:00");
    assert_eq!(story.acting(), "AGR", "the receiver stays responsible");
    let kept = Story::opened(received).take("AGR", Apply, text("不属本机关职责"));
    assert_eq!(kept.terms("APPLY-RECEIVER"), [("AGR", "KEPT")]);
    let late = story.at("2026-03-03 09:00").take("AGR", Apply, text("不属本机关职责"));
    assert_eq!(late.terms("APPLY-RECEIVER"), [("AGR", "MISSED")]);
    assert_eq!(late.dispute.state, State::Applied, "taken all the same");

    let mut refused = opening(&["AGR", "NAT"]);
    refused.before.transfer_received_on = "2026-02-27".parse().ok();
    refused.before.transfer_refused_on = "2026-03-02".parse().ok();
    let story = Story::opened(refused);
    assert_eq!(last_day(&story, "APPLY-TRANSFEROR"), "2026-03-04 24:00");
    assert!(story.terms("APPLY-RECEIVER").is_empty(), "the applicant sent it");
}

#[test]
fn a_reply_keeps_the_term_of_its_own_body_only() {
    let story = Story::of(&["AGR", "NAT", "TG-T05"]).before_forum();
    let said = Said { stance: Some(Stance::Claims), ..text("属本机关职责") };
    let story = story.take("NAT", StatePosition, said);
    assert_eq!(story.terms("REPLY"), [("NAT", "KEPT"), ("TG-T05", "RUNNING")]);
    assert_eq!(story.dispute.file.positions.len(), 2);
}

#[test]
fn a_forum_that_is_late_does_not_keep_a_party_from_the_superior() {
    let story = Story::of(&["AGR", "NAT"]).take("AGR", Apply, text("协商不成"));
    let (_, told) = story.refused("NAT", Escalate, reason());
    assert!(told.contains("until 2026-03-05 24:00"), "{told}");
    let story = story.at("2026-03-06 00:00").take("NAT", Escalate, reason());
    assert_eq!((story.dispute.state, story.acting()), (State::BeforeSuperior, "AGR"));
    assert_eq!(story.terms("ACCEPT"), [("GDO", "MISSED")]);
    assert_eq!(story.shown.last().unwrap().as_str(), "GOV-C");
    assert!(story.refused("GDO", OrderInterim, names("NAT")).1.contains("CONVENER"));
}

#[test]
fn an_end_ends_every_term_and_rungs_are_raised_once_in_order() {
    let mut dispute = Story::of(&["AGR", "NAT"]).before_forum().dispute;
    let raised = engine::raise(&mut dispute, local("2026-03-24 00:00"));
    assert_eq!(raised.len(), 2 * 3, "reply and coordination, three each");
    assert!(engine::raise(&mut dispute, local("2026-03-24 00:00")).is_empty());
    let story = Story { dispute, ..Story::of(&["AGR", "NAT"]) }.take("AGR", Withdraw, reason());
    assert!(story.dispute.terms.iter().all(|term| !term.is_open()));
    assert_eq!(story.terms("MEDIATE"), [("GDO", "MISSED")]);
}

#[test]
fn who_owes_something_acts_next() {
    let next = |story: &Story| -> Vec<String> {
        engine::next_actors(&story.dispute).iter().map(ToString::to_string).collect()
    };
    let story = Story::of(&["AGR", "NAT"]);
    assert_eq!(next(&story), ["AGR", "NAT"]);
    let story = story.before_forum();
    assert_eq!(next(&story), ["NAT", "GDO"]);
    let open = engine::open_rows(&story.dispute, &code("GDO"), story.now);
    let open: Vec<_> = open.iter().map(|row| row.step.as_str()).collect();
    assert_eq!(open, ["RECORD_SESSION", "ORDER_INTERIM", "PROPOSE_OUTCOME"]);
}
