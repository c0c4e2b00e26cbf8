//! What referral, catalogue and evidence are told, and what their answers mean: an outcome, or to ask
//! again. A request id is made of what is told, so that telling twice is telling once.

use std::time::Duration;

use auth::Signed;
use proto::{
    catalogue::v1::{self as catalogue, catalogue_service_client::CatalogueServiceClient},
    evidence::v1::{self as evidence, evidence_service_client::EvidenceServiceClient},
    referral::v1::{self as referral, referral_service_client::ReferralServiceClient},
};
use sha2::{Digest as _, Sha256};
use tokio::time::timeout;
use tonic::{Code, Response, Status};
use tonic_types::StatusExt as _;
use types::AgencyCode;

use crate::{
    Peers,
    domain::{
        dispute::Dispute,
        telling::{Content, NOTHING_MOVES, Telling},
        word::Told,
    },
    error::Error,
    message::codes,
};

/// How long another service may take for one.
const ANSWER: Duration = Duration::from_secs(20);
/// The most bytes of an outcome that are kept.
const OUTCOME_BYTES: usize = 1000;

/// What another service answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Answer {
    /// In words, never empty.
    pub outcome: String,
    /// The catalogue's revision; `None`: not its answer.
    pub revision: Option<i64>,
    /// Referral knows no docket of these parties: the dispute is over none.
    pub unknown_docket: bool,
}

/// Tells one thing, and returns what is to be kept of the answer.
///
/// # Errors
/// The service did not answer, or not for good: to be told again.
pub(crate) async fn tell(
    peers: &Peers,
    dispute: &Dispute,
    telling: &Telling,
) -> Result<Answer, Error> {
    let asked = async {
        match &telling.content {
            Content::Referral { open, acting } => {
                let request = to_referral(dispute, telling, *open, acting.as_ref());
                referral(peers.referral.clone(), request).await
            }
            Content::Catalogue => match to_catalogue(dispute, telling) {
                Some(request) => catalogue(peers.catalogue.clone(), request).await,
                None => Err(Status::internal("a decision without a decision")),
            },
            Content::Evidence { giver, receiver } => {
                let request = to_evidence(dispute, telling, giver, receiver);
                evidence(peers.evidence.clone(), request).await
            }
        }
    };
    let answer = timeout(ANSWER, asked).await;
    let told = telling.told();
    match answer.unwrap_or_else(|_| Err(Status::deadline_exceeded("no answer in time"))) {
        Ok(answer) => Ok(answer),
        Err(status) if is_final(told, &status) => Ok(refused(dispute, told, &status)),
        Err(status) => Err(Error::Peer(service(told), Box::new(status))),
    }
}

async fn referral(
    mut client: ReferralServiceClient<Signed>,
    request: referral::RecordDisputeRequest,
) -> Result<Answer, Status> {
    let known = client.record_dispute(request).await.map(Response::into_inner)?.known;
    let outcome = if known { "NOTED" } else { "UNKNOWN_DOCKET" };
    Ok(Answer { outcome: outcome.to_owned(), unknown_docket: !known, ..Answer::default() })
}

async fn catalogue(
    mut client: CatalogueServiceClient<Signed>,
    request: catalogue::RecordDecisionRequest,
) -> Result<Answer, Status> {
    let answer = client.record_decision(request).await?.into_inner();
    let number = answer.revision.map(|revision| revision.number).unwrap_or_default();
    let outcome = format!("REVISION {number}");
    Ok(Answer { outcome, revision: Some(number), unknown_docket: false })
}

async fn evidence(
    mut client: EvidenceServiceClient<Signed>,
    request: evidence::OrderHandOverRequest,
) -> Result<Answer, Status> {
    let answer = client.order_hand_over(request).await?.into_inner();
    let mut said = answer.hand_overs;
    if answer.skipped_items > 0 {
        said.push(format!("{} items are in another hand-over", answer.skipped_items));
    }
    let outcome = if said.is_empty() { NOTHING_MOVES.to_owned() } else { said.join(", ") };
    Ok(Answer { outcome: shortened(outcome), ..Answer::default() })
}

fn to_referral(
    dispute: &Dispute,
    telling: &Telling,
    open: bool,
    acting: Option<&AgencyCode>,
) -> referral::RecordDisputeRequest {
    referral::RecordDisputeRequest {
        request_id: request_id(dispute, telling),
        docket: dispute.subject.docket.clone(),
        dispute: dispute.name(),
        open,
        acting: acting.map(ToString::to_string).unwrap_or_default(),
        parties: codes(dispute.parties()),
    }
}

fn to_catalogue(dispute: &Dispute, telling: &Telling) -> Option<catalogue::RecordDecisionRequest> {
    let (decision, subject) = (dispute.file.decision.as_ref()?, &dispute.subject);
    let others: Vec<AgencyCode> =
        dispute.parties().iter().filter(|code| **code != decision.competent).cloned().collect();
    let act = format!("{} {}", codes(&decision.decided_by).join(", "), decision.decision_no);
    Some(catalogue::RecordDecisionRequest {
        request_id: request_id(dispute, telling),
        boundary: Some(catalogue::Boundary {
            dispute: dispute.name(),
            matter: subject.matter.clone(),
            territory: subject.place.clone(),
            subject: subject.subject.clone(),
            competent: decision.competent.to_string(),
            others: codes(&others),
            valid_from: decision.effective_from.to_string(),
            act: act.trim().to_owned(),
        }),
        agency: decision.completed_by.to_string(),
        officer: decision.officer.clone(),
    })
}

fn to_evidence(
    dispute: &Dispute,
    telling: &Telling,
    giver: &AgencyCode,
    receiver: &AgencyCode,
) -> evidence::OrderHandOverRequest {
    evidence::OrderHandOverRequest {
        request_id: request_id(dispute, telling),
        dispute: dispute.name(),
        docket: dispute.subject.docket.clone(),
        giver: giver.to_string(),
        receiver: receiver.to_string(),
    }
}

/// A UUID (version 8, of one's own making) of what is told: the same however often.
fn request_id(dispute: &Dispute, telling: &Telling) -> String {
    let text = format!("{}/{}/{}", dispute.name(), telling.told(), telling.seq);
    let digest: [u8; 32] = Sha256::digest(text.as_bytes()).into();
    let mut id = String::new();
    for (at, byte) in digest.iter().take(16).enumerate() {
        let byte = match at {
            6 => byte & 0x0f | 0x80,
            8 => byte & 0x3f | 0x80,
            _ => *byte,
        };
        if matches!(at, 4 | 6 | 8 | 10) {
            id.push('-');
        }
        id.push_str(&format!("{byte:02x}"));
    }
    id
}

fn refused(dispute: &Dispute, told: Told, status: &Status) -> Answer {
    tracing::error!(dispute = dispute.name(), service = service(told), error = %status, "refused");
    let outcome = shortened(format!("REFUSED: {}", status.message()));
    Answer { outcome, ..Answer::default() }
}

fn shortened(mut text: String) -> String {
    let end = (0..=OUTCOME_BYTES.min(text.len())).rev().find(|at| text.is_char_boundary(*at));
    text.truncate(end.unwrap_or_default());
    text
}

fn service(told: Told) -> &'static str {
    match told {
        Told::Referral => "referral",
        Told::Catalogue => "catalogue",
        Told::Evidence => "evidence",
    }
}

/// Whether the service itself refused, so that asking again gets the same answer. What the way to it
/// says (a token, a connection, an older replica) passes.
fn is_final(told: Told, status: &Status) -> bool {
    let itself = status.get_details_error_info().is_some_and(|info| info.domain == service(told));
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
    fn only_what_the_service_itself_refuses_is_final() {
        let is_final = |code, domain| is_final(Told::Catalogue, &status(code, domain));
        assert!(is_final(Code::FailedPrecondition, "catalogue"));
        assert!(is_final(Code::InvalidArgument, "catalogue"));
        assert!(!is_final(Code::NotFound, "referral"), "another's word");
        assert!(!is_final(Code::Unavailable, "catalogue"));
        assert!(!is_final(Code::Aborted, "catalogue"), "a revision came between: again");
        assert!(!is_final(Code::PermissionDenied, "auth"));
    }

    #[test]
    fn an_outcome_is_cut_between_characters() {
        let long = shortened("界".repeat(1000));
        assert_eq!(long.len(), 999);
    }
}
