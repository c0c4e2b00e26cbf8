//! The happy paths: what is signed on both sides arrives, errors and streams included.

use auth::digest;
use prost::Message as _;
use proto::{identity::v1::GetAgencyRequest, referral::v1::WatchReferralsRequest};
use tonic::{Code, Request};
use tonic_types::StatusExt as _;

use crate::{
    support::hex,
    world::{World, b64, reason},
};

pub(crate) fn ask(name: &str) -> GetAgencyRequest {
    GetAgencyRequest { name: name.into() }
}

pub(crate) fn watch(cursor: &str) -> WatchReferralsRequest {
    WatchReferralsRequest { cursor: cursor.into(), wait_seconds: 0 }
}

#[tokio::test]
async fn a_signed_call_arrives_with_its_caller_and_its_attestation() {
    let world = World::new();
    let answer = world.identity().get_agency(ask("agencies/MKT")).await.unwrap();
    for name in ["workload-identity-token", "workload-proof-token"] {
        assert!(answer.metadata().contains_key(name), "the answer's {name} can be kept");
    }
    let agency = answer.into_inner().agency.unwrap();
    assert_eq!(agency.code, "wimse://county.example/agency/MKT");
    assert_eq!(agency.superior, hex(&digest(&ask("agencies/MKT").encode_to_vec())));
    let (wit, wpt) = agency.justice_role.split_once('\n').unwrap();
    assert_eq!(wit, world.caller.wit().unwrap());
    let claims = wpt.split('.').nth(1).unwrap().to_owned();
    assert!(b64(claims.as_bytes()).len() > agency.kind.len());
    assert_eq!(agency.kind.len(), 22, "128 random bits");
}

#[tokio::test]
async fn calls_follow_each_other_on_one_channel() {
    let world = World::new();
    let mut client = world.identity();
    for _ in 0..20 {
        client.get_agency(ask("agencies/MKT")).await.unwrap();
    }
    assert_eq!(world.echo.calls(), 20);
}

#[tokio::test]
async fn errors_arrive_signed_with_their_details() {
    let world = World::new();
    let status = world.identity().get_agency(ask("agencies/NONE")).await.unwrap_err();
    assert_eq!(status.code(), Code::NotFound);
    assert_eq!(status.message(), "没有这个机关");
    assert_eq!(status.get_details_error_info().unwrap().domain, "test");
    assert_eq!(reason(&status), "NO_SUCH_AGENCY");
    assert!(status.metadata().contains_key("workload-proof-token"));
    let status = world.identity().get_agency(ask("agencies/PLAIN")).await.unwrap_err();
    assert_eq!((status.code(), status.message()), (Code::PermissionDenied, "no details"));
}

#[tokio::test]
async fn streams_of_any_length_arrive_whole_and_with_their_error() {
    let world = World::new();
    for (cursor, count, code) in [
        ("0", 0, None),
        ("1", 1, None),
        ("2", 2, None),
        ("10000", 10_000, None),
        ("0!", 0, Some(Code::Aborted)),
        ("3!", 3, Some(Code::Aborted)),
    ] {
        let mut stream =
            world.referral().watch_referrals(watch(cursor)).await.unwrap().into_inner();
        let mut events = Vec::new();
        let end = loop {
            match stream.message().await {
                Ok(Some(answer)) => events.push(answer.event.unwrap().cursor),
                Ok(None) => break None,
                Err(status) => break Some(status.code()),
            }
        };
        let expected: Vec<String> = (0..count).map(|n| n.to_string()).collect();
        assert_eq!(events, expected, "{cursor}");
        assert_eq!(end, code, "{cursor}");
    }
    let status = world.referral().watch_referrals(watch("")).await.unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument, "refused before the stream");
}

#[tokio::test]
async fn an_officer_s_context_is_bound_by_the_client() {
    let world = World::new();
    let mut request = Request::new(ask("agencies/MKT"));
    request.metadata_mut().insert("txn-token", "eyJ.officer.context".parse().unwrap());
    world.identity().get_agency(request).await.unwrap();
}

#[tokio::test]
async fn an_answer_too_large_is_a_signed_refusal() {
    let world = World::new();
    let status = world.identity().get_agency(ask("agencies/HUGE")).await.unwrap_err();
    assert_eq!(status.code(), Code::ResourceExhausted);
    assert_eq!(reason(&status), "MESSAGE_TOO_LARGE");
}

#[tokio::test]
async fn a_request_too_large_is_not_sent() {
    let world = World::new();
    let huge = ask(&"x".repeat(5 * 1024 * 1024));
    let status = world.identity().get_agency(huge).await.unwrap_err();
    assert_eq!(reason(&status), "MESSAGE_TOO_LARGE");
    assert_eq!(world.echo.calls(), 0);
}
