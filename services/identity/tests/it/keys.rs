//! `EnrolKey` and `ListKeys`.

use auth::WorkloadKey;
use chrono::Duration;
use proto::identity::v1::{EnrolKeyRequest, ListKeysRequest};
use tonic::Code;
use types::Workload;

use crate::world::{World, agency, assert_told, county, fields, id, revocation};

fn keys_of(workload: &Workload) -> ListKeysRequest {
    ListKeysRequest { workload: workload.to_string(), ..ListKeysRequest::default() }
}

async fn count(world: &mut World, workload: &Workload) -> usize {
    let answer = world.operator.client.list_keys(keys_of(workload)).await.unwrap();
    answer.into_inner().keys.len()
}

#[tokio::test]
async fn a_key_enrolled_with_proof_is_listed_and_gets_a_token() {
    let mut world = World::new().await;
    let key = WorkloadKey::generate().unwrap();
    let request = world.enrolment(&key, &agency("MKT"));
    let answer = world.operator.client.enrol_key(request).await.unwrap().into_inner();
    let enrolled = answer.key.unwrap();
    assert_eq!(enrolled.thumbprint, key.thumbprint());
    assert_eq!(enrolled.workload, agency("MKT").to_string());
    assert_eq!(enrolled.create_time.unwrap().seconds, world.wire.now().timestamp());
    assert_eq!(enrolled.revoke_time, None);

    let listed = world.operator.client.list_keys(keys_of(&agency("MKT"))).await.unwrap();
    assert_eq!(listed.into_inner().keys, [enrolled]);
    world.issue(world.assertion(&key, &agency("MKT"))).await.unwrap();
}

#[tokio::test]
async fn without_proof_of_possession_nothing_is_enrolled() {
    let mut world = World::new().await;
    let (key, other) = (WorkloadKey::generate().unwrap(), WorkloadKey::generate().unwrap());
    let good = world.enrolment(&key, &agency("MKT"));
    let by_another_key = world.assertion(&other, &agency("MKT"));
    let for_another_workload = world.assertion(&key, &agency("ECO"));
    for proof in [by_another_key, for_another_workload, "x.y.z".into(), String::new()] {
        let request = EnrolKeyRequest { request_id: id(), proof, ..good.clone() };
        let refused = world.operator.client.enrol_key(request).await.unwrap_err();
        assert_told(&refused, Code::InvalidArgument, "FIELD_INVALID");
        assert_eq!(fields(&refused), ["proof"]);
    }
    assert_eq!(count(&mut world, &agency("MKT")).await, 0);
}

#[tokio::test]
async fn a_proof_too_old_is_refused() {
    let mut world = World::new().await;
    let late = world.enrolment(&WorkloadKey::generate().unwrap(), &agency("MKT"));
    world.wire.advance(Duration::minutes(2));
    let refused = world.operator.client.enrol_key(late).await.unwrap_err();
    assert_eq!(fields(&refused), ["proof"]);
}

#[tokio::test]
async fn a_proof_is_used_once() {
    let mut world = World::new().await;
    let key = WorkloadKey::generate().unwrap();
    let first = world.enrolment(&key, &agency("MKT"));
    world.operator.client.enrol_key(first.clone()).await.unwrap();
    let again = EnrolKeyRequest { request_id: id(), ..first.clone() };
    let refused = world.operator.client.enrol_key(again).await.unwrap_err();
    assert_told(&refused, Code::Unauthenticated, "ASSERTION_REPLAYED");
    // Nor does the operator get a token with it.
    let refused = world.issue(first.proof).await.unwrap_err();
    assert_told(&refused, Code::Unauthenticated, "ASSERTION_REPLAYED");
}

#[tokio::test]
async fn a_private_jwk_is_refused_and_not_repeated() {
    let mut world = World::new().await;
    let key = WorkloadKey::generate().unwrap();
    let mut request = world.enrolment(&key, &agency("MKT"));
    request.jwk = request.jwk.replacen('{', r#"{"d":"TOP-SECRET","#, 1);
    let refused = world.operator.client.enrol_key(request).await.unwrap_err();
    assert_told(&refused, Code::InvalidArgument, "FIELD_INVALID");
    assert_eq!(fields(&refused), ["jwk"]);
    assert!(!format!("{refused:?}").contains("TOP-SECRET"));
    assert_eq!(count(&mut world, &agency("MKT")).await, 0);
}

#[tokio::test]
async fn every_field_at_fault_is_named() {
    let mut world = World::new().await;
    let request = EnrolKeyRequest {
        request_id: "again".into(),
        workload: "wimse://other.example/agency/MKT".into(),
        jwk: r#"{"kty":"oct"}"#.into(),
        proof: String::new(),
    };
    let refused = world.operator.client.enrol_key(request).await.unwrap_err();
    assert_eq!(fields(&refused), ["request_id", "workload", "jwk"]);
}

#[tokio::test]
async fn an_agency_nobody_imported_gets_no_key() {
    let mut world = World::new().await;
    let request = world.enrolment(&WorkloadKey::generate().unwrap(), &agency("NONE"));
    let refused = world.operator.client.enrol_key(request).await.unwrap_err();
    assert_eq!(fields(&refused), ["workload"]);
}

#[tokio::test]
async fn a_workload_has_eight_live_keys_and_no_more() {
    let mut world = World::new().await;
    let market = agency("MKT");
    let mut first = None;
    for _ in 0..8 {
        let request = world.enrolment(&WorkloadKey::generate().unwrap(), &market);
        let made = world.operator.client.enrol_key(request).await.unwrap().into_inner();
        first.get_or_insert(made.key.unwrap().thumbprint);
    }
    let ninth = || world.enrolment(&WorkloadKey::generate().unwrap(), &market);
    let (ninth, tenth) = (ninth(), ninth());
    let refused = world.operator.client.enrol_key(ninth).await.unwrap_err();
    assert_told(&refused, Code::FailedPrecondition, "TOO_MANY_KEYS");

    world.operator.client.revoke_key(revocation(first.unwrap())).await.unwrap();
    world.operator.client.enrol_key(tenth).await.unwrap();
    assert_eq!(count(&mut world, &market).await, 9);
}

#[tokio::test]
async fn a_key_belongs_to_one_workload_and_never_comes_back() {
    let mut world = World::new().await;
    let key = WorkloadKey::generate().unwrap();
    let request = world.enrolment(&key, &agency("MKT"));
    world.operator.client.enrol_key(request).await.unwrap();
    for workload in [agency("MKT"), agency("ECO")] {
        let request = world.enrolment(&key, &workload);
        let refused = world.operator.client.enrol_key(request).await.unwrap_err();
        assert_told(&refused, Code::AlreadyExists, "KEY_ENROLLED");
    }
    world.operator.client.revoke_key(revocation(key.thumbprint().into())).await.unwrap();
    let request = world.enrolment(&key, &agency("MKT"));
    let refused = world.operator.client.enrol_key(request).await.unwrap_err();
    assert_told(&refused, Code::FailedPrecondition, "KEY_REVOKED");
}

#[tokio::test]
async fn the_same_request_gets_the_same_answer_for_ever_and_another_is_refused() {
    let mut world = World::new().await;
    let request = world.enrolment(&WorkloadKey::generate().unwrap(), &agency("MKT"));
    let first = world.operator.client.enrol_key(request.clone()).await.unwrap().into_inner();
    // Long after the proof has expired.
    world.wire.advance(Duration::minutes(30));
    let again = world.operator.client.enrol_key(request.clone()).await.unwrap().into_inner();
    assert_eq!(again, first);
    let other = EnrolKeyRequest { workload: agency("ECO").to_string(), ..request.clone() };
    let refused = world.operator.client.enrol_key(other).await.unwrap_err();
    assert_told(&refused, Code::AlreadyExists, "REQUEST_ID_REUSED");
    // The id is the caller's own: under another method it is used as well.
    let mut revoke = revocation(first.key.unwrap().thumbprint);
    revoke.request_id = request.request_id;
    let refused = world.operator.client.revoke_key(revoke).await.unwrap_err();
    assert_told(&refused, Code::AlreadyExists, "REQUEST_ID_REUSED");
}

#[tokio::test]
async fn two_equal_requests_at_once_enrol_one_key_and_get_one_answer() {
    let mut world = World::new().await;
    let request = world.enrolment(&WorkloadKey::generate().unwrap(), &agency("MKT"));
    let mut other = world.operator.client.clone();
    let (one, two) =
        tokio::join!(world.operator.client.enrol_key(request.clone()), other.enrol_key(request));
    assert_eq!(one.unwrap().into_inner(), two.unwrap().into_inner());
    assert_eq!(count(&mut world, &agency("MKT")).await, 1);
}

#[tokio::test]
async fn only_the_operator_enrols() {
    let world = World::new().await;
    let mut party = world.agency("MKT").await;
    let request = world.enrolment(&WorkloadKey::generate().unwrap(), &agency("MKT"));
    let refused = party.client.enrol_key(request).await.unwrap_err();
    assert_told(&refused, Code::PermissionDenied, "CALLER_NOT_ALLOWED");
}

#[tokio::test]
async fn a_workload_sees_its_own_keys_and_no_others() {
    let world = World::new().await;
    let (mut market, mut stranger) = (world.agency("MKT").await, world.agency("ECO").await);
    let own = market.client.list_keys(keys_of(&agency("MKT"))).await.unwrap().into_inner();
    assert_eq!(own.keys.len(), 1);
    let operator = Workload::service(&county(), "operator");
    for workload in [agency("MKT"), agency("NONE"), operator] {
        let refused = stranger.client.list_keys(keys_of(&workload)).await.unwrap_err();
        assert_told(&refused, Code::NotFound, "NOT_FOUND");
    }
}

#[tokio::test]
async fn keys_are_listed_page_by_page() {
    let mut world = World::new().await;
    for _ in 0..3 {
        let request = world.enrolment(&WorkloadKey::generate().unwrap(), &agency("MKT"));
        world.operator.client.enrol_key(request).await.unwrap();
    }
    let mut request = ListKeysRequest { page_size: 2, ..keys_of(&agency("MKT")) };
    let first = world.operator.client.list_keys(request.clone()).await.unwrap().into_inner();
    assert_eq!(first.keys.len(), 2);
    request.page_token = first.next_page_token;
    let second = world.operator.client.list_keys(request.clone()).await.unwrap().into_inner();
    assert_eq!((second.keys.len(), second.next_page_token.as_str()), (1, ""));
    assert!(first.keys[1].thumbprint < second.keys[0].thumbprint);

    request.workload = agency("ECO").to_string();
    request.page_size = -1;
    let refused = world.operator.client.list_keys(request).await.unwrap_err();
    assert_eq!(fields(&refused), ["page_size", "page_token"]);
}
