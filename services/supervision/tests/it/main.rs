//! Every call through the real guard, over the journal of a real identity service, on a real
//! database: `SQLite`, or PostgreSQL when `XIEZHI_TEST_POSTGRES` is set.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod board;
mod decision;
mod desk;
mod indicator;
mod proofs;
mod receipts;
mod replicas;
mod sequencing;
mod story;
mod tiles;
mod trace;
mod warnings;
mod world;
