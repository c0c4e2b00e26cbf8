//! What happened, as a journal row.

use chrono::{DateTime, Utc};
use command::marks::Marks;
pub(crate) use command::marks::timestamp;
use db::journal;
use prost::Message as _;
use proto::operations::v1 as pb;
use types::AgencyCode;

use crate::domain::law::Law;

/// Who did something, and through whom; nobody when a clock did.
#[derive(Clone, Debug, Default)]
pub(crate) struct Doer {
    pub agency: String,
    pub officer: String,
}

impl Doer {
    pub(crate) fn new(agency: &AgencyCode, officer: &str) -> Self {
        Self { agency: agency.as_str().to_owned(), officer: officer.to_owned() }
    }
}

/// What happened to which resource.
#[derive(Clone, Debug)]
pub(crate) struct Happened {
    /// The kind of row.
    pub kind: &'static str,
    /// Name of the resource.
    pub resource: String,
    /// The rule it rests on.
    pub law: Option<Law>,
    /// One sentence for people.
    pub summary: String,
    /// What it rests on, each as `name:value`.
    pub evidence: Vec<String>,
    /// The sentence without what officers wrote freely; empty: the summary is free of it.
    pub plain: String,
    /// What it means to those who watch, beside rule and sentence.
    pub marks: Marks,
}

impl Happened {
    pub(crate) fn new(kind: &'static str, resource: &str, summary: String) -> Self {
        let resource = resource.to_owned();
        let (evidence, plain, marks) = (Vec::new(), String::new(), Marks::new());
        Self { kind, resource, law: None, summary, evidence, plain, marks }
    }

    pub(crate) fn under(mut self, law: Law) -> Self {
        self.law = Some(law);
        self
    }

    pub(crate) fn with(mut self, evidence: Vec<String>) -> Self {
        self.evidence = evidence;
        self
    }

    pub(crate) fn marked(mut self, marks: Marks) -> Self {
        self.marks = marks;
        self
    }

    pub(crate) fn plainly(mut self, plain: String) -> Self {
        self.plain = plain;
        self
    }

    /// The journal row.
    pub(crate) fn by(self, doer: &Doer, at: DateTime<Utc>) -> journal::Entry {
        let event = pb::Event {
            kind: self.kind.to_owned(),
            agency: doer.agency.clone(),
            officer: doer.officer.clone(),
            rule: self.law.map(|law| law.rule.to_owned()).unwrap_or_default(),
            basis: self.law.map(|law| law.basis.to_owned()).unwrap_or_default(),
            summary: self.summary,
            evidence: self.evidence,
        };
        let told = if self.plain.is_empty() { &event.summary } else { &self.plain };
        let marks = self.marks.under(&event.rule, &event.basis).summary(told.as_str());
        journal::Entry {
            at,
            kind: self.kind,
            resource: self.resource,
            docket: String::new(),
            agency: doer.agency.clone(),
            officer: doer.officer.clone(),
            step: String::new(),
            payload: event.encode_to_vec(),
            request_id: String::new(),
            attestation: None,
            marks: marks.encode(),
        }
    }
}

/// The instant on the wire; none when it is out of range.
pub(crate) fn instant(at: &prost_types::Timestamp) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(at.seconds, u32::try_from(at.nanos).ok()?)
}
