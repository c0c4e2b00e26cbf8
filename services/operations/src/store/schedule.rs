//! Runs of the solver, with what they started from and the best they have; schedules; numbers of notices.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use sea_orm::{
    ConnectionTrait, Value,
    sea_query::{Expr, ExprTrait as _, OnConflict, Query},
};
use serde::{Serialize, de::DeserializeOwned};

use super::{
    kept::{self, Kept},
    read_json, write_json,
};
use crate::{
    domain::{
        schedule::{Run, Schedule},
        visit::Visit,
        word::ScheduleState,
    },
    error::Error,
};

impl Kept for Schedule {
    const TABLE: &'static str = "schedule";
    const WHAT: &'static str = "schedule";

    fn name(&self) -> &str {
        &self.name
    }

    fn version(&self) -> i32 {
        self.version
    }

    fn columns(&self) -> Vec<(&'static str, Value)> {
        vec![("state", self.state.as_str().into())]
    }
}

impl Kept for Run {
    const TABLE: &'static str = "solve_run";
    const WHAT: &'static str = "run";

    fn name(&self) -> &str {
        &self.name
    }

    fn version(&self) -> i32 {
        self.version
    }

    fn columns(&self) -> Vec<(&'static str, Value)> {
        vec![("state", self.state.as_str().into())]
    }
}

/// What is kept of a run beside its record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RunPart {
    /// The problem and its names, as frozen at the start.
    Input,
    /// The best plan so far.
    Best,
    /// Travel times that were told. The schedule keeps them for its repairs.
    Roads,
}

impl RunPart {
    fn as_str(self) -> &'static str {
        match self {
            Self::Input => "INPUT",
            Self::Best => "BEST",
            Self::Roads => "ROADS",
        }
    }
}

/// Writes a part of a run, in the place of what was there.
pub(crate) async fn put_run_part<T: Serialize>(
    tx: &impl ConnectionTrait,
    run: &str,
    part: RunPart,
    content: &T,
) -> Result<(), Error> {
    let content = write_json(content, "run_part.content")?;
    let mut insert = Query::insert();
    insert.into_table("run_part").columns(["run", "part", "content"]).values_panic([
        run.into(),
        part.as_str().into(),
        content.into(),
    ]);
    insert.on_conflict(OnConflict::columns(["run", "part"]).update_column("content").to_owned());
    tx.execute(&insert).await?;
    Ok(())
}

/// Reads a part of a run; none when it is not there yet.
pub(crate) async fn run_part<T: DeserializeOwned>(
    conn: &impl ConnectionTrait,
    run: &str,
    part: RunPart,
) -> Result<Option<T>, Error> {
    let select = Query::select()
        .column("content")
        .from("run_part")
        .and_where(Expr::col("run").eq(run))
        .and_where(Expr::col("part").eq(part.as_str()))
        .take();
    let Some(row) = conn.query_one(&select).await? else { return Ok(None) };
    read_json(&row.try_get::<String>("", "content")?, "run_part.content").map(Some)
}

/// Leaves the travel times of a run to the schedule it made.
pub(crate) async fn keep_roads(
    tx: &impl ConnectionTrait,
    run: &str,
    schedule: &str,
) -> Result<(), Error> {
    let mut update = Query::update();
    update.table("run_part").value("run", schedule);
    update.and_where(Expr::col("run").eq(run));
    update.and_where(Expr::col("part").eq(RunPart::Roads.as_str()));
    tx.execute(&update).await?;
    Ok(())
}

/// The parts of a run that ended are of no more use.
pub(crate) async fn drop_run_parts(tx: &impl ConnectionTrait, run: &str) -> Result<(), Error> {
    let mut delete = Query::delete();
    delete.from_table("run_part").and_where(Expr::col("run").eq(run));
    tx.execute(&delete).await?;
    Ok(())
}

/// The runs that have not ended, oldest first: for the worker, which carries out those of all.
pub(crate) async fn running(conn: &impl ConnectionTrait) -> Result<Vec<Run>, Error> {
    let mut select = kept::select::<Run>();
    select.and_where(Expr::col("state").eq("RUNNING"));
    select.order_by("name", sea_orm::Order::Asc);
    kept::all(conn, &select).await
}

/// How many records a schedule rests on, and the sum of their versions: it differs after every change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Print {
    /// Of the visits of its days.
    pub visits: (i64, i64),
    /// Of the officers.
    pub officers: (i64, i64),
    /// Of the kits.
    pub kits: (i64, i64),
}

/// What the tables are like on which a schedule of some days rests.
pub(crate) async fn print(
    conn: &impl ConnectionTrait,
    (from, to): (NaiveDate, NaiveDate),
) -> Result<Print, Error> {
    let days = Expr::col("day").between(from.to_string(), to.to_string());
    Ok(Print {
        visits: versions(conn, "visit", Some(days)).await?,
        officers: versions(conn, "officer_profile", None).await?,
        kits: versions(conn, "kit", None).await?,
    })
}

async fn versions(
    conn: &impl ConnectionTrait,
    table: &'static str,
    only: Option<Expr>,
) -> Result<(i64, i64), Error> {
    let mut select = Query::select();
    select.expr_as(Expr::col("version").count(), "rows");
    select.expr_as(Expr::col("version").sum(), "versions");
    select.from(table);
    if let Some(only) = only {
        select.and_where(only);
    }
    let row = conn.query_one(&select).await?.ok_or(Error::Corrupt("version"))?;
    let sum: Option<i64> = row.try_get("", "versions")?;
    Ok((row.try_get("", "rows")?, sum.unwrap_or_default()))
}

/// Takes `count` numbers for notices of a year; gives the first.
pub(crate) async fn notice_numbers(
    tx: &impl ConnectionTrait,
    year: i32,
    count: u32,
) -> Result<i64, Error> {
    let count = i64::from(count);
    let mut insert = Query::insert();
    insert
        .into_table("notice_number")
        .columns(["year", "last"])
        .values_panic([year.into(), count.into()]);
    let mut again = OnConflict::column("year");
    again.value("last", Expr::col(("notice_number", "last")).add(count));
    insert.on_conflict(again);
    tx.execute(&insert).await?;
    let select = Query::select()
        .column("last")
        .from("notice_number")
        .and_where(Expr::col("year").eq(year))
        .take();
    let row = tx.query_one(&select).await?.ok_or(Error::Corrupt("notice_number"))?;
    Ok(row.try_get::<i64>("", "last")? - count + 1)
}

/// Writes a draft and the visits that change with it; drafts that had some of them are superseded.
pub(crate) async fn keep_draft(
    tx: &impl ConnectionTrait,
    made: &Schedule,
    visits: &[Visit],
    drafts: BTreeSet<String>,
) -> Result<(), Error> {
    for name in drafts {
        let old: Option<Schedule> = kept::public(tx, &name).await?;
        if let Some(mut old) = old.filter(|old| old.state == ScheduleState::Draft) {
            old.supersede();
            kept::update(tx, &old).await?;
        }
    }
    kept::upsert(tx, visits).await?;
    kept::insert(tx, made).await
}
