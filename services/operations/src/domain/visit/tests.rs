//! What a visit lets the bodies do.

use clock::Calendar;
use types::AgencyCode;

use super::*;
use crate::domain::law;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn code(text: &str) -> AgencyCode {
    AgencyCode::parse(text).unwrap()
}

fn group(agency: &str, matter: &str) -> Group {
    Group {
        agency: code(agency),
        officers: 2,
        qualification: String::new(),
        kit: String::new(),
        matters: vec![matter.to_owned()],
        ranking: Vec::new(),
        exempt: agency == "ECO",
        over_cap: String::new(),
        assigned: Vec::new(),
        assigned_kit: String::new(),
        passed_over: Vec::new(),
    }
}

fn dispatched() -> Visit {
    Visit {
        name: "visits/1".to_owned(),
        subject: "subjects/1".to_owned(),
        groups: vec![group("MKT", "MKT-FOOD"), group("ECO", "ECO-SMOKE")],
        windows: Vec::new(),
        minutes: 60,
        weight: 1,
        checks: Vec::new(),
        operation: None,
        schedule: None,
        state: VisitState::Published,
        start_at: Some(at("2026-03-02T01:00:00Z")),
        end_at: Some(at("2026-03-02T02:00:00Z")),
        notice_no: "1".to_owned(),
        dispatched_at: None,
        check_ins: Vec::new(),
        results: Vec::new(),
        done_at: None,
        publishing: None,
        published_at: None,
        cancel_reason: String::new(),
        acknowledged_by: Vec::new(),
        unapproved: Vec::new(),
        created_at: at("2026-03-01T00:00:00Z"),
        version: 1,
    }
}

fn arrival(agency: &str, officers: &[&str]) -> Arrival {
    Arrival {
        agency: code(agency),
        officers: officers.iter().map(|one| (*one).to_owned()).collect(),
        shown: "SHOWN".to_owned(),
        recused: vec![("MKT-07".to_owned(), "sister".to_owned())],
    }
}

fn found(agency: &str, matter: &str, officer: &str) -> MatterResult {
    MatterResult {
        agency: code(agency),
        matter: matter.to_owned(),
        result: Finding::Ok,
        findings: String::new(),
        checklist: Vec::new(),
        dossier: String::new(),
        follow_up: String::new(),
        officer: officer.to_owned(),
        at: at("2026-03-02T02:00:00Z"),
    }
}

#[test]
fn one_officer_recused_officers_and_another_day_do_not_start_a_visit() {
    let now = at("2026-03-02T01:00:00Z");
    let rule = |arrival, now| dispatched().check_in(arrival, now).unwrap_err().law();
    assert_eq!(rule(arrival("MKT", &["MKT-01"]), now), law::O_05);
    assert_eq!(rule(arrival("MKT", &["MKT-01", "MKT-07"]), now), law::O_07);
    assert_eq!(rule(arrival("TAX", &["TAX-01", "TAX-02"]), now), law::O_06);
    let two = || arrival("MKT", &["MKT-01", "MKT-02"]);
    assert_eq!(rule(two(), at("2026-03-03T01:00:00Z")), law::I_03);
    let started = dispatched().check_in(two(), now).unwrap();
    assert_eq!(started.state, VisitState::Started);
    assert_eq!(started.missing(), [code("ECO")]);
    assert_eq!(started.check_in(two(), now).unwrap_err().law(), law::O_05);
}

#[test]
fn a_visit_is_done_when_who_came_has_recorded_everything() {
    let now = at("2026-03-02T01:00:00Z");
    let started = dispatched().check_in(arrival("MKT", &["MKT-01", "MKT-02"]), now).unwrap();
    let calendar = Calendar::embedded();
    let told = started.clone().finish(now, (20, 80), calendar).unwrap_err();
    assert!(told.to_string().contains("MKT MKT-FOOD"), "{told}");
    let wrong = |result| started.clone().record(result).unwrap_err().law();
    assert_eq!(wrong(found("MKT", "MKT-FOOD", "MKT-03")), law::O_05);
    assert_eq!(wrong(found("MKT", "MKT-MEAT", "MKT-01")), law::I_02);
    assert_eq!(wrong(found("ECO", "ECO-SMOKE", "ECO-01")), law::O_05);
    let recorded = started.record(found("MKT", "MKT-FOOD", "MKT-01")).unwrap();
    let done = recorded.finish(now, (20, 80), calendar).unwrap();
    assert_eq!(done.state, VisitState::Done);
    let term = done.publishing.clone().unwrap();
    assert!(term.half_at < term.near_at && term.near_at < term.due_at);
    let rule = done.clone().publish(&code("ECO"), now).unwrap_err().law();
    assert_eq!(rule, law::O_09, "who was not there publishes nothing");
    assert!(done.clone().publish(&code("MKT"), term.due_at).unwrap().is_late());
    let in_time = done.publish(&code("MKT"), now).unwrap();
    assert!(!in_time.is_late());
    assert_eq!(in_time.next_rung_at(), None);
}

#[test]
fn rungs_are_raised_in_order_and_once() {
    let now = at("2026-03-02T01:00:00Z");
    let mut visit = dispatched();
    visit.state = VisitState::Done;
    visit.publishing = Some(Publishing::new(now, (20, 80), Calendar::embedded()));
    let near = visit.publishing.clone().unwrap().near_at;
    assert_eq!(visit.raise(now), []);
    assert_eq!(visit.raise(near), [Rung::Half, Rung::Near]);
    assert_eq!(visit.raise(near), []);
    assert_eq!(visit.raise(at("2026-06-01T00:00:00Z")), [Rung::Overdue]);
    assert_eq!(visit.next_rung_at(), None);
}
