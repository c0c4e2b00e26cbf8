//! The convener cancels a meeting of which there are no minutes: nobody waits for a word on it any more.

use proto::referral::v1 as pb;

use super::{
    Call,
    record::{Change, Deed, Known, TEXT_MAX, change},
    shown,
};
use crate::{
    Referral,
    domain::{linkage::MEETING, meeting::Meeting},
    error::Error,
    events::linkage as events,
};

pub(super) async fn cancel_meeting(
    service: &Referral,
    call: Call,
    request: pb::CancelMeetingRequest,
) -> Result<pb::CancelMeetingResponse, Error> {
    let asked = Change {
        request_id: request.request_id,
        method: "CancelMeeting",
        name: request.name,
        etag: request.etag,
        officer: request.officer,
    };
    let mut fields = server::Fields::default();
    asked.check(&mut fields);
    fields.text(&request.reason, TEXT_MAX, "reason");
    let reason = request.reason;
    fields.done()?;
    let decide = move |one: &mut Meeting, known: &Known| {
        one.cancel(&known.by, reason)?;
        Ok(Deed {
            kind: "MEETING_CANCELLED",
            law: MEETING,
            summary: format!("{} cancelled the joint meeting", one.convener),
            exchanges: events::silent(one, known.now),
        })
    };
    let answer = |one: &Meeting, dockets: &_| pb::CancelMeetingResponse {
        meeting: Some(shown::meeting(one, dockets)),
    };
    change(service, call, asked, decide, answer).await
}
