//! The SDK against the real guard, over a service that answers by a script.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod calls;
mod events;
mod fresh;
mod script;
