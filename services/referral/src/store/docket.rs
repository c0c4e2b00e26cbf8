//! Dockets.

use std::collections::BTreeMap;

use sea_orm::{ActiveValue::Set, QuerySelect as _, entity::prelude::*};
use types::AgencyCode;

use super::{docket_name, parse_name, party, read_json, read_word, rows, write_json};
use crate::{
    domain::{
        leg::{Docket, Penalty},
        step::PenaltyKind,
    },
    error::Error,
};

/// Writes a new docket.
pub(crate) async fn insert_docket(tx: &impl ConnectionTrait, docket: &Docket) -> Result<(), Error> {
    let penalties: Vec<_> = docket
        .penalties
        .iter()
        .map(|one| (one.kind.as_str(), &one.decision_no, one.amount_fen, &one.decided_on))
        .collect();
    let competence = docket.competence.as_ref();
    let competence = competence.map(|one| write_json(one, "docket.competence")).transpose()?;
    let row = rows::docket::ActiveModel {
        name: Set(docket_name(docket.id)),
        agency: Set(docket.agency.as_str().to_owned()),
        title: Set(docket.title.clone()),
        sector: Set(docket.sector.clone()),
        matter: Set(docket.matter.clone()),
        facts: Set(write_json(&docket.facts, "docket.facts")?),
        penalties: Set(write_json(&penalties, "docket.penalties")?),
        close_reason: Set(docket.close_reason.clone()),
        created_at: Set(docket.created_at),
        version: Set(docket.version),
        place: Set(docket.place.clone()),
        competence: Set(competence),
        closed_at: Set(docket.closed_at),
    };
    rows::docket::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// Reads a docket that `reader` may see.
pub(crate) async fn docket(
    conn: &impl ConnectionTrait,
    reader: &AgencyCode,
    name: &str,
) -> Result<Docket, Error> {
    // Not every engine reads a zero in a text, and no name has one.
    if name.contains('\0') {
        return Err(Error::NotFound("docket"));
    }
    let found = rows::docket::Entity::find_by_id(name)
        .filter(party::seen_by(reader, (rows::docket::Entity, rows::docket::Column::Name)))
        .one(conn)
        .await?;
    from_row(found.ok_or(Error::NotFound("docket"))?)
}

/// Closes a docket read at `version`, with the reason.
pub(crate) async fn close_docket(tx: &impl ConnectionTrait, docket: &Docket) -> Result<(), Error> {
    let done = rows::docket::Entity::update_many()
        .col_expr(rows::docket::Column::CloseReason, Expr::value(docket.close_reason.clone()))
        .col_expr(rows::docket::Column::ClosedAt, Expr::value(docket.closed_at))
        .col_expr(rows::docket::Column::Version, Expr::value(docket.version))
        .filter(rows::docket::Column::Name.eq(docket_name(docket.id)))
        .filter(rows::docket::Column::Version.eq(docket.version - 1))
        .exec(tx)
        .await?;
    if done.rows_affected == 1 { Ok(()) } else { Err(Error::Stale) }
}

/// Notes a penalty on the facts of a docket: a change of it. Who else wants to change it waits until
/// this transaction is over; `SQLite` has one writer.
pub(crate) async fn note_penalty(
    tx: &impl ConnectionTrait,
    docket: &str,
    penalty: &Penalty,
) -> Result<(), Error> {
    let found = rows::docket::Entity::find_by_id(docket).lock_exclusive().one(tx).await?;
    let row = found.ok_or(Error::NotFound("docket"))?;
    let mut penalties: Vec<(String, String, i64, String)> =
        read_json(&row.penalties, "docket.penalties")?;
    let kind = penalty.kind.as_str().to_owned();
    let (decision_no, decided_on) = (penalty.decision_no.clone(), penalty.decided_on.clone());
    penalties.push((kind, decision_no, penalty.amount_fen, decided_on));
    let penalties = write_json(&penalties, "docket.penalties")?;
    rows::docket::Entity::update_many()
        .col_expr(rows::docket::Column::Penalties, Expr::value(penalties))
        .col_expr(rows::docket::Column::Version, Expr::value(row.version + 1))
        .filter(rows::docket::Column::Name.eq(docket))
        .exec(tx)
        .await?;
    Ok(())
}

fn from_row(row: rows::docket::Model) -> Result<Docket, Error> {
    let facts: BTreeMap<String, String> = read_json(&row.facts, "docket.facts")?;
    let penalties: Vec<(String, String, i64, String)> =
        read_json(&row.penalties, "docket.penalties")?;
    let penalties = penalties.into_iter().map(|(kind, decision_no, amount_fen, decided_on)| {
        let kind = read_word(PenaltyKind::parse(&kind), "docket.penalties")?;
        Ok(Penalty { kind, decision_no, amount_fen, decided_on })
    });
    Ok(Docket {
        id: read_word(parse_name(&row.name, "dockets"), "docket.name")?,
        agency: read_word(AgencyCode::parse(&row.agency), "docket.agency")?,
        title: row.title,
        sector: row.sector,
        matter: row.matter,
        facts,
        penalties: penalties.collect::<Result<_, Error>>()?,
        close_reason: row.close_reason,
        closed_at: row.closed_at,
        place: row.place,
        competence: row.competence.map(|text| read_json(&text, "docket.competence")).transpose()?,
        created_at: row.created_at,
        version: row.version,
    })
}
