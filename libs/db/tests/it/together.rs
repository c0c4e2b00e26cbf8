//! Rows of several tables with their journal entry: all of them, or none.

use db::{Columns, Db, Together, idempotency, journal::Entry};
use sea_orm::{ConnectionTrait as _, DbErr, Statement, Value};

use crate::{fresh, noon};

const NOTE: Columns = &[("name", "text"), ("body", "text")];

async fn write(db: &Db, names: &[&str], request: &str) -> Result<(), DbErr> {
    let entry = Entry {
        at: noon(),
        kind: "NOTED",
        resource: names.join(" "),
        docket: String::new(),
        agency: "MKT".into(),
        officer: String::new(),
        step: String::new(),
        payload: b"payload".to_vec(),
        request_id: request.to_owned(),
        attestation: None,
        marks: b"marks".to_vec(),
    };
    let notes = names.iter().map(|name| vec![Value::from(*name), Value::from("a note")]);
    let record: Vec<Value> = vec![
        "agency/MKT".into(),
        request.into(),
        "Note".into(),
        b"digest".to_vec().into(),
        b"answer".to_vec().into(),
        noon().into(),
    ];
    Together::new(entry)
        .rows_since("note", NOTE, notes.collect(), "n")
        .rows("idempotency", idempotency::COLUMNS, vec![record])
        .write(db)
        .await
}

async fn numbers(db: &Db, sql: &str) -> Vec<i64> {
    let backend = db.reader().get_database_backend();
    let rows = db.reader().query_all_raw(Statement::from_string(backend, sql)).await.unwrap();
    rows.iter().map(|row| row.try_get("", "n").unwrap()).collect()
}

#[tokio::test]
async fn everything_is_written_under_the_id_of_the_entry_or_nothing_is() {
    let db = fresh().await;
    write(&db, &["one", "two"], "r-1").await.unwrap();
    let entries = numbers(&db, "SELECT id AS n FROM journal").await;
    let [first] = entries[..] else { panic!("one entry: {entries:?}") };
    assert_eq!(numbers(&db, "SELECT n FROM note").await, [first, first]);
    let row = db::journal::row(&db, first).await.unwrap();
    assert!(row.is_none_or(|row| row.marks == b"marks"), "held back by another test, or whole");

    // The same request again: its notes and its entry go with it.
    let lost = write(&db, &["three"], "r-1").await.unwrap_err();
    assert!(db::is_unique_violation(&lost), "{lost}");
    assert_eq!(numbers(&db, "SELECT n FROM note").await.len(), 2);
    assert_eq!(numbers(&db, "SELECT id AS n FROM journal").await, [first]);

    // Who is there already stays as it was.
    write(&db, &["one", "four"], "r-2").await.unwrap();
    let mut notes = numbers(&db, "SELECT n FROM note ORDER BY n").await;
    let newest = notes.pop().unwrap();
    assert!(newest > first);
    assert_eq!(notes, [first, first]);
}
