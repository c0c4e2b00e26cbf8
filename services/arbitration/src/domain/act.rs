//! What somebody does: one step by one body through one officer, at one instant.

use chrono::{DateTime, NaiveDate, Utc};
use clock::Calendar;
use types::AgencyCode;

use super::{
    body::Bodies,
    settings::Settings,
    word::{Rank, Stance, StepKind},
};

/// What an officer is, as identity knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Position {
    /// 正职负责人 or 主持工作的负责人.
    Head,
    /// Anyone else with a valid certificate: a deputy head too.
    Other,
}

impl Position {
    /// Whether this position may do what `rank` asks for.
    pub fn may_act_as(self, rank: Rank) -> bool {
        rank == Rank::Officer || self == Self::Head
    }
}

/// What a step says. Fields a step does not have stay empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// What the body says of its own competence.
    pub stance: Option<Stance>,
    /// A position, a settlement, an application, or minutes.
    pub text: String,
    /// Articles or acts.
    pub basis: Vec<String>,
    /// Names or digests of evidence.
    pub evidence: Vec<String>,
    /// The body that is to be competent, or that leads meanwhile.
    pub competent: Option<AgencyCode>,
    /// From which day.
    pub effective_from: Option<NaiveDate>,
    /// Digest of a settlement, or of minutes: 64 hexadecimal digits.
    pub sha256: String,
    /// Reasons.
    pub reason: String,
    /// Day of a session.
    pub held_on: Option<NaiveDate>,
    /// Who was there.
    pub present: Vec<AgencyCode>,
    /// What must be done meanwhile.
    pub measures: Vec<String>,
    /// Whether the party agrees.
    pub agrees: bool,
    /// Number of the decision.
    pub decision_no: String,
}

/// One act on a dispute.
#[derive(Clone, Debug)]
pub struct Act {
    /// The step.
    pub step: StepKind,
    /// What it says.
    pub said: Said,
    /// The body that acts.
    pub by: AgencyCode,
    /// Its officer's certificate.
    pub officer: String,
    /// What that officer is; the certificate was checked by identity for that day.
    pub position: Position,
    /// When.
    pub now: DateTime<Utc>,
}

/// What the engine knows beside the dispute and the act.
#[derive(Clone, Copy, Debug)]
pub struct World<'a> {
    /// The open points of the law.
    pub settings: &'a Settings,
    /// The official calendar.
    pub calendar: &'a Calendar,
    /// The bodies.
    pub bodies: &'a Bodies,
}
