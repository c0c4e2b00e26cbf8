//! What bodies do together beside the procedures: consultations, early involvement, joint meetings with
//! their resolutions, notices.

use sea_orm_migration::{
    prelude::*,
    schema::{boolean, integer, text, timestamp_with_time_zone_null},
};

pub(super) struct Linkage;

impl MigrationName for Linkage {
    fn name(&self) -> &str {
        "m0003_linkage"
    }
}

#[async_trait::async_trait]
#[expect(
    elided_lifetimes_in_paths,
    reason = "as the trait, whose macro cannot take it spelled out"
)]
impl MigrationTrait for Linkage {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for name in ["consultation", "early_involvement", "meeting", "resolution", "notice"] {
            manager.create_table(table(name)).await?;
            for column in ["next_rung_at", "provisional"] {
                let name_of_index = format!("{name}_by_{column}");
                let index = Index::create().name(name_of_index).table(name).col(column).take();
                manager.create_index(index).await?;
            }
        }
        Ok(())
    }
}

fn table(name: &'static str) -> TableCreateStatement {
    Table::create()
        .table(name)
        .col(text("name").primary_key().take())
        .col(text("docket"))
        .col(text("sender"))
        .col(text("receiver"))
        .col(text("state"))
        .col(boolean("open"))
        .col(boolean("late"))
        .col(timestamp_with_time_zone_null("due_at"))
        .col(boolean("provisional"))
        .col(timestamp_with_time_zone_null("next_rung_at"))
        .col(integer("revision"))
        .col(text("body"))
        .take()
}
