//! Visits: acknowledged, started by two certified officers of each body, recorded, published in time.

use proto::operations::v1 as pb;
use tonic::{Code, Status};

use crate::{
    assistance::{finish, start},
    make::{count, journal},
    schedule::Week,
    world::{Party, assert_told, fields, id, rule},
};

impl Party {
    pub(crate) async fn acknowledge(&self, visit: &pb::Visit) -> Result<pb::Visit, Status> {
        self.acknowledge_by(visit, "01").await
    }

    pub(crate) async fn acknowledge_by(
        &self,
        visit: &pb::Visit,
        number: &str,
    ) -> Result<pb::Visit, Status> {
        let request = pb::AcknowledgeVisitRequest {
            request_id: id(),
            name: visit.name.clone(),
            officer: self.officer(number),
        };
        Ok(self.client.clone().acknowledge_visit(request).await?.into_inner().visit.unwrap())
    }

    pub(crate) async fn arrive(
        &self,
        visit: &pb::Visit,
        numbers: &[&str],
    ) -> Result<pb::Visit, Status> {
        let request = pb::CheckInRequest {
            request_id: id(),
            name: visit.name.clone(),
            officers: numbers.iter().map(|number| self.officer(number)).collect(),
            shown: "SCANNED".to_owned(),
        };
        Ok(self.client.clone().check_in(request).await?.into_inner().visit.unwrap())
    }

    pub(crate) async fn report(
        &self,
        visit: &pb::Visit,
        result: pb::MatterResult,
        done: bool,
    ) -> Result<pb::Visit, Status> {
        let request = pb::RecordResultRequest {
            request_id: id(),
            name: visit.name.clone(),
            result: Some(result),
            done,
        };
        Ok(self.client.clone().record_result(request).await?.into_inner().visit.unwrap())
    }

    pub(crate) async fn publish_result(&self, visit: &pb::Visit) -> Result<pb::Visit, Status> {
        let request = pb::PublishResultRequest {
            request_id: id(),
            name: visit.name.clone(),
            officer: self.officer("01"),
        };
        Ok(self.client.clone().publish_result(request).await?.into_inner().visit.unwrap())
    }

    async fn calendar(&self, certificate: &str) -> Result<String, Status> {
        let request = pb::GetCalendarRequest {
            certificate_no: certificate.to_owned(),
            from_day: "2026-03-02".to_owned(),
            to_day: "2026-03-08".to_owned(),
        };
        Ok(self.client.clone().get_calendar(request).await?.into_inner().icalendar)
    }
}

pub(crate) fn found(matter: &str, officer: &str, result: &str) -> pb::MatterResult {
    pb::MatterResult {
        matter: matter.to_owned(),
        result: result.to_owned(),
        findings: "The kitchen was clean.".to_owned(),
        officer: officer.to_owned(),
        checklist: vec![pb::ChecklistLine {
            question: "Are hands washed?".to_owned(),
            answer: "YES".to_owned(),
            note: String::new(),
        }],
        ..pb::MatterResult::default()
    }
}

/// The week, and its visit of both bodies, on whose day it is now.
pub(crate) async fn on_the_day() -> (Week, pb::Visit) {
    let (week, visits) = Week::dispatched().await;
    let joint = visits.into_iter().find(|visit| visit.groups.len() == 2).unwrap();
    let at = joint.start_time.as_ref().unwrap().seconds;
    week.world.clock.set(chrono::DateTime::from_timestamp(at, 0).unwrap());
    (week, joint)
}

#[tokio::test]
async fn a_visit_takes_its_course_to_the_published_result() {
    let (week, joint) = on_the_day().await;
    let acknowledged = week.mkt.acknowledge(&joint).await.unwrap();
    assert_eq!(acknowledged.acknowledged_by, ["MKT"]);
    let started = week.mkt.arrive(&joint, &["01", "02"]).await.unwrap();
    assert_eq!(started.state(), pb::VisitState::Started);
    week.eco.arrive(&joint, &["01", "02"]).await.unwrap();
    let ok = found("MKT-FOOD", "MKT-01", "OK");
    let told = week.mkt.report(&joint, ok.clone(), true).await.unwrap_err();
    assert_eq!(rule(&told).0, "O-09", "ECO has recorded nothing yet");
    week.mkt.report(&joint, ok, false).await.unwrap();
    let smoke = pb::MatterResult {
        follow_up: "2026-ECO-17".to_owned(),
        dossier: "dossiers/1".to_owned(),
        ..found("ECO-SMOKE", "ECO-02", "CASE_OPENED")
    };
    let done = week.eco.report(&joint, smoke, true).await.unwrap();
    assert_eq!((done.state(), done.results.len()), (pb::VisitState::Done, 2));
    let published = week.eco.publish_result(&joint).await.unwrap();
    assert_eq!(published.state(), pb::VisitState::ResultPublished);
    assert!(published.publish_time.unwrap().seconds < published.publish_due_time.unwrap().seconds);

    let request = pb::GetSubjectRequest { name: joint.subject.clone() };
    let counts = week.mkt.client.clone().get_subject(request).await.unwrap().into_inner().counts;
    let counts: Vec<_> = counts.iter().map(|one| (one.agency.as_str(), one.counted)).collect();
    assert_eq!(counts, [("ECO", 1), ("MKT", 1)], "each body's inspection counts (I-04)");
    let rows = journal(&week.world, |rows| count(rows, "VISIT_RESULT_PUBLISHED") == 1).await;
    for (kind, times) in
        [("VISIT_ACKNOWLEDGED", 1), ("VISIT_CHECKED_IN", 2), ("VISIT_RESULT", 2), ("VISIT_DONE", 1)]
    {
        assert_eq!(count(&rows, kind), times, "{kind}");
    }
}

#[tokio::test]
async fn a_visit_does_not_start_without_two_certified_officers_on_its_day() {
    let (week, joint) = on_the_day().await;
    let told = week.mkt.arrive(&joint, &["01"]).await.unwrap_err();
    assert_eq!((rule(&told).0.as_str(), fields(&told)), ("O-05", vec!["officers".to_owned()]));
    let told = week.mkt.arrive(&joint, &["01", "08"]).await.unwrap_err();
    assert_eq!(fields(&told), ["officers[1]"], "its certificate has expired");
    let told = week.mkt.arrive(&joint, &["01", "01"]).await.unwrap_err();
    assert_eq!(fields(&told), ["officers[1]"]);
    let stranger = week.world.agency("CAE").await;
    let told = stranger.arrive(&joint, &["01", "02"]).await.unwrap_err();
    assert_told(&told, Code::NotFound, "NOT_FOUND");
    week.world.clock.advance(chrono::Duration::days(1));
    let told = week.mkt.arrive(&joint, &["01", "02"]).await.unwrap_err();
    assert_eq!(rule(&told).0, "I-03");
    let told = week.mkt.publish_result(&joint).await.unwrap_err();
    assert_told(&told, Code::FailedPrecondition, "WRONG_STATE");
}

#[tokio::test]
async fn a_result_names_every_field_at_fault() {
    let (week, joint) = on_the_day().await;
    week.mkt.arrive(&joint, &["01", "02"]).await.unwrap();
    let wrong = pb::MatterResult {
        agency: "ECO".to_owned(),
        dossier: "file.pdf".to_owned(),
        checklist: vec![pb::ChecklistLine::default()],
        ..found("MKT-FOOD", "MKT-01", "REFERRED")
    };
    let told = week.mkt.report(&joint, wrong, false).await.unwrap_err();
    let expected = [
        "result.agency",
        "result.dossier",
        "result.follow_up",
        "result.checklist[0].question",
        "result.checklist[0].answer",
    ];
    assert_eq!(fields(&told), expected);
    let absent = found("MKT-FOOD", "MKT-03", "OK");
    let told = week.mkt.report(&joint, absent, false).await.unwrap_err();
    assert_eq!(rule(&told).0, "O-05", "the officer is not on site");
    let other = found("MKT-TOYS", "MKT-01", "OK");
    let told = week.mkt.report(&joint, other, false).await.unwrap_err();
    assert_eq!(rule(&told).0, "I-02");
}

#[tokio::test]
async fn a_result_that_is_not_published_raises_its_rungs_once() {
    let (week, joint) = on_the_day().await;
    week.mkt.arrive(&joint, &["01", "02"]).await.unwrap();
    week.mkt.report(&joint, found("MKT-FOOD", "MKT-01", "OK"), true).await.unwrap();
    week.world.clock.advance(chrono::Duration::days(60));
    let replica = week.world.replica(operations::Calendar::open("").unwrap()).await;
    let loops = [start(&week.world.operations), start(&replica)];
    let rows = journal(&week.world, |rows| count(rows, "VISIT_RUNG") >= 3).await;
    for stop in loops {
        finish(stop).await;
    }
    assert_eq!(count(&rows, "VISIT_RUNG"), 3);
    let late = week.mkt.publish_result(&joint).await.unwrap();
    assert!(late.publish_time.unwrap().seconds > late.publish_due_time.unwrap().seconds);
}

#[tokio::test]
async fn an_officer_has_a_calendar_of_dispatched_visits() {
    let (week, visits) = Week::dispatched().await;
    let feed = week.mkt.calendar("MKT-01").await.unwrap();
    assert_eq!(feed.matches("BEGIN:VEVENT\r\n").count(), 3, "{feed}");
    let of = |visit: &pb::Visit| visit.name.trim_start_matches("visits/").to_owned();
    assert!(visits.iter().all(|visit| feed.contains(&format!("UID:{}@xiezhi\r\n", of(visit)))));
    assert!(!feed.contains("ECO-01"), "whom another body sends is not told");
    let feed = week.eco.calendar("ECO-02").await.unwrap();
    assert_eq!(feed.matches("BEGIN:VEVENT\r\n").count(), 1);
    let told = week.eco.calendar("MKT-01").await.unwrap_err();
    assert_told(&told, Code::NotFound, "NOT_FOUND");
}

#[tokio::test]
async fn a_list_of_visits_names_its_fields() {
    let (week, visits) = Week::dispatched().await;
    let filter = format!("day = \"{}\" AND state = \"PUBLISHED\"", visits[0].day);
    assert!(week.office.visits(&filter).await.iter().all(|one| one.day == visits[0].day));
    let wrong = "day = 2026-3-2 AND state = GONE AND who = me".to_owned();
    let request = pb::ListVisitsRequest { filter: wrong, ..pb::ListVisitsRequest::default() };
    let told = week.mkt.client.clone().list_visits(request).await.unwrap_err();
    assert_eq!(fields(&told), ["filter", "filter", "filter"]);
    let request = pb::GetVisitRequest { name: visits[0].name.clone() };
    let got = week.mkt.client.clone().get_visit(request).await.unwrap().into_inner();
    assert_eq!(got.visit.unwrap(), visits[0]);
}
