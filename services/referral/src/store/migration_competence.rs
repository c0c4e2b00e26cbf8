//! Where an act took place and who is competent for it, the disputes about that, and when a docket
//! was closed.

use sea_orm_migration::{
    prelude::*,
    schema::{text, text_null, timestamp_with_time_zone, timestamp_with_time_zone_null},
};

pub(super) struct Competence;

impl MigrationName for Competence {
    fn name(&self) -> &str {
        "m0002_competence"
    }
}

/// What the journal knows of dockets that were closed before there was a column for it.
const CLOSED: &str = "UPDATE docket SET closed_at = (SELECT MAX(journal.at) FROM journal \
     WHERE journal.resource = docket.name AND journal.kind = 'DOCKET_CLOSED') \
     WHERE close_reason IS NOT NULL";

#[async_trait::async_trait]
#[expect(
    elided_lifetimes_in_paths,
    reason = "as the trait, whose macro cannot take it spelled out"
)]
impl MigrationTrait for Competence {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // One column a statement: SQLite takes no more.
        for column in [
            text("place").default("").take(),
            text_null("competence"),
            timestamp_with_time_zone_null("closed_at"),
        ] {
            let alter = Table::alter().table("docket").add_column(column).take();
            manager.alter_table(alter).await?;
        }
        manager.get_connection().execute_unprepared(CLOSED).await?;
        manager.create_table(docket_dispute()).await?;
        let index = Index::create().name("docket_by_matter").table("docket").col("matter").take();
        manager.create_index(index).await
    }
}

fn docket_dispute() -> TableCreateStatement {
    Table::create()
        .table("docket_dispute")
        .col(text("docket"))
        .col(text("dispute"))
        .col(text("parties"))
        .col(text("acting"))
        .col(timestamp_with_time_zone("opened_at"))
        .col(timestamp_with_time_zone_null("ended_at"))
        .primary_key(Index::create().col("docket").col("dispute"))
        .take()
}
