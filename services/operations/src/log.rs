//! What the transparency log says: whether it has the frozen lists of a draw, and its checkpoint.

use std::time::Duration;

use proto::supervision::v1::{GetCheckpointRequest, GetInclusionProofRequest};

use crate::{Operations, error::Error};

/// That the log has a row of this service's journal.
pub(crate) async fn has(service: &Operations, row_id: i64) -> Result<(), Error> {
    let wait_ms = i32::try_from(service.settings.peer_wait_ms).unwrap_or(i32::MAX);
    let asked = GetInclusionProofRequest {
        service: "operations".to_owned(),
        row_id,
        tree_size: 0,
        wait_ms,
    };
    let mut client = service.supervision.clone();
    // It waits for the row itself; a little longer for its answer.
    let wait = Duration::from_millis(u64::from(service.settings.peer_wait_ms) + 500);
    match tokio::time::timeout(wait, client.get_inclusion_proof(asked)).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(status)) => Err(Error::Log(format!("row {row_id}: {}", status.message()))),
        Err(_) => Err(Error::Log(format!("row {row_id}: no answer"))),
    }
}

/// Size and root of the log's latest checkpoint: a value that nobody can choose.
pub(crate) async fn checkpoint(service: &Operations) -> Result<String, Error> {
    let mut client = service.supervision.clone();
    let wait = Duration::from_millis(service.settings.peer_wait_ms.into());
    let asked = client.get_checkpoint(GetCheckpointRequest {});
    match tokio::time::timeout(wait, asked).await {
        Ok(Ok(told)) => {
            let told = told.into_inner();
            let root: String = told.root.iter().map(|byte| format!("{byte:02x}")).collect();
            Ok(format!("{} {root}", told.tree_size))
        }
        Ok(Err(status)) => Err(Error::Log(status.message().to_owned())),
        Err(_) => Err(Error::Log("no answer".to_owned())),
    }
}
