//! The issuer's key is rotated while everybody keeps calling.

use std::{
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    time::Duration,
};

use auth::{WorkloadKey, make_assertion};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use client::{Mesh, request_id};
use clock::Clock;
use futures_util::future::join_all;
use proto::{
    identity::v1::{
        IssueWitRequest, RotateIssuerKeyRequest, identity_service_client::IdentityServiceClient,
    },
    referral::v1::ListReferralsRequest,
};
use tokio::time::{Instant, sleep};
use types::Workload;

use crate::{
    apart::Apart,
    county::{County, workload},
    process::LOOK,
};

/// Longer than a client takes to see the new bundle, which it looks for every two seconds.
const PUBLISH_AHEAD: &str = "6";
/// How long the new key may take to sign.
const SIGNS: Duration = Duration::from_secs(30);

#[tokio::test]
async fn no_call_fails_while_the_issuer_key_is_rotated() {
    let (county, server) = County::new(&["MKT", "PSB"], env()).await;
    let old = [county.connect("MKT").await, county.connect("PSB").await];
    let (done, made) = (AtomicBool::new(false), AtomicUsize::new(0));
    let calling = join_all(old.iter().map(|mesh| call_until(mesh, &done, &made)));
    tokio::join!(calling, rotate(&county, &done, &made));
    server.stop().await;

    // Started again, the services have tokens of the new key: whoever has an old one believes them.
    let server = county.launch.start().await;
    for mesh in &old {
        mesh.referral().list_referrals(ListReferralsRequest::default()).await.unwrap();
    }
    server.stop().await;
}

#[tokio::test]
async fn a_service_elsewhere_knows_the_new_issuer_key_before_it_signs() {
    let (apart, _identity, _referral) = Apart::start(env()).await;
    let (old, _) = apart.connect("PSB").await;
    let (done, made, anew) = (AtomicBool::new(false), AtomicUsize::new(0), AtomicUsize::new(0));
    // Who connects anew has a token by the key that signs at the moment.
    let connecting = async {
        while !done.load(Ordering::Relaxed) {
            let (_, mut once) = apart.connect("MKT").await;
            once.list_referrals(ListReferralsRequest::default()).await.unwrap();
            anew.fetch_add(1, Ordering::Relaxed);
            sleep(LOOK).await;
        }
    };
    let calling = call_until(&old, &done, &made);
    tokio::join!(calling, connecting, rotate(&apart.county, &done, &anew));
}

fn env() -> Vec<(&'static str, String)> {
    vec![("IDENTITY__ISSUER__PUBLISH_AHEAD_SECONDS", PUBLISH_AHEAD.to_owned())]
}

/// Rotates the key, waits until the new one signs, and lets a good many calls go by: tokens of both
/// kinds are out then.
async fn rotate(county: &County, done: &AtomicBool, made: &AtomicUsize) {
    let before = issuer_of(county).await;
    let operator = county.operator().await;
    let request = RotateIssuerKeyRequest { request_id: request_id() };
    let new = operator.identity().rotate_issuer_key(request).await.unwrap().into_inner().kid;
    assert_ne!(before, new);
    let until = Instant::now() + SIGNS;
    while issuer_of(county).await != new {
        assert!(Instant::now() < until, "the new key does not sign");
        sleep(LOOK).await;
    }
    let enough = made.load(Ordering::Relaxed) + 50;
    while made.load(Ordering::Relaxed) < enough {
        assert!(Instant::now() < until, "the callers do not get on");
        sleep(LOOK).await;
    }
    done.store(true, Ordering::Relaxed);
}

async fn call_until(mesh: &Mesh, done: &AtomicBool, made: &AtomicUsize) {
    while !done.load(Ordering::Relaxed) {
        mesh.referral().list_referrals(ListReferralsRequest::default()).await.unwrap();
        made.fetch_add(1, Ordering::Relaxed);
        sleep(LOOK).await;
    }
}

/// The `kid` of a token issued now: which key of the issuer signs.
async fn issuer_of(county: &County) -> String {
    let key = WorkloadKey::load_or_create(county.key_file("PSB")).unwrap();
    let (me, identity) = (workload("PSB"), "wimse://county.example/service/identity");
    let identity = Workload::parse(identity).unwrap();
    let client_assertion = make_assertion(&key, &me, &identity, Clock::system().now()).unwrap();
    let mut plain = IdentityServiceClient::connect(county.launch.endpoint()).await.unwrap();
    let answer = plain.issue_wit(IssueWitRequest { client_assertion }).await.unwrap();
    let wit = answer.into_inner().wit;
    kid(wit.split('.').next().unwrap())
}

fn kid(header: &str) -> String {
    let header: serde_json::Value =
        serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(header).unwrap()).unwrap();
    header["kid"].as_str().unwrap().to_owned()
}
