//! Who did and saw what, docket by docket; and who looked at it as an overseer.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, QueryResult, Value};

use super::{due::Reader, execute, places, query_all, signed, unsigned, words};
use crate::{
    domain::{Told, settings::Scope},
    error::Error,
};

/// The most rows written with one statement.
const ROWS: usize = 1000;

/// Keeps what rows on dockets tell, and who may see which resource.
pub(crate) async fn insert_trace(tx: &impl ConnectionTrait, rows: &[Told]) -> Result<(), Error> {
    let on_dockets: Vec<&Told> = rows.iter().filter(|told| !told.docket.is_empty()).collect();
    for some in on_dockets.chunks(ROWS) {
        let mut values: Vec<Value> = Vec::with_capacity(14 * some.len());
        for told in some {
            values.extend([
                signed(told.leaf)?.into(),
                told.row_id.into(),
                told.at.into(),
                told.docket.as_str().into(),
                told.service.as_str().into(),
                told.kind.as_str().into(),
                told.resource.as_str().into(),
                told.agency.as_str().into(),
                told.officer.as_str().into(),
                told.step.as_str().into(),
                told.marks.rule.as_str().into(),
                told.marks.basis.as_str().into(),
                told.marks.summary.as_str().into(),
                told.marks.shown_to.join(",").into(),
            ]);
        }
        let sql = format!(
            "INSERT INTO trace_row (leaf, row_id, at, docket, service, kind, resource, agency, \
             officer, step, rule, basis, summary, shown_to) VALUES {}",
            places(some.len(), 14)
        );
        execute(tx, &sql, values).await?;
    }
    let mut seen: Vec<Value> = Vec::new();
    for told in rows {
        for agency in &told.marks.shown_to {
            seen.extend([told.resource.as_str().into(), agency.as_str().into()]);
        }
    }
    for some in seen.chunks(2 * ROWS) {
        let sql = format!(
            "INSERT INTO sight (resource, agency) VALUES {} ON CONFLICT DO NOTHING",
            places(some.len() / 2, 2)
        );
        execute(tx, &sql, some.to_vec()).await?;
    }
    Ok(())
}

/// A row of a trace.
#[derive(Clone, Debug)]
pub(crate) struct Traced {
    pub leaf: u64,
    pub row_id: i64,
    pub at: DateTime<Utc>,
    pub service: String,
    pub kind: String,
    pub resource: String,
    pub agency: String,
    pub officer: String,
    pub step: String,
    pub rule: String,
    pub basis: String,
    pub summary: String,
    pub shown_to: Vec<String>,
    /// Whether the reader did it, or is shown it: else it sees it as an overseer.
    pub own: bool,
}

/// The page of a docket's trace after a row, as far as a reader may see it: what it did, what it was
/// shown, what it oversees.
pub(crate) async fn trace(
    conn: &impl ConnectionTrait,
    reader: &Reader<'_>,
    docket: &str,
    after: Option<(DateTime<Utc>, i64)>,
    size: u64,
) -> Result<Vec<Traced>, Error> {
    let mut values: Vec<Value> = vec![docket.into(), reader.agency.into()];
    let own = "(t.agency = $2 OR EXISTS (SELECT 1 FROM sight s WHERE s.resource = t.resource AND \
               s.agency = $2))";
    let mut conditions = vec!["t.docket = $1".to_owned()];
    match reader.scope {
        Some(Scope::All) => {}
        None => conditions.push(own.to_owned()),
        Some(Scope::Of(services)) => {
            let place = |service: &String| {
                values.push(service.as_str().into());
                format!("${}", values.len())
            };
            let places: Vec<String> = services.iter().map(place).collect();
            conditions.push(format!("(t.service IN ({}) OR {own})", places.join(", ")));
        }
    }
    if let Some((at, leaf)) = after {
        values.extend([at.into(), leaf.into()]);
        let count = values.len();
        conditions.push(format!("(t.at, t.leaf) > (${}, ${count})", count - 1));
    }
    values.push(i64::try_from(size).unwrap_or(i64::MAX).into());
    let sql = format!(
        "SELECT t.*, CASE WHEN {own} THEN 1 ELSE 0 END AS own FROM trace_row t WHERE {} ORDER BY \
         t.at, t.leaf LIMIT ${}",
        conditions.join(" AND "),
        values.len()
    );
    query_all(conn, &sql, values).await?.iter().map(read).collect()
}

fn read(row: &QueryResult) -> Result<Traced, Error> {
    let shown_to: String = row.try_get("", "shown_to")?;
    Ok(Traced {
        leaf: unsigned(row.try_get("", "leaf")?, "trace_row.leaf")?,
        row_id: row.try_get("", "row_id")?,
        at: row.try_get("", "at")?,
        service: row.try_get("", "service")?,
        kind: row.try_get("", "kind")?,
        resource: row.try_get("", "resource")?,
        agency: row.try_get("", "agency")?,
        officer: row.try_get("", "officer")?,
        step: row.try_get("", "step")?,
        rule: row.try_get("", "rule")?,
        basis: row.try_get("", "basis")?,
        summary: row.try_get("", "summary")?,
        shown_to: words(&shown_to),
        own: row.try_get::<i32>("", "own")? == 1,
    })
}

/// One look of an overseer.
#[derive(Clone, Debug)]
pub(crate) struct Oversight {
    /// `UUID`: orders by time.
    pub id: String,
    pub row_id: i64,
    pub at: DateTime<Utc>,
    pub overseer: String,
    pub method: String,
    pub subject: String,
    /// Whose rows it saw.
    pub overseen: Vec<String>,
}

/// Keeps a look.
pub(crate) async fn insert_oversight(
    tx: &impl ConnectionTrait,
    look: &Oversight,
) -> Result<(), Error> {
    let sql = "INSERT INTO oversight (id, row_id, at, overseer, method, subject, overseen) VALUES \
               ($1, $2, $3, $4, $5, $6, $7)";
    let values = vec![
        look.id.as_str().into(),
        look.row_id.into(),
        look.at.into(),
        look.overseer.as_str().into(),
        look.method.as_str().into(),
        look.subject.as_str().into(),
        look.overseen.join(",").into(),
    ];
    execute(tx, sql, values).await?;
    let bodies: Vec<&str> = [look.overseer.as_str()]
        .into_iter()
        .chain(look.overseen.iter().map(String::as_str))
        .collect();
    for some in bodies.chunks(ROWS) {
        let sql = format!(
            "INSERT INTO oversight_of (agency, id) VALUES {} ON CONFLICT DO NOTHING",
            places(some.len(), 2)
        );
        let values =
            some.iter().flat_map(|body| [Value::from(*body), look.id.as_str().into()]).collect();
        execute(tx, &sql, values).await?;
    }
    Ok(())
}

/// The page of looks before `before` that a body made or that saw its rows, newest first.
pub(crate) async fn oversights(
    conn: &impl ConnectionTrait,
    agency: &str,
    before: Option<&str>,
    size: u64,
) -> Result<Vec<Oversight>, Error> {
    let mut values: Vec<Value> = vec![agency.into()];
    let mut condition = "f.agency = $1".to_owned();
    if let Some(before) = before {
        values.push(before.into());
        condition.push_str(" AND f.id < $2");
    }
    values.push(i64::try_from(size).unwrap_or(i64::MAX).into());
    let sql = format!(
        "SELECT o.* FROM oversight_of f JOIN oversight o ON o.id = f.id WHERE {condition} ORDER BY \
         f.id DESC LIMIT ${}",
        values.len()
    );
    let rows = query_all(conn, &sql, values).await?;
    let look = |row: &QueryResult| {
        Ok(Oversight {
            id: row.try_get("", "id")?,
            row_id: row.try_get("", "row_id")?,
            at: row.try_get("", "at")?,
            overseer: row.try_get("", "overseer")?,
            method: row.try_get("", "method")?,
            subject: row.try_get("", "subject")?,
            overseen: words(&row.try_get::<String>("", "overseen")?),
        })
    };
    rows.iter().map(look).collect()
}
