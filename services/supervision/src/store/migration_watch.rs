//! The tables of what is watched: due items, warnings, traces, oversight. For both engines.

use sea_orm_migration::{
    prelude::*,
    schema::{
        big_integer, boolean, integer, text, timestamp_with_time_zone,
        timestamp_with_time_zone_null,
    },
};

pub(super) struct Watch;

impl MigrationName for Watch {
    fn name(&self) -> &str {
        "m0002_watch"
    }
}

/// Partial indexes are for what is open: most of what there ever was is not.
const INDEXES: [&str; 16] = [
    "CREATE INDEX due_by_time ON due (due_at, key) WHERE open",
    "CREATE INDEX due_by_holder_time ON due (holder, due_at, key) WHERE open",
    "CREATE INDEX due_by_holder ON due (holder, form, rung, due_at, key) WHERE open",
    "CREATE INDEX due_by_resource ON due (resource) WHERE open",
    "CREATE INDEX due_by_docket ON due (docket, due_at, key) WHERE open",
    "CREATE INDEX due_by_next ON due (next_rung_at) WHERE next_rung_at IS NOT NULL",
    "CREATE INDEX due_by_ends ON due (sender, holder, start_at) WHERE form = 'EXCHANGE'",
    "CREATE INDEX due_for_by_key ON due_for (key)",
    "CREATE UNIQUE INDEX warning_once ON warning (once_key)",
    "CREATE INDEX warning_by_due ON warning (due_at) WHERE due_at IS NOT NULL",
    "CREATE INDEX warning_by_item ON warning (item) WHERE state IN ('OPEN', 'ESCALATED')",
    "CREATE INDEX warning_by_docket ON warning (docket, name)",
    "CREATE INDEX docket_watch_by_next ON docket_watch (next_at) WHERE next_at IS NOT NULL",
    "CREATE INDEX returned_by_agency ON returned (agency, at)",
    "CREATE INDEX trace_by_docket ON trace_row (docket, at, leaf)",
    "CREATE INDEX sight_by_agency ON sight (agency, resource)",
];

#[async_trait::async_trait]
#[expect(
    elided_lifetimes_in_paths,
    reason = "as the trait, whose macro cannot take it spelled out"
)]
impl MigrationTrait for Watch {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tables = [
            due(),
            seen("due_for", "key", true),
            warning(),
            seen("warning_for", "name", false),
            docket_watch(),
            returned(),
            docket_of(),
            trace_row(),
            sight(),
            oversight(),
            seen("oversight_of", "id", false),
        ];
        for table in tables {
            manager.create_table(table).await?;
        }
        for index in INDEXES {
            manager.get_connection().execute_unprepared(index).await?;
        }
        Ok(())
    }
}

/// Running terms and exchanges, and those that were.
fn due() -> TableCreateStatement {
    let mut table = Table::create();
    table.table("due").col(ColumnDef::new("key").text().not_null().primary_key().take());
    for name in [
        "service", "id", "form", "kind", "rule", "basis", "verified", "duty", "holder", "sender",
        "owed_to", "docket", "resource", "length", "state", "digest", "rung",
    ] {
        table.col(text(name));
    }
    for name in ["start_at", "due_at"] {
        table.col(timestamp_with_time_zone(name));
    }
    for name in ["half_at", "near_at", "end_at", "next_rung_at"] {
        table.col(timestamp_with_time_zone_null(name));
    }
    for name in ["service_target", "provisional", "open"] {
        table.col(boolean(name));
    }
    table.col(big_integer("row_id")).col(big_integer("leaf")).take()
}

/// Which body sees which row of a table, in the order of its pages.
fn seen(name: &'static str, key: &'static str, by_time: bool) -> TableCreateStatement {
    let mut table = Table::create();
    table.table(name).col(text("agency")).col(text(key));
    let mut primary = Index::create();
    primary.col("agency");
    if by_time {
        table.col(timestamp_with_time_zone("due_at"));
        primary.col("due_at");
    }
    table.primary_key(primary.col(key)).take()
}

fn warning() -> TableCreateStatement {
    let mut table = Table::create();
    table.table("warning").col(ColumnDef::new("name").text().not_null().primary_key().take());
    for name in [
        "rule",
        "law_rule",
        "basis",
        "verified",
        "service",
        "subject",
        "docket",
        "owner",
        "item",
        "once_key",
        "summary",
        "state",
        "escalated_to",
        "acknowledged_by",
        "officer",
        "closed_by",
        "outcome",
    ] {
        table.col(text(name));
    }
    table.col(timestamp_with_time_zone("created_at"));
    for name in ["due_at", "acknowledged_at", "closed_at"] {
        table.col(timestamp_with_time_zone_null(name));
    }
    table.col(integer("level")).col(integer("version")).take()
}

/// Dockets whose facts reach a threshold.
fn docket_watch() -> TableCreateStatement {
    Table::create()
        .table("docket_watch")
        .col(ColumnDef::new("docket").text().not_null().primary_key().take())
        .col(text("owner"))
        .col(timestamp_with_time_zone("opened_at"))
        .col(integer("suggests"))
        .col(timestamp_with_time_zone_null("fined_at"))
        .col(boolean("referred"))
        .col(timestamp_with_time_zone_null("next_at"))
        .take()
}

/// To which docket a dossier belongs.
fn docket_of() -> TableCreateStatement {
    Table::create()
        .table("docket_of")
        .col(ColumnDef::new("name").text().not_null().primary_key().take())
        .col(text("docket"))
        .take()
}

/// Referrals that came back, each once.
fn returned() -> TableCreateStatement {
    Table::create()
        .table("returned")
        .col(ColumnDef::new("resource").text().not_null().primary_key().take())
        .col(text("agency"))
        .col(timestamp_with_time_zone("at"))
        .take()
}

fn trace_row() -> TableCreateStatement {
    let mut table = Table::create();
    table
        .table("trace_row")
        .col(ColumnDef::new("leaf").big_integer().not_null().primary_key().take())
        .col(big_integer("row_id"))
        .col(timestamp_with_time_zone("at"));
    for name in [
        "docket", "service", "kind", "resource", "agency", "officer", "step", "rule", "basis",
        "summary", "shown_to",
    ] {
        table.col(text(name));
    }
    table.take()
}

/// Who may see what.
fn sight() -> TableCreateStatement {
    Table::create()
        .table("sight")
        .col(text("resource"))
        .col(text("agency"))
        .primary_key(Index::create().col("resource").col("agency"))
        .take()
}

/// The looks of overseers at what is others'.
fn oversight() -> TableCreateStatement {
    Table::create()
        .table("oversight")
        .col(ColumnDef::new("id").text().not_null().primary_key().take())
        .col(big_integer("row_id"))
        .col(timestamp_with_time_zone("at"))
        .col(text("overseer"))
        .col(text("method"))
        .col(text("subject"))
        .col(text("overseen"))
        .take()
}
