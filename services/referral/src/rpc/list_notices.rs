//! Pages of the notices that the caller sent or received, newest first.

use proto::referral::v1 as pb;

use super::{
    Call,
    record::{Columns, Listing, list},
    shown,
};
use crate::{Referral, domain::notice::Notice, error::Error};

const COLUMNS: Columns = &[
    ("acknowledged", "!open"),
    ("from_agency", "sender"),
    ("to_agency", "receiver"),
    ("docket", "docket"),
    ("late", "late"),
];

pub(super) async fn list_notices(
    service: &Referral,
    call: &Call,
    request: pb::ListNoticesRequest,
) -> Result<pb::ListNoticesResponse, Error> {
    let pb::ListNoticesRequest { page_size, page_token, filter } = request;
    let listing = Listing { page_size, page_token, filter };
    let show = |one: &Notice, _: &_| shown::notice(one);
    let (notices, next_page_token) = list(service, call, &listing, COLUMNS, show).await?;
    Ok(pb::ListNoticesResponse { notices, next_page_token })
}
