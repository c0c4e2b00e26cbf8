//! The journal: of a dossier for whoever sees it, of the service for the transparency log.

use std::collections::BTreeSet;

use prost::Message as _;
use proto::{evidence::v1 as pb, journal::v1::Row};
use tonic::{Code, Status};

use crate::{
    case::Case,
    hand_over::{as_listed, proposal},
    world::{Party, World, assert_told, fields},
};

impl Party {
    /// The whole trace of a dossier, in pages of this size.
    pub(crate) async fn trace(&self, dossier: &str, page_size: i32) -> Result<Vec<Row>, Status> {
        let (mut rows, mut page_token) = (Vec::new(), String::new());
        loop {
            let dossier = dossier.to_owned();
            let request = pb::ListTraceRequest { dossier, page_size, page_token };
            let page = self.client.clone().list_trace(request).await?.into_inner();
            assert!(page.rows.len() <= usize::try_from(page_size).unwrap());
            for bytes in page.rows {
                let row = Row::decode(bytes.as_slice()).unwrap();
                assert_eq!(row.encode_to_vec(), bytes, "canonical");
                rows.push(row);
            }
            if page.next_page_token.is_empty() {
                return Ok(rows);
            }
            page_token = page.next_page_token;
        }
    }
}

fn kinds(rows: &[Row]) -> Vec<&str> {
    rows.iter().map(|row| row.kind.as_str()).collect()
}

#[tokio::test]
async fn the_trace_of_a_dossier_has_every_row_with_its_proof() {
    let case = Case::new().await;
    let item = case.thing("A").await;
    let content = case.attach(&case.mkt, &item.name, pb::ContentRole::Photo, b"photo").await;
    case.mkt.find(&case.read(&item).await, "DESCRIPTION_UNCLEAR").await.unwrap();
    case.mkt.cure(&case.read(&item).await, "DESCRIPTION_UNCLEAR").await.unwrap();
    let other = case.mkt.open("A-2").await.name;
    case.mkt.add(&other, crate::case::thing("A")).await;

    let rows = case.mkt.trace(&case.dossier, 100).await.unwrap();
    for kind in [
        "evidence.dossier_opened.v1",
        "evidence.item_added.v1",
        "evidence.content_committed.v1",
        "evidence.defect_recorded.v1",
        "evidence.defect_cured.v2",
    ] {
        assert_eq!(kinds(&rows).iter().filter(|one| **one == kind).count(), 1, "{kind}");
    }
    assert!(rows.is_sorted_by_key(|row| row.id));
    for row in &rows {
        assert_eq!(
            (row.service.as_str(), row.docket.as_str()),
            ("evidence", case.dossier.as_str())
        );
        assert_eq!((row.agency.as_str(), row.officer.as_str()), ("MKT", "MKT-01"));
        let proof = row.attestation.as_ref().unwrap();
        assert!(!proof.wpt.is_empty() && !proof.answer_wpt.is_empty(), "both sides signed");
    }
    let cured = rows.iter().find(|row| row.kind == "evidence.defect_cured.v2").unwrap();
    let cured = pb::DefectCured::decode(cured.payload.as_slice()).unwrap();
    let chain = case.mkt.chain(&item.name).await.unwrap();
    assert_eq!(cured.event.as_ref(), chain.last(), "the event is whole in the row");
    assert_eq!(cured.defect.unwrap().cured_by, chain.last().unwrap().sequence);
    let added = rows.iter().find(|row| row.kind == "evidence.item_added.v1").unwrap();
    assert_eq!(added.resource, item.name);
    assert_eq!(pb::Item::decode(added.payload.as_slice()).unwrap(), item);
    assert!(rows.iter().any(|row| row.resource == content.name));
    assert_eq!(case.mkt.trace(&case.dossier, 1).await.unwrap(), rows, "page by page");
}

#[tokio::test]
async fn a_receiver_sees_what_happened_to_what_it_was_given_and_not_the_rest() {
    let case = Case::new().await;
    let (given, kept) = (case.thing("A").await, case.thing("B").await);
    let photo = case.attach(&case.mkt, &given.name, pb::ContentRole::Photo, b"photo").await;
    let hidden = case.attach(&case.mkt, &kept.name, pb::ContentRole::Photo, b"hidden").await;
    let status = case.psb.trace(&case.dossier, 100).await.unwrap_err();
    assert_told(&status, Code::NotFound, "NOT_FOUND");
    case.handed_over(&[&given]).await;
    let rows = case.psb.trace(&case.dossier, 100).await.unwrap();
    let about = |name: &str| rows.iter().any(|row| row.resource == name);
    assert!(about(&case.dossier) && about(&given.name) && about(&photo.name));
    assert!(!about(&kept.name) && !about(&hidden.name));
}

impl Case {
    /// Hands one item over, whoever has it.
    async fn passed(&self, item: &pb::Item, giver: &Party, receiver: &Party, kept_by: &str) {
        let proposal = pb::ProposeHandOverRequest {
            receiver: receiver.code.clone(),
            purpose: pb::HandOverPurpose::Custody.into(),
            officer: giver.officer("01"),
            ..proposal(self, &[item])
        };
        let proposed = giver.propose(proposal).await.unwrap();
        let mut count = pb::CountHandOverRequest {
            officer: receiver.officer("01"),
            custodian: receiver.officer("06"),
            investigators: Vec::new(),
            ..as_listed(&proposed)
        };
        count.counts[0].kept_by = kept_by.to_owned();
        let counted = receiver.count(count).await.unwrap();
        giver.sign(&counted).await.unwrap();
        receiver.sign(&counted).await.unwrap();
    }

    /// The hand-overs in the chain of an item, each event's, and those that the reader's trace
    /// has the two signatures and the completion of.
    async fn moves(&self, reader: &Party, item: &pb::Item) -> (Vec<String>, Vec<String>) {
        let chain = reader.chain(&item.name).await.unwrap();
        let moves: BTreeSet<String> = chain.into_iter().map(|event| event.hand_over).collect();
        let moves: Vec<String> = moves.into_iter().filter(|name| !name.is_empty()).collect();
        let rows = reader.trace(&self.dossier, 100).await.unwrap();
        let told = |name: &&String| {
            let of = |kind: &str| {
                let of = |row: &&Row| row.resource == **name && row.kind == kind;
                rows.iter().filter(of).count()
            };
            let signed = of("evidence.hand_over_signed.v1");
            (signed, of("evidence.hand_over_completed.v1")) == (2, 1)
        };
        let told = moves.iter().filter(told).cloned().collect();
        (moves, told)
    }
}

#[tokio::test]
async fn whoever_sees_an_item_can_prove_every_hand_over_in_its_chain() {
    let case = Case::new().await;
    let (item, other) = (case.thing("A").await, case.thing("B").await);
    let keeper = case.world.agency("ECO").await;
    case.passed(&item, &case.mkt, &case.psb, "").await;
    // MKT, whose dossier it is, is no side of this one; who keeps for CAE is no side of either.
    case.passed(&item, &case.psb, &case.stranger, "ECO").await;
    for reader in [&case.mkt, &case.psb, &case.stranger, &keeper] {
        let (moves, told) = case.moves(reader, &item).await;
        assert_eq!((moves.len(), &told), (2, &moves), "{}", reader.code);
    }
    // Nothing else of it: what was listed and found stays between its sides.
    let rows = case.mkt.trace(&case.dossier, 100).await.unwrap();
    let listed = kinds(&rows).into_iter().filter(|kind| {
        matches!(*kind, "evidence.hand_over_proposed.v1" | "evidence.hand_over_counted.v1")
    });
    assert_eq!(listed.count(), 2, "those of its own hand-over");
    // A hand-over of what one does not see stays unseen.
    let before = keeper.trace(&case.dossier, 100).await.unwrap();
    case.passed(&other, &case.mkt, &case.psb, "").await;
    assert_eq!(keeper.trace(&case.dossier, 100).await.unwrap(), before);
}

#[tokio::test]
async fn the_row_of_a_recognition_has_the_whole_event() {
    let case = Case::new().await;
    let item = case.thing("A").await;
    case.handed_over(&[&item]).await;
    case.psb.recognize(&case.read(&item).await, pb::Use::CriminalFiling).await.unwrap();
    let rows = case.psb.trace(&case.dossier, 100).await.unwrap();
    let row = rows.iter().find(|row| row.kind == "evidence.item_recognized.v2").unwrap();
    let recognized = pb::ItemRecognized::decode(row.payload.as_slice()).unwrap();
    let chain = case.psb.chain(&item.name).await.unwrap();
    assert_eq!(recognized.event.as_ref(), chain.last());
    assert!(recognized.assessment.unwrap().recognized);
}

#[tokio::test]
async fn the_journal_is_for_the_log_alone() {
    let case = Case::new().await;
    case.thing("A").await;
    let request = pb::ReadJournalRequest::default();
    let status = case.mkt.client.clone().read_journal(request.clone()).await.unwrap_err();
    assert_eq!(status.code(), Code::PermissionDenied);
    let world = &case.world;
    let mut log = world.caller(&world.evidence, World::service("supervision")).await;
    let first = pb::ReadJournalRequest { page_size: 1, ..request.clone() };
    let page = log.read_journal(first).await.unwrap().into_inner();
    assert_eq!(kinds(&page.rows), ["evidence.dossier_opened.v1"]);
    let next = pb::ReadJournalRequest { cursor: page.next_cursor, ..request.clone() };
    let page = log.read_journal(next).await.unwrap().into_inner();
    assert_eq!(kinds(&page.rows), ["evidence.item_added.v1"]);
    let one = pb::ReadJournalRequest { row_id: page.rows[0].id, ..request.clone() };
    assert_eq!(log.read_journal(one).await.unwrap().into_inner().rows, page.rows);
    let bad = pb::ReadJournalRequest { cursor: "x".to_owned(), ..request };
    assert_eq!(fields(&log.read_journal(bad).await.unwrap_err()), ["cursor"]);
}
