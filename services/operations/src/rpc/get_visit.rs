//! One visit, for who takes part, and for the guidance office.

use proto::operations::v1 as pb;

use super::{Call, convert};
use crate::{Operations, domain::visit::Visit, error::Error, store};

pub(super) async fn get_visit(
    service: &Operations,
    call: &Call,
    request: pb::GetVisitRequest,
) -> Result<pb::GetVisitResponse, Error> {
    let visit: Visit = store::read(service.db.reader(), &call.agency, &request.name).await?;
    Ok(pb::GetVisitResponse { visit: Some(convert::visit::visit(&visit)) })
}
