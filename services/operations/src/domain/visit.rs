//! One visit of one subject, by one or several bodies at the same time.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use types::AgencyCode;

use super::word::{Finding, Rung, VisitState};

mod act;

pub use act::{Arrival, SHOWN};

/// A visit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visit {
    /// visits/{uuid}.
    pub name: String,
    /// Name of the subject.
    pub subject: String,
    /// Who must come.
    pub groups: Vec<Group>,
    /// When it may take place.
    pub windows: Vec<Window>,
    /// How long it takes.
    pub minutes: u32,
    /// How much it matters.
    pub weight: u32,
    /// Names of the checks merged into it.
    pub checks: Vec<String>,
    /// Name of the joint operation it belongs to.
    pub operation: Option<String>,
    /// Name of the schedule that placed it.
    pub schedule: Option<String>,
    /// Where it is.
    pub state: VisitState,
    /// When it starts, once it is scheduled.
    pub start_at: Option<DateTime<Utc>>,
    /// When it ends.
    pub end_at: Option<DateTime<Utc>>,
    /// Number of the inspection notice.
    pub notice_no: String,
    /// When it was sent; `None` too in records written before that was kept.
    #[serde(default)]
    pub dispatched_at: Option<DateTime<Utc>>,
    /// Who arrived on site.
    pub check_ins: Vec<CheckIn>,
    /// What was found.
    pub results: Vec<MatterResult>,
    /// When the inspection ended.
    pub done_at: Option<DateTime<Utc>>,
    /// The term for publishing the result (O-09), once the inspection ended.
    pub publishing: Option<Publishing>,
    /// When the result was published.
    pub published_at: Option<DateTime<Utc>>,
    /// Why it will not take place.
    pub cancel_reason: String,
    /// Bodies that have the dispatch.
    pub acknowledged_by: Vec<AgencyCode>,
    /// Bodies whose head owes the approval: the visit was urgent, and nobody approved it in advance (I-03).
    #[serde(default)]
    pub unapproved: Vec<AgencyCode>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Counts the changes, from 1.
    pub version: i32,
}

/// What one body must send.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// The body.
    pub agency: AgencyCode,
    /// How many officers, two at least (O-05).
    pub officers: u32,
    /// What one of them must hold; empty: nothing.
    pub qualification: String,
    /// Kind of kit; empty: none.
    pub kit: String,
    /// Codes of the matters.
    pub matters: Vec<String>,
    /// Certificate numbers in the order of the draw; empty: a free choice.
    pub ranking: Vec<String>,
    /// Whether every check behind it is outside the cap (I-04).
    pub exempt: bool,
    /// Why the body comes although its cap is reached (I-04); empty: within the cap.
    #[serde(default)]
    pub over_cap: String,
    /// Who goes.
    pub assigned: Vec<String>,
    /// With what; empty: nothing.
    pub assigned_kit: String,
    /// Higher-ranked officers who were passed over, each with the reason.
    pub passed_over: Vec<(String, String)>,
}

/// When a visit may take place: wholly between two minutes of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Window {
    /// The day.
    pub day: NaiveDate,
    /// The first minute of it.
    pub from_minute: u32,
    /// The last.
    pub to_minute: u32,
}

/// Officers of one body on site (O-05, I-06).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckIn {
    /// The body.
    pub agency: AgencyCode,
    /// Their certificates.
    pub officers: Vec<String>,
    /// When.
    pub at: DateTime<Utc>,
    /// SHOWN or SCANNED.
    pub shown: String,
}

/// What was found on one matter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MatterResult {
    /// The body.
    pub agency: AgencyCode,
    /// Code of the matter.
    pub matter: String,
    /// What it is.
    pub result: Finding,
    /// In words.
    pub findings: String,
    /// Question, answer and note of each line.
    pub checklist: Vec<(String, String, String)>,
    /// dossiers/{uuid}; empty: none.
    pub dossier: String,
    /// What it led to; empty: nothing.
    pub follow_up: String,
    /// Certificate of who recorded it.
    pub officer: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// The term for publishing a result (O-09).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Publishing {
    /// Working days it has.
    pub working_days: u32,
    /// When it is over.
    pub due_at: DateTime<Utc>,
    /// It rests on days the official calendar does not cover.
    pub provisional: bool,
    /// When half of it is gone.
    pub half_at: DateTime<Utc>,
    /// When the end is near.
    pub near_at: DateTime<Utc>,
    /// The rungs raised so far, in their order.
    pub raised: Vec<(Rung, DateTime<Utc>)>,
}

impl Visit {
    /// The bodies that take part, each once.
    pub fn agencies(&self) -> Vec<AgencyCode> {
        let mut agencies: Vec<AgencyCode> =
            self.groups.iter().map(|group| group.agency.clone()).collect();
        agencies.sort_unstable();
        agencies.dedup();
        agencies
    }

    /// Whether the visit counts against the cap of `agency` (I-04).
    pub fn is_counted(&self, agency: &AgencyCode) -> bool {
        self.groups.iter().any(|group| group.agency == *agency && !group.exempt)
    }

    /// Whether the cap of `agency` can keep the visit out (I-04): it counts, nobody said that it takes place
    /// even so, and it is not counted yet.
    pub fn is_capped(&self, agency: &AgencyCode) -> bool {
        let binds =
            |group: &Group| group.agency == *agency && !group.exempt && group.over_cap.is_empty();
        self.groups.iter().any(binds) && self.check_in_of(agency).is_none()
    }

    /// Whether a schedule may give it a place: it is not dispatched yet.
    pub fn wants_a_place(&self) -> bool {
        match self.state {
            VisitState::Planned | VisitState::Scheduled => true,
            VisitState::Published
            | VisitState::Started
            | VisitState::Done
            | VisitState::ResultPublished
            | VisitState::Cancelled => false,
        }
    }

    /// Whether officers were sent, or are to go.
    pub fn is_dispatched(&self) -> bool {
        match self.state {
            VisitState::Published
            | VisitState::Started
            | VisitState::Done
            | VisitState::ResultPublished => true,
            VisitState::Planned | VisitState::Scheduled | VisitState::Cancelled => false,
        }
    }

    /// Who goes and what is brought: certificates and codes of kits.
    pub fn sent(&self) -> impl Iterator<Item = &str> {
        let kits = self.groups.iter().map(|group| group.assigned_kit.as_str());
        let kits = kits.filter(|kit| !kit.is_empty());
        self.groups.iter().flat_map(|group| &group.assigned).map(String::as_str).chain(kits)
    }

    /// The day on which it was scheduled, by the calendar of Shanghai.
    pub fn day(&self) -> Option<NaiveDate> {
        self.start_at.map(clock::legal_date)
    }
}

#[cfg(test)]
mod tests;
