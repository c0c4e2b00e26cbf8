//! Every call through the real guard, with real keys, a real identity service and a real database:
//! `SQLite`, or PostgreSQL when `XIEZHI_TEST_POSTGRES` is set.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod admissibility;
mod case;
mod custody;
mod hand_over;
mod hand_over_bulk;
mod hand_over_refusals;
mod items;
mod keys;
mod marks;
mod measures;
mod offers;
mod office;
mod ordered;
mod scrub;
mod strangers;
mod trace;
mod upload;
mod upload_faults;
mod world;
