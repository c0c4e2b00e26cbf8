//! No major decision without review; each served, published and withdrawn in its terms.

use super::*;
use crate::domain::TermState;

fn settings() -> Decisions {
    Decisions {
        publish_days: 7,
        publish_other_days: 20,
        hearing_is_major: true,
        near_percent: 80,
        rank_least: 5,
    }
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Ten in the morning in Shanghai.
fn ten(date: &str) -> DateTime<Utc> {
    format!("{date}T02:00:00Z").parse().unwrap()
}

fn done(date: &str) -> Done {
    Done { on: day(date), now: ten(date) }
}

/// A penalty of Monday, 2 March 2026.
fn penalty() -> Content {
    let digest = || "a".repeat(64);
    Content {
        decision_no: "1".into(),
        kind: DecisionKind::Penalty,
        matter: "M032".into(),
        place: String::new(),
        docket: String::new(),
        case_no: "2026-1".into(),
        filed_on: None,
        decided_on: day("2026-03-02"),
        case_officer: "MKT-01".into(),
        major_grounds: Vec::new(),
        hearing_held: false,
        legal_review: None,
        complex_or_major: false,
        collective_discussion: None,
        discretion: None,
        records: Records {
            start: digest(),
            evidence: digest(),
            review: digest(),
            decision: digest(),
            ..Records::default()
        },
    }
}

fn review() -> LegalReview {
    LegalReview {
        reviewer: "MKT-02".into(),
        qualified: true,
        first_time: false,
        passed: true,
        reviewed_on: day("2026-02-27"),
    }
}

fn major() -> Content {
    Content {
        major_grounds: vec![MajorGround::PublicInterest],
        legal_review: Some(review()),
        ..penalty()
    }
}

fn broken(content: Content) -> Option<&'static str> {
    content.check(&settings()).err().map(|refusal| refusal.law().rule)
}

fn record(content: Content) -> Decision {
    let settings = settings();
    let by = Counter { calendar: Calendar::embedded(), settings: &settings };
    let mut number = 0;
    let ids = || {
        number += 1;
        number.to_string()
    };
    let agency = AgencyCode::parse("MKT").unwrap();
    Decision::record(("decisions/1".into(), agency), content, ten("2026-03-02"), by, ids).unwrap()
}

fn published() -> Decision {
    record(penalty()).publish(done("2026-03-05"), "the web".into(), "b".repeat(64)).unwrap()
}

fn changed() -> Decision {
    let settings = settings();
    let by = Counter { calendar: Calendar::embedded(), settings: &settings };
    let why = (Change::Revoked, "on reconsideration".to_owned());
    published().change(done("2026-04-01"), why, by, "9".into()).unwrap()
}

fn term(one: &Decision, rule: TermRule) -> &Term {
    one.terms.iter().find(|term| term.rule == rule).unwrap()
}

#[test]
fn no_major_decision_without_a_legal_review_that_was_passed() {
    assert_eq!(broken(penalty()), None);
    assert_eq!(broken(major()), None);
    let without = Content { legal_review: None, ..major() };
    assert_eq!(broken(without), Some("S-05"));
    let sent_back = LegalReview { passed: false, ..review() };
    assert_eq!(broken(Content { legal_review: Some(sent_back), ..major() }), Some("S-05"));
    let after = LegalReview { reviewed_on: day("2026-03-03"), ..review() };
    assert_eq!(broken(Content { legal_review: Some(after), ..major() }), Some("S-05"));
}

#[test]
fn nobody_reviews_a_case_of_their_own_or_for_the_first_time_without_the_qualification() {
    let own = LegalReview { reviewer: "MKT-01".into(), ..review() };
    assert_eq!(broken(Content { legal_review: Some(own), ..major() }), Some("S-05"));
    let first = LegalReview { first_time: true, qualified: false, ..review() };
    assert_eq!(broken(Content { legal_review: Some(first), ..major() }), Some("S-05"));
    let first = LegalReview { first_time: true, qualified: true, ..review() };
    assert_eq!(broken(Content { legal_review: Some(first), ..major() }), None);
}

#[test]
fn a_hearing_makes_a_decision_major_if_the_settings_say_so() {
    let heard = Content { hearing_held: true, ..penalty() };
    assert_eq!(broken(heard.clone()), Some("S-05"));
    let lenient = Decisions { hearing_is_major: false, ..settings() };
    assert_eq!(heard.check(&lenient), Ok(()));
}

#[test]
fn a_complex_violation_is_decided_by_the_heads_together() {
    let alone = Content { complex_or_major: true, ..penalty() };
    assert_eq!(broken(alone.clone()), Some("S-06"));
    let held = |on: &str| CollectiveDiscussion {
        held_on: day(on),
        participants: 3,
        minutes_digest: "c".repeat(64),
    };
    let together = |on| Content { collective_discussion: Some(held(on)), ..alone.clone() };
    assert_eq!(broken(together("2026-03-02")), None);
    assert_eq!(broken(together("2026-03-03")), Some("S-06"));
}

#[test]
fn a_penalty_without_its_records_names_each_that_is_missing() {
    let bare = Content { records: Records::default(), ..penalty() };
    let Err(Refusal::Fields { faults, law }) = bare.check(&settings()) else { panic!() };
    let fields: Vec<&str> = faults.iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!(law.rule, "S-03");
    assert_eq!(
        fields,
        ["start", "evidence", "decision"].map(|name| format!("content.process_record.{name}"))
    );
}

#[test]
fn a_benchmark_of_another_matter_is_refused() {
    let cited = |benchmark: &str| Content {
        discretion: Some(Discretion { benchmark: benchmark.into(), reasons: "small".into() }),
        ..penalty()
    };
    assert_eq!(broken(cited("M032/ORDINARY/2022-01-01")), None);
    assert_eq!(broken(cited("M001/ORDINARY/2022-01-01")), Some("S-10"));
}

#[test]
fn a_penalty_is_served_and_published_in_seven_working_days_another_decision_in_twenty() {
    let one = record(penalty());
    // Monday the 2nd does not count: the seventh working day is Wednesday the 11th.
    assert_eq!(term(&one, TermRule::Serve).due_at, clock::end_of_day(day("2026-03-11")));
    assert_eq!(term(&one, TermRule::Publish).due_at, clock::end_of_day(day("2026-03-11")));
    let other = record(Content { kind: DecisionKind::Compulsion, ..penalty() });
    assert_eq!(term(&other, TermRule::Publish).due_at, clock::end_of_day(day("2026-03-30")));
    assert_eq!(other.due_at(), Some(clock::end_of_day(day("2026-03-11"))));
}

#[test]
fn a_penalty_decided_after_ninety_days_is_late_but_valid() {
    let filed = |on: &str| record(Content { filed_on: Some(day(on)), ..penalty() });
    assert_eq!(term(&filed("2026-01-12"), TermRule::Decide).state(), TermState::Kept);
    assert_eq!(term(&filed("2025-11-03"), TermRule::Decide).state(), TermState::Missed);
}

#[test]
fn service_in_time_keeps_the_term_even_when_it_is_told_late() {
    let mut one = record(penalty());
    one.raise(ten("2026-03-12"));
    assert_eq!(term(&one, TermRule::Serve).state(), TermState::Missed);
    let told = Done { on: day("2026-03-11"), now: ten("2026-03-13") };
    let one = one.serve(told, Service::Direct, "d".repeat(64)).unwrap();
    assert_eq!(term(&one, TermRule::Serve).state(), TermState::Kept);
    assert_eq!(one.state, DecisionState::Served);
}

#[test]
fn a_late_publication_is_marked_and_stands() {
    let late = record(penalty()).publish(done("2026-03-12"), "web".into(), "b".repeat(64)).unwrap();
    assert!(late.publication.late);
    assert_eq!(term(&late, TermRule::Publish).state(), TermState::Missed);
    assert!(!published().publication.late);
}

#[test]
fn what_was_changed_is_withdrawn_in_three_working_days_with_an_explanation() {
    let one = changed();
    // Wednesday the 1st; Monday the 6th is the rest day of Qingming.
    assert_eq!(term(&one, TermRule::Withdraw).due_at, clock::end_of_day(day("2026-04-07")));
    let one = one.withdraw(done("2026-04-02"), "revoked".into()).unwrap();
    assert_eq!(one.publication_state, PublicationState::Withdrawn);
    assert_eq!(term(&one, TermRule::Withdraw).state(), TermState::Kept);
}

#[test]
fn nothing_is_withdrawn_that_was_not_changed_or_changed_that_was_not_published() {
    assert!(published().withdraw(done("2026-04-02"), "x".into()).is_err());
    let settings = settings();
    let by = Counter { calendar: Calendar::embedded(), settings: &settings };
    let why = (Change::Void, "x".to_owned());
    let refused = record(penalty()).change(done("2026-03-05"), why, by, "9".into()).unwrap_err();
    assert_eq!(refused.law().rule, "S-02");
}

#[test]
fn nothing_is_served_before_it_was_decided() {
    let early = record(penalty()).serve(done("2026-03-01"), Service::Post, "d".repeat(64));
    assert!(matches!(early, Err(Refusal::Fields { .. })));
}

#[test]
fn a_decision_is_closed_only_with_its_whole_process_on_record() {
    let served =
        record(penalty()).serve(done("2026-03-03"), Service::Direct, "d".repeat(64)).unwrap();
    let bare = served.clone().close(String::new(), ten("2026-03-20")).unwrap_err();
    assert!(bare.to_string().contains("execution is missing"), "{bare}");
    assert_eq!(
        served.close("e".repeat(64), ten("2026-03-20")).unwrap().state,
        DecisionState::Closed
    );
    assert!(record(penalty()).close("e".repeat(64), ten("2026-03-20")).is_err());
}

#[test]
fn each_rung_is_raised_once() {
    let mut one = record(penalty());
    let rungs = |raised: Vec<(Term, Rung)>| raised.into_iter().map(|(_, rung)| rung).collect();
    let at_once: Vec<Rung> = rungs(one.raise(ten("2026-03-07")));
    assert_eq!(at_once, [Rung::Half, Rung::Half]);
    assert!(one.raise(ten("2026-03-07")).is_empty());
    let later: Vec<Rung> = rungs(one.raise(ten("2026-03-12")));
    assert_eq!(later, [Rung::Near, Rung::Overdue, Rung::Near, Rung::Overdue]);
    // What was done to it is what an etag counts: nobody's gets stale by a rung.
    assert_eq!((one.next_rung_at(), one.version, one.deeds), (None, 3, 1));
}

#[test]
fn a_provisional_term_is_counted_again_with_a_newer_calendar() {
    let mut one = record(Content { decided_on: day("2030-03-01"), ..penalty() });
    assert!(one.is_provisional());
    let settings = settings();
    let same = Counter { calendar: Calendar::embedded(), settings: &settings };
    assert!(!one.recount(same));
    assert_eq!(one.version, 1);
}
