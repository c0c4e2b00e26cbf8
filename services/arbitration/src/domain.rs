//! The rules: pure functions from a dispute, an act and an instant to a new dispute or a refusal.
//!
//! The law itself is in the tables of `ladder` and `forum`; the engine applies them.

pub mod act;
pub mod acting;
pub mod body;
pub mod dispute;
pub mod engine;
pub mod forum;
pub mod ladder;
pub mod opening;
pub mod precedent;
pub mod refusal;
pub mod settings;
pub mod telling;
pub mod term;
pub mod word;
