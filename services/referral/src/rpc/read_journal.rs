//! The journal as the transparency log reads it.

use events::{Asked, Unread, read_journal as read};
use proto::referral::v1 as pb;

use crate::{Referral, error::Error};

pub(super) async fn read_journal(
    service: &Referral,
    request: pb::ReadJournalRequest,
) -> Result<pb::ReadJournalResponse, Error> {
    let pb::ReadJournalRequest { cursor, page_size, wait_ms, row_id } = request;
    let asked = Asked { cursor, page_size, wait_ms, row_id };
    let read = read(&service.db, "referral", &asked).await.map_err(|unread| match unread {
        Unread::Field(field, fault) => Error::Fields(server::Violations::of(field, fault)),
        Unread::Corrupt(_) => Error::Corrupt("journal.marks"),
        Unread::Storage(error) => error.into(),
    })?;
    Ok(pb::ReadJournalResponse { rows: read.rows, next_cursor: read.next_cursor })
}
