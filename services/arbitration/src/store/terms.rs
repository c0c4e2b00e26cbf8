//! Terms, and the disputes that the clock wants looked at.

use chrono::{DateTime, Utc};
use clock::{Counting, Length};
use sea_orm::{ActiveValue::Set, Condition, QueryOrder as _, QuerySelect as _, entity::prelude::*};
use types::AgencyCode;

use super::{dispute, read_word, rows};
use crate::{
    domain::{
        dispute::Dispute,
        term::Term,
        word::{TermState, Warning},
    },
    error::Error,
};

/// Writes new terms of a dispute.
pub(super) async fn insert(
    tx: &impl ConnectionTrait,
    dispute: &Dispute,
    terms: &[Term],
) -> Result<(), Error> {
    if terms.is_empty() {
        return Ok(());
    }
    let name = dispute.name();
    let rows = terms.iter().map(|term| to_row(&name, term));
    rows::term::Entity::insert_many(rows).exec_without_returning(tx).await?;
    Ok(())
}

/// The terms of a dispute, in the order they were opened; those of one step by name and holder.
pub(super) async fn of(conn: &impl ConnectionTrait, name: &str) -> Result<Vec<Term>, Error> {
    let found = rows::term::Entity::find()
        .filter(rows::term::Column::Dispute.eq(name))
        .order_by_asc(rows::term::Column::StartedAt)
        .order_by_asc(rows::term::Column::Slot)
        .order_by_asc(rows::term::Column::Holder)
        .order_by_asc(rows::term::Column::Id)
        .all(conn)
        .await?;
    found.into_iter().map(from_row).collect()
}

/// Writes a term that changed; its rungs and its end must still be as they were read, so that each
/// is raised, and each recount told, once however many replicas look.
pub(crate) async fn save_term(
    tx: &impl ConnectionTrait,
    before: &Term,
    term: &Term,
) -> Result<(), Error> {
    let rung = match before.next_rung_at() {
        Some(at) => rows::term::Column::NextRungAt.eq(at),
        None => rows::term::Column::NextRungAt.is_null(),
    };
    let ended = match before.ended_at {
        Some(at) => rows::term::Column::EndedAt.eq(at),
        None => rows::term::Column::EndedAt.is_null(),
    };
    let mut row = to_row("", term);
    row.dispute = sea_orm::ActiveValue::NotSet;
    let done = rows::term::Entity::update_many()
        .set(row)
        .filter(rows::term::Column::Id.eq(term.id.uuid()))
        .filter(Condition::all().add(rung).add(ended))
        .filter(rows::term::Column::DueAt.eq(before.due_at))
        .filter(rows::term::Column::Provisional.eq(before.provisional))
        .exec(tx)
        .await?;
    if done.rows_affected == 1 { Ok(()) } else { Err(Error::Stale) }
}

/// Disputes with a rung that fell due by `now`, at most `limit`, whole.
pub(crate) async fn due_disputes(
    conn: &impl ConnectionTrait,
    now: DateTime<Utc>,
    limit: u64,
) -> Result<Vec<Dispute>, Error> {
    let due = rows::term::Column::NextRungAt.lte(now);
    disputes_with(conn, Condition::all().add(due), limit).await
}

/// Disputes with an open provisional term, whole.
pub(crate) async fn provisional_disputes(
    conn: &impl ConnectionTrait,
    limit: u64,
) -> Result<Vec<Dispute>, Error> {
    let provisional = Condition::all()
        .add(rows::term::Column::Provisional.eq(true))
        .add(rows::term::Column::EndedAt.is_null());
    disputes_with(conn, provisional, limit).await
}

/// Disputes with a decision whose first day has come by `now`, whole.
pub(crate) async fn pending_disputes(
    conn: &impl ConnectionTrait,
    now: DateTime<Utc>,
    limit: u64,
) -> Result<Vec<Dispute>, Error> {
    let found = rows::dispute::Entity::find()
        .filter(rows::dispute::Column::SwitchAt.lte(now))
        .order_by_asc(rows::dispute::Column::SwitchAt)
        .limit(limit)
        .all(conn)
        .await?;
    whole(conn, found).await
}

/// The worker's reads: on behalf of the clock, which sees every dispute and answers to nobody.
async fn disputes_with(
    conn: &impl ConnectionTrait,
    condition: Condition,
    limit: u64,
) -> Result<Vec<Dispute>, Error> {
    let names: Vec<String> = rows::term::Entity::find()
        .select_only()
        .column(rows::term::Column::Dispute)
        .distinct()
        .filter(condition)
        .limit(limit)
        .into_tuple()
        .all(conn)
        .await?;
    let named = rows::dispute::Column::Name.is_in(names);
    let found = rows::dispute::Entity::find().filter(named).all(conn).await?;
    whole(conn, found).await
}

async fn whole(
    conn: &impl ConnectionTrait,
    found: Vec<rows::dispute::Model>,
) -> Result<Vec<Dispute>, Error> {
    let mut disputes = Vec::new();
    for row in found {
        let name = row.name.clone();
        let mut dispute = dispute::from_row(row)?;
        dispute.terms = of(conn, &name).await?;
        disputes.push(dispute);
    }
    Ok(disputes)
}

fn to_row(dispute: &str, term: &Term) -> rows::term::ActiveModel {
    let raised =
        |warning: Warning| term.raised.iter().find(|(one, _)| *one == warning).map(|(_, at)| *at);
    rows::term::ActiveModel {
        id: Set(term.id.uuid()),
        dispute: Set(dispute.to_owned()),
        slot: Set(term.slot.clone()),
        holder: Set(term.holder.as_str().to_owned()),
        started_at: Set(term.started_at),
        length: Set(term.counting.length.to_string()),
        due_at: Set(term.due_at),
        provisional: Set(term.provisional),
        state: Set(term.state.as_str().to_owned()),
        ended_at: Set(term.ended_at),
        half_at: Set(term.half_at),
        near_at: Set(term.near_at),
        half_raised_at: Set(raised(Warning::Half)),
        near_raised_at: Set(raised(Warning::Near)),
        overdue_raised_at: Set(raised(Warning::Overdue)),
        next_rung_at: Set(term.next_rung_at()),
    }
}

fn from_row(row: rows::term::Model) -> Result<Term, Error> {
    let length = read_word(Length::parse(&row.length), "term.length")?;
    let raised = [
        (Warning::Half, row.half_raised_at),
        (Warning::Near, row.near_raised_at),
        (Warning::Overdue, row.overdue_raised_at),
    ];
    Ok(Term {
        id: row.id.into(),
        slot: row.slot,
        holder: read_word(AgencyCode::parse(&row.holder), "term.holder")?,
        started_at: row.started_at,
        counting: Counting::new(length),
        due_at: row.due_at,
        provisional: row.provisional,
        state: read_word(TermState::parse(&row.state), "term.state")?,
        ended_at: row.ended_at,
        half_at: row.half_at,
        near_at: row.near_at,
        raised: raised.into_iter().filter_map(|(warning, at)| Some((warning, at?))).collect(),
    })
}
