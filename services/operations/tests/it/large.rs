//! What a county has: 500 officers and 1,000 visits, 100,000 subjects; and what is too much.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use proto::operations::v1 as pb;
use tonic::Code;

use crate::{
    assistance::{finish, start},
    make::{Fair, check, item, officer, subject},
    repair::absent,
    schedule::WEEK,
    world::{Party, Plan, World, id, local},
};

/// Bodies of the county, each with 98 officers beside the two that the example has.
const BODIES: [&str; 5] = ["MKT", "ECO", "EMG", "HLT", "WAT"];
const VISITS: usize = 1000;
const DAYS: [&str; 4] = ["2026-03-03", "2026-03-04", "2026-03-05", "2026-03-06"];

/// A county week, published.
async fn county() -> (World, Party, Vec<Party>, pb::Schedule) {
    let more_officers = BODIES.map(|code| (code, 98)).to_vec();
    let world = World::planned(Plan { more_officers, ..Plan::default() }).await;
    let office = world.agency("GDO").await;
    let mut bodies = Vec::new();
    for code in BODIES {
        bodies.push(world.agency(code).await);
    }
    // A county of twenty kilometres; officers set out from the office of their body.
    let far = |n: usize| i32::try_from(n * 7919 % 200_000).unwrap();
    let at = |n: usize| (29_900_000 + far(n), 119_900_000 + far(n * 31));
    let placed = |n: usize| pb::Subject {
        latitude_e6: at(n).0,
        longitude_e6: at(n).1,
        ..subject(n, pb::Tier::B)
    };
    bodies[0].put_subjects((1..=VISITS).map(placed).collect()).await.unwrap();
    for (of, body) in bodies.iter().enumerate() {
        let numbers = ["01".to_owned(), "02".to_owned()];
        let numbers = numbers.into_iter().chain((101..199).map(|n| n.to_string()));
        let officers = numbers.map(|number| pb::OfficerProfile {
            base_latitude_e6: at(of + 10).0,
            base_longitude_e6: at(of + 10).1,
            ..officer(&body.officer(&number))
        });
        let officers = officers.collect();
        let request = pb::PutResourcesRequest { officers, ..pb::PutResourcesRequest::default() };
        body.put_resources(request).await.unwrap();
        // Every second visit is one of two bodies.
        let numbers = (1..=VISITS).filter(|n| n % 5 == of || n % 2 == 0 && (n + 1) % 5 == of);
        let matter = format!("{}-RISK", body.code);
        let checks = numbers.map(|n| check(n, &matter, WEEK)).collect();
        body.add_checks(checks).await.unwrap();
    }
    let merged = office.merge(WEEK).await.unwrap();
    assert_eq!((merged.visits, merged.visits_saved), (1000, 500));
    let stop = start(&world.operations);
    let draft = office.drafted(2000).await;
    finish(stop).await;
    assert_eq!(draft.scheduled, 1000, "{:?}", draft.unscheduled.first());
    let published = office.publish(&draft).await.unwrap().schedule.unwrap();
    (world, office, bodies, published)
}

/// All dispatched visits by name.
async fn dispatched(office: &Party) -> BTreeMap<String, pb::Visit> {
    let (mut all, mut page_token) = (BTreeMap::new(), String::new());
    loop {
        let filter = "state = \"PUBLISHED\"".to_owned();
        let request = pb::ListVisitsRequest { page_size: 1000, page_token, filter };
        let page = office.client.clone().list_visits(request).await.unwrap().into_inner();
        all.extend(page.visits.into_iter().map(|one| (one.name.clone(), one)));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return all;
        }
    }
}

fn goes(visit: &pb::Visit, who: &str, day: &str) -> bool {
    let sent = || visit.groups.iter().flat_map(|group| &group.assigned);
    visit.day == day && sent().any(|one| one == who)
}

#[tokio::test]
async fn one_absence_among_a_thousand_visits_is_repaired_in_less_than_a_second() {
    let (_world, office, bodies, mut schedule) = county().await;
    let mut before = dispatched(&office).await;
    let mut times = Vec::new();
    for (n, day) in DAYS.iter().enumerate() {
        let ill = bodies[n % bodies.len()].officer(&(110 + 7 * n).to_string());
        let request = office.repairing(&schedule, absent(&ill, (day, day)));
        let begun = Instant::now();
        let told = office.repair(request).await.unwrap();
        times.push(begun.elapsed());
        assert!(told.compute_us < 1_000_000, "{} us", told.compute_us);
        schedule = told.schedule.unwrap();
        let now = dispatched(&office).await;
        let concerned = before.values().filter(|one| goes(one, &ill, day)).count();
        assert_eq!(told.changes.len(), concerned, "those and no others");
        for (name, visit) in &before {
            let touched = goes(visit, &ill, day);
            assert_eq!(now.get(name) != Some(visit), touched, "{name}");
        }
        assert!(!now.values().any(|one| goes(one, &ill, day)));
        before = now;
    }
    let quickest = times.iter().min().unwrap();
    assert!(*quickest < Duration::from_secs(1), "{times:?}");
    least_change(&office, &bodies, &schedule).await;
}

/// Of what sixty absences would change, at most a twentieth gets another time, and hardly anybody but
/// the one who is ill is replaced.
async fn least_change(office: &Party, bodies: &[Party], schedule: &pb::Schedule) {
    let mut changes = Vec::new();
    for n in 0..60 {
        let (body, day) = (&bodies[n % bodies.len()], DAYS[n % DAYS.len()]);
        let ill = body.officer(&(101 + n).to_string());
        let mut request = office.repairing(schedule, absent(&ill, (day, day)));
        request.dry_run = true;
        changes.extend(office.repair(request).await.unwrap().changes);
    }
    let moved: Vec<_> = changes.iter().filter(|one| one.kind != "REASSIGNED").collect();
    let swapped: usize = changes.iter().map(|one| one.officers_in.len()).sum();
    assert!(moved.len() * 20 <= changes.len(), "{} of {}: {moved:?}", moved.len(), changes.len());
    assert!(swapped * 10 <= changes.len() * 11, "{swapped} for {}", changes.len());
}

#[tokio::test]
async fn the_record_of_a_hundred_thousand_subjects_comes_in_parts() {
    let world = World::new().await;
    let mkt = world.agency("MKT").await;
    let numbers: Vec<usize> = (41..=100_000).collect();
    for some in numbers.chunks(1000) {
        let subjects = some.iter().map(|n| subject(*n, pb::Tier::B)).collect();
        mkt.put_subjects(subjects).await.unwrap();
    }
    let rare = |matter: &str| pb::PlanItem { ratio_by_tier: vec![100], ..item(matter) };
    let mut fair = Fair::on(world).await;
    fair.plans = vec![fair.mkt.filed(vec![rare("MKT-FOOD")]).await];
    let draw = fair.drawn().await;
    assert_eq!((draw.subject_count, draw.winner_count), (100_000, 100));
    fair.world.clock.set(local("2026-07-01 09:00"));
    fair.office.open(&draw.name).await.unwrap();
    let request = pb::GetDrawRecordRequest { name: draw.name.clone(), offset: 0 };
    let part = fair.mkt.client.clone().get_draw_record(request).await.unwrap().into_inner();
    assert!(part.part.len() <= 1 << 20 && part.total_bytes > 1 << 20, "{}", part.total_bytes);
    let record = fair.mkt.record(&draw.name).await.unwrap();
    assert_eq!(i64::try_from(record.len()).unwrap(), part.total_bytes);
    assert_eq!(draw::verify(&record).unwrap().outcome.rankings.len(), 100);
    let past = pb::GetDrawRecordRequest { name: draw.name, offset: part.total_bytes + 1 };
    let told = fair.mkt.client.clone().get_draw_record(past).await.unwrap_err();
    assert_eq!(told.code(), Code::InvalidArgument);
}

#[tokio::test]
async fn a_hundred_thousand_checks_at_once_are_refused_with_the_limit() {
    let world = World::new().await;
    let mkt = world.agency("MKT").await;
    let one = check(1, "MKT-FOOD", WEEK);
    let told = mkt.add_checks(vec![one.clone(); 1001]).await.unwrap_err();
    assert_eq!(crate::world::fields(&told), ["checks"]);
    assert!(told.message().contains("1 to 1000"), "{}", told.message());
    let request = pb::AddChecksRequest {
        request_id: id(),
        checks: vec![one; 100_000],
        officer: "MKT-04".to_owned(),
    };
    let told = mkt.client.clone().add_checks(request).await.unwrap_err();
    assert_eq!(told.code(), Code::ResourceExhausted);
    assert!(told.message().contains("larger than 4 MiB"), "{}", told.message());
}
