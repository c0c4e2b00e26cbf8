//! The tables every service has: journal, idempotency, inbox, relay.
//!
//! A migration that has been released is never edited: a change is a new migration.

use sea_orm_migration::{
    prelude::*,
    schema::{
        big_integer, big_pk_auto, blob, blob_null, integer_null, text, text_null,
        timestamp_with_time_zone,
    },
};

/// Creates the tables of this crate; a service lists it first in its migrator.
pub fn common_migration() -> Box<dyn MigrationTrait> {
    Box::new(Common)
}

struct Common;

impl MigrationName for Common {
    fn name(&self) -> &str {
        "common_0001"
    }
}

#[async_trait::async_trait]
#[expect(
    elided_lifetimes_in_paths,
    reason = "as the trait, whose macro cannot take it spelled out"
)]
impl MigrationTrait for Common {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(journal()).await?;
        for (name, columns) in [
            ("journal_by_order", ["txid", "id"]),
            ("journal_by_docket", ["docket", "id"]),
            ("journal_by_resource", ["resource", "id"]),
        ] {
            let mut index = Index::create();
            index.name(name).table("journal").col(columns[0]).col(columns[1]);
            manager.create_index(index).await?;
        }
        manager.create_table(idempotency()).await?;
        manager.create_table(inbox()).await?;
        manager.create_table(relay()).await
    }
}

/// Keeps the service's own signed answer in the journal beside the caller's proof; a service lists
/// it after [`common_migration`].
pub fn answers_migration() -> Box<dyn MigrationTrait> {
    Box::new(Answers)
}

struct Answers;

impl MigrationName for Answers {
    fn name(&self) -> &str {
        "common_0002_answers"
    }
}

#[async_trait::async_trait]
#[expect(
    elided_lifetimes_in_paths,
    reason = "as the trait, whose macro cannot take it spelled out"
)]
impl MigrationTrait for Answers {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // One column a statement: SQLite takes no more.
        for name in ["answer_wit", "answer_wpt"] {
            let column = text_null(name);
            let table = Table::alter().table("journal").add_column(column).take();
            manager.alter_table(table).await?;
        }
        Ok(())
    }
}

/// Keeps in the journal what a row means to those who watch; a service lists it after
/// [`answers_migration`].
pub fn marks_migration() -> Box<dyn MigrationTrait> {
    Box::new(Marks)
}

struct Marks;

impl MigrationName for Marks {
    fn name(&self) -> &str {
        "common_0003_marks"
    }
}

#[async_trait::async_trait]
#[expect(
    elided_lifetimes_in_paths,
    reason = "as the trait, whose macro cannot take it spelled out"
)]
impl MigrationTrait for Marks {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let column = blob_null("marks");
        manager.alter_table(Table::alter().table("journal").add_column(column).take()).await
    }
}

fn journal() -> TableCreateStatement {
    Table::create()
        .table("journal")
        .col(big_pk_auto("id"))
        .col(big_integer("txid"))
        .col(timestamp_with_time_zone("at"))
        .col(text("kind"))
        .col(text("resource"))
        .col(text("docket"))
        .col(text("agency"))
        .col(text("officer"))
        .col(text("step"))
        .col(blob("payload"))
        .col(text("request_id"))
        .col(text_null("wit"))
        .col(text_null("wpt"))
        .col(blob_null("request_digest"))
        .col(blob_null("response_digest"))
        .col(integer_null("status"))
        .take()
}

fn idempotency() -> TableCreateStatement {
    Table::create()
        .table("idempotency")
        .col(text("caller"))
        .col(text("request_id"))
        .col(text("method"))
        .col(blob("request_digest"))
        .col(blob("response"))
        .col(timestamp_with_time_zone("at"))
        .primary_key(Index::create().col("caller").col("request_id"))
        .take()
}

fn inbox() -> TableCreateStatement {
    Table::create()
        .table("inbox")
        .col(text("consumer"))
        .col(text("event"))
        .primary_key(Index::create().col("consumer").col("event"))
        .take()
}

fn relay() -> TableCreateStatement {
    Table::create()
        .table("relay")
        .col(ColumnDef::new("name").text().not_null().primary_key().take())
        .col(text("cursor"))
        .take()
}
