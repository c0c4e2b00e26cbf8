//! What a yearly evaluation is made of.

use chrono::NaiveDate;
use sea_orm::{ConnectionTrait, Value};

use super::{
    fact::{Filter, measure},
    query_all,
};
use crate::{
    domain::{report::Sums, word::Measure},
    error::Error,
};

/// Everything that is counted in two years, by body.
pub(crate) async fn sums(conn: &impl ConnectionTrait, year: i32) -> Result<Sums, Error> {
    let sql = "SELECT measure, body, substr(month, 1, 4) AS year, \
               CAST(SUM(number) AS BIGINT) AS number FROM tally \
               WHERE month >= $1 AND month <= $2 GROUP BY measure, body, substr(month, 1, 4)";
    let span = vec![format!("{:04}-01", year - 1).into(), format!("{year:04}-12").into()];
    let mut sums = Sums::default();
    for row in query_all(conn, sql, span).await? {
        let of: String = row.try_get("", "year")?;
        let last = of != format!("{year:04}");
        sums.add(measure(&row)?, row.try_get("", "body")?, last, row.try_get("", "number")?);
    }
    Ok(sums)
}

/// The statutory terms that were missed in a year, by rule, most first.
pub(crate) async fn missed(
    conn: &impl ConnectionTrait,
    year: i32,
    body: Option<&str>,
) -> Result<Vec<(String, i64)>, Error> {
    let filter = Filter {
        body: body.map(str::to_owned),
        from_month: Some(format!("{year:04}-01")),
        to_month: Some(format!("{year:04}-12")),
        ..Filter::default()
    };
    let (conditions, more) = filter.conditions("f", 2);
    let mut values: Vec<Value> = vec![Measure::TermMissed.as_str().into()];
    values.extend(more);
    let sql = format!(
        "SELECT f.detail, COUNT(*) AS number FROM fact AS f WHERE f.measure = $1{conditions} \
         GROUP BY f.detail ORDER BY COUNT(*) DESC, f.detail"
    );
    let rows = query_all(conn, &sql, values).await?;
    rows.iter().map(|row| Ok((row.try_get("", "detail")?, row.try_get("", "number")?))).collect()
}

/// The warnings that were raised in a year, by rule: the rule, how many, and how many of them are
/// not closed.
pub(crate) async fn warned(
    conn: &impl ConnectionTrait,
    year: i32,
    body: Option<&str>,
) -> Result<Vec<(String, i64, i64)>, Error> {
    let last_day = |year| NaiveDate::from_ymd_opt(year, 12, 31).unwrap_or(NaiveDate::MAX);
    let end_of = |year| Value::from(clock::end_of_day(last_day(year)));
    let mut values = vec![end_of(year - 1), end_of(year)];
    values.extend(body.map(Value::from));
    let own = if body.is_some() { " AND owner = $3" } else { "" };
    let sql = format!(
        "SELECT rule, COUNT(*) AS number, \
         CAST(SUM(CASE WHEN state = 'CLOSED' THEN 0 ELSE 1 END) AS BIGINT) AS open \
         FROM warning WHERE created_at >= $1 AND created_at < $2{own} GROUP BY rule ORDER BY rule"
    );
    let rows = query_all(conn, &sql, values).await?;
    rows.iter()
        .map(|row| {
            Ok((row.try_get("", "rule")?, row.try_get("", "number")?, row.try_get("", "open")?))
        })
        .collect()
}
