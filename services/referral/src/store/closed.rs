//! Cases that were closed, for the catalogue: a revision must not start over them.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, Statement, Value};
use types::AgencyCode;

use super::read_word;
use crate::{
    domain::{procedure::Procedure, word::ProcedureCode},
    error::Error,
};

/// A case that was closed, without a referral or by the last of its referrals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ClosedCase {
    /// Name of the docket.
    pub docket: String,
    /// Its matter.
    pub matter: String,
    /// Who had it.
    pub agency: AgencyCode,
    /// When it was closed.
    pub at: DateTime<Utc>,
}

/// The newest `limit` cases of `matters` that were closed at `since` or later. On behalf of the
/// catalogue service, which learns of a case no more than this.
pub(crate) async fn closed_cases(
    conn: &impl ConnectionTrait,
    matters: &[String],
    since: DateTime<Utc>,
    limit: u64,
) -> Result<Vec<ClosedCase>, Error> {
    let places: Vec<String> = (3..3 + matters.len()).map(|at| format!("${at}")).collect();
    let places = places.join(", ");
    // A referral changes last when it ends: nothing follows a final state.
    let sql = format!(
        "SELECT name, matter, agency, closed_at FROM docket \
         WHERE matter IN ({places}) AND close_reason IS NOT NULL AND closed_at >= $1 \
         UNION ALL \
         SELECT d.name, d.matter, d.agency, MAX(r.updated_at) FROM docket AS d \
         JOIN referral AS r ON r.docket = d.name WHERE d.matter IN ({places}) \
         GROUP BY d.name, d.matter, d.agency \
         HAVING MIN(CASE WHEN {} THEN 1 ELSE 0 END) = 1 AND MAX(r.updated_at) >= $1 \
         ORDER BY 4 DESC, 1 DESC LIMIT $2",
        is_final()
    );
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut values: Vec<Value> = vec![since.into(), limit.into()];
    values.extend(matters.iter().map(|matter| Value::from(matter.as_str())));
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), sql, values);
    let rows = conn.query_all_raw(statement).await?;
    let cases = rows.iter().map(|row| {
        let agency: String = row.try_get_by_index(2)?;
        Ok(ClosedCase {
            docket: row.try_get_by_index(0)?,
            matter: row.try_get_by_index(1)?,
            agency: read_word(AgencyCode::parse(&agency), "docket.agency")?,
            at: row.try_get_by_index(3)?,
        })
    });
    cases.collect()
}

/// That the referral `r` has ended: the words are those of the tables of the law, none is a caller's.
fn is_final() -> String {
    let all = ProcedureCode::ALL.iter().map(|code| {
        let finals = Procedure::of(*code).finals.iter();
        let finals: Vec<String> = finals.map(|state| format!("'{state}'")).collect();
        format!("(r.procedure = '{code}' AND r.state IN ({}))", finals.join(", "))
    });
    all.collect::<Vec<_>>().join(" OR ")
}
