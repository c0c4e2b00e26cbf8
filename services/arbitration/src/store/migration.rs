//! The schema of this service, for both engines. A released migration is never edited.

use sea_orm_migration::{
    prelude::*,
    schema::{
        big_integer, boolean, integer, text, timestamp_with_time_zone,
        timestamp_with_time_zone_null, uuid,
    },
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
            Box::new(Disputes),
        ]
    }
}

struct Disputes;

impl MigrationName for Disputes {
    fn name(&self) -> &str {
        "m0001_disputes"
    }
}

#[async_trait::async_trait]
#[expect(
    elided_lifetimes_in_paths,
    reason = "as the trait, whose macro cannot take it spelled out"
)]
impl MigrationTrait for Disputes {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(dispute()).await?;
        manager.create_table(viewer()).await?;
        manager.create_table(open_over()).await?;
        manager.create_table(telling()).await?;
        manager.create_table(precedent()).await?;
        manager.create_table(term()).await?;
        for (name, table, columns) in [
            ("dispute_by_switch", "dispute", ["switch_at"].as_slice()),
            ("open_over_by_dispute", "open_over", &["dispute"]),
            ("telling_by_outcome", "telling", &["outcome", "dispute", "seq"]),
            ("precedent_by_order", "precedent", &["journal_id"]),
            ("precedent_by_matter", "precedent", &["matter", "journal_id"]),
            ("term_by_dispute", "term", &["dispute"]),
            ("term_by_rung", "term", &["next_rung_at"]),
        ] {
            let mut index = Index::create().name(name).table(table).take();
            for column in columns {
                index.col(*column);
            }
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

fn key(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).text().not_null().primary_key().take()
}

fn dispute() -> TableCreateStatement {
    Table::create()
        .table("dispute")
        .col(key("name"))
        .col(text("kind"))
        .col(text("state"))
        .col(text("matter"))
        .col(text("docket"))
        .col(text("subject"))
        // What was said, ordered, voted and decided, as one text: it is read as a whole.
        .col(text("file"))
        .col(timestamp_with_time_zone_null("switch_at"))
        .col(big_integer("revision"))
        .col(text("evidence_outcome"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("updated_at"))
        .col(integer("version"))
        .take()
}

/// Who may see what, from which journal row on.
fn viewer() -> TableCreateStatement {
    Table::create()
        .table("viewer")
        .col(text("agency"))
        .col(text("name"))
        .col(big_integer("since"))
        .primary_key(Index::create().col("agency").col("name"))
        .take()
}

/// What open disputes are over: no two over the same.
fn open_over() -> TableCreateStatement {
    Table::create().table("open_over").col(key("key")).col(text("dispute")).take()
}

/// What other services are to be told, and what they said; empty as long as they have not.
fn telling() -> TableCreateStatement {
    Table::create()
        .table("telling")
        .col(text("dispute"))
        .col(integer("seq"))
        .col(text("content"))
        .col(text("outcome"))
        .primary_key(Index::create().col("dispute").col("seq"))
        .take()
}

fn precedent() -> TableCreateStatement {
    Table::create()
        .table("precedent")
        .col(key("dispute"))
        // The row that says so: its order is that of decisions, and skips none that committed late.
        .col(big_integer("journal_id"))
        .col(text("kind"))
        .col(text("parties"))
        .col(text("title"))
        .col(text("facts"))
        .col(text("matter"))
        .col(text("place"))
        .col(text("subject"))
        .col(text("competent"))
        .col(text("reason"))
        .col(text("basis"))
        .col(text("manner"))
        .col(text("effective_from"))
        .col(text("decided_by"))
        .col(timestamp_with_time_zone("decided_at"))
        .take()
}

fn term() -> TableCreateStatement {
    Table::create()
        .table("term")
        .col(uuid("id").primary_key().take())
        .col(text("dispute"))
        .col(text("slot"))
        .col(text("holder"))
        .col(timestamp_with_time_zone("started_at"))
        .col(text("length"))
        .col(timestamp_with_time_zone("due_at"))
        .col(boolean("provisional"))
        .col(text("state"))
        .col(timestamp_with_time_zone_null("ended_at"))
        .col(timestamp_with_time_zone("half_at"))
        .col(timestamp_with_time_zone("near_at"))
        .col(timestamp_with_time_zone_null("half_raised_at"))
        .col(timestamp_with_time_zone_null("near_raised_at"))
        .col(timestamp_with_time_zone_null("overdue_raised_at"))
        .col(timestamp_with_time_zone_null("next_rung_at"))
        .take()
}
