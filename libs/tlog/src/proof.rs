//! Proofs that a leaf is in the tree and that a tree grew out of an earlier one, made from tiles.
//!
//! Shapes and order of the hashes are RFC 6962's (sections 2.1.1 and 2.1.2, RFC 9162 2.1.3, 2.1.4).

use std::{cell::RefCell, collections::BTreeMap, iter};

use thiserror::Error;
use tlog_tiles::{
    Error as LibraryError, HashReader, Tile, check_record, check_tree, prove_record, prove_tree,
};

use crate::{Hash, MAX_SIZE, RangeError, TileId, TreeError, tree::read_tile};

/// Height of a tile, in levels of the tree.
const HEIGHT: u8 = 8;

/// The tiles, as the tree of `size` leaves has them, that [`inclusion`] will read.
///
/// # Errors
/// [`RangeError`] unless `index < size <=` [`MAX_SIZE`].
pub fn tiles_for_inclusion(index: u64, size: u64) -> Result<Vec<TileId>, RangeError> {
    Ok(Claim::inclusion(index, size)?.tiles())
}

/// The proof that leaf `index` is in the tree of `size` leaves. `read` may give a wider tile than
/// asked for; its beginning is taken.
///
/// The tiles are taken as they are: whoever hands the proof on should [`verify_inclusion`] against
/// a signed checkpoint first, so that a damaged tile shows here and not at the reader's.
///
/// # Errors
/// [`TreeError`] for numbers out of range, a tile that cannot be read, or one that is too short.
pub fn inclusion<E>(
    index: u64,
    size: u64,
    read: impl FnMut(TileId) -> Result<Vec<u8>, E>,
) -> Result<Vec<Hash>, TreeError<E>> {
    Claim::inclusion(index, size)?.prove(read)
}

/// The tiles, as the tree of `second` leaves has them, that [`consistency`] will read.
///
/// # Errors
/// [`RangeError`] unless `1 <= first <= second <=` [`MAX_SIZE`].
pub fn tiles_for_consistency(first: u64, second: u64) -> Result<Vec<TileId>, RangeError> {
    Ok(Claim::consistency(first, second)?.tiles())
}

/// The proof that the tree of `second` leaves begins with the tree of `first` leaves. `read` may
/// give a wider tile than asked for; its beginning is taken.
///
/// There is none from the empty tree, which every tree begins with (RFC 9162 section 2.1.4).
///
/// # Errors
/// As [`inclusion`].
pub fn consistency<E>(
    first: u64,
    second: u64,
    read: impl FnMut(TileId) -> Result<Vec<u8>, E>,
) -> Result<Vec<Hash>, TreeError<E>> {
    Claim::consistency(first, second)?.prove(read)
}

/// Checks that the leaf with hash `leaf` is number `index` of the tree of `size` leaves and `root`.
///
/// # Errors
/// [`InvalidProof`] names the first thing that is wrong.
pub fn verify_inclusion(
    leaf: Hash,
    index: u64,
    size: u64,
    proof: &[Hash],
    root: Hash,
) -> Result<(), InvalidProof> {
    if index >= size {
        return Err(InvalidProof::Index { index, size });
    }
    require_length(proof, inclusion_length(index, size))?;
    check_record(&foreign(proof), size, root.into(), index, leaf.into())
        .map_err(|_| InvalidProof::Root)
}

/// Checks that the tree of `second` leaves and `second_root` begins with the tree of `first` leaves
/// and `first_root`.
///
/// # Errors
/// [`InvalidProof`] names the first thing that is wrong; from an empty tree nothing can be proven.
pub fn verify_consistency(
    first: u64,
    second: u64,
    first_root: Hash,
    second_root: Hash,
    proof: &[Hash],
) -> Result<(), InvalidProof> {
    if !(1..=second).contains(&first) {
        return Err(InvalidProof::Order { first, second });
    }
    require_length(proof, consistency_length(first, second))?;
    check_tree(&foreign(proof), second, second_root.into(), first, first_root.into())
        .map_err(|_| InvalidProof::Root)
}

/// The first thing that is wrong with a proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum InvalidProof {
    /// The leaf is beyond the tree.
    #[error("leaf {index} is not in a tree of {size} leaves")]
    Index {
        /// The leaf's place that is claimed.
        index: u64,
        /// Leaves of the tree.
        size: u64,
    },
    /// The sizes are not an earlier and a later one.
    #[error("nothing can be proven from a tree of {first} leaves to one of {second}")]
    Order {
        /// The earlier size that is claimed.
        first: u64,
        /// The later size that is claimed.
        second: u64,
    },
    /// A proof for these numbers has another length.
    #[error("the proof has {got} hashes and must have {want}")]
    Length {
        /// Hashes that such a proof has.
        want: usize,
        /// Hashes that it has.
        got: usize,
    },
    /// The proof leads to another root: leaf, place, proof or root is not the one of the log.
    #[error("the proof does not lead to the root")]
    Root,
}

/// What is to be proven.
#[derive(Clone, Copy)]
enum Claim {
    Inclusion { index: u64, size: u64 },
    Consistency { first: u64, second: u64 },
}

impl Claim {
    fn inclusion(index: u64, size: u64) -> Result<Self, RangeError> {
        if size > MAX_SIZE {
            return Err(RangeError::Size { size });
        }
        if index >= size {
            return Err(RangeError::Index { index, size });
        }
        Ok(Self::Inclusion { index, size })
    }

    fn consistency(first: u64, second: u64) -> Result<Self, RangeError> {
        if second > MAX_SIZE {
            return Err(RangeError::Size { size: second });
        }
        if !(1..=second).contains(&first) {
            return Err(RangeError::Order { first, second });
        }
        Ok(Self::Consistency { first, second })
    }

    fn tiles(self) -> Vec<TileId> {
        let plan = Plan::default();
        // A plan gives any hash for every one that is asked for, so it cannot fail.
        let _ = self.walk(&plan);
        let size = match self {
            Self::Inclusion { size, .. } | Self::Consistency { second: size, .. } => size,
        };
        let mut tiles: Vec<TileId> = plan
            .asked
            .into_inner()
            .into_iter()
            .map(|stored| Tile::from_index(HEIGHT, stored))
            .filter_map(|tile| TileId::in_tree(tile.level(), tile.level_index(), size))
            .collect();
        tiles.sort_unstable();
        tiles.dedup();
        tiles
    }

    fn prove<E>(
        self,
        mut read: impl FnMut(TileId) -> Result<Vec<u8>, E>,
    ) -> Result<Vec<Hash>, TreeError<E>> {
        let mut held = Held::default();
        for tile in self.tiles() {
            let bytes = read_tile(tile, &mut read)?;
            held.tiles.insert((tile.level, tile.index), (tile, bytes));
        }
        let proof = self.walk(&held).map_err(TreeError::Arithmetic)?;
        Ok(proof.into_iter().map(Hash::from).collect())
    }

    fn walk(self, reader: &impl HashReader) -> Result<Vec<tlog_tiles::Hash>, LibraryError> {
        match self {
            Self::Inclusion { index, size } => prove_record(size, index, reader),
            Self::Consistency { first, second } => prove_tree(second, first, reader),
        }
    }
}

/// Notes which hashes a proof asks for.
#[derive(Default)]
struct Plan {
    asked: RefCell<Vec<u64>>,
}

impl HashReader for Plan {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog_tiles::Hash>, LibraryError> {
        self.asked.borrow_mut().extend(indexes);
        Ok(iter::repeat_n(tlog_tiles::Hash::default(), indexes.len()).collect())
    }
}

/// Gives hashes out of the tiles that were read.
#[derive(Default)]
struct Held {
    tiles: BTreeMap<(u8, u64), (TileId, Vec<u8>)>,
}

impl HashReader for Held {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog_tiles::Hash>, LibraryError> {
        indexes
            .iter()
            .map(|stored| {
                let least = Tile::from_index(HEIGHT, *stored);
                let (tile, bytes) = self
                    .tiles
                    .get(&(least.level(), least.level_index()))
                    .ok_or(LibraryError::IndexesNotInTree)?;
                Tile::new(HEIGHT, tile.level, tile.index, u32::from(tile.width), false)
                    .hash_at_index(bytes, *stored)
            })
            .collect()
    }
}

/// The path from the leaf up: one hash for each level below the point where the way to the last
/// leaf parts from the way to this one, and above it one for each subtree to the left.
fn inclusion_length(index: u64, size: u64) -> usize {
    let (below, above) = path_lengths(index, size);
    widen(below + above)
}

/// As the path from the last leaf of the earlier tree, without the levels of the complete subtree
/// which that leaf ends, and with that subtree's hash unless it is the whole earlier tree.
fn consistency_length(first: u64, second: u64) -> usize {
    if first == second {
        return 0;
    }
    let (below, above) = path_lengths(first - 1, second);
    let seed = u32::from(!first.is_power_of_two());
    widen(seed + below.saturating_sub(first.trailing_zeros()) + above)
}

fn path_lengths(index: u64, size: u64) -> (u32, u32) {
    let below = u64::BITS - (index ^ (size - 1)).leading_zeros();
    (below, index.checked_shr(below).unwrap_or(0).count_ones())
}

fn widen(count: u32) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}

fn require_length(proof: &[Hash], want: usize) -> Result<(), InvalidProof> {
    if proof.len() == want { Ok(()) } else { Err(InvalidProof::Length { want, got: proof.len() }) }
}

fn foreign(proof: &[Hash]) -> Vec<tlog_tiles::Hash> {
    proof.iter().map(|hash| (*hash).into()).collect()
}
