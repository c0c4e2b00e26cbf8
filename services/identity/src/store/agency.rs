//! The bodies of the county. Public within the mesh: any authenticated workload may read them.

use sea_orm::{
    ActiveValue::Set, QueryOrder as _, QuerySelect as _, entity::prelude::*, sea_query::OnConflict,
};
use types::AgencyCode;

use super::BATCH;
use crate::{
    domain::directory::{Agency, Known},
    error::Error,
};

#[expect(unreachable_pub, reason = "sea-orm derives for public rows only")]
mod row {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "agency")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub code: String,
        pub display_name_zh: String,
        pub display_name_en: String,
        pub kind: String,
        pub superior: Option<String>,
        pub region_code: String,
        pub has_penalty_power: bool,
        pub vertically_managed: bool,
        pub justice_role: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The superior of every body.
pub(crate) async fn known(db: &impl ConnectionTrait) -> Result<Known, Error> {
    let pairs: Vec<(String, Option<String>)> = row::Entity::find()
        .select_only()
        .columns([row::Column::Code, row::Column::Superior])
        .into_tuple()
        .all(db)
        .await?;
    pairs.into_iter().map(|(body, above)| Ok((code(&body)?, superior(above)?))).collect()
}

/// Creates or replaces bodies.
pub(crate) async fn put(tx: &impl ConnectionTrait, agencies: &[Agency]) -> Result<(), Error> {
    for batch in agencies.chunks(BATCH) {
        let replace = OnConflict::column(row::Column::Code)
            .update_columns([
                row::Column::DisplayNameZh,
                row::Column::DisplayNameEn,
                row::Column::Kind,
                row::Column::Superior,
                row::Column::RegionCode,
                row::Column::HasPenaltyPower,
                row::Column::VerticallyManaged,
                row::Column::JusticeRole,
            ])
            .to_owned();
        row::Entity::insert_many(batch.iter().map(to_row))
            .on_conflict(replace)
            .exec_without_returning(tx)
            .await?;
    }
    Ok(())
}

/// One body.
pub(crate) async fn get(
    db: &impl ConnectionTrait,
    code: &AgencyCode,
) -> Result<Option<Agency>, Error> {
    let found = row::Entity::find_by_id(code.as_str().to_owned()).one(db).await?;
    found.map(from_row).transpose()
}

/// Up to `limit` bodies by code, after the code `after`.
pub(crate) async fn list(
    db: &impl ConnectionTrait,
    after: Option<&str>,
    limit: u64,
) -> Result<Vec<Agency>, Error> {
    let mut query = row::Entity::find().order_by_asc(row::Column::Code).limit(limit);
    if let Some(after) = after {
        query = query.filter(row::Column::Code.gt(after));
    }
    query.all(db).await?.into_iter().map(from_row).collect()
}

fn to_row(agency: &Agency) -> row::ActiveModel {
    row::ActiveModel {
        code: Set(agency.code.as_str().to_owned()),
        display_name_zh: Set(agency.display_name_zh.clone()),
        display_name_en: Set(agency.display_name_en.clone()),
        kind: Set(agency.kind.clone()),
        superior: Set(agency.superior.as_ref().map(|above| above.as_str().to_owned())),
        region_code: Set(agency.region_code.clone()),
        has_penalty_power: Set(agency.has_penalty_power),
        vertically_managed: Set(agency.vertically_managed),
        justice_role: Set(agency.justice_role.clone()),
    }
}

fn from_row(row: row::Model) -> Result<Agency, Error> {
    Ok(Agency {
        code: code(&row.code)?,
        display_name_zh: row.display_name_zh,
        display_name_en: row.display_name_en,
        kind: row.kind,
        superior: superior(row.superior)?,
        region_code: row.region_code,
        has_penalty_power: row.has_penalty_power,
        vertically_managed: row.vertically_managed,
        justice_role: row.justice_role,
    })
}

fn code(text: &str) -> Result<AgencyCode, Error> {
    AgencyCode::parse(text).ok_or(Error::Corrupt("agency.code"))
}

fn superior(text: Option<String>) -> Result<Option<AgencyCode>, Error> {
    text.map(|text| AgencyCode::parse(&text).ok_or(Error::Corrupt("agency.superior"))).transpose()
}
