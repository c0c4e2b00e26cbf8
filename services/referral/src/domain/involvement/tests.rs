//! Who tells which police organ, and what an answer is.

use std::collections::BTreeMap;

use clock::Calendar;
use types::Id;

use super::*;
use crate::domain::{body::testing::county, duty::DutyState};

fn code(text: &str) -> AgencyCode {
    AgencyCode::parse(text).unwrap()
}

fn monday() -> DateTime<Utc> {
    "2026-03-02T02:00:00Z".parse().unwrap()
}

fn docket(close_reason: Option<&str>) -> Docket {
    Docket {
        id: Id::new(monday()),
        agency: code("MKT"),
        title: "t".to_owned(),
        sector: "FOOD".to_owned(),
        matter: String::new(),
        facts: BTreeMap::new(),
        penalties: Vec::new(),
        close_reason: close_reason.map(str::to_owned),
        closed_at: None,
        place: String::new(),
        competence: None,
        created_at: monday(),
        version: 1,
    }
}

fn told(by: &str, to: &str, docket: &Docket) -> Result<Involvement, Refusal> {
    let told = Told {
        name: "earlyInvolvements/1".to_owned(),
        docket: "dockets/1".to_owned(),
        by: code(by),
        to: AgencyCode::parse(to),
        dangers: vec![Danger::Flight],
        facts: "已购买车票".to_owned(),
        now: monday(),
    };
    let count = Count { near_percent: 80, calendar: Calendar::embedded() };
    notify(told, docket, (&county(), 24), count)
}

#[test]
fn the_agency_of_the_docket_tells_the_police_of_its_level_or_another_police_organ() {
    let one = told("MKT", "", &docket(None)).unwrap();
    assert_eq!((one.to.as_str(), one.duties[0].rule.as_str()), ("PSB", "T-09b"));
    assert!(one.duties[0].target, "at once is a service target, never a legal deadline");
    assert_eq!(told("MKT", "PSB-ECO", &docket(None)).unwrap().to.as_str(), "PSB-ECO");
    for (by, to, docket) in [
        ("MKT", "PRO", docket(None)),
        ("TG-T01", "", docket(None)),
        ("MKT", "", docket(Some("不构成"))),
    ] {
        let refusal = told(by, to, &docket).unwrap_err();
        assert!(matches!(refusal, Refusal::Broken { .. }), "{by} {to}");
    }
}

#[test]
fn the_police_answer_once_and_late_is_marked() {
    let mut one = told("MKT", "", &docket(None)).unwrap();
    let due = one.duties[0].due_at;
    assert_eq!(due, monday() + chrono::Duration::hours(24));
    let other = one.clone().answer(&code("PRO"), (true, "x".into()), monday()).unwrap_err();
    assert!(matches!(other, Refusal::NotFor { .. }));
    one.raise(due);
    one.answer(&code("PSB"), (false, "警力不足".into()), due).unwrap();
    assert_eq!((one.state, one.late), (InvolvementState::Declined, true));
    assert_eq!(one.duties[0].state, DutyState::Missed);
    assert!(one.answer(&code("PSB"), (true, "x".into()), due).is_err());
}
