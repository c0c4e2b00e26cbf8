//! Where dockets and referrals are kept. The only module that knows the tables.
//!
//! Every read takes the body that asks, and joins `party`: there is no way to read what is not its.

mod closed;
mod dispute;
mod docket;
mod events;
mod kept;
mod leg;
mod list;
mod migration;
mod migration_competence;
mod migration_linkage;
mod migration_whole;
mod opening;
mod party;
mod rows;
mod terms;

pub use migration::Migrations;

pub(crate) use closed::{ClosedCase, closed_cases};
pub(crate) use dispute::{dispute, lock_docket, open_disputes, save_dispute};
pub(crate) use docket::{close_docket, docket, insert_docket, note_penalty};
pub(crate) use events::{Tail, timeline, watch};
pub(crate) use kept::{
    Kept, KeptFilter, due_kept, insert_kept, kept, list_kept, provisional_kept, readers, seen,
    update_kept,
};
pub(crate) use leg::{
    all_legs, children_open, documents, insert_documents, insert_leg, leg, legs_of_docket,
    update_leg,
};
pub(crate) use list::{Filter, list};
pub(crate) use opening::{add_leg, add_parties};
pub(crate) use party::show;
pub(crate) use terms::{due_legs, provisional_legs, save_term};

use types::Id;

use crate::{
    domain::leg::{Docket, Leg},
    error::Error,
};

/// The resource name of a docket.
pub(crate) fn docket_name(id: Id<Docket>) -> String {
    format!("dockets/{id}")
}

/// The resource name of a referral.
pub(crate) fn leg_name(id: Id<Leg>) -> String {
    format!("referrals/{id}")
}

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
