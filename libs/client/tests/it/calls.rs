//! Tokens, retries and deadlines of calls.

use std::{collections::HashSet, time::Duration};

use client::{Error, request_id};
use proto::{
    identity::v1::{GetAgencyRequest, GetAgencyResponse, RenewWitRequest},
    referral::v1::{Docket, OpenDocketRequest, OpenDocketResponse},
};
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt as _};

use crate::script::{Answer, mesh};

const LONG: Duration = Duration::from_secs(30);

fn away() -> Answer {
    Answer::Error(Status::unavailable("away"))
}

fn open() -> OpenDocketRequest {
    OpenDocketRequest { request_id: request_id(), ..OpenDocketRequest::default() }
}

fn opened() -> OpenDocketResponse {
    let docket = Docket { name: "dockets/1".into(), ..Docket::default() };
    OpenDocketResponse { docket: Some(docket) }
}

#[tokio::test]
async fn the_first_token_is_there_before_the_first_call() {
    let (mesh, script) = mesh(LONG).await;
    assert_eq!(script.issued(), 1);
    script.then(Answer::of(&GetAgencyResponse::default()));
    mesh.identity().get_agency(GetAgencyRequest::default()).await.unwrap();
    assert_eq!(script.issued(), 1);
    assert!(script.calls()[0].proof.is_some());
}

#[tokio::test]
async fn a_command_is_repeated_with_the_same_bytes_and_a_new_proof() {
    let (mesh, script) = mesh(LONG).await;
    script.then(away());
    script.then(away());
    script.then(Answer::of(&opened()));
    let answer = mesh.referral().open_docket(open()).await.unwrap();
    assert_eq!(answer.into_inner(), opened());

    let calls = script.calls();
    assert_eq!(calls.len(), 3);
    assert!(calls.iter().all(|call| call.body == calls[0].body && !call.body.is_empty()));
    let proofs: HashSet<_> = calls.iter().map(|call| call.proof.clone().unwrap()).collect();
    assert_eq!(proofs.len(), 3, "a proof is good for one attempt");
}

#[tokio::test]
async fn a_connection_that_breaks_is_a_mesh_that_is_away() {
    let (mesh, script) = mesh(LONG).await;
    script.then(Answer::Cut);
    script.then(Answer::of(&opened()));
    let answer = mesh.referral().open_docket(open()).await.unwrap();
    assert_eq!(answer.into_inner(), opened());

    (0..4).for_each(|_| script.then(Answer::Cut));
    let told = Error::from(mesh.referral().open_docket(open()).await.unwrap_err());
    assert_eq!((told.code, told.reason.as_str()), (Code::Unavailable, "CONNECTION_LOST"));
    script.then(Answer::of(&opened()));
    mesh.referral().open_docket(open()).await.unwrap();
    assert_eq!(script.calls().len(), 2, "four attempts, and no fifth");
}

#[tokio::test]
async fn a_service_that_stays_away_is_called_four_times() {
    let (mesh, script) = mesh(LONG).await;
    (0..9).for_each(|_| script.then(away()));
    let told = mesh.referral().open_docket(open()).await.unwrap_err();
    assert_eq!(told.code(), Code::Unavailable);
    assert_eq!(script.calls().len(), 4);
}

#[tokio::test]
async fn what_the_caller_must_decide_is_not_repeated() {
    let codes = [Code::Aborted, Code::FailedPrecondition, Code::ResourceExhausted, Code::Internal];
    for code in codes {
        let (mesh, script) = mesh(LONG).await;
        script.then(Answer::Error(Status::new(code, "no")));
        let told = mesh.referral().open_docket(open()).await.unwrap_err();
        assert_eq!(told.code(), code);
        assert_eq!(script.calls().len(), 1, "{code}");
    }
}

#[tokio::test]
async fn a_busy_service_that_names_a_delay_is_called_again_after_it() {
    let (mesh, script) = mesh(LONG).await;
    let delay = Duration::from_millis(150);
    let details = ErrorDetails::with_retry_info(Some(delay));
    let busy = Status::with_error_details(Code::ResourceExhausted, "busy", details);
    script.then(Answer::Error(busy));
    script.then(Answer::of(&opened()));
    let began = std::time::Instant::now();
    mesh.referral().open_docket(open()).await.unwrap();
    assert!(began.elapsed() >= delay);
}

#[tokio::test]
async fn retries_stop_when_the_budget_is_spent() {
    let (mesh, script) = mesh(LONG).await;
    (0..40).for_each(|_| script.then(away()));
    for _ in 0..6 {
        mesh.referral().open_docket(open()).await.unwrap_err();
    }
    // Six calls and ten retries; a tenth of a retry is earned by each call.
    assert_eq!(script.calls().len(), 16);
}

#[tokio::test]
async fn no_answer_is_waited_for_longer_than_the_timeout() {
    let (mesh, script) = mesh(Duration::from_millis(200)).await;
    script.then(Answer::Silence);
    let told = mesh.referral().open_docket(open()).await.unwrap_err();
    assert_eq!(told.code(), Code::DeadlineExceeded);
    assert_eq!(script.calls()[0].timeout.as_ref().unwrap(), "200m");
}

#[tokio::test]
async fn a_refusal_reads_as_an_error_with_its_word() {
    let (mesh, script) = mesh(LONG).await;
    let mut details = ErrorDetails::with_error_info("SELF_REFERRAL", "referral", []);
    details.add_bad_request_violation("to_agency", "is the caller");
    let status = Status::with_error_details(Code::InvalidArgument, "not to itself", details);
    script.then(Answer::Error(status));
    let error = Error::from(mesh.referral().open_docket(open()).await.unwrap_err());
    assert_eq!((error.reason.as_str(), error.domain.as_str()), ("SELF_REFERRAL", "referral"));
    assert_eq!(error.to_string(), "SELF_REFERRAL: not to itself; to_agency: is the caller");
}

#[tokio::test]
async fn a_call_that_may_not_be_repeated_is_made_once() {
    let (mesh, script) = mesh(LONG).await;
    script.then(away());
    let told = mesh.identity().renew_wit(RenewWitRequest {}).await.unwrap_err();
    assert_eq!(told.code(), Code::Unavailable);
    assert_eq!(script.calls().len(), 1);
}
