//! Reads a docket with the referrals in it, as far as the caller may see them.

use proto::referral::v1 as pb;

use super::{Call, convert};
use crate::{
    Referral,
    domain::{branch, screening},
    error::Error,
    store,
};

pub(super) async fn get_docket(
    service: &Referral,
    call: &Call,
    request: pb::GetDocketRequest,
) -> Result<pb::GetDocketResponse, Error> {
    let reader = service.db.reader();
    let docket = store::docket(reader, &call.agency, &request.name).await?;
    let legs = store::legs_of_docket(reader, &call.agency, &request.name).await?;
    let branches = branch::of(&docket, &store::all_legs(reader, &request.name).await?);
    let disputes = store::open_disputes(reader, &request.name).await?;
    let suggestions = screening::screen(&docket.facts).unwrap_or_default();
    Ok(pb::GetDocketResponse {
        docket: Some(convert::docket(&docket, &suggestions, disputes.first())),
        referrals: legs.iter().map(convert::leg).collect(),
        branches: Some(convert::branches(&branches)),
    })
}
