//! Facts and tallies: what rows are counted as, and how many there are in each cell.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, QueryResult, Value};

use super::{execute, places, query_all, signed, unsigned, whole::most};
use crate::{
    domain::{
        fact::{Cell, Counted, Known, Settled},
        settings::Scope,
        word::{Dimension, Measure},
    },
    error::Error,
};

/// The most rows written or keys asked for with one statement.
const ROWS: usize = 500;

/// Those facts that were told once under these keys.
pub(crate) async fn known(
    conn: &impl ConnectionTrait,
    keys: &BTreeSet<String>,
) -> Result<Known, Error> {
    let keys: Vec<&String> = keys.iter().collect();
    let mut known = Known::new();
    for some in keys.chunks(ROWS) {
        let values: Vec<Value> = some.iter().map(|key| key.as_str().into()).collect();
        let sql = format!(
            "SELECT once, measure, body, area, matter, month FROM fact WHERE once IN {}",
            places(1, some.len())
        );
        for row in query_all(conn, &sql, values).await? {
            known.insert(row.try_get("", "once")?, (measure(&row)?, cell(&row)?));
        }
    }
    Ok(known)
}

/// Keeps what counts and forgets what does not any more, in the tallies too.
pub(crate) async fn count(tx: &impl ConnectionTrait, settled: &Settled) -> Result<(), Error> {
    forget(tx, settled).await?;
    for some in settled.counted.chunks(ROWS) {
        let mut values: Vec<Value> = Vec::with_capacity(13 * some.len());
        for Counted { fact, leaf, nth, at, resource, docket } in some {
            let Cell { body, area, matter, month } = &fact.cell;
            values.extend([signed(*leaf)?.into(), (*nth).into(), fact.measure.as_str().into()]);
            let texts = [body, area, matter, month, &fact.officer, &fact.detail];
            values.extend(texts.map(|one| text(one)));
            values.extend([fact.once.clone().into(), (*at).into(), text(resource), text(docket)]);
        }
        let sql = format!(
            "INSERT INTO fact (leaf, nth, measure, body, area, matter, month, officer, detail, \
             once, at, resource, docket) VALUES {}",
            places(some.len(), 13)
        );
        execute(tx, &sql, values).await?;
    }
    let mut cells: BTreeMap<(Measure, &Cell), i64> = BTreeMap::new();
    for Counted { fact, .. } in &settled.counted {
        *cells.entry((fact.measure, &fact.cell)).or_default() += 1;
    }
    for (measure, cell) in settled.withdrawn.values() {
        *cells.entry((*measure, cell)).or_default() -= 1;
    }
    add(tx, cells.into_iter().collect()).await
}

async fn forget(tx: &impl ConnectionTrait, settled: &Settled) -> Result<(), Error> {
    let keys: Vec<&String> = settled.withdrawn.keys().collect();
    for some in keys.chunks(ROWS) {
        let values: Vec<Value> = some.iter().map(|key| key.as_str().into()).collect();
        let sql = format!("DELETE FROM fact WHERE once IN {}", places(1, some.len()));
        execute(tx, &sql, values).await?;
    }
    Ok(())
}

async fn add(tx: &impl ConnectionTrait, cells: Vec<((Measure, &Cell), i64)>) -> Result<(), Error> {
    for some in cells.chunks(ROWS) {
        let mut values: Vec<Value> = Vec::with_capacity(6 * some.len());
        for ((measure, Cell { body, area, matter, month }), number) in some {
            values.push(measure.as_str().into());
            values.extend([month, body, area, matter].map(|one| text(one)));
            values.push((*number).into());
        }
        let sql = format!(
            "INSERT INTO tally (measure, month, body, area, matter, number) VALUES {} \
             ON CONFLICT (measure, month, body, area, matter) \
             DO UPDATE SET number = tally.number + excluded.number",
            places(some.len(), 6)
        );
        execute(tx, &sql, values).await?;
    }
    Ok(())
}

/// Which rows a figure is about; what is none leaves nothing out.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    pub body: Option<String>,
    pub area: Option<String>,
    pub matter: Option<String>,
    pub from_month: Option<String>,
    pub to_month: Option<String>,
}

impl Filter {
    /// The conditions on columns of `table`, and their values from place `first` on.
    pub(super) fn conditions(&self, table: &str, first: usize) -> (String, Vec<Value>) {
        let wanted = [
            ("body =", &self.body),
            ("area =", &self.area),
            ("matter =", &self.matter),
            ("month >=", &self.from_month),
            ("month <=", &self.to_month),
        ];
        let (mut sql, mut values) = (String::new(), Vec::new());
        for (condition, value) in wanted {
            if let Some(value) = value {
                sql.push_str(&format!(" AND {table}.{condition} ${}", first + values.len()));
                values.push(text(value));
            }
        }
        (sql, values)
    }
}

/// How many facts of each measure there are in each group, in the order of groups. Of a cell only
/// what it was told apart by is filled. At most `limit` rows.
pub(crate) async fn tally(
    conn: &impl ConnectionTrait,
    measures: &BTreeSet<Measure>,
    filter: &Filter,
    by: &BTreeSet<Dimension>,
    limit: i64,
) -> Result<Vec<(Cell, Measure, i64)>, Error> {
    let mut values: Vec<Value> = measures.iter().map(|measure| measure.as_str().into()).collect();
    let (conditions, more) = filter.conditions("t", values.len() + 1);
    values.extend(more);
    let column = |dimension: Dimension, name: &str| {
        let told = by.contains(&dimension);
        (if told { format!("t.{name}") } else { format!("'' AS {name}") }, told)
    };
    let columns = [
        column(Dimension::Body, "body"),
        column(Dimension::Area, "area"),
        column(Dimension::Matter, "matter"),
        column(Dimension::Month, "month"),
    ];
    let told = |sql: &(String, bool)| sql.1.then(|| sql.0.clone());
    let mut groups: Vec<String> = columns.iter().filter_map(told).collect();
    groups.push("t.measure".to_owned());
    let columns: Vec<String> = columns.into_iter().map(|(sql, _)| sql).collect();
    values.push(limit.into());
    let sql = format!(
        "SELECT {}, t.measure, CAST(SUM(t.number) AS BIGINT) AS number FROM tally AS t \
         WHERE t.measure IN {}{conditions} GROUP BY {} HAVING SUM(t.number) > 0 ORDER BY {} LIMIT ${}",
        columns.join(", "),
        places(1, measures.len()),
        groups.join(", "),
        groups.join(", "),
        values.len()
    );
    let rows = query_all(conn, &sql, values).await?;
    rows.iter().map(|row| Ok((cell(row)?, measure(row)?, row.try_get("", "number")?))).collect()
}

/// A row behind a figure.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub measure: Measure,
    pub service: String,
    pub row_id: i64,
    pub leaf: u64,
    /// Which of the facts of its row.
    pub nth: i32,
    pub at: DateTime<Utc>,
    pub resource: String,
    pub docket: String,
    pub cell: Cell,
    pub officer: String,
    pub detail: String,
}

/// Whose rows a reader sees: the rows of `own`, and those in its scope.
#[derive(Clone, Debug)]
pub(crate) struct Reader {
    pub own: String,
    pub scope: Option<Scope>,
}

impl Reader {
    fn conditions(&self, first: usize) -> (String, Vec<Value>) {
        let own = || Value::from(self.own.as_str());
        match &self.scope {
            Some(Scope::All) => (String::new(), Vec::new()),
            None => (format!(" AND f.body = ${first}"), vec![own()]),
            Some(Scope::Of(services)) => {
                let mut values = vec![own()];
                let some = services.iter().map(|service| {
                    values.push(service.as_str().into());
                    format!("${}", first + values.len() - 1)
                });
                let some: Vec<String> = some.collect();
                let sql = format!(" AND (f.body = ${first} OR l.service IN ({}))", some.join(", "));
                (sql, values)
            }
        }
    }
}

/// The rows of one measure that `reader` sees, newest first, before a place.
pub(crate) async fn lines(
    conn: &impl ConnectionTrait,
    measure: Measure,
    (filter, reader): (&Filter, &Reader),
    before: Option<(u64, i32)>,
    limit: u64,
) -> Result<Vec<Line>, Error> {
    let mut values: Vec<Value> = vec![measure.as_str().into()];
    let (mut conditions, more) = filter.conditions("f", 2);
    values.extend(more);
    let (seen, more) = reader.conditions(values.len() + 1);
    conditions.push_str(&seen);
    values.extend(more);
    if let Some((leaf, nth)) = before {
        values.extend([signed(leaf)?.into(), nth.into()]);
        let last = values.len();
        conditions.push_str(&format!(" AND (f.leaf, f.nth) < (${}, ${last})", last - 1));
    }
    values.push(most(limit));
    let sql = format!(
        "SELECT f.measure, f.leaf, f.nth, f.body, f.area, f.matter, f.month, f.officer, f.detail, \
         f.at, f.resource, f.docket, l.service, l.row_id FROM fact AS f \
         JOIN leaf AS l ON l.idx = f.leaf WHERE f.measure = $1{conditions} \
         ORDER BY f.leaf DESC, f.nth DESC LIMIT ${}",
        values.len()
    );
    query_all(conn, &sql, values).await?.iter().map(line).collect()
}

/// Whether something was told once under this key.
pub(crate) async fn was_told(conn: &impl ConnectionTrait, key: String) -> Result<bool, Error> {
    Ok(!known(conn, &BTreeSet::from([key])).await?.is_empty())
}

fn line(row: &QueryResult) -> Result<Line, Error> {
    Ok(Line {
        measure: measure(row)?,
        service: row.try_get("", "service")?,
        row_id: row.try_get("", "row_id")?,
        leaf: unsigned(row.try_get("", "leaf")?, "fact.leaf")?,
        nth: row.try_get("", "nth")?,
        at: row.try_get("", "at")?,
        resource: row.try_get("", "resource")?,
        docket: row.try_get("", "docket")?,
        cell: cell(row)?,
        officer: row.try_get("", "officer")?,
        detail: row.try_get("", "detail")?,
    })
}

pub(super) fn measure(row: &QueryResult) -> Result<Measure, Error> {
    let word: String = row.try_get("", "measure")?;
    Measure::parse(&word).ok_or(Error::Corrupt("measure"))
}

fn cell(row: &QueryResult) -> Result<Cell, Error> {
    Ok(Cell {
        body: row.try_get("", "body")?,
        area: row.try_get("", "area")?,
        matter: row.try_get("", "matter")?,
        month: row.try_get("", "month")?,
    })
}

fn text(text: &str) -> Value {
    text.into()
}
