//! The schema of this service, for both engines. A released migration is never edited.

use sea_orm_migration::{
    prelude::*,
    schema::{
        big_integer, blob, boolean, integer, text, text_null, timestamp_with_time_zone,
        timestamp_with_time_zone_null, uuid,
    },
};

/// The migrations, in order.
#[derive(Debug)]
pub struct Migrations;

#[async_trait::async_trait]
impl MigratorTrait for Migrations {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![db::common_migration(), Box::new(Referrals), db::answers_migration()]
    }
}

struct Referrals;

impl MigrationName for Referrals {
    fn name(&self) -> &str {
        "m0001_referrals"
    }
}

#[async_trait::async_trait]
#[expect(
    elided_lifetimes_in_paths,
    reason = "as the trait, whose macro cannot take it spelled out"
)]
impl MigrationTrait for Referrals {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(docket()).await?;
        manager.create_table(referral()).await?;
        manager.create_table(party()).await?;
        manager.create_table(document()).await?;
        manager.create_table(term()).await?;
        for (name, table, column) in [
            ("referral_by_docket", "referral", "docket"),
            ("referral_by_parent", "referral", "parent"),
            ("document_by_referral", "document", "referral"),
            ("term_by_referral", "term", "referral"),
            ("term_by_rung", "term", "next_rung_at"),
        ] {
            let index = Index::create().name(name).table(table).col(column).take();
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

fn name() -> ColumnDef {
    ColumnDef::new("name").text().not_null().primary_key().take()
}

fn docket() -> TableCreateStatement {
    Table::create()
        .table("docket")
        .col(name())
        .col(text("agency"))
        .col(text("title"))
        .col(text("sector"))
        .col(text("matter"))
        .col(text("facts"))
        .col(text("penalties"))
        .col(text_null("close_reason"))
        .col(timestamp_with_time_zone("created_at"))
        .col(integer("version"))
        .take()
}

fn referral() -> TableCreateStatement {
    Table::create()
        .table("referral")
        .col(name())
        .col(text("docket"))
        .col(text("procedure"))
        .col(text("from_agency"))
        .col(text("to_agency"))
        .col(text_null("respondent"))
        .col(text_null("ground"))
        .col(text_null("parent"))
        .col(text("state"))
        .col(text("offence"))
        .col(text("title"))
        .col(text("sector"))
        .col(boolean("tested"))
        .col(boolean("penalised"))
        .col(text("team"))
        .col(text_null("next_organ"))
        .col(text("held"))
        .col(text("missing"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("updated_at"))
        .col(integer("version"))
        .take()
}

/// Who may see what, from which journal row on.
fn party() -> TableCreateStatement {
    Table::create()
        .table("party")
        .col(text("agency"))
        .col(text("name"))
        .col(big_integer("since"))
        .primary_key(Index::create().col("agency").col("name"))
        .take()
}

fn document() -> TableCreateStatement {
    Table::create()
        .table("document")
        .col(ColumnDef::new("id").uuid().not_null().primary_key().take())
        .col(text("referral"))
        .col(text("code"))
        .col(integer("version"))
        .col(integer("position"))
        .col(blob("content"))
        .col(text("agency"))
        .col(timestamp_with_time_zone("created_at"))
        .take()
}

fn term() -> TableCreateStatement {
    Table::create()
        .table("term")
        .col(uuid("id").primary_key().take())
        .col(text("referral"))
        .col(text("slot"))
        .col(text("rule"))
        .col(text("holder"))
        .col(timestamp_with_time_zone("started_at"))
        .col(text("length"))
        .col(text("hour_start"))
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
