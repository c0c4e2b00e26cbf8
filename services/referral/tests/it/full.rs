//! A disk without room: told as such, and mended by the same request.

use db::Db;
use proto::referral::v1 as pb;
use referral::Migrations;
use sea_orm::{ConnectionTrait as _, DbErr, Statement};
use tonic::Code;
use tonic_types::StatusExt as _;

use crate::{
    case::docket,
    world::{Plan, World, assert_told},
};

/// Lets the file grow by a few pages only, until the write that finds it full.
async fn limit(db: &Db) {
    db.write::<_, DbErr, _>(|tx| {
        Box::pin(async move {
            let sql = "PRAGMA page_count";
            let statement = Statement::from_string(tx.get_database_backend(), sql);
            let row = tx.query_one_raw(statement).await?.unwrap();
            let pages: i64 = row.try_get_by_index(0)?;
            tx.execute_unprepared(&format!("PRAGMA max_page_count = {}", pages + 8)).await
        })
    })
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_told_and_the_same_request_succeeds_once_there_is_room() {
    // Always SQLite, whatever the other tests run on: its file can be made full.
    let directory = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}?mode=rwc", directory.path().join("referral.db").display());
    let db = Db::connect::<Migrations>(&url, 4).await.unwrap();
    let world = World::on(Plan::default(), db, url).await;
    let mkt = world.agency("MKT").await;
    let before = mkt.open_docket("before").await;
    limit(&world.db).await;

    let facts = (0..200).map(|n| (format!("fact{n}"), "x".repeat(4_000))).collect();
    let large = pb::OpenDocketRequest { facts, ..docket(&mkt, "large") };
    let refusal = mkt.client.clone().open_docket(large.clone()).await.unwrap_err();
    assert_told(&refusal, Code::Unavailable, "STORAGE_FULL");
    assert!(refusal.get_details_retry_info().is_some());
    let kinds = mkt.watch("", 0).await.len();
    assert_eq!(kinds, 1, "nothing of it was written");
    let request = pb::GetDocketRequest { name: before.name };
    mkt.client.clone().get_docket(request).await.unwrap();

    // The limit went with the connection that hit it: there is room.
    let opened = mkt.client.clone().open_docket(large.clone()).await.unwrap().into_inner();
    let again = mkt.client.clone().open_docket(large).await.unwrap().into_inner();
    assert_eq!(opened, again);
    assert_eq!(mkt.watch("", 0).await.len(), 2);
}
