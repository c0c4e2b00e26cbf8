//! Draws, the texts of their records, who won, and what was drawn before.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, integer, text},
};

use super::migration::{index, kept};

pub(super) struct Draws;

impl MigrationName for Draws {
    fn name(&self) -> &str {
        "m0003_draws"
    }
}

#[async_trait::async_trait]
#[expect(
    elided_lifetimes_in_paths,
    reason = "as the trait, whose macro cannot take it spelled out"
)]
impl MigrationTrait for Draws {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut draw = kept("draw");
        draw.col(text("state"));
        manager.create_table(draw).await?;
        // What nobody may read before the draw is opened: the office's nonce and the seed.
        let secret = Table::create()
            .table("draw_secret")
            .col(ColumnDef::new("draw").text().not_null().primary_key().take())
            .col(text("nonce"))
            .col(text("seed"))
            .take();
        manager.create_table(secret).await?;
        let text_part = Table::create()
            .table("draw_text")
            .col(text("draw"))
            .col(big_integer("start"))
            .col(big_integer("bytes"))
            .col(text("content"))
            .primary_key(Index::create().col("draw").col("start"))
            .take();
        manager.create_table(text_part).await?;
        let winner = Table::create()
            .table("draw_winner")
            .col(text("draw"))
            .col(integer("place"))
            .col(text("agency"))
            .col(text("subject"))
            .col(text("matters"))
            .col(text("officers"))
            .col(text("subject_check"))
            .primary_key(Index::create().col("draw").col("place"))
            .take();
        manager.create_table(winner).await?;
        let drawn = Table::create()
            .table("drawn_item")
            .col(text("item"))
            .col(text("subject"))
            .col(text("draw"))
            .primary_key(Index::create().col("item").col("subject").col("draw"))
            .take();
        manager.create_table(drawn).await?;
        manager.create_index(index("winner_by_agency", "draw_winner", &["draw", "agency"])).await
    }
}
