//! The rules: pure functions over the entries of a revision. Who is competent, what a revision
//! changes, what is wrong with it, which grade of discretion fits.

pub mod body;
pub mod changes;
pub mod content;
pub mod decimal;
pub mod diff;
pub mod discretion;
pub mod entry;
pub mod fault;
pub mod holding;
pub mod index;
pub mod moves;
pub mod publication;
pub mod reader;
pub mod reason;
pub mod refusal;
pub mod region;
pub mod resolve;
pub mod revision;
pub mod settings;
pub mod span;
