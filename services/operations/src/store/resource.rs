//! Officers, kits and caps.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sea_orm::{
    ConnectionTrait, Order, Value,
    sea_query::{Expr, ExprTrait as _, Query},
};
use types::AgencyCode;

use super::{
    kept::{self, Kept},
    read_word,
};
use crate::{
    domain::resource::{Cap, Kit, OfficerProfile},
    error::Error,
};

impl Kept for OfficerProfile {
    const TABLE: &'static str = "officer_profile";
    const WHAT: &'static str = "officer profile";

    fn name(&self) -> &str {
        &self.name
    }

    fn version(&self) -> i32 {
        self.version
    }

    fn columns(&self) -> Vec<(&'static str, Value)> {
        vec![("agency", self.agency.as_str().into()), ("created_at", self.created_at.into())]
    }
}

impl Kept for Kit {
    const TABLE: &'static str = "kit";
    const WHAT: &'static str = "kit";

    fn name(&self) -> &str {
        &self.name
    }

    fn version(&self) -> i32 {
        self.version
    }

    fn columns(&self) -> Vec<(&'static str, Value)> {
        vec![("agency", self.agency.as_str().into())]
    }
}

impl Kept for Cap {
    const TABLE: &'static str = "cap";
    const WHAT: &'static str = "cap";

    fn name(&self) -> &str {
        &self.name
    }

    fn version(&self) -> i32 {
        self.version
    }

    fn columns(&self) -> Vec<(&'static str, Value)> {
        Vec::new()
    }
}

/// The officers of a body after a name, at most `size`.
pub(crate) async fn officers_page(
    conn: &impl ConnectionTrait,
    agency: &AgencyCode,
    after: Option<&str>,
    size: u64,
) -> Result<Vec<OfficerProfile>, Error> {
    let mut select = kept::select::<OfficerProfile>();
    select
        .and_where(Expr::col("agency").eq(agency.as_str()))
        .order_by("name", Order::Asc)
        .limit(size);
    if let Some(after) = after {
        select.and_where(Expr::col("name").gt(after));
    }
    kept::all(conn, &select).await
}

/// The kits of a body.
pub(crate) async fn kits(
    conn: &impl ConnectionTrait,
    agency: &AgencyCode,
) -> Result<Vec<Kit>, Error> {
    let mut select = kept::select::<Kit>();
    select.and_where(Expr::col("agency").eq(agency.as_str())).order_by("name", Order::Asc);
    kept::all(conn, &select).await
}

/// Body and certificate of every officer of some bodies: the list of a draw.
pub(crate) async fn officers(
    conn: &impl ConnectionTrait,
    bodies: &[AgencyCode],
) -> Result<Vec<(AgencyCode, String)>, Error> {
    let select = Query::select()
        .columns(["agency", "name"])
        .from("officer_profile")
        .and_where(Expr::col("agency").is_in(bodies.iter().map(AgencyCode::as_str)))
        .order_by("name", Order::Asc)
        .take();
    let rows = conn.query_all(&select).await?;
    let one = |row: &sea_orm::QueryResult| {
        let agency: String = row.try_get("", "agency")?;
        let name: String = row.try_get("", "name")?;
        let certificate = name.strip_prefix("officerProfiles/").unwrap_or(&name).to_owned();
        Ok((read_word(AgencyCode::parse(&agency), "officer_profile.agency")?, certificate))
    };
    rows.iter().map(one).collect()
}

/// The officers of some bodies by their certificates, whole.
pub(crate) async fn profiles(
    conn: &impl ConnectionTrait,
    bodies: &[AgencyCode],
) -> Result<BTreeMap<String, OfficerProfile>, Error> {
    let mut select = kept::select::<OfficerProfile>();
    select.and_where(Expr::col("agency").is_in(bodies.iter().map(AgencyCode::as_str)));
    let all: Vec<OfficerProfile> = kept::all(conn, &select).await?;
    Ok(all.into_iter().map(|one| (one.certificate_no.clone(), one)).collect())
}

/// Who added an officer of some bodies after an instant.
pub(super) async fn added_since(
    conn: &impl ConnectionTrait,
    bodies: &[AgencyCode],
    since: DateTime<Utc>,
) -> Result<Vec<String>, Error> {
    let select = Query::select()
        .distinct()
        .column("agency")
        .from("officer_profile")
        .and_where(Expr::col("agency").is_in(bodies.iter().map(AgencyCode::as_str)))
        .and_where(Expr::col("created_at").gt(since))
        .order_by("agency", Order::Asc)
        .take();
    let rows = conn.query_all(&select).await?;
    rows.iter().map(|row| Ok(row.try_get("", "agency")?)).collect()
}
