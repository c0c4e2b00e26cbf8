//! Where disputes are kept. The only module that knows the tables.
//!
//! Every read takes the body that asks, and joins `viewer`: there is no way to read what is not its.

mod dispute;
mod events;
mod list;
mod migration;
mod precedent;
mod rows;
mod terms;
mod told;
mod viewer;

pub use migration::Migrations;

pub(crate) use dispute::{
    dispute, dispute_for_service, free_docket, insert_dispute, join_evidence_outcome, open_over,
    save_revision, take, update_dispute,
};
pub(crate) use events::{Tail, timeline};
pub(crate) use list::{Filter, list};
pub(crate) use precedent::{insert_precedent, list_precedents, precedents_about, precedents_after};
pub(crate) use terms::{due_disputes, pending_disputes, provisional_disputes, save_term};
pub(crate) use told::{insert_tellings, save_told, untold};
pub(crate) use viewer::show;

use types::Id;

use crate::error::Error;

/// Reads a resource name of the collection `of`.
pub(crate) fn parse_name<K>(name: &str, of: &str) -> Option<Id<K>> {
    let id = name.strip_prefix(of)?.strip_prefix('/')?;
    // Only the canonical form: names are compared as text.
    id.parse::<Id<K>>().ok().filter(|parsed| parsed.to_string() == id)
}

fn read_word<T>(word: Option<T>, column: &'static str) -> Result<T, Error> {
    word.ok_or(Error::Corrupt(column))
}

fn read_json<T: serde::de::DeserializeOwned>(text: &str, column: &'static str) -> Result<T, Error> {
    serde_json::from_str(text).map_err(|_| Error::Corrupt(column))
}

fn write_json<T: serde::Serialize>(value: &T, column: &'static str) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|_| Error::Corrupt(column))
}
