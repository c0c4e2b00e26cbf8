//! Who convenes, confirms, records; and who may own what was resolved.

use chrono::{Duration, NaiveDate};
use clock::Calendar;

use super::*;
use crate::domain::{
    body::{Body, testing::county},
    duty::{Count, DutyState},
    resolution::{self, Recording, Resolution, ResolutionState},
    settings,
};

fn code(text: &str) -> AgencyCode {
    AgencyCode::parse(text).unwrap()
}

fn monday() -> DateTime<Utc> {
    "2026-03-02T02:00:00Z".parse().unwrap()
}

fn held_at() -> DateTime<Utc> {
    monday() + Duration::days(3)
}

fn bodies() -> Directory {
    let mut bodies = county();
    let base = bodies.get(&code("JUS")).unwrap().clone();
    for (name, kind) in
        [("GDO", "COORDINATION_BODY"), ("LGR", "COORDINATION_BODY"), ("OEO", "PARTY_OFFICE")]
    {
        bodies.0.insert(code(name), Body { kind: kind.to_owned(), ..base.clone() });
    }
    bodies
}

fn settings() -> Settings {
    settings::Settings::defaults().linkage
}

fn count() -> Count<'static> {
    Count { near_percent: 80, calendar: Calendar::embedded() }
}

fn convening(convener: &str, invited: &[&str]) -> Convening {
    let item = |title: &str, docket: &str| AgendaItem {
        title: title.to_owned(),
        docket: docket.to_owned(),
        detail: String::new(),
        minutes: String::new(),
    };
    Convening {
        name: "meetings/1".to_owned(),
        convener: code(convener),
        title: "联席会议".to_owned(),
        place: "县政府".to_owned(),
        hold_at: held_at(),
        agenda: vec![item("个案", "dockets/1"), item("通报", "")],
        invited: invited.iter().map(|one| code(one)).collect(),
        now: monday(),
    }
}

fn convened(convener: &str, agencies: &[&str]) -> Result<Meeting, Refusal> {
    let agencies: Vec<_> = agencies.iter().map(|one| code(one)).collect();
    convene(convening(convener, &["PSB", "OEO"]), &agencies, (&bodies(), &settings()))
}

fn minutes() -> Minutes {
    Minutes {
        text: "纪要".to_owned(),
        items: Vec::new(),
        attended: vec![code("PSB")],
        sha256: "00".to_owned(),
    }
}

fn held() -> Meeting {
    let mut meeting = convened("GDO", &["MKT"]).unwrap();
    meeting.record(&code("GDO"), minutes(), held_at()).unwrap();
    meeting
}

#[test]
fn those_convene_who_coordinate_oversee_or_have_the_case() {
    for (convener, agencies) in
        [("GDO", &["MKT"][..]), ("JUS", &["MKT"]), ("PRO", &[]), ("MKT", &["MKT"])]
    {
        assert!(convened(convener, agencies).is_ok(), "{convener}");
    }
    for (convener, agencies, rule) in [
        ("MKT", &[][..], "SEED-14"),
        ("MKT", &["MKT", "TG-T01"], "SEED-14"),
        ("PSB", &["MKT"], "SEED-14"),
        ("LGR", &["MKT"], "13.10"),
        ("OEO", &[], "13.10"),
    ] {
        assert_eq!(convened(convener, agencies).unwrap_err().law().rule, rule, "{convener}");
    }
}

#[test]
fn every_field_of_an_invitation_that_is_wrong_is_named_at_once() {
    let wrong = Convening { hold_at: monday(), ..convening("GDO", &["GDO", "XYZ", "PSB", "PSB"]) };
    let Err(Refusal::Fields { faults, law }) = convene(wrong, &[], (&bodies(), &settings())) else {
        panic!("it is not refused")
    };
    let fields: Vec<_> = faults.iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!(fields, ["hold_time", "invited[0]", "invited[1]", "invited[3]"]);
    assert_eq!(law, MEETING);
    let far = Convening { hold_at: monday() + Duration::days(4000), ..convening("GDO", &["PSB"]) };
    let refusal = convene(far, &[], (&bodies(), &settings())).unwrap_err();
    assert!(refusal.to_string().contains("hold_time: is more than ten years away"), "{refusal}");
}

#[test]
fn an_invited_body_confirms_or_declines_until_the_minutes_are_there() {
    let mut meeting = convened("GDO", &["MKT"]).unwrap();
    meeting.confirm(&code("PSB"), (false, "另有任务".to_owned())).unwrap();
    assert_eq!(meeting.attendances[0].state, AttendanceState::Declined);
    meeting.confirm(&code("PSB"), (true, String::new())).unwrap();
    assert_eq!(meeting.attendances[0].state, AttendanceState::Confirmed);
    let own = meeting.confirm(&code("GDO"), (true, String::new())).unwrap_err();
    assert!(matches!(own, Refusal::NotFor { .. }));
    meeting.record(&code("GDO"), minutes(), held_at()).unwrap();
    let late = meeting.confirm(&code("PSB"), (true, String::new())).unwrap_err();
    assert!(matches!(late, Refusal::NotNow { .. }));
}

#[test]
fn minutes_are_recorded_once_by_the_convener_after_the_meeting() {
    let mut meeting = convened("GDO", &["MKT"]).unwrap();
    let early = meeting.record(&code("GDO"), minutes(), monday()).unwrap_err();
    assert!(matches!(early, Refusal::Broken { .. }));
    let other = meeting.record(&code("PSB"), minutes(), held_at()).unwrap_err();
    assert!(matches!(other, Refusal::NotFor { .. }));
    let wrong = Minutes { items: vec!["一".to_owned()], attended: vec![code("MKT")], ..minutes() };
    let Err(Refusal::Fields { faults, .. }) = meeting.record(&code("GDO"), wrong, held_at()) else {
        panic!("it is not refused")
    };
    assert_eq!((faults[0].0.as_str(), faults[1].0.as_str()), ("item_minutes", "attended[0]"));
    let both = Minutes { items: vec!["一".to_owned(), "二".to_owned()], ..minutes() };
    meeting.record(&code("GDO"), both, held_at()).unwrap();
    assert_eq!(meeting.agenda[1].minutes, "二");
    assert!(meeting.attendances[0].attended && !meeting.attendances[1].attended);
    assert!(meeting.record(&code("GDO"), minutes(), held_at()).is_err());
}

fn resolved(
    meeting: &Meeting,
    owner: &str,
    docket: &str,
    sees: bool,
) -> Result<Resolution, Refusal> {
    let recording = Recording {
        name: "meetings/1/resolutions/1".to_owned(),
        by: code("GDO"),
        text: "完成抽检".to_owned(),
        owner: code(owner),
        due_date: NaiveDate::from_ymd_opt(2026, 3, 20).unwrap(),
        docket: docket.to_owned(),
        owner_sees_docket: sees,
        now: held_at(),
    };
    resolution::record(meeting, recording, (&bodies(), &settings()), count())
}

#[test]
fn a_resolution_is_owned_by_who_was_there_enforces_and_may_know_of_the_case() {
    assert!(resolved(&held(), "PSB", "", false).is_ok());
    assert!(resolved(&held(), "PSB", "dockets/1", true).is_ok());
    assert!(resolved(&held(), "GDO", "", false).is_ok(), "the guidance office coordinates");
    let rule = |refused: Result<Resolution, Refusal>| refused.unwrap_err().law().rule;
    assert_eq!(rule(resolved(&held(), "PSB", "dockets/1", false)), "13.11");
    assert_eq!(rule(resolved(&held(), "OEO", "", false)), "13.10");
    let refusal = resolved(&held(), "MKT", "dockets/2", true).unwrap_err();
    let Refusal::Fields { faults, .. } = refusal else { panic!("{refusal:?}") };
    assert_eq!((faults[0].0.as_str(), faults[1].0.as_str()), ("owner", "docket"));
    let early = resolved(&convened("GDO", &["MKT"]).unwrap(), "PSB", "", false).unwrap_err();
    assert!(matches!(early, Refusal::NotNow { .. }));
}

#[test]
fn a_resolution_is_reported_reopened_with_a_new_day_and_accepted() {
    let mut one = resolved(&held(), "PSB", "", false).unwrap();
    let (psb, gdo) = (code("PSB"), code("GDO"));
    let due = one.duties[0].due_at;
    one.raise(due);
    assert!(one.accept(&gdo, due).is_err(), "nothing is reported");
    one.report(&psb, "已办".to_owned(), due).unwrap();
    assert_eq!(one.duties[0].state, DutyState::Missed, "reported late");
    let day = NaiveDate::from_ymd_opt(2026, 4, 10).unwrap();
    assert!(one.reopen(&psb, ("x".into(), day), (due, count())).is_err());
    one.reopen(&gdo, ("缺材料".to_owned(), day), (due, count())).unwrap();
    assert_eq!((one.state, one.due_date), (ResolutionState::Open, day));
    assert_eq!((one.duties.len(), one.duties[1].state), (2, DutyState::Running));
    assert_ne!(one.duties[0].id, one.duties[1].id, "each day is a term of its own");
    one.report(&psb, "补齐".to_owned(), due).unwrap();
    one.accept(&gdo, due).unwrap();
    assert_eq!(one.duties[1].state, DutyState::Kept);
    assert_eq!((one.state, one.ended_at), (ResolutionState::Accepted, Some(due)));
}

#[test]
fn the_last_day_is_today_or_later_and_within_ten_years() {
    let day = |text: &str| resolution::day_fault(text.parse().ok(), monday());
    assert_eq!(day("2026-03-02"), None);
    assert_eq!(day("2026-03-01"), Some("is over"));
    assert_eq!(day("2036-12-31"), Some("is more than ten years away"));
    assert_eq!(day("soon"), Some("is not a date (YYYY-MM-DD)"));
}

#[test]
fn only_the_convener_cancels_a_meeting_and_none_that_was_held() {
    let mut meeting = convened("GDO", &["MKT"]).unwrap();
    let other = meeting.cancel(&code("PSB"), "x".to_owned()).unwrap_err();
    assert!(matches!(other, Refusal::NotFor { .. }));
    meeting.cancel(&code("GDO"), "台风停会".to_owned()).unwrap();
    assert_eq!(meeting.state, MeetingState::Cancelled);
    for late in [
        meeting.cancel(&code("GDO"), "x".to_owned()),
        meeting.confirm(&code("PSB"), (true, String::new())),
        meeting.record(&code("GDO"), minutes(), held_at()),
        resolved(&meeting, "PSB", "", false).map(drop),
        held().cancel(&code("GDO"), "x".to_owned()),
    ] {
        assert!(matches!(late, Err(Refusal::NotNow { .. })), "{late:?}");
    }
}

#[test]
fn the_kinds_of_body_that_convene_are_set() {
    let set = Settings { convening_kinds: vec!["PUBLIC_SECURITY".to_owned()], ..settings() };
    assert!(convene(convening("PSB", &["MKT"]), &[], (&bodies(), &set)).is_ok());
    assert!(convene(convening("PRO", &["MKT"]), &[], (&bodies(), &set)).is_err());
    assert!(convene(convening("GDO", &["MKT"]), &[], (&bodies(), &set)).is_ok());
}
