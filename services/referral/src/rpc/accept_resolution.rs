//! The convener accepts the report of a resolution.

use proto::referral::v1 as pb;

use super::{
    Call,
    record::{Change, Deed, Known, change},
    shown,
};
use crate::{
    Referral,
    domain::{linkage::MEETING, resolution::Resolution},
    error::Error,
    events::linkage as events,
};

pub(super) async fn accept_resolution(
    service: &Referral,
    call: Call,
    request: pb::AcceptResolutionRequest,
) -> Result<pb::AcceptResolutionResponse, Error> {
    let asked = Change {
        request_id: request.request_id,
        method: "AcceptResolution",
        name: request.name,
        etag: request.etag,
        officer: request.officer,
    };
    let mut fields = server::Fields::default();
    asked.check(&mut fields);
    fields.done()?;
    let decide = move |one: &mut Resolution, known: &Known| {
        one.accept(&known.by, known.now)?;
        Ok(Deed {
            kind: "RESOLUTION_ACCEPTED",
            law: MEETING,
            summary: format!("{} accepted the report of {}", one.convener, one.owner),
            exchanges: events::report(one, known.now),
        })
    };
    let answer = |one: &Resolution, _: &_| pb::AcceptResolutionResponse {
        resolution: Some(shown::resolution(one)),
    };
    change(service, call, asked, decide, answer).await
}
