//! The journal of this service, for whoever reads journals over the wire.

use ::events::{Asked, Unread, read_journal as read};
use proto::supervision::v1 as pb;

use crate::{Supervision, error::Error};

pub(super) async fn read_journal(
    service: &Supervision,
    request: pb::ReadJournalRequest,
) -> Result<pb::ReadJournalResponse, Error> {
    let pb::ReadJournalRequest { cursor, page_size, wait_ms, row_id } = request;
    let asked = Asked { cursor, page_size, wait_ms, row_id };
    let read = read(&service.db, "supervision", &asked).await.map_err(|unread| match unread {
        Unread::Field(field, fault) => Error::Fields(server::Violations::of(field, fault)),
        Unread::Storage(error) => error.into(),
        Unread::Corrupt(_) => Error::Corrupt("journal.marks"),
    })?;
    Ok(pb::ReadJournalResponse { rows: read.rows, next_cursor: read.next_cursor })
}
