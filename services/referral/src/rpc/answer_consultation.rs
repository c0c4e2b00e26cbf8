//! The asked body answers with reasons; late answers are taken and marked.

use proto::referral::v1 as pb;

use super::{
    Call,
    record::{Change, Deed, Known, TEXT_MAX, change},
    shown,
};
use crate::{
    Referral, domain::consultation::Consultation, error::Error, events::linkage as events,
};

pub(super) async fn answer_consultation(
    service: &Referral,
    call: Call,
    request: pb::AnswerConsultationRequest,
) -> Result<pb::AnswerConsultationResponse, Error> {
    let asked = Change {
        request_id: request.request_id,
        method: "AnswerConsultation",
        name: request.name,
        etag: request.etag,
        officer: request.officer,
    };
    let mut fields = server::Fields::default();
    asked.check(&mut fields);
    fields.text(&request.answer, TEXT_MAX, "answer");
    fields.text(&request.reasons, TEXT_MAX, "reasons");
    let said = (request.answer, request.reasons);
    fields.done()?;
    let decide = move |one: &mut Consultation, known: &Known| {
        one.answer(&known.by, said, (known.now, known.count()))?;
        let late = if one.late { ", after the term" } else { "" };
        Ok(Deed {
            kind: "CONSULTATION_ANSWERED",
            law: one.law(&known.bodies),
            summary: format!("{} answered the question of {}{late}", one.asked, one.asker),
            exchanges: events::question_ended(one, known.now),
        })
    };
    let answer = |one: &Consultation, _: &_| pb::AnswerConsultationResponse {
        consultation: Some(shown::consultation(one)),
    };
    change(service, call, asked, decide, answer).await
}
