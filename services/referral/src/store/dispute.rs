//! The disputes over dockets, as the arbitration service tells of them.

use sea_orm::{
    ActiveValue::Set, ExprTrait as _, QueryOrder as _, QuerySelect as _, entity::prelude::*,
};
use types::AgencyCode;

use super::{party, read_json, read_word, rows, rows::docket_dispute as row, write_json};
use crate::{domain::dispute::Dispute, error::Error};

/// Whether there is a docket of this name that one of the parties of a dispute sees: for the arbitration
/// service. Who else wants to change it waits until this transaction is over; `SQLite` has one writer.
pub(crate) async fn lock_docket(
    tx: &impl ConnectionTrait,
    parties: &[AgencyCode],
    name: &str,
) -> Result<bool, Error> {
    let found = rows::docket::Entity::find_by_id(name).lock_exclusive().one(tx).await?;
    Ok(found.is_some() && party::sees_any(tx, parties, name).await?)
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

/// The disputes that are open over a docket, the newest first; the arbitration service lets few be. The
/// caller has read the docket, or a referral in it, so it may see them.
pub(crate) async fn open_disputes(
    conn: &impl ConnectionTrait,
    docket: &str,
) -> Result<Vec<Dispute>, Error> {
    let found = row::Entity::find()
        .filter(row::Column::Docket.eq(docket))
        .filter(row::Column::EndedAt.is_null())
        .order_by_desc(row::Column::OpenedAt)
        .order_by_desc(row::Column::Dispute)
        .all(conn)
        .await?;
    found.into_iter().map(from_row).collect()
}

/// Writes a dispute that was not known before, or as it is now: a change of its docket, which
/// `lock_docket` has locked.
pub(crate) async fn save_dispute(
    tx: &impl ConnectionTrait,
    docket: &str,
    before: Option<&Dispute>,
    after: &Dispute,
) -> Result<(), Error> {
    let row = row::ActiveModel {
        docket: Set(docket.to_owned()),
        dispute: Set(after.name.clone()),
        parties: Set(write_json(&after.parties, "docket_dispute.parties")?),
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
        parties: read_json(&row.parties, "docket_dispute.parties")?,
        acting: read_word(AgencyCode::parse(&row.acting), "docket_dispute.acting")?,
        opened_at: row.opened_at,
        ended_at: row.ended_at,
    })
}
