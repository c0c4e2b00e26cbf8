//! What happened, as one body may see it: the journal through `party`.

use db::{Db, journal};
use sea_orm::{ConnectionTrait as _, Statement, Value};
use types::AgencyCode;

use crate::error::Error;

/// Where to read on, and how much.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tail {
    /// After this row.
    pub after: journal::Cursor,
    /// At most so many.
    pub limit: u64,
}

/// What happened after a cursor in everything `reader` may see, in commit order.
pub(crate) async fn watch(
    db: &Db,
    reader: &AgencyCode,
    tail: Tail,
) -> Result<Vec<journal::Row>, Error> {
    select(db, reader, tail, None).await
}

/// What happened in one docket, as far as `reader` may see it.
pub(crate) async fn timeline(
    db: &Db,
    reader: &AgencyCode,
    docket: &str,
    tail: Tail,
) -> Result<Vec<journal::Row>, Error> {
    select(db, reader, tail, Some(docket)).await
}

async fn select(
    db: &Db,
    reader: &AgencyCode,
    tail: Tail,
    docket: Option<&str>,
) -> Result<Vec<journal::Row>, Error> {
    // A watcher goes on from its cursor, so rows that may still be overtaken are held back. Who
    // asks for one docket wants to see what it has just done.
    let only = match docket {
        Some(_) => "j.docket = $5",
        None => journal::horizon_sql(db.engine()),
    };
    let sql = format!(
        "SELECT {} FROM journal AS j JOIN party AS p ON p.agency = $1 AND p.name = j.resource \
         AND j.id >= p.since WHERE (j.txid, j.id) > ($2, $3) AND {only} \
         ORDER BY j.txid, j.id LIMIT $4",
        journal::COLUMNS
    );
    let limit = i64::try_from(tail.limit).unwrap_or(i64::MAX);
    let mut values: Vec<Value> =
        vec![reader.as_str().into(), tail.after.txid.into(), tail.after.id.into(), limit.into()];
    values.extend(docket.map(Value::from));
    let backend = db.reader().get_database_backend();
    let statement = Statement::from_sql_and_values(backend, sql, values);
    let rows = db.reader().query_all_raw(statement).await?;
    Ok(rows.iter().map(journal::Row::read).collect::<Result<_, _>>()?)
}
