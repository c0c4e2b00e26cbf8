//! Every call through the real guard, with real keys, a real identity service and a real database:
//! `SQLite`, or PostgreSQL when `XIEZHI_TEST_POSTGRES` is set.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod calendar;
mod case;
mod catalogue;
mod competence;
mod consultation;
mod directory;
mod dispute;
mod enforcement;
mod full;
mod hand_over;
mod happy;
mod journal;
mod marks;
mod meeting;
mod notice;
mod officers;
mod once;
mod paging;
mod prosecution;
mod refusals;
mod reverse;
mod strangers;
mod supervision;
mod supplement;
mod trial;
mod watch;
mod worker;
mod world;
