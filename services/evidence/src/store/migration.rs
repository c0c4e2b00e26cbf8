//! The schema of this service, for both engines. A released migration is never edited.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, integer, text, text_null, timestamp_with_time_zone},
};

use super::{
    migration_content::Content, migration_custody::CustodyByHandOver,
    migration_dispute::HandOverDispute, migration_hand_over::HandOvers,
    migration_investigators::Investigators,
};

/// The migrations, in order.
#[derive(Debug)]
pub struct Migrations;

#[async_trait::async_trait]
impl MigratorTrait for Migrations {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            db::common_migration(),
            db::answers_migration(),
            db::marks_migration(),
            Box::new(Items),
            Box::new(HandOvers),
            Box::new(Content),
            Box::new(CustodyByHandOver),
            Box::new(Investigators),
            Box::new(HandOverDispute),
        ]
    }
}

struct Items;

impl MigrationName for Items {
    fn name(&self) -> &str {
        "m0001_items"
    }
}

#[async_trait::async_trait]
#[expect(
    elided_lifetimes_in_paths,
    reason = "as the trait, whose macro cannot take it spelled out"
)]
impl MigrationTrait for Items {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [dossier(), item(), custody(), viewer()] {
            manager.create_table(table).await?;
        }
        for (name, table, columns, unique) in [
            ("item_by_number", "item", ["dossier", "number"], true),
            ("item_by_code", "item", ["dossier", "code"], true),
            ("item_by_hand_over", "item", ["hand_over", "name"], false),
        ] {
            let mut index = Index::create().name(name).table(table).take();
            for column in columns {
                index.col(column);
            }
            if unique {
                index.unique();
            }
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

fn name() -> ColumnDef {
    ColumnDef::new("name").text().not_null().primary_key().take()
}

fn dossier() -> TableCreateStatement {
    Table::create()
        .table("dossier")
        .col(name())
        .col(text("agency"))
        .col(text("title"))
        .col(text("case_no"))
        .col(text("docket"))
        .col(text("investigators"))
        .col(integer("items"))
        .col(timestamp_with_time_zone("created_at"))
        .col(integer("version"))
        .take()
}

fn item() -> TableCreateStatement {
    Table::create()
        .table("item")
        .col(name())
        .col(text("dossier"))
        .col(integer("number"))
        .col(text("code"))
        // What was registered, and never changes.
        .col(text("facts"))
        .col(text_null("measure"))
        .col(text("holder"))
        .col(text("custodian"))
        .col(text_null("kept_by"))
        .col(text("state"))
        .col(text("seal_no"))
        .col(text("storage_place"))
        .col(text("hand_over"))
        .col(integer("events"))
        .col(text("last_digest"))
        .col(timestamp_with_time_zone("last_at"))
        .col(text("review"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("updated_at"))
        .col(integer("version"))
        .take()
}

fn custody() -> TableCreateStatement {
    Table::create()
        .table("custody")
        .col(text("item"))
        .col(integer("sequence"))
        .col(text("kind"))
        // Microseconds since 1970: exactly what is hashed, on either engine.
        .col(big_integer("at_us"))
        .col(text("agency"))
        .col(text("officer"))
        .col(text("place"))
        .col(text("reason"))
        .col(text("approved_by"))
        .col(text("holder"))
        .col(text("custodian"))
        .col(text("kept_by"))
        .col(text("storage_place"))
        .col(text("seal_no"))
        .col(text("hand_over"))
        .col(text("contents"))
        .col(text("rule"))
        .col(text("basis"))
        .col(text("defect"))
        .col(text("recipient"))
        .col(text("digest"))
        .primary_key(Index::create().col("item").col("sequence"))
        .take()
}

/// Who may see what.
fn viewer() -> TableCreateStatement {
    Table::create()
        .table("viewer")
        .col(text("agency"))
        .col(text("resource"))
        .primary_key(Index::create().col("agency").col("resource"))
        .take()
}
