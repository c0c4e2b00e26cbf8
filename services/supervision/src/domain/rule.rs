//! The rules by which warnings are raised: data, checked when the service starts.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use types::AgencyCode;

use super::due::{Form, Item, Rung};

/// Every rule, and what follows when a duty is not done.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    /// The rules.
    pub rules: Vec<Rule>,
    /// What follows, by the rule of LAW.md that sets the term.
    pub follows: BTreeMap<String, String>,
}

/// When a warning is raised, who must look at it, and where it goes when nobody does.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Its id.
    pub id: String,
    /// What it says.
    pub title_en: String,
    /// The same in Chinese.
    pub title_zh: String,
    /// Rule of LAW.md it watches over; empty: that of the term itself.
    pub law_rule: String,
    /// Its article.
    pub basis: String,
    /// V, S, M or D: how sure it is.
    pub mark: String,
    /// What it looks at.
    pub sees: Sees,
    /// Who must look.
    pub owner: Owner,
    /// Days until it goes one level up: calendar days of 24 hours.
    pub days: u32,
    /// Where it goes, level by level.
    pub escalation: Vec<Up>,
}

/// What a rule looks at.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(tag = "what", rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub enum Sees {
    /// A term that comes to a rung.
    Term {
        /// Which.
        rung: Rung,
        /// Whether terms that are service targets count too.
        service_targets: bool,
    },
    /// An exchange that nobody acknowledged in `board.unacknowledged_minutes`.
    Unacknowledged,
    /// A docket whose facts reach a threshold, and no referral so many days after it was opened.
    NotReferred {
        /// The days.
        days: u32,
    },
    /// A fine on such a docket, and no referral so many days after it.
    Fined {
        /// The days.
        days: u32,
    },
    /// So many referrals of one body that came back in a span of days.
    Returned {
        /// How many.
        count: u32,
        /// In how many days.
        days: u32,
        /// The states of a referral that has come back.
        states: Vec<String>,
    },
    /// A body inspects a subject more often than its cap.
    Inspected,
    /// Custody of an item that nobody can show.
    CustodyGap,
    /// One officer on both sides of a hand-over.
    SameOfficer,
}

impl Sees {
    /// The word for people, with its numbers.
    pub fn told(&self) -> String {
        match self {
            Self::Term { rung, service_targets } => {
                let targets = if *service_targets { ", service targets too" } else { "" };
                format!("TERM {}{targets}", rung.as_str())
            }
            Self::Unacknowledged => "UNACKNOWLEDGED".to_owned(),
            Self::NotReferred { days } => format!("NOT_REFERRED, days = {days}"),
            Self::Fined { days } => format!("FINED, days = {days}"),
            Self::Returned { count, days, states } => {
                format!("RETURNED, count = {count}, days = {days}, states = {}", states.join("|"))
            }
            Self::Inspected => "INSPECTED".to_owned(),
            Self::CustodyGap => "CUSTODY_GAP".to_owned(),
            Self::SameOfficer => "SAME_OFFICER".to_owned(),
        }
    }
}

/// Who must look at a warning.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Owner {
    /// The body that must act.
    Holder,
    /// The body the case comes from.
    From,
    /// The body that did it.
    Actor,
}

impl Owner {
    /// The word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Holder => "HOLDER",
            Self::From => "FROM",
            Self::Actor => "ACTOR",
        }
    }
}

/// Where a warning goes when nobody acknowledged it.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(try_from = "String")]
pub enum Up {
    /// To the command superior of its owner.
    Superior,
    /// To this body.
    Body(AgencyCode),
}

impl Up {
    /// The word.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Superior => "SUPERIOR",
            Self::Body(code) => code.as_str(),
        }
    }
}

impl TryFrom<String> for Up {
    type Error = String;

    fn try_from(word: String) -> Result<Self, String> {
        if word == "SUPERIOR" {
            return Ok(Self::Superior);
        }
        AgencyCode::parse(&word).map(Self::Body).ok_or(format!("{word:?} is no body"))
    }
}

impl Rules {
    /// A rule by its id.
    pub fn get(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id == id)
    }

    /// What follows when something is not done in time.
    pub(crate) fn follows(&self, item: &Item) -> String {
        let told = self.follows.get(&item.rule).filter(|_| item.form == Form::Term);
        told.cloned().unwrap_or_else(|| {
            let to = self.rules.iter().find_map(|rule| match (&rule.sees, item.form) {
                (Sees::Term { rung: Rung::Overdue, .. }, Form::Term)
                | (Sees::Unacknowledged, Form::Exchange) => Some(&rule.escalation),
                (
                    Sees::Term { .. }
                    | Sees::Unacknowledged
                    | Sees::NotReferred { .. }
                    | Sees::Fined { .. }
                    | Sees::Returned { .. }
                    | Sees::Inspected
                    | Sees::CustodyGap
                    | Sees::SameOfficer,
                    Form::Term | Form::Exchange,
                ) => None,
            });
            let ups: Vec<&str> = to.into_iter().flatten().map(Up::as_str).collect();
            format!("a warning to {}, then to {}", item.holder, ups.join(", then to "))
        })
    }

    /// Rules that make no sense: each with its fault.
    pub fn faults(&self) -> Vec<String> {
        let (mut faults, mut ids) = (Vec::new(), BTreeSet::new());
        for rule in &self.rules {
            let mut check = |ok: bool, fault: &str| {
                if !ok {
                    faults.push(format!("{}: {fault}", rule.id));
                }
            };
            check(ids.insert(&rule.id), "stands twice");
            check(["V", "S", "M", "D"].contains(&rule.mark.as_str()), "mark is none of V, S, M, D");
            check(!rule.title_en.is_empty() && !rule.title_zh.is_empty(), "has no title");
            check((1..=365).contains(&rule.days), "days is not 1 to 365");
            check(rule.escalation.len() <= 2, "goes up more than two levels");
            let fits = match (&rule.sees, rule.owner) {
                (Sees::Term { .. } | Sees::Unacknowledged, owner) => owner == Owner::Holder,
                (Sees::NotReferred { days } | Sees::Fined { days }, owner) => {
                    owner == Owner::From && (1..=365).contains(days)
                }
                (Sees::Returned { count, days, states }, owner) => {
                    owner == Owner::From
                        && (2..=1000).contains(count)
                        && (1..=3660).contains(days)
                        && !states.is_empty()
                }
                (Sees::Inspected | Sees::CustodyGap | Sees::SameOfficer, owner) => {
                    owner == Owner::Actor
                }
            };
            check(fits, "its owner or its numbers do not fit what it looks at");
        }
        faults
    }
}
