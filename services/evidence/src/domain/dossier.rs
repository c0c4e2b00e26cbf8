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
    /// Certificate numbers of who investigates for it: they keep nothing.
    pub investigators: Vec<String>,
    /// The same of the bodies that took items over into cases of their own.
    pub received_by: Vec<String>,
    /// How many items it has.
    pub items: i32,
    /// When it was opened.
    pub created_at: DateTime<Utc>,
    /// Grows with each change.
    pub version: i32,
}

impl Dossier {
    /// Whether an officer investigates the case, at whichever body.
    pub fn investigates(&self, certificate: &str) -> bool {
        self.investigators.iter().chain(&self.received_by).any(|one| one == certificate)
    }
}
