//! The journal as the transparency log reads it, and what a row proves.

use std::time::Duration;

use auth::{Kept, verify_kept};
use prost::Message as _;
use proto::{catalogue::v1 as pb, journal::v1::Row};
use tonic::Code;

use crate::world::{Client, World, id, transfer};

/// The first `count` rows. PostgreSQL holds a row back while an older transaction is under way
/// anywhere: wait for it.
async fn read(log: &mut Client, count: usize) -> Vec<Row> {
    let reading = async {
        let (mut cursor, mut rows) = (String::new(), Vec::new());
        while rows.len() < count {
            let ask = pb::ReadJournalRequest { cursor, wait_ms: 2000, ..Default::default() };
            let page = log.read_journal(ask).await.unwrap().into_inner();
            rows.extend(page.rows);
            cursor = page.next_cursor;
        }
        rows
    };
    tokio::time::timeout(Duration::from_secs(60), reading).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_proves_who_published_and_what() {
    let world = World::published().await;
    let county = world.agency("GOV-C").await;
    let request = county.signed(1, transfer("2026-03-31", "2026-04-01")).await;
    let revision = county.send(request.clone()).await.unwrap();
    let boundary = pb::Boundary {
        dispute: format!("disputes/{}", id()),
        matter: "M001".to_owned(),
        territory: "330999".to_owned(),
        competent: "CAE".to_owned(),
        valid_from: "2026-04-01".to_owned(),
        act: "云政争〔2026〕1号".to_owned(),
        ..Default::default()
    };
    let decision = pb::RecordDecisionRequest {
        request_id: id(),
        boundary: Some(boundary),
        agency: "GDO".to_owned(),
        officer: String::new(),
    };
    world.service("arbitration").await.record_decision(decision).await.unwrap();

    let mut log = world.service("supervision").await;
    let rows = read(&mut log, 3).await;
    assert_eq!(rows.len(), 3, "one for each revision");
    assert!(rows.iter().all(|row| row.kind == "catalogue.revision_published.v1"));
    let row = &rows[1];
    assert_eq!((row.resource.as_str(), row.agency.as_str()), ("revisions/2", "GOV-C"));
    assert_eq!((row.officer.as_str(), &row.request_id), ("GOV-C-04", &request.request_id));
    assert_eq!(pb::Revision::decode(row.payload.as_slice()).unwrap(), revision);
    let marks = row.marks.as_ref().unwrap();
    let values = marks.values.iter().map(|one| (one.name.as_str(), one.text.as_str()));
    let (puts, removes) = (revision.entries_put.to_string(), revision.entries_removed.to_string());
    let expected = [("entries_put", puts.as_str()), ("entries_removed", removes.as_str())];
    assert_eq!(values.collect::<Vec<_>>(), expected);
    assert_eq!(marks.summary, "GOV-C published revision 2");
    let tellers = [("GOV-C", false), ("GOV-C", false), ("arbitration", true)];
    for (row, (teller, service)) in rows.iter().zip(tellers) {
        let proof = row.attestation.clone().unwrap();
        let kept = Kept {
            caller_wit: &proof.wit,
            caller_wpt: &proof.wpt,
            request_digest: &proof.request_digest,
            answer_wit: &proof.answer_wit,
            answer_wpt: &proof.answer_wpt,
            response_digest: &proof.response_digest,
            status: proof.status,
        };
        let parties = verify_kept(&world.trust(), &kept).unwrap();
        assert_eq!(
            (parties.caller.name.as_str(), parties.caller.agency_code().is_none()),
            (teller, service)
        );
        assert!(parties.answerer.is_service("catalogue"));
    }
    let digest = auth::digest(&request.encode_to_vec());
    assert_eq!(row.attestation.as_ref().unwrap().request_digest, digest);
    let wrong = pb::ReadJournalRequest { cursor: "x".to_owned(), ..Default::default() };
    assert_eq!(log.read_journal(wrong).await.unwrap_err().code(), Code::InvalidArgument);
}
