//! Every call through the real guard, with real keys, a real identity service and a real database:
//! `SQLite`, or PostgreSQL when `XIEZHI_TEST_POSTGRES` is set.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod case;
mod forum;
mod journal;
mod ladder;
mod marks;
mod once;
mod opening;
mod paging;
mod peers;
mod precedents;
mod strangers;
mod suggest;
mod telling;
mod votes;
mod worker;
mod world;
