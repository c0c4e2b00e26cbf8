//! The latest signed checkpoint.

use proto::supervision::v1 as pb;

use super::ask;
use crate::{Supervision, error::Error};

pub(super) async fn get_checkpoint(
    service: &Supervision,
) -> Result<pb::GetCheckpointResponse, Error> {
    let tree = service.signed(0).await?;
    let root = tree.root.ok_or(Error::Corrupt("the last checkpoint"))?;
    Ok(pb::GetCheckpointResponse {
        checkpoint: tree.note,
        tree_size: ask::count(tree.size)?,
        root: root.0.to_vec(),
    })
}
