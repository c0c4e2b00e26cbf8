//! What this service does, as rows of its own journal: they are leaves like those of all others.

use chrono::{DateTime, Utc};
use command::marks::Marks;
pub(crate) use command::marks::timestamp;
use db::journal;
use prost::Message as _;
use proto::supervision::v1 as pb;
use types::AgencyCode;

use crate::domain::warning::Warning;

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

/// Something that happened here.
#[derive(Clone, Debug)]
pub(crate) struct Happened {
    /// e.g. `WARNING_RAISED`.
    pub kind: &'static str,
    /// The resource it happened to.
    pub resource: String,
    /// `dockets/{uuid}`; empty when there is none.
    pub docket: String,
    /// Rule of LAW.md and article; empty when there is none.
    pub rule: String,
    pub basis: String,
    /// One sentence for people, without names of persons.
    pub summary: String,
    /// Codes of the bodies it concerns: they see the resource.
    pub bodies: Vec<String>,
    /// State of the resource after it; empty when it has none.
    pub state: &'static str,
    /// Digests of papers it rests on, each as `name:value`.
    pub evidence: Vec<String>,
    /// Terms, exchanges and values beside what stands above.
    pub marks: Marks,
}

impl Happened {
    /// Something with no more than a sentence.
    pub(crate) fn new(kind: &'static str, resource: &str, summary: impl Into<String>) -> Self {
        Self {
            kind,
            resource: resource.to_owned(),
            docket: String::new(),
            rule: String::new(),
            basis: String::new(),
            summary: summary.into(),
            bodies: Vec::new(),
            state: "",
            evidence: Vec::new(),
            marks: Marks::new(),
        }
    }

    /// Under this rule.
    #[must_use]
    pub(crate) fn under(mut self, rule: &str, basis: &str) -> Self {
        (self.rule, self.basis) = (rule.to_owned(), basis.to_owned());
        self
    }

    /// The row, done by nobody but a clock when the doer is empty.
    pub(crate) fn by(self, doer: &Doer, at: DateTime<Utc>) -> journal::Entry {
        let event = pb::Event {
            kind: self.kind.to_owned(),
            agency: doer.agency.clone(),
            officer: doer.officer.clone(),
            rule: self.rule.clone(),
            basis: self.basis.clone(),
            summary: self.summary.clone(),
            bodies: self.bodies.clone(),
            state: self.state.to_owned(),
            evidence: self.evidence,
        };
        let marks = self.marks.under(&self.rule, &self.basis).summary(self.summary);
        let mut entries = [journal::Entry {
            at,
            kind: self.kind,
            resource: self.resource.clone(),
            docket: self.docket,
            agency: doer.agency.clone(),
            officer: doer.officer.clone(),
            step: String::new(),
            payload: event.encode_to_vec(),
            request_id: String::new(),
            attestation: None,
            marks: marks.encode(),
        }];
        let shown: Vec<(AgencyCode, String)> = self
            .bodies
            .iter()
            .filter_map(|body| Some((AgencyCode::parse(body)?, self.resource.clone())))
            .collect();
        command::marks::show(&mut entries, &shown);
        let [entry] = entries;
        entry
    }
}

/// A warning was raised.
pub(crate) fn raised(one: &Warning, now: DateTime<Utc>) -> journal::Entry {
    let found = &one.found;
    let bodies = [&found.owner].into_iter().chain(&found.seers).cloned().collect();
    warned("WARNING_RAISED", one, found.summary.clone(), bodies).by(&Doer::default(), now)
}

/// A warning went up.
pub(crate) fn escalated(one: &Warning, now: DateTime<Utc>) -> journal::Entry {
    let to = one.escalated_to.last().cloned().unwrap_or_default();
    let summary =
        format!("nobody acknowledged it in time, it goes up to {to}: {}", one.found.summary);
    warned("WARNING_ESCALATED", one, summary, vec![to]).by(&Doer::default(), now)
}

/// A warning ended by itself.
pub(crate) fn settled(one: &Warning, now: DateTime<Utc>) -> journal::Entry {
    let summary = format!("{}: {}", one.outcome, one.found.summary);
    warned("WARNING_SETTLED", one, summary, Vec::new()).by(&Doer::default(), now)
}

/// A body looks at a warning.
pub(crate) fn acknowledged(one: &Warning, doer: &Doer, now: DateTime<Utc>) -> journal::Entry {
    let summary = format!("{} looks at it: {}", doer.agency, one.found.summary);
    warned("WARNING_ACKNOWLEDGED", one, summary, Vec::new()).by(doer, now)
}

/// A body closed a warning. What it wrote freely stays with the warning.
pub(crate) fn closed(one: &Warning, doer: &Doer, now: DateTime<Utc>) -> journal::Entry {
    let summary = format!("{} closed it: {}", doer.agency, one.found.summary);
    warned("WARNING_CLOSED", one, summary, Vec::new()).by(doer, now)
}

fn warned(kind: &'static str, one: &Warning, summary: String, bodies: Vec<String>) -> Happened {
    Happened {
        docket: one.found.docket.clone(),
        bodies,
        state: one.state.as_str(),
        ..Happened::new(kind, &one.name, summary).under(&one.found.law_rule, &one.found.basis)
    }
}
