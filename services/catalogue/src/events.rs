//! What happened, as a journal row.

use command::marks::Marks;
use command::marks::timestamp;
use db::journal;
use prost::Message as _;
use proto::catalogue::v1 as pb;

use crate::{domain::revision::Revision, store};

/// A revision was published, or a decision became one.
pub(crate) fn published(revision: &Revision) -> journal::Entry {
    let marks = Marks::new()
        .summary(format!("{} published revision {}", revision.agency, revision.number))
        .value("entries_put", revision.puts)
        .value("entries_removed", revision.removes);
    journal::Entry {
        at: revision.published_at,
        kind: "catalogue.revision_published.v1",
        resource: store::revision_name(revision.number),
        docket: String::new(),
        agency: revision.agency.clone(),
        officer: revision.officer.clone(),
        step: String::new(),
        payload: message(revision).encode_to_vec(),
        request_id: String::new(),
        attestation: None,
        marks: marks.encode(),
    }
}

/// The revision as the wire has it.
pub(crate) fn message(revision: &Revision) -> pb::Revision {
    pb::Revision {
        name: store::revision_name(revision.number),
        number: revision.number,
        title: revision.title.clone(),
        announcement: revision.announcement.clone(),
        agency: revision.agency.clone(),
        officer: revision.officer.clone(),
        publish_time: Some(timestamp(revision.published_at)),
        entries_put: revision.puts,
        entries_removed: revision.removes,
        changes_sha256: revision.changes_sha256.clone(),
    }
}
