//! Pages of referrals, newest first.

use sea_orm::{
    ConnectionTrait, Iterable as _,
    sea_query::{Expr, ExprTrait as _, Query},
};
use types::AgencyCode;

use super::{leg, rows};
use crate::{
    domain::{leg::Leg, procedure::Procedure, word::ProcedureCode},
    error::Error,
};

/// What a caller asks for beside what it may see.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Filter {
    /// Only this state.
    pub state: Option<String>,
    /// Only this procedure.
    pub procedure: Option<String>,
    /// Only this sender.
    pub from_agency: Option<String>,
    /// Only this receiver.
    pub to_agency: Option<String>,
    /// Only with, or only without, something overdue.
    pub late: Option<bool>,
}

/// The page of `size` referrals before the name `before` that `reader` may see, newest first.
///
/// The names carry their time (UUID v7), so the order of `party`'s key is the order of the page,
/// and page 100 costs what page 1 costs.
pub(crate) async fn list(
    conn: &impl ConnectionTrait,
    reader: &AgencyCode,
    filter: &Filter,
    before: Option<&str>,
    size: u64,
) -> Result<Vec<Leg>, Error> {
    let (party, referral) = (rows::party::Entity, rows::referral::Entity);
    let join = Expr::col((referral, rows::referral::Column::Name))
        .equals((party, rows::party::Column::Name));
    let mut query = Query::select();
    query
        .columns(rows::referral::Column::iter().map(|column| (referral, column)))
        .from(party)
        .join(sea_orm::JoinType::InnerJoin, referral, join)
        .and_where(Expr::col((party, rows::party::Column::Agency)).eq(reader.as_str()))
        .order_by((party, rows::party::Column::Name), sea_orm::Order::Desc)
        .limit(size);
    // The names of dockets sort before those of referrals: the bound keeps to referrals.
    let from = Expr::col((party, rows::party::Column::Name)).gt("referrals/");
    query.and_where(from);
    if let Some(before) = before {
        query.and_where(Expr::col((party, rows::party::Column::Name)).lt(before));
    }
    for condition in conditions(filter) {
        query.and_where(condition);
    }
    let rows = conn.query_all(&query).await?;
    rows.iter()
        .map(|row| {
            use sea_orm::FromQueryResult as _;
            leg::referral_from(rows::referral::Model::from_query_result(row, "")?)
        })
        .collect()
}

fn conditions(filter: &Filter) -> Vec<Expr> {
    let referral = rows::referral::Entity;
    let equal = |column: rows::referral::Column, value: &Option<String>| {
        value.as_ref().map(|value| Expr::col((referral, column)).eq(value))
    };
    let late = filter.late.map(|late| {
        let term = rows::term::Entity;
        let missed = Query::select()
            .expr(Expr::value(1))
            .from(term)
            .and_where(
                Expr::col((term, rows::term::Column::Referral))
                    .equals((referral, rows::referral::Column::Name)),
            )
            .and_where(Expr::col((term, rows::term::Column::State)).eq("MISSED"))
            .and_where(Expr::col((term, rows::term::Column::EndedAt)).is_null())
            .and_where(Expr::col((term, rows::term::Column::Slot)).is_not_in(targets()))
            .take();
        if late { Expr::exists(missed) } else { Expr::exists(missed).not() }
    });
    [
        equal(rows::referral::Column::State, &filter.state),
        equal(rows::referral::Column::Procedure, &filter.procedure),
        equal(rows::referral::Column::FromAgency, &filter.from_agency),
        equal(rows::referral::Column::ToAgency, &filter.to_agency),
        late,
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The slots of service targets: passing one is no lateness in law.
fn targets() -> Vec<&'static str> {
    let terms = ProcedureCode::ALL.iter().flat_map(|code| Procedure::of(*code).terms);
    terms.filter(|rule| rule.is_target()).map(|rule| rule.slot).collect()
}
