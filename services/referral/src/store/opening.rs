//! A new leg with its terms and papers, as rows that are written together: the hot path.

use db::{Columns, Together};
use prost::Message as _;
use proto::referral::v1 as pb;
use sea_orm::Value;
use types::{AgencyCode, Id};

use super::{docket_name, leg_name, write_json};
use crate::{
    domain::{leg::Leg, term::Term, word::Rung},
    error::Error,
};

const REFERRAL: Columns = &[
    ("name", "text"),
    ("docket", "text"),
    ("procedure", "text"),
    ("from_agency", "text"),
    ("to_agency", "text"),
    ("respondent", "text"),
    ("ground", "text"),
    ("parent", "text"),
    ("state", "text"),
    ("offence", "text"),
    ("title", "text"),
    ("sector", "text"),
    ("tested", "boolean"),
    ("penalised", "boolean"),
    ("team", "text"),
    ("next_organ", "text"),
    ("held", "text"),
    ("missing", "text"),
    ("created_at", "timestamptz"),
    ("updated_at", "timestamptz"),
    ("version", "integer"),
    ("agency", "text"),
    ("keeper", "text"),
    ("verdict", "text"),
    ("court_fine_fen", "bigint"),
    ("set_off_fen", "bigint"),
];

const TERM: Columns = &[
    ("id", "uuid"),
    ("referral", "text"),
    ("slot", "text"),
    ("rule", "text"),
    ("holder", "text"),
    ("started_at", "timestamptz"),
    ("length", "text"),
    ("hour_start", "text"),
    ("due_at", "timestamptz"),
    ("provisional", "boolean"),
    ("state", "text"),
    ("ended_at", "timestamptz"),
    ("half_at", "timestamptz"),
    ("near_at", "timestamptz"),
    ("half_raised_at", "timestamptz"),
    ("near_raised_at", "timestamptz"),
    ("overdue_raised_at", "timestamptz"),
    ("next_rung_at", "timestamptz"),
    ("suspensions", "text"),
    ("extensions", "text"),
];

const DOCUMENT: Columns = &[
    ("id", "uuid"),
    ("referral", "text"),
    ("code", "text"),
    ("version", "integer"),
    ("position", "integer"),
    ("content", "bytea"),
    ("agency", "text"),
    ("created_at", "timestamptz"),
];

const PARTY: Columns = &[("agency", "text"), ("name", "text")];

/// Adds a new leg, its terms, and the papers that `by` brought.
pub(crate) fn add_leg(
    together: Together,
    leg: &Leg,
    by: &AgencyCode,
    papers: &[pb::Document],
) -> Result<Together, Error> {
    let papers = (0_i32..).zip(papers).map(|(position, paper)| document(leg, by, position, paper));
    Ok(together
        .rows("referral", REFERRAL, vec![referral(leg)?])
        .rows("term", TERM, leg.terms.iter().map(|one| term(leg, one)).collect())
        .rows("document", DOCUMENT, papers.collect()))
}

/// Lets bodies see resources, from the journal row on.
pub(crate) fn add_parties(together: Together, seen: Vec<(AgencyCode, String)>) -> Together {
    let rows = seen.into_iter().map(|(body, name)| vec![code(&body), name.into()]);
    together.rows_since("party", PARTY, rows.collect(), "since")
}

fn code(body: &AgencyCode) -> Value {
    body.as_str().into()
}

fn referral(leg: &Leg) -> Result<Vec<Value>, Error> {
    Ok(vec![
        leg_name(leg.id).into(),
        docket_name(leg.docket).into(),
        leg.procedure.as_str().into(),
        code(&leg.from),
        code(&leg.to),
        leg.respondent.as_ref().map(AgencyCode::as_str).into(),
        leg.ground.map(|ground| ground.as_str()).into(),
        leg.parent.map(leg_name).into(),
        leg.state.as_str().into(),
        leg.offence.as_str().into(),
        leg.title.as_str().into(),
        leg.sector.as_str().into(),
        leg.tested.into(),
        leg.penalised.into(),
        write_json(&leg.team, "referral.team")?.into(),
        leg.next_organ.as_ref().map(AgencyCode::as_str).into(),
        write_json(&leg.held, "referral.held")?.into(),
        write_json(&leg.missing, "referral.missing")?.into(),
        leg.created_at.into(),
        leg.updated_at.into(),
        leg.version.into(),
        code(&leg.agency),
        leg.keeper.as_ref().map(AgencyCode::as_str).into(),
        leg.judged.map(|judged| judged.verdict.as_str()).into(),
        leg.judged.map(|judged| judged.fine_fen).into(),
        leg.judged.map(|judged| judged.set_off_fen).into(),
    ])
}

fn term(leg: &Leg, term: &Term) -> Vec<Value> {
    let raised = |rung: Rung| term.raised.iter().find(|(one, _)| *one == rung).map(|(_, at)| *at);
    vec![
        term.id.uuid().into(),
        leg_name(leg.id).into(),
        term.slot.as_str().into(),
        term.rule.as_str().into(),
        code(&term.holder),
        term.started_at.into(),
        term.counting.length.to_string().into(),
        term.counting.hour_start.as_str().into(),
        term.due_at.into(),
        term.provisional.into(),
        term.state.as_str().into(),
        term.ended_at.into(),
        term.half_at.into(),
        term.near_at.into(),
        raised(Rung::Half).into(),
        raised(Rung::Near).into(),
        raised(Rung::Overdue).into(),
        term.next_rung_at().into(),
        // A term that has just been opened was neither suspended nor extended.
        None::<String>.into(),
        None::<String>.into(),
    ]
}

fn document(leg: &Leg, by: &AgencyCode, position: i32, paper: &pb::Document) -> Vec<Value> {
    vec![
        Id::<pb::Document>::new(leg.updated_at).uuid().into(),
        leg_name(leg.id).into(),
        paper.code.as_str().into(),
        leg.version.into(),
        position.into(),
        paper.encode_to_vec().into(),
        code(by),
        leg.updated_at.into(),
    ]
}

#[cfg(test)]
mod tests {
    use sea_orm::Iterable;

    use super::{super::rows, *};

    fn names<C: Iterable + sea_orm::IdenStatic>() -> Vec<&'static str> {
        C::iter().map(|column| column.as_str()).collect()
    }

    #[test]
    fn the_columns_are_those_of_the_entities_in_their_order() {
        let of = |columns: Columns| columns.iter().map(|(name, _)| *name).collect::<Vec<_>>();
        assert_eq!(of(REFERRAL), names::<rows::referral::Column>());
        assert_eq!(of(TERM), names::<rows::term::Column>());
        assert_eq!(of(DOCUMENT), names::<rows::document::Column>());
        let mut party = of(PARTY);
        party.push("since");
        assert_eq!(party, names::<rows::party::Column>());
    }
}
