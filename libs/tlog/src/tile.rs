//! Names of tiles and entry bundles, and how bundles are written (C2SP `tlog-tiles`).
//!
//! `tlog_tiles` has paths of its own, with a height in them that C2SP's have not, and its parser
//! panics on `.p/0` and on level 64; paths come from strangers, so they are read here.

use std::{fmt, str::FromStr};

use thiserror::Error;

use crate::Hash;

/// Hashes in a full tile, entries in a full bundle.
pub const TILE_WIDTH: u16 = 256;

/// No path to a tile is longer: `tile/63/` and seven groups of an index, and `.p/255`.
const MAX_PATH: usize = 64;

/// A tile: `width` consecutive hashes at the height `8 * level` of the tree, from the
/// `256 * index`-th on.
///
/// Its bytes are the hashes one behind the other. A narrower tile is a prefix of every wider one
/// with the same level and index, so one stored tile, the widest, answers for all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TileId {
    /// 0 for hashes of leaves; each level up is 256 times as coarse.
    pub level: u8,
    /// Which tile of the level, from the left.
    pub index: u64,
    /// Hashes in it, 1 to 256; 256 is a full tile.
    pub width: u16,
}

impl TileId {
    /// The tile at `level` and `index` as the tree of `size` leaves has it; `None` where that tree
    /// has no hashes there.
    #[must_use]
    pub fn in_tree(level: u8, index: u64, size: u64) -> Option<Self> {
        let hashes = size.checked_shr(8 * u32::from(level)).unwrap_or(0);
        let left = hashes.checked_sub(index.checked_mul(u64::from(TILE_WIDTH))?)?;
        let width = u16::try_from(left).unwrap_or(TILE_WIDTH).min(TILE_WIDTH);
        (width > 0).then_some(Self { level, index, width })
    }

    /// Bytes the tile has: 32 for each hash.
    #[must_use]
    pub fn byte_len(&self) -> usize {
        usize::from(self.width) * Hash::SIZE
    }

    /// Whether no hash will ever be added to it.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.width == TILE_WIDTH
    }

    /// The path below the log's address, such as `tile/0/x001/x234/067` or `tile/1/000.p/17`.
    #[must_use]
    pub fn path(&self) -> String {
        path(&self.level.to_string(), self.index, self.width)
    }

    /// Reads exactly what [`TileId::path`] writes; `None` for everything else.
    #[must_use]
    pub fn parse_path(text: &str) -> Option<Self> {
        let (kind, index, width) = parse_path(text)?;
        let level = canonical(kind).filter(|level| *level < 64)?;
        Some(Self { level, index, width })
    }
}

impl fmt::Display for TileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path())
    }
}

/// An entry bundle: the `width` entries whose hashes are in the tile of level 0 with this index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BundleId {
    /// Which bundle, from the left; its first entry is number `256 * index`.
    pub index: u64,
    /// Entries in it, 1 to 256.
    pub width: u16,
}

impl BundleId {
    /// The path below the log's address, such as `tile/entries/x001/x234/067.p/5`.
    #[must_use]
    pub fn path(&self) -> String {
        path("entries", self.index, self.width)
    }

    /// Reads exactly what [`BundleId::path`] writes; `None` for everything else.
    #[must_use]
    pub fn parse_path(text: &str) -> Option<Self> {
        let (kind, index, width) = parse_path(text)?;
        (kind == "entries").then_some(Self { index, width })
    }
}

/// The bytes of a bundle: each entry behind its length, a big-endian `uint16`.
///
/// # Errors
/// [`BundleError::Length`] for an entry over 65,535 bytes, [`BundleError::Count`] for no entry or
/// more than 256.
pub fn encode_bundle<'a>(
    entries: impl IntoIterator<Item = &'a [u8]>,
) -> Result<Vec<u8>, BundleError> {
    let mut bytes = Vec::new();
    let mut count = 0;
    for entry in entries {
        let length = u16::try_from(entry.len()).map_err(|_| BundleError::Length)?;
        bytes.extend(length.to_be_bytes());
        bytes.extend(entry);
        count += 1;
    }
    if (1..=usize::from(TILE_WIDTH)).contains(&count) { Ok(bytes) } else { Err(BundleError::Count) }
}

/// The entries of a bundle, in order; their hashes are the level 0 tile's.
///
/// # Errors
/// [`BundleError::Truncated`] if it ends within an entry, [`BundleError::Count`] for no entry or
/// more than 256.
pub fn decode_bundle(mut bytes: &[u8]) -> Result<Vec<&[u8]>, BundleError> {
    let mut entries = Vec::new();
    while !bytes.is_empty() {
        let (length, rest) = bytes.split_first_chunk().ok_or(BundleError::Truncated)?;
        let (entry, rest) = rest
            .split_at_checked(usize::from(u16::from_be_bytes(*length)))
            .ok_or(BundleError::Truncated)?;
        if entries.len() == usize::from(TILE_WIDTH) {
            return Err(BundleError::Count);
        }
        entries.push(entry);
        bytes = rest;
    }
    if entries.is_empty() { Err(BundleError::Count) } else { Ok(entries) }
}

/// Why something is not an entry bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum BundleError {
    /// An entry does not fit its length prefix.
    #[error("an entry of a bundle has at most 65535 bytes")]
    Length,
    /// Too few or too many.
    #[error("a bundle has 1 to 256 entries")]
    Count,
    /// Cut off.
    #[error("the bundle ends within an entry")]
    Truncated,
}

fn path(kind: &str, index: u64, width: u16) -> String {
    let mut groups = format!("{:03}", index % 1000);
    let mut rest = index / 1000;
    while rest > 0 {
        groups = format!("x{:03}/{groups}", rest % 1000);
        rest /= 1000;
    }
    if width == TILE_WIDTH {
        format!("tile/{kind}/{groups}")
    } else {
        format!("tile/{kind}/{groups}.p/{width}")
    }
}

/// The kind, the index and the width. Paths with more than one spelling are refused by writing
/// what was read and comparing.
fn parse_path(text: &str) -> Option<(&str, u64, u16)> {
    if text.len() > MAX_PATH {
        return None;
    }
    let (kind, rest) = text.strip_prefix("tile/")?.split_once('/')?;
    let (groups, width) = match rest.split_once(".p/") {
        Some((groups, width)) => {
            (groups, canonical(width).filter(|w| (1..TILE_WIDTH).contains(w))?)
        }
        None => (rest, TILE_WIDTH),
    };
    let mut index: u64 = 0;
    for group in groups.split('/') {
        let digits = group.strip_prefix('x').unwrap_or(group);
        index = index.checked_mul(1000)?.checked_add(digits.parse().ok()?)?;
    }
    (path(kind, index, width) == text).then_some((kind, index, width))
}

/// A decimal number in its one spelling.
fn canonical<T: FromStr + ToString>(text: &str) -> Option<T> {
    text.parse().ok().filter(|number: &T| number.to_string() == text)
}
