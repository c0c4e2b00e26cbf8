//! The words every service shares, read and written.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod identifiers;
mod ids;
mod pages;
mod samples;
mod workloads;
