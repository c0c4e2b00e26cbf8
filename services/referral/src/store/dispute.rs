//! The disputes over dockets, as the arbitration service tells of them.

use sea_orm::{
    ActiveValue::Set, ExprTrait as _, QueryOrder as _, QuerySelect as _, entity::prelude::*,
};
use types::AgencyCode;

use super::{read_word, rows, rows::docket_dispute as row};
use crate::{domain::dispute::Dispute, error::Error};

/// Whether there is a docket of this name: for the arbitration service. Who else wants to change it
/// waits until this transaction is over; `SQLite` has one writer.
pub(crate) async fn knows_docket(tx: &impl ConnectionTrait, name: &str) -> Result<bool, Error> {
    let found = rows::docket::Entity::find_by_id(name).lock_exclusive().one(tx).await?;
    Ok(found.is_some())
}

/// One dispute over a docket.
pub(crate) async fn dispute(
    conn: &impl ConnectionTrait,
    docket: &str,
    dispute: &str,
) -> Result<Option<Dispute>, Error> {
    let key = (docket.to_owned(), dispute.to_owned());
    row::Entity::find_by_id(key).one(conn).await?.map(from_row).transpose()
}

/// The newest dispute that is open over a docket. The caller has read the docket, or a referral in
/// it, so it may see it.
pub(crate) async fn open_dispute(
    conn: &impl ConnectionTrait,
    docket: &str,
) -> Result<Option<Dispute>, Error> {
    let found = row::Entity::find()
        .filter(row::Column::Docket.eq(docket))
        .filter(row::Column::EndedAt.is_null())
        .order_by_desc(row::Column::OpenedAt)
        .order_by_desc(row::Column::Dispute)
        .one(conn)
        .await?;
    found.map(from_row).transpose()
}

/// Writes a dispute that was not known before, or as it is now: a change of its docket, which
/// `knows_docket` has locked.
pub(crate) async fn save_dispute(
    tx: &impl ConnectionTrait,
    docket: &str,
    before: Option<&Dispute>,
    after: &Dispute,
) -> Result<(), Error> {
    let row = row::ActiveModel {
        docket: Set(docket.to_owned()),
        dispute: Set(after.name.clone()),
        acting: Set(after.acting.as_str().to_owned()),
        opened_at: Set(after.opened_at),
        ended_at: Set(after.ended_at),
    };
    if before.is_none() {
        row::Entity::insert(row).exec_without_returning(tx).await?;
    } else {
        row::Entity::update(row).exec(tx).await?;
    }
    let version = rows::docket::Column::Version;
    rows::docket::Entity::update_many()
        .col_expr(version, Expr::col(version).add(1))
        .filter(rows::docket::Column::Name.eq(docket))
        .exec(tx)
        .await?;
    Ok(())
}

fn from_row(row: row::Model) -> Result<Dispute, Error> {
    Ok(Dispute {
        name: row.dispute,
        acting: read_word(AgencyCode::parse(&row.acting), "docket_dispute.acting")?,
        opened_at: row.opened_at,
        ended_at: row.ended_at,
    })
}
