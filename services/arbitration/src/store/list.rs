//! Pages of disputes, newest first.

use sea_orm::{
    ConnectionTrait, FromQueryResult as _, Iterable as _,
    sea_query::{Expr, ExprTrait as _, Query},
};
use types::AgencyCode;

use super::{
    dispute::from_row,
    rows::{dispute, term, viewer},
};
use crate::{
    domain::{dispute::Dispute, ladder::TARGETS},
    error::Error,
};

/// What a caller asks for beside what it may see.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Filter {
    /// Only this state.
    pub state: Option<String>,
    /// Only this matter.
    pub matter: Option<String>,
    /// Only over this docket.
    pub docket: Option<String>,
    /// Only with, or only without, something overdue.
    pub late: Option<bool>,
}

/// The page of `size` disputes before the name `before` that `reader` may see, newest first, without
/// their terms.
///
/// The names carry their time (UUID v7), so the order of `viewer`'s key is the order of the page,
/// and page 100 costs what page 1 costs.
pub(crate) async fn list(
    conn: &impl ConnectionTrait,
    reader: &AgencyCode,
    filter: &Filter,
    before: Option<&str>,
    size: u64,
) -> Result<Vec<Dispute>, Error> {
    let (seen, table) = (viewer::Entity, dispute::Entity);
    let join = Expr::col((table, dispute::Column::Name)).equals((seen, viewer::Column::Name));
    let mut query = Query::select();
    query
        .columns(dispute::Column::iter().map(|column| (table, column)))
        .from(seen)
        .join(sea_orm::JoinType::InnerJoin, table, join)
        .and_where(Expr::col((seen, viewer::Column::Agency)).eq(reader.as_str()))
        .order_by((seen, viewer::Column::Name), sea_orm::Order::Desc)
        .limit(size);
    if let Some(before) = before {
        query.and_where(Expr::col((seen, viewer::Column::Name)).lt(before));
    }
    for condition in conditions(filter) {
        query.and_where(condition);
    }
    let rows = conn.query_all(&query).await?;
    rows.iter().map(|row| from_row(dispute::Model::from_query_result(row, "")?)).collect()
}

fn conditions(filter: &Filter) -> Vec<Expr> {
    let table = dispute::Entity;
    let equal = |column: dispute::Column, value: &Option<String>| {
        value.as_ref().map(|value| Expr::col((table, column)).eq(value))
    };
    let late = filter.late.map(|late| {
        let missed = Query::select()
            .expr(Expr::value(1))
            .from(term::Entity)
            .and_where(
                Expr::col((term::Entity, term::Column::Dispute))
                    .equals((table, dispute::Column::Name)),
            )
            .and_where(Expr::col((term::Entity, term::Column::State)).eq("MISSED"))
            .and_where(Expr::col((term::Entity, term::Column::EndedAt)).is_null())
            .and_where(
                Expr::col((term::Entity, term::Column::Slot)).is_not_in(TARGETS.iter().copied()),
            )
            .take();
        if late { Expr::exists(missed) } else { Expr::exists(missed).not() }
    });
    [
        equal(dispute::Column::State, &filter.state),
        equal(dispute::Column::Matter, &filter.matter),
        equal(dispute::Column::Docket, &filter.docket),
        late,
    ]
    .into_iter()
    .flatten()
    .collect()
}
