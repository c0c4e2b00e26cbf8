//! The schema is brought up to date, and never taken for an older one.

use db::{ConnectError, Db, Engine};
use sea_orm_migration::prelude::*;

use crate::{CreateNote, Notes, fresh, names};

/// The version after [`Notes`].
struct NewerNotes;

impl MigratorTrait for NewerNotes {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            db::common_migration(),
            db::answers_migration(),
            db::marks_migration(),
            Box::new(CreateNote),
            Box::new(AddColour),
        ]
    }
}

/// The version before rows had marks.
struct Before;

impl MigratorTrait for Before {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![db::common_migration(), db::answers_migration()]
    }
}

struct AddColour;

impl MigrationName for AddColour {
    fn name(&self) -> &str {
        "notes_0002"
    }
}

#[async_trait::async_trait]
#[expect(
    elided_lifetimes_in_paths,
    reason = "as the trait, whose macro cannot take it spelled out"
)]
impl MigrationTrait for AddColour {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sql = "ALTER TABLE note ADD COLUMN colour TEXT";
        manager.get_connection().execute_unprepared(sql).await.map(|_| ())
    }
}

/// A version whose second step fails.
struct BrokenNotes;

impl MigratorTrait for BrokenNotes {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let mut all = NewerNotes::migrations();
        all.push(Box::new(Breaks));
        all
    }
}

struct Breaks;

impl MigrationName for Breaks {
    fn name(&self) -> &str {
        "notes_0003"
    }
}

#[async_trait::async_trait]
#[expect(
    elided_lifetimes_in_paths,
    reason = "as the trait, whose macro cannot take it spelled out"
)]
impl MigrationTrait for Breaks {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared("ALTER TABLE nothing ADD x TEXT").await?;
        Ok(())
    }
}

#[tokio::test]
async fn a_schema_of_a_newer_version_is_refused_by_name() {
    let db = fresh().await;
    Db::connect::<NewerNotes>(db.url(), 1).await.unwrap().close().await;
    let error = Db::connect::<Notes>(db.url(), 1).await.unwrap_err();
    assert!(
        matches!(&error, ConnectError::NewerSchema { found } if found == "notes_0002"),
        "{error}"
    );
    // And the newer version still starts.
    Db::connect::<NewerNotes>(db.url(), 1).await.unwrap();
}

#[tokio::test]
async fn a_row_of_before_there_were_marks_is_read_without_any() {
    let db = db::testing::database::<Before>("before").await;
    let sql = "INSERT INTO journal (txid, at, kind, resource, docket, agency, officer, step, \
               payload, request_id) VALUES (0, '2026-03-02 04:00:00+00:00', 'NOTED', '', '', '', \
               '', '', '', '')";
    db.write(move |tx| Box::pin(async move { tx.execute_unprepared(sql).await })).await.unwrap();
    let newer = Db::connect::<Notes>(db.url(), 1).await.unwrap();
    let rows = db::journal::after(&newer, db::journal::Cursor::START, 10).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.marks.len()).collect::<Vec<_>>(), [0]);
}

#[tokio::test]
async fn a_migration_that_fails_leaves_the_schema_as_it_was() {
    let db = fresh().await;
    let error = Db::connect::<BrokenNotes>(db.url(), 1).await.unwrap_err();
    assert!(matches!(error, ConnectError::Migration { .. }), "{error}");
    Db::connect::<Notes>(db.url(), 1).await.unwrap();
}

#[tokio::test]
async fn processes_that_start_together_migrate_once() {
    let db = fresh().await;
    let connect = || Db::connect::<NewerNotes>(db.url(), 1);
    let (one, two, three) = tokio::join!(connect(), connect(), connect());
    for opened in [one, two, three] {
        assert!(names(opened.unwrap().reader()).await.is_empty());
    }
}

#[tokio::test]
async fn a_journal_copied_from_a_server_further_on_is_refused() {
    let db = fresh().await;
    if db.engine() == Engine::Sqlite {
        return; // A file carries its own order with it.
    }
    let sql = "INSERT INTO journal (txid, at, kind, resource, docket, agency, officer, step, \
               payload, request_id) VALUES (1099511627776, now(), '', '', '', '', '', '', '', '')";
    db.reader().execute_unprepared(sql).await.unwrap();
    let error = Db::connect::<Notes>(db.url(), 1).await.unwrap_err();
    assert!(matches!(error, ConnectError::Rewound { written: 1_099_511_627_776, .. }), "{error}");
}

#[tokio::test]
async fn a_url_that_cannot_be_used_is_refused_in_words() {
    for url in ["", "mysql://localhost/x", "sqlite::memory:", "sqlite://x?mode=memory"] {
        let error = Db::connect::<Notes>(url, 1).await.unwrap_err();
        assert!(matches!(error, ConnectError::Url), "{url}: {error}");
    }
    let url = "postgres://someone:secret@localhost:1/none";
    let error = Db::connect::<Notes>(url, 1).await.unwrap_err();
    assert!(matches!(error, ConnectError::Unreachable { engine: Engine::Postgres, .. }), "{error}");
    assert!(!error.to_string().contains("secret"), "{error}");
    let error =
        Db::connect::<Notes>("sqlite:///no/such/folder/x.db?mode=rwc", 1).await.unwrap_err();
    assert!(matches!(error, ConnectError::Unreachable { engine: Engine::Sqlite, .. }), "{error}");
}
