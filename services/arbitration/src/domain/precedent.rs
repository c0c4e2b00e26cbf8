//! Decided disputes, and an index that finds those nearest to a new one, with why. It suggests only.
//!
//! Words are compared by pairs of neighbouring characters, which serves Chinese without a dictionary.

mod index;
mod words;

pub use index::{Index, Near, Question};

use chrono::{DateTime, NaiveDate, Utc};
use types::AgencyCode;

use super::{
    dispute::Dispute,
    word::{Kind, Manner},
};

/// A decided dispute, without what only its parties may know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Precedent {
    /// Name of the dispute.
    pub dispute: String,
    /// Whether the bodies claimed the matter or refused it.
    pub kind: Kind,
    /// The bodies.
    pub parties: Vec<AgencyCode>,
    /// One sentence.
    pub title: String,
    /// What happened: compared, and never shown.
    pub facts: String,
    /// Code of the matter; may be empty.
    pub matter: String,
    /// Region code.
    pub place: String,
    /// The one subject it was about; empty: whoever it is.
    pub subject: String,
    /// Who is competent.
    pub competent: AgencyCode,
    /// Why.
    pub reason: String,
    /// Articles or acts.
    pub basis: Vec<String>,
    /// How it was decided.
    pub manner: Manner,
    /// Its first day.
    pub effective_from: NaiveDate,
    /// By whom.
    pub decided_by: Vec<AgencyCode>,
    /// When.
    pub decided_at: DateTime<Utc>,
}

impl Precedent {
    /// The precedent a dispute has become; `None` while there is no decision.
    pub fn of(dispute: &Dispute) -> Option<Self> {
        let (decision, subject) = (dispute.file.decision.as_ref()?, &dispute.subject);
        Some(Self {
            dispute: dispute.name(),
            kind: dispute.kind,
            parties: dispute.parties().to_vec(),
            title: subject.title.clone(),
            facts: subject.facts.clone(),
            matter: subject.matter.clone(),
            place: subject.place.clone(),
            subject: subject.subject.clone(),
            competent: decision.competent.clone(),
            reason: decision.reason.clone(),
            basis: decision.basis.clone(),
            manner: decision.manner,
            effective_from: decision.effective_from,
            decided_by: decision.decided_by.clone(),
            decided_at: decision.at,
        })
    }
}

/// A region code without what makes it a whole: `330900` and `330900001` begin with `3309`.
fn stem(region: &str) -> &str {
    if region.len() == 6 {
        let county = region.strip_suffix("00").unwrap_or(region);
        return county.strip_suffix("00").unwrap_or(county);
    }
    region
}

/// Whether a place is a region, or lies in it.
pub fn covers(region: &str, place: &str) -> bool {
    place.starts_with(stem(region))
}

/// Whether one region is the other, or lies in it.
pub fn overlaps(one: &str, two: &str) -> bool {
    covers(one, two) || covers(two, one)
}

#[cfg(test)]
pub(crate) mod testing {
    use super::*;
    use crate::domain::body::testing::code;

    /// A precedent of which a test fills in what it is about.
    pub(crate) fn blank() -> Precedent {
        Precedent {
            dispute: "disputes/1".into(),
            kind: Kind::Positive,
            parties: vec![code("AGR"), code("NAT")],
            title: String::new(),
            facts: String::new(),
            matter: String::new(),
            place: "330999".into(),
            subject: String::new(),
            competent: code("NAT"),
            reason: String::new(),
            basis: Vec::new(),
            manner: Manner::Designation,
            effective_from: "2026-03-02".parse().unwrap(),
            decided_by: vec![code("GOV-C")],
            decided_at: "2026-03-02T02:00:00Z".parse().unwrap(),
        }
    }
}

#[cfg(test)]
mod tests;
