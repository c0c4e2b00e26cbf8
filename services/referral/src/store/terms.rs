//! Terms, and the legs whose terms want looking at.

use chrono::{DateTime, Utc};
use clock::{Counting, HourStart, Length};
use sea_orm::{ActiveValue::Set, Condition, QueryOrder as _, QuerySelect as _, entity::prelude::*};
use types::AgencyCode;

use super::{leg, leg_name, read_json, read_word, rows, write_json};
use crate::{
    domain::{
        leg::Leg,
        term::Term,
        word::{Rung, TermState},
    },
    error::Error,
};

/// Writes new terms of a leg.
pub(super) async fn insert(
    tx: &impl ConnectionTrait,
    leg: &Leg,
    terms: &[Term],
) -> Result<(), Error> {
    if terms.is_empty() {
        return Ok(());
    }
    let name = leg_name(leg.id);
    let rows = terms.iter().map(|term| to_row(&name, term));
    let rows = rows.collect::<Result<Vec<_>, _>>()?;
    rows::term::Entity::insert_many(rows).exec_without_returning(tx).await?;
    Ok(())
}

/// The terms of a leg, in the order they were opened; those of one step by name.
pub(super) async fn of(conn: &impl ConnectionTrait, name: &str) -> Result<Vec<Term>, Error> {
    let found = rows::term::Entity::find()
        .filter(rows::term::Column::Referral.eq(name))
        .order_by_asc(rows::term::Column::StartedAt)
        .order_by_asc(rows::term::Column::Slot)
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
    let mut row = to_row("", term)?;
    row.referral = sea_orm::ActiveValue::NotSet;
    let done = rows::term::Entity::update_many()
        .set(row)
        .filter(rows::term::Column::Id.eq(term.id.uuid()))
        .filter(Condition::all().add(rung))
        .filter(rows::term::Column::DueAt.eq(before.due_at))
        .filter(rows::term::Column::Provisional.eq(before.provisional))
        .exec(tx)
        .await?;
    if done.rows_affected == 1 { Ok(()) } else { Err(Error::Stale) }
}

/// Legs with a rung that fell due by `now`, at most `limit`, whole.
pub(crate) async fn due_legs(
    conn: &impl ConnectionTrait,
    now: DateTime<Utc>,
    limit: u64,
) -> Result<Vec<Leg>, Error> {
    let due = rows::term::Column::NextRungAt.lte(now);
    legs_with(conn, Condition::all().add(due), limit).await
}

/// Legs with an open provisional term, whole.
pub(crate) async fn provisional_legs(
    conn: &impl ConnectionTrait,
    limit: u64,
) -> Result<Vec<Leg>, Error> {
    let provisional = Condition::all()
        .add(rows::term::Column::Provisional.eq(true))
        .add(rows::term::Column::EndedAt.is_null());
    legs_with(conn, provisional, limit).await
}

/// The worker's reads: on behalf of the clock, which sees every leg and answers to nobody.
async fn legs_with(
    conn: &impl ConnectionTrait,
    condition: Condition,
    limit: u64,
) -> Result<Vec<Leg>, Error> {
    let names: Vec<String> = rows::term::Entity::find()
        .select_only()
        .column(rows::term::Column::Referral)
        .distinct()
        .filter(condition)
        .limit(limit)
        .into_tuple()
        .all(conn)
        .await?;
    let found = rows::referral::Entity::find()
        .filter(rows::referral::Column::Name.is_in(names))
        .all(conn)
        .await?;
    let mut legs = Vec::new();
    for row in found {
        let name = row.name.clone();
        let mut leg = leg::referral_from(row)?;
        leg.terms = of(conn, &name).await?;
        legs.push(leg);
    }
    Ok(legs)
}

fn to_row(referral: &str, term: &Term) -> Result<rows::term::ActiveModel, Error> {
    let suspensions = (!term.suspensions.is_empty()).then_some(&term.suspensions);
    let extensions: Vec<String> = term.extensions.iter().map(ToString::to_string).collect();
    let extensions = (!extensions.is_empty()).then_some(&extensions);
    let raised = |rung: Rung| term.raised.iter().find(|(one, _)| *one == rung).map(|(_, at)| *at);
    Ok(rows::term::ActiveModel {
        id: Set(term.id.uuid()),
        referral: Set(referral.to_owned()),
        slot: Set(term.slot.clone()),
        rule: Set(term.rule.clone()),
        holder: Set(term.holder.as_str().to_owned()),
        started_at: Set(term.started_at),
        length: Set(term.counting.length.to_string()),
        hour_start: Set(term.counting.hour_start.as_str().to_owned()),
        due_at: Set(term.due_at),
        provisional: Set(term.provisional),
        state: Set(term.state.as_str().to_owned()),
        ended_at: Set(term.ended_at),
        half_at: Set(term.half_at),
        near_at: Set(term.near_at),
        half_raised_at: Set(raised(Rung::Half)),
        near_raised_at: Set(raised(Rung::Near)),
        overdue_raised_at: Set(raised(Rung::Overdue)),
        next_rung_at: Set(term.next_rung_at()),
        suspensions: Set(suspensions.map(|all| write_json(all, "term.suspensions")).transpose()?),
        extensions: Set(extensions.map(|all| write_json(all, "term.extensions")).transpose()?),
    })
}

fn from_row(row: rows::term::Model) -> Result<Term, Error> {
    let counting = Counting {
        length: read_word(Length::parse(&row.length), "term.length")?,
        hour_start: read_word(HourStart::parse(&row.hour_start), "term.hour_start")?,
        in_custody: false,
    };
    let extensions: Vec<String> = read_list(row.extensions, "term.extensions")?;
    let extensions = extensions.iter().map(|text| Length::parse(text));
    let extensions: Option<Vec<Length>> = extensions.collect();
    let raised = [
        (Rung::Half, row.half_raised_at),
        (Rung::Near, row.near_raised_at),
        (Rung::Overdue, row.overdue_raised_at),
    ];
    Ok(Term {
        id: row.id.into(),
        slot: row.slot,
        rule: row.rule,
        holder: read_word(AgencyCode::parse(&row.holder), "term.holder")?,
        started_at: row.started_at,
        counting,
        suspensions: read_list(row.suspensions, "term.suspensions")?,
        extensions: read_word(extensions, "term.extensions")?,
        due_at: row.due_at,
        provisional: row.provisional,
        state: read_word(TermState::parse(&row.state), "term.state")?,
        ended_at: row.ended_at,
        half_at: row.half_at,
        near_at: row.near_at,
        raised: raised.into_iter().filter_map(|(rung, at)| Some((rung, at?))).collect(),
    })
}

/// A list that is absent when it is empty.
fn read_list<T: serde::de::DeserializeOwned>(
    text: Option<String>,
    column: &'static str,
) -> Result<Vec<T>, Error> {
    text.map_or(Ok(Vec::new()), |text| read_json(&text, column))
}
