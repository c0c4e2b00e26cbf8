//! What the decisions of disputes order to be handed over: each once, whatever was free at that moment.

use sea_orm::{ActiveValue::Set, entity::prelude::*, sea_query::OnConflict};
use types::AgencyCode;

use self::row::{ActiveModel, Column, Entity};
use crate::error::Error;

/// Notes an order; one that is there already stays as it is. On behalf of the arbitration service.
pub(crate) async fn note_order(
    tx: &impl ConnectionTrait,
    dispute: &str,
    (giver, receiver): (&AgencyCode, &AgencyCode),
    docket: &str,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<(), Error> {
    let row = ActiveModel {
        dispute: Set(dispute.to_owned()),
        giver: Set(giver.as_str().to_owned()),
        receiver: Set(receiver.as_str().to_owned()),
        docket: Set(docket.to_owned()),
        ordered_at: Set(now),
    };
    let key = [Column::Dispute, Column::Giver, Column::Receiver];
    let keep = OnConflict::columns(key).do_nothing().to_owned();
    Entity::insert(row).on_conflict(keep).exec_without_returning(tx).await?;
    Ok(())
}

/// The docket whose evidence the decision of a dispute orders the giver to hand over to the receiver;
/// `None`: it orders nothing between them.
pub(crate) async fn ordered_docket(
    conn: &impl ConnectionTrait,
    dispute: &str,
    (giver, receiver): (&AgencyCode, &AgencyCode),
) -> Result<Option<String>, Error> {
    let key = (dispute.to_owned(), giver.as_str().to_owned(), receiver.as_str().to_owned());
    Ok(Entity::find_by_id(key).one(conn).await?.map(|row| row.docket))
}

#[expect(unreachable_pub, reason = "sea-orm derives for public rows only")]
mod row {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "hand_over_order")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub dispute: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub giver: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub receiver: String,
        pub docket: String,
        pub ordered_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
