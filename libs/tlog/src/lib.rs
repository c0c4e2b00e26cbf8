//! The mathematics of the transparency log: leaves, tiles, proofs, signed checkpoints, receipts.
//!
//! Pure: no clock, no I/O, no database. The tree is RFC 6962's (SHA-256), the files are C2SP's
//! `tlog-tiles`, `tlog-checkpoint` and `signed-note`, so that tools of others read our log.

mod checkpoint;
mod entry;
mod hash;
mod key;
mod proof;
mod receipt;
mod tile;
mod tree;
mod trust;

pub use checkpoint::{Checkpoint, OpenError, SignError};
pub use entry::{Entry, EntryError};
pub use hash::Hash;
pub use key::{KeyError, LogKey, Vkey};
pub use proof::{
    InvalidProof, consistency, inclusion, tiles_for_consistency, tiles_for_inclusion,
    verify_consistency, verify_inclusion,
};
pub use receipt::{Broken, Fault, Proven, Receipt, ReceiptError};
pub use tile::{BundleError, BundleId, TILE_WIDTH, TileId, decode_bundle, encode_bundle};
pub use tree::{MAX_SIZE, RangeError, TileWrite, Tree, TreeError};
pub use trust::{BadKeys, TrustError, trusted_vkeys};
