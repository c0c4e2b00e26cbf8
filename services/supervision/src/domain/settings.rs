//! The open points of the law of supervision, as settings: none of them is a hidden constant.

use std::collections::BTreeSet;

use serde::Deserialize;
use types::AgencyCode;

/// The settings. Their meanings, defaults and marks stand in `config.toml`.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What stands on the board.
    pub board: Board,
    /// Who sees across bodies.
    pub oversight: Oversight,
    /// The three systems and the evaluation.
    pub decisions: Decisions,
}

/// The board's settings.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Board {
    /// Minutes after which an exchange that nobody acknowledged is a warning.
    pub unacknowledged_minutes: u32,
}

/// The settings of the three systems (三项制度) and of the evaluation.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decisions {
    /// S-01: working days to publish a licence or a penalty.
    pub publish_days: u32,
    /// S-01: working days to publish any other decision.
    pub publish_other_days: u32,
    /// S-05: whether a decision after a hearing is a major one whatever the body says.
    pub hearing_is_major: bool,
    /// When the near rung is raised: per cent of the term.
    pub near_percent: u8,
    /// How many cases a body must have below the line to be ranked.
    pub rank_least: u32,
}

impl Decisions {
    fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        for (name, days) in
            [("publish_days", self.publish_days), ("publish_other_days", self.publish_other_days)]
        {
            if !(1..=250).contains(&days) {
                faults.push(format!("decisions.{name} is not 1 to 250"));
            }
        }
        if !(51..=99).contains(&self.near_percent) {
            faults.push("decisions.near_percent is not 51 to 99".to_owned());
        }
        if self.rank_least == 0 {
            faults.push("decisions.rank_least is 0".to_owned());
        }
        faults
    }
}

/// Who sees across bodies, and of what.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Oversight {
    /// The overseers.
    pub overseers: Vec<Overseer>,
}

/// One body that sees across bodies.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Overseer {
    /// Its code.
    pub agency: AgencyCode,
    /// The services whose rows it sees; `*` for all.
    pub services: Vec<String>,
    /// Where that stands.
    pub source: String,
    /// V, S, M or D: how sure it is.
    pub mark: String,
}

/// The services whose rows a body sees although it is no party to them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Of every service.
    All,
    /// Of these.
    Of(Vec<String>),
}

impl Scope {
    /// Whether it holds the rows of a service.
    pub fn holds(&self, service: &str) -> bool {
        match self {
            Self::All => true,
            Self::Of(services) => services.iter().any(|one| one == service),
        }
    }
}

impl Oversight {
    /// What a body oversees; none when it is no overseer.
    pub fn scope(&self, agency: &AgencyCode) -> Option<Scope> {
        let overseer = self.overseers.iter().find(|one| one.agency == *agency)?;
        Some(if overseer.services.iter().any(|one| one == "*") {
            Scope::All
        } else {
            Scope::Of(overseer.services.clone())
        })
    }
}

impl Settings {
    /// Settings that make no sense: each with its fault.
    pub fn faults(&self) -> Vec<String> {
        let mut faults = self.decisions.faults();
        if !(1..=10_080).contains(&self.board.unacknowledged_minutes) {
            faults.push("board.unacknowledged_minutes is not 1 to 10080".to_owned());
        }
        let mut named = BTreeSet::new();
        for one in &self.oversight.overseers {
            let agency = &one.agency;
            if !named.insert(agency.clone()) {
                faults.push(format!("oversight.overseers names {agency} twice"));
            }
            if one.services.is_empty() {
                faults.push(format!("oversight.overseers: {agency} oversees no service"));
            }
            if one.source.is_empty() || !["V", "S", "M", "D"].contains(&one.mark.as_str()) {
                faults.push(format!("oversight.overseers: {agency} has no source or no mark"));
            }
        }
        faults
    }
}
