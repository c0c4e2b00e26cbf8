//! The table of hand-overs.

use sea_orm_migration::{
    prelude::*,
    schema::{boolean, integer, text, timestamp_with_time_zone, timestamp_with_time_zone_null},
};

pub(super) struct HandOvers;

impl MigrationName for HandOvers {
    fn name(&self) -> &str {
        "m0002_hand_overs"
    }
}

#[async_trait::async_trait]
#[expect(
    elided_lifetimes_in_paths,
    reason = "as the trait, whose macro cannot take it spelled out"
)]
impl MigrationTrait for HandOvers {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(hand_over()).await?;
        for (name, columns) in [
            ("hand_over_by_referral", ["referral", "state"].as_slice()),
            ("hand_over_by_outcome", &["outcome", "purpose", "state", "name"]),
        ] {
            let mut index = Index::create().name(name).table("hand_over").take();
            for column in columns {
                index.col(*column);
            }
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

fn hand_over() -> TableCreateStatement {
    Table::create()
        .table("hand_over")
        .col(ColumnDef::new("name").text().not_null().primary_key())
        .col(text("dossier"))
        .col(text("giver"))
        .col(text("receiver"))
        .col(text("purpose"))
        .col(text("referral"))
        .col(text("state"))
        .col(text("place"))
        // The list as one text: it is written twice, and read as a whole.
        .col(text("lines"))
        .col(boolean("under_measure"))
        .col(text("party_told_on"))
        .col(boolean("completes"))
        .col(boolean("fulfils"))
        .col(text("giver_officer"))
        .col(text("receiver_officer"))
        .col(text("custodian"))
        .col(text("list_sha256"))
        .col(text("signatures"))
        .col(text("reason"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone_null("completed_at"))
        // What referral said; empty as long as it is to be told.
        .col(text("outcome"))
        .col(integer("version"))
        .take()
}
