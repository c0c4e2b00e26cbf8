//! Where revisions and their entries are kept. The only module that knows the tables.
//!
//! Nothing is ever changed but the revision that took an entry away: every revision can be read as
//! it was.

mod entry;
mod migration;
mod revision;
mod rows;

pub use migration::Migrations;

pub(crate) use entry::{
    EntryFilter, about, alive, delta, entries, named, touched, touched_matters, write,
};
pub(crate) use revision::{insert_revision, newest, of_dispute, revision, revisions};

use sea_orm::{AccessMode, DatabaseTransaction, IsolationLevel, TransactionTrait as _};

use crate::error::Error;

/// The resource name of a revision.
pub(crate) fn revision_name(number: i64) -> String {
    format!("revisions/{number}")
}

/// Reads the resource name of a revision, in its one form.
pub(crate) fn parse_name(name: &str) -> Option<i64> {
    let number = name.strip_prefix("revisions/")?.parse().ok()?;
    (number > 0 && revision_name(number) == name).then_some(number)
}

/// For several reads that must tell of one instant; it ends when it is dropped.
pub(crate) async fn snapshot(db: &db::Db) -> Result<DatabaseTransaction, Error> {
    // A transaction of SQLite reads one instant by itself.
    let level = (db.engine() == db::Engine::Postgres).then_some(IsolationLevel::RepeatableRead);
    let access = level.map(|_| AccessMode::ReadOnly);
    Ok(db.reader().begin_with_config(level, access).await?)
}
