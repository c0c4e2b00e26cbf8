//! Promises for minor violations, each whole in its row beside what it is found by.

use sea_orm::ConnectionTrait;
use types::AgencyCode;

use super::{
    execute, query_one,
    whole::{List, Whose, read, whole},
};
use crate::{
    domain::{promise::Promise, word::PromiseState},
    error::Error,
};

/// Writes a new promise.
pub(crate) async fn insert(tx: &impl ConnectionTrait, one: &Promise) -> Result<(), Error> {
    let sql = "INSERT INTO promise (name, agency, matter, subject, state, version, whole) \
               VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let values = vec![
        one.name.as_str().into(),
        one.agency.as_str().into(),
        one.matter.as_str().into(),
        one.subject.as_str().into(),
        one.state.as_str().into(),
        one.version.into(),
        whole(one)?,
    ];
    execute(tx, sql, values).await?;
    Ok(())
}

/// Writes a promise that changed; it must still be of the version before.
pub(crate) async fn update(tx: &impl ConnectionTrait, one: &Promise) -> Result<(), Error> {
    let sql = "UPDATE promise SET state = $1, version = $2, whole = $3 \
               WHERE name = $4 AND version = $5";
    let values = vec![
        one.state.as_str().into(),
        one.version.into(),
        whole(one)?,
        one.name.as_str().into(),
        (one.version - 1).into(),
    ];
    let done = execute(tx, sql, values).await?;
    if done.rows_affected() == 1 { Ok(()) } else { Err(Error::Stale) }
}

/// The promise of this name, if the reader may see it.
pub(crate) async fn get(
    conn: &impl ConnectionTrait,
    whose: Whose<'_>,
    name: &str,
) -> Result<Promise, Error> {
    let sql = "SELECT whole FROM promise WHERE name = $1";
    let row = query_one(conn, sql, vec![name.into()]).await?;
    let found: Option<Promise> = row.as_ref().map(read).transpose()?;
    found.filter(|one| whose.sees(&one.agency)).ok_or(Error::NotFound("promise"))
}

/// Whether a party had the minor route before, with this body and in this matter.
pub(crate) async fn had(
    conn: &impl ConnectionTrait,
    agency: &AgencyCode,
    (matter, subject): (&str, &str),
) -> Result<bool, Error> {
    let sql = "SELECT 1 AS found FROM promise WHERE agency = $1 AND matter = $2 AND subject = $3 \
               LIMIT 1";
    let values = vec![agency.as_str().into(), matter.into(), subject.into()];
    Ok(query_one(conn, sql, values).await?.is_some())
}

/// Which promises a list has.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    pub agency: Option<AgencyCode>,
    pub state: Option<PromiseState>,
    pub subject: Option<String>,
}

/// Promises that the reader may see, newest first, before a name.
pub(crate) async fn list(
    conn: &impl ConnectionTrait,
    whose: Whose<'_>,
    filter: &Filter,
    before: Option<&str>,
    limit: u64,
) -> Result<Vec<Promise>, Error> {
    let mut list = List::new(whose, filter.agency.as_ref(), before);
    list.equal("state", filter.state.map(PromiseState::as_str));
    list.equal("subject", filter.subject.as_deref());
    list.read(conn, "promise", limit).await
}
