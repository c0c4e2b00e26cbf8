//! Panels, travel, dispatched officers, reasons: what a plan means, without a solver's choice in it.

use std::collections::{BTreeMap, BTreeSet};

use solver::{Placement, Plan, problem::Shift};
use types::AgencyCode;

use super::{carve::Taken, *};
use crate::domain::{
    resource::{OfficerProfile, Recusal},
    visit::{Group, Visit, Window},
    word::VisitState,
};

const DAY: &str = "2026-03-03";
const SPEEDS: Speeds = Speeds { road_permille: 1300, metres_per_minute: 583, start_minutes: 5 };

fn day() -> NaiveDate {
    DAY.parse().unwrap()
}

fn code(text: &str) -> AgencyCode {
    AgencyCode::parse(text).unwrap()
}

fn officer(number: u32, recused_from: &[&str]) -> OfficerProfile {
    let certificate_no = format!("MKT-{number:02}");
    let recusals = recused_from
        .iter()
        .map(|subject| Recusal { subject: (*subject).to_owned(), reason: "sister".to_owned() });
    OfficerProfile {
        name: format!("officerProfiles/{certificate_no}"),
        certificate_no,
        agency: code("MKT"),
        qualifications: Vec::new(),
        base_latitude_e6: 30_000_000,
        base_longitude_e6: 120_000_000,
        shift_start: 510,
        shift_end: 1050,
        absences: Vec::new(),
        recusals: recusals.collect(),
        created_at: DateTime::UNIX_EPOCH,
        version: 1,
    }
}

fn visit(number: u32, ranking: &[u32]) -> Visit {
    let group = Group {
        agency: code("MKT"),
        officers: 2,
        qualification: String::new(),
        kit: String::new(),
        matters: vec!["MKT-FOOD".to_owned()],
        ranking: ranking.iter().map(|number| format!("MKT-{number:02}")).collect(),
        exempt: false,
        over_cap: String::new(),
        assigned: Vec::new(),
        assigned_kit: String::new(),
        passed_over: Vec::new(),
    };
    Visit {
        name: format!("visits/{number}"),
        subject: format!("subjects/{number}"),
        groups: vec![group],
        windows: vec![Window { day: day(), from_minute: 510, to_minute: 1050 }],
        minutes: 60,
        weight: 1,
        checks: Vec::new(),
        operation: None,
        schedule: None,
        state: VisitState::Planned,
        start_at: None,
        end_at: None,
        notice_no: String::new(),
        dispatched_at: None,
        check_ins: Vec::new(),
        results: Vec::new(),
        done_at: None,
        publishing: None,
        published_at: None,
        cancel_reason: String::new(),
        acknowledged_by: Vec::new(),
        unapproved: Vec::new(),
        created_at: DateTime::UNIX_EPOCH,
        version: 1,
    }
}

fn officers() -> BTreeMap<String, OfficerProfile> {
    let all = (1..=9).map(|n| officer(n, if n == 1 { &["subjects/1"] } else { &[] }));
    all.map(|one| (one.certificate_no.clone(), one)).collect()
}

fn frozen(visits: &[Visit], roads: Roads) -> Result<Frozen, Vec<String>> {
    let officers = officers();
    let certified = officers.keys().map(|one| (one.clone(), BTreeSet::from([day()]))).collect();
    freeze(&Input {
        days: vec![day()],
        workdays: BTreeSet::from([day()]),
        hours: (510, 1050),
        visits,
        dispatched: &[],
        pad: 30,
        fixed: &[],
        subjects: &BTreeMap::new(),
        officers: &officers,
        certified: &certified,
        kits: &[],
        room: &BTreeMap::from([((code("MKT"), "subjects/1".to_owned()), 0)]),
        roads,
        spacing_days: 1,
    })
}

#[test]
fn a_panel_is_the_first_three_times_of_the_ranking_without_the_recused() {
    let visit = visit(1, &[1, 9, 8, 7, 6, 5, 4, 3, 2]);
    let frozen = frozen(&[visit], Roads::Straight(SPEEDS)).unwrap();
    let panel = frozen.problem.visits[0].groups[0].panel.clone().unwrap();
    let codes: Vec<&str> =
        panel.iter().map(|at| frozen.resources[*at as usize].code.as_str()).collect();
    assert_eq!(codes, ["MKT-09", "MKT-08", "MKT-07", "MKT-06", "MKT-05", "MKT-04"]);
    assert_eq!(frozen.problem.visits[0].recused, [0]);
    assert_eq!(frozen.problem.caps.len(), 1, "the cap of the subject is reached");
    assert!(solver::Model::build(frozen.problem).is_ok());
}

#[test]
fn travel_times_that_lack_places_are_refused_with_their_names() {
    let told = frozen(&[visit(1, &[])], Roads::Told(Matrix::default())).unwrap_err();
    assert!(told.contains(&"subjects/1".to_owned()), "{told:?}");
    assert!(told.contains(&"officerProfiles/MKT-01".to_owned()), "{told:?}");
}

#[test]
fn who_came_after_the_travel_times_were_told_goes_by_coordinates() {
    let places = [("subjects/1".to_owned(), 0), ("officerProfiles/MKT-01".to_owned(), 1)].into();
    let matrix = Matrix { places, minutes: vec![vec![0, 40], vec![50, 0]] };
    let frozen = frozen(&[visit(1, &[])], Roads::Kept(matrix, SPEEDS)).unwrap();
    let solver::problem::Travel::Matrix(rows) = &frozen.problem.travel else { panic!() };
    assert_eq!(rows.len(), 10, "a subject, and nine officers");
    assert_eq!((rows[0][1], rows[1][0]), (40, 50), "as told");
    assert_eq!(rows[2][3], 0, "the others have the same base");
    // The subject is not known here, and so at (0, 0): as far as a day allows.
    assert_eq!((rows[0][2], rows[2][0]), (1440, 1440));
    assert!(solver::Model::build(frozen.problem).is_ok());
}

#[test]
fn everybody_passed_over_has_a_reason_that_can_be_checked() {
    let visits = vec![visit(1, &[1, 2, 3, 4, 5]), visit(2, &[2, 6])];
    let frozen = frozen(&visits, Roads::Straight(SPEEDS)).unwrap();
    let number = |code: &str| {
        let at = frozen.resources.iter().position(|one| one.code == code).unwrap();
        u32::try_from(at).unwrap()
    };
    let place = |visit, crew: [&str; 2]| Placement {
        visit,
        day: 0,
        start: 540,
        crew: crew.map(number).to_vec(),
    };
    let plan =
        Plan { visits: vec![place(0, ["MKT-03", "MKT-05"]), place(1, ["MKT-02", "MKT-06"])] };
    let numbered = (0..).zip(visits).collect();
    let placed = apply(&frozen, &plan, numbered, "schedules/1", &officers());
    let group = &placed[0].groups[0];
    assert_eq!(group.assigned, ["MKT-03", "MKT-05"]);
    let why: Vec<(&str, &str)> =
        group.passed_over.iter().map(|(who, why)| (who.as_str(), why.as_str())).collect();
    assert_eq!(why.len(), 3, "{why:?}");
    assert_eq!(why[0], ("MKT-01", "recused: sister (O-07)"));
    assert_eq!(why[1], ("MKT-02", "at visits/2 from 09:00 to 10:00"));
    assert!(why[2].1.contains("first three times 2"), "{why:?}");
    assert!(placed[1].groups[0].passed_over.is_empty(), "the first two go");
    assert_eq!(placed[0].day(), Some(day()));
    assert_eq!(unplaced(placed[0].clone()).groups[0].assigned, Vec::<String>::new());
}

#[test]
fn a_shift_is_what_dispatched_visits_leave_of_it() {
    let mut gone = visit(1, &[]);
    gone.groups[0].assigned = vec!["MKT-01".to_owned()];
    gone.start_at = Some("2026-03-03T02:00:00Z".parse().unwrap());
    gone.end_at = Some("2026-03-03T03:00:00Z".parse().unwrap());
    let taken = Taken::of(&[gone], 30);
    let shift = Shift { day: 0, from: 510, to: 1050 };
    let left = taken.carve("MKT-01", day(), shift);
    assert_eq!(left, [Shift { to: 570, ..shift }, Shift { from: 690, ..shift }]);
    assert_eq!(taken.carve("MKT-02", day(), shift), [shift]);
}

/// A visit on the day of these tests, between two hours, with its officers.
pub(super) fn dispatched_visit(number: u32, hours: (u32, u32), officers: &[&str]) -> Visit {
    let mut visit = visit(number, &[]);
    let at = |hour: u32| day().and_hms_opt(hour - 8, 0, 0).unwrap().and_utc();
    (visit.start_at, visit.end_at) = (Some(at(hours.0)), Some(at(hours.1)));
    visit.groups[0].assigned = officers.iter().map(|one| (*one).to_owned()).collect();
    visit.state = VisitState::Published;
    visit
}
