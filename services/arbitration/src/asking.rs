//! What the catalogue says of a dispute's matter: asked in passing, and done without when it is away.

use std::time::Duration;

use proto::catalogue::v1 as catalogue;
use tokio::time::timeout;
use types::AgencyCode;

use crate::{
    Arbitration,
    domain::{acting::Before, dispute::Subject, forum::Reason},
};

/// How long the catalogue may take.
const ANSWER: Duration = Duration::from_secs(1);
/// The most reasons that are kept of one answer.
const REASONS: usize = 20;

/// What the catalogue says.
#[derive(Clone, Debug, Default)]
pub(crate) struct Word {
    /// Its revision; 0 when it did not answer.
    pub revision: i64,
    /// The one competent body; `None` when several claim it.
    pub competent: Option<AgencyCode>,
    /// Why, each a sentence with its source.
    pub reasons: Vec<Reason>,
}

/// Asks who is competent for a matter; nothing where no matter is named or nobody answers.
pub(crate) async fn ask(service: &Arbitration, subject: &Subject, before: &Before) -> Word {
    if subject.matter.is_empty() {
        return Word::default();
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
        Ok(Ok(answer)) => word(answer.into_inner()),
        Ok(Err(status)) => {
            tracing::info!(code = ?status.code(), "the catalogue does not say who is competent");
            Word::default()
        }
        Err(_) => {
            tracing::info!("the catalogue did not answer in time");
            Word::default()
        }
    }
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
    for claim in answer.claims {
        let agency = claim.agency;
        reasons.extend(claim.reasons.into_iter().map(|one| Reason {
            text: format!("{agency}: {}", one.text),
            text_zh: format!("{agency}：{}", one.text_zh),
            rule: one.rule,
            basis: if one.source.is_empty() { source.clone() } else { one.source },
            verified: one.verified,
        }));
    }
    reasons.truncate(REASONS);
    Word { revision, competent: AgencyCode::parse(&answer.competent), reasons }
}
