//! Where evidence is kept. The only module that knows the tables.
//!
//! Every read takes the body that asks: there is no way to read what is not its.

mod blob;
mod content_rows;
mod custody;
mod dossier;
mod hand_over;
mod item;
mod journal;
mod migration;
mod migration_content;
mod migration_custody;
mod migration_dispute;
mod migration_hand_over;
mod migration_investigators;
mod order;
mod parent;
mod rows;
mod upload;
mod viewer;

pub use migration::Migrations;

pub(crate) use blob::{
    add_sm3, blob, content, contents_of, contents_with, count_contents, count_old_keys,
    faulty_blobs, found_blob, insert_blob, insert_content, old_keys, place, replace_blob, rewrap,
    set_place, unread_blobs,
};
pub(crate) use custody::{append_custody, chain, chains};
pub(crate) use dossier::{
    DossierFilter, add_investigators, dossier, dossier_name, dossiers, insert_dossier, may_trace,
    next_number,
};
pub(crate) use hand_over::{
    HandOverFilter, completed_before, hand_over, hand_over_to_change, hand_overs, insert_hand_over,
    ordered, untold, update_hand_over,
};
pub(crate) use item::{
    count_offered_elsewhere, free_items, has_code, insert_item, is_any_held_elsewhere, item,
    item_to_change, items, items_of_dossier, save_items,
};
pub(crate) use journal::trace;
pub(crate) use order::{note_order, ordered_docket};
pub(crate) use parent::parent;
pub(crate) use upload::{
    Recorded, abandoned, begin_anew, drop_objects, drop_pile, dropped_objects, end_upload,
    forget_dropped, insert_upload, known_objects, open_uploads, pieces, record_segment, upload,
    upload_to_change,
};
pub(crate) use viewer::{hide, show};

use db::{Db, Engine};
use sea_orm::{
    AccessMode, ConnectionTrait, DatabaseTransaction, DbBackend, IsolationLevel, Statement,
    TransactionTrait as _,
};
use types::Id;

use crate::error::Error;

/// For several reads that must tell of one instant; it ends when it is dropped.
pub(crate) async fn snapshot(db: &Db) -> Result<DatabaseTransaction, Error> {
    // A transaction of SQLite reads one instant by itself.
    let level = (db.engine() == Engine::Postgres).then_some(IsolationLevel::RepeatableRead);
    let access = level.map(|_| AccessMode::ReadOnly);
    Ok(db.reader().begin_with_config(level, access).await?)
}

/// Makes whoever else wants this name wait until the transaction is over: what is counted and then
/// added to is counted right. `SQLite` has one writer.
pub(crate) async fn lock(tx: &impl ConnectionTrait, name: &str) -> Result<(), Error> {
    let backend = tx.get_database_backend();
    if backend == DbBackend::Postgres {
        let sql = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))";
        tx.query_one_raw(Statement::from_sql_and_values(backend, sql, [name.into()])).await?;
    }
    Ok(())
}

/// Reads a resource name of the collection `of`.
pub(crate) fn parse_name<K>(name: &str, of: &str) -> Option<Id<K>> {
    let id = name.strip_prefix(of)?.strip_prefix('/')?;
    // Only the canonical form: names are compared as text.
    id.parse::<Id<K>>().ok().filter(|parsed| parsed.to_string() == id)
}

fn read_word<T>(word: Option<T>, column: &'static str) -> Result<T, Error> {
    word.ok_or(Error::Corrupt(column))
}

fn read_json<T: serde::de::DeserializeOwned>(text: &str, column: &'static str) -> Result<T, Error> {
    serde_json::from_str(text).map_err(|_| Error::Corrupt(column))
}

fn write_json<T: serde::Serialize>(value: &T, column: &'static str) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|_| Error::Corrupt(column))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::{sync::oneshot, time::sleep};
    use types::AgencyCode;

    use super::*;

    #[tokio::test]
    async fn of_two_who_lock_a_name_the_second_sees_what_the_first_has_written() {
        let db = db::testing::database::<Migrations>("evidence").await;
        let (locked, first_has_it) = oneshot::channel();
        let first = db.write(move |tx| {
            Box::pin(async move {
                lock(tx, "referrals/1").await?;
                // Nobody waits for it when the test has failed already.
                let _ = locked.send(());
                sleep(Duration::from_millis(300)).await;
                let agency = AgencyCode::parse("MKT").ok_or(Error::Unidentified)?;
                show(tx, &[(agency, "referrals/1".to_owned())]).await
            })
        });
        let second = async {
            first_has_it.await.unwrap();
            let counted = db.write(|tx| {
                Box::pin(async move {
                    lock(tx, "referrals/1").await?;
                    let sql = "SELECT count(*) AS n FROM viewer";
                    let statement = Statement::from_string(tx.get_database_backend(), sql);
                    let row = tx.query_one_raw(statement).await?.ok_or(Error::Stale)?;
                    Ok::<i64, Error>(row.try_get("", "n")?)
                })
            });
            counted.await
        };
        let (first, second) = tokio::join!(first, second);
        first.unwrap();
        assert_eq!(second.unwrap(), 1);
    }
}
