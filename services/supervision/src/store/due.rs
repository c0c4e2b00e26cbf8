//! Reads of what is due: pages, the board, exchanges between two bodies; and the claims of its rungs.
//!
//! Every read for a body says which: it sees what it is a party to, and what it oversees.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbBackend, QueryResult, Value};

use super::{execute, places, query_all, unsigned};
use crate::{
    domain::{
        due::{Form, Item, Rung},
        settings::Scope,
    },
    error::Error,
};

/// The columns of [`read`]. The earlier rule is that of an open term on the same duty of the same
/// body that is due before it.
const COLUMNS: &str = "d.service, d.id, d.form, d.kind, d.rule, d.basis, d.verified, \
     d.service_target, d.duty, d.holder, d.owed_to, d.docket, d.resource, d.length, d.start_at, \
     d.due_at, d.half_at, d.near_at, d.provisional, d.state, d.open, d.end_at, d.digest, d.row_id, \
     d.leaf, d.rung, CASE WHEN d.form = 'TERM' THEN (SELECT e.rule FROM due e WHERE e.open AND \
     e.resource = d.resource AND e.form = 'TERM' AND e.holder = d.holder AND e.duty = d.duty AND \
     e.rule <> d.rule AND (e.due_at, e.key) < (d.due_at, d.key) ORDER BY e.due_at, e.key LIMIT 1) \
     END AS earlier_rule";

/// Who reads.
#[derive(Clone, Debug)]
pub(crate) struct Reader<'a> {
    /// The body.
    pub agency: &'a str,
    /// What it oversees.
    pub scope: Option<&'a Scope>,
}

/// What a caller asks for beside what it may see.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct DueFilter {
    /// Only this body must act.
    pub agency: Option<String>,
    pub rung: Option<Rung>,
    pub form: Option<Form>,
    pub kind: Option<String>,
    pub service: Option<String>,
    pub docket: Option<String>,
}

/// A place in the order of due items.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct After {
    pub due_at: DateTime<Utc>,
    pub key: String,
}

/// A query that grows.
#[derive(Default)]
struct Sql {
    conditions: Vec<String>,
    values: Vec<Value>,
}

impl Sql {
    /// The place of a value.
    fn place(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("${}", self.values.len())
    }

    fn and(&mut self, condition: impl Into<String>) {
        self.conditions.push(condition.into());
    }

    fn equals(&mut self, column: &str, value: Option<&str>) {
        if let Some(value) = value {
            let place = self.place(value);
            self.and(format!("{column} = {place}"));
        }
    }

    fn all(&self) -> String {
        self.conditions.join(" AND ")
    }
}

/// What a reader may see of `due d`.
fn may_see(sql: &mut Sql, reader: &Reader<'_>) -> String {
    let Some(scope) = reader.scope else {
        return party(&sql.place(reader.agency));
    };
    match scope {
        Scope::All => "d.open".to_owned(),
        Scope::Of(services) => {
            let places: Vec<String> = services.iter().map(|one| sql.place(one.as_str())).collect();
            let own = party(&sql.place(reader.agency));
            format!("(d.service IN ({}) OR {own})", places.join(", "))
        }
    }
}

/// That a body is a party to `d`.
fn party(agency: &str) -> String {
    format!(
        "EXISTS (SELECT 1 FROM due_for s WHERE s.agency = {agency} AND s.due_at = d.due_at AND \
         s.key = d.key)"
    )
}

/// The page of what is due first, after `after`.
pub(crate) async fn list_due(
    conn: &impl ConnectionTrait,
    reader: &Reader<'_>,
    filter: &DueFilter,
    (after, size): (Option<&After>, u64),
    now: DateTime<Utc>,
) -> Result<Vec<Item>, Error> {
    let mut sql = Sql::default();
    // The order of the pages is that of an index: of what a body is a party to, or of all there is.
    let (from, order) = match reader.scope {
        None => ("due_for f JOIN due d ON d.key = f.key", "f"),
        Some(_) => ("due d", "d"),
    };
    sql.and("d.open");
    match reader.scope {
        None => sql.equals("f.agency", Some(reader.agency)),
        Some(_) => {
            let seen = may_see(&mut sql, reader);
            sql.and(seen);
        }
    }
    sql.equals("d.holder", filter.agency.as_deref());
    sql.equals("d.form", filter.form.map(Form::as_str));
    sql.equals("d.kind", filter.kind.as_deref());
    sql.equals("d.service", filter.service.as_deref());
    sql.equals("d.docket", filter.docket.as_deref());
    if let Some(rung) = filter.rung {
        let now = sql.place(now);
        sql.and(on_rung(rung, &now));
    }
    if let Some(After { due_at, key }) = after {
        let (due_at, key) = (sql.place(*due_at), sql.place(key.as_str()));
        sql.and(format!("({order}.due_at, {order}.key) > ({due_at}, {key})"));
    }
    let limit = sql.place(i64::try_from(size).unwrap_or(i64::MAX));
    let text = format!(
        "SELECT {COLUMNS} FROM {from} WHERE {} ORDER BY {order}.due_at, {order}.key LIMIT {limit}",
        sql.all()
    );
    query_all(conn, &text, sql.values).await?.iter().map(read).collect()
}

/// How far something has come is asked of the time, not of what was raised: so it is never late.
fn on_rung(rung: Rung, now: &str) -> String {
    match rung {
        Rung::Overdue => format!("d.due_at <= {now} AND d.state <> 'SUSPENDED'"),
        Rung::Near => {
            format!("d.due_at > {now} AND d.near_at <= {now} AND d.state <> 'SUSPENDED'")
        }
        Rung::Half => format!(
            "d.due_at > {now} AND d.half_at <= {now} AND (d.near_at IS NULL OR d.near_at > {now}) \
             AND d.state <> 'SUSPENDED'"
        ),
        Rung::Running => format!(
            "(d.state = 'SUSPENDED' OR (d.due_at > {now} AND (d.half_at IS NULL OR d.half_at > \
             {now}) AND (d.near_at IS NULL OR d.near_at > {now})))"
        ),
    }
}

/// How much of one form stands on one rung with one body.
#[derive(Clone, Debug)]
pub(crate) struct Cell {
    pub holder: String,
    pub form: Form,
    pub rung: Rung,
    pub count: i64,
    /// Key of what is due first of them.
    pub oldest: String,
}

/// The cells a reader may see, each with what is due first.
pub(crate) async fn board(
    conn: &impl ConnectionTrait,
    reader: &Reader<'_>,
) -> Result<Vec<Cell>, Error> {
    let mut sql = Sql::default();
    let seen = may_see(&mut sql, reader);
    let counted = match reader.scope {
        Some(_) => format!("due d WHERE d.open AND {seen}"),
        None => "due_for f JOIN due d ON d.key = f.key WHERE d.open AND f.agency = $1".to_owned(),
    };
    // What is due first is looked up once for each cell.
    let text = format!(
        "WITH c AS (SELECT d.holder, d.form, d.rung, count(*) AS items, min(d.due_at) AS first_at \
         FROM {counted} GROUP BY d.holder, d.form, d.rung) \
         SELECT c.holder, c.form, c.rung, c.items, (SELECT d.key FROM due d WHERE d.open AND {seen} \
         AND d.holder = c.holder AND d.form = c.form AND d.rung = c.rung AND d.due_at = c.first_at \
         ORDER BY d.key LIMIT 1) AS oldest FROM c ORDER BY c.holder, c.form, c.rung"
    );
    let rows = query_all(conn, &text, sql.values).await?;
    let cell = |row: &QueryResult| {
        Ok(Cell {
            holder: row.try_get("", "holder")?,
            form: read_form(row)?,
            rung: read_rung(row)?,
            count: row.try_get("", "items")?,
            oldest: row.try_get::<Option<String>>("", "oldest")?.unwrap_or_default(),
        })
    };
    rows.iter().map(cell).collect()
}

/// Items by their keys; whoever asks has seen the keys.
pub(crate) async fn items(
    conn: &impl ConnectionTrait,
    keys: &[String],
) -> Result<Vec<Item>, Error> {
    let mut items = Vec::new();
    for some in keys.chunks(500) {
        let sql = format!("SELECT {COLUMNS} FROM due d WHERE d.key IN {}", places(1, some.len()));
        let values = some.iter().map(|key| key.as_str().into()).collect();
        for row in query_all(conn, &sql, values).await? {
            items.push(read(&row)?);
        }
    }
    Ok(items)
}

/// Exchanges between two bodies that were sent in a span of time, oldest first, at most `limit`.
pub(crate) async fn exchanges(
    conn: &impl ConnectionTrait,
    (one, other): (&str, &str),
    (from, to): (DateTime<Utc>, DateTime<Utc>),
    limit: u64,
) -> Result<Vec<Item>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM due d WHERE d.form = 'EXCHANGE' AND ((d.sender = $1 AND d.holder = \
         $2) OR (d.sender = $2 AND d.holder = $1)) AND d.start_at >= $3 AND d.start_at < $4 \
         ORDER BY d.start_at, d.key LIMIT $5"
    );
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let values = vec![one.into(), other.into(), from.into(), to.into(), limit.into()];
    query_all(conn, &sql, values).await?.iter().map(read).collect()
}

/// Items with a rung that fell due by `now`, at most `limit`; on PostgreSQL none that another
/// replica looks at in this moment. They stay claimed until the end of the transaction.
pub(crate) async fn claim_due(
    tx: &impl ConnectionTrait,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Item>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM due d WHERE d.next_rung_at <= $1 ORDER BY d.next_rung_at LIMIT \
         $2{}",
        claimed(tx, " OF d")
    );
    query_all(tx, &sql, vec![now.into(), limit.into()]).await?.iter().map(read).collect()
}

/// What makes a select claim its rows, where engines need it: `SQLite` has one writer.
pub(super) fn claimed(tx: &impl ConnectionTrait, of: &str) -> String {
    if tx.get_database_backend() == DbBackend::Postgres {
        format!(" FOR UPDATE{of} SKIP LOCKED")
    } else {
        String::new()
    }
}

/// Notes that claimed items came to a rung, and when the next one falls due.
pub(crate) async fn raise_to(
    tx: &impl ConnectionTrait,
    keys: &[String],
    rung: Rung,
) -> Result<(), Error> {
    if keys.is_empty() {
        return Ok(());
    }
    let next = match rung {
        Rung::Running => "COALESCE(half_at, near_at, due_at)",
        Rung::Half => "COALESCE(near_at, due_at)",
        Rung::Near => "due_at",
        Rung::Overdue => "NULL",
    };
    let sql = format!(
        "UPDATE due SET rung = '{}', next_rung_at = {next} WHERE key IN {}",
        rung.as_str(),
        places(1, keys.len())
    );
    execute(tx, &sql, keys.iter().map(|key| key.as_str().into()).collect()).await?;
    Ok(())
}

fn read(row: &QueryResult) -> Result<Item, Error> {
    let owed_to: String = row.try_get("", "owed_to")?;
    let earlier_rule: Option<String> = row.try_get("", "earlier_rule")?;
    Ok(Item {
        service: row.try_get("", "service")?,
        id: row.try_get("", "id")?,
        form: read_form(row)?,
        kind: row.try_get("", "kind")?,
        rule: row.try_get("", "rule")?,
        basis: row.try_get("", "basis")?,
        verified: row.try_get("", "verified")?,
        service_target: row.try_get("", "service_target")?,
        duty: row.try_get("", "duty")?,
        holder: row.try_get("", "holder")?,
        owed_to: super::words(&owed_to),
        docket: row.try_get("", "docket")?,
        resource: row.try_get("", "resource")?,
        length: row.try_get("", "length")?,
        start_at: row.try_get("", "start_at")?,
        due_at: row.try_get("", "due_at")?,
        half_at: row.try_get("", "half_at")?,
        near_at: row.try_get("", "near_at")?,
        provisional: row.try_get("", "provisional")?,
        state: row.try_get("", "state")?,
        open: row.try_get("", "open")?,
        end_at: row.try_get("", "end_at")?,
        digest: row.try_get("", "digest")?,
        row_id: row.try_get("", "row_id")?,
        leaf: unsigned(row.try_get("", "leaf")?, "due.leaf")?,
        rung: read_rung(row)?,
        earlier_rule: earlier_rule.unwrap_or_default(),
    })
}

fn read_form(row: &QueryResult) -> Result<Form, Error> {
    Form::parse(&row.try_get::<String>("", "form")?).ok_or(Error::Corrupt("due.form"))
}

fn read_rung(row: &QueryResult) -> Result<Rung, Error> {
    Rung::parse(&row.try_get::<String>("", "rung")?).ok_or(Error::Corrupt("due.rung"))
}
