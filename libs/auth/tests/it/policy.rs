//! Check 6: who may call what; nobody, unless the table says so.

use auth::{Allow, Signed};
use proto::identity::v1::{
    CheckOfficersRequest, GetTrustBundleRequest, ListAgenciesRequest, RenewWitRequest,
    RotateIssuerKeyRequest, identity_service_client::IdentityServiceClient,
};
use tonic::{Code, Status};
use types::Workload;

use crate::{
    support::LIST_AGENCIES,
    world::{Letter, Outcome, World, reason},
};

fn client(world: &World, identifier: &str) -> IdentityServiceClient<Signed> {
    IdentityServiceClient::new(world.signed(&world.workload(identifier)))
}

fn told<T>(result: Result<T, Status>) -> (Code, String) {
    result.map_or_else(|status| (status.code(), reason(&status)), |_| (Code::Ok, String::new()))
}

const AGENCY: &str = "wimse://county.example/agency/ENV";
const SERVICE: &str = "wimse://county.example/service/referral-twin";
const OPERATOR: &str = "wimse://county.example/service/operator";

#[tokio::test]
async fn each_rule_admits_those_it_names_and_nobody_else() {
    let world = World::new();
    for (identifier, agency, service, operator) in
        [(AGENCY, true, false, false), (SERVICE, false, true, false), (OPERATOR, false, true, true)]
    {
        let expected = |admitted: bool| match admitted {
            true => (Code::Ok, String::new()),
            false => (Code::PermissionDenied, "CALLER_NOT_ALLOWED".to_owned()),
        };
        let mut client = client(&world, identifier);
        let renewed = told(client.renew_wit(RenewWitRequest {}).await);
        assert_eq!(renewed, expected(agency), "agency method, {identifier}");
        let checked = told(client.check_officers(CheckOfficersRequest::default()).await);
        assert_eq!(checked, expected(service), "service method, {identifier}");
        let rotated = told(client.rotate_issuer_key(RotateIssuerKeyRequest::default()).await);
        assert_eq!(rotated, expected(operator), "operator method, {identifier}");
    }
}

#[tokio::test]
async fn a_stranger_does_not_reach_an_operator_s_method() {
    let world = World::new();
    let mut stranger = client(&world, AGENCY);
    let refused = told(stranger.rotate_issuer_key(RotateIssuerKeyRequest::default()).await);
    assert_eq!(refused, (Code::PermissionDenied, "CALLER_NOT_ALLOWED".to_owned()));
    assert_eq!(world.echo.calls(), 0);
}

#[tokio::test]
async fn a_method_absent_from_the_table_is_nobody_s() {
    let world = World::new();
    let mut operator = client(&world, OPERATOR);
    let refused = told(operator.list_agencies(ListAgenciesRequest::default()).await);
    assert_eq!(refused, (Code::PermissionDenied, "METHOD_NOT_IN_POLICY".to_owned()));
    assert_eq!(world.echo.calls(), 0);
    let mut bare = Letter::of(&world);
    bare.method = LIST_AGENCIES;
    assert_eq!(world.knock(&bare).await, Outcome::unauthenticated("WIT_MISSING"));
}

#[tokio::test]
async fn a_method_for_anyone_is_answered_unsigned_without_tokens_and_signed_with() {
    let world = World::new();
    let mut stranger = IdentityServiceClient::new(world.routes.clone());
    let answer = stranger.get_trust_bundle(GetTrustBundleRequest {}).await.unwrap();
    assert!(!answer.metadata().contains_key("workload-proof-token"));
    let answer = world.identity().get_trust_bundle(GetTrustBundleRequest {}).await.unwrap();
    assert!(answer.metadata().contains_key("workload-proof-token"));
}

#[tokio::test]
async fn a_method_for_anyone_still_refuses_a_bad_token() {
    let world = World::new();
    let mut letter = Letter::of(&world);
    letter.method = "/xiezhi.identity.v1.IdentityService/GetTrustBundle";
    let outcome = world.knock(&letter.seal(&world)).await;
    assert_eq!(outcome, Outcome::unauthenticated("WPT_METHOD"));
}

#[test]
fn a_rule_that_names_services_admits_those_and_nobody_else() {
    let named = |identifier: &str| {
        Allow::Services(&["supervision", "identity"]).admits(&Workload::parse(identifier).unwrap())
    };
    assert!(named("wimse://county.example/service/supervision"));
    assert!(named("wimse://county.example/service/identity"));
    assert!(!named("wimse://county.example/service/referral"));
    assert!(!named("wimse://county.example/service/supervision-twin"));
    assert!(!named("wimse://county.example/agency/SUPERVISION"));
    assert!(!Allow::Services(&[]).admits(&Workload::parse(OPERATOR).unwrap()));
}

#[test]
fn only_the_service_of_that_name_is_the_operator() {
    let admits = |identifier: &str| Allow::Operator.admits(&Workload::parse(identifier).unwrap());
    assert!(admits(OPERATOR));
    assert!(!admits("wimse://county.example/agency/OPERATOR"));
    assert!(!admits("wimse://county.example/service/operator-twin"));
}
