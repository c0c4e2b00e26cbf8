//! A revoked key is of no use within five seconds, also where identity does not run.

use std::time::Duration;

use auth::{Credentials, Signed, Trust, WorkloadKey, make_assertion};
use client::{Error, request_id};
use clock::Clock;
use proto::{
    identity::v1::{
        IssueWitRequest, RevokeKeyRequest, identity_service_client::IdentityServiceClient,
    },
    referral::v1::{ListReferralsRequest, referral_service_client::ReferralServiceClient},
};
use tokio::time::{Instant, sleep};
use tonic::Code;
use types::Workload;

use crate::world::{LOOK, World};

/// What the contract promises.
const PROMISED: Duration = Duration::from_secs(5);

type Client = ReferralServiceClient<Signed>;

/// A body with a token, at referral's own socket.
async fn client(world: &World, body: &str) -> (Client, WorkloadKey) {
    let (workload, key) = world.enrolled(body).await;
    let mut identity = IdentityServiceClient::new(world.identity().await);
    let client_assertion = assertion(&workload, &key);
    let issued = identity.issue_wit(IssueWitRequest { client_assertion }).await.unwrap();
    let trust = Trust::parse(&workload.domain, &world.bundle()).unwrap();
    let callee = Workload::service(&workload.domain, "referral");
    let own = Credentials::new(key.clone(), workload, Clock::system());
    own.set_wit(issued.into_inner().wit).unwrap();
    (Client::new(Signed::new(world.channel().await, own, trust, callee)), key)
}

fn assertion(workload: &Workload, key: &WorkloadKey) -> String {
    let identity = Workload::service(&workload.domain, "identity");
    make_assertion(key, workload, &identity, Clock::system().now()).unwrap()
}

async fn call(client: &mut Client) -> Result<(), Error> {
    client.list_referrals(ListReferralsRequest::default()).await?;
    Ok(())
}

#[tokio::test]
async fn a_revoked_key_is_refused_within_five_seconds_and_no_other_is() {
    let world = World::apart("2026-11-23T01:00:00Z").await;
    let (mut revoked, key) = client(&world, "MKT").await;
    let (mut other, _) = client(&world, "PSB").await;
    call(&mut revoked).await.unwrap();

    let thumbprint = key.thumbprint().to_owned();
    let reason = "the key was copied".to_owned();
    let request = RevokeKeyRequest { request_id: request_id(), thumbprint, reason };
    world.operator().await.identity().revoke_key(request).await.unwrap();
    let since = Instant::now();
    let error = loop {
        call(&mut other).await.unwrap();
        if let Err(error) = call(&mut revoked).await {
            break error;
        }
        assert!(since.elapsed() < PROMISED, "the revoked key is still believed");
        sleep(LOOK).await;
    };
    assert_eq!((error.code, error.reason.as_str()), (Code::Unauthenticated, "WIT_REVOKED"));
    for _ in 0..20 {
        assert_eq!(call(&mut revoked).await.unwrap_err().reason, "WIT_REVOKED");
        call(&mut other).await.unwrap();
    }

    // It gets no new token either.
    let workload = Workload::parse("wimse://county.example/agency/MKT").unwrap();
    let client_assertion = assertion(&workload, &key);
    let mut identity = IdentityServiceClient::new(world.identity().await);
    let refused = identity.issue_wit(IssueWitRequest { client_assertion }).await.unwrap_err();
    assert_eq!(Error::from(refused).reason, "ASSERTION_REFUSED");
    world.end().await;
}
