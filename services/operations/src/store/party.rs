//! Who may see what. Every query over what is not public goes through here.

use sea_orm::{
    ConnectionTrait,
    sea_query::{Expr, ExprTrait as _, OnConflict, Query},
};
use types::AgencyCode;

use crate::error::Error;

/// How many rows one statement writes.
const ROWS_AT_ONCE: usize = 1000;

/// Lets bodies see resources; who sees one already goes on to.
pub(crate) async fn show(
    tx: &impl ConnectionTrait,
    seen: Vec<(AgencyCode, String)>,
) -> Result<(), Error> {
    for some in seen.chunks(ROWS_AT_ONCE) {
        let mut insert = Query::insert();
        insert.into_table("party").columns(["agency", "name"]);
        for (agency, name) in some {
            insert.values_panic([Expr::value(agency.as_str()), Expr::value(name.as_str())]);
        }
        insert.on_conflict(OnConflict::columns(["agency", "name"]).do_nothing().to_owned());
        tx.execute(&insert).await?;
    }
    Ok(())
}

/// Lets whoever sees one resource see another, new one.
pub(crate) async fn show_like(
    tx: &impl ConnectionTrait,
    like: &str,
    name: &str,
) -> Result<(), Error> {
    let select = Query::select()
        .column("agency")
        .expr(Expr::value(name))
        .from("party")
        .and_where(Expr::col("name").eq(like))
        .take();
    let mut insert = Query::insert();
    insert.into_table("party").columns(["agency", "name"]);
    insert.select_from(select).map_err(|_| Error::Corrupt("party"))?;
    tx.execute(&insert).await?;
    Ok(())
}

/// The condition that `reader` may see the row of `table`.
pub(super) fn seen_by(reader: &AgencyCode, table: &'static str) -> Expr {
    Expr::exists(
        Query::select()
            .expr(Expr::value(1))
            .from("party")
            .and_where(Expr::col(("party", "agency")).eq(reader.as_str()))
            .and_where(Expr::col(("party", "name")).equals((table, "name")))
            .take(),
    )
}
