//! The journal as the transparency log reads it, and what a row proves.

use std::time::Duration;

use auth::{Kept, KeptParties, verify_kept};
use db::journal::{self, Cursor};
use proto::{
    journal::v1::{Attestation, Row},
    referral::v1 as pb,
};
use sea_orm::{ConnectionTrait as _, Statement};
use tonic::Code;

use crate::{
    case::{Case, file},
    world::{Client, World},
};

fn ask(cursor: &str, page_size: i32) -> pb::ReadJournalRequest {
    pb::ReadJournalRequest { cursor: cursor.to_owned(), page_size, wait_ms: 2000, row_id: 0 }
}

/// The first `count` rows, a page at a time, and the cursor after them.
///
/// PostgreSQL holds a row back while an older transaction is under way anywhere: wait for it.
pub(crate) async fn read(log: &mut Client, count: usize, page_size: i32) -> (Vec<Row>, String) {
    let reading = async {
        let (mut cursor, mut rows) = (String::new(), Vec::new());
        while rows.len() < count {
            let page = log.read_journal(ask(&cursor, page_size)).await.unwrap().into_inner();
            assert!(page_size == 0 || page.rows.len() <= usize::try_from(page_size).unwrap());
            rows.extend(page.rows);
            cursor = page.next_cursor;
        }
        (rows, cursor)
    };
    tokio::time::timeout(Duration::from_secs(60), reading).await.unwrap()
}

/// Every row there is, once PostgreSQL holds none of them back any more.
pub(crate) async fn all(world: &World) -> Vec<journal::Row> {
    let reader = world.db.reader();
    let count =
        Statement::from_string(reader.get_database_backend(), "SELECT count(*) FROM journal");
    let reading = async {
        loop {
            let rows = journal::after(&world.db, Cursor::START, 10_000).await.unwrap();
            let there = reader.query_one_raw(count.clone()).await.unwrap().unwrap();
            let there: i64 = there.try_get_by_index(0).unwrap();
            if i64::try_from(rows.len()).unwrap() == there {
                return rows;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), reading).await.unwrap()
}

/// Who asked and who answered, as the proof of a row says.
pub(crate) fn parties(world: &World, proof: &Attestation) -> KeptParties {
    let kept = Kept {
        caller_wit: &proof.wit,
        caller_wpt: &proof.wpt,
        request_digest: &proof.request_digest,
        answer_wit: &proof.answer_wit,
        answer_wpt: &proof.answer_wpt,
        response_digest: &proof.response_digest,
        status: proof.status,
    };
    verify_kept(&world.trust(), &kept).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn supervision_reads_every_row_in_order_and_nobody_else_does() {
    let case = Case::new().await.accepted().await;
    let world = &case.world;
    let mut log = world.caller(&world.referral, World::service("supervision")).await;
    let (rows, _) = read(&mut log, 7, 2).await;
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    assert!(ids.is_sorted_by(|a, b| a < b));
    let one = pb::ReadJournalRequest { row_id: ids[3], ..Default::default() };
    let one = log.read_journal(one).await.unwrap().into_inner();
    assert_eq!(one.rows.iter().map(|row| row.id).collect::<Vec<_>>(), [ids[3]]);
    for wrong in [ask("x", 1), ask("", 1001), ask("", -1)] {
        assert_eq!(log.read_journal(wrong).await.unwrap_err().code(), Code::InvalidArgument);
    }
    let agency = case.mkt.client.clone().read_journal(ask("", 1)).await.unwrap_err();
    assert_eq!(agency.code(), Code::PermissionDenied);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_at_the_end_waits_for_what_comes() {
    let case = Case::new().await.accepted().await;
    let mut log = case.world.caller(&case.world.referral, World::service("supervision")).await;
    let (_, cursor) = read(&mut log, 7, 0).await;
    let (now, end) = (tokio::time::Instant::now(), cursor.clone());
    let wait_ms = 400;
    let short = pb::ReadJournalRequest { wait_ms, ..ask(&cursor, 0) };
    let page = log.read_journal(short).await.unwrap().into_inner();
    assert!(page.rows.is_empty() && now.elapsed().as_millis() >= 400, "it waited in vain");
    assert_eq!(page.next_cursor, end, "and goes on from where it was");

    let wait = pb::ReadJournalRequest { wait_ms: 10_000, ..ask(&cursor, 0) };
    let waiting = async { log.read_journal(wait).await.unwrap().into_inner().rows };
    let filing = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        case.psb.take(&case.name, file()).await;
    };
    let (rows, ()) = tokio::join!(waiting, filing);
    assert_eq!(rows.iter().map(|row| row.step.as_str()).collect::<Vec<_>>(), ["FILE"]);
    let long = pb::ReadJournalRequest { wait_ms: 10_001, ..ask("", 0) };
    assert_eq!(log.read_journal(long).await.unwrap_err().code(), Code::InvalidArgument);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_proves_who_asked_and_who_answered() {
    let case = Case::new().await.accepted().await;
    let world = &case.world;
    let mut log = world.caller(&world.referral, World::service("supervision")).await;
    let mut proven = 0;
    for row in read(&mut log, 7, 0).await.0 {
        let Some(proof) = row.attestation else { continue };
        let parties = parties(world, &proof);
        assert_eq!(parties.caller.agency_code().unwrap().as_str(), row.agency);
        assert!(parties.answerer.is_service("referral"));
        proven += 1;
    }
    assert_eq!(proven, 7, "each call leaves one");
}
