//! Terms: exact ends, how they end, and the warnings on their way.

use chrono::Duration;

use super::story::{Story, local};
use crate::domain::{
    step::StepKind::*,
    word::{Rung, State, TermState},
};

/// The end of the filing term of a case accepted at an instant.
fn filing_due(sector: &str, accepted_at: &str) -> (String, bool) {
    let story = Story::opened(sector, accepted_at, |_| {}).brought(State::Accepted);
    (story.due("T-14"), story.term("T-14").provisional)
}

#[test]
fn days_are_calendar_days_whose_last_rolls_over_rest_days() {
    for (accepted_at, due) in [
        ("2026-03-02 10:00", "2026-03-05 24:00"),
        ("2026-03-02 23:59", "2026-03-05 24:00"),
        ("2026-03-04 10:00", "2026-03-09 24:00"), // Saturday
        ("2026-02-12 10:00", "2026-02-24 24:00"), // into the Spring Festival, 15 to 23 February
        ("2026-02-11 10:00", "2026-02-14 24:00"), // a Saturday on which offices work
        ("2026-09-28 10:00", "2026-10-08 24:00"), // into the National Day, 1 to 7 October
        ("2026-10-07 10:00", "2026-10-10 24:00"), // a Saturday on which offices work
    ] {
        assert_eq!(filing_due("FOOD", accepted_at), (due.to_owned(), false), "{accepted_at}");
    }
}

#[test]
fn the_days_of_drug_cases_are_working_days() {
    for (accepted_at, due) in [
        ("2026-03-02 10:00", "2026-03-05 24:00"),
        ("2026-03-04 10:00", "2026-03-09 24:00"),
        ("2026-03-05 10:00", "2026-03-10 24:00"),
        ("2026-09-28 10:00", "2026-10-08 24:00"),
        ("2026-09-30 10:00", "2026-10-10 24:00"), // 8, 9 and the make-up Saturday
    ] {
        assert_eq!(filing_due("DRUG", accepted_at), (due.to_owned(), false), "{accepted_at}");
    }
    let story = Story::opened("DRUG", "2026-03-05 10:00", |_| {}).brought(State::AwaitingHead);
    assert_eq!(story.due("T-04"), "2026-03-10 24:00");
}

#[test]
fn beyond_the_official_calendar_an_end_is_provisional() {
    assert_eq!(filing_due("FOOD", "2026-12-28 10:00"), ("2026-12-31 24:00".into(), false));
    assert_eq!(filing_due("FOOD", "2026-12-29 10:00"), ("2027-01-01 24:00".into(), true));
    assert_eq!(filing_due("FOOD", "2020-12-28 10:00"), ("2020-12-31 24:00".into(), true));
    assert_eq!(filing_due("FOOD", "2015-06-09 16:00"), ("2015-06-12 24:00".into(), true));
    assert!(!filing_due("FOOD", "2021-01-04 10:00").1);
}

#[test]
fn hours_of_an_agency_run_from_the_event_and_those_of_police_from_the_next_hour() {
    let mut story = Story::opened("FOOD", "2026-02-14 10:20", |_| {}).brought(State::Approved);
    assert_eq!(story.due("T-05"), "2026-02-15 10:20", "rest days count, nothing rolls over");
    story.take(Deliver);
    assert_eq!(story.due("T-10"), "2026-02-15 10:20", "a service target is nobody's hour");
    story.take(SignReceipt);
    assert_eq!(story.due("T-11"), "2026-02-15 11:00");
    assert_eq!(story.due("T-13"), "2026-02-15 11:00");
    assert_eq!(story.term("T-13").half_at, local("2026-02-14 22:20"), "warnings go by the event");
}

#[test]
fn a_term_is_kept_at_its_last_instant_and_missed_at_its_end() {
    let story = Story::at_state(State::Accepted);
    let due = story.term("T-14").due_at;
    assert_eq!(due, local("2026-03-06 00:00"));
    let mut kept = story.clone();
    kept.now = due - Duration::microseconds(1);
    kept.take(File);
    assert_eq!(kept.stands("T-14"), (TermState::Kept, false));
    assert_eq!(kept.term("T-14").ended_at, Some(kept.now));
    let mut missed = story;
    missed.now = due;
    missed.take(File);
    assert_eq!(missed.stands("T-14"), (TermState::Missed, false));
}

#[test]
fn a_right_that_was_not_used_ends_with_its_term_and_a_duty_stays_owed() {
    let mut story = Story::at_state(State::Accepted);
    story.at("2026-03-10 09:00").look();
    assert_eq!(story.stands("T-11"), (TermState::Lapsed, false));
    assert_eq!(story.term("T-11").ended_at, Some(local("2026-03-03 11:00")), "when it was over");
    assert_eq!(story.stands("T-14"), (TermState::Missed, true));
    assert_eq!(story.owed(), ["T-14"]);
}

#[test]
fn rungs_are_raised_in_order_each_once_and_never_early() {
    let mut story = Story::at_state(State::Approved);
    let term = story.term("T-05").clone();
    assert_eq!(term.half_at, local("2026-03-02 22:00"));
    assert_eq!(term.near_at, local("2026-03-03 05:12"), "80 per cent of 24 hours");
    let instant = Duration::microseconds(1);
    for (at, rung) in
        [(term.half_at, Rung::Half), (term.near_at, Rung::Near), (term.due_at, Rung::Overdue)]
    {
        story.now = at - instant;
        assert_eq!(story.look(), [], "not before it is there");
        story.now = at;
        assert_eq!(story.look(), [("T-05".to_owned(), rung)]);
        assert_eq!(story.look(), [], "once");
    }
    let raised: Vec<_> = story.term("T-05").raised.iter().map(|(rung, at)| (*rung, *at)).collect();
    assert_eq!(
        raised,
        [(Rung::Half, term.half_at), (Rung::Near, term.near_at), (Rung::Overdue, term.due_at)]
    );
    assert_eq!(story.stands("T-05"), (TermState::Missed, true));
    assert_eq!(story.term("T-05").next_rung_at(), None);
}

#[test]
fn a_step_that_comes_after_several_rungs_raises_them_before_it_ends_the_term() {
    let mut story = Story::at_state(State::Approved);
    story.at("2026-03-03 06:00");
    let outcome = story.take(Deliver);
    let rungs = |outcome: &super::Outcome| -> Vec<(String, Rung)> {
        outcome.rungs.iter().map(|(term, rung)| (term.slot.clone(), *rung)).collect()
    };
    assert_eq!(rungs(&outcome), [("T-05".into(), Rung::Half), ("T-05".into(), Rung::Near)]);
    assert_eq!(story.stands("T-05"), (TermState::Kept, false));

    let mut late = Story::at_state(State::Approved);
    late.at("2026-03-05 06:00");
    let outcome = late.take(Deliver);
    let all = [Rung::Half, Rung::Near, Rung::Overdue].map(|rung| ("T-05".to_owned(), rung));
    assert_eq!(rungs(&outcome), all);
    assert_eq!(late.stands("T-05"), (TermState::Missed, false));
    assert_eq!(late.look(), [], "a term that has ended warns nobody");
}

#[test]
fn a_step_that_ends_another_term_still_raises_the_rungs_of_all() {
    let mut story = Story::at_state(State::Accepted);
    story.at("2026-03-05 12:00");
    let outcome = story.take(RecordPenalty);
    let of = |slot: &str| outcome.rungs.iter().filter(|(term, _)| term.slot == slot).count();
    assert_eq!((of("T-11"), of("T-13"), of("T-14")), (3, 3, 2));
    assert_eq!(story.owed(), ["T-14"]);
}

#[test]
fn a_term_made_longer_warns_again_only_of_what_is_still_ahead() {
    let mut story = Story::opened("ECOLOGY", "2026-03-02 10:00", |_| {}).brought(State::Accepted);
    story.at("2026-03-04 12:00");
    let raised = story.look();
    assert!(raised.contains(&("T-14".into(), Rung::Half)));
    story.take(ExtendReview);
    assert_eq!(story.due("T-14"), "2026-04-01 24:00");
    story.at("2026-03-20 12:00");
    assert_eq!(story.look(), [], "half was told, near is still ahead");
    story.at("2026-04-02 00:01");
    let raised = story.look();
    assert_eq!(raised, [("T-14".into(), Rung::Near), ("T-14".into(), Rung::Overdue)]);
}
