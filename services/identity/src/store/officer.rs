//! Officers and their certificates. Every read names the agency whose officers are meant.

use sea_orm::{
    ActiveValue::Set, QueryOrder as _, QuerySelect as _, entity::prelude::*, sea_query::OnConflict,
};
use types::AgencyCode;

use super::BATCH;
use crate::{
    domain::officer::{Officer, Position},
    error::Error,
};

#[expect(unreachable_pub, reason = "sea-orm derives for public rows only")]
mod row {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "officer")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub certificate_no: String,
        pub agency: String,
        pub display_name: String,
        pub position: String,
        pub valid_from: Date,
        pub valid_to: Date,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Creates or replaces officers.
pub(crate) async fn put(tx: &impl ConnectionTrait, officers: &[Officer]) -> Result<(), Error> {
    for batch in officers.chunks(BATCH) {
        let replace = OnConflict::column(row::Column::CertificateNo)
            .update_columns([
                row::Column::Agency,
                row::Column::DisplayName,
                row::Column::Position,
                row::Column::ValidFrom,
                row::Column::ValidTo,
            ])
            .to_owned();
        row::Entity::insert_many(batch.iter().map(to_row))
            .on_conflict(replace)
            .exec_without_returning(tx)
            .await?;
    }
    Ok(())
}

/// Up to `limit` officers of `agency` by certificate, after the certificate `after`.
pub(crate) async fn list(
    db: &impl ConnectionTrait,
    agency: &AgencyCode,
    after: Option<&str>,
    limit: u64,
) -> Result<Vec<Officer>, Error> {
    let mut query = row::Entity::find()
        .filter(row::Column::Agency.eq(agency.as_str()))
        .order_by_asc(row::Column::CertificateNo)
        .limit(limit);
    if let Some(after) = after {
        query = query.filter(row::Column::CertificateNo.gt(after));
    }
    query.all(db).await?.into_iter().map(from_row).collect()
}

/// Those of `certificates` that are of `agency`.
pub(crate) async fn find(
    db: &impl ConnectionTrait,
    agency: &AgencyCode,
    certificates: &[String],
) -> Result<Vec<Officer>, Error> {
    let found = row::Entity::find()
        .filter(row::Column::Agency.eq(agency.as_str()))
        .filter(row::Column::CertificateNo.is_in(certificates))
        .all(db)
        .await?;
    found.into_iter().map(from_row).collect()
}

fn to_row(officer: &Officer) -> row::ActiveModel {
    row::ActiveModel {
        certificate_no: Set(officer.certificate_no.clone()),
        agency: Set(officer.agency.as_str().to_owned()),
        display_name: Set(officer.display_name.clone()),
        position: Set(officer.position.as_str().to_owned()),
        valid_from: Set(officer.valid_from),
        valid_to: Set(officer.valid_to),
    }
}

fn from_row(row: row::Model) -> Result<Officer, Error> {
    Ok(Officer {
        certificate_no: row.certificate_no,
        agency: AgencyCode::parse(&row.agency).ok_or(Error::Corrupt("officer.agency"))?,
        display_name: row.display_name,
        position: Position::parse(&row.position).ok_or(Error::Corrupt("officer.position"))?,
        valid_from: row.valid_from,
        valid_to: row.valid_to,
    })
}
