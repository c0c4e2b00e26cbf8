//! Terms, rungs and statistics of requests.

use chrono::Duration;

use super::*;

fn code(text: &str) -> AgencyCode {
    AgencyCode::parse(text).unwrap()
}

/// A request of Monday, 2026-03-02 at 10:00 in Shanghai, with five working days.
fn request() -> Assistance {
    let at = DateTime::parse_from_rfc3339("2026-03-02T10:00:00+08:00").unwrap().to_utc();
    let mut one = Assistance {
        name: "assistanceRequests/1".to_owned(),
        requester: code("MKT"),
        addressee: code("ECO"),
        kind: AssistanceKind::Records,
        text: "the permit".to_owned(),
        about: String::new(),
        state: AssistanceState::Requested,
        created_at: at,
        working_days: 5,
        due_at: at,
        provisional: false,
        half_at: at,
        near_at: at,
        raised: Vec::new(),
        late: false,
        answer: String::new(),
        answer_evidence: Vec::new(),
        reason: String::new(),
        ended_at: None,
        escalated_to: Vec::new(),
        version: 1,
    };
    one.count(80, Calendar::embedded());
    one
}

fn answer() -> Act {
    Act::Answer { text: "here".to_owned(), evidence: Vec::new() }
}

#[test]
fn working_days_end_at_midnight_in_shanghai() {
    let one = request();
    assert_eq!(one.due_at.to_rfc3339(), "2026-03-09T16:00:00+00:00");
    assert!(!one.provisional && one.created_at < one.half_at && one.half_at < one.near_at);
}

#[test]
fn a_term_beyond_the_calendar_is_provisional() {
    let mut one = request();
    one.created_at += Duration::days(300);
    one.count(80, Calendar::embedded());
    assert!(one.provisional);
}

#[test]
fn every_rung_is_raised_once_and_the_last_goes_up() {
    let (mut one, above) = (request(), code("ECO-M"));
    assert!(one.raise(one.created_at, Some(&above)).is_empty());
    assert_eq!(one.raise(one.half_at, Some(&above)), [Rung::Half]);
    assert!(one.raise(one.half_at, Some(&above)).is_empty());
    assert_eq!(one.raise(one.due_at, Some(&above)), [Rung::Near, Rung::Overdue]);
    assert_eq!((one.escalated_to.as_slice(), one.version), ([above.clone()].as_slice(), 3));
    assert_eq!(one.next_rung_at(), None);
    let answered = one.clone().act(&code("ECO"), answer(), one.due_at).unwrap();
    assert!(answered.late && answered.next_rung_at().is_none());
}

#[test]
fn the_middle_answer_is_the_lower_of_two() {
    let after = |minutes| {
        let one = request();
        let at = one.created_at + Duration::minutes(minutes);
        one.act(&code("ECO"), answer(), at).unwrap()
    };
    let all = [after(30), after(90), after(20_000), request()];
    let now = request().due_at;
    let counted = statistics(&all, now);
    assert_eq!((counted.received, counted.answered, counted.in_time), (4, 3, 2));
    assert_eq!((counted.open, counted.overdue, counted.median_minutes), (1, 1, 90));
    assert_eq!(statistics(&all[..2], now).median_minutes, 30);
    assert_eq!(statistics(&[], now), Statistics::default());
}
