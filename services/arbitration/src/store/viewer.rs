//! Who may see what. Every query over another table goes through here.

use sea_orm::{
    ActiveValue::Set,
    ConnectionTrait, EntityTrait as _,
    sea_query::{Expr, ExprTrait as _, IntoColumnRef, OnConflict, Query},
};
use types::AgencyCode;

use super::rows::viewer;
use crate::error::Error;

/// Lets bodies see disputes, from the journal row `since` on; who sees one already goes on to.
pub(crate) async fn show(
    tx: &impl ConnectionTrait,
    seen: Vec<(AgencyCode, String)>,
    since: i64,
) -> Result<(), Error> {
    if seen.is_empty() {
        return Ok(());
    }
    let rows = seen.into_iter().map(|(agency, name)| viewer::ActiveModel {
        agency: Set(agency.as_str().to_owned()),
        name: Set(name),
        since: Set(since),
    });
    let keep =
        OnConflict::columns([viewer::Column::Agency, viewer::Column::Name]).do_nothing().to_owned();
    viewer::Entity::insert_many(rows).on_conflict(keep).exec_without_returning(tx).await?;
    Ok(())
}

/// The condition that `reader` may see the dispute whose name is in `column`.
pub(super) fn seen_by(reader: &AgencyCode, column: impl IntoColumnRef) -> Expr {
    let table = viewer::Entity;
    Expr::exists(
        Query::select()
            .expr(Expr::value(1))
            .from(table)
            .and_where(Expr::col((table, viewer::Column::Agency)).eq(reader.as_str()))
            .and_where(Expr::col((table, viewer::Column::Name)).equals(column.into_column_ref()))
            .take(),
    )
}
