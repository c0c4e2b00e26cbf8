//! The journal as the transparency log reads it, and what a row proves.

use std::time::Duration;

use auth::{Kept, verify_kept};
use prost::Message as _;
use proto::{arbitration::v1 as pb, journal::v1::Row};
use tonic::Code;

use crate::{
    case::Case,
    world::{Client, World},
};

fn ask(cursor: &str, page_size: i32) -> pb::ReadJournalRequest {
    pb::ReadJournalRequest { cursor: cursor.to_owned(), page_size, wait_ms: 2000, row_id: 0 }
}

/// The first `count` rows, a page at a time.
pub(crate) async fn read(log: &mut Client, count: usize, page_size: i32) -> Vec<Row> {
    let reading = async {
        let (mut cursor, mut rows) = (String::new(), Vec::new());
        while rows.len() < count {
            let page = log.read_journal(ask(&cursor, page_size)).await.unwrap().into_inner();
            rows.extend(page.rows);
            cursor = page.next_cursor;
        }
        rows
    };
    tokio::time::timeout(Duration::from_secs(60), reading).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn supervision_reads_every_row_and_each_proves_who_asked_and_who_answered() {
    let case = Case::new().await.before_forum().await;
    let world = &case.world;
    let mut log = world.caller(&world.arbitration, World::service("supervision")).await;
    let rows = read(&mut log, 4, 2).await;
    let kinds: Vec<_> = rows.iter().map(|row| row.kind.as_str()).collect();
    let step = "arbitration.step_taken.v1";
    assert_eq!(kinds, ["arbitration.dispute_opened.v1", step, step, step]);
    for row in &rows {
        assert_eq!((&row.resource, &row.docket), (&case.name, &case.docket));
        let event = pb::Event::decode(row.payload.as_slice()).unwrap();
        assert_eq!(event.dispute_after.unwrap().name, case.name);
        let proof = row.attestation.as_ref().unwrap();
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
        assert_eq!(parties.caller.agency_code().unwrap().as_str(), row.agency);
        assert!(parties.answerer.is_service("arbitration"));
    }
    let agency = case.one.client.clone().read_journal(ask("", 1)).await.unwrap_err();
    assert_eq!(agency.code(), Code::PermissionDenied);
    for wrong in [ask("x", 1), ask("", 1001), ask("", -1)] {
        assert_eq!(log.read_journal(wrong).await.unwrap_err().code(), Code::InvalidArgument);
    }
}
