//! A dispute over a docket, through the real catalogue, arbitration, referral and evidence: up the
//! ladder to the county government, into the catalogue, with the evidence to the competent body.

use chrono::Duration;
use client::{Mesh, request_id};
use proto::{
    arbitration::v1::{self as pb, step::Kind},
    catalogue::v1 as catalogue,
    evidence::v1 as evidence,
    referral::v1 as referral,
    supervision::v1 as log,
};
use tokio::time::{Instant, sleep};

use crate::{
    hand_over::{dossier, item, verify},
    world::{LOOK, PATIENCE, World},
};

/// A Monday morning, at nine in the county.
const NOW: &str = "2026-11-23T01:00:00Z";
/// Food without a licence, in a township.
const MATTER: &str = "M032";
const PLACE: &str = "330999004";

/// The docket that MKT opened, as it sees it.
async fn docket(mkt: &Mesh, name: &str) -> referral::Docket {
    let request = referral::GetDocketRequest { name: name.to_owned() };
    mkt.referral().get_docket(request).await.unwrap().into_inner().docket.unwrap()
}

async fn open_docket(mkt: &Mesh) -> referral::Docket {
    let request = referral::OpenDocketRequest {
        request_id: request_id(),
        title: "food without a licence".to_owned(),
        sector: "FOOD".to_owned(),
        matter: MATTER.to_owned(),
        place: PLACE.to_owned(),
        officer: "MKT-01".to_owned(),
        ..Default::default()
    };
    mkt.referral().open_docket(request).await.unwrap().into_inner().docket.unwrap()
}

fn dispute_over(docket: &str) -> pb::OpenDisputeRequest {
    pb::OpenDisputeRequest {
        request_id: request_id(),
        kind: pb::DisputeKind::Negative.into(),
        others: vec!["CAE".to_owned()],
        subject: Some(pb::Subject {
            title: "谁查处无证食品摊".to_owned(),
            matter: MATTER.to_owned(),
            place: PLACE.to_owned(),
            act_date: "2026-11-20".to_owned(),
            docket: docket.to_owned(),
            facts: "街道流动食品摊无证经营。".to_owned(),
            ..Default::default()
        }),
        position: Some(pb::StatePosition {
            stance: pb::Stance::Refuses.into(),
            text: "流动摊贩占道经营由综合执法部门查处。".to_owned(),
            ..Default::default()
        }),
        filed_first_by: "MKT".to_owned(),
        filed_first_on: "2026-11-23".to_owned(),
        officer: "MKT-01".to_owned(),
        ..Default::default()
    }
}

async fn read(mesh: &Mesh, name: &str) -> Result<pb::Dispute, tonic::Status> {
    let request = pb::GetDisputeRequest { name: name.to_owned() };
    let answer = mesh.arbitration().get_dispute(request).await?.into_inner();
    Ok(answer.dispute.unwrap())
}

/// Takes a step; its request id, and what the dispute is then.
async fn step(mesh: &Mesh, name: &str, officer: &str, kind: Kind) -> (String, pb::Dispute) {
    let request = pb::TakeStepRequest {
        request_id: request_id(),
        name: name.to_owned(),
        etag: read(mesh, name).await.unwrap().etag,
        officer: officer.to_owned(),
        step: Some(pb::Step { kind: Some(kind) }),
    };
    let id = request.request_id.clone();
    let answer = mesh.arbitration().take_step(request).await.unwrap().into_inner();
    (id, answer.dispute.unwrap())
}

fn vote(competent: &str) -> Kind {
    Kind::Vote(pb::Vote { competent: competent.to_owned(), reason: "职责分工".to_owned() })
}

/// Reads until it is as wanted: other services are told a moment later.
async fn until(mesh: &Mesh, name: &str, wanted: impl Fn(&pb::Dispute) -> bool) -> pb::Dispute {
    let late = Instant::now() + PATIENCE;
    loop {
        let dispute = read(mesh, name).await.unwrap();
        if wanted(&dispute) {
            return dispute;
        }
        assert!(Instant::now() < late, "{dispute:?}");
        sleep(LOOK).await;
    }
}

/// Whether referral knows of the dispute over its docket.
async fn disputed(mkt: &Mesh, name: &str, wanted: Option<&str>) {
    let late = Instant::now() + PATIENCE;
    loop {
        let dispute = docket(mkt, name).await.dispute;
        if dispute.as_ref().map(|one| one.acting.as_str()) == wanted {
            return;
        }
        assert!(Instant::now() < late, "{dispute:?}, not {wanted:?}");
        sleep(LOOK).await;
    }
}

/// The bodies of the consultation, and who decides when it fails.
struct Forum {
    offices: [Mesh; 3],
    county: Mesh,
}

/// From the application to the decision of the county government; the request id of the decision.
async fn climbed(mkt: &Mesh, forum: &Forum, name: &str) -> String {
    let [gdo, jus, oeo] = &forum.offices;
    let apply = Kind::Apply(pb::Apply { text: "协商不成".to_owned() });
    assert_eq!(step(mkt, name, "MKT-01", apply).await.1.state, "APPLIED");
    let (_, dispute) = step(gdo, name, "GDO-01", Kind::Accept(pb::Accept {})).await;
    assert_eq!(dispute.state, "CONSULTING");
    step(gdo, name, "GDO-01", Kind::Forward(pb::Forward {})).await;
    step(gdo, name, "GDO-04", vote("CAE")).await;
    step(jus, name, "JUS-04", vote("CAE")).await;
    let (_, dispute) = step(oeo, name, "OEO-04", vote("MKT")).await;
    assert_eq!((&*dispute.state, &*dispute.acting), ("CONSULTING", "MKT"));
    let escalate = Kind::Escalate(pb::Escalate { reason: "三部门意见不一致".to_owned() });
    let (_, dispute) = step(gdo, name, "GDO-01", escalate).await;
    assert_eq!(dispute.state, "BEFORE_SUPERIOR");
    let decide = Kind::Decide(pb::Decide {
        competent: "CAE".to_owned(),
        reason: "占道流动摊贩由综合执法部门查处。".to_owned(),
        basis: vec!["行政处罚法第二十五条第二款".to_owned()],
        effective_from: "2026-11-24".to_owned(),
        decision_no: "云政函〔2026〕8号".to_owned(),
    });
    let (id, dispute) = step(&forum.county, name, "GOV-C-04", decide).await;
    assert_eq!((&*dispute.state, &*dispute.acting), ("DECIDED", "MKT"));
    id
}

/// CAE counts what the decision orders, and both sign; the hand-over as it is then.
async fn taken_over(mkt: &Mesh, cae: &Mesh, name: &str) -> evidence::HandOver {
    let request = evidence::GetHandOverRequest { name: name.to_owned() };
    let ordered = cae.evidence().get_hand_over(request).await.unwrap().into_inner();
    let ordered = ordered.hand_over.unwrap();
    assert_eq!(ordered.purpose(), evidence::HandOverPurpose::Dispute);
    let count = evidence::LineCount {
        line_no: 1,
        counted_quantity: "12".to_owned(),
        condition: "完好".to_owned(),
        accepted: true,
        storage_place: "执法局物证室".to_owned(),
        ..Default::default()
    };
    let request = evidence::CountHandOverRequest {
        request_id: request_id(),
        name: ordered.name,
        etag: ordered.etag,
        counts: vec![count],
        officer: "CAE-01".to_owned(),
        custodian: "CAE-03".to_owned(),
        investigators: vec!["CAE-01".to_owned(), "CAE-02".to_owned()],
    };
    let counted = cae.evidence().count_hand_over(request).await.unwrap().into_inner();
    let counted = counted.hand_over.unwrap();
    let sign = |officer: &str| evidence::SignHandOverRequest {
        request_id: request_id(),
        name: counted.name.clone(),
        list_sha256: counted.list_sha256.clone(),
        officer: officer.to_owned(),
    };
    cae.evidence().sign_hand_over(sign("CAE-01")).await.unwrap();
    let signed = mkt.evidence().sign_hand_over(sign("MKT-01")).await.unwrap().into_inner();
    signed.hand_over.unwrap()
}

/// Who is competent at this place for this matter, and by which revision.
async fn competent(mesh: &Mesh) -> (String, i64) {
    let request = catalogue::ResolveCompetenceRequest {
        matter: MATTER.to_owned(),
        place: PLACE.to_owned(),
        ..Default::default()
    };
    let answer = mesh.catalogue().resolve_competence(request).await.unwrap().into_inner();
    (answer.competent, answer.revision)
}

#[tokio::test]
async fn a_decided_dispute_moves_boundary_and_evidence_and_cannot_be_opened_again() {
    let world = World::new(NOW).await;
    let (mkt, cae) = (world.body("MKT").await, world.body("CAE").await);
    let offices = [world.body("GDO").await, world.body("JUS").await, world.body("OEO").await];
    let forum = Forum { offices, county: world.body("GOV-C").await };
    xiezhi::publish_first(&forum.county).await.unwrap();

    let docket = open_docket(&mkt).await;
    let said = docket.competence.clone().unwrap();
    assert_eq!((&*said.competent, said.revision), ("MKT", 1));
    let dossier = dossier(&mkt, &docket.name).await;
    let item = item(&mkt, &dossier).await;

    let opened = dispute_over(&docket.name);
    let opened = mkt.arbitration().open_dispute(opened).await.unwrap().into_inner();
    let name = opened.dispute.unwrap().name;
    disputed(&mkt, &docket.name, Some("MKT")).await;
    for stranger in &forum.offices {
        let told = read(stranger, &name).await.unwrap_err();
        assert_eq!(told.code(), tonic::Code::NotFound, "no office knows before the application");
    }
    let decision = climbed(&mkt, &forum, &name).await;

    // The catalogue carries it at once; who acts, and who keeps the evidence, changes on its day.
    let carried = |one: &pb::Dispute| one.decision.as_ref().map_or(0, |one| one.revision);
    assert_eq!(carried(&until(&cae, &name, |one| carried(one) > 0).await), 2);
    disputed(&mkt, &docket.name, Some("MKT")).await;
    world.clock.advance(Duration::hours(24));
    until(&mkt, &name, |one| one.acting == "CAE").await;
    disputed(&mkt, &docket.name, None).await;
    let told = |one: &pb::Dispute| one.decision.clone().unwrap_or_default().evidence_outcome;
    let ordered = told(&until(&cae, &name, |one| !told(one).is_empty()).await);
    let late = Instant::now() + PATIENCE;
    while competent(&mkt).await != ("CAE".to_owned(), 2) {
        assert!(Instant::now() < late, "{:?}", competent(&mkt).await);
        sleep(LOOK).await;
    }
    let handed = taken_over(&mkt, &cae, &ordered).await;
    assert_eq!(handed.state(), evidence::HandOverState::Completed);
    assert_eq!(handed.dispute, name);
    let request = evidence::GetItemRequest { name: item };
    let held = cae.evidence().get_item(request).await.unwrap().into_inner().item.unwrap();
    assert_eq!(held.custody.unwrap().holder, "CAE");

    let again = mkt.arbitration().open_dispute(dispute_over("")).await.unwrap_err();
    assert!(again.message().contains(&name), "{again}");
    let asked = log::GetReceiptRequest {
        service: "arbitration".to_owned(),
        request_id: decision,
        wait_ms: 10_000,
    };
    let receipt = forum.county.supervision().get_receipt(asked).await.unwrap().into_inner();
    verify(&world, receipt.receipt.unwrap(), ("GOV-C", "arbitration", "/TakeStep"));
    world.end().await;
}
