//! An invited body says whether it comes; until the minutes are there it may say otherwise.

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

pub(super) async fn confirm_attendance(
    service: &Referral,
    call: Call,
    request: pb::ConfirmAttendanceRequest,
) -> Result<pb::ConfirmAttendanceResponse, Error> {
    let asked = Change {
        request_id: request.request_id,
        method: "ConfirmAttendance",
        name: request.name,
        etag: request.etag,
        officer: request.officer,
    };
    let mut fields = server::Fields::default();
    asked.check(&mut fields);
    let enough = request.attends || !request.reason.trim().is_empty();
    fields.check(enough, "reason", "is missing: who does not come says why");
    fields.check(request.reason.len() <= TEXT_MAX, "reason", "is longer than 8192 bytes");
    let said = (request.attends, request.reason);
    fields.done()?;
    let decide = move |one: &mut Meeting, known: &Known| {
        let comes = if said.0 { "comes" } else { "does not come" };
        let first = one.awaited(&known.by);
        one.confirm(&known.by, said)?;
        let mine = one.attendances.iter().filter(|mine| first && mine.agency == known.by);
        let exchanges = mine.map(|mine| events::invitation(one, mine, known.now)).collect();
        let summary = format!("{} {comes} to the joint meeting of {}", known.by, one.convener);
        Ok(Deed { kind: "MEETING_ATTENDANCE_CONFIRMED", law: MEETING, summary, exchanges })
    };
    let answer = |one: &Meeting, dockets: &_| pb::ConfirmAttendanceResponse {
        meeting: Some(shown::meeting(one, dockets)),
    };
    change(service, call, asked, decide, answer).await
}
