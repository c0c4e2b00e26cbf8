//! One schedule: for the guidance office, and once it is published for the bodies in it.

use proto::operations::v1 as pb;

use super::{Call, convert};
use crate::{Operations, domain::schedule::Schedule, error::Error, store};

pub(super) async fn get_schedule(
    service: &Operations,
    call: &Call,
    request: pb::GetScheduleRequest,
) -> Result<pb::GetScheduleResponse, Error> {
    let schedule: Schedule = store::read(service.db.reader(), &call.agency, &request.name).await?;
    Ok(pb::GetScheduleResponse { schedule: Some(convert::schedule::schedule(&schedule)) })
}
