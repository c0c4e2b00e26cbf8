//! Content that was found damaged or missing. For the operator.

use proto::evidence::v1 as pb;
use types::page;

use crate::{
    Evidence,
    content::model::{Blob, time},
    error::Error,
    store,
};

/// The most items that one fault names.
const ITEMS: u64 = 100;
/// What the tokens of these pages are bound to.
const LIST: &str = "content faults";

pub(super) async fn list_content_faults(
    service: &Evidence,
    request: pb::ListContentFaultsRequest,
) -> Result<pb::ListContentFaultsResponse, Error> {
    let mut fields = server::Fields::default();
    let size = page::Size::of(request.page_size).ok();
    let size = fields.need(size, "page_size", "is negative").unwrap_or_default();
    let after = match request.page_token.as_str() {
        "" => Some(String::new()),
        token => page::Token::decode(LIST, token),
    };
    let fault = "is not a token of this list";
    let after = fields.need(after, "page_token", fault).unwrap_or_default();
    fields.done()?;

    let limit = u64::try_from(size).unwrap_or(u64::MAX);
    let blobs = store::faulty_blobs(service.db.reader(), &after, limit + 1).await?;
    let last = (blobs.len() > size).then(|| blobs.get(size.saturating_sub(1))).flatten();
    let next_page_token = last.map(|blob| page::Token::encode(LIST, &blob.sha256));
    let mut faults = Vec::new();
    for blob in blobs.iter().take(size) {
        faults.push(told(service, blob).await?);
    }
    let next_page_token = next_page_token.unwrap_or_default();
    Ok(pb::ListContentFaultsResponse { faults, next_page_token })
}

/// A fault with the items that it concerns.
pub(super) async fn told(service: &Evidence, blob: &Blob) -> Result<pb::ContentFault, Error> {
    let contents = store::contents_with(service.db.reader(), &blob.sha256, ITEMS).await?;
    let mut items: Vec<String> = contents.into_iter().map(|content| content.about.parent).collect();
    items.sort_unstable();
    items.dedup();
    Ok(pb::ContentFault {
        sha256: blob.sha256.clone(),
        fault: blob.fault.clone(),
        found_time: blob.fault_at.map(time),
        items,
    })
}
