//! A warning: somebody must look at something by a date, or it goes up.

use chrono::{DateTime, Duration, Utc};
use types::Id;

use super::{law::SUPERVISION, refusal::Refusal, rule::Rule};

/// Where a warning stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WarningState {
    /// Its owner must look.
    Open,
    /// It went up, and nobody has looked yet.
    Escalated,
    /// Somebody looks at it.
    Acknowledged,
    /// Something was done, or it came to rest by itself.
    Closed,
}

impl WarningState {
    const ALL: [Self; 4] = [Self::Open, Self::Escalated, Self::Acknowledged, Self::Closed];

    /// The word in filters and in the database.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Open => "OPEN",
            Self::Escalated => "ESCALATED",
            Self::Acknowledged => "ACKNOWLEDGED",
            Self::Closed => "CLOSED",
        }
    }

    /// Reads the word of [`WarningState::as_str`].
    pub(crate) fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

/// What a rule found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    /// Id of the rule.
    pub rule: String,
    /// Rule of LAW.md, its article, and how sure it is.
    pub law_rule: String,
    pub basis: String,
    pub verified: String,
    /// The service whose row shows it.
    pub service: String,
    /// The resource it is about.
    pub subject: String,
    pub docket: String,
    /// The body that must look.
    pub owner: String,
    /// Others who see it.
    pub seers: Vec<String>,
    /// Key of the due item; empty when there is none.
    pub item: String,
    /// What makes it another finding of the same rule on the same subject, e.g. the rung.
    pub once: String,
    pub summary: String,
}

impl Finding {
    /// The key under which it is raised once.
    pub(crate) fn key(&self) -> String {
        let subject = if self.item.is_empty() { &self.subject } else { &self.item };
        format!("{}|{subject}|{}", self.rule, self.once)
    }
}

/// A warning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Warning {
    /// `warnings/{uuid}`.
    pub name: String,
    pub found: Finding,
    pub state: WarningState,
    /// 0: with its owner; one more each time it went up.
    pub level: i32,
    /// The bodies it went up to, in order.
    pub escalated_to: Vec<String>,
    pub created_at: DateTime<Utc>,
    /// When it goes up; none when it goes no higher.
    pub due_at: Option<DateTime<Utc>>,
    pub acknowledged_at: Option<DateTime<Utc>>,
    pub acknowledged_by: String,
    pub officer: String,
    pub closed_at: Option<DateTime<Utc>>,
    pub closed_by: String,
    pub outcome: String,
    /// Counts the changes, from 1.
    pub version: i32,
}

impl Warning {
    /// Raises a finding.
    pub(crate) fn raise(found: Finding, rule: &Rule, now: DateTime<Utc>) -> Self {
        Self {
            name: format!("warnings/{}", Id::<Self>::new(now)),
            found,
            state: WarningState::Open,
            level: 0,
            escalated_to: Vec::new(),
            created_at: now,
            due_at: (!rule.escalation.is_empty()).then(|| after(now, rule.days)),
            acknowledged_at: None,
            acknowledged_by: String::new(),
            officer: String::new(),
            closed_at: None,
            closed_by: String::new(),
            outcome: String::new(),
            version: 1,
        }
    }

    /// Whether a body must look at it: its owner, or one it went up to.
    fn is_for(&self, agency: &str) -> bool {
        self.found.owner == agency || self.escalated_to.iter().any(|one| one == agency)
    }

    fn check(&self, agency: &str, act: &'static str) -> Result<(), Refusal> {
        if self.is_for(agency) {
            return Ok(());
        }
        let mut whose = vec![self.found.owner.as_str()];
        whose.extend(self.escalated_to.iter().map(String::as_str));
        Err(Refusal::NotYours { act, whose: whose.join(" or "), law: SUPERVISION })
    }

    /// A body says that it looks at it: it goes no higher.
    ///
    /// # Errors
    /// The body is neither its owner nor one it went up to, or somebody looks already.
    pub(crate) fn acknowledge(
        self,
        agency: &str,
        officer: &str,
        now: DateTime<Utc>,
    ) -> Result<Self, Refusal> {
        let act = "acknowledging a warning";
        self.check(agency, act)?;
        match self.state {
            WarningState::Open | WarningState::Escalated => Ok(Self {
                state: WarningState::Acknowledged,
                acknowledged_at: Some(now),
                acknowledged_by: agency.to_owned(),
                officer: officer.to_owned(),
                due_at: None,
                version: self.version + 1,
                ..self
            }),
            WarningState::Acknowledged | WarningState::Closed => {
                Err(Refusal::WrongState { act, state: self.state.as_str(), law: SUPERVISION })
            }
        }
    }

    /// A body says what was done.
    ///
    /// # Errors
    /// The body is neither its owner nor one it went up to, or nobody has acknowledged it.
    pub(crate) fn close(
        self,
        agency: &str,
        outcome: &str,
        now: DateTime<Utc>,
    ) -> Result<Self, Refusal> {
        let act = "closing a warning";
        self.check(agency, act)?;
        match self.state {
            WarningState::Acknowledged => Ok(Self {
                state: WarningState::Closed,
                closed_at: Some(now),
                closed_by: agency.to_owned(),
                outcome: outcome.to_owned(),
                due_at: None,
                version: self.version + 1,
                ..self
            }),
            WarningState::Open | WarningState::Escalated | WarningState::Closed => {
                Err(Refusal::WrongState { act, state: self.state.as_str(), law: SUPERVISION })
            }
        }
    }

    /// What it was about has come to rest before anybody looked.
    pub(crate) fn settle(self, outcome: &str, now: DateTime<Utc>) -> Self {
        let (closed_at, version) = (Some(now), self.version + 1);
        let outcome = outcome.to_owned();
        Self { state: WarningState::Closed, closed_at, outcome, due_at: None, version, ..self }
    }

    /// It goes no higher.
    pub(crate) fn rest(self) -> Self {
        Self { due_at: None, version: self.version + 1, ..self }
    }

    /// Nobody looked in time: it goes up to `to`, the level of the rule that is `level`. Without
    /// anybody above it stays where it is.
    pub(crate) fn escalate(
        self,
        to: Option<(i32, String)>,
        rule: &Rule,
        now: DateTime<Utc>,
    ) -> Self {
        let Some((level, body)) = to else { return self.rest() };
        let last = usize::try_from(level).is_ok_and(|level| level >= rule.escalation.len());
        let mut escalated_to = self.escalated_to;
        escalated_to.push(body);
        Self {
            state: WarningState::Escalated,
            level,
            escalated_to,
            due_at: (!last).then(|| after(now, rule.days)),
            version: self.version + 1,
            ..self
        }
    }
}

fn after(now: DateTime<Utc>, days: u32) -> DateTime<Utc> {
    now.checked_add_signed(Duration::days(days.into())).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        due::{Rung, tests::noon},
        rule::{Owner, Sees, Up},
    };

    fn rule() -> Rule {
        Rule {
            id: "TERM_OVERDUE".into(),
            title_en: "late".into(),
            title_zh: "逾期".into(),
            law_rule: String::new(),
            basis: String::new(),
            mark: "V".into(),
            sees: Sees::Term { rung: Rung::Overdue, service_targets: false },
            owner: Owner::Holder,
            days: 1,
            escalation: vec![Up::Superior, Up::try_from("PRO".to_owned()).unwrap()],
        }
    }

    fn warning() -> Warning {
        let found = Finding {
            rule: "TERM_OVERDUE".into(),
            law_rule: "T-14".into(),
            basis: "art. 8".into(),
            verified: "V".into(),
            service: "referral".into(),
            subject: "referrals/1".into(),
            docket: "dockets/1".into(),
            owner: "PSB".into(),
            seers: vec!["MKT".into()],
            item: "TERM/referral/t".into(),
            once: "OVERDUE".into(),
            summary: "late".into(),
        };
        Warning::raise(found, &rule(), noon())
    }

    #[test]
    fn only_its_owner_or_whom_it_went_up_to_acknowledges_and_others_are_named() {
        let refusal = warning().acknowledge("MKT", "MKT-01", noon()).unwrap_err();
        assert!(refusal.to_string().contains("is for PSB"), "{refusal}");
        let up = warning().escalate(Some((1, "GOV-C".into())), &rule(), noon());
        assert!(up.clone().acknowledge("GOV-C", "x", noon()).is_ok());
        assert!(up.clone().acknowledge("PSB", "x", noon()).is_ok(), "its owner still may");
        let refusal = up.acknowledge("PRO", "x", noon()).unwrap_err();
        assert!(refusal.to_string().contains("PSB or GOV-C"), "{refusal}");
    }

    #[test]
    fn it_goes_up_level_by_level_and_stops_at_the_last() {
        let one = warning();
        assert_eq!(one.due_at, Some(noon() + Duration::days(1)));
        let one = one.escalate(Some((1, "GOV-C".into())), &rule(), noon());
        assert_eq!((one.level, one.state), (1, WarningState::Escalated));
        assert!(one.due_at.is_some());
        let one = one.escalate(Some((2, "PRO".into())), &rule(), noon());
        assert_eq!((one.level, one.due_at), (2, None));
        assert_eq!(one.escalated_to, ["GOV-C", "PRO"]);
    }

    #[test]
    fn an_acknowledged_warning_goes_no_higher_and_is_closed_with_what_was_done() {
        let refusal = warning().close("PSB", "done", noon()).unwrap_err();
        assert!(matches!(refusal, Refusal::WrongState { state: "OPEN", .. }));
        let one = warning().acknowledge("PSB", "PSB-01", noon()).unwrap();
        assert_eq!(one.due_at, None);
        let one = one.close("PSB", "decided", noon()).unwrap();
        assert_eq!((one.state, one.outcome.as_str()), (WarningState::Closed, "decided"));
        assert!(one.acknowledge("PSB", "PSB-01", noon()).is_err());
    }
}
