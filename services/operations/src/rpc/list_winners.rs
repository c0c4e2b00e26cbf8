//! Who was drawn: a body sees its own until the draw is opened, the office sees all.

use proto::operations::v1 as pb;

use super::{Call, asked, convert};
use crate::{
    Operations,
    domain::{draw::Draw, word::DrawState},
    error::Error,
    store,
};

pub(super) async fn list_winners(
    service: &Operations,
    call: &Call,
    request: pb::ListWinnersRequest,
) -> Result<pb::ListWinnersResponse, Error> {
    let mut fields = server::Fields::default();
    let page = asked::page(&mut fields, request.page_size, &request.page_token, &request.name);
    let after = page.cursor.as_deref().map_or(Some(0), |cursor| cursor.parse().ok());
    let after = fields.need(after, "page_token", "does not belong to this list");
    fields.done()?;
    let reader = service.db.reader();
    let draw = store::public::<Draw>(reader, &request.name).await?;
    let draw = draw.ok_or(Error::NotFound("draw"))?;
    let all = draw.office == call.agency || draw.state == DrawState::Opened;
    let only = (!all).then_some(&call.agency);
    let mut winners =
        store::winners(reader, &draw.name, only, after.unwrap_or_default(), page.want()).await?;
    let next_page_token = page.cut(&mut winners, |one| one.place.to_string());
    let winners = winners.into_iter().map(convert::draw::winner).collect();
    Ok(pb::ListWinnersResponse { winners, next_page_token })
}
