//! The dispute whose decision orders a hand-over, and what was ordered.

use sea_orm_migration::{
    prelude::*,
    schema::{text, timestamp_with_time_zone},
};

pub(super) struct HandOverDispute;

impl MigrationName for HandOverDispute {
    fn name(&self) -> &str {
        "m0006_hand_over_dispute"
    }
}

#[async_trait::async_trait]
#[expect(
    elided_lifetimes_in_paths,
    reason = "as the trait, whose macro cannot take it spelled out"
)]
impl MigrationTrait for HandOverDispute {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let column = text("dispute").default("").take();
        let alter = Table::alter().table("hand_over").add_column(column).take();
        manager.alter_table(alter).await?;
        let mut index = Index::create().name("hand_over_by_dispute").table("hand_over").take();
        manager.create_index(index.col("dispute").col("name").take()).await?;
        manager.create_table(hand_over_order()).await
    }
}

fn hand_over_order() -> TableCreateStatement {
    Table::create()
        .table("hand_over_order")
        .col(text("dispute"))
        .col(text("giver"))
        .col(text("receiver"))
        .col(text("docket"))
        .col(timestamp_with_time_zone("ordered_at"))
        .primary_key(Index::create().col("dispute").col("giver").col("receiver"))
        .take()
}
