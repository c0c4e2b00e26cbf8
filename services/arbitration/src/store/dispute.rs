//! Disputes, each one row with its file in it, and what open ones are over.

use sea_orm::{
    ActiveValue::{NotSet, Set},
    entity::prelude::*,
};
use types::AgencyCode;

use super::{parse_name, read_json, read_word, rows, terms, told, viewer, write_json};
use crate::{
    domain::{
        dispute::Dispute,
        opening,
        word::{Kind, State},
    },
    error::Error,
};

/// Writes a new dispute with its terms.
pub(crate) async fn insert_dispute(
    tx: &impl ConnectionTrait,
    dispute: &Dispute,
) -> Result<(), Error> {
    rows::dispute::Entity::insert(to_row(dispute)?).exec_without_returning(tx).await?;
    terms::insert(tx, dispute, &dispute.terms).await
}

/// Reads a dispute that `reader` may see, with its terms.
pub(crate) async fn dispute(
    conn: &impl ConnectionTrait,
    reader: &AgencyCode,
    name: &str,
) -> Result<Dispute, Error> {
    let found = rows::dispute::Entity::find_by_id(name)
        .filter(viewer::seen_by(reader, (rows::dispute::Entity, rows::dispute::Column::Name)))
        .one(conn)
        .await?;
    whole(conn, found, name).await
}

/// Reads a dispute on behalf of the service itself, which tells others of it.
pub(crate) async fn dispute_for_service(
    conn: &impl ConnectionTrait,
    name: &str,
) -> Result<Dispute, Error> {
    let found = rows::dispute::Entity::find_by_id(name).one(conn).await?;
    whole(conn, found, name).await
}

async fn whole(
    conn: &impl ConnectionTrait,
    found: Option<rows::dispute::Model>,
    name: &str,
) -> Result<Dispute, Error> {
    let mut dispute = from_row(found.ok_or(Error::NotFound("dispute"))?)?;
    dispute.terms = terms::of(conn, name).await?;
    Ok(dispute)
}

/// Writes a dispute that an act changed; it must still be as it was read.
pub(crate) async fn update_dispute(
    tx: &impl ConnectionTrait,
    old: &Dispute,
    new: &Dispute,
) -> Result<(), Error> {
    let mut row = to_row(new)?;
    // What other services said is written beside the version, when they say it.
    row.revision = NotSet;
    if old.evidence_outcome == new.evidence_outcome {
        row.evidence_outcome = NotSet;
    }
    let done = rows::dispute::Entity::update_many()
        .set(row)
        .filter(rows::dispute::Column::Name.eq(new.name()))
        .filter(rows::dispute::Column::Version.eq(old.version))
        .exec(tx)
        .await?;
    if done.rows_affected != 1 {
        return Err(Error::Stale);
    }
    let mut added = Vec::new();
    for term in &new.terms {
        match old.terms.iter().find(|one| one.id == term.id) {
            None => added.push(term.clone()),
            Some(before) if before != term => terms::save_term(tx, before, term).await?,
            Some(_) => {}
        }
    }
    terms::insert(tx, new, &added).await?;
    if new.state.is_final() && !old.state.is_final() {
        free(tx, &new.name()).await?;
    }
    Ok(())
}

/// Writes the revision that carries the decision.
pub(crate) async fn save_revision(
    tx: &impl ConnectionTrait,
    name: &str,
    revision: i64,
) -> Result<(), Error> {
    let set = rows::dispute::ActiveModel { revision: Set(revision), ..Default::default() };
    save(tx, name, set).await
}

/// Writes what the evidence service said of all givers, and returns it; empty until it has said it of
/// each.
pub(crate) async fn join_evidence_outcome(
    tx: &impl ConnectionTrait,
    name: &str,
) -> Result<String, Error> {
    // Another replica may keep the answer for another giver: one after the other, the last sees all.
    let column = rows::dispute::Column::EvidenceOutcome;
    let lock = rows::dispute::Entity::update_many().col_expr(column, Expr::col(column));
    lock.filter(rows::dispute::Column::Name.eq(name)).exec(tx).await?;
    let outcome = told::evidence_outcome(tx, name).await?;
    let evidence_outcome = Set(outcome.clone());
    let set = rows::dispute::ActiveModel { evidence_outcome, ..Default::default() };
    save(tx, name, set).await?;
    Ok(outcome)
}

async fn save(
    tx: &impl ConnectionTrait,
    name: &str,
    set: rows::dispute::ActiveModel,
) -> Result<(), Error> {
    let named = rows::dispute::Column::Name.eq(name);
    rows::dispute::Entity::update_many().set(set).filter(named).exec(tx).await?;
    Ok(())
}

/// The open dispute over one of these keys, and that key; for the opening, which may not be second.
pub(crate) async fn open_over(
    tx: &impl ConnectionTrait,
    keys: &[String],
) -> Result<Option<(String, String)>, Error> {
    let found = rows::open_over::Entity::find()
        .filter(rows::open_over::Column::Key.is_in(keys))
        .one(tx)
        .await?;
    Ok(found.map(|row| (row.key, row.dispute)))
}

/// Takes what a new dispute is over. Two at once: the second is refused by the database.
pub(crate) async fn take(
    tx: &impl ConnectionTrait,
    dispute: &Dispute,
    keys: &[String],
) -> Result<(), Error> {
    if keys.is_empty() {
        return Ok(());
    }
    let rows = keys.iter().map(|key| rows::open_over::ActiveModel {
        key: Set(key.clone()),
        dispute: Set(dispute.name()),
    });
    let taken = rows::open_over::Entity::insert_many(rows).exec_without_returning(tx).await;
    match taken {
        Err(error) if db::is_unique_violation(&error) => {
            let over_docket = !dispute.subject.docket.is_empty();
            let refusal = opening::already_open(over_docket, None);
            Err(Error::refused(refusal, dispute.subject.docket.clone()))
        }
        other => Ok(other.map(drop)?),
    }
}

/// Gives free a docket that is none of the parties': a dispute over it was none.
pub(crate) async fn free_docket(
    tx: &impl ConnectionTrait,
    name: &str,
    docket: &str,
) -> Result<(), Error> {
    let over = rows::open_over::Column::Dispute.eq(name);
    let key = rows::open_over::Column::Key.eq(docket);
    rows::open_over::Entity::delete_many().filter(over).filter(key).exec(tx).await?;
    Ok(())
}

/// Gives free what a dispute that ended was over.
async fn free(tx: &impl ConnectionTrait, name: &str) -> Result<(), Error> {
    let over = rows::open_over::Column::Dispute.eq(name);
    rows::open_over::Entity::delete_many().filter(over).exec(tx).await?;
    Ok(())
}

fn to_row(dispute: &Dispute) -> Result<rows::dispute::ActiveModel, Error> {
    Ok(rows::dispute::ActiveModel {
        name: Set(dispute.name()),
        kind: Set(dispute.kind.as_str().to_owned()),
        state: Set(dispute.state.as_str().to_owned()),
        matter: Set(dispute.subject.matter.clone()),
        docket: Set(dispute.subject.docket.clone()),
        subject: Set(write_json(&dispute.subject, "dispute.subject")?),
        file: Set(write_json(&dispute.file, "dispute.file")?),
        switch_at: Set(dispute.switch_at),
        revision: Set(dispute.revision),
        evidence_outcome: Set(dispute.evidence_outcome.clone()),
        created_at: Set(dispute.created_at),
        updated_at: Set(dispute.updated_at),
        version: Set(dispute.version),
    })
}

/// A dispute without its terms.
pub(super) fn from_row(row: rows::dispute::Model) -> Result<Dispute, Error> {
    Ok(Dispute {
        id: read_word(parse_name(&row.name, "disputes"), "dispute.name")?,
        kind: read_word(Kind::parse(&row.kind), "dispute.kind")?,
        state: read_word(State::parse(&row.state), "dispute.state")?,
        subject: read_json(&row.subject, "dispute.subject")?,
        file: read_json(&row.file, "dispute.file")?,
        terms: Vec::new(),
        switch_at: row.switch_at,
        revision: row.revision,
        evidence_outcome: row.evidence_outcome,
        created_at: row.created_at,
        updated_at: row.updated_at,
        version: row.version,
    })
}
