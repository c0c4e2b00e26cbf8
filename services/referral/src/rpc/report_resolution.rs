//! The owner reports that a resolution is done, in time or late.

use proto::referral::v1 as pb;

use super::{
    Call,
    record::{Change, Deed, Known, TEXT_MAX, change},
    shown,
};
use crate::{
    Referral,
    domain::{linkage::MEETING, resolution::Resolution},
    error::Error,
    events::linkage as events,
};

pub(super) async fn report_resolution(
    service: &Referral,
    call: Call,
    request: pb::ReportResolutionRequest,
) -> Result<pb::ReportResolutionResponse, Error> {
    let asked = Change {
        request_id: request.request_id,
        method: "ReportResolution",
        name: request.name,
        etag: request.etag,
        officer: request.officer,
    };
    let mut fields = server::Fields::default();
    asked.check(&mut fields);
    fields.text(&request.report, TEXT_MAX, "report");
    let report = request.report;
    fields.done()?;
    let decide = move |one: &mut Resolution, known: &Known| {
        one.report(&known.by, report, known.now)?;
        Ok(Deed {
            kind: "RESOLUTION_REPORTED",
            law: MEETING,
            summary: format!("{} reported a resolution of {} as done", one.owner, one.meeting),
            exchanges: events::report(one, known.now),
        })
    };
    let answer = |one: &Resolution, _: &_| pb::ReportResolutionResponse {
        resolution: Some(shown::resolution(one)),
    };
    change(service, call, asked, decide, answer).await
}
