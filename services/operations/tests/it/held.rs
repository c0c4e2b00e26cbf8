//! What no draft and no urgent visit gets around: officers in one place at a time, caps, the distance of two
//! visits, the head's approval; and a kit that is away.

use proto::operations::v1::{self as pb, disruption::Kind};
use tonic::Code;

use crate::{
    assistance::{finish, start},
    make::{check, count, journal, officer, subject_name},
    repair::absent,
    schedule::{WEEK, Week},
    visits::found,
    world::{World, assert_told, rule},
};

/// The first day of the week alone.
const TUESDAY: (&str, &str) = (WEEK.0, WEEK.0);

/// More than half of a day, for MKT.
fn long(n: usize, weight: i32) -> pb::Check {
    pb::Check { minutes: 300, weight, ..check(n, "MKT-FOOD", TUESDAY) }
}

async fn capped(week: &Week, most: i32) {
    let cap = pb::Cap {
        yearly_by_tier: vec![most; 4],
        published_on: "2026-01-01".to_owned(),
        ..pb::Cap::default()
    };
    let request = pb::PutResourcesRequest { cap: Some(cap), ..pb::PutResourcesRequest::default() };
    week.mkt.put_resources(request).await.unwrap();
}

/// The instant at which a visit begins becomes now.
fn wait_for(world: &World, visit: &pb::Visit) {
    let at = visit.start_time.as_ref().unwrap().seconds;
    world.clock.set(chrono::DateTime::from_timestamp(at, 0).unwrap());
}

#[tokio::test]
async fn a_draft_whose_officers_were_dispatched_meanwhile_is_not_published() {
    let week = Week::empty().await;
    week.mkt.with_officers().await;
    week.mkt.add_checks(vec![long(1, 10)]).await.unwrap();
    week.office.merge(WEEK).await.unwrap();
    let first = week.draft().await;
    // The second is frozen before the first is published, and computed afterwards.
    week.mkt.add_checks(vec![long(2, 50)]).await.unwrap();
    week.office.merge(WEEK).await.unwrap();
    let run = week.office.solve(week.office.solving(2_000)).await.unwrap();
    week.office.publish(&first).await.unwrap();
    let stop = start(&week.world.operations);
    let run = week.office.ended(&run.name).await;
    finish(stop).await;
    let second = week.office.schedule(&run.schedule).await.unwrap();
    assert_eq!(
        second.scheduled, 1,
        "MKT has two officers, and the day has no room for both visits"
    );
    let told = week.office.publish(&second).await.unwrap_err();
    assert_eq!((told.code(), rule(&told).0.as_str()), (Code::FailedPrecondition, "O-05"));
    assert!(told.message().contains("MKT-01 is at visits/"), "{}", told.message());
    assert_eq!(week.office.visits("state = \"PUBLISHED\"").await.len(), 1);
}

#[tokio::test]
async fn a_draft_that_a_lower_cap_forbids_is_not_published() {
    let week = Week::empty().await;
    week.mkt.with_officers().await;
    capped(&week, 2).await;
    let alone = pb::Check { alone_because: "by night".to_owned(), ..check(1, "MKT-FOOD", WEEK) };
    week.mkt.add_checks(vec![alone.clone(), alone]).await.unwrap();
    assert_eq!(week.office.merge(WEEK).await.unwrap().visits, 2);
    let draft = week.draft().await;
    assert_eq!(draft.scheduled, 2);
    capped(&week, 1).await;
    let told = week.office.publish(&draft).await.unwrap_err();
    assert_eq!((told.code(), rule(&told).0.as_str()), (Code::FailedPrecondition, "I-04"));
    assert!(told.message().contains(&subject_name(1)), "{}", told.message());
    let next = week.draft().await;
    assert_eq!(next.scheduled, 1, "{:?}", next.unscheduled);
    week.office.publish(&next).await.unwrap();
}

#[tokio::test]
async fn a_subject_is_not_visited_again_on_a_day_on_which_it_is_visited() {
    let week = Week::empty().await;
    week.mkt.with_officers().await;
    week.eco.with_officers().await;
    week.mkt.add_checks(vec![check(1, "MKT-FOOD", TUESDAY)]).await.unwrap();
    week.office.merge(WEEK).await.unwrap();
    let first = week.draft().await;
    week.office.publish(&first).await.unwrap();
    week.eco.add_checks(vec![check(1, "ECO-SMOKE", TUESDAY)]).await.unwrap();
    week.office.merge(WEEK).await.unwrap();
    let draft = week.draft().await;
    assert_eq!((draft.visits, draft.scheduled), (1, 0));
    let because = &draft.unscheduled[0].because[0];
    assert!(because.contains("other visits of the subject"), "{because}");
}

#[tokio::test]
async fn an_urgent_visit_is_approved_by_the_head_before_its_result_is_published() {
    let (week, schedule, _) = Week::with_a_third().await;
    let group = pb::Group {
        agency: "MKT".to_owned(),
        officers: 2,
        matters: vec!["MKT-MEAT".to_owned()],
        ..pb::Group::default()
    };
    let urgent = pb::Visit {
        subject: subject_name(2),
        groups: vec![group],
        minutes: 90,
        weight: 50,
        ..pb::Visit::default()
    };
    let told = week.office.repaired(&schedule, Kind::UrgentVisit(urgent)).await;
    let added = told.changes.iter().find(|one| one.kind == "ADDED").unwrap();
    let visit = week.mkt.visit(&added.visit).await;
    wait_for(&week.world, &visit);
    let known = week.mkt.acknowledge(&visit).await.unwrap();
    assert_eq!(known.acknowledged_by, ["MKT"], "an officer may know of it, and not approve it");
    week.mkt.arrive(&visit, &["01", "02"]).await.unwrap();
    week.mkt.report(&visit, found("MKT-MEAT", "MKT-01", "OK"), true).await.unwrap();
    let told = week.mkt.publish_result(&visit).await.unwrap_err();
    assert_eq!((told.code(), rule(&told).0.as_str()), (Code::FailedPrecondition, "I-03"));
    let told = week.mkt.acknowledge(&visit).await.unwrap_err();
    assert_told(&told, Code::FailedPrecondition, "WRONG_STATE");
    week.mkt.acknowledge_by(&visit, "04").await.unwrap();
    let told = week.mkt.acknowledge_by(&visit, "04").await.unwrap_err();
    assert_told(&told, Code::FailedPrecondition, "WRONG_STATE");
    let done = week.mkt.publish_result(&visit).await.unwrap();
    assert_eq!(done.state(), pb::VisitState::ResultPublished);
    let rows = journal(&week.world, |rows| count(rows, "VISIT_APPROVED") == 1).await;
    assert_eq!((count(&rows, "VISIT_APPROVED"), count(&rows, "VISIT_ACKNOWLEDGED")), (1, 1));
}

#[tokio::test]
async fn a_visit_to_which_nobody_came_loses_its_notice_once_and_waits_again() {
    let week = Week::empty().await;
    week.mkt.with_officers().await;
    let later = (WEEK.0, "2026-03-20");
    let checks = vec![check(1, "MKT-FOOD", TUESDAY), check(2, "MKT-FOOD", later)];
    week.mkt.add_checks(checks).await.unwrap();
    week.office.merge(later).await.unwrap();
    let draft = week.draft().await;
    week.office.publish(&draft).await.unwrap();
    let dispatched = week.office.visits("state = \"PUBLISHED\"").await;
    assert_eq!(dispatched.len(), 2);
    week.world.clock.set(crate::world::local("2026-03-07 09:00"));
    let replica = week.world.replica(operations::Calendar::open("").unwrap()).await;
    let loops = [start(&week.world.operations), start(&replica)];
    let rows = journal(&week.world, |rows| count(rows, "VISIT_MISSED") >= 2).await;
    for stop in loops {
        finish(stop).await;
    }
    assert_eq!(count(&rows, "VISIT_MISSED"), 2);
    for before in dispatched {
        let now = week.office.visit(&before.name).await;
        assert_eq!((now.notice_no.as_str(), now.groups[0].assigned.len()), ("", 0));
        let (state, why) = (now.state(), now.cancel_reason.as_str());
        if before.subject == subject_name(1) {
            assert_eq!(state, pb::VisitState::Cancelled);
            assert!(why.contains("nobody came on 2026-03-03"), "{why}");
        } else {
            assert_eq!((state, why), (pb::VisitState::Planned, ""));
        }
    }
}

#[tokio::test]
async fn a_kit_that_is_away_is_replaced_by_another_of_its_kind() {
    let week = Week::empty().await;
    let kit = |code: &str| pb::Kit {
        code: code.to_owned(),
        kind: "VEHICLE".to_owned(),
        base_latitude_e6: 30_000_000,
        base_longitude_e6: 120_000_000,
        ..pb::Kit::default()
    };
    let request = pb::PutResourcesRequest {
        officers: ["MKT-01", "MKT-02"].map(officer).to_vec(),
        kits: vec![kit("VAN-1"), kit("VAN-2")],
        ..pb::PutResourcesRequest::default()
    };
    week.mkt.put_resources(request).await.unwrap();
    let with_a_van = pb::Check { kit: "VEHICLE".to_owned(), ..check(1, "MKT-FOOD", WEEK) };
    week.mkt.add_checks(vec![with_a_van]).await.unwrap();
    week.office.merge(WEEK).await.unwrap();
    let draft = week.draft().await;
    let published = week.office.publish(&draft).await.unwrap().schedule.unwrap();
    let visit = week.office.visits("state = \"PUBLISHED\"").await.remove(0);
    let gone = visit.groups[0].assigned_kit.clone();
    let other = if gone == "VAN-1" { "VAN-2" } else { "VAN-1" };
    let away = |code: &str| {
        let (from_day, to_day) = (WEEK.0.to_owned(), WEEK.1.to_owned());
        Kind::KitAbsent(pb::KitAbsent { code: code.to_owned(), from_day, to_day })
    };
    let told = week.office.repaired(&published, away(&gone)).await;
    assert_eq!((told.changes.len(), told.changes[0].kind.as_str()), (1, "REASSIGNED"));
    assert_eq!(told.changes[0].kits_out, [gone.as_str()]);
    assert_eq!(told.changes[0].kits_in, [other]);
    let now = week.office.visit(&visit.name).await;
    assert_eq!((now.start_time, now.groups[0].assigned_kit.as_str()), (visit.start_time, other));
    let listed = pb::ListResourcesRequest::default();
    let listed = week.mkt.client.clone().list_resources(listed).await.unwrap().into_inner();
    let away_now = listed.kits.iter().find(|one| one.code == gone).unwrap();
    assert_eq!(away_now.absences, [format!("{}/{}", WEEK.0, WEEK.1)], "nobody is sent with it");
    let told = week.office.repaired(&told.schedule.unwrap(), away(other)).await;
    assert_eq!(told.changes[0].kind, "DROPPED", "there is no third");
}

#[tokio::test]
async fn travel_times_that_were_told_hold_for_repairs_too() {
    let week = Week::empty().await;
    week.mkt.with_officers().await;
    week.mkt.add_checks(vec![check(1, "MKT-FOOD", WEEK)]).await.unwrap();
    week.office.merge(WEEK).await.unwrap();
    let officers = ["MKT-01", "MKT-02"].map(|one| format!("officerProfiles/{one}"));
    let travel = pb::TravelMatrix {
        places: [subject_name(1)].into_iter().chain(officers).collect(),
        minutes: vec![0, 60, 60, 60, 0, 0, 60, 0, 0],
    };
    let request = pb::SolveScheduleRequest { travel: Some(travel), ..week.office.solving(2_000) };
    let stop = start(&week.world.operations);
    let run = week.office.solve(request).await.unwrap();
    let run = week.office.ended(&run.name).await;
    finish(stop).await;
    let draft = week.office.schedule(&run.schedule).await.unwrap();
    assert_eq!(draft.travel_minutes, 240, "two officers, there and back");
    let published = week.office.publish(&draft).await.unwrap().schedule.unwrap();
    // Listed since, at the same base: the told times do not know it, coordinates say no minute.
    let officers = vec![officer("MKT-03")];
    let request = pb::PutResourcesRequest { officers, ..pb::PutResourcesRequest::default() };
    week.mkt.put_resources(request).await.unwrap();
    let told = week.office.repaired(&published, absent("MKT-01", WEEK)).await;
    assert_eq!((told.changes.len(), told.changes[0].officers_in[0].as_str()), (1, "MKT-03"));
    let second = told.schedule.unwrap();
    assert_eq!(second.travel_minutes, 120);
    let cancelled = Kind::VisitCancelled(told.changes[0].visit.clone());
    let told = week.office.repaired(&second, cancelled).await;
    assert_eq!(told.schedule.unwrap().travel_minutes, 0);
}

#[tokio::test]
async fn a_body_may_end_a_draw_that_the_office_does_not_run() {
    let fair = crate::make::Fair::new().await;
    let draw = fair.revealed().await;
    let void = |by: &str, officer: &str| pb::VoidDrawRequest {
        request_id: crate::world::id(),
        name: draw.name.clone(),
        reason: "nobody runs it".to_owned(),
        by_fault_of: by.to_owned(),
        officer: officer.to_owned(),
    };
    fair.world.clock.set(crate::world::local("2026-03-05 09:00"));
    let told = fair.office.client.clone().void_draw(void("MKT", "GDO-01")).await.unwrap_err();
    assert_eq!((told.code(), rule(&told).0.as_str()), (Code::FailedPrecondition, "O-08"));
    let told = fair.mkt.client.clone().void_draw(void("GDO", "MKT-01")).await.unwrap_err();
    assert_told(&told, Code::PermissionDenied, "NOT_YOURS");
    fair.world.clock.set(crate::world::local("2026-03-09 09:00"));
    let answer = fair.mkt.client.clone().void_draw(void("GDO", "MKT-01")).await.unwrap();
    let void = answer.into_inner().draw.unwrap();
    assert_eq!((void.state(), void.void_by.as_str()), (pb::DrawState::Void, "GDO"));
    // Its plans can be drawn from again.
    let later = pb::FreezeDrawRequest {
        commit_deadline: Some(crate::make::stamp("2026-03-10 10:00")),
        reveal_deadline: Some(crate::make::stamp("2026-03-11 10:00")),
        public_value_time: Some(crate::make::stamp("2026-03-11 20:00")),
        ..fair.freezing()
    };
    fair.office.client.clone().freeze_draw(later).await.unwrap();
}
