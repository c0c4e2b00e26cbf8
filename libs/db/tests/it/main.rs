//! The write path on both engines: `SQLite` by default, PostgreSQL when `XIEZHI_TEST_POSTGRES` is
//! set.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod full;
mod idempotency;
mod journal;
mod schema;
mod together;
mod write;

use chrono::{DateTime, Utc};
use db::{Db, testing::Fresh};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, Statement};
use sea_orm_migration::prelude::*;

/// The schema of a service whose one table holds notes.
struct Notes;

impl MigratorTrait for Notes {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            db::common_migration(),
            db::answers_migration(),
            db::marks_migration(),
            Box::new(CreateNote),
        ]
    }
}

struct CreateNote;

impl MigrationName for CreateNote {
    fn name(&self) -> &str {
        "notes_0001"
    }
}

#[async_trait::async_trait]
#[expect(
    elided_lifetimes_in_paths,
    reason = "as the trait, whose macro cannot take it spelled out"
)]
impl MigrationTrait for CreateNote {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sql =
            "CREATE TABLE note (name TEXT PRIMARY KEY, n BIGINT NOT NULL, body TEXT NOT NULL)";
        manager.get_connection().execute_unprepared(sql).await.map(|_| ())
    }
}

async fn fresh() -> Fresh {
    db::testing::database::<Notes>("notes").await
}

/// A database in a file, whatever the other tests run on.
async fn in_a_file() -> (Db, tempfile::TempDir) {
    let directory = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}?mode=rwc", directory.path().join("notes.db").display());
    (Db::connect::<Notes>(&url, 2).await.unwrap(), directory)
}

async fn insert(tx: &DatabaseTransaction, name: &str, body: &str) -> Result<(), DbErr> {
    let sql = "INSERT INTO note (name, n, body) VALUES ($1, 0, $2)";
    let values = [name.into(), body.into()];
    tx.execute_raw(Statement::from_sql_and_values(tx.get_database_backend(), sql, values)).await?;
    Ok(())
}

/// The names of all notes, as `conn` sees them.
async fn names(conn: &impl ConnectionTrait) -> Vec<String> {
    let sql = "SELECT name FROM note ORDER BY name";
    let rows = conn.query_all_raw(Statement::from_string(conn.get_database_backend(), sql)).await;
    rows.unwrap().iter().map(|row| row.try_get("", "name").unwrap()).collect()
}

fn noon() -> DateTime<Utc> {
    "2026-03-02T04:00:00Z".parse().unwrap()
}
