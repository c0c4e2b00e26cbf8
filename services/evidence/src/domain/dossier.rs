//! A dossier: the evidence of one case.

use chrono::{DateTime, Utc};
use types::{AgencyCode, Id};

/// The evidence of one case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dossier {
    /// Its id.
    pub id: Id<Self>,
    /// Who opened it, and alone adds to it.
    pub agency: AgencyCode,
    /// What it is about.
    pub title: String,
    /// The agency's own number of the case.
    pub case_no: String,
    /// `dockets/{uuid}`; empty when there is none yet.
    pub docket: String,
    /// Certificate numbers of who investigates: they keep nothing.
    pub investigators: Vec<String>,
    /// How many items it has.
    pub items: i32,
    /// When it was opened.
    pub created_at: DateTime<Utc>,
    /// Grows with each change.
    pub version: i32,
}
