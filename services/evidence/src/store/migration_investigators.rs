//! Who investigates for the bodies that take items over.

use sea_orm_migration::{prelude::*, schema::text};

pub(super) struct Investigators;

impl MigrationName for Investigators {
    fn name(&self) -> &str {
        "m0005_investigators"
    }
}

#[async_trait::async_trait]
#[expect(
    elided_lifetimes_in_paths,
    reason = "as the trait, whose macro cannot take it spelled out"
)]
impl MigrationTrait for Investigators {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let said = ColumnDef::new("investigators").text().not_null().default("[]").take();
        let column = Table::alter().table("hand_over").add_column(said).take();
        manager.alter_table(column).await?;
        // Who may read the trace of a dossier is asked by its hand-overs too.
        let mut index = Index::create().name("hand_over_by_dossier").table("hand_over").take();
        manager.create_index(index.col("dossier").col("name").take()).await?;
        let table = Table::create()
            .table("investigator")
            .col(text("dossier"))
            .col(text("agency"))
            .col(text("certificate"))
            .primary_key(Index::create().col("dossier").col("agency").col("certificate"))
            .take();
        manager.create_table(table).await
    }
}
