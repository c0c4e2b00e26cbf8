//! What differs between two revisions, a page at a time.

use prost::Message as _;
use proto::catalogue::v1 as pb;
use types::page;

use super::list_entries::{cursor, place};
use crate::{
    Catalogue, convert,
    domain::{diff, moves, reader::Reader},
    error::Error,
    store,
};

/// The most bytes of changes in an answer: below the 4 MiB of a message.
const BYTES: usize = 3 << 20;

pub(super) async fn diff_revisions(
    service: &Catalogue,
    request: &pb::DiffRevisionsRequest,
    reader: &Reader,
) -> Result<pb::DiffRevisionsResponse, Error> {
    let mut fields = server::Fields::default();
    let size = page::Size::of(request.page_size).ok();
    let size = fields.need(size, "page_size", "is negative");
    fields.check(request.from_revision >= 0, "from_revision", "is negative");
    let in_order = request.to_revision == 0 || request.from_revision <= request.to_revision;
    fields.check(in_order, "to_revision", "is before from_revision");
    let list = format!("{}-{}", request.from_revision, request.to_revision);
    let mut after = None;
    if !request.page_token.is_empty() {
        let token = page::Token::decode(&list, &request.page_token);
        after = token.and_then(|cursor| place(&cursor));
        fields.check(after.is_some(), "page_token", "does not belong to this list");
    }
    fields.done()?;
    let conn = store::snapshot(&service.db).await?;
    let newest = store::newest(&conn).await?;
    // The newest of the first page stays the revision of all pages.
    let to = match (&after, request.to_revision) {
        (Some((revision, _)), _) => *revision,
        (None, 0) => newest,
        (None, revision) => revision,
    };
    let from = request.from_revision;
    if to > newest || from > to {
        return Err(Error::NotFound("revision"));
    }
    let size = size.unwrap_or(1);
    let want = u64::try_from(size + 1).unwrap_or(u64::MAX);
    let first = after.is_none();
    let after = after.map(|(_, name)| name);
    let mut names = store::touched(&conn, (from, to), after.as_ref(), want).await?;
    let mut more = names.len() > size;
    names.truncate(size);
    let (was, is) =
        (store::named(&conn, from, &names).await?, store::named(&conn, to, &names).await?);
    let (mut entry_changes, mut bytes, mut last) = (Vec::new(), 0, names.last().cloned());
    for change in diff::changes(&was, &is, &names) {
        let name = change.name.clone();
        let change = convert::change(&change, reader);
        bytes += change.encoded_len();
        entry_changes.push(change);
        // One entry is far below what a message may hold beyond the bound.
        if bytes > BYTES {
            (more, last) = (true, Some(name));
            break;
        }
    }
    let power_moves = if first { power_moves(service, &conn, from, to).await? } else { Vec::new() };
    let token = last.filter(|_| more).map(|name| page::Token::encode(&list, &cursor(to, &name)));
    Ok(pb::DiffRevisionsResponse {
        entry_changes,
        next_page_token: token.unwrap_or_default(),
        power_moves,
    })
}

/// The powers that move between the two.
async fn power_moves(
    service: &Catalogue,
    conn: &impl sea_orm::ConnectionTrait,
    from: i64,
    to: i64,
) -> Result<Vec<pb::PowerMove>, Error> {
    let matters = store::touched_matters(conn, (from, to)).await?;
    let (was, is) =
        (store::alive(conn, from, &matters).await?, store::alive(conn, to, &matters).await?);
    let exclusive = service.settings.empowerment_excludes_county;
    Ok(moves::moves(&was, &is, &matters, exclusive).iter().map(convert::power_move).collect())
}
