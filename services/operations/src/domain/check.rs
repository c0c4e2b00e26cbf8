//! What one body wants to check at one subject, drawn or asked for otherwise.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use types::AgencyCode;

use super::word::Origin;

/// A check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// checks/{uuid}.
    pub name: String,
    /// The body.
    pub agency: AgencyCode,
    /// Name of the subject.
    pub subject: String,
    /// Codes of the matters.
    pub matters: Vec<String>,
    /// Why it takes place.
    pub origin: Origin,
    /// What it comes from: a draw, an operation, a complaint's number.
    pub source: String,
    /// Officers of the body.
    pub officers: u32,
    /// What one of them must hold; empty: nothing.
    pub qualification: String,
    /// Kind of kit; empty: none.
    pub kit: String,
    /// How long it takes.
    pub minutes: u32,
    /// How much it matters, from 1.
    pub weight: u32,
    /// The first day on which it may take place.
    pub window_start: NaiveDate,
    /// The last.
    pub window_end: NaiveDate,
    /// Why it must not be merged; empty: it may.
    pub alone_because: String,
    /// The head's reason for which it takes place even if the cap is reached (I-04); empty: the cap holds.
    #[serde(default)]
    pub over_cap_because: String,
    /// Name of the visit it became part of.
    pub visit: Option<String>,
    /// Certificate numbers in the order of the draw; empty: a free choice.
    pub ranking: Vec<String>,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// Counts the changes, from 1.
    pub version: i32,
}

impl Check {
    /// Name of the joint operation it came of.
    pub fn operation(&self) -> Option<&str> {
        Some(self.source.as_str()).filter(|source| source.starts_with("operations/"))
    }
}
