//! `RotateIssuerKey`: the new key is published first, the old one kept as long as its tokens live.

use std::os::unix::fs::PermissionsExt as _;

use chrono::Duration;
use proto::identity::v1::{GetAgencyRequest, GetTrustBundleRequest, RotateIssuerKeyRequest};
use serde_json::Value;
use tonic::Code;

use crate::world::{Party, World, assert_told, id};

fn rotation() -> RotateIssuerKeyRequest {
    RotateIssuerKeyRequest { request_id: id() }
}

fn kids(jwks: &str) -> Vec<String> {
    let jwks: Value = serde_json::from_str(jwks).unwrap();
    let keys = jwks["keys"].as_array().unwrap().iter();
    keys.map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

/// The `kid` in the header of a token.
fn signed_by(wit: &str) -> String {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    let header = URL_SAFE_NO_PAD.decode(wit.split('.').next().unwrap()).unwrap();
    let header: Value = serde_json::from_slice(&header).unwrap();
    header["kid"].as_str().unwrap().to_owned()
}

async fn calls(party: &mut Party) -> Result<(), tonic::Status> {
    let call = GetAgencyRequest { name: "agencies/MKT".into() };
    party.client.get_agency(call).await.map(drop)
}

#[tokio::test]
async fn the_old_key_overlaps_the_new_one_by_a_token_lifetime() {
    let mut world = World::new().await;
    world.wire.advance(Duration::seconds(1));
    let old = kids(&world.issuer.bundle());
    let new = world.operator.client.rotate_issuer_key(rotation()).await.unwrap().into_inner().kid;
    let both = [old[0].clone(), new.clone()];

    // Published at once, in the file that others watch; not signing yet.
    assert_eq!(kids(&std::fs::read_to_string(world.bundle_file()).unwrap()), both);
    let mut before = world.agency("MKT").await;
    assert_eq!(signed_by(&before.credentials.wit().unwrap()), old[0]);

    world.wire.advance(Duration::seconds(120));
    world.service.refresh().await.unwrap();
    let mut after = world.agency("ECO").await;
    assert_eq!(signed_by(&after.credentials.wit().unwrap()), new);
    calls(&mut before).await.unwrap();
    calls(&mut after).await.unwrap();

    // The last token of the old key has expired everywhere, clock skew included.
    world.wire.advance(Duration::seconds(3629));
    world.service.refresh().await.unwrap();
    assert_eq!(kids(&world.issuer.bundle()), both);
    world.wire.advance(Duration::seconds(1));
    world.service.refresh().await.unwrap();
    assert_eq!(kids(&world.issuer.bundle()), both[1..]);
    assert_eq!(kids(&std::fs::read_to_string(world.bundle_file()).unwrap()), [new]);
    assert_eq!(std::fs::read_dir(world.key_dir()).unwrap().count(), 1);
    let refused = calls(&mut before).await.unwrap_err();
    assert_eq!(refused.code(), Code::Unavailable, "its own side knows that it has expired");
}

#[tokio::test]
async fn a_token_of_a_dropped_key_is_refused_before_it_expires() {
    let mut world = World::new().await;
    let mut party = world.agency("MKT").await;
    calls(&mut party).await.unwrap();
    // Not what rotation does; what an operator does after a theft: the key file is gone.
    world.operator.client.rotate_issuer_key(rotation()).await.unwrap();
    world.wire.advance(Duration::seconds(120));
    let mut files: Vec<_> =
        std::fs::read_dir(world.key_dir()).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    std::fs::remove_file(&files[0]).unwrap();
    world.service.refresh().await.unwrap();
    let refused = calls(&mut party).await.unwrap_err();
    assert_told(&refused, Code::Unauthenticated, "WIT_ANCHOR");
}

#[tokio::test]
async fn a_repeated_rotation_makes_no_third_key() {
    let mut world = World::empty().await;
    world.wire.advance(Duration::seconds(1));
    let client = &mut world.operator.client;
    let request = rotation();
    let first = client.rotate_issuer_key(request.clone()).await.unwrap().into_inner();
    assert_eq!(client.rotate_issuer_key(request).await.unwrap().into_inner(), first);
    // Another call while the new key waits: the key that waits is the answer.
    assert_eq!(client.rotate_issuer_key(rotation()).await.unwrap().into_inner(), first);
    assert_eq!(kids(&world.issuer.bundle()).len(), 2);

    world.wire.advance(Duration::seconds(120));
    world.service.refresh().await.unwrap();
    let second = world.operator.client.rotate_issuer_key(rotation()).await.unwrap().into_inner();
    assert_ne!(second, first);
}

#[tokio::test]
async fn another_replica_takes_the_new_key_over() {
    let mut world = World::new().await;
    let (other, issuer) = world.replica();
    world.operator.client.rotate_issuer_key(rotation()).await.unwrap();
    assert_eq!(kids(&issuer.bundle()).len(), 1);
    other.refresh().await.unwrap();
    assert_eq!(issuer.bundle(), world.issuer.bundle());
}

#[tokio::test]
async fn only_the_operator_rotates_and_with_a_request_id() {
    let mut world = World::new().await;
    let mut party = world.agency("MKT").await;
    let refused = party.client.rotate_issuer_key(rotation()).await.unwrap_err();
    assert_told(&refused, Code::PermissionDenied, "CALLER_NOT_ALLOWED");
    let nameless = RotateIssuerKeyRequest { request_id: "1".into() };
    let refused = world.operator.client.rotate_issuer_key(nameless).await.unwrap_err();
    assert_told(&refused, Code::InvalidArgument, "FIELD_INVALID");
    assert_eq!(kids(&world.issuer.bundle()).len(), 1);
}

#[tokio::test]
async fn private_keys_are_files_for_the_owner_alone() {
    let mut world = World::empty().await;
    world.operator.client.rotate_issuer_key(rotation()).await.unwrap();
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode();
    assert_eq!(mode(&world.key_dir()) & 0o777, 0o700);
    let mut files = 0;
    for entry in std::fs::read_dir(world.key_dir()).unwrap() {
        assert_eq!(mode(&entry.unwrap().path()) & 0o777, 0o600);
        files += 1;
    }
    assert_eq!(files, 2);
    assert_eq!(mode(&world.bundle_file()) & 0o777, 0o644);
}

#[tokio::test]
async fn the_bundle_carries_the_keys_of_the_logs_through_a_rotation() {
    let log = tlog::LogKey::generate("county.example/log").unwrap().verifier().clone();
    let mut world = World::of_logs(vec![log.clone()]).await;
    let bundle = std::fs::read_to_string(world.bundle_file()).unwrap();
    assert_eq!(tlog::trusted_vkeys(&bundle).unwrap(), std::slice::from_ref(&log));
    let kid = world.operator.client.rotate_issuer_key(rotation()).await.unwrap().into_inner().kid;
    let bundle = std::fs::read_to_string(world.bundle_file()).unwrap();
    assert_eq!(kids(&bundle)[1], kid);
    assert_eq!(tlog::trusted_vkeys(&bundle).unwrap(), [log]);
    let shown = world.anyone().get_trust_bundle(GetTrustBundleRequest {}).await.unwrap();
    assert_eq!(shown.into_inner().jwks, bundle);
}
