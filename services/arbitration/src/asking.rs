//! What the catalogue says of a dispute's matter: asked in passing, and done without when it is away.

use std::time::Duration;

use proto::catalogue::v1 as catalogue;
use tokio::time::timeout;
use tonic::Status;
use tonic_types::StatusExt as _;
use types::AgencyCode;

use crate::{
    Arbitration,
    domain::{acting::Before, dispute::Subject, forum::Reason, opening::Word},
};

/// How long the catalogue may take.
const ANSWER: Duration = Duration::from_secs(1);
/// The most reasons that are kept of one answer.
const REASONS: usize = 20;

/// Asks who is competent for a matter; nothing where no matter is named or nobody answers; `None` where
/// the catalogue knows no such matter.
pub(crate) async fn ask(service: &Arbitration, subject: &Subject, before: &Before) -> Option<Word> {
    if subject.matter.is_empty() {
        return Some(Word::default());
    }
    let filed = before.filed_first.as_ref();
    let request = catalogue::ResolveCompetenceRequest {
        matter: subject.matter.clone(),
        place: subject.place.clone(),
        act_date: subject.act_date.map(|day| day.to_string()).unwrap_or_default(),
        filed_on: filed.map(|(_, day)| day.to_string()).unwrap_or_default(),
        filed_by: filed.map(|(body, _)| body.to_string()).unwrap_or_default(),
        subject: subject.subject.clone(),
        ..catalogue::ResolveCompetenceRequest::default()
    };
    let mut client = service.peers.catalogue.clone();
    match timeout(ANSWER, client.resolve_competence(request)).await {
        Ok(Ok(answer)) => Some(word(answer.into_inner())),
        Ok(Err(status)) if knows_no_matter(&status) => None,
        Ok(Err(status)) => {
            tracing::info!(code = ?status.code(), "the catalogue does not say who is competent");
            Some(Word::default())
        }
        Err(_) => {
            tracing::info!("the catalogue did not answer in time");
            Some(Word::default())
        }
    }
}

fn knows_no_matter(status: &Status) -> bool {
    let info = status.get_details_error_info();
    info.is_some_and(|info| info.domain == "catalogue" && info.reason == "UNKNOWN_MATTER")
}

fn word(answer: catalogue::ResolveCompetenceResponse) -> Word {
    let revision = answer.revision;
    let source = format!("catalogue, revision {revision}");
    let mut reasons = Vec::new();
    if !answer.summary.is_empty() {
        reasons.push(Reason {
            text: answer.summary,
            text_zh: answer.summary_zh,
            rule: String::new(),
            basis: source.clone(),
            verified: String::new(),
        });
    }
    let mut named = Vec::new();
    for claim in answer.claims {
        let agency = claim.agency;
        named.extend(AgencyCode::parse(&agency));
        reasons.extend(claim.reasons.into_iter().map(|one| Reason {
            text: format!("{agency}: {}", one.text),
            text_zh: format!("{agency}：{}", one.text_zh),
            rule: one.rule,
            basis: if one.source.is_empty() { source.clone() } else { one.source },
            verified: one.verified,
        }));
    }
    reasons.truncate(REASONS);
    Word { revision, competent: AgencyCode::parse(&answer.competent), named, reasons }
}
