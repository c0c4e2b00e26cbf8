//! Evidence on its way through the mesh: a file, a list that both sign, a referral that waited for
//! it, and a receipt that anyone can verify.

use auth::{Kept, Trust, verify_kept};
use client::{Mesh, request_id};
use prost::Message as _;
use proto::{
    evidence::v1 as pb,
    journal::v1::Row,
    referral::v1::{self as referral, step::Kind},
    supervision::v1 as log,
};
use tlog::{Hash, Receipt, trusted_vkeys};
use tokio::time::{Instant, sleep};
use types::TrustDomain;

use crate::{
    journey::{self, LETTER, RECEIPT, REPORT, paper, read, step},
    world::{LOOK, PATIENCE, World},
};

/// A Monday morning, at nine in the county.
const NOW: &str = "2026-11-23T01:00:00Z";

/// A referral that public security has filed, and whose notice it has served.
async fn filed(mkt: &Mesh, psb: &Mesh) -> String {
    let name = journey::open(mkt).await;
    let officers = vec!["MKT-01".to_owned(), "MKT-02".to_owned()];
    let team = Kind::AppointTeam(referral::AppointTeam { officers });
    step(mkt, &name, "MKT-04", team, &[]).await;
    let submit = Kind::SubmitReport(referral::SubmitReport {});
    step(mkt, &name, "MKT-01", submit, &[paper("REFERRAL_REPORT", REPORT)]).await;
    step(mkt, &name, "MKT-04", Kind::Approve(referral::Approve {}), &[]).await;
    let deliver = Kind::Deliver(referral::Deliver {});
    step(mkt, &name, "MKT-01", deliver, &[paper("REFERRAL_LETTER", LETTER)]).await;
    let sign = Kind::SignReceipt(referral::SignReceipt {});
    step(psb, &name, "PSB-01", sign, &[paper("RECEIPT", RECEIPT)]).await;
    let file = Kind::File(referral::File { filing_no: "云公立字〔2026〕1号".to_owned() });
    step(psb, &name, "PSB-04", file, &[]).await;
    let notice = [paper("FILING_NOTICE", &["filing_no", "decided_at", "offence"])];
    step(psb, &name, "PSB-01", Kind::ServeNotice(referral::ServeNotice {}), &notice).await;
    name
}

async fn dossier(mkt: &Mesh) -> String {
    let request = pb::OpenDossierRequest {
        request_id: request_id(),
        title: "candy with metformin".to_owned(),
        case_no: "MKT-2026-1".to_owned(),
        investigators: vec!["MKT-01".to_owned(), "MKT-02".to_owned()],
        officer: "MKT-01".to_owned(),
        ..Default::default()
    };
    let answer = mkt.evidence().open_dossier(request).await.unwrap();
    answer.into_inner().dossier.unwrap().name
}

async fn item(mkt: &Mesh, dossier: &str) -> String {
    let collection = pb::Collection {
        time: Some(prost_types::Timestamp { seconds: 1_795_390_000, nanos: 0 }),
        place: "云泽县示例路1号".to_owned(),
        collectors: vec!["MKT-01".to_owned(), "MKT-02".to_owned()],
        holder: "示例经营户".to_owned(),
        method: pb::CollectionMethod::Seized.into(),
        ..Default::default()
    };
    let list = pb::SourcePaper {
        code: "SEIZURE_LIST".to_owned(),
        number: "扣〔2026〕1号".to_owned(),
        signed_by: vec!["OFFICERS".to_owned(), "HOLDER".to_owned()],
    };
    let item = pb::Item {
        kind: pb::EvidenceKind::Physical.into(),
        title: "压片糖果".to_owned(),
        code: "K-1".to_owned(),
        quantity: "12".to_owned(),
        unit: "盒".to_owned(),
        features: "粉色圆片".to_owned(),
        source: "扣押".to_owned(),
        condition: "完好".to_owned(),
        storage_place: "一号库".to_owned(),
        collection: Some(collection),
        source_papers: vec![list],
        ..Default::default()
    };
    let request = pb::AddItemRequest {
        request_id: request_id(),
        dossier: dossier.to_owned(),
        item: Some(item),
        officer: "MKT-01".to_owned(),
    };
    mkt.evidence().add_item(request).await.unwrap().into_inner().item.unwrap().name
}

async fn photograph(mkt: &Mesh, item: &str) -> pb::Content {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("糖果.jpg");
    std::fs::write(&file, vec![7; 3_000_000]).unwrap();
    let request = pb::BeginUploadRequest {
        parent: item.to_owned(),
        file_name: "糖果.jpg".to_owned(),
        role: pb::ContentRole::Photo.into(),
        media_type: "image/jpeg".to_owned(),
        officer: "MKT-01".to_owned(),
        ..Default::default()
    };
    client::upload(mkt, request, &file, &|_| ()).await.unwrap()
}

/// Proposes the item to public security, which counts it: the name and what both are to sign.
async fn counted(
    mkt: &Mesh,
    psb: &Mesh,
    dossier: String,
    item: String,
    to: String,
) -> pb::HandOver {
    let request = pb::ProposeHandOverRequest {
        request_id: request_id(),
        dossier,
        receiver: "PSB".to_owned(),
        purpose: pb::HandOverPurpose::Referral.into(),
        referral: to,
        items: vec![item],
        place: "云泽县公安局".to_owned(),
        completes: true,
        officer: "MKT-01".to_owned(),
        ..Default::default()
    };
    let proposed = mkt.evidence().propose_hand_over(request).await.unwrap().into_inner();
    let proposed = proposed.hand_over.unwrap();
    let count = pb::LineCount {
        line_no: 1,
        counted_quantity: "12".to_owned(),
        condition: "完好".to_owned(),
        accepted: true,
        storage_place: "物证室".to_owned(),
        ..Default::default()
    };
    let request = pb::CountHandOverRequest {
        request_id: request_id(),
        name: proposed.name,
        etag: proposed.etag,
        counts: vec![count],
        officer: "PSB-01".to_owned(),
        custodian: "PSB-03".to_owned(),
    };
    let counted = psb.evidence().count_hand_over(request).await.unwrap();
    counted.into_inner().hand_over.unwrap()
}

#[tokio::test]
async fn a_case_waits_for_the_hand_over_that_both_sign_and_anyone_can_verify_it() {
    let world = World::new(NOW).await;
    let (mkt, psb) = (world.body("MKT").await, world.body("PSB").await);
    let name = filed(&mkt, &psb).await;
    let dossier = dossier(&mkt).await;
    let item = item(&mkt, &dossier).await;
    let content = photograph(&mkt, &item).await;
    let counted = counted(&mkt, &psb, dossier, item.clone(), name.clone()).await;
    let sign = |officer: &str| pb::SignHandOverRequest {
        request_id: request_id(),
        name: counted.name.clone(),
        list_sha256: counted.list_sha256.clone(),
        officer: officer.to_owned(),
    };
    let half = psb.evidence().sign_hand_over(sign("PSB-01")).await.unwrap().into_inner();
    assert_eq!(half.hand_over.unwrap().state(), pb::HandOverState::HalfSigned);
    assert_eq!(read(&mkt, &name).await.unwrap().referral.unwrap().state, "FILED");
    let last = sign("MKT-01");
    let asked = log::GetReceiptRequest {
        service: "evidence".to_owned(),
        request_id: last.request_id.clone(),
        wait_ms: 10_000,
    };
    let both = mkt.evidence().sign_hand_over(last).await.unwrap().into_inner();
    assert_eq!(both.hand_over.unwrap().state(), pb::HandOverState::Completed);

    // Referral is told, and nobody took the step by hand.
    let until = Instant::now() + PATIENCE;
    loop {
        let seen = read(&psb, &name).await.unwrap();
        if seen.referral.unwrap().state == "MATERIAL_HANDED_OVER" {
            let term = seen.terms.iter().find(|term| term.rule == "T-21").unwrap();
            assert_eq!(term.state(), referral::TermState::Kept);
            break;
        }
        assert!(Instant::now() < until, "referral was not told");
        sleep(LOOK).await;
    }

    // Custody has moved, and with it the file.
    let held = psb.evidence().get_item(pb::GetItemRequest { name: item }).await.unwrap();
    assert_eq!(held.into_inner().item.unwrap().custody.unwrap().holder, "PSB");
    let mut bytes = Vec::new();
    client::download(&psb, &content, &mut bytes, &|_| ()).await.unwrap();
    assert_eq!(bytes, vec![7; 3_000_000]);

    let receipt = mkt.supervision().get_receipt(asked.clone()).await.unwrap().into_inner();
    verify(&world, receipt.receipt.unwrap());
    let stranger = psb.supervision().get_receipt(asked).await.unwrap_err();
    assert_eq!(stranger.code(), tonic::Code::NotFound, "a receipt is for whoever called");
    world.end().await;
}

/// What an outsider does who has the receipt and the trust bundle.
fn verify(world: &World, receipt: log::Receipt) {
    let bundle = world.bundle();
    let receipt = Receipt {
        row: receipt.row,
        service: receipt.service,
        row_id: receipt.row_id,
        leaf_index: receipt.leaf_index.try_into().unwrap(),
        inclusion: receipt
            .inclusion
            .iter()
            .map(|hash| Hash(hash[..].try_into().unwrap()))
            .collect(),
        checkpoint: receipt.checkpoint,
    };
    receipt.verify(&trusted_vkeys(&bundle).unwrap()).unwrap();
    let row = Row::decode(receipt.row.as_slice()).unwrap();
    assert_eq!(row.agency, "MKT");
    let proof = row.attestation.unwrap();
    let kept = Kept {
        caller_wit: &proof.wit,
        caller_wpt: &proof.wpt,
        request_digest: &proof.request_digest,
        answer_wit: &proof.answer_wit,
        answer_wpt: &proof.answer_wpt,
        response_digest: &proof.response_digest,
        status: proof.status,
    };
    let trust = Trust::parse(&TrustDomain::parse("county.example").unwrap(), &bundle).unwrap();
    let parties = verify_kept(&trust, &kept).unwrap();
    assert!(parties.method.ends_with("/SignHandOver"));
    assert!(parties.answerer.is_service("evidence"));
}
