//! Pages of what agencies told the police before there is a referral, newest first.

use proto::referral::v1 as pb;

use super::{
    Call,
    record::{Columns, Listing, list},
    shown,
};
use crate::{Referral, domain::involvement::Involvement, error::Error};

const COLUMNS: Columns = &[
    ("state", "state"),
    ("from_agency", "sender"),
    ("to_agency", "receiver"),
    ("docket", "docket"),
    ("late", "late"),
];

pub(super) async fn list_early_involvements(
    service: &Referral,
    call: &Call,
    request: pb::ListEarlyInvolvementsRequest,
) -> Result<pb::ListEarlyInvolvementsResponse, Error> {
    let pb::ListEarlyInvolvementsRequest { page_size, page_token, filter } = request;
    let listing = Listing { page_size, page_token, filter };
    let show = |one: &Involvement, _: &_| shown::involvement(one);
    let (early_involvements, next_page_token) =
        list(service, call, &listing, COLUMNS, show).await?;
    Ok(pb::ListEarlyInvolvementsResponse { early_involvements, next_page_token })
}
