//! One joint operation, for who may see it.

use proto::operations::v1 as pb;

use super::{Call, convert};
use crate::{Operations, domain::operation::Operation, error::Error, store};

pub(super) async fn get_operation(
    service: &Operations,
    call: &Call,
    request: pb::GetOperationRequest,
) -> Result<pb::GetOperationResponse, Error> {
    let operation: Operation =
        store::read(service.db.reader(), &call.agency, &request.name).await?;
    Ok(pb::GetOperationResponse { operation: Some(convert::operation::operation(&operation)) })
}
