//! Notes that a publication was withdrawn, with what the public is told.

use proto::supervision::v1 as pb;

use super::{
    Call,
    change_decision::{Deed, Which, change},
    decision_said,
};
use crate::{Supervision, domain::law, error::Error};

pub(super) async fn withdraw_publication(
    service: &Supervision,
    call: Call,
    request: pb::WithdrawPublicationRequest,
) -> Result<pb::WithdrawPublicationResponse, Error> {
    let pb::WithdrawPublicationRequest { request_id, name, etag, officer, explanation, .. } =
        request;
    let which = Which { request_id, name, etag, officer };
    let today = clock::legal_date(service.clock.now());
    let mut fields = server::Fields::default();
    let version = which.check(&mut fields);
    let on = decision_said::past_day(&mut fields, &request.withdrawn_on, "withdrawn_on", today);
    fields.text(&explanation, 4096, "explanation");
    fields.done()?;

    let deed =
        Deed { method: "WithdrawPublication", kind: "PUBLICATION_WITHDRAWN", law: law::S_02 };
    let answer = |decision| pb::WithdrawPublicationResponse { decision: Some(decision) };
    change(service, call, (which, version, on), deed, answer, move |one, done| {
        one.withdraw(done, explanation)
    })
    .await
}
