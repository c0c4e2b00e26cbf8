//! The journal rows about a dossier that the caller may see, as canonical bytes.

use db::journal::Cursor;
use prost::Message as _;
use proto::evidence::v1 as pb;
use types::page;

use super::Call;
use crate::{Evidence, error::Error, store};

/// The most bytes one answer has, but for its first row: below the 4 MiB of a message.
const BYTES: usize = 3 << 20;

pub(super) async fn list_trace(
    service: &Evidence,
    call: Call,
    request: pb::ListTraceRequest,
) -> Result<pb::ListTraceResponse, Error> {
    let mut fields = server::Fields::default();
    let size = page::Size::of(request.page_size).ok();
    let size = fields.need(size, "page_size", "is negative").unwrap_or(1);
    let mut after = Some(Cursor::START);
    if !request.page_token.is_empty() {
        after = page::Token::decode(&request.dossier, &request.page_token)
            .and_then(|cursor| cursor.parse().ok());
        fields.check(after.is_some(), "page_token", "does not belong to this list");
    }
    fields.done()?;
    store::may_trace(service.db.reader(), &call.agency, &request.dossier).await?;
    let limit = u64::try_from(size + 1).unwrap_or(u64::MAX);
    let after = after.unwrap_or(Cursor::START);
    let found = store::trace(&service.db, &call.agency, &request.dossier, after, limit).await?;
    let count = found.len();
    let (mut rows, mut bytes, mut reached) = (Vec::new(), 0, after);
    for row in found {
        let cursor = row.cursor;
        let row = ::events::canonical("evidence", row)
            .map_err(|_| Error::Corrupt("journal.marks"))?
            .encode_to_vec();
        bytes += row.len();
        if rows.len() == size || (bytes > BYTES && !rows.is_empty()) {
            break;
        }
        reached = cursor;
        rows.push(row);
    }
    let more = rows.len() < count;
    let next = || page::Token::encode(&request.dossier, &reached.to_string());
    Ok(pb::ListTraceResponse { rows, next_page_token: if more { next() } else { String::new() } })
}
