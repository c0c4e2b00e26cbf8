//! One officer absent, through the API: a mesh in a process of its own, 500 officers, 1,000 visits
//! published, and one repair after the other, each a version of the schedule with its notices.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use chrono::{Datelike as _, NaiveDate};
use client::{Mesh, request_id};
use proto::operations::v1 as pb;

use super::{Progress, cpu::number};
use crate::{
    mesh::{Served, serve},
    report::{Figure, Report},
};

pub(super) const SECONDS: f64 = 120.0;
/// Bodies that inspect, each with a matter it holds.
const BODIES: [(&str, &str); 5] =
    [("MKT", "M032"), ("FIR", "M055"), ("EMG", "M050"), ("ECO", "M042"), ("HLT", "M052")];
/// Officers of each body.
const OFFICERS: usize = 100;
const VISITS: usize = 1000;
/// Repairs measured.
const REPAIRS: usize = 200;
/// Who merges, schedules and repairs, and never inspects.
const OFFICE: &str = "GDO";

pub(super) async fn bench(progress: &mut Progress, report: &mut Report) {
    progress.next("a county week through the API, and repairs of it", SECONDS);
    let served = serve(&[]).await;
    let office = served.agency(OFFICE).await;
    county(&served).await;
    let mut schedule = published(&office).await;
    let busy = busy(&office).await;
    let (mut took, mut computed) = (Vec::new(), Vec::new());
    // Spread over the week and the bodies.
    for (officer, day) in busy.iter().step_by((busy.len() / REPAIRS).max(1)).take(REPAIRS) {
        let absent = pb::OfficerAbsent {
            certificate_no: officer.clone(),
            from_day: day.clone(),
            to_day: day.clone(),
        };
        let request = pb::RepairScheduleRequest {
            request_id: request_id(),
            name: schedule.name.clone(),
            etag: schedule.etag.clone(),
            disruption: Some(pb::Disruption {
                kind: Some(pb::disruption::Kind::OfficerAbsent(absent)),
                reason: "ill".to_owned(),
            }),
            officer: format!("{OFFICE}-01"),
            ..pb::RepairScheduleRequest::default()
        };
        let start = Instant::now();
        let told = office.operations().repair_schedule(request).await.unwrap().into_inner();
        took.push(start.elapsed().as_secs_f64() * 1000.0);
        computed.push(number(told.compute_us) / 1000.0);
        schedule = told.schedule.unwrap();
    }
    assert_eq!(took.len(), REPAIRS, "too few officers are busy");
    for (what, mut times, most) in [("", took, 50.0), (", computing alone", computed, 2.0)] {
        times.sort_by(f64::total_cmp);
        report.add(Figure {
            name: format!("RepairSchedule among {} visits{what}, p99", schedule.visits),
            value: times[REPAIRS * 99 / 100],
            unit: "ms",
            most: Some(most),
            ..Figure::default()
        });
    }
}

/// Officers, enterprises and checks, every second enterprise with those of two bodies.
async fn county(served: &Served) {
    served.run(&["keys", "enrol", "GOV-C"]);
    let first = ["catalogue", "import", "--first", "--as", "GOV-C", "--officer", "GOV-C-04"];
    let act = ["--title", "the first list", "--announcement", "示例〔2026〕0号", "--yes"];
    served.run(&[&first[..], &act].concat());
    let folder = tempfile::tempdir().unwrap();
    let files = ["agencies.json", "officers.json"].map(|name| folder.path().join(name));
    std::fs::write(&files[0], "{\"agencies\":[]}").unwrap();
    std::fs::write(&files[1], certificates()).unwrap();
    let [agencies, officers] = files.each_ref().map(|file| file.to_str().unwrap());
    served.run(&["agency", "import", agencies, officers]);
    for (of, (code, matter)) in BODIES.into_iter().enumerate() {
        served.run(&["keys", "enrol", code]);
        let mut body = served.connect(code).await.operations();
        if of == 0 {
            for some in (1..=VISITS).map(subject).collect::<Vec<_>>().chunks(500) {
                let request = pb::PutSubjectsRequest {
                    request_id: request_id(),
                    subjects: some.to_vec(),
                    officer: format!("{code}-01"),
                };
                body.put_subjects(request).await.unwrap();
            }
        }
        let request = pb::PutResourcesRequest {
            request_id: request_id(),
            officers: (0..OFFICERS).map(|n| officer(code, of, n)).collect(),
            officer: format!("{code}-01"),
            ..pb::PutResourcesRequest::default()
        };
        body.put_resources(request).await.unwrap();
        let own = (1..=VISITS).filter(|n| n % 5 == of || n % 2 == 0 && (n + 1) % 5 == of);
        let request = pb::AddChecksRequest {
            request_id: request_id(),
            checks: own.map(|n| check(n, matter)).collect(),
            officer: format!("{code}-04"),
        };
        body.add_checks(request).await.unwrap();
    }
}

/// Merged, scheduled and published.
async fn published(office: &Mesh) -> pb::Schedule {
    let (from, to) = week();
    let officer = format!("{OFFICE}-01");
    let request = pb::MergeChecksRequest {
        request_id: request_id(),
        period_start: from.to_string(),
        period_end: to.to_string(),
        officer: officer.clone(),
    };
    let merged = office.operations().merge_checks(request).await.unwrap().into_inner();
    assert_eq!(merged.visits, i32::try_from(VISITS).unwrap());
    let request = pb::SolveScheduleRequest {
        request_id: request_id(),
        title: "a week".to_owned(),
        period_start: from.to_string(),
        period_end: to.to_string(),
        iterations: 100_000,
        officer: officer.clone(),
        ..pb::SolveScheduleRequest::default()
    };
    let answer = office.operations().solve_schedule(request).await.unwrap();
    let mut run = answer.into_inner().run.unwrap();
    let until = Instant::now() + Duration::from_secs(300);
    while run.state() == pb::SolveState::Running {
        assert!(Instant::now() < until, "the solver does not end");
        let request = pb::GetRunRequest {
            name: run.name.clone(),
            wait_ms: 2000,
            iterations_seen: run.iterations_done,
        };
        run = office.operations().get_run(request).await.unwrap().into_inner().run.unwrap();
    }
    assert_eq!(run.state(), pb::SolveState::Done, "{}", run.error);
    let request = pb::GetScheduleRequest { name: run.schedule };
    let answer = office.operations().get_schedule(request).await.unwrap();
    let draft = answer.into_inner().schedule.unwrap();
    let request = pb::PublishScheduleRequest {
        request_id: request_id(),
        name: draft.name,
        etag: draft.etag,
        officer,
    };
    let answer = office.operations().publish_schedule(request).await.unwrap();
    answer.into_inner().schedule.unwrap()
}

/// Who goes somewhere on which day.
async fn busy(office: &Mesh) -> BTreeSet<(String, String)> {
    let (mut busy, mut page_token) = (BTreeSet::new(), String::new());
    loop {
        let filter = "state = \"PUBLISHED\"".to_owned();
        let request = pb::ListVisitsRequest { page_size: 500, page_token, filter };
        let page = office.operations().list_visits(request).await.unwrap().into_inner();
        for visit in page.visits {
            for who in visit.groups.into_iter().flat_map(|group| group.assigned) {
                busy.insert((who, visit.day.clone()));
            }
        }
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return busy;
        }
    }
}

/// Monday to Friday of next week.
fn week() -> (NaiveDate, NaiveDate) {
    let today = clock::legal_date(clock::Clock::system().now());
    let until = 7 - u64::from(today.weekday().num_days_from_monday());
    let monday = today + chrono::Days::new(until);
    (monday, monday + chrono::Days::new(4))
}

fn certificate(code: &str, n: usize) -> String {
    format!("{code}-{}", 101 + n)
}

/// All officers, as a file to import.
fn certificates() -> String {
    let one = |code: &str, n| {
        serde_json::json!({
            "certificate_no": certificate(code, n), "agency": code, "display_name": "示例",
            "position": "ENFORCEMENT_OFFICER", "valid_from": "2000-01-01",
            "valid_to": "2046-12-31",
        })
    };
    let all: Vec<_> =
        BODIES.iter().flat_map(|(code, _)| (0..OFFICERS).map(move |n| one(code, n))).collect();
    serde_json::json!({ "officers": all }).to_string()
}

/// A place in a county of twenty kilometres, in millionths of a degree.
fn place(n: usize) -> (i32, i32) {
    let far = |n: usize| i32::try_from(n * 7919 % 200_000).unwrap();
    (29_900_000 + far(n), 119_900_000 + far(n * 31))
}

fn officer(code: &str, of: usize, n: usize) -> pb::OfficerProfile {
    let (base_latitude_e6, base_longitude_e6) = place(of + 10);
    pb::OfficerProfile {
        certificate_no: certificate(code, n),
        base_latitude_e6,
        base_longitude_e6,
        shift_start: 510,
        shift_end: 1050,
        ..pb::OfficerProfile::default()
    }
}

fn subject(n: usize) -> pb::Subject {
    let (latitude_e6, longitude_e6) = place(n);
    pb::Subject {
        uscc: uscc(n),
        display_name: format!("Restaurant {n}"),
        address: "Lake Road".to_owned(),
        region: "330999001".to_owned(),
        latitude_e6,
        longitude_e6,
        sector: "FOOD".to_owned(),
        tier: pb::Tier::B.into(),
        matters: vec!["M032".to_owned()],
        ..pb::Subject::default()
    }
}

fn check(n: usize, matter: &str) -> pb::Check {
    let (from, to) = week();
    pb::Check {
        subject: format!("subjects/{}", uscc(n)),
        matters: vec![matter.to_owned()],
        origin: pb::CheckOrigin::Clue.into(),
        source: "12345-77".to_owned(),
        officers: 2,
        minutes: 60,
        weight: 10,
        window_start: from.to_string(),
        window_end: to.to_string(),
        ..pb::Check::default()
    }
}

/// An invented unified social credit code: the check digits that make it right are found by trying.
fn uscc(n: usize) -> String {
    let ends = "0123456789X".chars().flat_map(|organisation| {
        let last = "0123456789ABCDEFGHJKLMNPQRTUWXY".chars();
        last.map(move |last| format!("91330999{n:08}{organisation}{last}"))
    });
    let mut right = ends.filter(|code| types::Uscc::parse(code).is_ok());
    right.next().unwrap()
}
