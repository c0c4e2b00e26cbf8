//! What happened, as a journal row.

use chrono::{DateTime, Utc};
pub(crate) use command::marks::timestamp;
use db::journal;
use prost::Message;
use types::AgencyCode;

/// Who did something, to which resource of which dossier, and when.
#[derive(Clone, Debug)]
pub(crate) struct Deed {
    /// Name of the dossier.
    pub dossier: String,
    /// Name of the resource.
    pub resource: String,
    /// The body that did it.
    pub agency: AgencyCode,
    /// Certificate number of the officer for whom.
    pub officer: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// The row of a deed. `kind` is such as `evidence.item_added.v1`; `message` is what the caller is
/// answered, without the bytes of contents.
pub(crate) fn entry(kind: &'static str, deed: Deed, message: &impl Message) -> journal::Entry {
    journal::Entry {
        at: deed.at,
        kind,
        resource: deed.resource,
        docket: deed.dossier,
        agency: deed.agency.as_str().to_owned(),
        officer: deed.officer,
        step: String::new(),
        payload: message.encode_to_vec(),
        request_id: String::new(),
        attestation: None,
        marks: Vec::new(),
    }
}
