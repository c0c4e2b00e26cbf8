//! What a clerk gets: forms printed and read back from the PDF, text and pages.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod print;
mod read;
