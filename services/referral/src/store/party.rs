//! Who may see what. Every query over another table goes through here.

use sea_orm::{
    ActiveValue::Set,
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _,
    sea_query::{Expr, ExprTrait as _, IntoColumnRef, OnConflict, Query},
};
use types::AgencyCode;

use super::rows;
use crate::error::Error;

/// Lets bodies see resources, from the journal row `since` on; who sees one already goes on to.
pub(crate) async fn show(
    tx: &impl ConnectionTrait,
    seen: Vec<(AgencyCode, String)>,
    since: i64,
) -> Result<(), Error> {
    if seen.is_empty() {
        return Ok(());
    }
    let rows = seen.into_iter().map(|(agency, name)| rows::party::ActiveModel {
        agency: Set(agency.as_str().to_owned()),
        name: Set(name),
        since: Set(since),
    });
    let keep = OnConflict::columns([rows::party::Column::Agency, rows::party::Column::Name])
        .do_nothing()
        .to_owned();
    rows::party::Entity::insert_many(rows).on_conflict(keep).exec_without_returning(tx).await?;
    Ok(())
}

/// Whether one of these bodies sees a resource.
pub(super) async fn sees_any(
    conn: &impl ConnectionTrait,
    bodies: &[AgencyCode],
    name: &str,
) -> Result<bool, Error> {
    let found = rows::party::Entity::find()
        .filter(rows::party::Column::Name.eq(name))
        .filter(rows::party::Column::Agency.is_in(bodies.iter().map(AgencyCode::as_str)))
        .one(conn)
        .await?;
    Ok(found.is_some())
}

/// Which of these bodies see which of these resources: body and name.
pub(super) async fn readers_of(
    conn: &impl ConnectionTrait,
    bodies: &[AgencyCode],
    names: &[&str],
) -> Result<Vec<(String, String)>, Error> {
    if bodies.is_empty() || names.is_empty() {
        return Ok(Vec::new());
    }
    let found = rows::party::Entity::find()
        .filter(rows::party::Column::Name.is_in(names.iter().copied()))
        .filter(rows::party::Column::Agency.is_in(bodies.iter().map(AgencyCode::as_str)))
        .all(conn)
        .await?;
    Ok(found.into_iter().map(|row| (row.agency, row.name)).collect())
}

/// The condition that `reader` may see the resource whose name is in `column`.
pub(super) fn seen_by(reader: &AgencyCode, column: impl IntoColumnRef) -> Expr {
    let party = rows::party::Entity;
    Expr::exists(
        Query::select()
            .expr(Expr::value(1))
            .from(party)
            .and_where(Expr::col((party, rows::party::Column::Agency)).eq(reader.as_str()))
            .and_where(
                Expr::col((party, rows::party::Column::Name)).equals(column.into_column_ref()),
            )
            .take(),
    )
}
