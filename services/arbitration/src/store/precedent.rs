//! Precedents: written with the decision, read in the order of decisions, and sought by matter and place.

use db::{Db, journal};
use sea_orm::{
    ActiveValue::Set, FromQueryResult as _, QueryOrder as _, QuerySelect as _, Statement, Value,
    entity::prelude::*,
};
use types::AgencyCode;

use super::{read_json, read_word, rows::precedent, write_json};
use crate::{
    domain::{
        dispute::Subject,
        precedent::Precedent,
        word::{Kind, Manner},
    },
    error::Error,
};

/// Writes what a decision became, under the journal row that says so.
pub(crate) async fn insert_precedent(
    tx: &impl ConnectionTrait,
    of: &Precedent,
    journal_id: i64,
) -> Result<(), Error> {
    let row = precedent::ActiveModel {
        dispute: Set(of.dispute.clone()),
        journal_id: Set(journal_id),
        kind: Set(of.kind.as_str().to_owned()),
        parties: Set(write_json(&of.parties, "precedent.parties")?),
        title: Set(of.title.clone()),
        facts: Set(of.facts.clone()),
        matter: Set(of.matter.clone()),
        place: Set(of.place.clone()),
        subject: Set(of.subject.clone()),
        competent: Set(of.competent.as_str().to_owned()),
        reason: Set(of.reason.clone()),
        basis: Set(write_json(&of.basis, "precedent.basis")?),
        manner: Set(of.manner.as_str().to_owned()),
        effective_from: Set(of.effective_from.to_string()),
        decided_by: Set(write_json(&of.decided_by, "precedent.decided_by")?),
        decided_at: Set(of.decided_at),
    };
    precedent::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// The decisions that may settle a dispute over `subject`: of its matter, for a region that holds its
/// place, about anybody or about its subject. For the opening: they bind everyone.
pub(crate) async fn precedents_about(
    conn: &impl ConnectionTrait,
    subject: &Subject,
) -> Result<Vec<Precedent>, Error> {
    if subject.matter.is_empty() {
        return Ok(Vec::new());
    }
    // Every code of a region that holds this one: 330999005 lies in 330999, 330900 and 330000.
    let place = subject.place.as_str();
    let mut above = vec![place.to_owned()];
    for (digits, zeros) in [(2, "0000"), (4, "00"), (6, "")] {
        above.extend(place.get(..digits).map(|part| format!("{part}{zeros}")));
    }
    let found = precedent::Entity::find()
        .filter(precedent::Column::Matter.eq(&subject.matter))
        .filter(precedent::Column::Subject.is_in(["", subject.subject.as_str()]))
        .filter(precedent::Column::Place.is_in(above))
        .order_by_desc(precedent::Column::JournalId)
        .all(conn)
        .await?;
    found.into_iter().map(from_row).collect()
}

/// The page of `size` precedents before the number `before`, the newest decision first, each with its
/// number. They are for all.
pub(crate) async fn list_precedents(
    conn: &impl ConnectionTrait,
    matter: &str,
    before: Option<i64>,
    size: u64,
) -> Result<Vec<(i64, Precedent)>, Error> {
    let mut query =
        precedent::Entity::find().order_by_desc(precedent::Column::JournalId).limit(size);
    if !matter.is_empty() {
        query = query.filter(precedent::Column::Matter.eq(matter));
    }
    if let Some(before) = before {
        query = query.filter(precedent::Column::JournalId.lt(before));
    }
    let found = query.all(conn).await?;
    found.into_iter().map(|row| Ok((row.journal_id, from_row(row)?))).collect()
}

/// What was decided after a row of the journal, in the order of the journal: none is skipped that
/// committed late.
pub(crate) async fn precedents_after(
    db: &Db,
    after: journal::Cursor,
    limit: u64,
) -> Result<Vec<(journal::Cursor, Precedent)>, Error> {
    let sql = format!(
        "SELECT p.*, j.txid, j.id FROM precedent AS p JOIN journal AS j ON j.id = p.journal_id \
         WHERE (j.txid, j.id) > ($1, $2) AND {} ORDER BY j.txid, j.id LIMIT $3",
        journal::horizon_sql(db.engine())
    );
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let values: [Value; 3] = [after.txid.into(), after.id.into(), limit.into()];
    let reader = db.reader();
    let statement = Statement::from_sql_and_values(reader.get_database_backend(), sql, values);
    let rows = reader.query_all_raw(statement).await?;
    let read = rows.iter().map(|row| {
        let cursor = journal::Cursor { txid: row.try_get("", "txid")?, id: row.try_get("", "id")? };
        Ok((cursor, from_row(precedent::Model::from_query_result(row, "")?)?))
    });
    read.collect()
}

fn from_row(row: precedent::Model) -> Result<Precedent, Error> {
    Ok(Precedent {
        dispute: row.dispute,
        kind: read_word(Kind::parse(&row.kind), "precedent.kind")?,
        parties: read_json(&row.parties, "precedent.parties")?,
        title: row.title,
        facts: row.facts,
        matter: row.matter,
        place: row.place,
        subject: row.subject,
        competent: read_word(AgencyCode::parse(&row.competent), "precedent.competent")?,
        reason: row.reason,
        basis: read_json(&row.basis, "precedent.basis")?,
        manner: read_word(Manner::parse(&row.manner), "precedent.manner")?,
        effective_from: read_word(row.effective_from.parse().ok(), "precedent.effective_from")?,
        decided_by: read_json(&row.decided_by, "precedent.decided_by")?,
        decided_at: row.decided_at,
    })
}
