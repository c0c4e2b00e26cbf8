//! Visits.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ConnectionTrait, Order, Value,
    sea_query::{Expr, ExprTrait as _},
};
use types::AgencyCode;

use super::{
    kept::{self, Kept},
    party,
};
use crate::{domain::visit::Visit, error::Error};

impl Kept for Visit {
    const TABLE: &'static str = "visit";
    const WHAT: &'static str = "visit";

    fn name(&self) -> &str {
        &self.name
    }

    fn version(&self) -> i32 {
        self.version
    }

    fn columns(&self) -> Vec<(&'static str, Value)> {
        let bound = |of: Option<&crate::domain::visit::Window>| {
            of.map_or_else(String::new, |window| window.day.to_string())
        };
        vec![
            ("subject", self.subject.as_str().into()),
            ("state", self.state.as_str().into()),
            ("day", self.day().map(|day| day.to_string()).into()),
            ("first_day", bound(self.windows.first()).into()),
            ("last_day", bound(self.windows.last()).into()),
            ("operation", self.operation.clone().into()),
            ("schedule", self.schedule.clone().into()),
            ("provisional", self.publishing.as_ref().is_some_and(|term| term.provisional).into()),
            ("next_rung_at", self.next_rung_at().into()),
        ]
    }
}

/// Visits of some subjects that may still count as inspections: a body has not checked in yet. For merge
/// and schedule, which the guidance office makes over all bodies.
pub(crate) async fn planned_visits(
    conn: &impl ConnectionTrait,
    subjects: &[&str],
    year: (NaiveDate, NaiveDate),
) -> Result<Vec<Visit>, Error> {
    let mut found = Vec::new();
    for some in subjects.chunks(1000) {
        let mut select = kept::select::<Visit>();
        select
            .and_where(Expr::col("subject").is_in(some.iter().copied()))
            .and_where(Expr::col("state").is_in(["PLANNED", "SCHEDULED", "PUBLISHED", "STARTED"]))
            .and_where(Expr::col("first_day").lte(year.1.to_string()))
            .and_where(Expr::col("last_day").gte(year.0.to_string()));
        found.extend(kept::all::<Visit>(conn, &select).await?);
    }
    Ok(found)
}

/// What a caller asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct VisitFilter {
    /// Only this day, YYYY-MM-DD.
    pub day: Option<String>,
    /// Only this state.
    pub state: Option<String>,
    /// Only those of this joint operation.
    pub operation: Option<String>,
    /// Only those of this schedule.
    pub schedule: Option<String>,
}

/// The page of `size` visits before a name that `reader` may see, newest first.
pub(crate) async fn visits_page(
    conn: &impl ConnectionTrait,
    reader: &AgencyCode,
    filter: &VisitFilter,
    before: Option<&str>,
    size: u64,
) -> Result<Vec<Visit>, Error> {
    let mut select = kept::newest::<Visit>(before, size);
    select.and_where(party::seen_by(reader, "visit"));
    let VisitFilter { day, state, operation, schedule } = filter;
    for (column, value) in
        [("day", day), ("state", state), ("operation", operation), ("schedule", schedule)]
    {
        if let Some(value) = value {
            select.and_where(Expr::col(("visit", column)).eq(value.as_str()));
        }
    }
    kept::all(conn, &select).await
}

/// The dispatched visits of some days that `reader` may see, by day, at most `limit`.
pub(crate) async fn dispatched(
    conn: &impl ConnectionTrait,
    reader: &AgencyCode,
    (from, to): (NaiveDate, NaiveDate),
    limit: u64,
) -> Result<Vec<Visit>, Error> {
    let mut select = kept::select::<Visit>();
    select
        .and_where(party::seen_by(reader, "visit"))
        .and_where(Expr::col("day").between(from.to_string(), to.to_string()))
        .and_where(Expr::col("state").is_in(["PUBLISHED", "STARTED", "DONE", "RESULT_PUBLISHED"]))
        .order_by(("visit", "day"), Order::Asc)
        .order_by(("visit", "name"), Order::Asc)
        .limit(limit);
    kept::all(conn, &select).await
}

/// Visits with a rung that fell due by `now`, at most `limit`: on behalf of the clock, which sees all.
pub(crate) async fn due_visits(
    conn: &impl ConnectionTrait,
    now: DateTime<Utc>,
    limit: u64,
) -> Result<Vec<Visit>, Error> {
    let mut select = kept::select::<Visit>();
    select.and_where(Expr::col("next_rung_at").lte(now)).limit(limit);
    kept::all(conn, &select).await
}

/// Visits to which nobody came on the day of their notice, before `today`, at most `limit`: on behalf of the
/// clock.
pub(crate) async fn missed_visits(
    conn: &impl ConnectionTrait,
    today: NaiveDate,
    limit: u64,
) -> Result<Vec<Visit>, Error> {
    let mut select = kept::select::<Visit>();
    select
        .and_where(Expr::col("state").eq("PUBLISHED"))
        .and_where(Expr::col("day").lt(today.to_string()))
        .limit(limit);
    kept::all(conn, &select).await
}

/// Visits whose term of publication the calendar did not cover.
pub(crate) async fn provisional_visits(
    conn: &impl ConnectionTrait,
    limit: u64,
) -> Result<Vec<Visit>, Error> {
    let mut select = kept::select::<Visit>();
    select
        .and_where(Expr::col("provisional").eq(true))
        .and_where(Expr::col("state").eq("DONE"))
        .limit(limit);
    kept::all(conn, &select).await
}

/// Visits of a period that want a place, planned or in a draft, by name, at most `limit`. For the
/// schedule, which the guidance office makes over all bodies.
pub(crate) async fn to_schedule(
    conn: &impl ConnectionTrait,
    (from, to): (NaiveDate, NaiveDate),
    limit: u64,
) -> Result<Vec<Visit>, Error> {
    let mut select = kept::select::<Visit>();
    select
        .and_where(Expr::col("state").is_in(["PLANNED", "SCHEDULED"]))
        .and_where(Expr::col("first_day").lte(to.to_string()))
        .and_where(Expr::col("last_day").gte(from.to_string()))
        .order_by("name", Order::Asc)
        .limit(limit);
    kept::all(conn, &select).await
}

/// Visits of some days whose officers are dispatched already, of all bodies, at most `limit`.
pub(crate) async fn taken(
    conn: &impl ConnectionTrait,
    (from, to): (NaiveDate, NaiveDate),
    limit: u64,
) -> Result<Vec<Visit>, Error> {
    let mut select = kept::select::<Visit>();
    select
        .and_where(Expr::col("day").between(from.to_string(), to.to_string()))
        .and_where(Expr::col("state").is_in(["PUBLISHED", "STARTED"]))
        .order_by("name", Order::Asc)
        .limit(limit);
    kept::all(conn, &select).await
}

/// The visits of a schedule, by name.
pub(crate) async fn visits_of(
    conn: &impl ConnectionTrait,
    schedule: &str,
) -> Result<Vec<Visit>, Error> {
    let mut select = kept::select::<Visit>();
    select.and_where(Expr::col("schedule").eq(schedule)).order_by("name", Order::Asc);
    kept::all(conn, &select).await
}

/// The visits of a joint operation, by name: for its end, which concerns all bodies.
pub(crate) async fn visits_of_operation(
    conn: &impl ConnectionTrait,
    operation: &str,
) -> Result<Vec<Visit>, Error> {
    let mut select = kept::select::<Visit>();
    select.and_where(Expr::col("operation").eq(operation)).order_by("name", Order::Asc);
    kept::all(conn, &select).await
}

/// Some visits by name.
pub(crate) async fn visits_named(
    conn: &impl ConnectionTrait,
    names: &[String],
) -> Result<Vec<Visit>, Error> {
    let mut found = Vec::new();
    for some in names.chunks(1000) {
        let mut select = kept::select::<Visit>();
        select.and_where(Expr::col("name").is_in(some.iter().map(String::as_str)));
        found.extend(kept::all::<Visit>(conn, &select).await?);
    }
    Ok(found)
}
