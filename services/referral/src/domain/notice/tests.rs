//! Who is told of a case, and how much.

use clock::Calendar;

use super::*;
use crate::domain::{body::testing::county, duty::DutyState, settings};

fn code(text: &str) -> AgencyCode {
    AgencyCode::parse(text).unwrap()
}

fn monday() -> DateTime<Utc> {
    "2026-03-02T02:00:00Z".parse().unwrap()
}

/// A notice on a case of MKT: with facts, with persons.
fn sent(from: &str, to: &str, sees: bool, parts: (bool, bool)) -> Result<Notice, Refusal> {
    let part = |there: bool| if there { "x".to_owned() } else { String::new() };
    let sending = Sending {
        name: "notices/1".to_owned(),
        docket: "dockets/1".to_owned(),
        agency: code("MKT"),
        from: code(from),
        to: code(to),
        sees_docket: sees,
        title: "通报".to_owned(),
        progress: "已立案".to_owned(),
        facts: part(parts.0),
        persons: part(parts.1),
        now: monday(),
    };
    let mut bodies = county();
    let office = bodies.get(&code("JUS")).unwrap().clone();
    let office = crate::domain::body::Body { kind: "COORDINATION_BODY".to_owned(), ..office };
    bodies.0.insert(code("GDO"), office);
    let count = Count { near_percent: 80, calendar: Calendar::embedded() };
    send(sending, (&bodies, &settings::Settings::defaults().linkage), count)
}

/// The fields of a refusal that tells too much.
fn named(refused: Result<Notice, Refusal>) -> Vec<String> {
    match refused {
        Err(Refusal::Fields { faults, law }) => {
            assert_eq!(law.rule, "13.11");
            faults.into_iter().map(|(field, _)| field).collect()
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn parties_and_those_named_by_rule_are_told_and_nobody_else() {
    for (to, sees, role) in [
        ("PSB", true, Role::Party),
        ("PRO", true, Role::Procuratorate),
        ("GOV-C", true, Role::Superior),
        ("PRO", false, Role::Procuratorate),
        ("GOV-C", false, Role::Superior),
        ("JUS", false, Role::JusticeBureau),
        ("GDO", false, Role::GuidanceOffice),
    ] {
        assert_eq!(sent("MKT", to, sees, (false, false)).unwrap().role, role, "{to}");
    }
    for to in ["PSB", "TG-T01", "PRO-M"] {
        let refusal = sent("MKT", to, false, (false, false)).unwrap_err();
        assert!(matches!(refusal, Refusal::Broken { .. }), "{to}");
        assert_eq!(refusal.law().rule, "13.11");
    }
    for to in ["MKT", "XYZ"] {
        let refusal = sent("MKT", to, true, (false, false)).unwrap_err();
        assert!(matches!(refusal, Refusal::Fields { .. }), "{to}");
    }
}

#[test]
fn what_a_role_does_not_need_is_refused_with_every_such_field() {
    assert!(sent("MKT", "PRO", false, (true, true)).is_ok());
    assert_eq!(named(sent("MKT", "GOV-C", false, (true, true))), ["persons"]);
    assert_eq!(named(sent("MKT", "JUS", false, (true, true))), ["facts", "persons"]);
    assert_eq!(
        named(sent("PSB", "MKT", true, (true, false))),
        ["facts"],
        "the police file is secret"
    );
    for (from, to) in [("PSB", "GOV-C"), ("PRO", "GOV-C"), ("CRT", "BR-T01")] {
        let facts = named(sent(from, to, true, (true, false)));
        assert_eq!(facts, ["facts"], "{from} {to}: what it commands is told no file either");
    }
    assert!(sent("PSB", "SUP", true, (true, true)).is_ok(), "a lead goes to it whole");
    assert!(sent("MKT", "GOV-C", false, (true, false)).is_ok(), "of its own agency it may know");
    assert!(sent("PSB", "MKT", true, (false, false)).is_ok());
    assert!(sent("PSB", "PRO", true, (true, true)).is_ok());
}

#[test]
fn a_receiver_acknowledges_once_and_late_is_marked() {
    let mut one = sent("MKT", "PRO", false, (true, false)).unwrap();
    assert!(one.duties[0].target);
    let other = one.acknowledge(&code("MKT"), monday()).unwrap_err();
    assert!(matches!(other, Refusal::NotFor { .. }));
    let due = one.duties[0].due_at;
    one.raise(due);
    one.acknowledge(&code("PRO"), due).unwrap();
    assert_eq!((one.late, one.duties[0].state), (true, DutyState::Missed));
    assert!(matches!(one.acknowledge(&code("PRO"), due), Err(Refusal::NotNow { .. })));
}
