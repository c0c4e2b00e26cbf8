//! Requests for assistance, and those whose terms want looking at.

use chrono::{DateTime, Utc};
use sea_orm::{
    ConnectionTrait, Value,
    sea_query::{Expr, ExprTrait as _},
};
use types::AgencyCode;

use super::{
    kept::{self, Kept},
    party,
};
use crate::{domain::assistance::Assistance, error::Error};

impl Kept for Assistance {
    const TABLE: &'static str = "assistance";
    const WHAT: &'static str = "assistance request";

    fn name(&self) -> &str {
        &self.name
    }

    fn version(&self) -> i32 {
        self.version
    }

    fn columns(&self) -> Vec<(&'static str, Value)> {
        vec![
            ("requester", self.requester.as_str().into()),
            ("addressee", self.addressee.as_str().into()),
            ("state", self.state.as_str().into()),
            ("late", self.late.into()),
            ("provisional", self.provisional.into()),
            ("created_at", self.created_at.into()),
            ("next_rung_at", self.next_rung_at().into()),
        ]
    }
}

/// What a caller asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct AssistanceFilter {
    /// Only this state.
    pub state: Option<String>,
    /// Only those answered late, or in time.
    pub late: Option<bool>,
}

/// The page of `size` requests before a name that `reader` may see, newest first.
pub(crate) async fn mine(
    conn: &impl ConnectionTrait,
    reader: &AgencyCode,
    filter: &AssistanceFilter,
    before: Option<&str>,
    size: u64,
) -> Result<Vec<Assistance>, Error> {
    let mut select = kept::newest::<Assistance>(before, size);
    select.and_where(party::seen_by(reader, "assistance"));
    if let Some(state) = &filter.state {
        select.and_where(Expr::col("state").eq(state.as_str()));
    }
    if let Some(late) = filter.late {
        select.and_where(Expr::col("late").eq(late));
    }
    kept::all(conn, &select).await
}

/// The requests of a span of time to one body, or to all, at most `limit`.
pub(crate) async fn of_addressees(
    conn: &impl ConnectionTrait,
    only: Option<&AgencyCode>,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
    limit: u64,
) -> Result<Vec<Assistance>, Error> {
    let mut select = kept::select::<Assistance>();
    select
        .and_where(Expr::col("created_at").gte(from))
        .and_where(Expr::col("created_at").lt(to))
        .limit(limit);
    if let Some(agency) = only {
        select.and_where(Expr::col("addressee").eq(agency.as_str()));
    }
    kept::all(conn, &select).await
}

/// Requests with a rung that fell due by `now`, at most `limit`: on behalf of the clock, which sees all.
pub(crate) async fn due(
    conn: &impl ConnectionTrait,
    now: DateTime<Utc>,
    limit: u64,
) -> Result<Vec<Assistance>, Error> {
    let mut select = kept::select::<Assistance>();
    select.and_where(Expr::col("next_rung_at").lte(now)).limit(limit);
    kept::all(conn, &select).await
}

/// Open requests whose term the calendar did not cover.
pub(crate) async fn provisional(
    conn: &impl ConnectionTrait,
    limit: u64,
) -> Result<Vec<Assistance>, Error> {
    let mut select = kept::select::<Assistance>();
    select
        .and_where(Expr::col("provisional").eq(true))
        .and_where(Expr::col("state").is_in(["REQUESTED", "ACCEPTED"]))
        .limit(limit);
    kept::all(conn, &select).await
}

/// Writes a request whose rungs or term changed, and shows it to whom it went up.
pub(crate) async fn save_rung(tx: &impl ConnectionTrait, one: &Assistance) -> Result<(), Error> {
    kept::update(tx, one).await?;
    let seen = one.escalated_to.iter().map(|body| (body.clone(), one.name.clone()));
    party::show(tx, seen.collect()).await
}
