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

pub(crate) async fn dossier(mkt: &Mesh, docket: &str) -> String {
    let request = pb::OpenDossierRequest {
        request_id: request_id(),
        title: "candy with metformin".to_owned(),
        case_no: "MKT-2026-1".to_owned(),
        docket: docket.to_owned(),
        investigators: vec!["MKT-01".to_owned(), "MKT-02".to_owned()],
        officer: "MKT-01".to_owned(),
    };
    let answer = mkt.evidence().open_dossier(request).await.unwrap();
    answer.into_inner().dossier.unwrap().name
}

pub(crate) async fn item(mkt: &Mesh, dossier: &str) -> String {
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

/// What is to go to public security for a referral: items of a dossier, or none.
fn proposal(
    dossier: &str,
    items: Vec<String>,
    to: &str,
    completes: bool,
) -> pb::ProposeHandOverRequest {
    pb::ProposeHandOverRequest {
        request_id: request_id(),
        dossier: dossier.to_owned(),
        receiver: "PSB".to_owned(),
        purpose: pb::HandOverPurpose::Referral.into(),
        referral: to.to_owned(),
        items,
        place: "云泽县公安局".to_owned(),
        completes,
        officer: "MKT-01".to_owned(),
        ..Default::default()
    }
}

/// Proposes to public security, which counts: the name and what both are to sign.
async fn counted(mkt: &Mesh, psb: &Mesh, request: pb::ProposeHandOverRequest) -> pb::HandOver {
    let proposed = mkt.evidence().propose_hand_over(request).await.unwrap().into_inner();
    let proposed = proposed.hand_over.unwrap();
    let count = |line: &pb::HandOverLine| pb::LineCount {
        line_no: line.line_no,
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
        counts: proposed.lines.iter().map(count).collect(),
        officer: "PSB-01".to_owned(),
        custodian: "PSB-03".to_owned(),
        investigators: vec!["PSB-01".to_owned(), "PSB-02".to_owned()],
    };
    let counted = psb.evidence().count_hand_over(request).await.unwrap();
    counted.into_inner().hand_over.unwrap()
}

/// Waits until the referral is in a state: referral is told, and nobody takes the step by hand.
async fn reached(psb: &Mesh, name: &str, state: &str) -> referral::GetReferralResponse {
    let until = Instant::now() + PATIENCE;
    loop {
        let seen = read(psb, name).await.unwrap();
        if seen.referral.as_ref().is_some_and(|one| one.state == state) {
            return seen;
        }
        assert!(Instant::now() < until, "referral was not told");
        sleep(LOOK).await;
    }
}

#[tokio::test]
async fn a_case_waits_for_the_hand_over_that_both_sign_and_anyone_can_verify_it() {
    let world = World::new(NOW).await;
    let (mkt, psb) = (world.body("MKT").await, world.body("PSB").await);
    let name = filed(&mkt, &psb).await;
    let dossier = dossier(&mkt, "").await;
    let item = item(&mkt, &dossier).await;
    let content = photograph(&mkt, &item).await;
    let list = proposal(&dossier, vec![item.clone()], &name, true);
    let counted = counted(&mkt, &psb, list).await;
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

    let seen = reached(&psb, &name, "MATERIAL_HANDED_OVER").await;
    let term = seen.terms.iter().find(|term| term.rule == "T-21").unwrap();
    assert_eq!(term.state(), referral::TermState::Kept);

    // Custody has moved, and with it the file.
    let held = psb.evidence().get_item(pb::GetItemRequest { name: item }).await.unwrap();
    assert_eq!(held.into_inner().item.unwrap().custody.unwrap().holder, "PSB");
    let mut bytes = Vec::new();
    client::download(&psb, &content, &mut bytes, &|_| ()).await.unwrap();
    assert_eq!(bytes, vec![7; 3_000_000]);

    let receipt = mkt.supervision().get_receipt(asked.clone()).await.unwrap().into_inner();
    verify(&world, receipt.receipt.unwrap(), ("MKT", "evidence", "/SignHandOver"));
    let stranger = psb.supervision().get_receipt(asked).await.unwrap_err();
    assert_eq!(stranger.code(), tonic::Code::NotFound, "a receipt is for whoever called");
    world.end().await;
}

#[tokio::test]
async fn a_list_without_items_says_that_what_went_before_was_all() {
    let world = World::new(NOW).await;
    let (mkt, psb) = (world.body("MKT").await, world.body("PSB").await);
    let name = filed(&mkt, &psb).await;
    let dossier = dossier(&mkt, "").await;
    let item = item(&mkt, &dossier).await;
    let none = || proposal(&dossier, Vec::new(), &name, true);
    let early = mkt.evidence().propose_hand_over(none()).await.unwrap_err();
    assert!(early.message().contains("no list of this referral was completed"), "{early:?}");
    for (list, state) in
        [(proposal(&dossier, vec![item], &name, false), "FILED"), (none(), "MATERIAL_HANDED_OVER")]
    {
        let counted = counted(&mkt, &psb, list).await;
        for (side, officer) in [(&psb, "PSB-01"), (&mkt, "MKT-01")] {
            let request = pb::SignHandOverRequest {
                request_id: request_id(),
                name: counted.name.clone(),
                list_sha256: counted.list_sha256.clone(),
                officer: officer.to_owned(),
            };
            side.evidence().sign_hand_over(request).await.unwrap();
        }
        reached(&psb, &name, state).await;
    }
    world.end().await;
}

#[tokio::test]
async fn a_file_gets_an_sm3_digest_when_it_is_asked_for_or_the_list_has_one() {
    let world = World::new(NOW).await;
    let mkt = world.body("MKT").await;
    let dossier = dossier(&mkt, "").await;
    let name = item(&mkt, &dossier).await;
    let thing = mkt.evidence().get_item(pb::GetItemRequest { name: name.clone() }).await.unwrap();
    let sm3 = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0";
    let list = pb::ElectronicData {
        category: "聊天记录".to_owned(),
        file_format: "TXT".to_owned(),
        check_algorithm: "SM3".to_owned(),
        check_value: sm3.to_owned(),
        medium_id: "手机-1".to_owned(),
        size: 3,
        ..Default::default()
    };
    let data = pb::Item {
        kind: pb::EvidenceKind::ElectronicData.into(),
        code: "K-2".to_owned(),
        electronic_data: Some(list),
        ..thing.into_inner().item.unwrap()
    };
    let request = pb::AddItemRequest {
        request_id: request_id(),
        dossier,
        item: Some(data),
        officer: "MKT-01".to_owned(),
    };
    let data = mkt.evidence().add_item(request).await.unwrap().into_inner().item.unwrap().name;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("聊天.txt");
    std::fs::write(&file, "abc").unwrap();
    let request = |parent: &str, role: pb::ContentRole, with_sm3| pb::BeginUploadRequest {
        parent: parent.to_owned(),
        file_name: "聊天.txt".to_owned(),
        role: role.into(),
        officer: "MKT-01".to_owned(),
        with_sm3,
        ..Default::default()
    };
    for (request, expected) in [
        (request(&data, pb::ContentRole::Original, false), sm3),
        (request(&name, pb::ContentRole::Photo, true), sm3),
        (request(&name, pb::ContentRole::Photo, false), ""),
    ] {
        let content = client::upload(&mkt, request, &file, &|_| ()).await.unwrap();
        assert_eq!(content.sm3, expected);
    }
    world.end().await;
}

/// What an outsider does who has the receipt and the trust bundle.
pub(crate) fn verify(world: &World, receipt: log::Receipt, wanted: (&str, &str, &str)) {
    let (agency, service, method) = wanted;
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
    assert_eq!(row.agency, agency);
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
    assert!(parties.method.ends_with(method));
    assert!(parties.answerer.is_service(service));
}
