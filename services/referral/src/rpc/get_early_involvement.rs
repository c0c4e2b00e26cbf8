//! Reads what an agency told the police before there is a referral.

use proto::referral::v1 as pb;

use super::{Call, shown};
use crate::{Referral, domain::involvement::Involvement, error::Error, store};

pub(super) async fn get_early_involvement(
    service: &Referral,
    call: &Call,
    request: pb::GetEarlyInvolvementRequest,
) -> Result<pb::GetEarlyInvolvementResponse, Error> {
    let one: Involvement = store::kept(service.db.reader(), &call.agency, &request.name).await?;
    Ok(pb::GetEarlyInvolvementResponse { early_involvement: Some(shown::involvement(&one)) })
}
