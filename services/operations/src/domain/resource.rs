//! What a body can send: officers with their shifts and absences, kits; and how often it may come.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use types::AgencyCode;

use super::word::Tier;

/// An officer as a schedule must know one; the certificate is identity's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfficerProfile {
    /// `officerProfiles/{certificate_no}`.
    pub name: String,
    /// The certificate.
    pub certificate_no: String,
    /// The body the officer acts for.
    pub agency: AgencyCode,
    /// What the officer is qualified for.
    pub qualifications: Vec<String>,
    /// Where the officer starts from, in millionths of a degree.
    pub base_latitude_e6: i32,
    /// See `base_latitude_e6`.
    pub base_longitude_e6: i32,
    /// When the shift begins, in minutes of the day.
    pub shift_start: u32,
    /// When it ends, in minutes of the day.
    pub shift_end: u32,
    /// First and last days of absences.
    pub absences: Vec<(NaiveDate, NaiveDate)>,
    /// From whom the officer is recused.
    pub recusals: Vec<Recusal>,
    /// When the officer was first listed here.
    pub created_at: DateTime<Utc>,
    /// Counts the changes, from 1.
    pub version: i32,
}

/// A relation that may affect fairness (O-07).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recusal {
    /// Name of the subject.
    pub subject: String,
    /// The relation.
    pub reason: String,
}

impl OfficerProfile {
    /// Why the officer must not inspect `subject`, if so.
    pub fn recusal(&self, subject: &str) -> Option<&Recusal> {
        self.recusals.iter().find(|one| one.subject == subject)
    }

    /// Notes that the officer is away from one day to another.
    pub fn note_absence(&mut self, days: (NaiveDate, NaiveDate)) {
        note(&mut self.absences, days);
        self.version += 1;
    }

    /// Whether the officer is away on `day`.
    pub fn is_absent(&self, day: NaiveDate) -> bool {
        is_within(&self.absences, day)
    }
}

/// A vehicle or an instrument.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kit {
    /// kits/{code}.
    pub name: String,
    /// Its code.
    pub code: String,
    /// Whose it is.
    pub agency: AgencyCode,
    /// `GAS_DETECTION`, VEHICLE, ...
    pub kind: String,
    /// Where it stands, in millionths of a degree.
    pub base_latitude_e6: i32,
    /// See `base_latitude_e6`.
    pub base_longitude_e6: i32,
    /// First and last days on which it cannot be had; none in records written before they were kept.
    #[serde(default)]
    pub absences: Vec<(NaiveDate, NaiveDate)>,
    /// Counts the changes, from 1.
    pub version: i32,
}

impl Kit {
    /// Notes that it cannot be had from one day to another.
    pub fn note_absence(&mut self, days: (NaiveDate, NaiveDate)) {
        note(&mut self.absences, days);
        self.version += 1;
    }

    /// Whether it cannot be had on `day`.
    pub fn is_absent(&self, day: NaiveDate) -> bool {
        is_within(&self.absences, day)
    }
}

/// The most absences that are kept; the oldest go first.
const ABSENCES_MAX: usize = 200;

/// Notes an absence, unless all of it is noted already.
fn note(spans: &mut Vec<(NaiveDate, NaiveDate)>, (from, to): (NaiveDate, NaiveDate)) {
    let mut days = from.iter_days().take_while(|day| *day <= to);
    if days.all(|day| is_within(spans, day)) {
        return;
    }
    if spans.len() >= ABSENCES_MAX {
        spans.remove(0);
    }
    spans.push((from, to));
}

/// Whether one of some spans of days has `day`.
fn is_within(spans: &[(NaiveDate, NaiveDate)], day: NaiveDate) -> bool {
    spans.iter().any(|(from, to)| *from <= day && day <= *to)
}

/// How often a body may inspect one subject in a year (I-04).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cap {
    /// caps/{agency}.
    pub name: String,
    /// The body.
    pub agency: AgencyCode,
    /// By tier A, B, C, D.
    pub yearly_by_tier: [u32; 4],
    /// The day it was published.
    pub published_on: NaiveDate,
    /// Counts the changes, from 1.
    pub version: i32,
}

impl Cap {
    /// How many inspections of a subject of this tier the cap allows in a year.
    pub fn of(&self, tier: Tier) -> u32 {
        self.yearly_by_tier[tier.index()]
    }
}
