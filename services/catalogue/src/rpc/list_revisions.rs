//! Pages of the revisions, newest first.

use proto::catalogue::v1 as pb;
use types::page;

use crate::{Catalogue, error::Error, events, store};

/// What the tokens of this list are bound to.
const LIST: &str = "revisions";

pub(super) async fn list_revisions(
    service: &Catalogue,
    request: &pb::ListRevisionsRequest,
) -> Result<pb::ListRevisionsResponse, Error> {
    let mut fields = server::Fields::default();
    let size = page::Size::of(request.page_size).ok();
    let size = fields.need(size, "page_size", "is negative");
    let mut before = Some(i64::MAX);
    if !request.page_token.is_empty() {
        let token = page::Token::decode(LIST, &request.page_token);
        before = token.and_then(|number| number.parse().ok());
        fields.check(before.is_some(), "page_token", "does not belong to this list");
    }
    fields.done()?;
    let size = size.unwrap_or(1);
    // One more than asked says whether there is a next page.
    let want = u64::try_from(size + 1).unwrap_or(u64::MAX);
    let before = before.unwrap_or(i64::MAX);
    let mut revisions = store::revisions(service.db.reader(), before, want).await?;
    let more = revisions.len() > size;
    revisions.truncate(size);
    let last = revisions.last().filter(|_| more).map(|last| last.number.to_string());
    Ok(pb::ListRevisionsResponse {
        revisions: revisions.iter().map(events::message).collect(),
        next_page_token: last.map(|last| page::Token::encode(LIST, &last)).unwrap_or_default(),
    })
}
