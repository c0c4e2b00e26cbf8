//! Pages of lists (AIP-158): how many rows, and where the next page starts.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

/// How many rows a page holds when the caller does not say.
const DEFAULT_SIZE: usize = 100;
/// The most rows a page ever holds.
const MAX_SIZE: usize = 1000;
/// What a token starts with; another number is another layout.
const LAYOUT: u8 = 1;

/// The size of a page.
#[derive(Clone, Copy, Debug)]
pub enum Size {}

/// A page was asked for with fewer than no rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a page size is not negative")]
pub struct NegativeSize;

impl Size {
    /// The rows to read for the size a caller asked for: 100 for 0, 1000 at most.
    ///
    /// # Errors
    /// A negative size is refused; one too large is only lowered, as AIP-158 asks.
    pub fn of(requested: i32) -> Result<usize, NegativeSize> {
        match usize::try_from(requested) {
            Ok(0) => Ok(DEFAULT_SIZE),
            Ok(size) => Ok(size.min(MAX_SIZE)),
            Err(_) => Err(NegativeSize),
        }
    }
}

/// The opaque token of the next page.
///
/// It is bound to the filter of the list it belongs to, so that a caller who changes the filter on
/// the way is told instead of missing rows. It is neither secret nor signed: whoever decodes a
/// cursor treats it as any input, and what a caller may see is decided by the query.
#[derive(Clone, Copy, Debug)]
pub enum Token {}

impl Token {
    /// The token that continues the list of `filter` after `cursor`.
    pub fn encode(filter: &str, cursor: &str) -> String {
        let mut bytes = vec![LAYOUT];
        bytes.extend(fingerprint(filter, cursor).to_be_bytes());
        bytes.extend(cursor.as_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The cursor in a token, or `None` for a token that is damaged or of another filter.
    pub fn decode(filter: &str, token: &str) -> Option<String> {
        let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (print, cursor) = bytes.strip_prefix(&[LAYOUT])?.split_first_chunk()?;
        let cursor = str::from_utf8(cursor).ok()?;
        (u64::from_be_bytes(*print) == fingerprint(filter, cursor)).then(|| cursor.to_owned())
    }
}

/// FNV-1a of both texts, the first with its length so that no letter changes sides. Enough against
/// mistakes, which is all a token guards against.
fn fingerprint(filter: &str, cursor: &str) -> u64 {
    let length = (filter.len() as u64).to_be_bytes();
    let bytes = length.iter().chain(filter.as_bytes()).chain(cursor.as_bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}
