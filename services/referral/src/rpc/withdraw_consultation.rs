//! The asker takes its question back.

use proto::referral::v1 as pb;

use super::{
    Call,
    record::{Change, Deed, Known, TEXT_MAX, change},
    shown,
};
use crate::{
    Referral, domain::consultation::Consultation, error::Error, events::linkage as events,
};

pub(super) async fn withdraw_consultation(
    service: &Referral,
    call: Call,
    request: pb::WithdrawConsultationRequest,
) -> Result<pb::WithdrawConsultationResponse, Error> {
    let asked = Change {
        request_id: request.request_id,
        method: "WithdrawConsultation",
        name: request.name,
        etag: request.etag,
        officer: request.officer,
    };
    let mut fields = server::Fields::default();
    asked.check(&mut fields);
    fields.text(&request.reason, TEXT_MAX, "reason");
    let reason = request.reason;
    fields.done()?;
    let decide = move |one: &mut Consultation, known: &Known| {
        one.withdraw(&known.by, reason, known.now)?;
        Ok(Deed {
            kind: "CONSULTATION_WITHDRAWN",
            law: one.law(&known.bodies),
            summary: format!("{} took its question to {} back", one.asker, one.asked),
            exchanges: events::question_ended(one, known.now),
        })
    };
    let answer = |one: &Consultation, _: &_| pb::WithdrawConsultationResponse {
        consultation: Some(shown::consultation(one)),
    };
    change(service, call, asked, decide, answer).await
}
