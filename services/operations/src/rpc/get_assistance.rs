//! One request for assistance, for who sent or received it, or whom it went up to.

use proto::operations::v1 as pb;

use super::{Call, convert};
use crate::{Operations, domain::assistance::Assistance, error::Error, store};

pub(super) async fn get_assistance(
    service: &Operations,
    call: &Call,
    request: pb::GetAssistanceRequest,
) -> Result<pb::GetAssistanceResponse, Error> {
    let one: Assistance = store::read(service.db.reader(), &call.agency, &request.name).await?;
    let assistance_request = Some(convert::assistance::assistance(&one));
    Ok(pb::GetAssistanceResponse { assistance_request })
}
