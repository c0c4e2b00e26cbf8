//! What tests are made of: subjects with right check digits, plans, resources, checks, draws.

use db::journal::{self, Cursor, Row};
use proto::operations::v1 as pb;
use tonic::Status;

use crate::world::{Party, World, id, local};

const SIGNS: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

/// A unified social credit code with right check digits.
pub(crate) fn uscc(n: usize) -> String {
    let organisation = format!("{n:08}");
    let digits = organisation.bytes().map(|b| usize::from(b - b'0'));
    let sum: usize = digits.zip([3, 7, 9, 10, 5, 8, 4, 2]).map(|(d, w)| d * w).sum();
    let mut code = format!("91330000{organisation}");
    code.push(char::from(b"0X987654321"[sum % 11]));
    let weights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
    let values = code.bytes().map(|b| SIGNS.iter().position(|sign| *sign == b).unwrap());
    let sum: usize = values.zip(weights).map(|(v, w)| v * w).sum();
    code.push(char::from(SIGNS[(31 - sum % 31) % 31]));
    code
}

pub(crate) fn subject_name(n: usize) -> String {
    format!("subjects/{}", uscc(n))
}

/// A restaurant.
pub(crate) fn subject(n: usize, tier: pb::Tier) -> pb::Subject {
    pb::Subject {
        uscc: uscc(n),
        display_name: format!("Restaurant {n}"),
        address: "Lake Road".to_owned(),
        region: "330999001".to_owned(),
        latitude_e6: 30_000_000,
        longitude_e6: 120_000_000,
        sector: "FOOD".to_owned(),
        tier: tier.into(),
        matters: vec!["MKT-FOOD".to_owned(), "ECO-SMOKE".to_owned()],
        ..pb::Subject::default()
    }
}

pub(crate) fn officer(certificate_no: &str) -> pb::OfficerProfile {
    pb::OfficerProfile {
        certificate_no: certificate_no.to_owned(),
        base_latitude_e6: 30_000_000,
        base_longitude_e6: 120_000_000,
        shift_start: 510,
        shift_end: 1050,
        ..pb::OfficerProfile::default()
    }
}

/// An item that draws a fifth of every tier.
pub(crate) fn item(matter: &str) -> pb::PlanItem {
    pb::PlanItem {
        matter: matter.to_owned(),
        key_matter: true,
        ratio_by_tier: vec![20_000],
        officers: 2,
        minutes: 60,
        ..pb::PlanItem::default()
    }
}

pub(crate) fn plan(items: Vec<pb::PlanItem>) -> pb::Plan {
    pb::Plan {
        title: "Spring".to_owned(),
        period_start: "2026-03-01".to_owned(),
        period_end: "2026-06-30".to_owned(),
        items,
        ..pb::Plan::default()
    }
}

/// A complaint about a subject, for the body whose matter it is.
pub(crate) fn check(n: usize, matter: &str, (from, to): (&str, &str)) -> pb::Check {
    pb::Check {
        subject: subject_name(n),
        matters: vec![matter.to_owned()],
        origin: pb::CheckOrigin::Clue.into(),
        source: "12345-77".to_owned(),
        officers: 2,
        minutes: 60,
        weight: 10,
        window_start: from.to_owned(),
        window_end: to.to_owned(),
        ..pb::Check::default()
    }
}

impl Party {
    pub(crate) async fn put_subjects(
        &self,
        subjects: Vec<pb::Subject>,
    ) -> Result<pb::PutSubjectsResponse, Status> {
        let officer = self.officer("01");
        let request = pb::PutSubjectsRequest { request_id: id(), subjects, officer };
        self.client.clone().put_subjects(request).await.map(tonic::Response::into_inner)
    }

    pub(crate) async fn put_resources(
        &self,
        request: pb::PutResourcesRequest,
    ) -> Result<pb::PutResourcesResponse, Status> {
        let officer = self.officer("01");
        let request = pb::PutResourcesRequest { request_id: id(), officer, ..request };
        self.client.clone().put_resources(request).await.map(tonic::Response::into_inner)
    }

    /// Lists two officers of the body.
    pub(crate) async fn with_officers(&self) {
        let officers = ["01", "02"].map(|n| officer(&self.officer(n))).to_vec();
        let request = pb::PutResourcesRequest { officers, ..pb::PutResourcesRequest::default() };
        self.put_resources(request).await.unwrap();
    }

    pub(crate) async fn put_plan(&self, plan: pb::Plan) -> Result<pb::PutPlanResponse, Status> {
        let officer = self.officer("01");
        let request = pb::PutPlanRequest { request_id: id(), plan: Some(plan), officer };
        self.client.clone().put_plan(request).await.map(tonic::Response::into_inner)
    }

    /// Files a plan through an officer.
    pub(crate) async fn file(&self, plan: &pb::Plan, number: &str) -> Result<pb::Plan, Status> {
        let request = pb::FilePlanRequest {
            request_id: id(),
            name: plan.name.clone(),
            etag: plan.etag.clone(),
            file_no: "2026-7".to_owned(),
            officer: self.officer(number),
        };
        let filed = self.client.clone().file_plan(request).await?.into_inner();
        Ok(filed.plan.unwrap())
    }

    /// A plan that can be drawn from.
    pub(crate) async fn filed(&self, items: Vec<pb::PlanItem>) -> pb::Plan {
        let plan = self.put_plan(plan(items)).await.unwrap().plan.unwrap();
        self.file(&plan, "04").await.unwrap()
    }

    /// Adds checks through the head.
    pub(crate) async fn add_checks(
        &self,
        checks: Vec<pb::Check>,
    ) -> Result<Vec<pb::Check>, Status> {
        let officer = self.officer("04");
        let request = pb::AddChecksRequest { request_id: id(), checks, officer };
        Ok(self.client.clone().add_checks(request).await?.into_inner().checks)
    }

    pub(crate) async fn merge(
        &self,
        (from, to): (&str, &str),
    ) -> Result<pb::MergeChecksResponse, Status> {
        let request = pb::MergeChecksRequest {
            request_id: id(),
            period_start: from.to_owned(),
            period_end: to.to_owned(),
            officer: self.officer("01"),
        };
        self.client.clone().merge_checks(request).await.map(tonic::Response::into_inner)
    }
}

/// Nonces of the office and the bodies.
pub(crate) fn nonce(body: &str) -> String {
    format!("the-nonce-of-{body}-0123456789")
}

pub(crate) fn commitment(body: &str) -> String {
    draw::commitment(draw::Algorithm::Sha256, body, &nonce(body))
}

/// The journal once `done` holds of it: on PostgreSQL rows are held back while an older transaction,
/// of any test, runs. After ten seconds it is given as it is.
pub(crate) async fn journal(world: &World, done: impl Fn(&[Row]) -> bool) -> Vec<Row> {
    for _ in 0..1000 {
        let rows = journal::after(&world.db, Cursor::START, 10_000).await.unwrap();
        if done(&rows) {
            return rows;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    journal::after(&world.db, Cursor::START, 10_000).await.unwrap()
}

/// How many rows are of a kind.
pub(crate) fn count(rows: &[Row], kind: &str) -> usize {
    rows.iter().filter(|row| row.kind == kind).count()
}

/// An instant of a test as the wire has it.
pub(crate) fn stamp(text: &str) -> prost_types::Timestamp {
    prost_types::Timestamp { seconds: local(text).timestamp(), nanos: 0 }
}

/// A county in which a draw can be made: forty restaurants, two bodies with officers and plans.
pub(crate) struct Fair {
    pub(crate) world: World,
    pub(crate) office: Party,
    pub(crate) mkt: Party,
    pub(crate) eco: Party,
    pub(crate) plans: Vec<pb::Plan>,
}

impl Fair {
    pub(crate) async fn new() -> Self {
        Self::on(World::new().await).await
    }

    pub(crate) async fn on(world: World) -> Self {
        let (office, mkt, eco) =
            (world.agency("GDO").await, world.agency("MKT").await, world.agency("ECO").await);
        let tiers = [pb::Tier::A, pb::Tier::B, pb::Tier::C, pb::Tier::D];
        let subjects = (1..=40).map(|n| subject(n, tiers[n % 4])).collect();
        mkt.put_subjects(subjects).await.unwrap();
        mkt.with_officers().await;
        eco.with_officers().await;
        let plans =
            vec![mkt.filed(vec![item("MKT-FOOD")]).await, eco.filed(vec![item("ECO-SMOKE")]).await];
        Self { world, office, mkt, eco, plans }
    }

    pub(crate) fn freezing(&self) -> pb::FreezeDrawRequest {
        pb::FreezeDrawRequest {
            request_id: id(),
            title: "Spring draw".to_owned(),
            plans: self.plans.iter().map(|plan| plan.name.clone()).collect(),
            bodies: vec!["MKT".to_owned(), "ECO".to_owned()],
            office_commitment: commitment("GDO"),
            commit_deadline: Some(stamp("2026-03-03 10:00")),
            reveal_deadline: Some(stamp("2026-03-04 10:00")),
            public_value_source: "lottery 2026031".to_owned(),
            public_value_time: Some(stamp("2026-03-04 20:00")),
            algorithm: String::new(),
            officer: "GDO-01".to_owned(),
        }
    }

    pub(crate) async fn freeze(&self) -> pb::Draw {
        let frozen = self.office.client.clone().freeze_draw(self.freezing()).await;
        frozen.unwrap().into_inner().draw.unwrap()
    }

    /// A draw to which both bodies have committed and revealed.
    pub(crate) async fn revealed(&self) -> pb::Draw {
        let draw = self.freeze().await;
        for body in [&self.mkt, &self.eco] {
            body.commit(&draw.name, &commitment(&body.code)).await.unwrap();
        }
        for body in [&self.mkt, &self.eco] {
            body.reveal(&draw.name, &nonce(&body.code)).await.unwrap();
        }
        draw
    }

    /// A draw that was run.
    pub(crate) async fn drawn(&self) -> pb::Draw {
        let draw = self.revealed().await;
        self.world.clock.set(local("2026-03-05 09:00"));
        let draw = self.office.run(&draw.name, "07 11 13", &nonce("GDO")).await.unwrap();
        assert_eq!(draw.state(), pb::DrawState::Drawn, "{}", draw.void_reason);
        draw
    }
}

impl Party {
    pub(crate) async fn commit(&self, name: &str, commitment: &str) -> Result<pb::Draw, Status> {
        let request = pb::CommitNonceRequest {
            request_id: id(),
            name: name.to_owned(),
            commitment: commitment.to_owned(),
            officer: self.officer("01"),
        };
        Ok(self.client.clone().commit_nonce(request).await?.into_inner().draw.unwrap())
    }

    pub(crate) async fn reveal(&self, name: &str, nonce: &str) -> Result<pb::Draw, Status> {
        let request = pb::RevealNonceRequest {
            request_id: id(),
            name: name.to_owned(),
            nonce: nonce.to_owned(),
            officer: self.officer("01"),
        };
        Ok(self.client.clone().reveal_nonce(request).await?.into_inner().draw.unwrap())
    }

    pub(crate) async fn run(
        &self,
        name: &str,
        value: &str,
        nonce: &str,
    ) -> Result<pb::Draw, Status> {
        let request = pb::RunDrawRequest {
            request_id: id(),
            name: name.to_owned(),
            public_value: value.to_owned(),
            office_nonce: nonce.to_owned(),
            officer: self.officer("01"),
        };
        Ok(self.client.clone().run_draw(request).await?.into_inner().draw.unwrap())
    }

    pub(crate) async fn open(&self, name: &str) -> Result<pb::Draw, Status> {
        let request = pb::OpenDrawRequest {
            request_id: id(),
            name: name.to_owned(),
            officer: self.officer("01"),
        };
        Ok(self.client.clone().open_draw(request).await?.into_inner().draw.unwrap())
    }

    pub(crate) async fn draw(&self, name: &str) -> pb::Draw {
        let request = pb::GetDrawRequest { name: name.to_owned() };
        self.client.clone().get_draw(request).await.unwrap().into_inner().draw.unwrap()
    }

    pub(crate) async fn winners(&self, name: &str) -> Vec<pb::Winner> {
        let (mut winners, mut page_token) = (Vec::new(), String::new());
        loop {
            let request =
                pb::ListWinnersRequest { name: name.to_owned(), page_size: 3, page_token };
            let page = self.client.clone().list_winners(request).await.unwrap().into_inner();
            winners.extend(page.winners);
            page_token = page.next_page_token;
            if page_token.is_empty() {
                return winners;
            }
        }
    }

    pub(crate) async fn record(&self, name: &str) -> Result<String, Status> {
        let mut record = String::new();
        loop {
            let offset = i64::try_from(record.len()).unwrap();
            let request = pb::GetDrawRecordRequest { name: name.to_owned(), offset };
            let part = self.client.clone().get_draw_record(request).await?.into_inner();
            record.push_str(&part.part);
            if i64::try_from(record.len()).unwrap() >= part.total_bytes {
                return Ok(record);
            }
        }
    }
}
