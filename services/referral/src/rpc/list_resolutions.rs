//! Pages of the resolutions visible to the caller.

use proto::referral::v1 as pb;

use super::{
    Call,
    record::{Columns, Listing, list},
    shown,
};
use crate::{Referral, domain::resolution::Resolution, error::Error};

/// What a filter may name.
pub(super) const COLUMNS: Columns = &[
    ("state", "state"),
    ("owner", "receiver"),
    ("meeting", "below"),
    ("docket", "docket"),
    ("open", "open"),
    ("late", "overdue"),
];

pub(super) async fn list_resolutions(
    service: &Referral,
    call: &Call,
    request: pb::ListResolutionsRequest,
) -> Result<pb::ListResolutionsResponse, Error> {
    let pb::ListResolutionsRequest { page_size, page_token, filter } = request;
    let listing = Listing { page_size, page_token, filter };
    let show = |one: &Resolution, _: &_| shown::resolution(one);
    let (resolutions, next_page_token) = list(service, call, &listing, COLUMNS, show).await?;
    Ok(pb::ListResolutionsResponse { resolutions, next_page_token })
}
