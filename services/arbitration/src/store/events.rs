//! What happened in one dispute, as one body may see it: the journal through `viewer`.

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

/// What happened in a dispute since `reader` may see it.
pub(crate) async fn timeline(
    db: &Db,
    reader: &AgencyCode,
    dispute: &str,
    tail: Tail,
) -> Result<Vec<journal::Row>, Error> {
    let sql = format!(
        "SELECT {} FROM journal AS j JOIN viewer AS v ON v.agency = $1 AND v.name = j.resource \
         AND j.id >= v.since WHERE j.resource = $5 AND (j.txid, j.id) > ($2, $3) \
         ORDER BY j.txid, j.id LIMIT $4",
        journal::COLUMNS
    );
    let limit = i64::try_from(tail.limit).unwrap_or(i64::MAX);
    let values: [Value; 5] = [
        reader.as_str().into(),
        tail.after.txid.into(),
        tail.after.id.into(),
        limit.into(),
        dispute.into(),
    ];
    let backend = db.reader().get_database_backend();
    let statement = Statement::from_sql_and_values(backend, sql, values);
    let rows = db.reader().query_all_raw(statement).await?;
    Ok(rows.iter().map(journal::Row::read).collect::<Result<_, _>>()?)
}
