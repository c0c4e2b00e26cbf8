//! What the pages of this service have in common: size, token, and the most bytes of one.

use prost::Message;
use server::Fields;
use types::page;

/// The most bytes of a page: below the 4 MiB of a message.
const BYTES: usize = 3 << 20;

/// The size asked for; every fault is noted.
pub(super) fn size(fields: &mut Fields, asked: i32) -> usize {
    let size = page::Size::of(asked).ok();
    fields.need(size, "page_size", "is negative").unwrap_or(1)
}

/// Where the page starts: what `read` makes of the token's cursor; `None` at the beginning.
pub(super) fn start<T>(
    fields: &mut Fields,
    list: &str,
    token: &str,
    read: impl FnOnce(&str) -> Option<T>,
) -> Option<T> {
    if token.is_empty() {
        return None;
    }
    let start = page::Token::decode(list, token).and_then(|cursor| read(&cursor));
    fields.need(start, "page_token", "does not belong to this list")
}

/// One more than asked says whether there is a next page.
pub(super) fn want(size: usize) -> u64 {
    u64::try_from(size + 1).unwrap_or(u64::MAX)
}

/// Keeps as many as fit a page of `size` and its bytes, at least one; says how many, and whether
/// there are more.
pub(super) fn cut<M: Message>(messages: &mut Vec<M>, size: usize) -> (usize, bool) {
    let found = messages.len();
    messages.truncate(size);
    let mut bytes = 0_usize;
    let fits = |message: &M| {
        bytes = bytes.saturating_add(message.encoded_len());
        bytes <= BYTES
    };
    let kept = messages.iter().map(fits).take_while(|fits| *fits).count().max(1);
    messages.truncate(kept);
    (messages.len(), messages.len() < found)
}

/// The token of the page after `last`; empty when there is none.
pub(super) fn token(list: &str, last: Option<String>) -> String {
    last.map(|last| page::Token::encode(list, &last)).unwrap_or_default()
}
