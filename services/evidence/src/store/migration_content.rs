//! The tables of uploads and contents.

use sea_orm_migration::{
    prelude::*,
    schema::{
        big_integer, blob, boolean, integer, text, timestamp_with_time_zone,
        timestamp_with_time_zone_null,
    },
};

pub(super) struct Content;

impl MigrationName for Content {
    fn name(&self) -> &str {
        "m0003_content"
    }
}

#[async_trait::async_trait]
#[expect(
    elided_lifetimes_in_paths,
    reason = "as the trait, whose macro cannot take it spelled out"
)]
impl MigrationTrait for Content {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [place(), upload(), segment(), dropped(), stored(), content()] {
            manager.create_table(table).await?;
        }
        for (name, table, columns) in [
            ("upload_by_agency", "upload", ["agency", "state"].as_slice()),
            ("upload_by_state", "upload", &["state", "moved_at"]),
            ("upload_by_key", "upload", &["state", "key_id"]),
            ("segment_by_pile", "segment", &["pile", "number"]),
            ("blob_by_reading", "blob", &["read_at"]),
            ("blob_by_key", "blob", &["key_id"]),
            ("blob_by_fault", "blob", &["fault", "sha256"]),
            ("content_by_parent", "content", &["parent", "name"]),
            ("content_by_digest", "content", &["sha256", "name"]),
        ] {
            let mut index = Index::create().name(name).table(table).take();
            for column in columns {
                index.col(*column);
            }
            if name == "segment_by_pile" {
                index.unique();
            }
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

fn key(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).text().not_null().primary_key().take()
}

/// The object store that this database belongs to: one row.
fn place() -> TableCreateStatement {
    Table::create()
        .table("content_place")
        .col(integer("one").primary_key().take())
        .col(text("id"))
        .take()
}

fn upload() -> TableCreateStatement {
    Table::create()
        .table("upload")
        .col(key("name"))
        .col(text("agency"))
        .col(text("officer"))
        .col(text("parent"))
        .col(text("dossier"))
        .col(text("file_name"))
        .col(integer("role"))
        .col(text("media_type"))
        .col(big_integer("size"))
        .col(boolean("with_sm3"))
        .col(text("state"))
        // The segments it has, by the id of the attempt: an attempt that failed is left behind.
        .col(text("pile"))
        .col(big_integer("stored"))
        .col(integer("segments"))
        .col(blob("sha256_state"))
        .col(blob("sm3_state"))
        .col(text("key_id"))
        .col(blob("wrapped_key"))
        .col(text("content"))
        // By the clock of the wire, not of the law: a replay of years must not abandon it.
        .col(timestamp_with_time_zone("moved_at"))
        .take()
}

fn segment() -> TableCreateStatement {
    Table::create()
        .table("segment")
        .col(key("object"))
        .col(text("pile"))
        .col(integer("number"))
        .col(big_integer("begins_at"))
        .col(big_integer("length"))
        .take()
}

/// Objects that nothing needs any more, until they are deleted.
fn dropped() -> TableCreateStatement {
    Table::create().table("dropped_object").col(key("object")).take()
}

fn stored() -> TableCreateStatement {
    Table::create()
        .table("blob")
        .col(key("sha256"))
        .col(text("sm3"))
        .col(big_integer("size"))
        .col(text("pile"))
        .col(text("key_id"))
        .col(blob("wrapped_key"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("read_at"))
        .col(text("fault"))
        .col(timestamp_with_time_zone_null("fault_at"))
        .take()
}

fn content() -> TableCreateStatement {
    Table::create()
        .table("content")
        .col(key("name"))
        .col(text("parent"))
        .col(text("dossier"))
        .col(text("sha256"))
        .col(text("sm3"))
        .col(text("file_name"))
        .col(integer("role"))
        .col(text("media_type"))
        .col(big_integer("size"))
        .col(text("agency"))
        .col(text("officer"))
        .col(timestamp_with_time_zone("committed_at"))
        .take()
}
