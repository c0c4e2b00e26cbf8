//! Who may see what. Every query over another table goes through here.

use sea_orm::{
    ActiveValue::Set,
    ConnectionTrait, EntityTrait as _,
    sea_query::{Expr, ExprTrait as _, IntoColumnRef, OnConflict, Query},
};
use types::AgencyCode;

use super::rows::viewer;
use crate::error::Error;

/// So many rows of two values fit one statement.
const CHUNK: usize = 5_000;

/// Lets bodies see resources; who sees one already goes on to.
pub(crate) async fn show(
    tx: &impl ConnectionTrait,
    seen: &[(AgencyCode, String)],
) -> Result<(), Error> {
    for chunk in seen.chunks(CHUNK) {
        let rows = chunk.iter().map(|(agency, resource)| viewer::ActiveModel {
            agency: Set(agency.as_str().to_owned()),
            resource: Set(resource.clone()),
        });
        let keep = OnConflict::columns([viewer::Column::Agency, viewer::Column::Resource])
            .do_nothing()
            .to_owned();
        viewer::Entity::insert_many(rows).on_conflict(keep).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// The condition that `reader` may see the resource whose name is in `column`.
pub(super) fn seen_by(reader: &AgencyCode, column: impl IntoColumnRef) -> Expr {
    let table = viewer::Entity;
    Expr::exists(
        Query::select()
            .expr(Expr::value(1))
            .from(table)
            .and_where(Expr::col((table, viewer::Column::Agency)).eq(reader.as_str()))
            .and_where(
                Expr::col((table, viewer::Column::Resource)).equals(column.into_column_ref()),
            )
            .take(),
    )
}
