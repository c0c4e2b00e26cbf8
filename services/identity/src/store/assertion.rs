//! Assertions already used (RFC 7523 section 3, `jti`): shared by all replicas.

use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, entity::prelude::*, sea_query::OnConflict};

use crate::error::Error;

#[expect(unreachable_pub, reason = "sea-orm derives for public rows only")]
mod row {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "assertion")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub seen: String,
        pub expires_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Uses the assertion `jti` of the key `thumbprint`, remembered until `expires_at`.
///
/// # Errors
/// [`Error::Replayed`] when it was used before.
pub(crate) async fn spend(
    tx: &impl ConnectionTrait,
    thumbprint: &str,
    jti: &str,
    expires_at: DateTime<Utc>,
) -> Result<(), Error> {
    let row =
        row::ActiveModel { seen: Set(format!("{thumbprint} {jti}")), expires_at: Set(expires_at) };
    let keep = OnConflict::column(row::Column::Seen).do_nothing().to_owned();
    match row::Entity::insert(row).on_conflict(keep).exec_without_returning(tx).await {
        Ok(1) => Ok(()),
        Ok(_) | Err(DbErr::RecordNotInserted) => Err(Error::Replayed),
        Err(error) => Err(error.into()),
    }
}

/// Forgets assertions that have expired: their `exp` alone refuses them now.
pub(crate) async fn forget(tx: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<(), Error> {
    row::Entity::delete_many().filter(row::Column::ExpiresAt.lt(now)).exec(tx).await?;
    Ok(())
}
