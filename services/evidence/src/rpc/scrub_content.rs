//! Reads stored content again and compares it with its digest. For the operator.

use std::time::Duration;

use proto::evidence::v1 as pb;
use tokio::time::Instant;

use super::{content_said as said, list_content_faults::told};
use crate::{Evidence, error::Error, store};

/// After so long no further content is begun: the call must end in its time.
const LONGEST: Duration = Duration::from_secs(15);

pub(super) async fn scrub_content(
    service: &Evidence,
    request: pb::ScrubContentRequest,
) -> Result<pb::ScrubContentResponse, Error> {
    let conn = service.db.reader();
    let mut fields = server::Fields::default();
    let limit = match request.limit {
        0 => Some(100),
        limit => u64::try_from(limit).ok().filter(|limit| *limit <= 1000),
    };
    let limit = fields.need(limit, "limit", "is not between 0 and 1000").unwrap_or_default();
    let one = match request.sha256.as_str() {
        "" => None,
        sha256 => Some(said::digest(&mut fields, sha256, "sha256")),
    };
    fields.done()?;
    let blobs = match one {
        Some(sha256) => vec![store::blob(conn, &sha256).await?.ok_or(Error::NotFound("content"))?],
        None => store::unread_blobs(conn, service.vault.wire().now(), limit).await?,
    };

    let (began, mut whole, mut faults) = (Instant::now(), 0, Vec::new());
    for blob in blobs {
        match service.scrub(&blob, None).await? {
            "" => whole += 1,
            _ => {
                let now = store::blob(conn, &blob.sha256).await?.unwrap_or(blob);
                faults.push(told(service, &now).await?);
            }
        }
        if began.elapsed() > LONGEST {
            break;
        }
    }
    Ok(pb::ScrubContentResponse { whole, faults })
}
