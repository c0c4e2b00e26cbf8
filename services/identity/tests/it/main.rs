//! The identity service over gRPC, on a real database, with the real guard in front.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod directory;
mod journal;
mod keys;
mod revocation;
mod rotation;
mod tokens;
mod trace;
mod world;
