//! Tests of the transparency log's mathematics, in one binary.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod bundles;
mod checkpoints;
mod entries;
mod proofs;
mod receipts;
mod tiles;
mod trees;
mod trust;
mod vectors;

use std::collections::BTreeMap;

use tlog::{Hash, TileId, TileWrite, Tree};

/// Tiles as a database keeps them: one row for each level and index, the last writer wins.
#[derive(Default)]
struct Tiles(BTreeMap<(u8, u64), Vec<u8>>);

impl Tiles {
    fn store(&mut self, writes: Vec<TileWrite>) {
        for TileWrite { tile, bytes } in writes {
            assert_eq!(bytes.len(), tile.byte_len(), "{tile} says its own width");
            self.0.insert((tile.level, tile.index), bytes);
        }
    }

    fn read(&self, tile: TileId) -> Result<Vec<u8>, String> {
        self.0.get(&(tile.level, tile.index)).cloned().ok_or(format!("no tile {tile}"))
    }
}

/// A log of `size` leaves, appended in one batch.
fn log(size: u64) -> (Tree, Tiles) {
    let (mut tree, mut tiles) = (Tree::new(), Tiles::default());
    tiles.store(tree.append(&leaves(0, size)));
    (tree, tiles)
}

/// Hashes of the leaves `from..to`, each different.
fn leaves(from: u64, to: u64) -> Vec<Hash> {
    (from..to).map(|n| Hash::leaf(format!("leaf {n}").as_bytes())).collect()
}

/// The Merkle tree hash word for word as RFC 6962 section 2.1 defines it.
fn mth(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => Hash::EMPTY,
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(split(leaves.len()));
            Hash::node(mth(left), mth(right))
        }
    }
}

/// PATH(m, D[n]), word for word as RFC 6962 section 2.1.1 defines it.
fn path(m: usize, leaves: &[Hash]) -> Vec<Hash> {
    if leaves.len() == 1 {
        return Vec::new();
    }
    let k = split(leaves.len());
    let (left, right) = leaves.split_at(k);
    let (mut proof, last) =
        if m < k { (path(m, left), mth(right)) } else { (path(m - k, right), mth(left)) };
    proof.push(last);
    proof
}

/// SUBPROOF(m, D[n], b), word for word as RFC 6962 section 2.1.2 defines it.
fn subproof(m: usize, leaves: &[Hash], whole: bool) -> Vec<Hash> {
    if m == leaves.len() {
        return if whole { Vec::new() } else { vec![mth(leaves)] };
    }
    let k = split(leaves.len());
    let (left, right) = leaves.split_at(k);
    let (mut proof, last) = if m <= k {
        (subproof(m, left, whole), mth(right))
    } else {
        (subproof(m - k, right, false), mth(left))
    };
    proof.push(last);
    proof
}

/// The largest power of two smaller than `count`.
fn split(count: usize) -> usize {
    count.next_power_of_two() / 2
}
