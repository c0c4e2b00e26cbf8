//! Pages of the meetings that the caller convened or is invited to, newest first.

use proto::referral::v1 as pb;

use super::{
    Call,
    record::{Columns, Listing, list},
    shown,
};
use crate::{Referral, error::Error};

const COLUMNS: Columns = &[("state", "state"), ("convener", "sender")];

pub(super) async fn list_meetings(
    service: &Referral,
    call: &Call,
    request: pb::ListMeetingsRequest,
) -> Result<pb::ListMeetingsResponse, Error> {
    let pb::ListMeetingsRequest { page_size, page_token, filter } = request;
    let listing = Listing { page_size, page_token, filter };
    let (meetings, next_page_token) =
        list(service, call, &listing, COLUMNS, shown::meeting).await?;
    Ok(pb::ListMeetingsResponse { meetings, next_page_token })
}
