//! What every record has in common: a name, a version, columns to look for, and its whole as JSON.

use sea_orm::{
    ConnectionTrait, Order, QueryResult, Value,
    sea_query::{Expr, ExprTrait as _, OnConflict, Query, SelectStatement},
};
use serde::{Serialize, de::DeserializeOwned};
use types::AgencyCode;

use super::{party, read_json, write_json};
use crate::error::Error;

/// How many rows one statement writes: engines bound its values.
const ROWS_AT_ONCE: usize = 500;

/// A record with a table of its own.
pub(crate) trait Kept: Serialize + DeserializeOwned {
    /// The table.
    const TABLE: &'static str;
    /// What a caller is told is not there.
    const WHAT: &'static str;
    /// The resource name: the key.
    fn name(&self) -> &str;
    /// Counts the changes, from 1.
    fn version(&self) -> i32;
    /// The columns beside `name`, `version` and `body`.
    fn columns(&self) -> Vec<(&'static str, Value)>;
}

fn row<K: Kept>(one: &K) -> Result<Vec<(&'static str, Value)>, Error> {
    let body = write_json(one, K::WHAT)?;
    let mut row =
        vec![("name", one.name().into()), ("version", one.version().into()), ("body", body.into())];
    row.extend(one.columns());
    Ok(row)
}

/// Writes a new record.
pub(crate) async fn insert<K: Kept>(tx: &impl ConnectionTrait, one: &K) -> Result<(), Error> {
    insert_many(tx, std::slice::from_ref(one)).await
}

/// Writes new records.
pub(crate) async fn insert_many<K: Kept>(
    tx: &impl ConnectionTrait,
    many: &[K],
) -> Result<(), Error> {
    write(tx, many, false).await
}

/// Writes records in the place of those with the same names, each read at the version before.
pub(crate) async fn upsert<K: Kept>(tx: &impl ConnectionTrait, many: &[K]) -> Result<(), Error> {
    write(tx, many, true).await
}

async fn write<K: Kept>(tx: &impl ConnectionTrait, many: &[K], replace: bool) -> Result<(), Error> {
    for some in many.chunks(ROWS_AT_ONCE) {
        let mut insert = Query::insert();
        insert.into_table(K::TABLE);
        for one in some {
            let row = row(one)?;
            insert.columns(row.iter().map(|(column, _)| *column));
            if replace {
                let mut conflict = OnConflict::column("name");
                conflict.update_columns(row.iter().map(|(column, _)| *column));
                conflict.action_and_where(next_version::<K>());
                insert.on_conflict(conflict);
            }
            insert.values_panic(row.into_iter().map(|(_, value)| Expr::value(value)));
        }
        let done = tx.execute(&insert).await?;
        if done.rows_affected() != u64::try_from(some.len()).unwrap_or(u64::MAX) {
            return Err(Error::Stale);
        }
    }
    Ok(())
}

/// That what is written comes after what is there: somebody may have been faster.
fn next_version<K: Kept>() -> Expr {
    Expr::col((K::TABLE, "version")).eq(Expr::col(("excluded", "version")).sub(1))
}

/// Writes a record that was read at the version before its own.
pub(crate) async fn update<K: Kept>(tx: &impl ConnectionTrait, one: &K) -> Result<(), Error> {
    let mut update = Query::update();
    update
        .table(K::TABLE)
        .values(row(one)?.into_iter().map(|(column, value)| (column, Expr::value(value))))
        .and_where(Expr::col("name").eq(one.name()))
        .and_where(Expr::col("version").eq(one.version() - 1));
    let done = tx.execute(&update).await?;
    if done.rows_affected() == 1 { Ok(()) } else { Err(Error::Stale) }
}

/// The whole of records of a kind.
pub(super) fn select<K: Kept>() -> SelectStatement {
    Query::select().column((K::TABLE, "body")).from(K::TABLE).take()
}

/// Runs a statement made of [`select`].
pub(super) async fn all<K: Kept>(
    conn: &impl ConnectionTrait,
    select: &SelectStatement,
) -> Result<Vec<K>, Error> {
    conn.query_all(select).await?.iter().map(from).collect()
}

fn from<K: Kept>(row: &QueryResult) -> Result<K, Error> {
    read_json(&row.try_get::<String>("", "body")?, K::WHAT)
}

/// Reads a record that `reader` may see.
pub(crate) async fn read<K: Kept>(
    conn: &impl ConnectionTrait,
    reader: &AgencyCode,
    name: &str,
) -> Result<K, Error> {
    let mut select = select::<K>();
    select.and_where(Expr::col((K::TABLE, "name")).eq(name));
    select.and_where(party::seen_by(reader, K::TABLE));
    all(conn, &select).await?.pop().ok_or(Error::NotFound(K::WHAT))
}

/// Reads a record of a kind that is public, or one that a command of its own body replaces.
pub(crate) async fn public<K: Kept>(
    conn: &impl ConnectionTrait,
    name: &str,
) -> Result<Option<K>, Error> {
    let mut select = select::<K>();
    select.and_where(Expr::col((K::TABLE, "name")).eq(name));
    Ok(all(conn, &select).await?.pop())
}

/// The page of `size` records before the name `before` that `reader` may see, newest first: names
/// carry their time.
pub(crate) async fn seen_page<K: Kept>(
    conn: &impl ConnectionTrait,
    reader: &AgencyCode,
    before: Option<&str>,
    size: u64,
) -> Result<Vec<K>, Error> {
    let mut select = newest::<K>(before, size);
    select.and_where(party::seen_by(reader, K::TABLE));
    all(conn, &select).await
}

/// The same of a kind that is public.
pub(crate) async fn public_page<K: Kept>(
    conn: &impl ConnectionTrait,
    before: Option<&str>,
    size: u64,
) -> Result<Vec<K>, Error> {
    all(conn, &newest::<K>(before, size)).await
}

/// The page before a name, newest first.
pub(super) fn newest<K: Kept>(before: Option<&str>, size: u64) -> SelectStatement {
    let mut select = select::<K>();
    select.order_by((K::TABLE, "name"), Order::Desc).limit(size);
    if let Some(before) = before {
        select.and_where(Expr::col((K::TABLE, "name")).lt(before));
    }
    select
}
