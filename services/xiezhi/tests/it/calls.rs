//! The calls that bring a case from its docket to public security, with the papers of scenario K01.

use client::{Mesh, request_id};
use proto::referral::v1 as pb;

/// A scenario with a complete set of papers.
const K01: &str = include_str!("../../scenarios/k01-metformin-candy.toml");

/// What MKT does after opening a referral, in order; the last step puts it before PSB.
pub(crate) const STEPS: [&str; 4] = ["APPOINT_TEAM", "SUBMIT_REPORT", "APPROVE", "DELIVER"];

pub(crate) fn open_docket(title: &str) -> pb::OpenDocketRequest {
    pb::OpenDocketRequest {
        request_id: request_id(),
        title: title.to_owned(),
        sector: "FOOD".to_owned(),
        officer: "MKT-01".to_owned(),
        ..pb::OpenDocketRequest::default()
    }
}

pub(crate) fn open_referral(docket: &pb::Docket) -> pb::OpenReferralRequest {
    pb::OpenReferralRequest {
        request_id: request_id(),
        docket: docket.name.clone(),
        procedure: "CRIMINAL_REFERRAL".to_owned(),
        offence: "生产、销售有毒、有害食品罪 art. 144".to_owned(),
        officer: "MKT-01".to_owned(),
        ..pb::OpenReferralRequest::default()
    }
}

/// The step number `number` of [`STEPS`].
pub(crate) fn step(referral: &pb::Referral, number: usize) -> pb::TakeStepRequest {
    use pb::step::Kind;
    let team = vec!["MKT-01".to_owned(), "MKT-02".to_owned()];
    let (officer, kind, documents) = match STEPS[number] {
        "APPOINT_TEAM" => ("MKT-04", Kind::AppointTeam(pb::AppointTeam { officers: team }), vec![]),
        "SUBMIT_REPORT" => {
            ("MKT-01", Kind::SubmitReport(pb::SubmitReport {}), papers(&["REFERRAL_REPORT"]))
        }
        "APPROVE" => ("MKT-04", Kind::Approve(pb::Approve {}), vec![]),
        _ => {
            let codes =
                ["REFERRAL_LETTER", "INVESTIGATION_REPORT", "INVOLVED_ITEM_LIST", "TEST_REPORT"];
            ("MKT-01", Kind::Deliver(pb::Deliver {}), papers(&codes))
        }
    };
    pb::TakeStepRequest {
        request_id: request_id(),
        name: referral.name.clone(),
        etag: referral.etag.clone(),
        officer: officer.to_owned(),
        documents,
        step: Some(pb::Step { kind: Some(kind) }),
    }
}

/// Papers of K01 by their codes.
pub(crate) fn papers(codes: &[&str]) -> Vec<pb::Document> {
    let scenario: toml::Table = toml::from_str(K01).unwrap();
    let fields = |table: &toml::Value| {
        let table = table.as_table().unwrap().iter();
        table.map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned())).collect()
    };
    let all = scenario["documents"].as_array().unwrap();
    let paper = |code: &&str| {
        let paper = all.iter().find(|paper| paper["code"].as_str() == Some(*code)).unwrap();
        let lines = paper.get("lines").and_then(toml::Value::as_array);
        pb::Document {
            code: (*code).to_owned(),
            fields: paper.get("fields").map(fields).unwrap_or_default(),
            lines: lines
                .into_iter()
                .flatten()
                .map(|line| pb::DocumentLine { fields: fields(line) })
                .collect(),
            sha256: String::new(),
        }
    };
    codes.iter().map(paper).collect()
}

/// Opens a docket and a referral in it, as MKT.
pub(crate) async fn opened(mesh: &Mesh, title: &str) -> (pb::Docket, pb::Referral) {
    let answer = mesh.referral().open_docket(open_docket(title)).await.unwrap();
    let docket = answer.into_inner().docket.unwrap();
    let answer = mesh.referral().open_referral(open_referral(&docket)).await.unwrap();
    (docket, answer.into_inner().referral.unwrap())
}

/// Takes the first `many` of [`STEPS`].
pub(crate) async fn taken(mesh: &Mesh, mut referral: pb::Referral, many: usize) -> pb::Referral {
    for number in 0..many {
        let answer = mesh.referral().take_step(step(&referral, number)).await.unwrap();
        referral = answer.into_inner().referral.unwrap();
    }
    referral
}

/// Every event of a docket, oldest first.
pub(crate) async fn timeline(mesh: &Mesh, docket: &str) -> Vec<pb::Event> {
    let (mut events, mut page_token) = (Vec::new(), String::new());
    loop {
        let docket = docket.to_owned();
        let request = pb::GetTimelineRequest { docket, page_size: 1000, page_token };
        let page = mesh.referral().get_timeline(request).await.unwrap().into_inner();
        events.extend(page.events);
        if page.next_page_token.is_empty() {
            return events;
        }
        page_token = page.next_page_token;
    }
}

/// Every referral the body sees, in pages.
pub(crate) async fn list(mesh: &Mesh) -> Vec<pb::Referral> {
    let (mut referrals, mut page_token) = (Vec::new(), String::new());
    loop {
        let filter = String::new();
        let request = pb::ListReferralsRequest { page_size: 20, page_token, filter };
        let page = mesh.referral().list_referrals(request).await.unwrap().into_inner();
        referrals.extend(page.referrals);
        if page.next_page_token.is_empty() {
            return referrals;
        }
        page_token = page.next_page_token;
    }
}

/// Everything the body sees, from the beginning to now.
pub(crate) async fn watched(mesh: &Mesh) -> Vec<pb::Event> {
    let (mut events, mut cursor) = (Vec::<pb::Event>::new(), String::new());
    loop {
        let request = pb::WatchReferralsRequest { cursor, wait_seconds: 0 };
        let mut stream = mesh.referral().watch_referrals(request).await.unwrap().into_inner();
        let before = events.len();
        while let Some(message) = stream.message().await.unwrap() {
            events.extend(message.event);
        }
        if events.len() == before {
            return events;
        }
        cursor = events.last().map(|event| event.cursor.clone()).unwrap_or_default();
    }
}
