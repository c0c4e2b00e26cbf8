//! A dossier as a `BagIt` bag (RFC 8493): files that any archive keeps and any tool checks, and in
//! them what proves each of them to a court that trusts nobody but the issuer and the log.

mod chain;
mod hand_over;
pub(crate) mod info;
pub(crate) mod layout;
mod manifest;
mod measure;
mod parts;
mod printed;
mod rows;
mod structure;
mod verify;
mod write;

pub(crate) use parts::photos;
pub(crate) use verify::{Proven, verify};
pub(crate) use write::Draft;
