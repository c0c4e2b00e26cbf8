//! Decisions, each whole in its row beside what it is found by.

use chrono::{DateTime, Utc};
use sea_orm::ConnectionTrait;
use types::AgencyCode;

use super::{
    execute, query_all, query_one,
    whole::{List, Whose, read, whole},
};
use crate::{
    domain::{
        decision::Decision,
        word::{DecisionKind, DecisionState, PublicationState},
    },
    error::Error,
};

/// Writes a new decision; a body has one of each number.
pub(crate) async fn insert(tx: &impl ConnectionTrait, one: &Decision) -> Result<(), Error> {
    let sql = "INSERT INTO decision (name, agency, decision_no, kind, state, publication_state, \
               due_at, next_rung_at, provisional, version, whole) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    let values = vec![
        one.name.as_str().into(),
        one.agency.as_str().into(),
        one.content.decision_no.as_str().into(),
        one.content.kind.as_str().into(),
        one.state.as_str().into(),
        one.publication_state.as_str().into(),
        one.due_at().into(),
        one.next_rung_at().into(),
        one.is_provisional().into(),
        one.version.into(),
        whole(one)?,
    ];
    match execute(tx, sql, values).await {
        Ok(_) => Ok(()),
        Err(error) if db::is_unique_violation(&error) => {
            Err(Error::Exists(format!("the decision {}", one.content.decision_no)))
        }
        Err(error) => Err(error.into()),
    }
}

/// Writes a decision that changed; it must still be of the version before.
pub(crate) async fn update(tx: &impl ConnectionTrait, one: &Decision) -> Result<(), Error> {
    let sql = "UPDATE decision SET state = $1, publication_state = $2, due_at = $3, \
               next_rung_at = $4, provisional = $5, version = $6, whole = $7 \
               WHERE name = $8 AND version = $9";
    let values = vec![
        one.state.as_str().into(),
        one.publication_state.as_str().into(),
        one.due_at().into(),
        one.next_rung_at().into(),
        one.is_provisional().into(),
        one.version.into(),
        whole(one)?,
        one.name.as_str().into(),
        (one.version - 1).into(),
    ];
    let done = execute(tx, sql, values).await?;
    if done.rows_affected() == 1 { Ok(()) } else { Err(Error::Stale) }
}

/// The decision of this name, if the reader may see it.
pub(crate) async fn get(
    conn: &impl ConnectionTrait,
    whose: Whose<'_>,
    name: &str,
) -> Result<Decision, Error> {
    let sql = "SELECT whole FROM decision WHERE name = $1";
    let row = query_one(conn, sql, vec![name.into()]).await?;
    let found: Option<Decision> = row.as_ref().map(read).transpose()?;
    found.filter(|one| whose.sees(&one.agency)).ok_or(Error::NotFound("decision"))
}

/// Which decisions a list has.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    pub agency: Option<AgencyCode>,
    pub kind: Option<DecisionKind>,
    pub state: Option<DecisionState>,
    pub publication_state: Option<PublicationState>,
    pub overdue: Option<bool>,
}

/// Decisions that the reader may see, newest first, before a name.
pub(crate) async fn list(
    conn: &impl ConnectionTrait,
    whose: Whose<'_>,
    filter: &Filter,
    (before, now): (Option<&str>, DateTime<Utc>),
    limit: u64,
) -> Result<Vec<Decision>, Error> {
    let mut list = List::new(whose, filter.agency.as_ref(), before);
    list.equal("kind", filter.kind.map(DecisionKind::as_str));
    list.equal("state", filter.state.map(DecisionState::as_str));
    list.equal("publication_state", filter.publication_state.map(PublicationState::as_str));
    match filter.overdue {
        None => {}
        Some(true) => list.and("due_at <= $", now.into()),
        Some(false) => list.and("(due_at IS NULL OR due_at > $)", now.into()),
    }
    list.read(conn, "decision", limit).await
}

/// Decisions with a rung that fell due, the oldest first.
pub(crate) async fn due(
    conn: &impl ConnectionTrait,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Decision>, Error> {
    let sql = "SELECT whole FROM decision WHERE next_rung_at <= $1 ORDER BY next_rung_at LIMIT $2";
    query_all(conn, sql, vec![now.into(), limit.into()]).await?.iter().map(read).collect()
}

/// Decisions with a term that will be counted again, after a name.
pub(crate) async fn provisional(
    conn: &impl ConnectionTrait,
    after: &str,
    limit: i64,
) -> Result<Vec<Decision>, Error> {
    let sql = "SELECT whole FROM decision WHERE provisional AND name > $1 ORDER BY name LIMIT $2";
    query_all(conn, sql, vec![after.into(), limit.into()]).await?.iter().map(read).collect()
}
