//! What page of a list is asked for, and where the next one begins.

use server::Fields;
use types::page;

/// A page of a list.
#[derive(Clone, Debug)]
pub(super) struct Page {
    /// How many rows.
    pub size: usize,
    /// Where the page before ended.
    pub cursor: Option<String>,
    filter: String,
}

/// Reads what page is asked for of the list with that filter.
pub(super) fn page(fields: &mut Fields, size: i32, token: &str, filter: &str) -> Page {
    let size = fields.need(page::Size::of(size).ok(), "page_size", "is negative").unwrap_or(1);
    let mut cursor = None;
    if !token.is_empty() {
        cursor = page::Token::decode(filter, token);
        fields.check(cursor.is_some(), "page_token", "does not belong to this list");
    }
    Page { size, cursor, filter: filter.to_owned() }
}

impl Page {
    /// How many rows to read: one more than asked says whether there is a next page.
    pub(super) fn want(&self) -> u64 {
        u64::try_from(self.size + 1).unwrap_or(u64::MAX)
    }

    /// Cuts `rows` to the page, and gives the token of the next one.
    pub(super) fn cut<T>(&self, rows: &mut Vec<T>, cursor: impl Fn(&T) -> String) -> String {
        let more = rows.len() > self.size;
        rows.truncate(self.size);
        let last = rows.last().filter(|_| more);
        last.map(|last| page::Token::encode(&self.filter, &cursor(last))).unwrap_or_default()
    }
}
