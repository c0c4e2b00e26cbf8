//! Proves that the log only grew from one size to another.

use proto::supervision::v1 as pb;

use super::ask;
use crate::{Supervision, error::Error};

pub(super) async fn get_consistency_proof(
    service: &Supervision,
    request: pb::GetConsistencyProofRequest,
) -> Result<pb::GetConsistencyProofResponse, Error> {
    let pb::GetConsistencyProofRequest { first_size, second_size } = request;
    let mut fields = server::Fields::default();
    // Every tree begins with the empty one: that needs no proof, and has none.
    fields.check(first_size >= 1, "first_size", "is not at least 1");
    fields.check(second_size >= 0, "second_size", "is less than 0");
    let order = second_size <= 0 || first_size <= second_size;
    fields.check(order, "second_size", "is less than first_size");
    fields.done()?;

    let second = service.signed(second_size).await?;
    let first = service.signed(first_size).await?;
    if first.size > second.size {
        // The latest was asked for, and the log grew between the two looks.
        return Err(Error::TreeSizeUnknown { asked: first_size, size: second.size });
    }
    let proof = service.consistency(&first, &second).await?;
    Ok(pb::GetConsistencyProofResponse {
        second_size: ask::count(second.size)?,
        proof: ask::hashes(&proof),
        checkpoint: second.note,
    })
}
