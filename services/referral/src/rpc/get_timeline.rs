//! Everything that happened in one docket, as far as the caller may see it.

use db::journal::Cursor;
use proto::referral::v1 as pb;
use types::page;

use super::Call;
use crate::{Referral, error::Error, events, store};

pub(super) async fn get_timeline(
    service: &Referral,
    call: &Call,
    request: pb::GetTimelineRequest,
) -> Result<pb::GetTimelineResponse, Error> {
    let mut fields = server::Fields::default();
    let size = page::Size::of(request.page_size).ok();
    let size = fields.need(size, "page_size", "is negative");
    let mut after = Some(Cursor::START);
    if !request.page_token.is_empty() {
        after = page::Token::decode(&request.docket, &request.page_token)
            .and_then(|cursor| cursor.parse().ok());
        fields.check(after.is_some(), "page_token", "does not belong to this list");
    }
    fields.done()?;
    store::docket(service.db.reader(), &call.agency, &request.docket).await?;
    let size = size.unwrap_or(1);
    let limit = u64::try_from(size + 1).unwrap_or(u64::MAX);
    let tail = store::Tail { after: after.unwrap_or(Cursor::START), limit };
    let mut rows = store::timeline(&service.db, &call.agency, &request.docket, tail).await?;
    let more = rows.len() > size;
    rows.truncate(size);
    let last = rows.last().filter(|_| more).map(|row| row.cursor.to_string());
    Ok(pb::GetTimelineResponse {
        events: rows.iter().map(events::read).collect::<Result<_, _>>()?,
        next_page_token: last
            .map(|last| page::Token::encode(&request.docket, &last))
            .unwrap_or_default(),
    })
}
