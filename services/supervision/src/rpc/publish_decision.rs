//! Notes that a decision was published.

use proto::supervision::v1 as pb;

use super::{
    Call,
    change_decision::{Deed, Which, change},
    decision_said,
};
use crate::{Supervision, domain::law, error::Error};

pub(super) async fn publish_decision(
    service: &Supervision,
    call: Call,
    request: pb::PublishDecisionRequest,
) -> Result<pb::PublishDecisionResponse, Error> {
    let pb::PublishDecisionRequest { request_id, name, etag, officer, place, digest, .. } = request;
    let which = Which { request_id, name, etag, officer };
    let today = clock::legal_date(service.clock.now());
    let mut fields = server::Fields::default();
    let version = which.check(&mut fields);
    let on = decision_said::past_day(&mut fields, &request.published_on, "published_on", today);
    fields.text(&place, 512, "place");
    decision_said::needed_digest(&mut fields, &digest, "digest");
    fields.done()?;

    let deed = Deed { method: "PublishDecision", kind: "DECISION_PUBLISHED", law: law::S_01 };
    let answer = |decision| pb::PublishDecisionResponse { decision: Some(decision) };
    change(service, call, (which, version, on), deed, answer, move |one, done| {
        one.publish(done, place, digest)
    })
    .await
}
