//! The journal of this service, for the transparency log.

use ::events::{Asked, Unread};
use proto::arbitration::v1 as pb;
use server::Violations;

use crate::{Arbitration, error::Error};

pub(super) async fn read_journal(
    service: &Arbitration,
    request: pb::ReadJournalRequest,
) -> Result<pb::ReadJournalResponse, Error> {
    let pb::ReadJournalRequest { cursor, page_size, wait_ms, row_id } = request;
    let asked = Asked { cursor, page_size, wait_ms, row_id };
    match ::events::read_journal(&service.db, "arbitration", &asked).await {
        Ok(read) => Ok(pb::ReadJournalResponse { rows: read.rows, next_cursor: read.next_cursor }),
        Err(Unread::Field(field, fault)) => Err(Violations::of(field, fault).into()),
        Err(Unread::Corrupt(_)) => Err(Error::Corrupt("journal.marks")),
        Err(Unread::Storage(error)) => Err(error.into()),
    }
}
