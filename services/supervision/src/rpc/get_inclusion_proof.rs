//! Proves that a row is in the log; waits for it if asked to.

use proto::supervision::v1 as pb;

use super::ask;
use crate::{Supervision, error::Error, store::Sought};

pub(super) async fn get_inclusion_proof(
    service: &Supervision,
    request: pb::GetInclusionProofRequest,
) -> Result<pb::GetInclusionProofResponse, Error> {
    let pb::GetInclusionProofRequest { service: journal, row_id, tree_size, wait_ms } = request;
    let mut fields = server::Fields::default();
    ask::check_service(service, &mut fields, &journal);
    fields.check(row_id >= 1, "row_id", "is not the number of a row");
    fields.check(tree_size >= 0, "tree_size", "is less than 0");
    let wait = ask::wait(&mut fields, wait_ms);
    fields.done()?;

    let leaf = ask::leaf(service, Sought::Row { service: &journal, row_id }, wait).await?;
    let tree = service.signed(tree_size).await?;
    let absent = Error::NotIncluded { service: journal, row_id, tree_size: tree.size };
    let leaf = leaf.filter(|leaf| leaf.index < tree.size).ok_or(absent)?;
    let proof = service.inclusion(&leaf, &tree).await?;
    Ok(pb::GetInclusionProofResponse {
        leaf_index: ask::count(leaf.index)?,
        tree_size: ask::count(tree.size)?,
        proof: ask::hashes(&proof),
        checkpoint: tree.note,
        entry: leaf.entry.bytes(),
    })
}
