//! Reads an item.

use proto::evidence::v1 as pb;

use super::{Call, convert};
use crate::{Evidence, error::Error, store};

pub(super) async fn get_item(
    service: &Evidence,
    call: Call,
    request: pb::GetItemRequest,
) -> Result<pb::GetItemResponse, Error> {
    let reader = service.db.reader();
    let item = store::item(reader, &call.agency, &request.name).await?;
    let contents = store::contents_of(reader, &[request.name]).await?;
    let day = clock::legal_date(service.clock.now());
    let message = convert::item(&item, &contents, &service.calendar, day);
    Ok(pb::GetItemResponse { item: Some(message) })
}
