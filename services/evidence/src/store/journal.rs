//! What happened in one dossier, as one body may see it: the journal through `viewer`.

use db::{Db, journal};
use sea_orm::{ConnectionTrait as _, Statement, Value};
use types::AgencyCode;

use crate::error::Error;

/// The page of `limit` rows of a dossier's trace after a cursor: those about resources that
/// `reader` may see, contents with what they are attached to, and what it did itself. Who may see
/// an item sees its whole chain, so it also gets the rows by which a hand-over moved the item
/// between others: without them nobody could prove the chain to be whole.
pub(crate) async fn trace(
    db: &Db,
    reader: &AgencyCode,
    dossier: &str,
    after: journal::Cursor,
    limit: u64,
) -> Result<Vec<journal::Row>, Error> {
    let sql = format!(
        "SELECT {} FROM journal AS j WHERE j.docket = $1 AND (j.txid, j.id) > ($2, $3) AND \
         (j.agency = $4 \
         OR EXISTS (SELECT 1 FROM viewer AS v WHERE v.agency = $4 AND v.resource = j.resource) \
         OR EXISTS (SELECT 1 FROM content AS c JOIN viewer AS v ON v.resource = c.parent \
         WHERE c.name = j.resource AND v.agency = $4) \
         OR (j.kind IN ('evidence.hand_over_signed.v1', 'evidence.hand_over_completed.v1') \
         AND EXISTS (SELECT 1 FROM custody AS e JOIN viewer AS v ON v.resource = e.item \
         WHERE e.hand_over = j.resource AND v.agency = $4))) \
         ORDER BY j.txid, j.id LIMIT $5",
        journal::COLUMNS
    );
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let values: [Value; 5] =
        [dossier.into(), after.txid.into(), after.id.into(), reader.as_str().into(), limit.into()];
    let backend = db.reader().get_database_backend();
    let statement = Statement::from_sql_and_values(backend, sql, values);
    let rows = db.reader().query_all_raw(statement).await?;
    Ok(rows.iter().map(journal::Row::read).collect::<Result<_, _>>()?)
}
