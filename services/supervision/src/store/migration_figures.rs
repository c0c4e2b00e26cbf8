//! The tables of figures and decisions, for both engines. A released migration is never edited.

use sea_orm_migration::{
    prelude::*,
    schema::{
        big_integer, boolean, integer, text, text_null, timestamp_with_time_zone,
        timestamp_with_time_zone_null,
    },
};

pub(super) struct Figures;

impl MigrationName for Figures {
    fn name(&self) -> &str {
        "m0003_figures"
    }
}

#[async_trait::async_trait]
#[expect(
    elided_lifetimes_in_paths,
    reason = "as the trait, whose macro cannot take it spelled out"
)]
impl MigrationTrait for Figures {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [fact(), tally(), decision(), promise()] {
            manager.create_table(table).await?;
        }
        for (name, table, columns, unique) in INDEXES {
            let mut index = Index::create();
            index.name(*name).table(*table);
            for column in *columns {
                index.col(*column);
            }
            if *unique {
                index.unique();
            }
            manager.create_index(index.take()).await?;
        }
        Ok(())
    }
}

/// Name, table, columns, whether unique.
const INDEXES: &[(&str, &str, &[&str], bool)] = &[
    ("fact_once", "fact", &["once"], true),
    ("fact_of_county", "fact", &["measure", "leaf", "nth"], false),
    ("fact_of_body", "fact", &["measure", "body", "leaf", "nth"], false),
    ("decision_by_number", "decision", &["agency", "decision_no"], true),
    ("decision_of_agency", "decision", &["agency", "name"], false),
    ("decision_by_rung", "decision", &["next_rung_at"], false),
    ("promise_of_agency", "promise", &["agency", "name"], false),
    ("promise_by_subject", "promise", &["agency", "matter", "subject"], false),
];

/// What rows are counted as. `once` is empty for what may be told again.
fn fact() -> TableCreateStatement {
    Table::create()
        .table("fact")
        .col(big_integer("leaf"))
        .col(integer("nth"))
        .col(text("measure"))
        .col(text("body"))
        .col(text("area"))
        .col(text("matter"))
        .col(text("month"))
        .col(text("officer"))
        .col(text("detail"))
        .col(text_null("once"))
        .col(timestamp_with_time_zone("at"))
        .col(text("resource"))
        .col(text("docket"))
        .primary_key(Index::create().col("leaf").col("nth"))
        .take()
}

/// How many facts there are in each cell.
fn tally() -> TableCreateStatement {
    Table::create()
        .table("tally")
        .col(text("measure"))
        .col(text("month"))
        .col(text("body"))
        .col(text("area"))
        .col(text("matter"))
        .col(big_integer("number"))
        .primary_key(
            Index::create().col("measure").col("month").col("body").col("area").col("matter"),
        )
        .take()
}

/// A decision, whole, and what it is found by.
fn decision() -> TableCreateStatement {
    Table::create()
        .table("decision")
        .col(ColumnDef::new("name").text().not_null().primary_key().take())
        .col(text("agency"))
        .col(text("decision_no"))
        .col(text("kind"))
        .col(text("state"))
        .col(text("publication_state"))
        .col(timestamp_with_time_zone_null("due_at"))
        .col(timestamp_with_time_zone_null("next_rung_at"))
        .col(boolean("provisional"))
        .col(integer("version"))
        .col(text("whole"))
        .take()
}

/// A promise, whole, and what it is found by.
fn promise() -> TableCreateStatement {
    Table::create()
        .table("promise")
        .col(ColumnDef::new("name").text().not_null().primary_key().take())
        .col(text("agency"))
        .col(text("matter"))
        .col(text("subject"))
        .col(text("state"))
        .col(integer("version"))
        .col(text("whole"))
        .take()
}
