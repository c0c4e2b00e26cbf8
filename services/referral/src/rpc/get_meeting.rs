//! Reads a meeting, as far as the caller may see its agenda, and its newest resolutions.

use proto::referral::v1 as pb;

use super::{
    Call, list_resolutions,
    record::{Listing, list},
    shown,
};
use crate::{
    Referral,
    domain::{meeting::Meeting, resolution::Resolution},
    error::Error,
    store::{self, Kept as _},
};

/// The most resolutions in one answer; fewer where they are long.
const RESOLUTIONS_MAX: i32 = 1000;

pub(super) async fn get_meeting(
    service: &Referral,
    call: &Call,
    request: pb::GetMeetingRequest,
) -> Result<pb::GetMeetingResponse, Error> {
    let (reader, by) = (service.db.reader(), &call.agency);
    let meeting: Meeting = store::kept(reader, by, &request.name).await?;
    let dockets = store::seen(reader, by, &meeting.dockets()).await?;
    let filter = format!("meeting = \"{}\"", meeting.name);
    let listing = Listing { page_size: RESOLUTIONS_MAX, page_token: String::new(), filter };
    let show = |one: &Resolution, _: &_| shown::resolution(one);
    let (resolutions, _) = list(service, call, &listing, list_resolutions::COLUMNS, show).await?;
    Ok(pb::GetMeetingResponse { meeting: Some(shown::meeting(&meeting, &dockets)), resolutions })
}
