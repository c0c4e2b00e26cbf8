//! Every call through the real guard, with real keys, a real identity service and a real database:
//! `SQLite`, or PostgreSQL when `XIEZHI_TEST_POSTGRES` is set.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod cases;
mod decisions;
mod discretion;
mod faults;
mod journal;
mod once;
mod paging;
mod publishing;
mod replicas;
mod resolving;
mod strangers;
mod world;
