//! Everything that happened in one dispute since the caller may see it.

use db::journal::Cursor;
use proto::arbitration::v1 as pb;

use super::{Call, page};
use crate::{Arbitration, error::Error, events, store};

pub(super) async fn get_timeline(
    service: &Arbitration,
    call: &Call,
    request: pb::GetTimelineRequest,
) -> Result<pb::GetTimelineResponse, Error> {
    let (mut fields, name) = (server::Fields::default(), request.name);
    let size = page::size(&mut fields, request.page_size);
    let after = page::start(&mut fields, &name, &request.page_token, |cursor| cursor.parse().ok());
    fields.done()?;
    store::dispute(service.db.reader(), &call.agency, &name).await?;
    let after = after.unwrap_or(Cursor::START);
    let tail = store::Tail { after, limit: page::want(size) };
    let rows = store::timeline(&service.db, &call.agency, &name, tail).await?;
    let mut events = rows.iter().map(events::read).collect::<Result<Vec<_>, _>>()?;
    let (kept, more) = page::cut(&mut events, size);
    let last = rows.get(kept.wrapping_sub(1)).filter(|_| more).map(|row| row.cursor.to_string());
    Ok(pb::GetTimelineResponse { events, next_page_token: page::token(&name, last) })
}
