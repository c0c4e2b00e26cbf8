//! Dossiers.

use sea_orm::{
    ActiveValue::Set, ExprTrait as _, QueryOrder as _, QuerySelect as _, entity::prelude::*,
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
    from_row(found.ok_or(Error::NotFound("dossier"))?)
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

/// The page of `size` dossiers before the name `before` that `reader` may see, newest first.
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
        items: row.items,
        created_at: row.created_at,
        version: row.version,
    })
}
