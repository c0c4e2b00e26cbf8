//! The growing tree: what a sequencer keeps in memory, and the tiles that each batch changes.

use std::mem;

use thiserror::Error;
use tlog_tiles::Tile;

use crate::{Hash, TILE_WIDTH, TileId};

/// Largest tree. Beyond it the numbering of stored hashes in `tlog_tiles` leaves 64 bits.
pub const MAX_SIZE: u64 = 1 << 62;

/// The right edge of a tree: enough to append and to know the root, at most 8 tiles.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    size: u64,
    /// The partial tile of each level, from level 0 up; empty where the level ends on a full one.
    edge: Vec<Vec<u8>>,
}

/// A tile that an append changed, with all its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TileWrite {
    /// Which tile. Store it by level and index: it replaces every narrower one.
    pub tile: TileId,
    /// The hashes one behind the other, [`TileId::byte_len`] bytes.
    pub bytes: Vec<u8>,
}

impl Tree {
    /// The tree without leaves.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The tiles [`Tree::load`] will read for this size, for a caller that must fetch them first.
    ///
    /// # Errors
    /// [`RangeError::Size`] above [`MAX_SIZE`].
    pub fn tiles_for_load(size: u64) -> Result<Vec<TileId>, RangeError> {
        if size > MAX_SIZE {
            return Err(RangeError::Size { size });
        }
        Ok((0..8).filter_map(|level| partial(level, size)).collect())
    }

    /// Picks up a tree of `size` leaves from its stored tiles. `read` may give a wider tile than
    /// asked for; its beginning is taken.
    ///
    /// Nothing here says that the tiles are the right ones: compare [`Tree::root`] with the last
    /// checkpoint you signed before you append.
    ///
    /// # Errors
    /// [`TreeError`] for a size out of range, a tile that cannot be read, or one that is too short.
    pub fn load<E>(
        size: u64,
        mut read: impl FnMut(TileId) -> Result<Vec<u8>, E>,
    ) -> Result<Self, TreeError<E>> {
        let mut tree = Self { size, edge: Vec::new() };
        for tile in Self::tiles_for_load(size)? {
            let bytes = read_tile(tile, &mut read)?;
            *tree.level(tile.level) = bytes;
        }
        Ok(tree)
    }

    /// How many leaves it has.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The Merkle tree hash of all leaves (RFC 6962 section 2.1).
    #[must_use]
    pub fn root(&self) -> Hash {
        let mut root = None;
        // From the right: each tile is a row of complete subtrees, the smallest last.
        for tile in &self.edge {
            let mut left = tile.as_slice();
            while !left.is_empty() {
                let hashes = left.len() / Hash::SIZE;
                let smallest = Hash::SIZE << hashes.trailing_zeros();
                let (before, subtree) = left.split_at(left.len() - smallest);
                let hash = Tile::subtree_hash(subtree).into();
                root = Some(root.map_or(hash, |right| Hash::node(hash, right)));
                left = before;
            }
        }
        root.unwrap_or(Hash::EMPTY)
    }

    /// Adds leaves, and says which tiles are new or have grown: each full one, then each partial
    /// one as it is after the last leaf. Put the tiles and the new size into one transaction.
    #[must_use = "the tiles must be stored, or the tree cannot be loaded again"]
    pub fn append(&mut self, leaves: &[Hash]) -> Vec<TileWrite> {
        let mut writes = Vec::new();
        let before = self.size;
        for leaf in leaves {
            self.push(*leaf, &mut writes);
        }
        for (level, bytes) in (0..8).zip(&self.edge) {
            // A level has grown if it now counts more hashes than before.
            let grown = self.size >> (8 * level) != before >> (8 * level);
            if let Some(tile) = partial(level, self.size).filter(|_| grown) {
                writes.push(TileWrite { tile, bytes: bytes.clone() });
            }
        }
        writes
    }

    fn push(&mut self, leaf: Hash, writes: &mut Vec<TileWrite>) {
        self.size += 1;
        let mut hash = leaf;
        for level in 0..8 {
            let tile = self.level(level);
            tile.extend(hash.0);
            if tile.len() < usize::from(TILE_WIDTH) * Hash::SIZE {
                return;
            }
            let bytes = mem::take(tile);
            hash = Tile::subtree_hash(&bytes).into();
            let index = (self.size >> (8 * (level + 1))) - 1;
            writes.push(TileWrite { tile: TileId { level, index, width: TILE_WIDTH }, bytes });
        }
    }

    fn level(&mut self, level: u8) -> &mut Vec<u8> {
        let level = usize::from(level);
        if self.edge.len() <= level {
            self.edge.resize(level + 1, Vec::new());
        }
        &mut self.edge[level]
    }
}

/// Sizes and indexes that do not fit together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum RangeError {
    /// The tree is too large.
    #[error("a tree has at most 2^62 leaves, not {size}")]
    Size {
        /// The size asked for.
        size: u64,
    },
    /// No such leaf.
    #[error("leaf {index} is not in a tree of {size} leaves")]
    Index {
        /// The leaf asked for.
        index: u64,
        /// The tree's leaves.
        size: u64,
    },
    /// Not an earlier and a later size.
    #[error("a consistency proof leads from 1 <= first <= second, not from {first} to {second}")]
    Order {
        /// The earlier size asked for.
        first: u64,
        /// The later size asked for.
        second: u64,
    },
}

/// Why a tree was not loaded, or a proof not made. `E` is what the reader of tiles fails with.
#[derive(Debug, Error)]
pub enum TreeError<E> {
    /// The numbers are wrong.
    #[error(transparent)]
    Range(#[from] RangeError),
    /// A tile cannot be read.
    #[error("tile {tile} cannot be read")]
    Read {
        /// The tile asked for.
        tile: TileId,
        /// What the reader said.
        source: E,
    },
    /// A tile has fewer hashes than the tree of this size has there.
    #[error("tile {tile} has only {bytes} bytes")]
    Short {
        /// The tile asked for.
        tile: TileId,
        /// Bytes that came.
        bytes: usize,
    },
    /// The tiles read are not those that the proof needs: a fault of this crate.
    #[error("the proof does not fit its tiles")]
    Arithmetic(#[source] tlog_tiles::Error),
}

/// Reads one tile, and cuts a wider one to the width asked for.
pub(crate) fn read_tile<E>(
    tile: TileId,
    read: &mut impl FnMut(TileId) -> Result<Vec<u8>, E>,
) -> Result<Vec<u8>, TreeError<E>> {
    let mut bytes = read(tile).map_err(|source| TreeError::Read { tile, source })?;
    if bytes.len() < tile.byte_len() {
        return Err(TreeError::Short { tile, bytes: bytes.len() });
    }
    bytes.truncate(tile.byte_len());
    Ok(bytes)
}

/// The partial tile at the end of a level, if the level does not end on a full one.
fn partial(level: u8, size: u64) -> Option<TileId> {
    let index = (size >> (8 * level)) / u64::from(TILE_WIDTH);
    TileId::in_tree(level, index, size)
}
