//! The solver as a caller sees it: on invented county weeks, on small problems made by hand, and on
//! instances of the public benchmark.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod county;
mod explained;
mod given;
mod hhcrsp;
mod made;
mod ordered;
mod python;
mod repaired;
mod solved;
