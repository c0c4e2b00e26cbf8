//! The convener records the minutes of a meeting that was held, with their digest.

use proto::referral::v1 as pb;

use super::{
    Call, convene_meeting, convert,
    record::{Change, Deed, Known, TEXT_MAX, change},
    shown,
};
use crate::{
    Referral,
    domain::{
        linkage::MEETING,
        meeting::{Meeting, Minutes},
    },
    error::Error,
    events::linkage as events,
};

/// Bytes of what concerns everybody.
const MINUTES_MAX: usize = 65_536;

pub(super) async fn record_minutes(
    service: &Referral,
    call: Call,
    request: pb::RecordMinutesRequest,
) -> Result<pb::RecordMinutesResponse, Error> {
    let asked = Change {
        request_id: request.request_id,
        method: "RecordMinutes",
        name: request.name,
        etag: request.etag,
        officer: request.officer,
    };
    let mut fields = server::Fields::default();
    asked.check(&mut fields);
    fields.text(&request.minutes, MINUTES_MAX, "minutes");
    for (at, item) in request.item_minutes.iter().enumerate() {
        let fault = "is longer than 8192 bytes";
        fields.check(item.len() <= TEXT_MAX, format!("item_minutes[{at}]"), fault);
    }
    let attended = convene_meeting::bodies(&request.attended, "attended", &mut fields);
    shown::check_digest(&mut fields, &request.sha256, "sha256");
    fields.done()?;

    let sha256 = match request.sha256.as_str() {
        "" => digest(&request.minutes, &request.item_minutes),
        original => original.to_lowercase(),
    };
    let minutes = Minutes { text: request.minutes, items: request.item_minutes, attended, sha256 };
    let decide = move |one: &mut Meeting, known: &Known| {
        one.record(&known.by, minutes, known.now)?;
        let digest = &one.minutes_sha256;
        Ok(Deed {
            kind: "MEETING_MINUTES_RECORDED",
            law: MEETING,
            summary: format!("{} recorded the minutes, SHA-256 {digest}", one.convener),
            exchanges: events::silent(one, known.now),
        })
    };
    let answer = |one: &Meeting, dockets: &_| pb::RecordMinutesResponse {
        meeting: Some(shown::meeting(one, dockets)),
    };
    change(service, call, asked, decide, answer).await
}

/// Of every text with its length, so that no letter changes sides.
fn digest(minutes: &str, items: &[String]) -> String {
    let mut bytes = Vec::new();
    for text in std::iter::once(minutes).chain(items.iter().map(String::as_str)) {
        bytes.extend(format!("{} ", text.len()).bytes());
        bytes.extend(text.bytes());
    }
    convert::hex(&auth::digest(&bytes))
}
