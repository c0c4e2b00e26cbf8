//! The journal of this service, for the transparency log.

use ::events::{Asked, Unread};
use proto::evidence::v1 as pb;
use server::Violations;

use crate::{Evidence, error::Error};

pub(super) async fn read_journal(
    service: &Evidence,
    request: pb::ReadJournalRequest,
) -> Result<pb::ReadJournalResponse, Error> {
    let asked = Asked {
        cursor: request.cursor,
        page_size: request.page_size,
        wait_ms: request.wait_ms,
        row_id: request.row_id,
    };
    match ::events::read_journal(&service.db, "evidence", &asked).await {
        Ok(read) => Ok(pb::ReadJournalResponse { rows: read.rows, next_cursor: read.next_cursor }),
        Err(Unread::Field(field, fault)) => Err(Violations::of(field, fault).into()),
        Err(Unread::Corrupt(_)) => Err(Error::Corrupt("journal.marks")),
        Err(Unread::Storage(error)) => Err(error.into()),
    }
}
