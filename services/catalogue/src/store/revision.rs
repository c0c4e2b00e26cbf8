//! Revisions: numbered from 1, without gaps, never changed.

use sea_orm::{ActiveValue::Set, QueryOrder as _, QuerySelect as _, entity::prelude::*};

use super::rows::revision::{ActiveModel, Column, Entity, Model};
use crate::{domain::revision::Revision, error::Error};

/// The number of the newest revision; 0 before the first.
pub(crate) async fn newest(conn: &impl ConnectionTrait) -> Result<i64, Error> {
    let query = Entity::find().select_only().column(Column::Number);
    let found: Option<i64> =
        query.order_by_desc(Column::Number).limit(1).into_tuple().one(conn).await?;
    Ok(found.unwrap_or_default())
}

/// Writes the revision that follows the newest. Of two at once, one finds its number taken.
pub(crate) async fn insert_revision(
    tx: &impl ConnectionTrait,
    revision: &Revision,
) -> Result<(), Error> {
    if newest(tx).await? != revision.number - 1 {
        return Err(Error::Stale);
    }
    let row = ActiveModel {
        number: Set(revision.number),
        title: Set(revision.title.clone()),
        announcement: Set(revision.announcement.clone()),
        agency: Set(revision.agency.clone()),
        officer: Set(revision.officer.clone()),
        published_at: Set(revision.published_at),
        puts: Set(revision.puts),
        removes: Set(revision.removes),
        changes_sha256: Set(revision.changes_sha256.clone()),
        dispute: Set(revision.dispute.clone()),
    };
    match Entity::insert(row).exec_without_returning(tx).await {
        Ok(_) => Ok(()),
        Err(error) if db::is_unique_violation(&error) => Err(Error::Stale),
        Err(error) => Err(error.into()),
    }
}

/// One revision.
pub(crate) async fn revision(conn: &impl ConnectionTrait, number: i64) -> Result<Revision, Error> {
    let found = Entity::find_by_id(number).one(conn).await?;
    found.map(from_row).ok_or(Error::NotFound("revision"))
}

/// The revision that records the decision of a dispute.
pub(crate) async fn of_dispute(
    conn: &impl ConnectionTrait,
    dispute: &str,
) -> Result<Option<Revision>, Error> {
    let found = Entity::find().filter(Column::Dispute.eq(dispute)).one(conn).await?;
    Ok(found.map(from_row))
}

/// `size` revisions before `before`, newest first.
pub(crate) async fn revisions(
    conn: &impl ConnectionTrait,
    before: i64,
    size: u64,
) -> Result<Vec<Revision>, Error> {
    let query = Entity::find().filter(Column::Number.lt(before));
    let rows = query.order_by_desc(Column::Number).limit(size).all(conn).await?;
    Ok(rows.into_iter().map(from_row).collect())
}

fn from_row(row: Model) -> Revision {
    Revision {
        number: row.number,
        title: row.title,
        announcement: row.announcement,
        agency: row.agency,
        officer: row.officer,
        published_at: row.published_at,
        puts: row.puts,
        removes: row.removes,
        changes_sha256: row.changes_sha256,
        dispute: row.dispute,
    }
}
