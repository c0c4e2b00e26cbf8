//! Who may see what. Every query over another table goes through here.

use sea_orm::{
    ActiveValue::Set,
    ConnectionTrait, EntityTrait as _, Statement, Value,
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

/// Takes from a body what only an offer that came to nothing let it see: those of the items that it
/// never held or kept and that are not of its own dossier; and the dossier, when nothing of it is
/// left to see. Whoever offers or takes back waits for the others: see [`super::lock`].
pub(crate) async fn hide(
    tx: &impl ConnectionTrait,
    agency: &AgencyCode,
    dossier: &str,
    items: &[String],
) -> Result<(), Error> {
    let backend = tx.get_database_backend();
    for chunk in items.chunks(CHUNK) {
        let places: Vec<String> = (3..).take(chunk.len()).map(|at| format!("${at}")).collect();
        let sql = format!(
            "DELETE FROM viewer WHERE agency = $1 AND resource IN ({}) \
             AND NOT EXISTS (SELECT 1 FROM dossier AS d WHERE d.name = $2 AND d.agency = $1) \
             AND NOT EXISTS (SELECT 1 FROM custody AS c WHERE c.item = viewer.resource \
             AND (c.holder = $1 OR c.kept_by = $1))",
            places.join(", ")
        );
        let mut values: Vec<Value> = vec![agency.as_str().into(), dossier.into()];
        values.extend(chunk.iter().map(|item| Value::from(item.as_str())));
        tx.execute_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
    }
    let sql = "DELETE FROM viewer WHERE agency = $1 AND resource = $2 \
               AND NOT EXISTS (SELECT 1 FROM dossier AS d WHERE d.name = $2 AND d.agency = $1) \
               AND NOT EXISTS (SELECT 1 FROM item AS i JOIN viewer AS v ON v.resource = i.name \
               WHERE i.dossier = $2 AND v.agency = $1)";
    let values: [Value; 2] = [agency.as_str().into(), dossier.into()];
    tx.execute_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
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
