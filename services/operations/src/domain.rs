//! The rules: pure functions from what is there, what is asked and an instant to what will be, or a
//! refusal.

pub mod assistance;
pub mod body;
pub mod check;
pub mod draw;
pub mod feed;
pub mod law;
pub mod merge;
pub mod operation;
pub mod plan;
pub mod refusal;
pub mod resource;
pub mod schedule;
pub mod settings;
pub mod subject;
pub mod visit;
pub mod word;
