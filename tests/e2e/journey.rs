//! A case from the agency that found it to public security, as each body sees it on the wire.

use chrono::Duration;
use client::{Link, Mesh, Watch, request_id, watch};
use proto::referral::v1::{self as pb, step::Kind};
use tokio::time::timeout;

use crate::world::{PATIENCE, World};

/// A Monday morning, at nine in the county.
const NOW: &str = "2026-11-23T01:00:00Z";

pub(crate) const REPORT: &[&str] =
    &["case_id", "facts", "suspected_offence", "evidence_summary", "team", "proposal"];
pub(crate) const LETTER: &[&str] = &[
    "letter_no",
    "agency",
    "suspected_offence",
    "legal_basis",
    "handler",
    "contact",
    "annex_list",
    "seal",
    "receipt_part",
    "copy_to",
];
pub(crate) const RECEIPT: &[&str] = &["received_at", "receiver", "signature"];

/// A paper whose form is filled in.
pub(crate) fn paper(code: &str, fields: &[&str]) -> pb::Document {
    let value = |field: &str| if field == "team" { "MKT-01,MKT-02" } else { "示例" };
    let fields = fields.iter().map(|field| ((*field).to_owned(), value(field).to_owned()));
    pb::Document { code: code.to_owned(), fields: fields.collect(), ..pb::Document::default() }
}

/// Takes a step; the state it leads to.
pub(crate) async fn step(
    mesh: &Mesh,
    name: &str,
    officer: &str,
    kind: Kind,
    papers: &[pb::Document],
) -> String {
    let etag = read(mesh, name).await.unwrap().referral.unwrap().etag;
    let request = pb::TakeStepRequest {
        request_id: request_id(),
        name: name.to_owned(),
        etag,
        officer: officer.to_owned(),
        documents: papers.to_vec(),
        step: Some(pb::Step { kind: Some(kind) }),
    };
    let answer = mesh.referral().take_step(request).await.unwrap().into_inner();
    answer.referral.unwrap().state
}

pub(crate) async fn read(
    mesh: &Mesh,
    name: &str,
) -> Result<pb::GetReferralResponse, tonic::Status> {
    let request = pb::GetReferralRequest { name: name.to_owned() };
    Ok(mesh.referral().get_referral(request).await?.into_inner())
}

pub(crate) async fn open(mesh: &Mesh) -> String {
    let request = pb::OpenDocketRequest {
        request_id: request_id(),
        title: "candy with metformin".to_owned(),
        sector: "FOOD".to_owned(),
        officer: "MKT-01".to_owned(),
        ..pb::OpenDocketRequest::default()
    };
    let docket = mesh.referral().open_docket(request).await.unwrap().into_inner().docket.unwrap();
    let request = pb::OpenReferralRequest {
        request_id: request_id(),
        docket: docket.name,
        procedure: "CRIMINAL_REFERRAL".to_owned(),
        offence: "art. 144".to_owned(),
        officer: "MKT-01".to_owned(),
        ..pb::OpenReferralRequest::default()
    };
    let answer = mesh.referral().open_referral(request).await.unwrap().into_inner();
    answer.referral.unwrap().name
}

/// Waits for the next event, and says what it is: kind, step or rung, rule.
async fn next(watch: &mut Watch<Link>) -> String {
    let event = timeout(PATIENCE, watch.next()).await.unwrap().unwrap();
    [event.kind, event.step, event.rule].join(" ").trim().to_owned()
}

#[tokio::test]
async fn a_case_goes_from_the_agency_to_public_security_and_each_sees_its_part() {
    let world = World::new(NOW).await;
    let [mkt, psb, pro] =
        [world.body("MKT").await, world.body("PSB").await, world.body("PRO").await];
    let name = open(&mkt).await;
    let officers = vec!["MKT-01".to_owned(), "MKT-02".to_owned()];
    let team = Kind::AppointTeam(pb::AppointTeam { officers });
    assert_eq!(step(&mkt, &name, "MKT-04", team, &[]).await, "TEAM_ASSIGNED");
    let report = [paper("REFERRAL_REPORT", REPORT)];
    let submit = Kind::SubmitReport(pb::SubmitReport {});
    assert_eq!(step(&mkt, &name, "MKT-01", submit, &report).await, "AWAITING_HEAD");
    let approve = Kind::Approve(pb::Approve {});
    assert_eq!(step(&mkt, &name, "MKT-04", approve, &[]).await, "APPROVED");
    for stranger in [&psb, &pro] {
        let told = read(stranger, &name).await.unwrap_err();
        assert_eq!(told.code(), tonic::Code::NotFound, "nobody knows of it before it is delivered");
    }

    let letter = [paper("REFERRAL_LETTER", LETTER)];
    let deliver = Kind::Deliver(pb::Deliver {});
    assert_eq!(step(&mkt, &name, "MKT-01", deliver, &letter).await, "DELIVERED");
    let mut watches = [watch(psb.referral(), ""), watch(pro.referral(), "")];
    for watch in &mut watches {
        assert_eq!(next(watch).await, "STEP_TAKEN DELIVER T-05");
    }
    let seen = read(&psb, &name).await.unwrap();
    let missing = seen.referral.unwrap().missing_documents;
    assert_eq!(missing, ["INVESTIGATION_REPORT", "INVOLVED_ITEM_LIST"]);
    assert_eq!(seen.next_actors, ["PSB"]);

    // Public security is to sign within a day; half of it passes.
    world.clock.advance(Duration::hours(12));
    for watch in &mut watches {
        assert_eq!(next(watch).await, "TERM_RUNG HALF T-10");
    }
    let receipt = [paper("RECEIPT", RECEIPT)];
    let sign = Kind::SignReceipt(pb::SignReceipt {});
    assert_eq!(step(&psb, &name, "PSB-01", sign, &receipt).await, "ACCEPTED");
    for watch in &mut watches {
        assert_eq!(next(watch).await, "STEP_TAKEN SIGN_RECEIPT T-10");
    }
    let terms = read(&mkt, &name).await.unwrap().terms;
    let term = |rule: &str| terms.iter().find(|term| term.rule == rule).unwrap();
    assert_eq!(term("T-10").state(), pb::TermState::Kept);
    assert_eq!((term("T-14").state(), &*term("T-14").holder), (pb::TermState::Running, "PSB"));
    world.end().await;
}
