//! The schema of the log, for both engines. A released migration is never edited.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, blob, boolean, integer, text},
};

/// The migrations, in order.
#[derive(Debug)]
pub struct Migrations;

#[async_trait::async_trait]
impl MigratorTrait for Migrations {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            db::common_migration(),
            Box::new(Log),
            db::answers_migration(),
            db::marks_migration(),
            Box::new(super::migration_watch::Watch),
            Box::new(super::migration_figures::Figures),
        ]
    }
}

struct Log;

impl MigrationName for Log {
    fn name(&self) -> &str {
        "m0001_log"
    }
}

#[async_trait::async_trait]
#[expect(
    elided_lifetimes_in_paths,
    reason = "as the trait, whose macro cannot take it spelled out"
)]
impl MigrationTrait for Log {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [head(), leaf(), tile(), checkpoint(), position(), alarm()] {
            manager.create_table(table).await?;
        }
        let once = Index::create()
            .name("leaf_by_row")
            .table("leaf")
            .col("service")
            .col("row_id")
            .unique()
            .take();
        manager.create_index(once).await?;
        let by_call = Index::create()
            .name("leaf_by_call")
            .table("leaf")
            .col("request_id")
            .col("agency")
            .take();
        manager.create_index(by_call).await
    }
}

/// One row, which whoever appends holds locked.
fn head() -> TableCreateStatement {
    Table::create()
        .table("log_head")
        .col(ColumnDef::new("id").integer().not_null().primary_key().take())
        .col(big_integer("size"))
        .col(blob("root"))
        .take()
}

fn leaf() -> TableCreateStatement {
    Table::create()
        .table("leaf")
        .col(ColumnDef::new("idx").big_integer().not_null().primary_key().take())
        .col(text("service"))
        .col(big_integer("row_id"))
        .col(blob("digest"))
        .col(text("agency"))
        .col(text("request_id"))
        .col(boolean("attested"))
        .take()
}

/// The widest of each tile.
fn tile() -> TableCreateStatement {
    Table::create()
        .table("tile")
        .col(integer("level"))
        .col(big_integer("idx"))
        .col(blob("hashes"))
        .primary_key(Index::create().col("level").col("idx"))
        .take()
}

fn checkpoint() -> TableCreateStatement {
    Table::create()
        .table("checkpoint")
        .col(ColumnDef::new("size").big_integer().not_null().primary_key().take())
        .col(text("note"))
        .take()
}

/// How much of each journal is sequenced.
fn position() -> TableCreateStatement {
    Table::create()
        .table("journal_position")
        .col(ColumnDef::new("service").text().not_null().primary_key().take())
        .col(text("cursor"))
        .col(big_integer("rows"))
        .col(big_integer("last_row_id"))
        .col(big_integer("highest_row_id"))
        .take()
}

/// Rows that somebody altered after they were sequenced.
fn alarm() -> TableCreateStatement {
    Table::create()
        .table("alarm")
        .col(text("service"))
        .col(big_integer("row_id"))
        .col(blob("leaf"))
        .col(blob("found"))
        .primary_key(Index::create().col("service").col("row_id").col("found"))
        .take()
}
