//! The journal as the transparency log reads it, and what a row proves.

use std::time::Duration;

use auth::{Kept, verify_kept};
use proto::{
    identity::v1::{ReadJournalRequest, RotateIssuerKeyRequest},
    journal::v1::Row,
};
use tonic::Code;

use crate::world::{Client, Party, World, agency, assert_told, fields, id, revocation};

fn ask(cursor: &str, page_size: i32) -> ReadJournalRequest {
    ReadJournalRequest { cursor: cursor.to_owned(), page_size, wait_ms: 2000, row_id: 0 }
}

/// The first `count` rows, a page at a time, and the cursor after them.
///
/// PostgreSQL holds a row back while an older transaction is under way anywhere: wait for it.
async fn read(client: &mut Client, count: usize, page_size: i32) -> (Vec<Row>, String) {
    let reading = async {
        let (mut cursor, mut rows) = (String::new(), Vec::new());
        while rows.len() < count {
            let page = client.read_journal(ask(&cursor, page_size)).await.unwrap().into_inner();
            assert!(page_size == 0 || page.rows.len() <= usize::try_from(page_size).unwrap());
            rows.extend(page.rows);
            cursor = page.next_cursor;
        }
        (rows, cursor)
    };
    tokio::time::timeout(Duration::from_secs(60), reading).await.unwrap()
}

/// An import, an enrolment by the operator, and a revocation by the agency itself.
async fn busy() -> (World, Party) {
    let world = World::new().await;
    let mut mkt = world.agency("MKT").await;
    let other = auth::WorkloadKey::generate().unwrap();
    let enrolment = world.enrolment(&other, &agency("MKT"));
    world.operator.client.clone().enrol_key(enrolment).await.unwrap();
    mkt.client.revoke_key(revocation(other.thumbprint().to_owned())).await.unwrap();
    (world, mkt)
}

#[tokio::test(flavor = "multi_thread")]
async fn supervision_reads_every_row_in_order_and_nobody_else_does() {
    let (world, mkt) = busy().await;
    let mut log = world.service("supervision").await.client;
    let (rows, _) = read(&mut log, 6, 2).await;
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    assert!(ids.is_sorted_by(|a, b| a < b), "{ids:?}");
    assert!(rows.iter().all(|row| row.service == "identity"));
    let one = ReadJournalRequest { row_id: ids[2], ..Default::default() };
    let one = log.read_journal(one).await.unwrap().into_inner();
    assert_eq!(one.rows, rows[2..3]);
    let none = ReadJournalRequest { row_id: i64::MAX, ..Default::default() };
    assert_eq!(log.read_journal(none).await.unwrap().into_inner().rows, []);

    let long = ReadJournalRequest { wait_ms: 10_001, ..ask("", 0) };
    for (wrong, field) in [(ask("x", 1), "cursor"), (ask("", 1001), "page_size"), (long, "wait_ms")]
    {
        let refusal = log.read_journal(wrong).await.unwrap_err();
        assert_told(&refusal, Code::InvalidArgument, "FIELD_INVALID");
        assert_eq!(fields(&refusal), [field]);
    }
    let evidence = world.service("evidence").await;
    for stranger in [mkt, evidence] {
        let refusal = stranger.client.clone().read_journal(ask("", 1)).await.unwrap_err();
        assert_eq!(refusal.code(), Code::PermissionDenied);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_at_the_end_waits_for_what_comes() {
    let (world, _) = busy().await;
    let mut log = world.service("supervision").await.client;
    let (_, cursor) = read(&mut log, 6, 0).await;
    let wait = ReadJournalRequest { wait_ms: 10_000, ..ask(&cursor, 0) };
    let waiting = async { log.read_journal(wait).await.unwrap().into_inner().rows };
    let rotating = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        let rotate = RotateIssuerKeyRequest { request_id: id() };
        world.operator.client.clone().rotate_issuer_key(rotate).await.unwrap();
    };
    let (rows, ()) = tokio::join!(waiting, rotating);
    let kinds: Vec<&str> = rows.iter().map(|row| row.kind.as_str()).collect();
    assert_eq!(kinds, ["identity.issuer_rotated.v1"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_proves_who_asked_and_who_answered() {
    let (world, _) = busy().await;
    let mut log = world.service("supervision").await.client;
    let (rows, _) = read(&mut log, 6, 0).await;
    let mut callers = Vec::new();
    for row in rows {
        // What was enrolled at start has no caller.
        let Some(proof) = row.attestation else { continue };
        let kept = Kept {
            caller_wit: &proof.wit,
            caller_wpt: &proof.wpt,
            request_digest: &proof.request_digest,
            answer_wit: &proof.answer_wit,
            answer_wpt: &proof.answer_wpt,
            response_digest: &proof.response_digest,
            status: proof.status,
        };
        let parties = verify_kept(&world.issuer.trust(), &kept).unwrap();
        assert_eq!(&parties.answerer, world.issuer.name());
        callers.push(parties.caller.to_string());
    }
    let operator = world.operator.credentials.workload().to_string();
    assert_eq!(callers, [operator.clone(), operator, agency("MKT").to_string()]);
}
