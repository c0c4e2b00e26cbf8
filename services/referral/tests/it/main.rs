//! Every call through the real guard, with real keys, a real identity service and a real database:
//! `SQLite`, or PostgreSQL when `XIEZHI_TEST_POSTGRES` is set.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod calendar;
mod case;
mod catalogue;
mod competence;
mod directory;
mod dispute;
mod full;
mod hand_over;
mod happy;
mod journal;
mod officers;
mod once;
mod paging;
mod refusals;
mod strangers;
mod supervision;
mod supplement;
mod watch;
mod worker;
mod world;
