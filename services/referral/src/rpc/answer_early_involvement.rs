//! The police join in, or say why not (T-09b).

use proto::referral::v1 as pb;

use super::{
    Call,
    record::{Change, Deed, Known, TEXT_MAX, change},
    shown,
};
use crate::{
    Referral,
    domain::{involvement::Involvement, linkage::T_09B},
    error::Error,
    events::linkage as events,
};

pub(super) async fn answer_early_involvement(
    service: &Referral,
    call: Call,
    request: pb::AnswerEarlyInvolvementRequest,
) -> Result<pb::AnswerEarlyInvolvementResponse, Error> {
    let asked = Change {
        request_id: request.request_id,
        method: "AnswerEarlyInvolvement",
        name: request.name,
        etag: request.etag,
        officer: request.officer,
    };
    let mut fields = server::Fields::default();
    asked.check(&mut fields);
    fields.text(&request.answer, TEXT_MAX, "answer");
    let said = (request.joins, request.answer);
    fields.done()?;
    let decide = move |one: &mut Involvement, known: &Known| {
        let stepped = said.0;
        one.answer(&known.by, said, known.now)?;
        let joins = if stepped { "steps in early" } else { "does not step in early" };
        Ok(Deed {
            kind: "EARLY_INVOLVEMENT_ANSWERED",
            law: T_09B,
            summary: format!("{} {joins} for {}", one.to, one.from),
            exchanges: vec![events::involvement(one, known.now)],
        })
    };
    let answer = |one: &Involvement, _: &_| pb::AnswerEarlyInvolvementResponse {
        early_involvement: Some(shown::involvement(one)),
    };
    change(service, call, asked, decide, answer).await
}
