//! The rules: pure functions from an item, an act and an instant to a new item or a refusal.

pub mod assessment;
pub mod custody;
pub mod defect;
pub mod dossier;
pub mod hand_over;
pub mod item;
pub mod measure;
pub mod refusal;
pub mod registration;
pub mod settings;
pub mod word;

#[cfg(test)]
pub(crate) mod tests;
