//! Referrals, their documents, and the legs that hang on them.

use prost::Message as _;
use proto::referral::v1 as pb;
use sea_orm::{ActiveValue::Set, QueryOrder as _, entity::prelude::*};
use types::{AgencyCode, Id};

use super::{leg_name, parse_name, party, read_json, read_word, rows, terms, write_json};
use crate::{
    domain::{
        leg::{Judged, Leg},
        procedure::Procedure,
        word::{Ground, ProcedureCode, State, Verdict},
    },
    error::Error,
};

/// Writes a new leg with its terms.
pub(crate) async fn insert_leg(tx: &impl ConnectionTrait, leg: &Leg) -> Result<(), Error> {
    rows::referral::Entity::insert(to_row(leg)?).exec_without_returning(tx).await?;
    terms::insert(tx, leg, &leg.terms).await
}

/// Reads a leg that `reader` may see, with its terms.
pub(crate) async fn leg(
    conn: &impl ConnectionTrait,
    reader: &AgencyCode,
    name: &str,
) -> Result<Leg, Error> {
    // Not every engine reads a zero in a text, and no name has one.
    if name.contains('\0') {
        return Err(Error::NotFound("referral"));
    }
    let found = rows::referral::Entity::find_by_id(name)
        .filter(party::seen_by(reader, (rows::referral::Entity, rows::referral::Column::Name)))
        .one(conn)
        .await?;
    let mut leg = referral_from(found.ok_or(Error::NotFound("referral"))?)?;
    leg.terms = terms::of(conn, name).await?;
    Ok(leg)
}

/// Writes a leg that an act changed; it must still be as it was read.
pub(crate) async fn update_leg(
    tx: &impl ConnectionTrait,
    old: &Leg,
    new: &Leg,
) -> Result<(), Error> {
    let name = leg_name(new.id);
    let done = rows::referral::Entity::update_many()
        .set(to_row(new)?)
        .filter(rows::referral::Column::Name.eq(&name))
        .filter(rows::referral::Column::Version.eq(old.version))
        .exec(tx)
        .await?;
    if done.rows_affected != 1 {
        return Err(Error::Stale);
    }
    let (mut changed, mut added) = (Vec::new(), Vec::new());
    for term in &new.terms {
        match old.terms.iter().find(|one| one.id == term.id) {
            None => added.push(term.clone()),
            Some(before) if before != term => changed.push((before, term)),
            Some(_) => {}
        }
    }
    for (before, term) in changed {
        terms::save_term(tx, before, term).await?;
    }
    terms::insert(tx, new, &added).await
}

/// All legs of a docket, oldest first, without their terms: on behalf of the rules, which hold across
/// legs whoever sees them. Nothing of them is told to a caller but what the rules conclude.
pub(crate) async fn all_legs(conn: &impl ConnectionTrait, docket: &str) -> Result<Vec<Leg>, Error> {
    let found = rows::referral::Entity::find()
        .filter(rows::referral::Column::Docket.eq(docket))
        .order_by_asc(rows::referral::Column::Name)
        .all(conn)
        .await?;
    found.into_iter().map(referral_from).collect()
}

/// Whether a supervision of this leg is under way.
pub(crate) async fn children_open(tx: &impl ConnectionTrait, leg: &Leg) -> Result<bool, Error> {
    let children = rows::referral::Entity::find()
        .filter(rows::referral::Column::Parent.eq(leg_name(leg.id)))
        .filter(rows::referral::Column::Procedure.eq(ProcedureCode::FilingSupervision.as_str()))
        .all(tx)
        .await?;
    let table = Procedure::of(ProcedureCode::FilingSupervision);
    for child in children {
        let state = read_word(State::parse(&child.state), "referral.state")?;
        if !table.is_final(state) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The legs of a docket that `reader` may see, oldest first, without their terms.
pub(crate) async fn legs_of_docket(
    conn: &impl ConnectionTrait,
    reader: &AgencyCode,
    docket: &str,
) -> Result<Vec<Leg>, Error> {
    let found = rows::referral::Entity::find()
        .filter(rows::referral::Column::Docket.eq(docket))
        .filter(party::seen_by(reader, (rows::referral::Entity, rows::referral::Column::Name)))
        .order_by_asc(rows::referral::Column::Name)
        .all(conn)
        .await?;
    found.into_iter().map(referral_from).collect()
}

/// Writes the papers of a step.
pub(crate) async fn insert_documents(
    tx: &impl ConnectionTrait,
    leg: &Leg,
    agency: &AgencyCode,
    documents: &[pb::Document],
) -> Result<(), Error> {
    if documents.is_empty() {
        return Ok(());
    }
    let rows = (0_i32..).zip(documents).map(|(position, document)| rows::document::ActiveModel {
        id: Set(Id::<pb::Document>::new(leg.updated_at).uuid()),
        referral: Set(leg_name(leg.id)),
        code: Set(document.code.clone()),
        version: Set(leg.version),
        position: Set(position),
        content: Set(document.encode_to_vec()),
        agency: Set(agency.as_str().to_owned()),
        created_at: Set(leg.updated_at),
    });
    rows::document::Entity::insert_many(rows).exec_without_returning(tx).await?;
    Ok(())
}

/// The papers of a leg, oldest first, those of one step as they came. The caller has read the leg, so it may see them.
pub(crate) async fn documents(
    conn: &impl ConnectionTrait,
    leg: &Leg,
) -> Result<Vec<pb::Document>, Error> {
    let found = rows::document::Entity::find()
        .filter(rows::document::Column::Referral.eq(leg_name(leg.id)))
        .order_by_asc(rows::document::Column::Version)
        .order_by_asc(rows::document::Column::Position)
        .all(conn)
        .await?;
    found
        .into_iter()
        .map(|row| {
            pb::Document::decode(row.content.as_slice())
                .map_err(|_| Error::Corrupt("document.content"))
        })
        .collect()
}

fn to_row(leg: &Leg) -> Result<rows::referral::ActiveModel, Error> {
    let code = |agency: &Option<AgencyCode>| agency.as_ref().map(|code| code.as_str().to_owned());
    Ok(rows::referral::ActiveModel {
        name: Set(leg_name(leg.id)),
        docket: Set(super::docket_name(leg.docket)),
        procedure: Set(leg.procedure.as_str().to_owned()),
        from_agency: Set(leg.from.as_str().to_owned()),
        to_agency: Set(leg.to.as_str().to_owned()),
        respondent: Set(code(&leg.respondent)),
        ground: Set(leg.ground.map(|ground| ground.as_str().to_owned())),
        parent: Set(leg.parent.map(leg_name)),
        state: Set(leg.state.as_str().to_owned()),
        offence: Set(leg.offence.clone()),
        title: Set(leg.title.clone()),
        sector: Set(leg.sector.clone()),
        tested: Set(leg.tested),
        penalised: Set(leg.penalised),
        team: Set(write_json(&leg.team, "referral.team")?),
        next_organ: Set(code(&leg.next_organ)),
        held: Set(write_json(&leg.held, "referral.held")?),
        missing: Set(write_json(&leg.missing, "referral.missing")?),
        created_at: Set(leg.created_at),
        updated_at: Set(leg.updated_at),
        version: Set(leg.version),
        agency: Set(leg.agency.as_str().to_owned()),
        keeper: Set(code(&leg.keeper)),
        verdict: Set(leg.judged.map(|judged| judged.verdict.as_str().to_owned())),
        court_fine_fen: Set(leg.judged.map(|judged| judged.fine_fen)),
        set_off_fen: Set(leg.judged.map(|judged| judged.set_off_fen)),
    })
}

/// A leg without its terms.
pub(crate) fn referral_from(row: rows::referral::Model) -> Result<Leg, Error> {
    let code = |text: Option<String>, column| match text {
        None => Ok(None),
        Some(text) => read_word(AgencyCode::parse(&text), column).map(Some),
    };
    let ground = match row.ground {
        None => None,
        Some(word) => Some(read_word(Ground::parse(&word), "referral.ground")?),
    };
    let parent = match row.parent {
        None => None,
        Some(name) => Some(read_word(parse_name(&name, "referrals"), "referral.parent")?),
    };
    let judged = match row.verdict {
        None => None,
        Some(word) => Some(Judged {
            verdict: read_word(Verdict::parse(&word), "referral.verdict")?,
            fine_fen: row.court_fine_fen.unwrap_or_default(),
            set_off_fen: row.set_off_fen.unwrap_or_default(),
        }),
    };
    Ok(Leg {
        id: read_word(parse_name(&row.name, "referrals"), "referral.name")?,
        docket: read_word(parse_name(&row.docket, "dockets"), "referral.docket")?,
        procedure: read_word(ProcedureCode::parse(&row.procedure), "referral.procedure")?,
        agency: read_word(AgencyCode::parse(&row.agency), "referral.agency")?,
        from: read_word(AgencyCode::parse(&row.from_agency), "referral.from_agency")?,
        to: read_word(AgencyCode::parse(&row.to_agency), "referral.to_agency")?,
        respondent: code(row.respondent, "referral.respondent")?,
        ground,
        parent,
        state: read_word(State::parse(&row.state), "referral.state")?,
        offence: row.offence,
        title: row.title,
        sector: row.sector,
        tested: row.tested,
        penalised: row.penalised,
        team: read_json(&row.team, "referral.team")?,
        next_organ: code(row.next_organ, "referral.next_organ")?,
        keeper: code(row.keeper, "referral.keeper")?,
        judged,
        held: read_json(&row.held, "referral.held")?,
        missing: read_json(&row.missing, "referral.missing")?,
        terms: Vec::new(),
        created_at: row.created_at,
        updated_at: row.updated_at,
        version: row.version,
    })
}
