//! What referral is told of a hand-over, and what its answer means: an outcome, or to ask again.

use std::time::Duration;

use auth::Signed;
use proto::referral::v1::{self as referral, referral_service_client::ReferralServiceClient};
use tokio::time::timeout;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use crate::{domain::hand_over::HandOver, error::Error, sheet};

/// How long referral may take for one.
const ANSWER: Duration = Duration::from_secs(20);
/// The most bytes of a reason that are kept.
const REASON_BYTES: usize = 1000;

/// Tells referral of a completed hand-over, and returns what is to be kept of its answer.
///
/// # Errors
/// It did not answer, or not for good: to be told again.
pub(crate) async fn tell(
    mut client: ReferralServiceClient<Signed>,
    hand_over: &HandOver,
) -> Result<String, Error> {
    let request = sheet::told(hand_over);
    let complete = request.completes;
    let answer = timeout(ANSWER, client.record_hand_over(request)).await;
    match answer.unwrap_or_else(|_| Err(Status::deadline_exceeded("no answer in time"))) {
        Ok(answer) => Ok(taken(&answer.into_inner(), complete)),
        Err(status) if is_final(&status) => Ok(refused(hand_over, &status)),
        Err(status) => Err(Error::Referral(Box::new(status))),
    }
}

fn taken(answer: &referral::RecordHandOverResponse, complete: bool) -> String {
    match (answer.step.as_str(), complete) {
        ("", true) => "NOT_WAITING".to_owned(),
        ("", false) => "NOT_COMPLETE".to_owned(),
        (step, _) => format!("TAKEN:{step}"),
    }
}

/// The reason of a refusal, as long as a row may be.
fn refused(hand_over: &HandOver, status: &Status) -> String {
    tracing::error!(
        hand_over = hand_over.name(), referral = hand_over.referral, error = %status,
        "referral refuses a hand-over that both sides signed"
    );
    let reason = status.message();
    let end = (0..=REASON_BYTES.min(reason.len())).rev().find(|at| reason.is_char_boundary(*at));
    format!("REFUSED: {}", reason.get(..end.unwrap_or(0)).unwrap_or_default())
}

/// Whether referral itself refused, so that asking again gets the same answer. What the way to it
/// says (a token, a connection, an older replica) passes.
fn is_final(status: &Status) -> bool {
    let itself = status.get_details_error_info().is_some_and(|info| info.domain == "referral");
    let refusal = matches!(
        status.code(),
        Code::InvalidArgument
            | Code::NotFound
            | Code::AlreadyExists
            | Code::PermissionDenied
            | Code::FailedPrecondition
    );
    itself && refusal
}

#[cfg(test)]
mod tests {
    use tonic_types::ErrorDetails;

    use super::*;

    fn status(code: Code, domain: &str) -> Status {
        let details = ErrorDetails::with_error_info("WORD", domain, []);
        Status::with_error_details(code, "why", details)
    }

    #[test]
    fn only_what_referral_itself_refuses_is_final() {
        assert!(is_final(&status(Code::FailedPrecondition, "referral")));
        assert!(is_final(&status(Code::NotFound, "referral")));
        assert!(!is_final(&status(Code::Unavailable, "referral")));
        assert!(!is_final(&status(Code::Internal, "referral")));
        assert!(!is_final(&status(Code::Aborted, "referral")));
        assert!(!is_final(&status(Code::PermissionDenied, "auth")));
        assert!(!is_final(&Status::not_found("no such service")));
    }

    #[test]
    fn the_outcome_says_what_was_taken_or_why_not() {
        let answer = |step: &str| referral::RecordHandOverResponse {
            step: step.to_owned(),
            ..Default::default()
        };
        assert_eq!(taken(&answer("HAND_OVER"), true), "TAKEN:HAND_OVER");
        assert_eq!(taken(&answer(""), true), "NOT_WAITING");
        assert_eq!(taken(&answer(""), false), "NOT_COMPLETE");
    }
}
