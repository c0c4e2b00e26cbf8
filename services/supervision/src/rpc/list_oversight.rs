//! Who looked at the caller's as an overseer, and the caller's own looks as one; newest first.

use proto::supervision::v1 as pb;

use super::{Call, convert, paged};
use crate::{Supervision, error::Error, store};

pub(super) async fn list_oversight(
    service: &Supervision,
    call: &Call,
    request: pb::ListOversightRequest,
) -> Result<pb::ListOversightResponse, Error> {
    let mut fields = server::Fields::default();
    let page = paged::page(&mut fields, request.page_size, &request.page_token, "");
    fields.done()?;

    let (own, before) = (call.agency.as_str(), page.cursor.as_deref());
    let mut found = store::oversights(service.db.reader(), own, before, page.want()).await?;
    let next_page_token = page.cut(&mut found, |look| look.id.clone());
    let oversights = found.into_iter().map(|look| convert::oversight(look, own)).collect();
    Ok(pb::ListOversightResponse { oversights, next_page_token })
}
