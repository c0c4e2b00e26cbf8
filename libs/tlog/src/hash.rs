//! A SHA-256 hash in the tree, and the two ways RFC 6962 section 2.1 makes one.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use tlog_tiles::{EMPTY_HASH, node_hash, record_hash};

/// A hash of a leaf, of a node, or of a whole tree: 32 bytes, shown in standard base64.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash(pub [u8; Self::SIZE]);

impl Hash {
    /// Bytes in a hash.
    pub const SIZE: usize = 32;

    /// The root of the tree without leaves: SHA-256 of nothing.
    pub const EMPTY: Self = Self(EMPTY_HASH.0);

    /// The hash of a leaf: SHA-256 of 0x00 and the entry's bytes.
    #[must_use]
    pub fn leaf(entry: &[u8]) -> Self {
        record_hash(entry).into()
    }

    /// The hash of a node: SHA-256 of 0x01 and the hashes of its two children.
    #[must_use]
    pub fn node(left: Self, right: Self) -> Self {
        node_hash(left.into(), right.into()).into()
    }

    /// Reads standard base64 with padding, as `Display` writes it. `None` unless it is exactly 32
    /// bytes.
    #[must_use]
    pub fn from_base64(text: &str) -> Option<Self> {
        STANDARD.decode(text).ok()?.try_into().ok().map(Self)
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&STANDARD.encode(self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hash({self})")
    }
}

impl From<tlog_tiles::Hash> for Hash {
    fn from(hash: tlog_tiles::Hash) -> Self {
        Self(hash.0)
    }
}

impl From<Hash> for tlog_tiles::Hash {
    fn from(hash: Hash) -> Self {
        Self(hash.0)
    }
}
