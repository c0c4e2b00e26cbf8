//! What an operation is after each answer, and when its visits may start.

use super::*;

fn code(text: &str) -> AgencyCode {
    AgencyCode::parse(text).unwrap()
}

fn operation(bodies: &[&str]) -> Operation {
    let day = NaiveDate::from_ymd_opt(2026, 3, 9).unwrap();
    let participant = |body: &&str| Participant {
        agency: code(body),
        duties: "looks".to_owned(),
        matters: Vec::new(),
        officers: 0,
        answer: if *body == "MKT" { Answer::Confirmed } else { Answer::Pending },
        reason: String::new(),
    };
    Operation {
        name: "operations/1".to_owned(),
        title: "Night market".to_owned(),
        initiator: code("MKT"),
        proposer: code("MKT"),
        participants: bodies.iter().map(participant).collect(),
        grounds: vec![Ground::SameObject],
        work_plan: "meet at six".to_owned(),
        command: code("MKT"),
        state: OperationState::Proposed,
        period_start: day,
        period_end: day,
        approved_by: String::new(),
        approved_at: None,
        urgent: false,
        close_reason: String::new(),
        created_at: DateTime::UNIX_EPOCH,
        version: 1,
    }
}

#[test]
fn it_is_confirmed_when_all_have_answered_and_two_are_left() {
    let asked = operation(&["MKT", "ECO", "CAE"]);
    let one = asked.answer(&code("ECO"), Some("no officers")).unwrap();
    assert_eq!((one.state, one.has(&code("ECO"))), (OperationState::Proposed, false));
    let all = one.answer(&code("CAE"), None).unwrap();
    assert_eq!((all.state, all.version), (OperationState::Confirmed, 3));
    assert!(all.answer(&code("CAE"), None).is_err());
}

#[test]
fn it_is_cancelled_without_its_initiator() {
    let mut asked = operation(&["MKT", "ECO", "CAE"]);
    asked.participants[0].answer = Answer::Pending;
    let ended = asked.answer(&code("MKT"), Some("no")).unwrap();
    assert_eq!(ended.state, OperationState::Cancelled);
}

#[test]
fn visits_start_after_the_approval_or_when_it_is_urgent() {
    let confirmed = operation(&["MKT", "ECO"]).answer(&code("ECO"), None).unwrap();
    assert_eq!(confirmed.may_start().unwrap_err().law(), law::I_03);
    let urgent = Operation { urgent: true, ..confirmed.clone() };
    assert_eq!(urgent.may_start(), Ok(()));
    let refusal = urgent.clone().close(&code("MKT"), (false, "")).unwrap_err();
    assert_eq!(refusal.law(), law::I_03, "approved afterwards, but approved");
    let approved = confirmed.approve(&code("MKT"), "MKT-04", DateTime::UNIX_EPOCH).unwrap();
    assert_eq!(approved.may_start(), Ok(()));
    let closed = approved.close(&code("MKT"), (false, "")).unwrap();
    assert!(closed.may_start().is_err());
}
