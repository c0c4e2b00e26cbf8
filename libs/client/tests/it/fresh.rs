//! Tokens and revocations that are kept up to date.

use std::time::Duration;

use auth::{Credentials, Revocations, Signed};
use client::{follow_revocations, keep_fresh};
use proto::{
    identity::v1::{
        GetAgencyRequest, GetAgencyResponse, identity_service_client::IdentityServiceClient,
    },
    referral::v1::GetDocketRequest,
};
use tonic::Status;
use types::Workload;

use crate::script::{Answer, Parts, mesh, parts};

/// Waits for a condition that must come about.
async fn until(condition: impl Fn() -> bool) {
    let come = async {
        while !condition() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), come).await.unwrap();
}

fn expires(credentials: &Credentials) -> i64 {
    credentials.expires_at().unwrap().timestamp()
}

#[tokio::test]
async fn a_token_that_ran_out_is_replaced_before_the_call() {
    let (mesh, script) = mesh(Duration::from_secs(30)).await;
    // As after a night in which the machine slept.
    script.pass(chrono::Duration::hours(9));
    script.then(Answer::of(&GetAgencyResponse::default()));
    mesh.identity().get_agency(GetAgencyRequest::default()).await.unwrap();
    assert_eq!(script.issued(), 2);
}

#[tokio::test]
async fn a_token_is_renewed_with_itself_at_two_thirds_of_its_life() {
    let Parts { door, me, trust, clock, script } = parts();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let stopped = async { drop(stopped.await) };
    let keeping = keep_fresh(me.clone(), trust, door, clock, stopped);
    let watching = async {
        until(|| me.wit().is_some()).await;
        let first = expires(&me);
        script.pass(chrono::Duration::minutes(39));
        script.pass(chrono::Duration::minutes(1));
        script.then(script.token());
        until(|| expires(&me) > first).await;
        assert_eq!(expires(&me), first + 40 * 60);
        assert_eq!(script.issued(), 1, "by the token, not by a new assertion");
        assert!(script.calls()[0].path.ends_with("/RenewWit"));
        stop.send(()).unwrap();
    };
    tokio::join!(keeping, watching);
}

#[tokio::test]
async fn a_renewal_that_is_refused_falls_back_to_the_key() {
    let Parts { door, me, trust, clock, script } = parts();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let stopped = async { drop(stopped.await) };
    let keeping = keep_fresh(me.clone(), trust, door, clock, stopped);
    let watching = async {
        until(|| me.wit().is_some()).await;
        script.then(Answer::Error(Status::unauthenticated("no anchor")));
        script.pass(chrono::Duration::minutes(41));
        until(|| script.issued() == 2).await;
        stop.send(()).unwrap();
    };
    tokio::join!(keeping, watching);
}

#[tokio::test]
async fn revocations_are_followed() {
    let Parts { door, me, trust, clock: _, script } = parts();
    let Answer::Messages(token) = script.token() else { panic!("a token is a message") };
    let token: proto::identity::v1::IssueWitResponse =
        prost::Message::decode(token[0].as_slice()).unwrap();
    me.set_wit(token.wit).unwrap();
    let identity = Workload::service(trust.domain(), "identity");
    let client = IdentityServiceClient::new(Signed::new(door, me, trust, identity));
    let revocations = Revocations::new();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let following = follow_revocations(client, revocations.clone(), async { drop(stopped.await) });
    let watching = async {
        script.revoke("a-thumbprint");
        until(|| revocations.contains("a-thumbprint")).await;
        stop.send(()).unwrap();
    };
    tokio::join!(following, watching);
}

#[tokio::test]
async fn a_refusal_of_the_guard_is_told_with_its_word() {
    let (mesh, _) = mesh(Duration::from_secs(30)).await;
    // Not in the policy of the scripted service: a signed refusal, which is told as it is.
    let told = mesh.referral().get_docket(GetDocketRequest::default()).await.unwrap_err();
    let error = client::Error::from(told);
    assert_eq!((error.reason.as_str(), error.domain.as_str()), ("METHOD_NOT_IN_POLICY", "auth"));
}
