//! One plan, for who may see it.

use proto::operations::v1 as pb;

use super::{Call, convert};
use crate::{Operations, domain::plan::Plan, error::Error, store};

pub(super) async fn get_plan(
    service: &Operations,
    call: &Call,
    request: pb::GetPlanRequest,
) -> Result<pb::GetPlanResponse, Error> {
    let plan: Plan = store::read(service.db.reader(), &call.agency, &request.name).await?;
    Ok(pb::GetPlanResponse { plan: Some(convert::plan::plan(&plan)) })
}
