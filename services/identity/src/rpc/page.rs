//! One page of a list: what was asked for, and how it is cut.

use server::Fields;
use types::page::{Size, Token};

use crate::error::Error;

/// A page as asked for.
pub(super) struct Page {
    filter: String,
    size: usize,
    /// The last key of the page before.
    pub(super) after: Option<String>,
}

impl Page {
    /// Reads `page_size` and `page_token` of the list `filter`.
    pub(super) fn of(filter: String, size: i32, token: &str) -> Result<Self, Error> {
        let mut fields = Fields::default();
        let size = Size::of(size);
        fields.check(size.is_ok(), "page_size", "is negative");
        let after = if token.is_empty() { None } else { Token::decode(&filter, token) };
        fields.check(token.is_empty() || after.is_some(), "page_token", "is not of this list");
        fields.done()?;
        Ok(Self { filter, size: size.unwrap_or_default(), after })
    }

    /// How many rows to read: one more than is shown tells whether there is a next page.
    pub(super) fn limit(&self) -> u64 {
        u64::try_from(self.size).unwrap_or(u64::MAX).saturating_add(1)
    }

    /// The rows to show, and the token of the next page (empty at the end).
    pub(super) fn cut<T>(&self, mut rows: Vec<T>, key: impl Fn(&T) -> &str) -> (Vec<T>, String) {
        let more = rows.len() > self.size;
        rows.truncate(self.size);
        let next = rows.last().filter(|_| more).map(|last| Token::encode(&self.filter, key(last)));
        (rows, next.unwrap_or_default())
    }
}
