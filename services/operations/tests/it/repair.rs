//! Repairs of a published schedule: only what must change does, and each change says why. What if.

use proto::operations::v1::{self as pb, disruption::Kind};
use tonic::{Code, Status};

use crate::{
    make::{check, count, journal, officer, subject_name},
    schedule::{WEEK, Week},
    world::{Party, assert_told, fields, id, local, rule},
};

impl Party {
    pub(crate) fn repairing(&self, of: &pb::Schedule, kind: Kind) -> pb::RepairScheduleRequest {
        let disruption = pb::Disruption { kind: Some(kind), reason: "influenza".to_owned() };
        pb::RepairScheduleRequest {
            request_id: id(),
            name: of.name.clone(),
            etag: of.etag.clone(),
            disruption: Some(disruption),
            officer: self.officer("01"),
            ..pb::RepairScheduleRequest::default()
        }
    }

    pub(crate) async fn repair(
        &self,
        request: pb::RepairScheduleRequest,
    ) -> Result<pb::RepairScheduleResponse, Status> {
        self.client.clone().repair_schedule(request).await.map(tonic::Response::into_inner)
    }

    pub(crate) async fn repaired(
        &self,
        of: &pb::Schedule,
        kind: Kind,
    ) -> pb::RepairScheduleResponse {
        self.repair(self.repairing(of, kind)).await.unwrap()
    }

    pub(crate) async fn visit(&self, name: &str) -> pb::Visit {
        let request = pb::GetVisitRequest { name: name.to_owned() };
        self.client.clone().get_visit(request).await.unwrap().into_inner().visit.unwrap()
    }

    async fn what_if(
        &self,
        request: pb::AskWhatIfRequest,
    ) -> Result<pb::AskWhatIfResponse, Status> {
        self.client.clone().ask_what_if(request).await.map(tonic::Response::into_inner)
    }
}

pub(crate) fn absent(certificate_no: &str, days: (&str, &str)) -> Kind {
    Kind::OfficerAbsent(pb::OfficerAbsent {
        certificate_no: certificate_no.to_owned(),
        from_day: days.0.to_owned(),
        to_day: days.1.to_owned(),
    })
}

/// Officers of a visit who are of a body.
fn sent(visit: &pb::Visit, body: &str) -> Vec<String> {
    let groups = visit.groups.iter().filter(|group| group.agency == body);
    groups.flat_map(|group| group.assigned.clone()).collect()
}

impl Week {
    /// The published schedule of the week, and a third officer of MKT who is listed since.
    pub(crate) async fn with_a_third() -> (Self, pb::Schedule, Vec<pb::Visit>) {
        let (week, visits) = Self::dispatched().await;
        let request = pb::PutResourcesRequest {
            officers: vec![officer("MKT-03")],
            ..pb::PutResourcesRequest::default()
        };
        week.mkt.put_resources(request).await.unwrap();
        let schedule = week.published().await;
        (week, schedule, visits)
    }

    async fn published(&self) -> pb::Schedule {
        let request = pb::ListSchedulesRequest::default();
        let all = self.office.client.clone().list_schedules(request).await.unwrap().into_inner();
        let published = |one: &pb::Schedule| one.state() == pb::ScheduleState::Published;
        all.schedules.into_iter().find(published).unwrap()
    }
}

#[tokio::test]
async fn who_falls_ill_is_replaced_at_the_same_time_and_the_rest_stays() {
    let (week, schedule, visits) = Week::with_a_third().await;
    let day = visits[0].day.clone();
    let dry = pb::RepairScheduleRequest {
        dry_run: true,
        ..week.office.repairing(&schedule, absent("MKT-01", (&day, &day)))
    };
    let tried = week.office.repair(dry).await.unwrap();
    assert_eq!(tried.schedule.as_ref(), Some(&schedule), "nothing is kept");
    let told = week.office.repaired(&schedule, absent("MKT-01", (&day, &day))).await;
    assert_eq!(told.changes, tried.changes);
    let next = told.schedule.unwrap();
    assert_eq!((next.version, next.state()), (2, pb::ScheduleState::Published));
    assert_eq!((next.name.as_str(), next.scheduled), (schedule.name.as_str(), 3));
    assert_eq!(told.doubtful, Vec::<String>::new());
    let affected: Vec<&pb::Visit> = visits
        .iter()
        .filter(|one| one.day == day && sent(one, "MKT").contains(&"MKT-01".to_owned()))
        .collect();
    assert_eq!(told.changes.len(), affected.len());
    for change in &told.changes {
        assert_eq!((change.kind.as_str(), change.from_time), ("REASSIGNED", change.to_time));
        assert_eq!(change.officers_out, ["MKT-01"]);
        assert_eq!(change.officers_in, ["MKT-03"]);
        assert!(change.because.contains("influenza"), "{}", change.because);
    }
    for before in &visits {
        let now = week.office.visit(&before.name).await;
        if affected.contains(&before) {
            assert_ne!(now.notice_no, before.notice_no, "a new notice");
            assert!(sent(&now, "MKT").contains(&"MKT-03".to_owned()), "{now:?}");
            assert_eq!(now.start_time, before.start_time);
        } else {
            assert_eq!(&now, before, "untouched");
        }
    }
    let dispatched = 3 + affected.len();
    let rows = journal(&week.world, |rows| count(rows, "SCHEDULE_REPAIRED") == 1).await;
    assert_eq!(count(&rows, "VISIT_DISPATCHED"), dispatched);

    let past = pb::GetScheduleRequest { name: format!("{}@1", schedule.name) };
    let past = week.mkt.client.clone().get_schedule(past).await.unwrap().into_inner();
    assert_eq!(past.schedule.unwrap().state(), pb::ScheduleState::Superseded);
    let listed = pb::ListResourcesRequest::default();
    let listed = week.mkt.client.clone().list_resources(listed).await.unwrap().into_inner();
    let ill = listed.officers.iter().find(|one| one.certificate_no == "MKT-01").unwrap();
    assert_eq!(ill.absences, [format!("{day}/{day}")], "nobody sends the officer meanwhile");
}

#[tokio::test]
async fn what_cannot_be_held_loses_its_place_and_says_why() {
    let (week, visits) = Week::dispatched().await;
    let schedule = week.published().await;
    let all = absent("MKT-02", WEEK);
    let told = week.office.repaired(&schedule, all).await;
    assert!(told.changes.iter().all(|one| one.kind == "DROPPED"), "{:?}", told.changes);
    assert_eq!(told.changes.len(), 3, "MKT has two officers only");
    assert!(told.changes[0].because.contains("MKT lacks 1 officers"), "{:?}", told.changes[0]);
    let next = told.schedule.unwrap();
    assert_eq!((next.scheduled, next.visits, next.unscheduled.len()), (0, 3, 3));
    assert_eq!(
        next.unscheduled_weight,
        visits.iter().map(|one| i64::from(one.weight)).sum::<i64>()
    );
    let now = week.office.visit(&visits[0].name).await;
    assert_eq!((now.state(), now.notice_no.as_str()), (pb::VisitState::Planned, ""));
    let rows = journal(&week.world, |rows| count(rows, "VISIT_RECALLED") == 3).await;
    assert_eq!(count(&rows, "VISIT_RECALLED"), 3);

    let more = |agency: &str, officers| pb::AskWhatIfRequest {
        name: schedule.name.clone(),
        agency: agency.to_owned(),
        more_officers: officers,
        ..pb::AskWhatIfRequest::default()
    };
    let told = week.office.what_if(more("MKT", 1)).await.unwrap();
    assert_eq!((told.visits.len(), told.weight), (3, next.unscheduled_weight));
    let told = week.office.what_if(more("ECO", 5)).await.unwrap();
    assert_eq!(told.visits, Vec::<String>::new(), "it is not ECO that is missing");
    assert_eq!(fields(&week.office.what_if(more("EMG", 1)).await.unwrap_err()), ["agency"]);
    let told = week.office.what_if(more("mkt!", 0)).await.unwrap_err();
    assert_eq!(fields(&told), ["agency", "more_officers"]);
    let strange = week.world.agency("EMG").await.what_if(more("MKT", 1)).await.unwrap_err();
    assert_told(&strange, Code::NotFound, "NOT_FOUND");
}

#[tokio::test]
async fn a_visit_is_cancelled_an_urgent_one_takes_its_place_and_repairs_go_on() {
    let (week, schedule, visits) = Week::with_a_third().await;
    let name = visits[0].name.clone();
    let told = week.office.repaired(&schedule, Kind::VisitCancelled(name.clone())).await;
    assert_eq!((told.changes.len(), told.changes[0].kind.as_str()), (1, "CANCELLED"));
    let now = week.office.visit(&name).await;
    assert_eq!((now.state(), now.cancel_reason.as_str()), (pb::VisitState::Cancelled, "influenza"));
    let second = told.schedule.unwrap();
    assert_eq!((second.version, second.visits, second.scheduled), (2, 2, 2));

    let group = pb::Group {
        agency: "MKT".to_owned(),
        officers: 2,
        matters: vec!["MKT-MEAT".to_owned()],
        ..pb::Group::default()
    };
    let urgent = pb::Visit {
        subject: subject_name(2),
        groups: vec![group.clone()],
        minutes: 90,
        weight: 50,
        ..pb::Visit::default()
    };
    let told = week.office.repaired(&second, Kind::UrgentVisit(urgent.clone())).await;
    let added = told.changes.iter().find(|one| one.kind == "ADDED").unwrap();
    let now = week.mkt.visit(&added.visit).await;
    assert_eq!(now.state(), pb::VisitState::Published);
    assert!(!now.notice_no.is_empty() && now.groups[0].assigned.len() == 2, "{now:?}");
    let third = told.schedule.unwrap();
    assert_eq!((third.version, third.visits, third.scheduled), (3, 3, 3));

    // A planned one by its name; and again an absence, from what is in memory.
    week.mkt.add_checks(vec![check(3, "MKT-FISH", WEEK)]).await.unwrap();
    week.office.merge(WEEK).await.unwrap();
    let planned = week.office.visits("state = \"PLANNED\"").await.remove(0);
    let by_name = pb::Visit { name: planned.name.clone(), ..pb::Visit::default() };
    let told = week.office.repaired(&third, Kind::UrgentVisit(by_name)).await;
    assert!(told.changes.iter().any(|one| one.visit == planned.name && one.kind == "ADDED"));
    let told = week.office.repaired(&told.schedule.unwrap(), absent("MKT-02", WEEK)).await;
    assert!(!told.changes.is_empty());
    let last = told.schedule.unwrap();
    assert_eq!((last.version, last.visits), (5, 4));
    for visit in week.office.visits("state = \"PUBLISHED\"").await {
        assert!(!sent(&visit, "MKT").contains(&"MKT-02".to_owned()), "{visit:?}");
    }

    let of_others = pb::Group { matters: vec!["ECO-SMOKE".to_owned()], ..group };
    let wrong = pb::Visit { groups: vec![of_others], ..urgent };
    let request = week.office.repairing(&last, Kind::UrgentVisit(wrong));
    let told = week.office.repair(request).await.unwrap_err();
    assert_eq!(fields(&told), ["disruption.urgent_visit.groups[0].matters[0]"]);
}

#[tokio::test]
async fn an_absence_that_the_body_listed_before_is_repaired_all_the_same() {
    let (week, schedule, visits) = Week::with_a_third().await;
    let ill = pb::OfficerProfile {
        absences: vec![format!("{}/{}", WEEK.0, WEEK.1)],
        ..officer("MKT-01")
    };
    let request =
        pb::PutResourcesRequest { officers: vec![ill], ..pb::PutResourcesRequest::default() };
    week.mkt.put_resources(request).await.unwrap();
    let name = visits[0].name.clone();
    let dry = pb::RepairScheduleRequest {
        dry_run: true,
        ..week.office.repairing(&schedule, Kind::VisitCancelled(name))
    };
    let told = week.office.repair(dry).await.unwrap();
    assert_eq!((told.changes.len(), told.doubtful.len()), (1, 2), "{:?}", told.doubtful);
    let told = week.office.repaired(&schedule, absent("MKT-01", WEEK)).await;
    assert_eq!((told.changes.len(), told.doubtful), (3, vec![]));
    assert!(told.changes.iter().all(|one| one.kind == "REASSIGNED"), "{:?}", told.changes);
}

#[tokio::test]
async fn what_has_begun_is_never_touched() {
    let (week, schedule, visits) = Week::with_a_third().await;
    let mut by_time = visits.clone();
    by_time.sort_by_key(|one| one.start_time.map(|at| at.seconds));
    let first = &by_time[0];
    let begun = first.start_time.unwrap().seconds + 60;
    week.world.clock.set(chrono::DateTime::from_timestamp(begun, 0).unwrap());
    let days = (first.day.as_str(), WEEK.1);
    let told = week.office.repaired(&schedule, absent("MKT-01", days)).await;
    assert!(told.changes.iter().all(|one| one.visit != first.name), "{:?}", told.changes);
    assert_eq!(&week.office.visit(&first.name).await, first);
    let next = told.schedule.unwrap();
    let request = week.office.repairing(&next, Kind::VisitCancelled(first.name.clone()));
    let told = week.office.repair(request).await.unwrap_err();
    assert_eq!(fields(&told), ["disruption.visit_cancelled"]);
    week.world.clock.set(local("2026-03-09 09:00"));
    let request = week.office.repairing(&next, Kind::VisitCancelled(first.name.clone()));
    let told = week.office.repair(request).await.unwrap_err();
    assert_eq!((told.code(), rule(&told).0.as_str()), (Code::FailedPrecondition, "O-03"));
}

#[tokio::test]
async fn bad_repairs_are_refused_and_the_same_one_is_answered_again() {
    let (week, schedule, _) = Week::with_a_third().await;
    let request = |kind| week.office.repairing(&schedule, kind);
    let mut wrong = request(absent("", ("2026-03-04", "2026-03-03")));
    wrong.etag = "7".to_owned();
    wrong.disruption.as_mut().unwrap().reason = String::new();
    let told = week.office.repair(wrong).await.unwrap_err();
    let at = |field: &str| format!("disruption.{field}");
    let named = [
        "etag".to_owned(),
        at("reason"),
        at("officer_absent.certificate_no"),
        at("officer_absent.to_day"),
    ];
    assert_eq!(fields(&told), named);
    let none = pb::RepairScheduleRequest { disruption: None, ..request(absent("x", WEEK)) };
    let told = week.office.repair(none).await.unwrap_err();
    assert_eq!(fields(&told), ["disruption.reason", "disruption"]);
    let told = week.office.repair(request(absent("EMG-01", WEEK))).await.unwrap_err();
    assert_eq!(fields(&told), [at("officer_absent.certificate_no")]);
    let later = ("2026-04-01", "2026-04-02");
    let told = week.office.repair(request(absent("MKT-01", later))).await.unwrap_err();
    assert_eq!(fields(&told), [at("officer_absent.to_day")]);
    let kit = pb::KitAbsent { code: "VAN-1".to_owned(), ..pb::KitAbsent::default() };
    let told = week.office.repair(request(Kind::KitAbsent(kit))).await.unwrap_err();
    assert_eq!(fields(&told), [at("kit_absent.from_day"), at("kit_absent.to_day")]);
    let empty = Kind::UrgentVisit(pb::Visit::default());
    let told = week.office.repair(request(empty)).await.unwrap_err();
    let named = ["subject", "groups", "minutes", "weight"];
    assert_eq!(fields(&told), named.map(|field| at(&format!("urgent_visit.{field}"))));
    let own = week.mkt.repairing(&schedule, absent("MKT-01", WEEK));
    let told = week.mkt.repair(own).await.unwrap_err();
    assert_told(&told, Code::PermissionDenied, "NOT_YOURS");
    let strange = week.world.agency("EMG").await;
    let told = strange.repair(strange.repairing(&schedule, absent("MKT-01", WEEK))).await;
    assert_told(&told.unwrap_err(), Code::NotFound, "NOT_FOUND");

    let once = request(absent("MKT-01", WEEK));
    let first = week.office.repair(once.clone()).await.unwrap();
    assert_eq!(week.office.repair(once).await.unwrap(), first);
    let told = week.office.repair(request(absent("MKT-02", WEEK))).await.unwrap_err();
    assert_told(&told, Code::Aborted, "STALE");
}
