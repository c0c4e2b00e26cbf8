//! A command made again under its `request_id` gets its first answer, for ever (AIP-155).

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, Statement, Value};

/// What is known of a `request_id`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// It was never used by this caller.
    New,
    /// It was used for the same request; this was the answer.
    Same(Vec<u8>),
    /// It was used for another request or another method.
    Different,
}

/// Looks up what `caller` did under `request_id`.
///
/// Look again inside the write: only there is the answer final.
pub async fn lookup(
    conn: &impl ConnectionTrait,
    caller: &str,
    request_id: &str,
    method: &str,
    digest: &[u8],
) -> Result<Claim, DbErr> {
    let sql = "SELECT method, request_digest, response FROM idempotency \
               WHERE caller = $1 AND request_id = $2";
    let values: [Value; 2] = [caller.into(), request_id.into()];
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), sql, values);
    let Some(row) = conn.query_one_raw(statement).await? else { return Ok(Claim::New) };
    let known_method: String = row.try_get("", "method")?;
    let known_digest: Vec<u8> = row.try_get("", "request_digest")?;
    if known_method == method && known_digest == digest {
        return Ok(Claim::Same(row.try_get("", "response")?));
    }
    Ok(Claim::Different)
}

/// The columns of a record, for [`crate::Together`].
pub const COLUMNS: crate::Columns = &[
    ("caller", "text"),
    ("request_id", "text"),
    ("method", "text"),
    ("request_digest", "bytea"),
    ("response", "bytea"),
    ("at", "timestamptz"),
];

/// Records the answer to a call that has taken effect; `tx` must be the transaction of the effect.
///
/// # Errors
/// A unique violation ([`crate::is_unique_violation`]) when the same id was recorded meanwhile:
/// this transaction has failed, and [`lookup`] now knows the answer.
#[expect(clippy::too_many_arguments, reason = "they are the columns of one row")]
pub async fn record(
    tx: &impl ConnectionTrait,
    caller: &str,
    request_id: &str,
    method: &str,
    digest: &[u8],
    response: &[u8],
    at: DateTime<Utc>,
) -> Result<(), DbErr> {
    let sql = "INSERT INTO idempotency (caller, request_id, method, request_digest, response, at) \
               VALUES ($1, $2, $3, $4, $5, $6)";
    let values: [Value; 6] = [
        caller.into(),
        request_id.into(),
        method.into(),
        digest.into(),
        response.into(),
        at.into(),
    ];
    tx.execute_raw(Statement::from_sql_and_values(tx.get_database_backend(), sql, values)).await?;
    Ok(())
}
