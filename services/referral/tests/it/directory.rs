//! What happens when identity is away.

use tonic::Code;

use crate::{
    case::{Case, docket, file, step},
    world::{World, assert_told},
};

#[tokio::test(flavor = "multi_thread")]
async fn without_identity_nothing_is_decided_and_everything_can_be_read() {
    let case = Case::new().await.accepted().await;
    let alone = case.world.without_identity().await;
    alone.refresh().await.unwrap_err();
    let psb = case.world.agency_of(&alone, "PSB").await;
    let seen = psb.get(&case.name).await.unwrap().referral.unwrap();
    assert_eq!(seen.state, "ACCEPTED");
    let request = step(&psb, &seen, file());
    let refusal = psb.call(request.clone()).await.unwrap_err();
    assert_told(&refusal, Code::Unavailable, "DIRECTORY_UNAVAILABLE");
    case.psb.call(request.clone()).await.unwrap();
    psb.call(request).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_docket_cannot_be_opened_by_who_cannot_be_checked() {
    let world = World::new().await;
    let alone = world.without_identity().await;
    let mkt = world.agency_of(&alone, "MKT").await;
    let refusal = mkt.client.clone().open_docket(docket(&mkt, "糖果")).await.unwrap_err();
    assert_told(&refusal, Code::Unavailable, "DIRECTORY_UNAVAILABLE");
}
