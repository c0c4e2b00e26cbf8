//! Notes that a decision was served.

use proto::supervision::v1 as pb;

use super::{
    Call,
    change_decision::{Deed, Which, change},
    decision_said,
};
use crate::{
    Supervision,
    domain::{law, word::Service},
    error::Error,
};

pub(super) async fn serve_decision(
    service: &Supervision,
    call: Call,
    request: pb::ServeDecisionRequest,
) -> Result<pb::ServeDecisionResponse, Error> {
    let pb::ServeDecisionRequest { request_id, name, etag, officer, .. } = request;
    let which = Which { request_id, name, etag, officer };
    let today = clock::legal_date(service.clock.now());
    let mut fields = server::Fields::default();
    let version = which.check(&mut fields);
    let on = decision_said::past_day(&mut fields, &request.served_on, "served_on", today);
    let by = Service::parse(&request.served_by);
    let by = fields.need(by, "served_by", "is missing or unknown");
    decision_said::needed_digest(&mut fields, &request.record_digest, "record_digest");
    fields.done()?;
    let by = by.ok_or(Error::Corrupt("served_by"))?;

    let deed = Deed { method: "ServeDecision", kind: "DECISION_SERVED", law: law::S_09 };
    let answer = |decision| pb::ServeDecisionResponse { decision: Some(decision) };
    let record = request.record_digest;
    change(service, call, (which, version, on), deed, answer, move |one, done| {
        one.serve(done, by, record)
    })
    .await
}
