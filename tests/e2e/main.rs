//! Journeys through the whole mesh: the binary's own `start`, real sockets, the agencies' own SDK.
//! What needs a process of its own is in `services/xiezhi/tests`.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod dispute;
mod hand_over;
mod journey;
mod operations;
mod revocation;
mod stranger;
mod world;
