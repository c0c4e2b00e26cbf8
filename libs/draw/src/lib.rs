//! The public draw (双随机): who is inspected and by whom, so that nobody chooses it and anybody can
//! replay it.
//!
//! Lists are frozen as Merkle roots; each body and the office commit to a nonce; a public value
//! appears; the seed is the hash of them all. A subject's key is the largest of `weight` hashes, and
//! the largest keys win: weighted sampling without replacement (Efraimidis and Spirakis), in
//! integers, whatever the order of the list. Pure: no clock, no I/O, no randomness of its own.
//! `replay.py` beside it does the same in another language.

mod hash;
mod record;
mod select;
mod text;

pub use hash::{Algorithm, Hash, commitment, hex, merkle_root};
pub use record::{Fault, Verified, verify};
pub use select::{Outcome, RANKED, Ranking, Winner, ranking, run, seed, subject_key};
pub use text::{Frozen, Officer, Part, Pool, Revealed, Roots, Subject, is_plain, results};
