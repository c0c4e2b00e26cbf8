//! The same request once: its first answer for ever, and another body under its id is refused.

use proto::operations::v1 as pb;
use tonic::Code;

use crate::{
    make::{Fair, journal, nonce, plan},
    world::{World, assert_told, id, local},
};

#[tokio::test]
async fn a_repeated_request_gets_its_first_answer_and_writes_nothing() {
    let world = World::new().await;
    let mkt = world.agency("MKT").await;
    let request = pb::PutPlanRequest {
        request_id: id(),
        plan: Some(plan(vec![crate::make::item("MKT-FOOD")])),
        officer: "MKT-01".to_owned(),
    };
    let first = mkt.client.clone().put_plan(request.clone()).await.unwrap().into_inner();
    // Even if the catalogue is away now.
    world.catalogue.goes_away();
    let again = mkt.client.clone().put_plan(request.clone()).await.unwrap().into_inner();
    assert_eq!(first, again);
    let other = pb::PutPlanRequest { officer: "MKT-02".to_owned(), ..request };
    let told = mkt.client.clone().put_plan(other).await.unwrap_err();
    assert_told(&told, Code::AlreadyExists, "REQUEST_ID_REUSED");
    let rows = journal(&world, |rows| !rows.is_empty()).await;
    assert_eq!(rows.len(), 1);
    assert!(rows[0].attestation.is_some(), "with the proof of the call");
}

#[tokio::test]
async fn a_draw_is_run_once_however_often_it_is_asked_for() {
    let fair = Fair::new().await;
    let draw = fair.revealed().await;
    fair.world.clock.set(local("2026-03-05 09:00"));
    let request = pb::RunDrawRequest {
        request_id: id(),
        name: draw.name.clone(),
        public_value: "07 11 13".to_owned(),
        office_nonce: nonce("GDO"),
        officer: "GDO-01".to_owned(),
    };
    let mut client = fair.office.client.clone();
    let first = client.run_draw(request.clone()).await.unwrap().into_inner();
    let again = client.run_draw(request).await.unwrap().into_inner();
    assert_eq!(first, again);
    assert_eq!(fair.office.winners(&draw.name).await.len(), 16);
}

#[tokio::test]
async fn the_journal_is_for_supervision_alone() {
    let world = World::new().await;
    let mkt = world.agency("MKT").await;
    let told = mkt.client.clone().read_journal(pb::ReadJournalRequest::default()).await;
    assert_eq!(told.unwrap_err().code(), Code::PermissionDenied);
    let supervision = World::service("supervision");
    let mut client = world.caller(&world.operations, supervision).await;
    mkt.with_officers().await;
    let request = pb::ReadJournalRequest { wait_ms: 10_000, ..pb::ReadJournalRequest::default() };
    let read = client.read_journal(request).await.unwrap();
    let kinds: Vec<String> = read.into_inner().rows.into_iter().map(|row| row.kind).collect();
    assert_eq!(kinds, ["RESOURCES_PUT"]);
}
