//! The journal is read in an order that never skips a row.

use std::time::Duration;

use db::{
    Db, Engine,
    journal::{self, Attested, Cursor, Entry, Row},
};
use sea_orm::{DbErr, TransactionTrait as _};
use tokio::time::{sleep, timeout};

use crate::{fresh, noon};

fn entry(resource: &str) -> Entry {
    Entry {
        at: noon(),
        kind: "note.written.v1",
        resource: resource.into(),
        docket: "dockets/1".into(),
        agency: "MKT".into(),
        officer: "0012".into(),
        step: "WRITE".into(),
        payload: vec![0, 1, 255],
        request_id: "r-1".into(),
        attestation: None,
        marks: Vec::new(),
    }
}

async fn write(db: &Db, entry: Entry) -> i64 {
    db.write::<_, DbErr, _>(|tx| Box::pin(async move { journal::append(tx, entry).await }))
        .await
        .unwrap()
}

/// Reads until there are `count` rows: on PostgreSQL a transaction of a test beside this one
/// holds rows back while it runs.
async fn rows(db: &Db, count: usize) -> Vec<Row> {
    let reading = async {
        loop {
            let rows = journal::after(db, Cursor::START, 100).await.unwrap();
            if rows.len() >= count {
                return rows;
            }
            sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(Duration::from_secs(20), reading).await.unwrap()
}

#[tokio::test]
async fn many_rows_are_written_in_their_order_and_none_is_fine() {
    let db = fresh().await;
    let many: Vec<Entry> = (0..1100).map(|at| entry(&format!("notes/{at}"))).collect();
    db.write::<_, DbErr, _>(|tx| {
        Box::pin(async move {
            journal::append_all(tx, Vec::new()).await?;
            journal::append_all(tx, many).await
        })
    })
    .await
    .unwrap();
    let last = rows(&db, 100).await[99].cursor;
    let reading = async {
        loop {
            let rest = journal::after(&db, last, 2000).await.unwrap();
            if rest.len() == 1000 {
                return rest;
            }
            sleep(Duration::from_millis(5)).await;
        }
    };
    let rest = timeout(Duration::from_secs(20), reading).await.unwrap();
    assert_eq!(
        (rest[0].resource.as_str(), rest[999].resource.as_str()),
        ("notes/100", "notes/1099")
    );
    assert_eq!(rest[0].payload, [0, 1, 255]);
}

#[tokio::test]
async fn a_row_is_read_as_it_was_written() {
    let db = fresh().await;
    let attested = Attested {
        wit: "wit".into(),
        wpt: "wpt".into(),
        request_digest: vec![1; 32],
        response_digest: vec![2; 32],
        status: 9,
        answer_wit: "answer wit".into(),
        answer_wpt: "answer wpt".into(),
    };
    let (proof, marks) = (Some(attested.clone()), vec![10, 0, 255]);
    let id = write(&db, Entry { attestation: proof, marks, ..entry("notes/1") }).await;
    write(&db, entry("notes/2")).await;

    let rows = rows(&db, 2).await;
    assert_eq!(rows[0].cursor.id, id);
    assert_eq!(rows[0].at, noon());
    assert_eq!(rows[0].kind, "note.written.v1");
    assert_eq!(rows[0].resource, "notes/1");
    assert_eq!(rows[0].docket, "dockets/1");
    assert_eq!(rows[0].agency, "MKT");
    assert_eq!(rows[0].officer, "0012");
    assert_eq!(rows[0].step, "WRITE");
    assert_eq!(rows[0].payload, [0, 1, 255]);
    assert_eq!(rows[0].request_id, "r-1");
    assert_eq!(rows[0].attestation, Some(attested));
    assert_eq!(rows[0].marks, [10, 0, 255]);
    assert_eq!((&rows[1].attestation, rows[1].marks.len()), (&None, 0));
}

#[tokio::test]
async fn reading_on_from_each_cursor_sees_every_row_once() {
    let db = fresh().await;
    for i in 0..7 {
        write(&db, entry(&format!("notes/{i}"))).await;
    }
    rows(&db, 7).await;
    let (mut cursor, mut seen) = (Cursor::START, Vec::new());
    loop {
        let page = journal::after(&db, cursor, 3).await.unwrap();
        let Some(last) = page.last() else { break };
        cursor = last.cursor.to_string().parse().unwrap();
        seen.extend(page.into_iter().map(|row| row.resource));
    }
    let expected: Vec<_> = (0..7).map(|i| format!("notes/{i}")).collect();
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn a_row_that_commits_late_is_waited_for() {
    let db = fresh().await;
    if db.engine() == Engine::Sqlite {
        return; // It has one writer: nothing commits out of turn.
    }
    let early = db.reader().begin().await.unwrap();
    journal::append(&early, entry("notes/early")).await.unwrap();
    write(&db, entry("notes/late")).await;

    assert!(journal::after(&db, Cursor::START, 10).await.unwrap().is_empty());
    early.commit().await.unwrap();
    let seen: Vec<_> = rows(&db, 2).await.into_iter().map(|row| row.resource).collect();
    assert_eq!(seen, ["notes/early", "notes/late"]);
}

#[tokio::test]
async fn the_order_is_that_of_beginning_not_that_of_the_id() {
    let db = fresh().await;
    if db.engine() == Engine::Sqlite {
        return;
    }
    let early = db.reader().begin().await.unwrap();
    journal::append(&early, entry("notes/1")).await.unwrap();
    write(&db, entry("notes/2")).await;
    // Its id is higher than that of a row of a younger transaction.
    journal::append(&early, entry("notes/3")).await.unwrap();
    early.commit().await.unwrap();
    let seen: Vec<_> = rows(&db, 3).await.into_iter().map(|row| row.resource).collect();
    assert_eq!(seen, ["notes/1", "notes/3", "notes/2"]);
}

#[test]
fn a_cursor_is_read_only_from_its_own_text() {
    assert_eq!("12.34".parse(), Ok(Cursor { txid: 12, id: 34 }));
    for text in
        ["", ".", "1", "1.", ".1", "-1.2", "+1.2", "1.2.3", "1. 2", "1.99999999999999999999"]
    {
        assert!(text.parse::<Cursor>().is_err(), "{text:?}");
    }
}
