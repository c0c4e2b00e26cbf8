//! Subjects, officers, kits, caps, inspections that count, and who may see what.

use sea_orm_migration::{
    prelude::*,
    schema::{integer, text, timestamp_with_time_zone},
};

use super::migration::{index, kept};

pub(super) struct Subjects;

impl MigrationName for Subjects {
    fn name(&self) -> &str {
        "m0001_subjects"
    }
}

#[async_trait::async_trait]
#[expect(
    elided_lifetimes_in_paths,
    reason = "as the trait, whose macro cannot take it spelled out"
)]
impl MigrationTrait for Subjects {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut subject = kept("subject");
        subject
            .col(text("region"))
            .col(text("sector"))
            .col(text("tier"))
            .col(text("matters"))
            .col(text("rated_by"))
            .col(timestamp_with_time_zone("rated_at"));
        manager.create_table(subject).await?;
        let mut officer = kept("officer_profile");
        officer.col(text("agency")).col(timestamp_with_time_zone("created_at"));
        manager.create_table(officer).await?;
        let mut kit = kept("kit");
        kit.col(text("agency"));
        manager.create_table(kit).await?;
        manager.create_table(kept("cap")).await?;
        let count = Table::create()
            .table("inspection_count")
            .col(text("agency"))
            .col(text("subject"))
            .col(integer("year"))
            .col(integer("counted"))
            .col(integer("exempt"))
            .col(timestamp_with_time_zone("last_at"))
            .primary_key(Index::create().col("subject").col("agency").col("year"))
            .take();
        manager.create_table(count).await?;
        let party = Table::create()
            .table("party")
            .col(text("agency"))
            .col(text("name"))
            .primary_key(Index::create().col("agency").col("name"))
            .take();
        manager.create_table(party).await?;
        for one in [
            index("subject_by_sector", "subject", &["sector", "name"]),
            index("subject_by_tier", "subject", &["tier", "name"]),
            index("subject_by_region", "subject", &["region", "name"]),
            index("subject_by_rating", "subject", &["rated_at"]),
            index("officer_profile_by_agency", "officer_profile", &["agency", "name"]),
            index("kit_by_agency", "kit", &["agency", "name"]),
        ] {
            manager.create_index(one).await?;
        }
        Ok(())
    }
}
