//! Reads a dispute, with its terms and the steps open to the caller.

use proto::arbitration::v1 as pb;

use super::Call;
use crate::{Arbitration, domain::engine, error::Error, message, store};

pub(super) async fn get_dispute(
    service: &Arbitration,
    call: &Call,
    request: pb::GetDisputeRequest,
) -> Result<pb::GetDisputeResponse, Error> {
    let now = service.clock.now();
    let dispute = store::dispute(service.db.reader(), &call.agency, &request.name).await?;
    let dispute = dispute.as_of(now);
    let open = engine::open_rows(&dispute, &call.agency, now);
    Ok(pb::GetDisputeResponse {
        terms: dispute.terms.iter().map(message::term).collect(),
        open_steps: open.into_iter().map(message::open_step).collect(),
        next_actors: message::codes(&engine::next_actors(&dispute)),
        dispute: Some(message::dispute(&dispute)),
    })
}
