//! Plans.

use sea_orm::{
    ConnectionTrait, Value,
    sea_query::{Expr, ExprTrait as _},
};

use super::kept::{self, Kept};
use crate::{domain::plan::Plan, error::Error};

impl Kept for Plan {
    const TABLE: &'static str = "plan";
    const WHAT: &'static str = "plan";

    fn name(&self) -> &str {
        &self.name
    }

    fn version(&self) -> i32 {
        self.version
    }

    fn columns(&self) -> Vec<(&'static str, Value)> {
        vec![("agency", self.agency.as_str().into()), ("state", self.state.as_str().into())]
    }
}

/// The plans of a draw, by name; what the draw may see of them is its own.
pub(crate) async fn plans_of(
    conn: &impl ConnectionTrait,
    names: &[String],
) -> Result<Vec<Plan>, Error> {
    let mut select = kept::select::<Plan>();
    select
        .and_where(Expr::col("name").is_in(names.iter().map(String::as_str)))
        .order_by("name", sea_orm::Order::Asc);
    kept::all(conn, &select).await
}
