//! `RevokeKey` and `ListRevocations`.

use chrono::Duration;
use proto::identity::v1::{
    GetAgencyRequest, ListRevocationsRequest, RenewWitRequest, RevokeKeyRequest,
};
use tonic::Code;

use crate::world::{Party, World, assert_told, client, fields, id, revocation};

async fn calls(party: &mut Party) -> Result<(), tonic::Status> {
    let call = GetAgencyRequest { name: "agencies/MKT".into() };
    party.client.get_agency(call).await.map(drop)
}

async fn revoked(party: &mut Party) -> Vec<String> {
    let answer = party.client.list_revocations(ListRevocationsRequest {}).await.unwrap();
    answer.into_inner().thumbprints
}

#[tokio::test]
async fn a_revocation_takes_effect_at_once_and_is_told_to_all() {
    let mut world = World::new().await;
    let mut party = world.agency("MKT").await;
    let mut referral = world.service("referral").await;
    calls(&mut party).await.unwrap();
    assert!(revoked(&mut referral).await.is_empty());

    let request = revocation(party.thumbprint());
    let answer = world.operator.client.revoke_key(request).await.unwrap().into_inner();
    let at = answer.key.unwrap().revoke_time.unwrap();
    assert_eq!(at.seconds, world.wire.now().timestamp());
    let refused = calls(&mut party).await.unwrap_err();
    assert_told(&refused, Code::Unauthenticated, "WIT_REVOKED");
    assert_eq!(revoked(&mut referral).await, [party.thumbprint()]);
}

#[tokio::test]
async fn a_revocation_is_told_for_two_token_lifetimes() {
    let mut world = World::new().await;
    let party = world.agency("MKT").await;
    world.operator.client.revoke_key(revocation(party.thumbprint())).await.unwrap();
    world.wire.advance(Duration::hours(2));
    world.service.refresh().await.unwrap();
    assert_eq!(revoked(&mut world.service("referral").await).await, [party.thumbprint()]);
    world.wire.advance(Duration::seconds(1));
    assert!(revoked(&mut world.service("referral").await).await.is_empty());
}

#[tokio::test]
async fn a_workload_revokes_its_own_key() {
    let world = World::new().await;
    let mut party = world.agency("MKT").await;
    let request = revocation(party.thumbprint());
    party.client.revoke_key(request).await.unwrap();
    let refused = calls(&mut party).await.unwrap_err();
    assert_told(&refused, Code::Unauthenticated, "WIT_REVOKED");
}

#[tokio::test]
async fn strangers_do_not_learn_that_a_key_exists() {
    let world = World::new().await;
    let (mut victim, mut stranger) = (world.agency("MKT").await, world.agency("ECO").await);
    let mut service = world.service("referral").await;
    for thumbprint in [victim.thumbprint(), "no-such-key".to_owned()] {
        for caller in [&mut stranger, &mut service] {
            let request = revocation(thumbprint.clone());
            let refused = caller.client.revoke_key(request).await.unwrap_err();
            assert_told(&refused, Code::NotFound, "NOT_FOUND");
        }
    }
    calls(&mut victim).await.unwrap();
}

#[tokio::test]
async fn a_revoked_key_is_not_revoked_again_but_the_same_request_is_answered() {
    let mut world = World::new().await;
    let party = world.agency("MKT").await;
    let request = revocation(party.thumbprint());
    let first = world.operator.client.revoke_key(request.clone()).await.unwrap().into_inner();
    world.wire.advance(Duration::minutes(1));
    let again = world.operator.client.revoke_key(request.clone()).await.unwrap().into_inner();
    assert_eq!(again, first);
    let other = RevokeKeyRequest { request_id: id(), ..request.clone() };
    let refused = world.operator.client.revoke_key(other).await.unwrap_err();
    assert_told(&refused, Code::FailedPrecondition, "KEY_REVOKED");
    let reused = RevokeKeyRequest { reason: "another".into(), ..request };
    let refused = world.operator.client.revoke_key(reused).await.unwrap_err();
    assert_told(&refused, Code::AlreadyExists, "REQUEST_ID_REUSED");
}

#[tokio::test]
async fn a_revocation_without_reason_is_refused() {
    let mut world = World::new().await;
    let request = RevokeKeyRequest::default();
    let refused = world.operator.client.revoke_key(request).await.unwrap_err();
    assert_eq!(fields(&refused), ["request_id", "thumbprint", "reason"]);
}

#[tokio::test]
async fn a_replica_that_is_looked_after_learns_of_a_revocation_by_itself() {
    let mut world = World::new().await;
    let (other, issuer) = world.replica();
    other.refresh().await.unwrap();
    let mut party = world.agency("MKT").await;
    party.client = client(&other, &issuer, &party.credentials);
    let stop = server::Stop::default();
    let tending = other.clone().tend(stop.clone());
    let watching = async {
        calls(&mut party).await.unwrap();
        world.operator.client.revoke_key(revocation(party.thumbprint())).await.unwrap();
        while calls(&mut party).await.is_ok() {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        stop.now();
    };
    let both = async { tokio::join!(tending, watching).0 };
    tokio::time::timeout(std::time::Duration::from_secs(20), both).await.unwrap().unwrap();
}

#[tokio::test]
async fn another_replica_renews_nothing_and_soon_admits_nothing() {
    let mut world = World::new().await;
    let (other, issuer) = world.replica();
    other.refresh().await.unwrap();
    let mut party = world.agency("MKT").await;
    world.operator.client.revoke_key(revocation(party.thumbprint())).await.unwrap();

    // The other replica's guard has not looked yet; its database has.
    party.client = client(&other, &issuer, &party.credentials);
    let refused = party.client.renew_wit(RenewWitRequest {}).await.unwrap_err();
    assert_told(&refused, Code::FailedPrecondition, "KEY_REVOKED");
    other.refresh().await.unwrap();
    let refused = calls(&mut party).await.unwrap_err();
    assert_told(&refused, Code::Unauthenticated, "WIT_REVOKED");
}
