//! Entries, each alive from the revision that put it to the one that took it away.

use std::{collections::BTreeSet, sync::Arc};

use sea_orm::{
    ActiveValue::Set, Condition, ExprTrait as _, QueryOrder as _, QuerySelect as _,
    entity::prelude::*,
};
use serde::{Serialize, de::DeserializeOwned};

use super::rows::entry::{ActiveModel, Column, Entity, Model};
use crate::{
    domain::{
        content::{Content, Held},
        entry::{Entry, Kind, Name},
    },
    error::Error,
};

/// How many rows one statement writes: engines bound its parameters.
const CHUNK: usize = 1000;

/// What one revision adds to another.
#[derive(Debug, Default)]
pub(crate) struct Delta {
    /// Entries that were put and are there.
    pub put: Vec<Held>,
    /// Entries that were taken away, or replaced, with the revision that had put them.
    pub gone: Vec<Held>,
}

/// What a page of entries is about.
#[derive(Clone, Debug)]
pub(crate) struct EntryFilter {
    /// The revision.
    pub revision: i64,
    /// Only this kind.
    pub kind: Option<Kind>,
    /// Only this matter.
    pub matter: Option<String>,
}

/// Writes what revision `number` puts and takes away. What is put replaces what has its key.
pub(crate) async fn write(
    tx: &impl ConnectionTrait,
    number: i64,
    put: &[Entry],
    remove: &[Name],
) -> Result<(), Error> {
    let names: BTreeSet<Name> = put.iter().map(Entry::name).chain(remove.iter().cloned()).collect();
    for kind in Kind::ALL {
        let keys: Vec<&str> =
            names.iter().filter(|name| name.0 == kind).map(|name| name.1.as_str()).collect();
        for keys in keys.chunks(CHUNK) {
            Entity::update_many()
                .col_expr(Column::Until, Expr::value(number))
                .filter(Column::Kind.eq(kind.number()))
                .filter(Column::Key.is_in(keys.iter().copied()))
                .filter(Column::Until.is_null())
                .exec(tx)
                .await?;
        }
    }
    for chunk in put.chunks(CHUNK) {
        let rows = chunk.iter().map(|entry| row(entry, number)).collect::<Result<Vec<_>, _>>()?;
        Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// What happened to the entries after revision `from`, up to `to`.
pub(crate) async fn delta(conn: &impl ConnectionTrait, from: i64, to: i64) -> Result<Delta, Error> {
    let mut delta = Delta::default();
    let put = Entity::find().filter(Column::Since.gt(from)).filter(alive_in(to));
    for row in put.all(conn).await? {
        delta.put.push(from_row(&row)?);
    }
    if from > 0 {
        let was_there = Column::Since.lte(from).and(Column::Until.gt(from));
        let gone = Entity::find().filter(was_there).filter(Column::Until.lte(to));
        for row in gone.all(conn).await? {
            delta.gone.push(from_row(&row)?);
        }
    }
    Ok(delta)
}

/// The entries of a revision about one matter, and those that are about none: areas and postings.
pub(crate) async fn about(
    conn: &impl ConnectionTrait,
    revision: i64,
    matter: &str,
) -> Result<Content, Error> {
    let query = Entity::find().filter(Column::Matter.is_in([matter, ""]));
    content(query.filter(alive_in(revision)).all(conn).await?)
}

/// The entries of a revision about any of `matters`.
pub(crate) async fn alive(
    conn: &impl ConnectionTrait,
    revision: i64,
    matters: &BTreeSet<String>,
) -> Result<Content, Error> {
    let query = Entity::find().filter(Column::Matter.is_in(matters.iter().map(String::as_str)));
    content(query.filter(alive_in(revision)).all(conn).await?)
}

/// The entries of a revision with these names.
pub(crate) async fn named(
    conn: &impl ConnectionTrait,
    revision: i64,
    names: &[Name],
) -> Result<Content, Error> {
    let mut rows = Vec::new();
    for kind in Kind::ALL {
        let keys: Vec<&str> =
            names.iter().filter(|name| name.0 == kind).map(|name| name.1.as_str()).collect();
        if keys.is_empty() {
            continue;
        }
        let query = Entity::find().filter(Column::Kind.eq(kind.number()));
        let query = query.filter(Column::Key.is_in(keys));
        rows.extend(query.filter(alive_in(revision)).all(conn).await?);
    }
    content(rows)
}

/// A page of the entries of a revision, by kind and key, with the revision that took each away.
pub(crate) async fn entries(
    conn: &impl ConnectionTrait,
    filter: &EntryFilter,
    after: Option<&Name>,
    size: u64,
) -> Result<Vec<(Held, Option<i64>)>, Error> {
    let mut query = Entity::find().filter(alive_in(filter.revision));
    if let Some(kind) = filter.kind {
        query = query.filter(Column::Kind.eq(kind.number()));
    }
    if let Some(matter) = &filter.matter {
        query = query.filter(Column::Matter.eq(matter));
    }
    if let Some(after) = after {
        query = query.filter(later_than(after));
    }
    let query = query.order_by_asc(Column::Kind).order_by_asc(Column::Key).limit(size);
    query.all(conn).await?.iter().map(|row| Ok((from_row(row)?, row.until))).collect()
}

/// A page of the names that were put or taken away after revision `from`, up to `to`.
pub(crate) async fn touched(
    conn: &impl ConnectionTrait,
    (from, to): (i64, i64),
    after: Option<&Name>,
    size: u64,
) -> Result<Vec<Name>, Error> {
    let mut query = Entity::find().select_only().column(Column::Kind).column(Column::Key);
    query = query.filter(between(from, to)).distinct();
    if let Some(after) = after {
        query = query.filter(later_than(after));
    }
    let query = query.order_by_asc(Column::Kind).order_by_asc(Column::Key).limit(size);
    let rows: Vec<(i32, String)> = query.into_tuple().all(conn).await?;
    let name = |(kind, key)| Ok((Kind::of_number(kind).ok_or(Error::Corrupt("entry.kind"))?, key));
    rows.into_iter().map(name).collect()
}

/// Codes of the matters whose powers were put or taken away after revision `from`, up to `to`.
pub(crate) async fn touched_matters(
    conn: &impl ConnectionTrait,
    (from, to): (i64, i64),
) -> Result<BTreeSet<String>, Error> {
    let query = Entity::find().select_only().column(Column::Matter).distinct();
    let query = query.filter(Column::Kind.eq(Kind::Power.number())).filter(between(from, to));
    let rows: Vec<String> = query.into_tuple().all(conn).await?;
    Ok(rows.into_iter().collect())
}

fn alive_in(revision: i64) -> Condition {
    let there = Condition::any().add(Column::Until.is_null()).add(Column::Until.gt(revision));
    Condition::all().add(Column::Since.lte(revision)).add(there)
}

fn between(from: i64, to: i64) -> Condition {
    let put = Column::Since.gt(from).and(Column::Since.lte(to));
    let gone = Column::Until.gt(from).and(Column::Until.lte(to));
    Condition::any().add(put).add(gone)
}

fn later_than(name: &Name) -> Condition {
    let kind = name.0.number();
    let same = Column::Kind.eq(kind).and(Column::Key.gt(&name.1));
    Condition::any().add(Column::Kind.gt(kind)).add(same)
}

fn content(rows: Vec<Model>) -> Result<Content, Error> {
    let mut content = Content::default();
    for row in rows {
        let Held { entry, since } = from_row(&row)?;
        content.put(entry, since);
    }
    Ok(content)
}

fn row(entry: &Entry, since: i64) -> Result<ActiveModel, Error> {
    let body = match entry {
        Entry::Matter(it) => write_json(it.as_ref())?,
        Entry::Power(it) => write_json(it.as_ref())?,
        Entry::Area(it) => write_json(it.as_ref())?,
        Entry::Posting(it) => write_json(it.as_ref())?,
        Entry::Benchmark(it) => write_json(it.as_ref())?,
        Entry::MinorViolation(it) => write_json(it.as_ref())?,
        Entry::Boundary(it) => write_json(it.as_ref())?,
    };
    Ok(ActiveModel {
        kind: Set(entry.kind().number()),
        key: Set(entry.key()),
        since: Set(since),
        until: Set(None),
        matter: Set(entry.matter().to_owned()),
        body: Set(body),
    })
}

fn from_row(row: &Model) -> Result<Held, Error> {
    let kind = Kind::of_number(row.kind).ok_or(Error::Corrupt("entry.kind"))?;
    let entry = match kind {
        Kind::Matter => Entry::Matter(read_json(&row.body)?),
        Kind::Power => Entry::Power(read_json(&row.body)?),
        Kind::Area => Entry::Area(read_json(&row.body)?),
        Kind::Posting => Entry::Posting(read_json(&row.body)?),
        Kind::Benchmark => Entry::Benchmark(read_json(&row.body)?),
        Kind::MinorViolation => Entry::MinorViolation(read_json(&row.body)?),
        Kind::Boundary => Entry::Boundary(read_json(&row.body)?),
    };
    Ok(Held { entry, since: row.since })
}

fn write_json<T: Serialize>(body: &T) -> Result<String, Error> {
    serde_json::to_string(body).map_err(|_| Error::Corrupt("entry.body"))
}

fn read_json<T: DeserializeOwned>(body: &str) -> Result<Arc<T>, Error> {
    serde_json::from_str(body).map(Arc::new).map_err(|_| Error::Corrupt("entry.body"))
}
