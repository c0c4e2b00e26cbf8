//! What somebody does: one step by one body through one officer, at one instant.

use chrono::{DateTime, Utc};
use clock::Calendar;
use types::AgencyCode;

use super::{
    body::Directory,
    branch::{self, Branches},
    dispute::Dispute,
    document::Document,
    settings::Settings,
    step::{Said, StepKind},
    word::Rank,
};

/// What an officer is, as identity knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Position {
    /// 执法人员.
    EnforcementOfficer,
    /// 副职负责人.
    DeputyHead,
    /// 正职负责人.
    PrincipalHead,
    /// 主持工作的负责人.
    ActingHead,
    /// 检察长.
    ChiefProcurator,
}

impl Position {
    /// Whether this position may do what `rank` asks for.
    pub fn may_act_as(self, rank: Rank) -> bool {
        match rank {
            Rank::Officer => true,
            Rank::Head => {
                matches!(self, Self::PrincipalHead | Self::ActingHead | Self::ChiefProcurator)
            }
            Rank::ChiefProcurator => self == Self::ChiefProcurator,
        }
    }
}

/// One act on a leg.
#[derive(Clone, Debug)]
pub struct Act {
    /// The step.
    pub step: StepKind,
    /// What it says.
    pub said: Said,
    /// The body that acts.
    pub by: AgencyCode,
    /// What its officer is; the certificate was checked by identity for that day.
    pub position: Position,
    /// The papers that come with it.
    pub documents: Vec<Document>,
    /// When.
    pub now: DateTime<Utc>,
}

/// What the engine knows beside the leg and the act.
#[derive(Clone, Copy, Debug)]
pub struct World<'a> {
    /// The open points of the law.
    pub settings: &'a Settings,
    /// The official calendar.
    pub calendar: &'a Calendar,
    /// The bodies.
    pub bodies: &'a Directory,
    /// The state of the leg supervised, and whether its decision is overdue; for a supervision.
    pub parent: Option<Parent>,
    /// Whether a supervision of this leg is under way.
    pub supervision_open: bool,
    /// Whether the referral an answer names exists and comes from the respondent.
    pub answer_refers: bool,
    /// The disputes that are open over the docket; asked for only by steps that pass the case on.
    pub disputes: &'a [Dispute],
    /// How the branches of the docket stand; asked for only by steps about penalties and fines.
    pub branches: Branches,
}

impl<'a> World<'a> {
    /// What is known where nothing of the case was asked for.
    pub fn bare(settings: &'a Settings, calendar: &'a Calendar, bodies: &'a Directory) -> Self {
        Self {
            settings,
            calendar,
            bodies,
            parent: None,
            supervision_open: false,
            answer_refers: false,
            disputes: &[],
            branches: branch::NOTHING,
        }
    }
}

/// What a supervision must know of the leg it supervises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parent {
    /// Whether public security has decided by now.
    pub decided: bool,
    /// Whether its decision is overdue.
    pub overdue: bool,
    /// Whether it is filed now, neither withdrawn nor sent on.
    pub filed: bool,
}
