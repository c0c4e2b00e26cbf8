//! The enrolled keys of workloads, and which of them are revoked.

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set, QueryOrder as _, QuerySelect as _, entity::prelude::*, sea_query::OnConflict,
};
use types::Workload;

use crate::{domain::key::Key, error::Error};

#[expect(unreachable_pub, reason = "sea-orm derives for public rows only")]
mod row {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "workload_key")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub thumbprint: String,
        pub workload: String,
        pub jwk: String,
        pub created_at: DateTimeUtc,
        pub revoked_at: Option<DateTimeUtc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

#[expect(unreachable_pub, reason = "sea-orm derives for public rows only")]
mod holder {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "key_holder")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub workload: String,
        pub changed_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Holds the set of keys of `workload` until the transaction ends, so that two enrolments cannot
/// both see the last free place.
pub(crate) async fn hold(
    tx: &impl ConnectionTrait,
    workload: &Workload,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let row = holder::ActiveModel { workload: Set(workload.to_string()), changed_at: Set(now) };
    let touch = OnConflict::column(holder::Column::Workload)
        .update_column(holder::Column::ChangedAt)
        .to_owned();
    holder::Entity::insert(row).on_conflict(touch).exec_without_returning(tx).await?;
    Ok(())
}

/// Writes a new key.
pub(crate) async fn insert(tx: &impl ConnectionTrait, key: &Key) -> Result<(), Error> {
    let row = row::ActiveModel {
        thumbprint: Set(key.thumbprint.clone()),
        workload: Set(key.workload.to_string()),
        jwk: Set(key.jwk.clone()),
        created_at: Set(key.created_at),
        revoked_at: Set(key.revoked_at),
    };
    row::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// The key of that thumbprint, whoever holds it: for `identity`'s own decisions, not for answers.
pub(crate) async fn get(db: &impl ConnectionTrait, thumbprint: &str) -> Result<Option<Key>, Error> {
    let found = row::Entity::find_by_id(thumbprint.to_owned()).one(db).await?;
    found.map(from_row).transpose()
}

/// The key of that thumbprint, if `reader` holds it.
pub(crate) async fn lookup(
    db: &impl ConnectionTrait,
    reader: &Workload,
    thumbprint: &str,
) -> Result<Key, Error> {
    get(db, thumbprint).await?.filter(|key| key.workload == *reader).ok_or(Error::NotFound)
}

/// Up to `limit` live keys of `workload`: for `identity`'s own decisions, not for answers.
pub(crate) async fn live_keys(
    db: &impl ConnectionTrait,
    workload: &Workload,
    limit: u64,
) -> Result<Vec<Key>, Error> {
    let found = row::Entity::find()
        .filter(row::Column::Workload.eq(workload.to_string()))
        .filter(row::Column::RevokedAt.is_null())
        .limit(limit)
        .all(db)
        .await?;
    found.into_iter().map(from_row).collect()
}

/// The key of that thumbprint as far as `reader` may see it: its own, or any for the operator
/// (`None`). Held until the transaction ends.
pub(crate) async fn lock(
    tx: &impl ConnectionTrait,
    reader: Option<&Workload>,
    thumbprint: &str,
) -> Result<Key, Error> {
    let mut query = row::Entity::find_by_id(thumbprint.to_owned()).lock_exclusive();
    if let Some(reader) = reader {
        query = query.filter(row::Column::Workload.eq(reader.to_string()));
    }
    query.one(tx).await?.map(from_row).transpose()?.ok_or(Error::NotFound)
}

/// How many live keys `workload` has.
pub(crate) async fn live(tx: &impl ConnectionTrait, workload: &Workload) -> Result<u64, Error> {
    let count = row::Entity::find()
        .filter(row::Column::Workload.eq(workload.to_string()))
        .filter(row::Column::RevokedAt.is_null())
        .count(tx)
        .await?;
    Ok(count)
}

/// Up to `limit` keys of `workload` by thumbprint, after the thumbprint `after`.
pub(crate) async fn list(
    db: &impl ConnectionTrait,
    workload: &Workload,
    after: Option<&str>,
    limit: u64,
) -> Result<Vec<Key>, Error> {
    let mut query = row::Entity::find()
        .filter(row::Column::Workload.eq(workload.to_string()))
        .order_by_asc(row::Column::Thumbprint)
        .limit(limit);
    if let Some(after) = after {
        query = query.filter(row::Column::Thumbprint.gt(after));
    }
    query.all(db).await?.into_iter().map(from_row).collect()
}

/// Writes the revocation of a key read with [`lock`].
pub(crate) async fn revoke(tx: &impl ConnectionTrait, key: &Key) -> Result<(), Error> {
    let done = row::Entity::update_many()
        .col_expr(row::Column::RevokedAt, Expr::value(key.revoked_at))
        .filter(row::Column::Thumbprint.eq(key.thumbprint.as_str()))
        .filter(row::Column::RevokedAt.is_null())
        .exec(tx)
        .await?;
    if done.rows_affected == 1 { Ok(()) } else { Err(Error::Stale) }
}

/// Thumbprints of the keys revoked since `since`, in order.
pub(crate) async fn revoked(
    db: &impl ConnectionTrait,
    since: DateTime<Utc>,
) -> Result<Vec<String>, Error> {
    let found = row::Entity::find()
        .select_only()
        .column(row::Column::Thumbprint)
        .filter(row::Column::RevokedAt.gte(since))
        .order_by_asc(row::Column::Thumbprint)
        .into_tuple()
        .all(db)
        .await?;
    Ok(found)
}

fn from_row(row: row::Model) -> Result<Key, Error> {
    Ok(Key {
        thumbprint: row.thumbprint,
        workload: Workload::parse(&row.workload).ok_or(Error::Corrupt("workload_key.workload"))?,
        jwk: row.jwk,
        created_at: row.created_at,
        revoked_at: row.revoked_at,
    })
}
