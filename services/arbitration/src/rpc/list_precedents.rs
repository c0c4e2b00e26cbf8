//! Pages of the decided disputes, the newest decision first: for all.

use proto::arbitration::v1 as pb;

use super::page;
use crate::{Arbitration, error::Error, message, store};

pub(super) async fn list_precedents(
    service: &Arbitration,
    request: pb::ListPrecedentsRequest,
) -> Result<pb::ListPrecedentsResponse, Error> {
    let mut fields = server::Fields::default();
    let size = page::size(&mut fields, request.page_size);
    let (list, token) = (&request.matter, &request.page_token);
    let before = page::start(&mut fields, list, token, |number| number.parse().ok());
    fields.done()?;
    let (reader, want) = (service.db.reader(), page::want(size));
    let found = store::list_precedents(reader, &request.matter, before, want).await?;
    let mut precedents: Vec<_> = found.iter().map(|(_, one)| message::precedent(one)).collect();
    let (kept, more) = page::cut(&mut precedents, size);
    let last = found.get(kept.wrapping_sub(1)).filter(|_| more).map(|(at, _)| at.to_string());
    Ok(pb::ListPrecedentsResponse { precedents, next_page_token: page::token(list, last) })
}
