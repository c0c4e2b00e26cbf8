//! The schema of this service: forward only, the same on both engines.

use sea_orm_migration::prelude::*;

/// All migrations, the common tables (journal, idempotency, inbox) first.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![db::common_migration(), Box::new(Init), db::answers_migration(), db::marks_migration()]
    }
}

/// Agencies, officers, keys, and the assertions seen.
struct Init;

impl MigrationName for Init {
    fn name(&self) -> &'static str {
        "m0001_identity"
    }
}

#[async_trait::async_trait]
#[expect(
    elided_lifetimes_in_paths,
    reason = "as the trait, whose macro cannot take it spelled out"
)]
impl MigrationTrait for Init {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [agency(), officer(), holder(), key(), assertion()] {
            manager.create_table(table).await?;
        }
        let by_agency = Index::create()
            .name("officer_by_agency")
            .table("officer")
            .col("agency")
            .col("certificate_no")
            .to_owned();
        manager.create_index(by_agency).await?;
        let by_workload = Index::create()
            .name("key_by_workload")
            .table("workload_key")
            .col("workload")
            .col("thumbprint")
            .to_owned();
        manager.create_index(by_workload).await?;
        let by_revocation = Index::create()
            .name("key_by_revoked_at")
            .table("workload_key")
            .col("revoked_at")
            .to_owned();
        manager.create_index(by_revocation).await?;
        let by_expiry = Index::create()
            .name("assertion_by_expiry")
            .table("assertion")
            .col("expires_at")
            .to_owned();
        manager.create_index(by_expiry).await
    }
}

fn text(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).text().not_null().to_owned()
}

fn agency() -> TableCreateStatement {
    Table::create()
        .table("agency")
        .col(text("code").primary_key())
        .col(text("display_name_zh"))
        .col(text("display_name_en"))
        .col(text("kind"))
        .col(ColumnDef::new("superior").text())
        .col(text("region_code"))
        .col(ColumnDef::new("has_penalty_power").boolean().not_null())
        .col(ColumnDef::new("vertically_managed").boolean().not_null())
        .col(text("justice_role"))
        .to_owned()
}

fn officer() -> TableCreateStatement {
    Table::create()
        .table("officer")
        .col(text("certificate_no").primary_key())
        .col(text("agency"))
        .col(text("display_name"))
        .col(text("position"))
        .col(ColumnDef::new("valid_from").date().not_null())
        .col(ColumnDef::new("valid_to").date().not_null())
        .to_owned()
}

/// One row for each holder of keys, locked while its keys are counted.
fn holder() -> TableCreateStatement {
    Table::create()
        .table("key_holder")
        .col(text("workload").primary_key())
        .col(ColumnDef::new("changed_at").timestamp_with_time_zone().not_null())
        .to_owned()
}

fn key() -> TableCreateStatement {
    Table::create()
        .table("workload_key")
        .col(text("thumbprint").primary_key())
        .col(text("workload"))
        .col(text("jwk"))
        .col(ColumnDef::new("created_at").timestamp_with_time_zone().not_null())
        .col(ColumnDef::new("revoked_at").timestamp_with_time_zone())
        .to_owned()
}

/// Assertions used: one is used once, by any replica, also across a restart.
fn assertion() -> TableCreateStatement {
    Table::create()
        .table("assertion")
        .col(text("seen").primary_key())
        .col(ColumnDef::new("expires_at").timestamp_with_time_zone().not_null())
        .to_owned()
}
