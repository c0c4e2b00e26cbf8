//! What a leaf of the log commits to: one row of one service's journal, by its digest.

use std::str;

use aws_lc_rs::digest::{SHA256, digest};
use thiserror::Error;

use crate::Hash;

/// The first word of every entry; another layout gets another word.
const PREFIX: &str = "xiezhi-journal-v1";

/// Longest name of a service.
const MAX_SERVICE: usize = 63;

/// One leaf: which row of which journal, and the SHA-256 of the row's canonical bytes.
///
/// Its bytes are one ASCII line without a newline:
///
/// ```text
/// xiezhi-journal-v1 <service> <row id> <64 hex digits>
/// ```
///
/// The row itself stays with its service. An entry says nothing about persons or cases, so entry
/// bundles can be published for anyone to audit the log with.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Entry {
    service: String,
    row: i64,
    digest: [u8; 32],
}

impl Entry {
    /// An entry for the row `row` of `service`, whose canonical bytes have the SHA-256 `digest`.
    ///
    /// # Errors
    /// [`EntryError::Service`] unless the name is `[a-z][a-z0-9-]{0,62}`; [`EntryError::Row`] if
    /// the row's id is negative.
    pub fn new(service: impl Into<String>, row: i64, digest: [u8; 32]) -> Result<Self, EntryError> {
        let service = service.into();
        if !names_a_service(&service) {
            return Err(EntryError::Service);
        }
        if row < 0 {
            return Err(EntryError::Row);
        }
        Ok(Self { service, row, digest })
    }

    /// As [`Entry::new`], from the row's canonical bytes.
    ///
    /// # Errors
    /// As [`Entry::new`].
    pub fn of_row(service: impl Into<String>, row: i64, bytes: &[u8]) -> Result<Self, EntryError> {
        let mut sum = [0; 32];
        sum.copy_from_slice(digest(&SHA256, bytes).as_ref());
        Self::new(service, row, sum)
    }

    /// Reads what [`Entry::bytes`] wrote, and nothing else.
    ///
    /// # Errors
    /// [`EntryError`] names the first part that is not as written above.
    pub fn parse(bytes: &[u8]) -> Result<Self, EntryError> {
        let line = str::from_utf8(bytes).map_err(|_| EntryError::Layout)?;
        let mut words = line.split(' ');
        let (Some(PREFIX), Some(service), Some(row), Some(hex), None) =
            (words.next(), words.next(), words.next(), words.next(), words.next())
        else {
            return Err(EntryError::Layout);
        };
        let row_id: i64 = row.parse().map_err(|_| EntryError::Row)?;
        if row_id.to_string() != row {
            return Err(EntryError::Row);
        }
        Self::new(service, row_id, from_hex(hex).ok_or(EntryError::Digest)?)
    }

    /// The service whose journal it is.
    #[must_use]
    pub fn service(&self) -> &str {
        &self.service
    }

    /// The row's id in that journal.
    #[must_use]
    pub fn row(&self) -> i64 {
        self.row
    }

    /// SHA-256 of the row's canonical bytes.
    #[must_use]
    pub fn digest(&self) -> &[u8; 32] {
        &self.digest
    }

    /// The line that is hashed into the tree and put into bundles: at most 166 bytes.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        format!("{PREFIX} {} {} {}", self.service, self.row, to_hex(&self.digest)).into_bytes()
    }

    /// The hash of the leaf, [`Hash::leaf`] of [`Entry::bytes`].
    #[must_use]
    pub fn leaf_hash(&self) -> Hash {
        Hash::leaf(&self.bytes())
    }
}

/// Why something is not an [`Entry`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum EntryError {
    /// Not four words behind one another.
    #[error("a log entry is `{PREFIX} <service> <row id> <sha256 in hex>`, and this is not")]
    Layout,
    /// Not the name of a service.
    #[error("the service is a lower-case letter and up to 62 lower-case letters, digits, hyphens")]
    Service,
    /// Not a row id.
    #[error("the row id is a decimal number from 0 on, without sign or leading zeros")]
    Row,
    /// Not a digest.
    #[error("the digest is 64 lower-case hexadecimal digits")]
    Digest,
}

fn names_a_service(name: &str) -> bool {
    name.len() <= MAX_SERVICE
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

const DIGITS: &[u8; 16] = b"0123456789abcdef";

fn to_hex(bytes: &[u8; 32]) -> String {
    let digit = |nibble: u8| char::from(DIGITS[usize::from(nibble)]);
    bytes.iter().flat_map(|b| [digit(b >> 4), digit(b & 15)]).collect()
}

fn from_hex(text: &str) -> Option<[u8; 32]> {
    let nibble = |b: u8| DIGITS.iter().position(|d| *d == b).and_then(|n| u8::try_from(n).ok());
    let bytes: Option<Vec<u8>> = text
        .as_bytes()
        .chunks(2)
        .map(|pair| match *pair {
            [high, low] => Some(nibble(high)? << 4 | nibble(low)?),
            _ => None,
        })
        .collect();
    bytes?.try_into().ok()
}
