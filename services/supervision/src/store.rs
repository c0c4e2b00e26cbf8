//! Where the log is kept. The only module that knows the tables.

mod board;
pub(crate) mod decision;
mod docket;
mod due;
pub(crate) mod fact;
mod leaf;
mod migration;
mod migration_figures;
mod migration_watch;
pub(crate) mod promise;
pub(crate) mod report;
mod trace;
mod warning;
pub(crate) mod whole;

use std::collections::BTreeMap;

pub use migration::Migrations;

pub(crate) use board::apply;
pub(crate) use docket::{
    claim_docket_watches, count_returns, docket_watches, dockets_of, insert_dockets,
    insert_returns, save_docket_watches,
};
pub(crate) use due::{
    After, Cell, DueFilter, Reader, board, claim_due, exchanges, items, list_due, raise_to,
};
pub(crate) use leaf::{Sought, digests, entries, insert_leaves, last, leaf};
pub(crate) use trace::{Oversight, Traced, insert_oversight, insert_trace, oversights, trace};
pub(crate) use warning::{
    WarningFilter, claim_warnings, insert_warnings, list_warnings, settle_warnings, update_warning,
    warning, warnings_of,
};

use sea_orm::{ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, Statement, Value};
use tlog::{Hash, TileId, TileWrite};

use crate::{
    domain::{Alarm, Head, Position},
    error::Error,
};

/// The most tiles asked for or written with one statement.
const TILES: usize = 200;

/// Writes the head of the empty log and its checkpoint, unless there is a head.
pub(crate) async fn begin(tx: &impl ConnectionTrait, note: &str) -> Result<(), Error> {
    let sql = "INSERT INTO log_head (id, size, root) VALUES (1, 0, $1) ON CONFLICT (id) DO NOTHING";
    let begun = execute(tx, sql, vec![bytes(&Hash::EMPTY.0)]).await?;
    if begun.rows_affected() == 1 { put_checkpoint(tx, 0, note).await } else { Ok(()) }
}

/// The log as it is.
pub(crate) async fn head(conn: &impl ConnectionTrait) -> Result<Head, Error> {
    read_head(conn, "SELECT size, root FROM log_head WHERE id = 1").await
}

/// The log as it is, and stays until the end of the transaction.
pub(crate) async fn lock_head(tx: &impl ConnectionTrait) -> Result<Head, Error> {
    // SQLite has one writer, and a write transaction holds it from its beginning.
    if tx.get_database_backend() != DbBackend::Postgres {
        return head(tx).await;
    }
    read_head(tx, "SELECT size, root FROM log_head WHERE id = 1 FOR UPDATE").await
}

async fn read_head(conn: &impl ConnectionTrait, sql: &str) -> Result<Head, Error> {
    let row = query_one(conn, sql, vec![]).await?.ok_or(Error::Corrupt("log_head"))?;
    let size = unsigned(row.try_get("", "size")?, "log_head.size")?;
    Ok(Head { size, root: Hash(array(row.try_get("", "root")?, "log_head.root")?) })
}

/// Replaces the head, and keeps the checkpoint that was signed of it.
pub(crate) async fn advance(
    tx: &impl ConnectionTrait,
    head: &Head,
    note: &str,
) -> Result<(), Error> {
    let sql = "UPDATE log_head SET size = $1, root = $2 WHERE id = 1";
    execute(tx, sql, vec![signed(head.size)?.into(), bytes(&head.root.0)]).await?;
    put_checkpoint(tx, head.size, note).await
}

async fn put_checkpoint(tx: &impl ConnectionTrait, size: u64, note: &str) -> Result<(), Error> {
    let sql = "INSERT INTO checkpoint (size, note) VALUES ($1, $2)";
    execute(tx, sql, vec![signed(size)?.into(), note.into()]).await?;
    Ok(())
}

/// The checkpoint of this size, if it was signed.
pub(crate) async fn checkpoint(
    conn: &impl ConnectionTrait,
    size: u64,
) -> Result<Option<String>, Error> {
    let sql = "SELECT note FROM checkpoint WHERE size = $1";
    let row = query_one(conn, sql, vec![signed(size)?.into()]).await?;
    Ok(row.map(|row| row.try_get("", "note")).transpose()?)
}

/// Tiles by level and index, each as wide as it is now.
pub(crate) type Tiles = BTreeMap<(u8, u64), Vec<u8>>;

/// The tiles that are there of those asked for.
pub(crate) async fn tiles(conn: &impl ConnectionTrait, wanted: &[TileId]) -> Result<Tiles, Error> {
    let mut tiles = Tiles::new();
    for some in wanted.chunks(TILES) {
        let mut values: Vec<Value> = Vec::new();
        let mut wanted = Vec::new();
        for tile in some {
            values.extend([i32::from(tile.level).into(), signed(tile.index)?.into()]);
            wanted.push(format!("(level = ${} AND idx = ${})", values.len() - 1, values.len()));
        }
        let sql = format!("SELECT level, idx, hashes FROM tile WHERE {}", wanted.join(" OR "));
        for row in query_all(conn, &sql, values).await? {
            let level = u8::try_from(row.try_get::<i32>("", "level")?);
            let level = level.map_err(|_| Error::Corrupt("tile.level"))?;
            let index = unsigned(row.try_get("", "idx")?, "tile.idx")?;
            tiles.insert((level, index), row.try_get("", "hashes")?);
        }
    }
    Ok(tiles)
}

/// Writes tiles over the narrower ones.
pub(crate) async fn put_tiles(tx: &impl ConnectionTrait, tiles: &[TileWrite]) -> Result<(), Error> {
    // The last of each: one statement must not write a row twice.
    let last: BTreeMap<(u8, u64), &TileWrite> =
        tiles.iter().map(|write| ((write.tile.level, write.tile.index), write)).collect();
    let last: Vec<_> = last.into_iter().collect();
    for some in last.chunks(TILES) {
        let mut values: Vec<Value> = Vec::new();
        for ((level, index), write) in some {
            values.extend([
                i32::from(*level).into(),
                signed(*index)?.into(),
                write.bytes.clone().into(),
            ]);
        }
        let sql = format!(
            "INSERT INTO tile (level, idx, hashes) VALUES {} ON CONFLICT (level, idx) DO UPDATE \
             SET hashes = excluded.hashes",
            places(some.len(), 3)
        );
        execute(tx, &sql, values).await?;
    }
    Ok(())
}

/// How much of each journal is sequenced, by service.
pub(crate) async fn positions(
    conn: &impl ConnectionTrait,
) -> Result<BTreeMap<String, Position>, Error> {
    let sql = "SELECT service, cursor, rows, last_row_id, highest_row_id FROM journal_position";
    let mut positions = BTreeMap::new();
    for row in query_all(conn, sql, vec![]).await? {
        let position = Position {
            cursor: row.try_get("", "cursor")?,
            rows: row.try_get("", "rows")?,
            last_row_id: row.try_get("", "last_row_id")?,
            highest_row_id: row.try_get("", "highest_row_id")?,
        };
        positions.insert(row.try_get("", "service")?, position);
    }
    Ok(positions)
}

/// Saves how much of a journal is sequenced.
pub(crate) async fn save_position(
    tx: &impl ConnectionTrait,
    service: &str,
    position: &Position,
) -> Result<(), Error> {
    let sql = "INSERT INTO journal_position (service, cursor, rows, last_row_id, highest_row_id) \
               VALUES ($1, $2, $3, $4, $5) ON CONFLICT (service) DO UPDATE SET \
               cursor = excluded.cursor, rows = excluded.rows, \
               last_row_id = excluded.last_row_id, highest_row_id = excluded.highest_row_id";
    let values = vec![
        service.into(),
        position.cursor.as_str().into(),
        position.rows.into(),
        position.last_row_id.into(),
        position.highest_row_id.into(),
    ];
    execute(tx, sql, values).await?;
    Ok(())
}

/// Keeps an alarm; the same one once.
pub(crate) async fn put_alarm(tx: &impl ConnectionTrait, alarm: &Alarm) -> Result<(), Error> {
    let sql = "INSERT INTO alarm (service, row_id, leaf, found) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (service, row_id, found) DO NOTHING";
    let service = alarm.service.as_str().into();
    let values = vec![service, alarm.row_id.into(), bytes(&alarm.leaf), bytes(&alarm.found)];
    execute(tx, sql, values).await?;
    Ok(())
}

/// Of each service with altered rows: how many there are, and the first of them.
pub(crate) async fn alarms(
    conn: &impl ConnectionTrait,
) -> Result<BTreeMap<String, (i64, i64)>, Error> {
    let sql = "SELECT service, count(DISTINCT row_id) AS altered, min(row_id) AS first FROM alarm \
               GROUP BY service";
    let mut alarms = BTreeMap::new();
    for row in query_all(conn, sql, vec![]).await? {
        let told = (row.try_get("", "altered")?, row.try_get("", "first")?);
        alarms.insert(row.try_get("", "service")?, told);
    }
    Ok(alarms)
}

async fn execute(
    conn: &impl ConnectionTrait,
    sql: &str,
    values: Vec<Value>,
) -> Result<ExecResult, DbErr> {
    conn.execute_raw(Statement::from_sql_and_values(conn.get_database_backend(), sql, values)).await
}

async fn query_one(
    conn: &impl ConnectionTrait,
    sql: &str,
    values: Vec<Value>,
) -> Result<Option<QueryResult>, DbErr> {
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), sql, values);
    conn.query_one_raw(statement).await
}

async fn query_all(
    conn: &impl ConnectionTrait,
    sql: &str,
    values: Vec<Value>,
) -> Result<Vec<QueryResult>, DbErr> {
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), sql, values);
    conn.query_all_raw(statement).await
}

/// `($1, $2), ($3, $4)`: the places of so many rows of so many values.
fn places(rows: usize, width: usize) -> String {
    let row = |row: usize| {
        let places: Vec<String> = (1..=width).map(|at| format!("${}", row * width + at)).collect();
        format!("({})", places.join(", "))
    };
    (0..rows).map(row).collect::<Vec<_>>().join(", ")
}

/// Words that were joined by commas.
fn words(text: &str) -> Vec<String> {
    text.split(',').filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

fn bytes(bytes: &[u8; 32]) -> Value {
    bytes.to_vec().into()
}

fn signed(number: u64) -> Result<i64, Error> {
    i64::try_from(number).map_err(|_| Error::Corrupt("a number of leaves"))
}

fn unsigned(number: i64, column: &'static str) -> Result<u64, Error> {
    u64::try_from(number).map_err(|_| Error::Corrupt(column))
}

fn array(bytes: Vec<u8>, column: &'static str) -> Result<[u8; 32], Error> {
    bytes.try_into().map_err(|_| Error::Corrupt(column))
}
