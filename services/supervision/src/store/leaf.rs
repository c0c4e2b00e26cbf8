//! The leaves: which row of which journal each is, and the call that caused the row.

use std::collections::BTreeMap;

use sea_orm::{ConnectionTrait, QueryResult, Value};
use tlog::Entry;

use super::{array, execute, places, query_all, query_one, signed, unsigned};
use crate::{
    domain::{Leaf, Row},
    error::Error,
};

/// The most leaves written with one statement: `SQLite` takes 32,766 values.
const LEAVES: usize = 1000;

const COLUMNS: &str = "idx, service, row_id, digest";

/// Appends leaves from number `first` on.
pub(crate) async fn insert_leaves(
    tx: &impl ConnectionTrait,
    first: u64,
    rows: &[Row],
) -> Result<(), Error> {
    let mut index = signed(first)?;
    for some in rows.chunks(LEAVES) {
        let mut values: Vec<Value> = Vec::with_capacity(7 * some.len());
        for row in some {
            values.extend([
                index.into(),
                row.entry.service().into(),
                row.entry.row().into(),
                row.entry.digest().to_vec().into(),
                row.agency.as_str().into(),
                row.request_id.as_str().into(),
                row.attested.into(),
            ]);
            index += 1;
        }
        let sql = format!(
            "INSERT INTO leaf (idx, service, row_id, digest, agency, request_id, attested) \
             VALUES {}",
            places(some.len(), 7)
        );
        execute(tx, &sql, values).await?;
    }
    Ok(())
}

/// The digests of those rows that are leaves.
pub(crate) async fn digests(
    conn: &impl ConnectionTrait,
    service: &str,
    row_ids: &[i64],
) -> Result<BTreeMap<i64, [u8; 32]>, Error> {
    let mut digests = BTreeMap::new();
    for some in row_ids.chunks(LEAVES) {
        let mut values: Vec<Value> = vec![service.into()];
        values.extend(some.iter().map(|row_id| Value::from(*row_id)));
        let wanted: Vec<String> = (2..=values.len()).map(|place| format!("${place}")).collect();
        let sql = format!(
            "SELECT {COLUMNS} FROM leaf WHERE service = $1 AND row_id IN ({})",
            wanted.join(", ")
        );
        for row in query_all(conn, &sql, values).await? {
            let entry = read(&row)?.entry;
            digests.insert(entry.row(), *entry.digest());
        }
    }
    Ok(digests)
}

/// Which leaf is looked for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Sought<'a> {
    /// That of a row.
    Row {
        /// Whose journal.
        service: &'a str,
        /// Which row.
        row_id: i64,
    },
    /// That of the row which a call left. Nobody finds the calls of others.
    Call {
        /// Whose journal.
        service: &'a str,
        /// The id of the call.
        request_id: &'a str,
        /// Who made it.
        caller: &'a str,
    },
}

/// The leaf, if there is one.
pub(crate) async fn leaf(
    conn: &impl ConnectionTrait,
    sought: Sought<'_>,
) -> Result<Option<Leaf>, Error> {
    let (condition, values): (_, Vec<Value>) = match sought {
        Sought::Row { service, row_id } => {
            ("service = $1 AND row_id = $2", vec![service.into(), row_id.into()])
        }
        // A call may have left several rows: the one with its proof.
        Sought::Call { service, request_id, caller } => (
            "service = $1 AND request_id = $2 AND agency = $3 AND attested ORDER BY idx LIMIT 1",
            vec![service.into(), request_id.into(), caller.into()],
        ),
    };
    let sql = format!("SELECT {COLUMNS} FROM leaf WHERE {condition}");
    query_one(conn, &sql, values).await?.as_ref().map(read).transpose()
}

/// `count` entries from number `first` on, as far as there are.
pub(crate) async fn entries(
    conn: &impl ConnectionTrait,
    first: u64,
    count: u16,
) -> Result<Vec<Entry>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM leaf WHERE idx >= $1 AND idx < $2 ORDER BY idx");
    let (first, count) = (signed(first)?, i64::from(count));
    let values = vec![first.into(), first.saturating_add(count).into()];
    let rows = query_all(conn, &sql, values).await?;
    rows.iter().map(|row| Ok(read(row)?.entry)).collect()
}

/// The number of the last leaf in a tree of `size` leaves.
pub(crate) async fn last(conn: &impl ConnectionTrait, size: u64) -> Result<Option<u64>, Error> {
    let sql = "SELECT idx FROM leaf WHERE idx < $1 ORDER BY idx DESC LIMIT 1";
    let row = query_one(conn, sql, vec![signed(size)?.into()]).await?;
    row.map(|row| unsigned(row.try_get("", "idx")?, "leaf.idx")).transpose()
}

fn read(row: &QueryResult) -> Result<Leaf, Error> {
    let service: String = row.try_get("", "service")?;
    let digest = array(row.try_get("", "digest")?, "leaf.digest")?;
    let entry = Entry::new(service, row.try_get("", "row_id")?, digest);
    let entry = entry.map_err(|_| Error::Corrupt("leaf"))?;
    Ok(Leaf { index: unsigned(row.try_get("", "idx")?, "leaf.idx")?, entry })
}
