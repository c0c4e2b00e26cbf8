//! Dockets that something must follow on, and referrals that came back.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, QueryResult, Value};

use super::{due::claimed, execute, places, query_all};
use crate::{domain::watch::DocketWatch, error::Error};

/// The most rows written with one statement.
const ROWS: usize = 1000;

const COLUMNS: &str = "docket, owner, opened_at, suggests, fined_at, referred, next_at";

/// Keeps to which docket each of some dossiers belongs.
pub(crate) async fn insert_dockets(
    tx: &impl ConnectionTrait,
    dockets: &[(&str, &str)],
) -> Result<(), Error> {
    for some in dockets.chunks(ROWS) {
        let sql = format!(
            "INSERT INTO docket_of (name, docket) VALUES {} ON CONFLICT DO NOTHING",
            places(some.len(), 2)
        );
        let values = some.iter().flat_map(|(name, docket)| [(*name).into(), (*docket).into()]);
        execute(tx, &sql, values.collect()).await?;
    }
    Ok(())
}

/// The dockets of some dossiers, as far as they are known.
pub(crate) async fn dockets_of(
    tx: &impl ConnectionTrait,
    names: &[&str],
) -> Result<BTreeMap<String, String>, Error> {
    let mut dockets = BTreeMap::new();
    for some in names.chunks(ROWS) {
        let sql =
            format!("SELECT name, docket FROM docket_of WHERE name IN {}", places(1, some.len()));
        let values = some.iter().map(|name| Value::from(*name)).collect();
        for row in query_all(tx, &sql, values).await? {
            dockets.insert(row.try_get("", "name")?, row.try_get("", "docket")?);
        }
    }
    Ok(dockets)
}

/// What is known of some dockets.
pub(crate) async fn docket_watches(
    tx: &impl ConnectionTrait,
    dockets: &[&str],
) -> Result<BTreeMap<String, DocketWatch>, Error> {
    let mut watches = BTreeMap::new();
    for some in dockets.chunks(ROWS) {
        let sql =
            format!("SELECT {COLUMNS} FROM docket_watch WHERE docket IN {}", places(1, some.len()));
        let values = some.iter().map(|docket| Value::from(*docket)).collect();
        for row in query_all(tx, &sql, values).await? {
            let watch = read(&row)?;
            watches.insert(watch.docket.clone(), watch);
        }
    }
    Ok(watches)
}

/// Keeps what is known of some dockets.
pub(crate) async fn save_docket_watches(
    tx: &impl ConnectionTrait,
    watches: &[DocketWatch],
) -> Result<(), Error> {
    for some in watches.chunks(ROWS) {
        let sql = format!(
            "INSERT INTO docket_watch ({COLUMNS}) VALUES {} ON CONFLICT (docket) DO UPDATE SET \
             fined_at = excluded.fined_at, referred = excluded.referred, \
             next_at = excluded.next_at",
            places(some.len(), 7)
        );
        let mut values: Vec<Value> = Vec::with_capacity(7 * some.len());
        for one in some {
            values.extend([
                one.docket.as_str().into(),
                one.owner.as_str().into(),
                one.opened_at.into(),
                one.suggests.into(),
                one.fined_at.into(),
                one.referred.into(),
                one.next_at.into(),
            ]);
        }
        execute(tx, &sql, values).await?;
    }
    Ok(())
}

/// Dockets that are to be looked at by `now`, at most `limit`, claimed as due items are.
pub(crate) async fn claim_docket_watches(
    tx: &impl ConnectionTrait,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<DocketWatch>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM docket_watch WHERE next_at <= $1 ORDER BY next_at LIMIT $2{}",
        claimed(tx, "")
    );
    query_all(tx, &sql, vec![now.into(), limit.into()]).await?.iter().map(read).collect()
}

fn read(row: &QueryResult) -> Result<DocketWatch, Error> {
    Ok(DocketWatch {
        docket: row.try_get("", "docket")?,
        owner: row.try_get("", "owner")?,
        opened_at: row.try_get("", "opened_at")?,
        suggests: row.try_get("", "suggests")?,
        fined_at: row.try_get("", "fined_at")?,
        referred: row.try_get("", "referred")?,
        next_at: row.try_get("", "next_at")?,
    })
}

/// Keeps referrals that came back, each once: resource, whose it was, when.
pub(crate) async fn insert_returns(
    tx: &impl ConnectionTrait,
    returns: &[(&str, String, DateTime<Utc>)],
) -> Result<(), Error> {
    for some in returns.chunks(ROWS) {
        let sql = format!(
            "INSERT INTO returned (resource, agency, at) VALUES {} ON CONFLICT DO NOTHING",
            places(some.len(), 3)
        );
        let value = |(resource, agency, at): &(&str, String, DateTime<Utc>)| -> [Value; 3] {
            [(*resource).into(), agency.as_str().into(), (*at).into()]
        };
        execute(tx, &sql, some.iter().flat_map(value).collect()).await?;
    }
    Ok(())
}

/// How many referrals of some bodies came back since a moment.
pub(crate) async fn count_returns(
    tx: &impl ConnectionTrait,
    agencies: &[String],
    since: DateTime<Utc>,
) -> Result<Vec<(String, i64)>, Error> {
    let mut values: Vec<Value> = agencies.iter().map(|code| code.as_str().into()).collect();
    let wanted = places(1, values.len());
    values.push(since.into());
    let sql = format!(
        "SELECT agency, count(*) AS returns FROM returned WHERE agency IN {wanted} AND at > ${} \
         GROUP BY agency",
        values.len()
    );
    let rows = query_all(tx, &sql, values).await?;
    let count = |row: &QueryResult| Ok((row.try_get("", "agency")?, row.try_get("", "returns")?));
    rows.iter().map(count).collect()
}
