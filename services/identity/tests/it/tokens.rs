//! `IssueWit`, `RenewWit`, `GetTrustBundle`.

use auth::{Credentials, Trust, WorkloadKey, make_assertion};
use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::Duration;
use proto::identity::v1::{
    EnrolKeyRequest, GetAgencyRequest, GetTrustBundleRequest, ListAgenciesRequest, RenewWitRequest,
};
use serde_json::{Value, json};
use tonic::Code;
use types::Workload;

use crate::world::{World, agency, assert_told, client, county, id, revocation};

#[tokio::test]
async fn an_enrolled_key_gets_a_token_that_opens_the_door() {
    let world = World::new().await;
    let party = world.agency("MKT").await;
    let key = party.credentials.key();
    let wit = world.issue(world.assertion(key, &agency("MKT"))).await.unwrap();

    let fresh = Credentials::new(key.clone(), agency("MKT"), world.wire.clone());
    fresh.set_wit(wit).unwrap();
    assert_eq!(fresh.expires_at(), Some(world.wire.now() + Duration::hours(1)));
    let mut caller = client(&world.service, &world.issuer, &fresh);
    caller.list_agencies(ListAgenciesRequest::default()).await.unwrap();
}

#[tokio::test]
async fn an_assertion_is_used_once_whichever_replica_saw_it() {
    let world = World::new().await;
    let party = world.agency("MKT").await;
    let assertion = world.assertion(party.credentials.key(), &agency("MKT"));
    world.issue(assertion.clone()).await.unwrap();
    let again = world.issue(assertion.clone()).await.unwrap_err();
    assert_told(&again, Code::Unauthenticated, "ASSERTION_REPLAYED");

    let (service, _) = world.replica();
    let call = proto::identity::v1::IssueWitRequest { client_assertion: assertion };
    let routes = tonic::service::Routes::new(service.into_server());
    let elsewhere =
        proto::identity::v1::identity_service_client::IdentityServiceClient::new(routes)
            .issue_wit(call)
            .await
            .unwrap_err();
    assert_told(&elsewhere, Code::Unauthenticated, "ASSERTION_REPLAYED");
}

#[tokio::test]
async fn without_possession_of_an_enrolled_key_there_is_no_token_and_no_hint() {
    let world = World::new().await;
    let party = world.agency("MKT").await;
    let (own, identity) = (party.credentials.key(), world.issuer.name());
    let stranger = WorkloadKey::generate().unwrap();
    let now = world.wire.now();
    let made = |key: &WorkloadKey, sub: &Workload, aud: &Workload, at| {
        make_assertion(key, sub, aud, at).unwrap()
    };
    let wrong = [
        made(&stranger, &agency("MKT"), identity, now),
        made(own, &agency("ECO"), identity, now),
        made(own, &agency("MKT"), &Workload::service(&county(), "referral"), now),
        made(own, &agency("MKT"), identity, now - Duration::minutes(2)),
        made(own, &agency("MKT"), identity, now + Duration::minutes(2)),
        "not a token".to_owned(),
        String::new(),
    ];
    let mut told = Vec::new();
    for assertion in wrong {
        let refused = world.issue(assertion).await.unwrap_err();
        assert_told(&refused, Code::Unauthenticated, "ASSERTION_REFUSED");
        told.push(refused.message().to_owned());
    }
    told.dedup();
    assert_eq!(told.len(), 1, "{told:?}");
}

#[tokio::test]
async fn a_revoked_key_gets_no_token() {
    let mut world = World::new().await;
    let party = world.agency("MKT").await;
    world.operator.client.revoke_key(revocation(party.thumbprint())).await.unwrap();
    let assertion = world.assertion(party.credentials.key(), &agency("MKT"));
    let refused = world.issue(assertion).await.unwrap_err();
    assert_told(&refused, Code::Unauthenticated, "ASSERTION_REFUSED");
}

/// ES256 by hand: `auth` makes Ed25519 only, but accepts what an agency's own system may bring.
fn es256(pair: &EcdsaKeyPair, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let head = part(&json!({ "alg": "ES256" }));
    let signed = format!("{head}.{}", part(claims));
    let signature = pair.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

#[tokio::test]
async fn a_p256_key_without_kid_is_served_as_well() {
    let mut world = World::new().await;
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    let point = pair.public_key().as_ref();
    let coordinate = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let jwk = json!({
        "kty": "EC", "crv": "P-256", "x": coordinate(&point[1..33]), "y": coordinate(&point[33..]),
    });
    let claims = |jti: &str| {
        json!({
            "iss": agency("ECO").to_string(),
            "sub": agency("ECO").to_string(),
            "aud": world.issuer.name().to_string(),
            "exp": world.wire.now().timestamp() + 60,
            "jti": jti,
        })
    };
    let request = EnrolKeyRequest {
        request_id: id(),
        workload: agency("ECO").to_string(),
        jwk: jwk.to_string(),
        proof: es256(&pair, &claims("enrolment-0000000000000")),
    };
    let assertion = es256(&pair, &claims("first-token-0000000000"));
    world.operator.client.enrol_key(request).await.unwrap();
    world.issue(assertion).await.unwrap();
}

#[tokio::test]
async fn a_token_is_renewed_with_the_one_before() {
    let world = World::new().await;
    let mut party = world.agency("MKT").await;
    world.wire.advance(Duration::minutes(40));
    let answer = party.client.renew_wit(RenewWitRequest {}).await.unwrap().into_inner();
    party.credentials.set_wit(answer.wit).unwrap();
    assert_eq!(party.credentials.expires_at(), Some(world.wire.now() + Duration::hours(1)));
    assert_eq!(answer.expire_time.unwrap().seconds, world.wire.now().timestamp() + 3600);

    world.service.refresh().await.unwrap();
    world.wire.advance(Duration::minutes(59));
    world.service.refresh().await.unwrap();
    let call = GetAgencyRequest { name: "agencies/MKT".into() };
    party.client.get_agency(call).await.unwrap();
}

#[tokio::test]
async fn without_a_token_there_is_no_renewal() {
    let world = World::new().await;
    let refused = world.anyone().renew_wit(RenewWitRequest {}).await.unwrap_err();
    assert_told(&refused, Code::Unauthenticated, "WIT_MISSING");
}

#[tokio::test]
async fn the_trust_bundle_is_for_anyone() {
    let world = World::empty().await;
    let mut anyone = world.anyone();
    let answer = anyone.get_trust_bundle(GetTrustBundleRequest {}).await.unwrap().into_inner();
    assert_eq!(answer.trust_domain, "county.example");
    assert_eq!(answer.jwks, std::fs::read_to_string(world.bundle_file()).unwrap());
    assert!(!answer.jwks.contains("\"d\""));
    Trust::parse(&county(), &answer.jwks).unwrap();
}
