//! Every call through the real guard, with real keys, a real identity service and a real database:
//! `SQLite`, or PostgreSQL when `XIEZHI_TEST_POSTGRES` is set.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod assistance;
mod draw;
mod held;
mod large;
mod make;
mod marks;
mod merge;
mod once;
mod operation;
mod peers;
mod plans;
mod repair;
mod schedule;
mod subjects;
mod visits;
mod world;
