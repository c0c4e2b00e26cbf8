//! The open points of the law (LAW.md 1.4, 13), as settings: none of them is a hidden constant.

use clock::Unit;
use serde::Deserialize;

use super::step::Approval;

/// The settings. Their meanings, defaults and marks stand in `config.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Sectors whose `3 日` are working days (LAW.md 0.3): e.g. DRUG (M).
    pub working_day_sectors: Vec<String>,
    /// Q1: whether supplemented material restarts the filing clock.
    pub supplement_restarts_clock: bool,
    /// Q3: whether the three days of art. 9(1) also end the direct suggestion.
    pub direct_suggestion_lapses: bool,
    /// Q5: whether seized goods travel with the referral rather than after filing.
    pub goods_travel_with_referral: bool,
    /// T-09: copy to the procuratorate at delivery.
    pub copy_to_procuratorate: bool,
    /// T-09: copy to the justice bureau at delivery.
    pub copy_to_justice_bureau: bool,
    /// T-14b: days for the decision in economic cases.
    pub economy_review_days: u32,
    /// T-14b, T-14c: the sectors that know a longer review, and how long each approval allows.
    pub longer_review: Vec<LongerReview>,
    /// P-09b: sectors in which an agency must follow the opinion within three days.
    pub opinion_term_sectors: Vec<String>,
    /// Service target for 立即 and 及时 (T-03, T-09b, T-10): hours.
    pub target_hours: u32,
    /// When the near rung is raised: per cent of the term.
    pub near_percent: u8,
    /// J-07: whether a receiver may not pass a case on while a dispute over it is open to which it is a
    /// party.
    pub dispute_bars_passing_on: bool,
    /// How long the opening of a docket waits for the catalogue, in milliseconds.
    pub competence_wait_ms: u32,
}

/// One longer review.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LongerReview {
    /// The sector.
    pub sector: String,
    /// NONE, `COUNTY_HEAD` or `HIGHER_ORGAN`.
    pub approved_by: String,
    /// Days from acceptance.
    pub days: u32,
}

impl Settings {
    /// What `3 日` means in a sector.
    pub fn day_unit(&self, sector: &str) -> Unit {
        if self.working_day_sectors.iter().any(|one| one == sector) {
            Unit::WorkingDay
        } else {
            Unit::Day
        }
    }

    /// How many days a longer review has in this sector with this approval.
    pub fn longer_review(&self, sector: &str, approval: Approval) -> Option<u32> {
        self.longer_review
            .iter()
            .find(|one| one.sector == sector && one.approved_by == approval.as_str())
            .map(|one| one.days)
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

    /// Settings that contradict themselves: each with its fault.
    pub fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        for one in &self.longer_review {
            if Approval::parse(&one.approved_by).is_none() {
                faults.push(format!("longer_review.approved_by {} is unknown", one.approved_by));
            }
        }
        if !(51..=99).contains(&self.near_percent) {
            faults.push("near_percent is not between 51 and 99".into());
        }
        if self.target_hours == 0 {
            faults.push("target_hours is 0".into());
        }
        faults
    }
}
