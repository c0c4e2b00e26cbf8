//! Records beside the referrals: each with columns to look for and its whole as JSON. Their duties are in
//! them, so that a rung is raised by the one write that finds the record as it was read.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use sea_orm::{
    ConnectionTrait, JoinType, Order, QueryResult, Value,
    sea_query::{Expr, ExprTrait as _, Query, SelectStatement},
};
use serde::{Serialize, de::DeserializeOwned};
use types::AgencyCode;

use super::{party, read_json, rows, write_json};
use crate::{
    domain::{
        consultation::{Consultation, ConsultationState},
        duty::{DutyState, Owing},
        involvement::{Involvement, InvolvementState},
        meeting::{Meeting, MeetingState},
        notice::{Notice, NoticeState},
        resolution::{Resolution, ResolutionState},
    },
    error::Error,
};

/// A record with a table of its own.
pub(crate) trait Kept:
    Owing + Clone + Serialize + DeserializeOwned + Send + Sync + 'static
{
    /// The table.
    const TABLE: &'static str;
    /// What a caller is told is not there.
    const WHAT: &'static str;
    /// What the names of its kind begin with.
    const PREFIX: &'static str;
    /// The resource name: the key.
    fn name(&self) -> &str;
    /// The docket it is about; empty when it is about none, or several.
    fn docket(&self) -> &str;
    /// Who began it, and whom it is for.
    fn ends(&self) -> (&AgencyCode, Option<&AgencyCode>);
    /// The word of its state.
    fn state(&self) -> &'static str;
    /// Whether something is still to be done.
    fn open(&self) -> bool;
    /// Changes with everything that is done: the etag.
    fn version(&mut self) -> &mut i32;
    /// Changes with every write.
    fn revision(&mut self) -> &mut i32;
    /// The dockets whose readers see more of it.
    fn dockets(&self) -> Vec<&str> {
        Vec::new()
    }
}

/// What is the same for each kind.
macro_rules! kept {
    ($table:literal, $what:literal, $prefix:literal) => {
        const TABLE: &'static str = $table;
        const WHAT: &'static str = $what;
        const PREFIX: &'static str = $prefix;

        fn name(&self) -> &str {
            &self.name
        }

        fn state(&self) -> &'static str {
            self.state.as_str()
        }

        fn version(&mut self) -> &mut i32 {
            &mut self.version
        }

        fn revision(&mut self) -> &mut i32 {
            &mut self.revision
        }
    };
}

impl Kept for Consultation {
    kept!("consultation", "consultation", "consultations/");

    fn docket(&self) -> &str {
        &self.docket
    }

    fn ends(&self) -> (&AgencyCode, Option<&AgencyCode>) {
        (&self.asker, Some(&self.asked))
    }

    fn open(&self) -> bool {
        matches!(self.state, ConsultationState::Asked | ConsultationState::MaterialRequested)
    }
}

impl Kept for Involvement {
    kept!("early_involvement", "early involvement", "earlyInvolvements/");

    fn docket(&self) -> &str {
        &self.docket
    }

    fn ends(&self) -> (&AgencyCode, Option<&AgencyCode>) {
        (&self.from, Some(&self.to))
    }

    fn open(&self) -> bool {
        self.state == InvolvementState::Notified
    }
}

impl Kept for Meeting {
    kept!("meeting", "meeting", "meetings/");

    fn docket(&self) -> &str {
        ""
    }

    fn ends(&self) -> (&AgencyCode, Option<&AgencyCode>) {
        (&self.convener, None)
    }

    fn open(&self) -> bool {
        self.state == MeetingState::Convened
    }

    fn dockets(&self) -> Vec<&str> {
        let dockets = self.agenda.iter().map(|item| item.docket.as_str());
        dockets.filter(|docket| !docket.is_empty()).collect()
    }
}

impl Kept for Resolution {
    kept!("resolution", "resolution", "meetings/");

    fn docket(&self) -> &str {
        &self.docket
    }

    fn ends(&self) -> (&AgencyCode, Option<&AgencyCode>) {
        (&self.convener, Some(&self.owner))
    }

    fn open(&self) -> bool {
        self.state != ResolutionState::Accepted
    }
}

impl Kept for Notice {
    kept!("notice", "notice", "notices/");

    fn docket(&self) -> &str {
        &self.docket
    }

    fn ends(&self) -> (&AgencyCode, Option<&AgencyCode>) {
        (&self.from, Some(&self.to))
    }

    fn open(&self) -> bool {
        self.state == NoticeState::Sent
    }
}

/// What a caller of a list asks for beside what it may see.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct KeptFilter {
    /// Columns and what they must be.
    pub equal: Vec<(&'static str, String)>,
    /// Only what is open, or at rest.
    pub open: Option<bool>,
    /// Only what is late at this instant or was done late, or the rest.
    pub late: Option<(bool, DateTime<Utc>)>,
    /// Only what is not done and past its end at this instant, or the rest.
    pub overdue: Option<(bool, DateTime<Utc>)>,
    /// Only names that begin with this one and a slash.
    pub below: Option<String>,
}

fn row<K: Kept>(one: &mut K) -> Result<Vec<(&'static str, Value)>, Error> {
    let body = write_json(one, K::WHAT)?;
    let revision = *one.revision();
    let (sender, receiver) = one.ends();
    let running = one.duty().filter(|duty| {
        duty.is_open() && matches!(duty.state, DutyState::Running | DutyState::Missed)
    });
    let late = one.duty().is_some_and(|duty| duty.state == DutyState::Missed);
    Ok(vec![
        ("name", one.name().into()),
        ("docket", one.docket().into()),
        ("sender", sender.as_str().into()),
        ("receiver", receiver.map_or("", AgencyCode::as_str).into()),
        ("state", one.state().into()),
        ("open", one.open().into()),
        ("late", late.into()),
        ("due_at", running.map(|duty| duty.due_at).into()),
        ("provisional", one.duties().iter().any(|duty| duty.is_open() && duty.provisional).into()),
        ("next_rung_at", one.duties().iter().filter_map(|duty| duty.next_rung_at()).min().into()),
        ("revision", revision.into()),
        ("body", body.into()),
    ])
}

/// Writes a new record.
pub(crate) async fn insert_kept<K: Kept>(
    tx: &impl ConnectionTrait,
    one: &mut K,
) -> Result<(), Error> {
    let row = row(one)?;
    let mut insert = Query::insert();
    insert.into_table(K::TABLE).columns(row.iter().map(|(column, _)| *column));
    insert.values_panic(row.into_iter().map(|(_, value)| Expr::value(value)));
    tx.execute(&insert).await?;
    Ok(())
}

/// Writes a record if it is still as it was read: its revision counts on.
pub(crate) async fn update_kept<K: Kept>(
    tx: &impl ConnectionTrait,
    one: &mut K,
) -> Result<(), Error> {
    let read = *one.revision();
    *one.revision() += 1;
    let mut update = Query::update();
    update
        .table(K::TABLE)
        .values(row(one)?.into_iter().map(|(column, value)| (column, Expr::value(value))))
        .and_where(Expr::col("name").eq(one.name()))
        .and_where(Expr::col("revision").eq(read));
    let done = tx.execute(&update).await?;
    if done.rows_affected() == 1 { Ok(()) } else { Err(Error::Stale) }
}

fn select<K: Kept>() -> SelectStatement {
    Query::select().column((K::TABLE, "body")).from(K::TABLE).take()
}

async fn all<K: Kept>(
    conn: &impl ConnectionTrait,
    select: &SelectStatement,
) -> Result<Vec<K>, Error> {
    let read = |row: &QueryResult| read_json(&row.try_get::<String>("", "body")?, K::WHAT);
    conn.query_all(select).await?.iter().map(read).collect()
}

/// Reads a record that `reader` may see.
pub(crate) async fn kept<K: Kept>(
    conn: &impl ConnectionTrait,
    reader: &AgencyCode,
    name: &str,
) -> Result<K, Error> {
    // Not every engine reads a zero in a text, and no name has one.
    if name.contains('\0') {
        return Err(Error::NotFound(K::WHAT));
    }
    let mut select = select::<K>();
    select.and_where(Expr::col((K::TABLE, "name")).eq(name));
    select.and_where(party::seen_by(reader, (K::TABLE, "name")));
    all(conn, &select).await?.pop().ok_or(Error::NotFound(K::WHAT))
}

/// The page of `size` records before the name `before` that `reader` may see, newest first: names carry
/// their time, so the order of `party`'s key is the order of the page.
pub(crate) async fn list_kept<K: Kept>(
    conn: &impl ConnectionTrait,
    reader: &AgencyCode,
    filter: &KeptFilter,
    before: Option<&str>,
    size: u64,
) -> Result<Vec<K>, Error> {
    let party = rows::party::Entity;
    let name = || Expr::col((party, rows::party::Column::Name));
    let join = name().equals((K::TABLE, "name"));
    let mut select = Query::select();
    select
        .column((K::TABLE, "body"))
        .from(party)
        .join(JoinType::InnerJoin, K::TABLE, join)
        .and_where(Expr::col((party, rows::party::Column::Agency)).eq(reader.as_str()))
        .and_where(name().gt(K::PREFIX))
        .order_by((party, rows::party::Column::Name), Order::Desc)
        .limit(size);
    // No name of the kind goes on with a letter after f: digits of an id do not.
    let end = format!("{}g", K::PREFIX);
    select.and_where(name().lt(before.unwrap_or(&end)));
    if let Some(below) = &filter.below {
        select.and_where(name().gt(format!("{below}/"))).and_where(name().lt(format!("{below}/z")));
    }
    for (column, value) in &filter.equal {
        select.and_where(Expr::col((K::TABLE, *column)).eq(value.as_str()));
    }
    if let Some(open) = filter.open {
        select.and_where(Expr::col((K::TABLE, "open")).eq(open));
    }
    let overdue = |now: DateTime<Utc>| Expr::col((K::TABLE, "due_at")).lte(now);
    let in_time = |now: DateTime<Utc>| {
        let due_at = || Expr::col((K::TABLE, "due_at"));
        due_at().is_null().or(due_at().gt(now))
    };
    if let Some((yes, now)) = filter.overdue {
        select.and_where(if yes { overdue(now) } else { in_time(now) });
    }
    if let Some((yes, now)) = filter.late {
        let late = Expr::col((K::TABLE, "late")).eq(yes);
        select.and_where(if yes { late.or(overdue(now)) } else { late.and(in_time(now)) });
    }
    all(conn, &select).await
}

/// Records with a rung that fell due by `now`, at most `limit`: on behalf of the clock, which sees all.
pub(crate) async fn due_kept<K: Kept>(
    conn: &impl ConnectionTrait,
    now: DateTime<Utc>,
    limit: u64,
) -> Result<Vec<K>, Error> {
    let mut due = select::<K>();
    due.and_where(Expr::col("next_rung_at").lte(now)).limit(limit);
    all(conn, &due).await
}

/// Records with an open duty whose end the calendar did not cover, after a name, at most `limit`.
pub(crate) async fn provisional_kept<K: Kept>(
    conn: &impl ConnectionTrait,
    after: &str,
    limit: u64,
) -> Result<Vec<K>, Error> {
    let mut provisional = select::<K>();
    provisional
        .and_where(Expr::col("provisional").eq(true))
        .and_where(Expr::col("name").gt(after))
        .order_by("name", Order::Asc)
        .limit(limit);
    all(conn, &provisional).await
}

/// Which of these names `reader` may see.
pub(crate) async fn seen(
    conn: &impl ConnectionTrait,
    reader: &AgencyCode,
    names: &[&str],
) -> Result<BTreeSet<String>, Error> {
    let mut seen = BTreeSet::new();
    // Engines bound the values of a statement.
    for some in names.chunks(1000) {
        let read = party::readers_of(conn, std::slice::from_ref(reader), some).await?;
        seen.extend(read.into_iter().map(|(_, name)| name));
    }
    Ok(seen)
}

/// Which of these bodies may see a resource.
pub(crate) async fn readers(
    conn: &impl ConnectionTrait,
    bodies: &[AgencyCode],
    name: &str,
) -> Result<BTreeSet<AgencyCode>, Error> {
    let read = party::readers_of(conn, bodies, &[name]).await?;
    Ok(read.into_iter().filter_map(|(body, _)| AgencyCode::parse(&body)).collect())
}
