//! The convener does not accept a report: the owner owes it by a new day.

use proto::referral::v1 as pb;

use super::{
    Call,
    record::{Change, Deed, Known, TEXT_MAX, change},
    record_resolution::under_rule,
    shown,
};
use crate::{
    Referral,
    domain::{
        linkage::MEETING,
        resolution::{self, Resolution},
    },
    error::Error,
    events::linkage as events,
};

pub(super) async fn reopen_resolution(
    service: &Referral,
    call: Call,
    request: pb::ReopenResolutionRequest,
) -> Result<pb::ReopenResolutionResponse, Error> {
    let asked = Change {
        request_id: request.request_id,
        method: "ReopenResolution",
        name: request.name,
        etag: request.etag,
        officer: request.officer,
    };
    let mut fields = server::Fields::default();
    asked.check(&mut fields);
    fields.text(&request.reason, TEXT_MAX, "reason");
    let due_date = request.due_date.parse().ok();
    if let Some(fault) = resolution::day_fault(due_date, service.clock.now()) {
        fields.fault("due_date", fault);
    }
    under_rule(fields, &asked.name)?;
    let due_date = due_date.ok_or(Error::Corrupt("due_date"))?;
    let reason = request.reason;
    let decide = move |one: &mut Resolution, known: &Known| {
        one.reopen(&known.by, (reason, due_date), (known.now, known.count()))?;
        let (convener, owner) = (&one.convener, &one.owner);
        let summary =
            format!("{convener} reopened a resolution: {owner} owes it by {}", one.due_date);
        let exchanges = events::report(one, known.now);
        Ok(Deed { kind: "RESOLUTION_REOPENED", law: MEETING, summary, exchanges })
    };
    let answer = |one: &Resolution, _: &_| pb::ReopenResolutionResponse {
        resolution: Some(shown::resolution(one)),
    };
    change(service, call, asked, decide, answer).await
}
