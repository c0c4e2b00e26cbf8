//! The schema of this service, for both engines. A released migration is never edited.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, big_integer_null, integer, text, text_null, timestamp_with_time_zone},
};

/// The migrations, in order.
#[derive(Debug)]
pub struct Migrations;

#[async_trait::async_trait]
impl MigratorTrait for Migrations {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            db::common_migration(),
            Box::new(Catalogue),
            db::answers_migration(),
            db::marks_migration(),
        ]
    }
}

struct Catalogue;

impl MigrationName for Catalogue {
    fn name(&self) -> &str {
        "m0001_catalogue"
    }
}

#[async_trait::async_trait]
#[expect(
    elided_lifetimes_in_paths,
    reason = "as the trait, whose macro cannot take it spelled out"
)]
impl MigrationTrait for Catalogue {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(revision()).await?;
        manager.create_table(entry()).await?;
        // A dispute is decided once: two replicas that hear of it make one revision.
        let mut once = Index::create();
        once.name("revision_by_dispute").table("revision").col("dispute").unique();
        manager.create_index(once).await?;
        for (name, columns) in [
            ("entry_by_since", ["since", "kind"]),
            ("entry_by_until", ["until", "kind"]),
            ("entry_by_matter", ["matter", "kind"]),
        ] {
            let index =
                Index::create().name(name).table("entry").col(columns[0]).col(columns[1]).take();
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

fn revision() -> TableCreateStatement {
    Table::create()
        .table("revision")
        .col(ColumnDef::new("number").big_integer().not_null().primary_key().take())
        .col(text("title"))
        .col(text("announcement"))
        .col(text("agency"))
        .col(text("officer"))
        .col(timestamp_with_time_zone("published_at"))
        .col(integer("puts"))
        .col(integer("removes"))
        .col(text("changes_sha256"))
        .col(text_null("dispute"))
        .take()
}

/// An entry is alive in the revisions from `since` up to, and without, `until`.
fn entry() -> TableCreateStatement {
    Table::create()
        .table("entry")
        .col(integer("kind"))
        .col(text("key"))
        .col(big_integer("since"))
        .col(big_integer_null("until"))
        .col(text("matter"))
        .col(text("body"))
        .primary_key(Index::create().col("kind").col("key").col("since"))
        .take()
}
