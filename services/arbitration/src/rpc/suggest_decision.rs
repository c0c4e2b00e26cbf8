//! Finds the precedents and catalogue entries nearest to a dispute. It suggests, and never decides.

use std::sync::PoisonError;

use proto::arbitration::v1 as pb;
use types::AgencyCode;

use super::{Call, subject_said};
use crate::{
    Arbitration, asking,
    domain::{
        acting::Before,
        dispute::Subject,
        precedent::{Near, Question},
        word::Kind,
    },
    error::Error,
    message, store,
};

/// What is sought for.
struct Asked {
    name: String,
    kind: Kind,
    parties: Vec<AgencyCode>,
    subject: Subject,
}

pub(super) async fn suggest_decision(
    service: &Arbitration,
    call: &Call,
    request: pb::SuggestDecisionRequest,
) -> Result<pb::SuggestDecisionResponse, Error> {
    let mut fields = server::Fields::default();
    let limit = usize::try_from(request.limit).ok().filter(|limit| *limit <= 20);
    let limit = fields.need(limit, "limit", "is not between 0 and 20");
    let told = if request.name.is_empty() { parse(&mut fields, request.clone()) } else { None };
    fields.done()?;
    let limit = limit.filter(|limit| *limit > 0).unwrap_or(5);
    let asked = match told {
        Some(asked) => asked,
        None => {
            let reader = service.db.reader();
            let dispute = store::dispute(reader, &call.agency, &request.name).await?;
            let parties = dispute.parties().to_vec();
            let name = dispute.name();
            Asked { name, kind: dispute.kind, parties, subject: dispute.subject }
        }
    };
    let near = nearest(service, &asked, limit);
    let word = asking::ask(service, &asked.subject, &Before::default()).await.unwrap_or_default();
    Ok(pb::SuggestDecisionResponse {
        suggestions: near.into_iter().map(suggestion).collect(),
        catalogue: word.reasons.iter().map(message::reason).collect(),
        revision: word.revision,
        catalogue_competent: word.competent.map(|body| body.to_string()).unwrap_or_default(),
    })
}

fn nearest(service: &Arbitration, asked: &Asked, limit: usize) -> Vec<Near> {
    let kinds = service.bodies().kinds(&asked.parties);
    let question = Question {
        dispute: &asked.name,
        kind: asked.kind,
        parties: &asked.parties,
        kinds: &kinds,
        subject: &asked.subject,
    };
    let precedents = service.precedents.read().unwrap_or_else(PoisonError::into_inner);
    precedents.index.nearest(&question, limit)
}

fn parse(fields: &mut server::Fields, request: pb::SuggestDecisionRequest) -> Option<Asked> {
    let kind = fields.need(subject_said::kind(request.kind()), "kind", "is missing");
    let parties = subject_said::codes(fields, &request.parties, "parties");
    let subject = subject_said::subject(fields, request.subject);
    Some(Asked { name: String::new(), kind: kind?, parties, subject: subject? })
}

fn suggestion(near: Near) -> pb::Suggestion {
    pb::Suggestion {
        precedent: Some(message::precedent(&near.precedent)),
        similarity: f64::from(near.similarity),
        reasons: near.reasons,
    }
}
