//! The rules: pure functions from a case, an act and an instant to a new case or a refusal.
//!
//! The law itself is in the tables of `procedure`; the engine applies tables and knows no law.

pub mod act;
pub mod body;
pub mod branch;
pub mod closing;
pub mod consultation;
pub mod dispute;
pub mod document;
pub mod duty;
pub mod engine;
pub mod involvement;
pub mod leg;
pub mod linkage;
pub mod meeting;
pub mod notice;
pub mod opening;
pub mod procedure;
pub mod refusal;
pub mod render;
pub mod resolution;
pub mod screening;
pub mod settings;
pub mod step;
pub mod term;
pub mod word;
