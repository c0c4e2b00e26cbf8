//! Dossiers.

use sea_orm::{
    ActiveValue::Set, ExprTrait as _, QueryOrder as _, QuerySelect as _, Statement, Value,
    entity::prelude::*,
};
use types::{AgencyCode, Id};

use super::{parse_name, read_json, read_word, rows::dossier, viewer, write_json};
use crate::{domain::dossier::Dossier, error::Error};

/// The resource name of a dossier.
pub(crate) fn dossier_name(id: Id<Dossier>) -> String {
    format!("dossiers/{id}")
}

/// What a caller asks for beside what it may see.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct DossierFilter {
    /// Only of this docket.
    pub docket: Option<String>,
    /// Only of this case number.
    pub case_no: Option<String>,
}

/// Writes a new dossier; its agency sees it.
pub(crate) async fn insert_dossier(tx: &impl ConnectionTrait, new: &Dossier) -> Result<(), Error> {
    let name = dossier_name(new.id);
    let row = dossier::ActiveModel {
        name: Set(name.clone()),
        agency: Set(new.agency.as_str().to_owned()),
        title: Set(new.title.clone()),
        case_no: Set(new.case_no.clone()),
        docket: Set(new.docket.clone()),
        investigators: Set(write_json(&new.investigators, "dossier.investigators")?),
        items: Set(new.items),
        created_at: Set(new.created_at),
        version: Set(new.version),
    };
    dossier::Entity::insert(row).exec_without_returning(tx).await?;
    viewer::show(tx, &[(new.agency.clone(), name)]).await
}

/// Reads a dossier that `reader` may see.
pub(crate) async fn dossier(
    conn: &impl ConnectionTrait,
    reader: &AgencyCode,
    name: &str,
) -> Result<Dossier, Error> {
    let found = dossier::Entity::find_by_id(name)
        .filter(viewer::seen_by(reader, (dossier::Entity, dossier::Column::Name)))
        .one(conn)
        .await?;
    let dossier = from_row(found.ok_or(Error::NotFound("dossier"))?)?;
    Ok(Dossier { received_by: received_by(conn, name).await?, ..dossier })
}

/// That `reader` may read the trace of a dossier: it sees the dossier, or one of its hand-overs. An
/// offer that came to nothing shows nothing any more, but what happened to it stays.
pub(crate) async fn may_trace(
    conn: &impl ConnectionTrait,
    reader: &AgencyCode,
    name: &str,
) -> Result<(), Error> {
    let sql = "SELECT 1 AS one WHERE EXISTS (SELECT 1 FROM viewer WHERE agency = $1 AND resource = $2) \
               OR EXISTS (SELECT 1 FROM hand_over AS h JOIN viewer AS v ON v.resource = h.name \
               WHERE h.dossier = $2 AND v.agency = $1)";
    let values: [Value; 2] = [reader.as_str().into(), name.into()];
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), sql, values);
    conn.query_one_raw(statement).await?.map(drop).ok_or(Error::NotFound("dossier"))
}

/// Keeps who investigates for a body that took items of a dossier over.
pub(crate) async fn add_investigators(
    tx: &impl ConnectionTrait,
    dossier: &str,
    agency: &AgencyCode,
    certificates: &[String],
) -> Result<(), Error> {
    let sql = "INSERT INTO investigator (dossier, agency, certificate) VALUES ($1, $2, $3) \
               ON CONFLICT DO NOTHING";
    for certificate in certificates {
        let values: [Value; 3] =
            [dossier.into(), agency.as_str().into(), certificate.as_str().into()];
        let backend = tx.get_database_backend();
        tx.execute_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
    }
    Ok(())
}

async fn received_by(conn: &impl ConnectionTrait, dossier: &str) -> Result<Vec<String>, Error> {
    let sql = "SELECT certificate FROM investigator WHERE dossier = $1 ORDER BY certificate";
    let backend = conn.get_database_backend();
    let rows =
        conn.query_all_raw(Statement::from_sql_and_values(backend, sql, [dossier.into()])).await?;
    Ok(rows.iter().map(|row| row.try_get("", "certificate")).collect::<Result<_, _>>()?)
}

/// Counts one more item in a dossier and gives its number. Those who add at once wait for each
/// other.
pub(crate) async fn next_number(tx: &impl ConnectionTrait, name: &str) -> Result<i32, Error> {
    let rows = dossier::Entity::update_many()
        .col_expr(dossier::Column::Items, Expr::col(dossier::Column::Items).add(1))
        .col_expr(dossier::Column::Version, Expr::col(dossier::Column::Version).add(1))
        .filter(dossier::Column::Name.eq(name))
        .exec_with_returning(tx)
        .await?;
    rows.first().map(|row| row.items).ok_or(Error::NotFound("dossier"))
}

/// The page of `size` dossiers before the name `before` that `reader` may see, newest first, without
/// who investigates for those who received.
pub(crate) async fn dossiers(
    conn: &impl ConnectionTrait,
    reader: &AgencyCode,
    filter: &DossierFilter,
    before: Option<&str>,
    size: u64,
) -> Result<Vec<Dossier>, Error> {
    let mut query = dossier::Entity::find()
        .filter(viewer::seen_by(reader, (dossier::Entity, dossier::Column::Name)))
        .order_by_desc(dossier::Column::Name)
        .limit(size);
    if let Some(before) = before {
        query = query.filter(dossier::Column::Name.lt(before));
    }
    if let Some(docket) = &filter.docket {
        query = query.filter(dossier::Column::Docket.eq(docket));
    }
    if let Some(case_no) = &filter.case_no {
        query = query.filter(dossier::Column::CaseNo.eq(case_no));
    }
    query.all(conn).await?.into_iter().map(from_row).collect()
}

fn from_row(row: dossier::Model) -> Result<Dossier, Error> {
    Ok(Dossier {
        id: read_word(parse_name(&row.name, "dossiers"), "dossier.name")?,
        agency: read_word(AgencyCode::parse(&row.agency), "dossier.agency")?,
        title: row.title,
        case_no: row.case_no,
        docket: row.docket,
        investigators: read_json(&row.investigators, "dossier.investigators")?,
        received_by: Vec::new(),
        items: row.items,
        created_at: row.created_at,
        version: row.version,
    })
}
