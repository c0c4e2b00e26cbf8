//! Requests for assistance, with the rung that falls due next.

use sea_orm_migration::{
    prelude::*,
    schema::{boolean, text, timestamp_with_time_zone, timestamp_with_time_zone_null},
};

use super::migration::{index, kept};

pub(super) struct Assistance;

impl MigrationName for Assistance {
    fn name(&self) -> &str {
        "m0005_assistance"
    }
}

#[async_trait::async_trait]
#[expect(
    elided_lifetimes_in_paths,
    reason = "as the trait, whose macro cannot take it spelled out"
)]
impl MigrationTrait for Assistance {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut request = kept("assistance");
        request
            .col(text("requester"))
            .col(text("addressee"))
            .col(text("state"))
            .col(boolean("late"))
            .col(boolean("provisional"))
            .col(timestamp_with_time_zone("created_at"))
            .col(timestamp_with_time_zone_null("next_rung_at"));
        manager.create_table(request).await?;
        for one in [
            index("assistance_by_rung", "assistance", &["next_rung_at"]),
            index("assistance_by_addressee", "assistance", &["addressee", "created_at"]),
        ] {
            manager.create_index(one).await?;
        }
        Ok(())
    }
}
