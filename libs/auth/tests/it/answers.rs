//! The client's checks: attacks on answers by somebody in between, and by the wrong callee.

use std::sync::{Arc, Mutex};

use auth::{Credentials, Signed, WorkloadKey};
use proto::{
    identity::v1::identity_service_client::IdentityServiceClient,
    referral::v1::referral_service_client::ReferralServiceClient,
};
use tonic::{Code, Status};
use types::Workload;

use crate::{
    proven::{ask, watch},
    world::{Answer, World, reason},
};

const WIT: &str = "workload-identity-token";
const WPT: &str = "workload-proof-token";

/// Asks for `name` through somebody who changes the answer: what the caller is told.
async fn told(name: &str, change: impl Fn(&mut Answer) + Clone + Send + Sync + 'static) -> String {
    let world = World::new();
    match world.identity_through(change).get_agency(ask(name)).await {
        Ok(_) => "believed".to_owned(),
        Err(status) => tell(&status),
    }
}

fn tell(status: &Status) -> String {
    if status.code() == Code::DataLoss {
        return reason(status);
    }
    format!("{:?} {}", status.code(), reason(status))
}

#[tokio::test]
async fn an_answer_nobody_touched_is_believed() {
    assert_eq!(told("agencies/MKT", |_| ()).await, "believed");
    assert_eq!(told("agencies/NONE", |_| ()).await, "NotFound NO_SUCH_AGENCY");
}

#[tokio::test]
async fn a_stripped_answer_is_an_error() {
    let strip = |names: &'static [&'static str]| {
        move |answer: &mut Answer| {
            for name in names {
                answer.beside_mut().remove(*name);
            }
        }
    };
    for name in ["agencies/MKT", "agencies/NONE"] {
        assert_eq!(told(name, strip(&[WIT, WPT])).await, "ANSWER_UNPROVEN");
        assert_eq!(told(name, strip(&[WPT])).await, "ANSWER_WPT_MISSING");
        assert_eq!(told(name, strip(&[WIT])).await, "ANSWER_WIT_MISSING");
    }
    assert_eq!(told("agencies/MKT", |answer| answer.trailers = None).await, "ANSWER_UNPROVEN");
}

#[tokio::test]
async fn a_forged_message_is_an_error() {
    let forge = |answer: &mut Answer| {
        let last = answer.data.len() - 1;
        answer.data[last] ^= 1;
    };
    assert_eq!(told("agencies/MKT", forge).await, "ANSWER_DIGEST_MISMATCH");
    assert_eq!(
        told("agencies/MKT", |answer| answer.data.clear()).await,
        "ANSWER_DIGEST_MISMATCH",
        "a message taken away"
    );
}

#[tokio::test]
async fn a_message_slipped_into_an_error_is_an_error() {
    let slip = |answer: &mut Answer| answer.data = vec![0, 0, 0, 0, 0];
    assert_eq!(told("agencies/NONE", slip).await, "ANSWER_MESSAGE_MALFORMED");
    let slip_and_move = |answer: &mut Answer| {
        answer.trailers = Some(std::mem::take(&mut answer.headers));
        answer.data = vec![0, 0, 0, 0, 0];
        answer.beside_mut().insert("grpc-status", "0".parse().unwrap());
    };
    assert_eq!(told("agencies/NONE", slip_and_move).await, "ANSWER_DIGEST_MISSING");
}

#[tokio::test]
async fn a_changed_status_is_an_error() {
    let set = |status: &'static str| {
        move |answer: &mut Answer| {
            answer.beside_mut().insert("grpc-status", status.parse().unwrap());
        }
    };
    assert_eq!(told("agencies/MKT", set("7")).await, "ANSWER_STATUS");
    assert_eq!(told("agencies/NONE", set("7")).await, "ANSWER_STATUS");
    assert_eq!(told("agencies/NONE", set("0")).await, "ANSWER_STATUS");
    assert_eq!(told("agencies/NONE", set("16")).await, "ANSWER_STATUS", "even to UNAUTHENTICATED");
}

#[tokio::test]
async fn changed_status_details_are_an_error_and_unproven_ones_are_dropped() {
    let change = |answer: &mut Answer| {
        answer.beside_mut().insert("grpc-status-details-bin", "AAAA".parse().unwrap());
    };
    assert_eq!(told("agencies/NONE", change).await, "ANSWER_DETAILS");
    assert_eq!(told("agencies/PLAIN", change).await, "PermissionDenied ");
    let spoil = |answer: &mut Answer| {
        answer.beside_mut().insert("grpc-status-details-bin", "%%%".parse().unwrap());
    };
    assert_eq!(told("agencies/NONE", spoil).await, "ANSWER_DETAILS");
    assert_eq!(told("agencies/PLAIN", spoil).await, "PermissionDenied ");
}

#[tokio::test]
async fn the_answer_to_another_call_is_an_error() {
    let world = World::new();
    let first = Arc::new(Mutex::new(None::<Answer>));
    let mut client = world.identity_through(move |answer| {
        let mut first = first.lock().unwrap();
        match &*first {
            Some(earlier) => *answer = earlier.clone(),
            None => *first = Some(answer.clone()),
        }
    });
    client.get_agency(ask("agencies/MKT")).await.unwrap();
    let status = client.get_agency(ask("agencies/MKT")).await.unwrap_err();
    assert_eq!(tell(&status), "ANSWER_REQUEST");
}

#[tokio::test]
async fn an_answer_to_somebody_else_is_an_error() {
    let world = World::new();
    let other = world.workload("wimse://county.example/agency/ENV");
    let theirs = Arc::new(Mutex::new(None::<Answer>));
    let keep = Arc::clone(&theirs);
    let spied =
        world.signed_through(&other, move |answer| *keep.lock().unwrap() = Some(answer.clone()));
    IdentityServiceClient::new(spied).get_agency(ask("agencies/MKT")).await.unwrap();
    let mut client =
        world.identity_through(move |answer| *answer = theirs.lock().unwrap().clone().unwrap());
    let status = client.get_agency(ask("agencies/MKT")).await.unwrap_err();
    assert_eq!(tell(&status), "ANSWER_WPT_AUDIENCE");
}

#[tokio::test]
async fn another_workload_of_the_domain_cannot_answer_in_the_callee_s_place() {
    let world = World::new();
    let expected = Workload::service(&world.domain, "identity");
    let signed =
        Signed::new(world.routes.clone(), world.caller.clone(), world.trust.clone(), expected);
    let status = IdentityServiceClient::new(signed).get_agency(ask("x")).await.unwrap_err();
    assert_eq!(
        tell(&status),
        "Unauthenticated WPT_AUDIENCE",
        "an honest callee refuses what is for another"
    );
    assert_eq!(world.echo.calls(), 0);

    let dishonest = World::new();
    let mut client = dishonest.identity_through({
        let wit = dishonest.workload("wimse://county.example/service/evil").wit().unwrap();
        move |answer| {
            answer.beside_mut().insert(WIT, wit.parse().unwrap());
        }
    });
    let status = client.get_agency(ask("agencies/MKT")).await.unwrap_err();
    assert_eq!(tell(&status), "ANSWER_CALLEE");
}

#[tokio::test]
async fn a_callee_whose_key_is_revoked_or_unknown_is_not_believed() {
    let world = World::new();
    let revocations = world.revocations.clone();
    let thumbprint = world.callee.key().thumbprint().to_owned();
    let mut client = world.identity_through(move |_| revocations.replace([thumbprint.clone()]));
    let status = client.get_agency(ask("agencies/MKT")).await.unwrap_err();
    assert_eq!(tell(&status), "ANSWER_WIT_REVOKED");

    let elsewhere = World::new();
    let wit = elsewhere.callee.wit().unwrap();
    let foreign = move |answer: &mut Answer| {
        answer.beside_mut().insert(WIT, wit.parse().unwrap());
    };
    assert_eq!(told("agencies/MKT", foreign).await, "ANSWER_WIT_ANCHOR");
}

#[tokio::test]
async fn a_repeated_token_in_an_answer_is_an_error() {
    let twice = |name: &'static str| {
        move |answer: &mut Answer| {
            let token = answer.beside()[name].clone();
            answer.beside_mut().append(name, token);
        }
    };
    assert_eq!(told("agencies/MKT", twice(WIT)).await, "ANSWER_WIT_REPEATED");
    assert_eq!(told("agencies/MKT", twice(WPT)).await, "ANSWER_WPT_REPEATED");
}

#[tokio::test]
async fn a_status_put_before_a_proven_answer_does_not_hide_it() {
    for status in ["0", "7"] {
        let put = move |answer: &mut Answer| {
            answer.headers.insert("grpc-status", status.parse().unwrap());
        };
        assert_eq!(told("agencies/MKT", put).await, "ANSWER_MESSAGE_MALFORMED");
    }
}

#[tokio::test]
async fn a_forged_refusal_is_not_believed() {
    let forge = |status: &'static str| {
        move |answer: &mut Answer| {
            answer.data.clear();
            answer.trailers = None;
            answer.headers.insert("grpc-status", status.parse().unwrap());
        }
    };
    assert_eq!(told("agencies/MKT", forge("7")).await, "ANSWER_UNPROVEN");
    assert_eq!(told("agencies/MKT", forge("5")).await, "ANSWER_UNPROVEN");
    assert_eq!(told("agencies/MKT", forge("0")).await, "ANSWER_UNPROVEN");
    assert_eq!(told("agencies/MKT", forge("14")).await, "Unavailable ANSWER_UNPROVEN");
    assert_eq!(told("agencies/MKT", forge("16")).await, "Unauthenticated ");
    let spoiled = move |answer: &mut Answer| {
        forge("16")(answer);
        answer.headers.insert("grpc-status-details-bin", "%%%".parse().unwrap());
    };
    assert_eq!(told("agencies/MKT", spoiled).await, "Unauthenticated ");
}

#[tokio::test]
async fn a_proxy_that_is_out_of_service_is_unavailable() {
    let page = |code: u16| {
        move |answer: &mut Answer| {
            answer.http = http::StatusCode::from_u16(code).unwrap();
            answer.headers.clear();
            answer.trailers = None;
            answer.data = b"<html>".to_vec();
        }
    };
    assert_eq!(told("agencies/MKT", page(503)).await, "Unavailable ANSWER_UNPROVEN");
    assert_eq!(told("agencies/MKT", page(200)).await, "ANSWER_UNPROVEN");
    assert_eq!(told("agencies/MKT", page(403)).await, "ANSWER_UNPROVEN");
}

#[tokio::test]
async fn a_proof_from_an_earlier_minute_is_an_error() {
    let world = World::new();
    let clock = world.clock.clone();
    let mut client = world.identity_through(move |_| clock.advance(chrono::Duration::seconds(60)));
    let status = client.get_agency(ask("agencies/MKT")).await.unwrap_err();
    assert_eq!(tell(&status), "ANSWER_WPT_EXPIRED");
}

/// Watches five events through somebody who changes the stream.
async fn watched(change: impl Fn(&mut Answer) + Clone + Send + Sync + 'static) -> String {
    let world = World::new();
    let signed = world.signed_through(&world.caller, change);
    match ReferralServiceClient::new(signed).watch_referrals(watch("5")).await {
        Ok(_) => "believed".to_owned(),
        Err(status) => tell(&status),
    }
}

#[tokio::test]
async fn a_stream_with_a_message_dropped_added_or_moved_is_an_error() {
    let frame = |answer: &Answer| 5 + usize::from(answer.data[4]);
    assert_eq!(watched(|_| ()).await, "believed");
    let drop_first = move |answer: &mut Answer| answer.data.drain(..frame(answer)).for_each(drop);
    assert_eq!(watched(drop_first).await, "ANSWER_DIGEST_MISMATCH");
    let drop_last = move |answer: &mut Answer| {
        answer.data.truncate(answer.data.len() - frame(answer));
    };
    assert_eq!(watched(drop_last).await, "ANSWER_DIGEST_MISMATCH");
    let repeat = move |answer: &mut Answer| answer.data.extend_from_within(..frame(answer));
    assert_eq!(watched(repeat).await, "ANSWER_DIGEST_MISMATCH");
    let turn = move |answer: &mut Answer| {
        let first = frame(answer);
        answer.data.rotate_left(first);
    };
    assert_eq!(watched(turn).await, "ANSWER_DIGEST_MISMATCH");
    assert_eq!(watched(|answer| answer.data.clear()).await, "ANSWER_DIGEST_MISMATCH");
    let cut = |answer: &mut Answer| answer.data.truncate(answer.data.len() - 1);
    assert_eq!(watched(cut).await, "ANSWER_MESSAGE_MALFORMED");
    assert_eq!(watched(|answer| answer.trailers = None).await, "ANSWER_UNPROVEN");
}

#[tokio::test]
async fn the_hashes_of_a_stream_are_not_a_message() {
    let pass_off = |answer: &mut Answer| {
        let hashes: Vec<u8> = answer
            .data
            .chunks(5 + usize::from(answer.data[4]))
            .flat_map(|frame| auth::digest(&frame[5..]))
            .collect();
        answer.data = crate::world::framed(&hashes);
    };
    assert_eq!(watched(pass_off).await, "ANSWER_DIGEST_MISMATCH");
}

#[tokio::test]
async fn a_stream_of_more_than_sixteen_mib_is_an_error() {
    let swell = |answer: &mut Answer| answer.data.resize(17 * 1024 * 1024, 0);
    assert_eq!(watched(swell).await, "ANSWER_MESSAGE_TOO_LARGE");
}

#[tokio::test]
async fn a_client_without_an_identity_token_does_not_call() {
    let world = World::new();
    let nobody = Credentials::new(
        WorkloadKey::generate().unwrap(),
        world.caller.workload().clone(),
        world.clock.clone(),
    );
    let mut client = IdentityServiceClient::new(world.signed(&nobody));
    let status = client.get_agency(ask("agencies/MKT")).await.unwrap_err();
    assert_eq!(tell(&status), "Unavailable NO_CREDENTIALS");
    assert_eq!(world.echo.calls(), 0);
}
