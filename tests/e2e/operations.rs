//! A joint inspection through the real catalogue, operations and supervision: planned, drawn by three
//! bodies, merged, scheduled, dispatched, carried out, and its draw replayed by anybody.

use chrono::{DateTime, Utc};
use client::{Mesh, request_id};
use proto::{operations::v1 as pb, supervision::v1 as log};
use tokio::time::{Instant, sleep};

use crate::{
    hand_over::verify,
    world::{LOOK, PATIENCE, World},
};

/// A Monday morning, at nine in the county.
const NOW: &str = "2026-11-23T01:00:00Z";
const PERIOD: (&str, &str) = ("2026-11-24", "2026-11-27");
/// Matters of MKT and ECO.
const MATTERS: [(&str, &str); 2] = [("MKT", "M032"), ("ECO", "M042")];

fn stamp(text: &str) -> prost_types::Timestamp {
    let at: DateTime<Utc> = text.parse().unwrap();
    prost_types::Timestamp { seconds: at.timestamp(), nanos: 0 }
}

/// A unified social credit code with right check digits.
fn uscc(n: usize) -> String {
    let signs = || "0123456789ABCDEFGHJKLMNPQRTUWXY".chars();
    let pairs = signs().flat_map(|one| signs().map(move |other| (one, other)));
    let mut codes = pairs.map(|(one, other)| format!("91330000{n:08}{one}{other}"));
    codes.find(|code| types::Uscc::parse(code).is_ok()).unwrap()
}

/// A body that inspects, and its nonce.
struct Body {
    code: &'static str,
    matter: &'static str,
    mesh: Mesh,
}

impl Body {
    fn officer(&self, number: &str) -> String {
        format!("{}-{number}", self.code)
    }

    fn nonce(&self) -> String {
        nonce(self.code)
    }

    /// Lists two officers.
    async fn with_officers(&self) {
        let officers = ["01", "02"].map(|number| pb::OfficerProfile {
            certificate_no: self.officer(number),
            base_latitude_e6: 30_250_000,
            base_longitude_e6: 120_150_000,
            shift_start: 510,
            shift_end: 1050,
            ..Default::default()
        });
        let request = pb::PutResourcesRequest {
            request_id: request_id(),
            officers: officers.to_vec(),
            officer: self.officer("01"),
            ..Default::default()
        };
        self.mesh.operations().put_resources(request).await.unwrap();
    }

    /// A plan that draws every restaurant, filed by the head; its name.
    async fn filed(&self) -> String {
        let item = pb::PlanItem {
            matter: self.matter.to_owned(),
            key_matter: true,
            ratio_by_tier: vec![100_000],
            officers: 2,
            minutes: 60,
            ..Default::default()
        };
        let plan = pb::Plan {
            title: "双随机".to_owned(),
            period_start: PERIOD.0.to_owned(),
            period_end: PERIOD.1.to_owned(),
            items: vec![item],
            ..Default::default()
        };
        let (officer, plan) = (self.officer("01"), Some(plan));
        let request = pb::PutPlanRequest { request_id: request_id(), plan, officer };
        let plan =
            self.mesh.operations().put_plan(request).await.unwrap().into_inner().plan.unwrap();
        let request = pb::FilePlanRequest {
            request_id: request_id(),
            name: plan.name,
            etag: plan.etag,
            file_no: "2026-7".to_owned(),
            officer: self.officer("04"),
        };
        let filed = self.mesh.operations().file_plan(request).await.unwrap().into_inner();
        filed.plan.unwrap().name
    }

    async fn commit(&self, name: &str) {
        let commitment = draw::commitment(draw::Algorithm::Sha256, self.code, &self.nonce());
        let (name, officer) = (name.to_owned(), self.officer("01"));
        let request =
            pb::CommitNonceRequest { request_id: request_id(), name, commitment, officer };
        self.mesh.operations().commit_nonce(request).await.unwrap();
    }

    async fn reveal(&self, name: &str) {
        let (name, nonce, officer) = (name.to_owned(), self.nonce(), self.officer("01"));
        let request = pb::RevealNonceRequest { request_id: request_id(), name, nonce, officer };
        self.mesh.operations().reveal_nonce(request).await.unwrap();
    }

    async fn arrive(&self, visit: &str) -> pb::Visit {
        let request = pb::CheckInRequest {
            request_id: request_id(),
            name: visit.to_owned(),
            officers: vec![self.officer("01"), self.officer("02")],
            shown: "SCANNED".to_owned(),
        };
        self.mesh.operations().check_in(request).await.unwrap().into_inner().visit.unwrap()
    }

    async fn found_nothing(&self, visit: &str, done: bool) -> pb::Visit {
        let result = pb::MatterResult {
            matter: self.matter.to_owned(),
            result: "OK".to_owned(),
            findings: "未发现问题".to_owned(),
            officer: self.officer("01"),
            ..Default::default()
        };
        let (name, result) = (visit.to_owned(), Some(result));
        let request = pb::RecordResultRequest { request_id: request_id(), name, result, done };
        self.mesh.operations().record_result(request).await.unwrap().into_inner().visit.unwrap()
    }
}

fn nonce(code: &str) -> String {
    format!("the-nonce-of-{code}-0123456789")
}

async fn subjects(mkt: &Mesh, count: usize) {
    let subjects = (1..=count).map(|n| pb::Subject {
        uscc: uscc(n),
        display_name: format!("餐馆{n}"),
        region: "330999001".to_owned(),
        latitude_e6: 30_250_000,
        longitude_e6: 120_150_000,
        sector: "FOOD".to_owned(),
        tier: pb::Tier::C.into(),
        matters: MATTERS.map(|(_, matter)| matter.to_owned()).to_vec(),
        ..Default::default()
    });
    let (subjects, officer) = (subjects.collect(), "MKT-01".to_owned());
    let request = pb::PutSubjectsRequest { request_id: request_id(), subjects, officer };
    mkt.operations().put_subjects(request).await.unwrap();
}

async fn read(mesh: &Mesh, name: &str) -> pb::Draw {
    let request = pb::GetDrawRequest { name: name.to_owned() };
    mesh.operations().get_draw(request).await.unwrap().into_inner().draw.unwrap()
}

/// From frozen lists to winners; the draw, and the request id of the call that ran it.
async fn drawn(world: &World, gdo: &Mesh, bodies: &[Body; 2]) -> (pb::Draw, String) {
    let mut plans = Vec::new();
    for body in bodies {
        plans.push(body.filed().await);
    }
    let request = pb::FreezeDrawRequest {
        request_id: request_id(),
        title: "冬季抽取".to_owned(),
        plans,
        bodies: bodies.iter().map(|body| body.code.to_owned()).collect(),
        office_commitment: draw::commitment(draw::Algorithm::Sha256, "GDO", &nonce("GDO")),
        commit_deadline: Some(stamp("2026-11-23T02:00:00Z")),
        reveal_deadline: Some(stamp("2026-11-23T03:00:00Z")),
        public_value_source: "TRANSPARENCY_LOG".to_owned(),
        public_value_time: Some(stamp("2026-11-23T04:00:00Z")),
        officer: "GDO-01".to_owned(),
        ..Default::default()
    };
    let frozen = gdo.operations().freeze_draw(request).await.unwrap().into_inner().draw.unwrap();
    for body in bodies {
        body.commit(&frozen.name).await;
    }
    for body in bodies {
        body.reveal(&frozen.name).await;
    }
    world.clock.set("2026-11-23T04:30:00Z".parse().unwrap());
    let late = Instant::now() + PATIENCE;
    while read(gdo, &frozen.name).await.public_value.is_empty() {
        assert!(Instant::now() < late, "the log gives no public value");
        sleep(LOOK).await;
    }
    let request = pb::RunDrawRequest {
        request_id: request_id(),
        name: frozen.name.clone(),
        public_value: String::new(),
        office_nonce: nonce("GDO"),
        officer: "GDO-01".to_owned(),
    };
    let id = request.request_id.clone();
    let draw = gdo.operations().run_draw(request).await.unwrap().into_inner().draw.unwrap();
    assert_eq!(draw.state(), pb::DrawState::Drawn, "{}", draw.void_reason);
    assert_eq!(draw.subjects_root, frozen.subjects_root);
    (draw, id)
}

/// Merges the checks, computes a schedule, and publishes it; the visits.
async fn dispatched(gdo: &Mesh) -> Vec<pb::Visit> {
    let officer = || "GDO-01".to_owned();
    let request = pb::MergeChecksRequest {
        request_id: request_id(),
        period_start: PERIOD.0.to_owned(),
        period_end: PERIOD.1.to_owned(),
        officer: officer(),
    };
    let merged = gdo.operations().merge_checks(request).await.unwrap().into_inner();
    assert_eq!((merged.checks, merged.visits, merged.visits_saved), (6, 3, 3));
    let request = pb::SolveScheduleRequest {
        request_id: request_id(),
        title: "第四周".to_owned(),
        period_start: PERIOD.0.to_owned(),
        period_end: PERIOD.1.to_owned(),
        iterations: 5_000,
        officer: officer(),
        ..Default::default()
    };
    let mut run = gdo.operations().solve_schedule(request).await.unwrap().into_inner().run.unwrap();
    let late = Instant::now() + PATIENCE;
    while run.state() == pb::SolveState::Running {
        assert!(Instant::now() < late, "{run:?}");
        let (name, iterations_seen) = (run.name, run.iterations_done);
        let request = pb::GetRunRequest { name, wait_ms: 1000, iterations_seen };
        run = gdo.operations().get_run(request).await.unwrap().into_inner().run.unwrap();
    }
    assert_eq!((run.state(), run.scheduled), (pb::SolveState::Done, 3), "{}", run.error);
    let request = pb::GetScheduleRequest { name: run.schedule };
    let draft =
        gdo.operations().get_schedule(request).await.unwrap().into_inner().schedule.unwrap();
    let request = pb::PublishScheduleRequest {
        request_id: request_id(),
        name: draft.name,
        etag: draft.etag,
        officer: officer(),
    };
    assert_eq!(gdo.operations().publish_schedule(request).await.unwrap().into_inner().notices, 3);
    let request =
        pb::ListVisitsRequest { filter: "state = \"PUBLISHED\"".to_owned(), ..Default::default() };
    gdo.operations().list_visits(request).await.unwrap().into_inner().visits
}

/// Both bodies come, find nothing, and the result is published.
async fn carried_out(world: &World, bodies: &[Body; 2], visit: &pb::Visit) {
    let start = visit.start_time.unwrap();
    world.clock.set(DateTime::from_timestamp(start.seconds, 0).unwrap());
    for body in bodies {
        let arrived = body.arrive(&visit.name).await;
        assert!(arrived.check_ins.iter().any(|one| one.agency == body.code), "{arrived:?}");
    }
    let [mkt, eco] = bodies;
    mkt.found_nothing(&visit.name, false).await;
    let done = eco.found_nothing(&visit.name, true).await;
    assert_eq!(done.state(), pb::VisitState::Done);
    let (name, officer) = (visit.name.clone(), mkt.officer("01"));
    let request = pb::PublishResultRequest { request_id: request_id(), name, officer };
    let answer = mkt.mesh.operations().publish_result(request).await.unwrap().into_inner();
    assert_eq!(answer.visit.unwrap().state(), pb::VisitState::ResultPublished);
}

async fn record(mesh: &Mesh, name: &str) -> Result<String, tonic::Status> {
    let mut record = String::new();
    loop {
        let offset = i64::try_from(record.len()).unwrap();
        let request = pb::GetDrawRecordRequest { name: name.to_owned(), offset };
        let part = mesh.operations().get_draw_record(request).await?.into_inner();
        record.push_str(&part.part);
        if i64::try_from(record.len()).unwrap() >= part.total_bytes {
            return Ok(record);
        }
    }
}

#[tokio::test]
async fn a_drawn_week_is_merged_scheduled_carried_out_and_replayed_by_anybody() {
    let world = World::new(NOW).await;
    let (gdo, stranger) = (world.body("GDO").await, world.body("AGR").await);
    xiezhi::publish_first(&world.body("GOV-C").await).await.unwrap();
    let mut bodies = Vec::new();
    for (code, matter) in MATTERS {
        bodies.push(Body { code, matter, mesh: world.body(code).await });
    }
    let bodies: [Body; 2] = bodies.try_into().ok().unwrap();
    subjects(&bodies[0].mesh, 3).await;
    for body in &bodies {
        body.with_officers().await;
    }

    let (draw, run) = drawn(&world, &gdo, &bodies).await;
    assert_eq!(draw.winner_count, 6);
    let mut visits = dispatched(&gdo).await;
    visits.sort_by_key(|visit| visit.start_time.map(|at| at.seconds));
    let (first, others) = visits.split_first().unwrap();
    carried_out(&world, &bodies, first).await;

    // Two visits are still ahead: nobody may compute whom they are for.
    let (name, officer) = (draw.name.clone(), "GDO-01".to_owned());
    let open = || pb::OpenDrawRequest {
        request_id: request_id(),
        name: name.clone(),
        officer: officer.clone(),
    };
    let told = gdo.operations().open_draw(open()).await.unwrap_err();
    assert_eq!(told.code(), tonic::Code::FailedPrecondition);
    assert!(record(&stranger, &draw.name).await.is_err());
    for visit in others {
        carried_out(&world, &bodies, visit).await;
    }
    let opened = gdo.operations().open_draw(open()).await.unwrap().into_inner().draw.unwrap();
    let verified = draw::verify(&record(&stranger, &draw.name).await.unwrap()).unwrap();
    assert_eq!(verified.published(), [draw.subjects_root, draw.officers_root, draw.rules_hash]);
    assert_eq!(draw::hex(&verified.outcome.seed), opened.seed);

    let service = "operations".to_owned();
    let asked = log::GetReceiptRequest { service, request_id: run, wait_ms: 10_000 };
    let receipt = gdo.supervision().get_receipt(asked).await.unwrap().into_inner();
    verify(&world, receipt.receipt.unwrap(), ("GDO", "operations", "/RunDraw"));
    world.end().await;
}
