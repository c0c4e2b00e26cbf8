//! The schema of this service, for both engines. A released migration is never edited.

use sea_orm_migration::{
    prelude::*,
    schema::{
        big_integer, blob, boolean, integer, text, text_null, timestamp_with_time_zone,
        timestamp_with_time_zone_null, uuid,
    },
};

use super::{migration_competence::Competence, migration_linkage::Linkage, migration_whole::Whole};

/// The migrations, in order.
#[derive(Debug)]
pub struct Migrations;

#[async_trait::async_trait]
impl MigratorTrait for Migrations {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            db::common_migration(),
            Box::new(Referrals),
            db::answers_migration(),
            db::marks_migration(),
            Box::new(Competence),
            Box::new(Linkage),
            Box::new(Whole),
        ]
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

#[cfg(test)]
mod tests {
    use sea_orm::{ConnectionTrait as _, Statement};

    use super::*;

    /// The schema as it was before the catalogue.
    struct Before;

    #[async_trait::async_trait]
    impl MigratorTrait for Before {
        fn migrations() -> Vec<Box<dyn MigrationTrait>> {
            vec![db::common_migration(), Box::new(Referrals), db::answers_migration()]
        }
    }

    #[tokio::test]
    async fn dockets_of_before_keep_all_they_had_and_know_when_they_were_closed() {
        let fresh = db::testing::database::<Before>("referral_before").await;
        let closed = fresh.write(|tx| {
            Box::pin(async move {
                let docket = |name: &str, reason: &str| {
                    format!(
                        "INSERT INTO docket (name, agency, title, sector, matter, facts, penalties, \
                         close_reason, created_at, version) VALUES ('{name}', 'MKT', 't', 's', \
                         'M033', '{{}}', '[]', {reason}, '2026-03-01 00:00:00+00:00', 1)"
                    )
                };
                for sql in [
                    docket("dockets/1", "'nothing'"),
                    docket("dockets/2", "NULL"),
                    "INSERT INTO journal (txid, at, kind, resource, docket, agency, officer, step, \
                     payload, request_id) VALUES (0, '2026-03-02 00:00:00+00:00', 'DOCKET_CLOSED', \
                     'dockets/1', 'dockets/1', 'MKT', '', '', '', '')"
                        .to_owned(),
                ] {
                    tx.execute_unprepared(&sql).await?;
                }
                Migrations::up(tx, None).await?;
                let sql = "SELECT name FROM docket WHERE place = '' AND competence IS NULL \
                           AND closed_at = (SELECT at FROM journal) AND name = 'dockets/1' \
                           UNION SELECT name FROM docket WHERE closed_at IS NULL ORDER BY name";
                let backend = tx.get_database_backend();
                let rows = tx.query_all_raw(Statement::from_string(backend, sql)).await?;
                let names = rows.iter().map(|row| row.try_get::<String>("", "name"));
                names.collect::<Result<Vec<_>, DbErr>>()
            })
        });
        assert_eq!(closed.await.unwrap(), ["dockets/1", "dockets/2"]);
    }
}
