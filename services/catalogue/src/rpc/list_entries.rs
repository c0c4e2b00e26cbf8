//! Pages of the entries as a revision has them, by kind and key.

use prost::Message as _;
use proto::catalogue::v1 as pb;
use types::page;

use crate::{
    Catalogue, convert,
    domain::{
        entry::{Kind, Name},
        reader::Reader,
    },
    error::Error,
    store::{self, EntryFilter},
};

/// The most bytes of entries in an answer: below the 4 MiB of a message.
const BYTES: usize = 3 << 20;

pub(super) async fn list_entries(
    service: &Catalogue,
    request: &pb::ListEntriesRequest,
    reader: &Reader,
) -> Result<pb::ListEntriesResponse, Error> {
    let mut fields = server::Fields::default();
    let size = page::Size::of(request.page_size).ok();
    let size = fields.need(size, "page_size", "is negative");
    let kind = Kind::of_number(request.kind);
    fields.check(request.kind == 0 || kind.is_some(), "kind", "is no kind of entry");
    fields.check(request.matter.len() <= 40, "matter", "is longer than 40 bytes");
    fields.check(request.revision >= 0, "revision", "is negative");
    let list = format!("{}/{}/{}", request.revision, request.kind, request.matter);
    let mut after = None;
    if !request.page_token.is_empty() {
        let token = page::Token::decode(&list, &request.page_token);
        after = token.and_then(|cursor| place(&cursor));
        fields.check(after.is_some(), "page_token", "does not belong to this list");
    }
    fields.done()?;
    let newest = store::newest(service.db.reader()).await?;
    // The newest of the first page stays the revision of all pages.
    let revision = match (&after, request.revision) {
        (Some((revision, _)), _) => *revision,
        (None, 0) => newest,
        (None, revision) => revision,
    };
    if revision > newest {
        return Err(Error::NotFound("revision"));
    }
    let size = size.unwrap_or(1);
    let want = u64::try_from(size + 1).unwrap_or(u64::MAX);
    let matter = Some(request.matter.clone()).filter(|code| !code.is_empty());
    let filter = EntryFilter { revision, kind, matter };
    let after = after.map(|(_, name)| name);
    let rows = store::entries(service.db.reader(), &filter, after.as_ref(), want).await?;
    let (mut entries, mut bytes, mut last) = (Vec::new(), 0, None);
    for (held, until) in rows.iter().take(size) {
        let entry = convert::entry(&held.entry, held.since, *until, reader);
        bytes += entry.encoded_len();
        if bytes > BYTES && !entries.is_empty() {
            break;
        }
        entries.push(entry);
        last = Some(held.entry.name());
    }
    let last = last.filter(|_| entries.len() < rows.len());
    let token = |name: Name| page::Token::encode(&list, &cursor(revision, &name));
    let next_page_token = last.map(token).unwrap_or_default();
    Ok(pb::ListEntriesResponse { revision, entries, next_page_token })
}

/// Where a page ends: the revision, and the last entry of the page.
pub(super) fn cursor(revision: i64, name: &Name) -> String {
    format!("{revision} {} {}", name.0.number(), name.1)
}

/// What a cursor says.
pub(super) fn place(cursor: &str) -> Option<(i64, Name)> {
    let mut parts = cursor.splitn(3, ' ');
    let (revision, kind) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    Some((revision, (Kind::of_number(kind)?, parts.next()?.to_owned())))
}
