//! The custody chain of an item, oldest first.

use proto::evidence::v1 as pb;

use super::{Call, convert, list_items::Page};
use crate::{Evidence, error::Error, store};

pub(super) async fn list_custody(
    service: &Evidence,
    call: Call,
    request: pb::ListCustodyRequest,
) -> Result<pb::ListCustodyResponse, Error> {
    let asked = Page::read(&request.item, request.page_size, &request.page_token)?;
    let reader = service.db.reader();
    store::item(reader, &call.agency, &request.item).await?;
    let mut events = store::chain(reader, &request.item, asked.after, asked.want()).await?;
    let next_page_token = asked.cut(&mut events, |event| event.sequence);
    let events = events.iter().map(convert::custody_event).collect();
    Ok(pb::ListCustodyResponse { events, next_page_token })
}
