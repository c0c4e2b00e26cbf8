//! The files: cut into encrypted segments in the object store, found again by their digest.

pub(crate) mod crypto;
pub(crate) mod fault;
pub(crate) mod gather;
pub(crate) mod hashes;
pub(crate) mod keys;
pub(crate) mod memory;
pub(crate) mod model;
pub(crate) mod place;
mod read;
pub(crate) mod scrub;
pub(crate) mod streams;
mod sweep;
pub(crate) mod vault;
pub(crate) mod writer;
