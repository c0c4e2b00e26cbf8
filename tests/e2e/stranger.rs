//! A third person's client: stock tonic and the contract, nothing of ours.

use client::Error;
use prost::Message as _;
use proto::{
    identity::v1::{
        GetTrustBundleRequest, IssueWitRequest, identity_service_client::IdentityServiceClient,
    },
    referral::v1::{ListReferralsRequest, referral_service_client::ReferralServiceClient},
};
use tokio_stream::StreamExt as _;
use tonic::{Code, Request};
use tonic_health::pb::{HealthCheckRequest, health_client::HealthClient};
use tonic_reflection::pb::v1::{
    ServerReflectionRequest, server_reflection_client::ServerReflectionClient,
    server_reflection_request::MessageRequest, server_reflection_response::MessageResponse,
};

use crate::world::{SERVING, World};

const NOW: &str = "2026-11-23T01:00:00Z";

async fn reflected(world: &World, asked: MessageRequest) -> MessageResponse {
    let mut reflection = ServerReflectionClient::new(world.channel().await);
    let request = ServerReflectionRequest { host: String::new(), message_request: Some(asked) };
    let answers = reflection.server_reflection_info(tokio_stream::once(request)).await.unwrap();
    let answer = answers.into_inner().next().await.unwrap().unwrap();
    answer.message_response.unwrap()
}

#[tokio::test]
async fn a_stranger_finds_the_services_and_their_contract() {
    let world = World::new(NOW).await;
    let answer = reflected(&world, MessageRequest::ListServices(String::new())).await;
    let MessageResponse::ListServicesResponse(list) = answer else {
        unreachable!("{answer:?} lists nothing")
    };
    let names: Vec<&str> = list.service.iter().map(|one| one.name.as_str()).collect();
    for name in [
        "grpc.health.v1.Health",
        "xiezhi.identity.v1.IdentityService",
        "xiezhi.referral.v1.ReferralService",
    ] {
        assert!(names.contains(&name), "{name} is not in {names:?}");
    }

    let symbol = "xiezhi.referral.v1.ReferralService".to_owned();
    let answer = reflected(&world, MessageRequest::FileContainingSymbol(symbol)).await;
    let MessageResponse::FileDescriptorResponse(files) = answer else {
        unreachable!("{answer:?} describes nothing")
    };
    let files = files.file_descriptor_proto.iter();
    let mut files =
        files.map(|file| prost_types::FileDescriptorProto::decode(file.as_slice()).unwrap());
    let service = files.find_map(|file| file.service.into_iter().next()).unwrap();
    assert!(service.method.iter().any(|method| method.name() == "TakeStep"));

    let mut health = HealthClient::new(world.channel().await);
    let answer = health.check(HealthCheckRequest::default()).await.unwrap().into_inner();
    assert_eq!(answer.status, SERVING);
    world.end().await;
}

#[tokio::test]
async fn a_call_without_tokens_is_told_what_it_lacks() {
    let world = World::new(NOW).await;
    let told = |status| {
        let error = Error::from(status);
        (error.code, error.domain, error.reason, error.message)
    };
    let mut referral = ReferralServiceClient::new(world.channel().await);
    let plain = referral.list_referrals(ListReferralsRequest::default()).await.unwrap_err();
    let (code, domain, reason, message) = told(plain);
    assert_eq!((code, domain.as_str()), (Code::Unauthenticated, "auth"));
    assert_eq!((reason.as_str(), message.as_str()), ("WIT_MISSING", "no workload-identity-token"));

    let mut half = Request::new(ListReferralsRequest::default());
    half.metadata_mut().insert("workload-identity-token", "x.y.z".parse().unwrap());
    let (code, _, reason, _) = told(referral.list_referrals(half).await.unwrap_err());
    assert_eq!((code, reason.as_str()), (Code::Unauthenticated, "WPT_MISSING"));

    // What needs no token works without one.
    let mut identity = IdentityServiceClient::new(world.identity().await);
    let bundle = identity.get_trust_bundle(GetTrustBundleRequest {}).await.unwrap().into_inner();
    let same = |jwks: &str| serde_json::from_str::<serde_json::Value>(jwks).unwrap();
    assert_eq!(same(&bundle.jwks), same(&world.bundle()));
    let client_assertion = "no assertion".to_owned();
    let refused = identity.issue_wit(IssueWitRequest { client_assertion }).await.unwrap_err();
    let (code, domain, reason, _) = told(refused);
    let wanted = (Code::Unauthenticated, "identity", "ASSERTION_REFUSED");
    assert_eq!((code, domain.as_str(), reason.as_str()), wanted);
    world.end().await;
}
