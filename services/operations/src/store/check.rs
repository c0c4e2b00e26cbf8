//! Checks: drawn or added, until a visit takes them in.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use sea_orm::{
    ConnectionTrait, Order, Value,
    sea_query::{Condition, Expr, ExprTrait as _, Query},
};

use super::kept::{self, Kept};
use crate::{
    domain::{check::Check, visit::Visit},
    error::Error,
};

impl Kept for Check {
    const TABLE: &'static str = "subject_check";
    const WHAT: &'static str = "check";

    fn name(&self) -> &str {
        &self.name
    }

    fn version(&self) -> i32 {
        self.version
    }

    fn columns(&self) -> Vec<(&'static str, Value)> {
        vec![
            ("agency", self.agency.as_str().into()),
            ("subject", self.subject.as_str().into()),
            ("source", self.source.as_str().into()),
            ("window_start", self.window_start.to_string().into()),
            ("window_end", self.window_end.to_string().into()),
            ("visit", self.visit.clone().into()),
        ]
    }
}

/// Checks in no visit whose window touches a period, at most `limit`, by subject. For the merge, which
/// the guidance office makes over all bodies.
pub(crate) async fn unmerged(
    conn: &impl ConnectionTrait,
    (from, to): (NaiveDate, NaiveDate),
    limit: u64,
) -> Result<Vec<Check>, Error> {
    let mut select = kept::select::<Check>();
    select
        .and_where(Expr::col("visit").is_null())
        .and_where(Expr::col("window_start").lte(to.to_string()))
        .and_where(Expr::col("window_end").gte(from.to_string()))
        .order_by("subject", Order::Asc)
        .order_by("name", Order::Asc)
        .limit(limit);
    kept::all(conn, &select).await
}

/// Notes of each check which visit took it in.
pub(crate) async fn join_visits(
    tx: &impl ConnectionTrait,
    checks: Vec<Check>,
    visits: &[Visit],
) -> Result<(), Error> {
    let mut of: BTreeMap<&str, &str> = BTreeMap::new();
    for visit in visits {
        of.extend(visit.checks.iter().map(|check| (check.as_str(), visit.name.as_str())));
    }
    for mut check in checks {
        if let Some(visit) = of.get(check.name.as_str()) {
            check.visit = Some((*visit).to_owned());
            check.version += 1;
            kept::update(tx, &check).await?;
        }
    }
    Ok(())
}

/// The checks of a visit that does not take place wait for another one, unless they came of `source`.
pub(crate) async fn leave_visit(
    tx: &impl ConnectionTrait,
    visit: &Visit,
    source: &str,
) -> Result<(), Error> {
    let mut select = kept::select::<Check>();
    select.and_where(Expr::col("name").is_in(visit.checks.iter().map(String::as_str)));
    for mut check in kept::all::<Check>(tx, &select).await? {
        if check.source != source {
            check.visit = None;
            check.version += 1;
            kept::update(tx, &check).await?;
        }
    }
    Ok(())
}

/// Checks of a draw that may still lead to an inspection: merged into a visit that is not over, or in
/// no visit while their window is open.
pub(crate) async fn ahead(
    conn: &impl ConnectionTrait,
    draw: &str,
    today: NaiveDate,
) -> Result<u64, Error> {
    let over = ["DONE", "RESULT_PUBLISHED", "CANCELLED"];
    let open_visit = Query::select()
        .expr(Expr::value(1))
        .from("visit")
        .and_where(Expr::col(("visit", "name")).equals(("subject_check", "visit")))
        .and_where(Expr::col(("visit", "state")).is_not_in(over))
        // Who never came before the last window was over never will: only what has begun is waited for.
        .cond_where(
            Condition::any()
                .add(Expr::col(("visit", "state")).eq("STARTED"))
                .add(Expr::col(("visit", "last_day")).gte(today.to_string())),
        )
        .take();
    let waiting = Condition::all()
        .add(Expr::col("visit").is_null())
        .add(Expr::col("window_end").gte(today.to_string()));
    let select = Query::select()
        .expr_as(Expr::col(("subject_check", "name")).count(), "ahead")
        .from("subject_check")
        .and_where(Expr::col(("subject_check", "source")).eq(draw))
        .cond_where(Condition::any().add(Expr::exists(open_visit)).add(waiting))
        .take();
    let row = conn.query_one(&select).await?.ok_or(Error::Corrupt("count"))?;
    let count: i64 = row.try_get("", "ahead")?;
    u64::try_from(count).map_err(|_| Error::Corrupt("count"))
}

/// Notes which item of a plan drew which subject.
pub(crate) async fn insert_drawn(
    tx: &impl ConnectionTrait,
    draw: &str,
    items: &[(String, String)],
) -> Result<(), Error> {
    for some in items.chunks(1000) {
        let mut insert = Query::insert();
        insert.into_table("drawn_item").columns(["item", "subject", "draw"]);
        for (item, subject) in some {
            insert.values_panic([item.as_str().into(), subject.as_str().into(), draw.into()]);
        }
        tx.execute(&insert).await?;
    }
    Ok(())
}

/// How often the items of plans drew each subject before, by item and subject.
pub(crate) async fn drawn_before(
    conn: &impl ConnectionTrait,
    plans: &[String],
) -> Result<BTreeMap<(String, String), u32>, Error> {
    let mut before = BTreeMap::new();
    for plan in plans {
        // `#` comes between a plan and its items, `$` sorts after it.
        let select = Query::select()
            .columns(["item", "subject"])
            .from("drawn_item")
            .and_where(Expr::col("item").gte(format!("{plan}#")))
            .and_where(Expr::col("item").lt(format!("{plan}$")))
            .take();
        for row in &conn.query_all(&select).await? {
            let key = (row.try_get("", "item")?, row.try_get("", "subject")?);
            *before.entry(key).or_default() += 1;
        }
    }
    Ok(before)
}
