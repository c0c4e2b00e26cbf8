//! Subjects, and how often they were inspected. What is inspected is no secret among the bodies.

use chrono::{DateTime, Utc};
use sea_orm::{
    ConnectionTrait, Order, QueryResult, Value,
    sea_query::{Expr, ExprTrait as _, OnConflict, Query},
};
use types::AgencyCode;

use super::{
    kept::{self, Kept},
    read_json, read_word,
};
use crate::{
    domain::{
        draw::Rated,
        subject::{InspectionCount, Subject},
        word::Tier,
    },
    error::Error,
};

/// How many subjects are read at once on the way to a list.
const ROWS_AT_ONCE: u64 = 10_000;

impl Kept for Subject {
    const TABLE: &'static str = "subject";
    const WHAT: &'static str = "subject";

    fn name(&self) -> &str {
        &self.name
    }

    fn version(&self) -> i32 {
        self.version
    }

    fn columns(&self) -> Vec<(&'static str, Value)> {
        let matters = serde_json::to_string(&self.matters).unwrap_or_default();
        vec![
            ("region", self.region.as_str().into()),
            ("sector", self.sector.as_str().into()),
            ("tier", self.tier.as_str().into()),
            ("matters", matters.into()),
            ("rated_by", self.rated_by.as_str().into()),
            ("rated_at", self.rated_at.into()),
        ]
    }
}

/// What a caller asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SubjectFilter {
    /// Only this sector.
    pub sector: Option<String>,
    /// Only this tier.
    pub tier: Option<String>,
    /// Only this region.
    pub region: Option<String>,
}

/// The page of `size` subjects after a name.
pub(crate) async fn subjects_page(
    conn: &impl ConnectionTrait,
    filter: &SubjectFilter,
    after: Option<&str>,
    size: u64,
) -> Result<Vec<Subject>, Error> {
    let mut select = kept::select::<Subject>();
    select.order_by("name", Order::Asc).limit(size);
    let SubjectFilter { sector, tier, region } = filter;
    for (column, value) in [("sector", sector), ("tier", tier), ("region", region)] {
        if let Some(value) = value {
            select.and_where(Expr::col(column).eq(value.as_str()));
        }
    }
    if let Some(after) = after {
        select.and_where(Expr::col("name").gt(after));
    }
    kept::all(conn, &select).await
}

/// Some subjects by name; those that are not there are left out.
pub(crate) async fn subjects_named(
    conn: &impl ConnectionTrait,
    names: &[&str],
) -> Result<Vec<Subject>, Error> {
    let mut found = Vec::new();
    for some in names.chunks(1000) {
        let mut select = kept::select::<Subject>();
        select.and_where(Expr::col("name").is_in(some.iter().copied()));
        found.extend(kept::all::<Subject>(conn, &select).await?);
    }
    Ok(found)
}

/// Every subject as a draw must know it, by name.
pub(crate) async fn rated(conn: &impl ConnectionTrait) -> Result<Vec<Rated>, Error> {
    let mut all: Vec<Rated> = Vec::new();
    loop {
        let mut select = Query::select();
        select
            .columns(["name", "sector", "tier", "matters"])
            .from("subject")
            .order_by("name", Order::Asc)
            .limit(ROWS_AT_ONCE);
        if let Some(last) = all.last() {
            select.and_where(Expr::col("name").gt(last.name.as_str()));
        }
        let rows = conn.query_all(&select).await?;
        for row in &rows {
            let tier: String = row.try_get("", "tier")?;
            all.push(Rated {
                name: row.try_get("", "name")?,
                sector: row.try_get("", "sector")?,
                tier: read_word(Tier::parse(&tier), "subject.tier")?,
                matters: read_json(&row.try_get::<String>("", "matters")?, "subject.matters")?,
            });
        }
        if u64::try_from(rows.len()).unwrap_or(u64::MAX) < ROWS_AT_ONCE {
            return Ok(all);
        }
    }
}

/// Who changed, after an instant, what a draw looks at of a subject.
pub(super) async fn rated_since(
    conn: &impl ConnectionTrait,
    since: DateTime<Utc>,
) -> Result<Vec<String>, Error> {
    let select = Query::select()
        .distinct()
        .column("rated_by")
        .from("subject")
        .and_where(Expr::col("rated_at").gt(since))
        .order_by("rated_by", Order::Asc)
        .take();
    let rows = conn.query_all(&select).await?;
    rows.iter().map(|row| Ok(row.try_get("", "rated_by")?)).collect()
}

/// Counts one inspection of a subject by a body: to be called in the transaction of the check-in.
pub(crate) async fn count_inspection(
    tx: &impl ConnectionTrait,
    (agency, subject): (&AgencyCode, &str),
    year: i32,
    exempt: bool,
    at: DateTime<Utc>,
) -> Result<(), Error> {
    let (counted, exempt) = (i32::from(!exempt), i32::from(exempt));
    let mut insert = Query::insert();
    insert
        .into_table("inspection_count")
        .columns(["agency", "subject", "year", "counted", "exempt", "last_at"])
        .values_panic([
            agency.as_str().into(),
            subject.into(),
            year.into(),
            counted.into(),
            exempt.into(),
            Expr::value(at),
        ]);
    let mut again = OnConflict::columns(["subject", "agency", "year"]);
    let old = |column: &'static str| Expr::col(("inspection_count", column));
    again
        .value("counted", old("counted").add(counted))
        .value("exempt", old("exempt").add(exempt))
        .value("last_at", Expr::value(at));
    insert.on_conflict(again);
    tx.execute(&insert).await?;
    Ok(())
}

/// The inspections of a subject in a year, of each body.
pub(crate) async fn counts_of(
    conn: &impl ConnectionTrait,
    subject: &str,
    year: i32,
) -> Result<Vec<InspectionCount>, Error> {
    counts(conn, &[subject], year).await
}

/// The same of several subjects.
pub(crate) async fn counts(
    conn: &impl ConnectionTrait,
    subjects: &[&str],
    year: i32,
) -> Result<Vec<InspectionCount>, Error> {
    let mut found = Vec::new();
    for some in subjects.chunks(1000) {
        let select = Query::select()
            .columns(["agency", "subject", "year", "counted", "exempt", "last_at"])
            .from("inspection_count")
            .and_where(Expr::col("subject").is_in(some.iter().copied()))
            .and_where(Expr::col("year").eq(year))
            .order_by("subject", Order::Asc)
            .order_by("agency", Order::Asc)
            .take();
        let rows = conn.query_all(&select).await?;
        for row in &rows {
            found.push(count_from(row)?);
        }
    }
    Ok(found)
}

fn count_from(row: &QueryResult) -> Result<InspectionCount, Error> {
    let agency: String = row.try_get("", "agency")?;
    let number = |column| {
        let number: i32 = row.try_get("", column)?;
        u32::try_from(number).map_err(|_| Error::Corrupt("inspection_count"))
    };
    Ok(InspectionCount {
        agency: read_word(AgencyCode::parse(&agency), "inspection_count.agency")?,
        subject: row.try_get("", "subject")?,
        year: row.try_get("", "year")?,
        counted: number("counted")?,
        exempt: number("exempt")?,
        last_at: row.try_get("", "last_at")?,
    })
}
