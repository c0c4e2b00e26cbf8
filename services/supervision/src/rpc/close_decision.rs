//! Closes a decision whose whole process is on record.

use proto::supervision::v1 as pb;

use super::{
    Call,
    change_decision::{Deed, Which, change},
    decision_said,
};
use crate::{Supervision, domain::law, error::Error};

pub(super) async fn close_decision(
    service: &Supervision,
    call: Call,
    request: pb::CloseDecisionRequest,
) -> Result<pb::CloseDecisionResponse, Error> {
    let pb::CloseDecisionRequest { request_id, name, etag, officer, execution_digest } = request;
    let which = Which { request_id, name, etag, officer };
    let mut fields = server::Fields::default();
    let version = which.check(&mut fields);
    // It may be missing: then the rule is told, not the field.
    decision_said::digest(&mut fields, &execution_digest, "execution_digest");
    fields.done()?;

    let deed = Deed { method: "CloseDecision", kind: "DECISION_CLOSED", law: law::S_03 };
    let answer = |decision| pb::CloseDecisionResponse { decision: Some(decision) };
    change(service, call, (which, version, None), deed, answer, move |one, done| {
        one.close(execution_digest, done.now)
    })
    .await
}
