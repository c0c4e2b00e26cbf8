//! Where warnings are kept, and who sees them.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, QueryResult, Value};

use super::{
    due::{Reader, claimed},
    execute, places, query_all, query_one, words,
};
use crate::{
    domain::{
        settings::Scope,
        warning::{Finding, Warning, WarningState},
    },
    error::Error,
};

/// The most warnings written with one statement.
const WARNINGS: usize = 500;

const COLUMNS: [&str; 24] = [
    "name",
    "rule",
    "law_rule",
    "basis",
    "verified",
    "service",
    "subject",
    "docket",
    "owner",
    "item",
    "once_key",
    "summary",
    "state",
    "escalated_to",
    "acknowledged_by",
    "officer",
    "closed_by",
    "outcome",
    "created_at",
    "due_at",
    "acknowledged_at",
    "closed_at",
    "level",
    "version",
];

fn columns() -> String {
    let all: Vec<String> = COLUMNS.iter().map(|name| format!("w.{name}")).collect();
    all.join(", ")
}

/// Writes new warnings, but for those that were raised before. Returns those it wrote.
pub(crate) async fn insert_warnings(
    tx: &impl ConnectionTrait,
    mut warnings: Vec<Warning>,
) -> Result<Vec<Warning>, Error> {
    // In one order, so that two replicas never wait for each other.
    warnings.sort_by_key(|one| one.found.key());
    warnings.dedup_by_key(|one| one.found.key());
    let mut written = Vec::new();
    for some in warnings.chunks(WARNINGS) {
        let sql = format!(
            "INSERT INTO warning ({}) VALUES {} ON CONFLICT (once_key) DO NOTHING RETURNING name",
            COLUMNS.join(", "),
            places(some.len(), COLUMNS.len())
        );
        let values = some.iter().flat_map(row).collect();
        for row in query_all(tx, &sql, values).await? {
            written.push(row.try_get::<String>("", "name")?);
        }
    }
    written.sort();
    warnings.retain(|one| written.binary_search(&one.name).is_ok());
    show(tx, &warnings).await?;
    Ok(warnings)
}

/// Writes a warning that changed; it must still be as it was read.
pub(crate) async fn update_warning(tx: &impl ConnectionTrait, one: &Warning) -> Result<(), Error> {
    let sql = "UPDATE warning SET state = $3, escalated_to = $4, acknowledged_by = $5, officer = $6, \
               closed_by = $7, outcome = $8, due_at = $9, acknowledged_at = $10, closed_at = $11, \
               level = $12, version = $2 WHERE name = $1 AND version = $2 - 1";
    let values = vec![
        one.name.as_str().into(),
        one.version.into(),
        one.state.as_str().into(),
        one.escalated_to.join(",").into(),
        one.acknowledged_by.as_str().into(),
        one.officer.as_str().into(),
        one.closed_by.as_str().into(),
        one.outcome.as_str().into(),
        one.due_at.into(),
        one.acknowledged_at.into(),
        one.closed_at.into(),
        one.level.into(),
    ];
    let done = execute(tx, sql, values).await?;
    if done.rows_affected() != 1 {
        return Err(Error::Stale);
    }
    show(tx, std::slice::from_ref(one)).await
}

/// Closes claimed warnings whose subjects came to rest before anybody looked.
pub(crate) async fn settle_warnings(
    tx: &impl ConnectionTrait,
    settled: &[Warning],
) -> Result<(), Error> {
    for some in settled.chunks(WARNINGS) {
        let Some(first) = some.first() else { continue };
        let mut values: Vec<Value> = vec![
            first.state.as_str().into(),
            first.closed_at.into(),
            first.outcome.as_str().into(),
        ];
        let names: Vec<String> = some
            .iter()
            .map(|one| {
                values.push(one.name.as_str().into());
                format!("${}", values.len())
            })
            .collect();
        let sql = format!(
            "UPDATE warning SET state = $1, closed_at = $2, outcome = $3, due_at = NULL, version = \
             version + 1 WHERE name IN ({})",
            names.join(", ")
        );
        execute(tx, &sql, values).await?;
    }
    Ok(())
}

/// Its owner sees a warning, and whom it went up to, and who waits for what is late.
async fn show(tx: &impl ConnectionTrait, warnings: &[Warning]) -> Result<(), Error> {
    let mut values: Vec<Value> = Vec::new();
    for one in warnings {
        let seers = [&one.found.owner].into_iter().chain(&one.escalated_to);
        let mut seers: Vec<&String> = seers.chain(&one.found.seers).collect();
        seers.sort();
        seers.dedup();
        for agency in seers.into_iter().filter(|code| !code.is_empty()) {
            values.extend([agency.as_str().into(), one.name.as_str().into()]);
        }
    }
    for some in values.chunks(2 * WARNINGS) {
        let sql = format!(
            "INSERT INTO warning_for (agency, name) VALUES {} ON CONFLICT DO NOTHING",
            places(some.len() / 2, 2)
        );
        execute(tx, &sql, some.to_vec()).await?;
    }
    Ok(())
}

fn row(one: &Warning) -> [Value; 24] {
    let found = &one.found;
    [
        one.name.as_str().into(),
        found.rule.as_str().into(),
        found.law_rule.as_str().into(),
        found.basis.as_str().into(),
        found.verified.as_str().into(),
        found.service.as_str().into(),
        found.subject.as_str().into(),
        found.docket.as_str().into(),
        found.owner.as_str().into(),
        found.item.as_str().into(),
        found.key().into(),
        found.summary.as_str().into(),
        one.state.as_str().into(),
        one.escalated_to.join(",").into(),
        one.acknowledged_by.as_str().into(),
        one.officer.as_str().into(),
        one.closed_by.as_str().into(),
        one.outcome.as_str().into(),
        one.created_at.into(),
        one.due_at.into(),
        one.acknowledged_at.into(),
        one.closed_at.into(),
        one.level.into(),
        one.version.into(),
    ]
}

/// What a caller asks for beside what it may see.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct WarningFilter {
    pub state: Option<WarningState>,
    pub rule: Option<String>,
    pub owner: Option<String>,
    pub docket: Option<String>,
    pub level: Option<i32>,
}

/// The condition that a reader may see the warning `w`, and where to look for it.
fn seen_by(reader: &Reader<'_>, values: &mut Vec<Value>) -> (&'static str, String) {
    values.push(reader.agency.into());
    let own = "EXISTS (SELECT 1 FROM warning_for s WHERE s.agency = $1 AND s.name = w.name)";
    match reader.scope {
        None => ("warning_for f JOIN warning w ON w.name = f.name", "f.agency = $1".to_owned()),
        // The first place is used, so that every engine knows its type.
        Some(Scope::All) => ("warning w", "$1 <> ''".to_owned()),
        Some(Scope::Of(services)) => {
            let place = |service: &String| {
                values.push(service.as_str().into());
                format!("${}", values.len())
            };
            let places: Vec<String> = services.iter().map(place).collect();
            ("warning w", format!("(w.service IN ({}) OR {own})", places.join(", ")))
        }
    }
}

/// The page of warnings before the name `before` that a reader may see, newest first.
pub(crate) async fn list_warnings(
    conn: &impl ConnectionTrait,
    reader: &Reader<'_>,
    filter: &WarningFilter,
    before: Option<&str>,
    size: u64,
) -> Result<Vec<Warning>, Error> {
    let mut values = Vec::new();
    let (from, seen) = seen_by(reader, &mut values);
    let order = if reader.scope.is_none() { "f" } else { "w" };
    let mut conditions = vec![seen];
    let mut and = |condition: &str, value: Value| {
        values.push(value);
        conditions.push(format!("{condition} ${}", values.len()));
    };
    if let Some(state) = filter.state {
        and("w.state =", state.as_str().into());
    }
    for (column, value) in
        [("w.rule =", &filter.rule), ("w.owner =", &filter.owner), ("w.docket =", &filter.docket)]
    {
        if let Some(value) = value {
            and(column, value.as_str().into());
        }
    }
    if let Some(level) = filter.level {
        and("w.level =", level.into());
    }
    if let Some(before) = before {
        and(&format!("{order}.name <"), before.into());
    }
    values.push(i64::try_from(size).unwrap_or(i64::MAX).into());
    let sql = format!(
        "SELECT {} FROM {from} WHERE {} ORDER BY {order}.name DESC LIMIT ${}",
        columns(),
        conditions.join(" AND "),
        values.len()
    );
    query_all(conn, &sql, values).await?.iter().map(read).collect()
}

/// A warning, if a reader may see it.
pub(crate) async fn warning(
    conn: &impl ConnectionTrait,
    reader: &Reader<'_>,
    name: &str,
) -> Result<Warning, Error> {
    let mut values = Vec::new();
    let (from, seen) = seen_by(reader, &mut values);
    values.push(name.into());
    let sql =
        format!("SELECT {} FROM {from} WHERE {seen} AND w.name = ${}", columns(), values.len());
    let found = query_one(conn, &sql, values).await?;
    read(&found.ok_or(Error::NotFound("warning"))?)
}

/// Warnings that nobody acknowledged by `now`, at most `limit`, claimed as due items are.
pub(crate) async fn claim_warnings(
    tx: &impl ConnectionTrait,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Warning>, Error> {
    let sql = format!(
        "SELECT {} FROM warning w WHERE w.due_at <= $1 ORDER BY w.due_at LIMIT $2{}",
        columns(),
        claimed(tx, "")
    );
    query_all(tx, &sql, vec![now.into(), limit.into()]).await?.iter().map(read).collect()
}

/// Warnings about some due items that nobody looks at yet; they stay claimed.
pub(crate) async fn warnings_of(
    tx: &impl ConnectionTrait,
    items: &[String],
) -> Result<Vec<Warning>, Error> {
    let mut found = Vec::new();
    for some in items.chunks(WARNINGS) {
        // Not SKIP LOCKED: none of them may be left open.
        let lock = claimed(tx, "").replace(" SKIP LOCKED", "");
        let sql = format!(
            "SELECT {} FROM warning w WHERE w.state IN ('OPEN', 'ESCALATED') AND w.item IN {} \
             ORDER BY w.name{lock}",
            columns(),
            places(1, some.len())
        );
        let values = some.iter().map(|key| key.as_str().into()).collect();
        for row in query_all(tx, &sql, values).await? {
            found.push(read(&row)?);
        }
    }
    Ok(found)
}

fn read(row: &QueryResult) -> Result<Warning, Error> {
    let text = |column: &str| row.try_get::<String>("", column);
    let state = WarningState::parse(&text("state")?).ok_or(Error::Corrupt("warning.state"))?;
    // The key is made anew from its parts: the last of them is what follows the last bar but one.
    let (rule, item, subject) = (text("rule")?, text("item")?, text("subject")?);
    let about = if item.is_empty() { &subject } else { &item };
    let once_key = text("once_key")?;
    let once = once_key.strip_prefix(&format!("{rule}|{about}|"));
    let once = once.ok_or(Error::Corrupt("warning.once_key"))?.to_owned();
    Ok(Warning {
        name: text("name")?,
        found: Finding {
            rule,
            law_rule: text("law_rule")?,
            basis: text("basis")?,
            verified: text("verified")?,
            service: text("service")?,
            subject,
            docket: text("docket")?,
            owner: text("owner")?,
            seers: Vec::new(),
            item,
            once,
            summary: text("summary")?,
        },
        state,
        level: row.try_get("", "level")?,
        escalated_to: words(&text("escalated_to")?),
        created_at: row.try_get("", "created_at")?,
        due_at: row.try_get("", "due_at")?,
        acknowledged_at: row.try_get("", "acknowledged_at")?,
        acknowledged_by: text("acknowledged_by")?,
        officer: text("officer")?,
        closed_at: row.try_get("", "closed_at")?,
        closed_by: text("closed_by")?,
        outcome: text("outcome")?,
        version: row.try_get("", "version")?,
    })
}
