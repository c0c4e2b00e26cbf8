//! The open points of the law of disputes (LAW.md 5), as settings: no statute sets a time limit.

use clock::{Length, Unit};
use serde::Deserialize;
use types::AgencyCode;

/// The settings. Their meanings, defaults and marks stand in `config.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// J-04: code of the comprehensive enforcement bureau.
    pub comprehensive_bureau: AgencyCode,
    /// J-03: code of the guidance office.
    pub guidance_office: AgencyCode,
    /// J-04: code of the justice bureau.
    pub justice_bureau: AgencyCode,
    /// J-04: code of the establishment office.
    pub establishment_office: AgencyCode,
    /// J-11: what the codes of market regulation agencies begin with.
    pub market_prefix: String,
    /// Whether the justice bureau sees every dispute from the application on.
    pub justice_bureau_sees_all: bool,
    /// J-02: working days for the parties' own negotiation.
    pub negotiate_days: u32,
    /// J-11: the same between market regulation agencies.
    pub negotiate_market_days: u32,
    /// J-07, J-08: working days to apply after a transfer was received, or refused.
    pub apply_days: u32,
    /// J-09: working days to take the application or not.
    pub accept_days: u32,
    /// J-09: working days to pass it on to the other parties.
    pub forward_days: u32,
    /// J-09: working days for their replies.
    pub reply_days: u32,
    /// J-03: working days of the coordination.
    pub mediate_days: u32,
    /// J-04: working days of the consultation of the three bodies.
    pub consult_days: u32,
    /// J-02: working days to bring a rejected dispute before the superior.
    pub escalate_days: u32,
    /// J-02: working days of the superior, or the head.
    pub decide_days: u32,
    /// Service target for a party to confirm that it has the decision: hours.
    pub acknowledge_hours: u32,
    /// When the near rung is raised: per cent of the term.
    pub near_percent: u8,
}

/// So many working days.
pub(crate) const fn working_days(value: u32) -> Length {
    Length { value, unit: Unit::WorkingDay }
}

impl Settings {
    /// Whether every one of these bodies is a market regulation agency (J-11).
    pub fn all_market(&self, bodies: &[AgencyCode]) -> bool {
        bodies.iter().all(|code| code.as_str().starts_with(&self.market_prefix))
    }

    /// Settings that contradict themselves: each with its fault.
    pub fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let lengths = [
            ("negotiate_days", self.negotiate_days),
            ("negotiate_market_days", self.negotiate_market_days),
            ("apply_days", self.apply_days),
            ("accept_days", self.accept_days),
            ("forward_days", self.forward_days),
            ("reply_days", self.reply_days),
            ("mediate_days", self.mediate_days),
            ("consult_days", self.consult_days),
            ("escalate_days", self.escalate_days),
            ("decide_days", self.decide_days),
            ("acknowledge_hours", self.acknowledge_hours),
        ];
        for (name, length) in lengths {
            if !(1..=1000).contains(&length) {
                faults.push(format!("{name} is not between 1 and 1000"));
            }
        }
        if self.market_prefix.is_empty() {
            faults.push("market_prefix is empty, so that every body would be one".into());
        }
        if !(51..=99).contains(&self.near_percent) {
            faults.push("near_percent is not between 51 and 99".into());
        }
        faults
    }

    /// The defaults of `config.toml`.
    #[cfg(test)]
    pub(crate) fn defaults() -> Self {
        #[derive(Deserialize)]
        struct File {
            law: Settings,
        }
        toml::from_str::<File>(include_str!("../../config.toml")).unwrap().law
    }
}
