//! Says what a revision would change and what is wrong with it, and keeps nothing.

use prost::Message as _;
use proto::catalogue::v1 as pb;

use super::examine::{CHANGES, digest, examine};
use crate::{Catalogue, convert, domain::reader::Reader, error::Error};

/// The most bytes of changes in an answer: below the 4 MiB of a message.
const BYTES: usize = 3 << 20;

pub(super) async fn preview_revision(
    service: &Catalogue,
    request: pb::PreviewRevisionRequest,
    reader: &Reader,
) -> Result<pb::PreviewRevisionResponse, Error> {
    let mut fields = server::Fields::default();
    let changes = fields.need(request.changes, "changes", "are missing");
    let many = changes.as_ref().is_some_and(|sent| sent.put.len() + sent.remove.len() > CHANGES);
    fields.check(!many, "changes", "are more than 10000");
    fields.check(request.base_revision >= 0, "base_revision", "is negative");
    fields.done()?;
    let changes = changes.unwrap_or_default();
    let draft = examine(service, &changes, false).await?;
    if draft.snapshot.revision() != request.base_revision {
        return Err(Error::Stale);
    }
    let (mut entry_changes, mut bytes) = (Vec::new(), 0);
    for change in &draft.examined.changes {
        let change = convert::change(change, reader);
        bytes += change.encoded_len();
        if bytes > BYTES {
            break;
        }
        entry_changes.push(change);
    }
    let left_off = draft.examined.changes.len() - entry_changes.len();
    Ok(pb::PreviewRevisionResponse {
        entry_changes,
        power_moves: draft.examined.moves.iter().map(convert::power_move).collect(),
        faults: draft.examined.faults.iter().map(convert::fault).collect(),
        preview_sha256: digest(&changes),
        base_revision: request.base_revision,
        changes_left_off: i32::try_from(left_off).unwrap_or(i32::MAX),
    })
}
