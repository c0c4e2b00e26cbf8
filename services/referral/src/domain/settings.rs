//! The open points of the law (LAW.md 1.4, 13), as settings: none of them is a hidden constant.

use chrono::NaiveDate;
use clock::{Length, Unit};
use serde::Deserialize;

use super::{
    linkage,
    procedure::{Procedure, TermLength},
    step::Approval,
    word::ProcedureCode,
};

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
    /// P-10b: whether the justice bureau gets a copy of an opinion on a penalty.
    pub opinion_copy_to_justice_bureau: bool,
    /// Terms whose text was not read in its primary source, where they differ from the tables, or do from
    /// a day on. The rule of the day a term starts holds until it ends.
    pub terms: Vec<SetTerm>,
    /// How long the opening of a docket waits for the catalogue, in milliseconds.
    pub competence_wait_ms: u32,
    /// What bodies do together beside the procedures.
    pub linkage: linkage::Settings,
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

/// One term that is set.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetTerm {
    /// The slot of a table, e.g. `P-12`.
    pub slot: String,
    /// e.g. `2 MONTH`; a length of 0 opens no term.
    pub length: String,
    /// For terms that start on this day or later, YYYY-MM-DD; `None`: for all.
    pub from: Option<NaiveDate>,
}

impl Settings {
    /// How long a term of `slot` is that starts on `day`: the newest rule in force by then, else
    /// `text`, what the text is said to fix. `None`: there is none.
    pub fn set_term(&self, slot: &str, text: Length, day: NaiveDate) -> Option<Length> {
        let rules = self.terms.iter().filter(|one| one.slot == slot);
        let rules = rules.filter(|one| one.from.is_none_or(|from| from <= day));
        let newest = rules.max_by_key(|one| one.from);
        let length = newest.and_then(|one| Length::parse(&one.length)).unwrap_or(text);
        (length.value > 0).then_some(length)
    }

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
        let mut faults = self.linkage.faults();
        for one in &self.longer_review {
            if Approval::parse(&one.approved_by).is_none() {
                faults.push(format!("longer_review.approved_by {} is unknown", one.approved_by));
            }
        }
        for one in &self.terms {
            let tables = ProcedureCode::ALL.iter().map(|code| Procedure::of(*code));
            let rule = tables.filter_map(|table| table.term(&one.slot)).next();
            if !rule.is_some_and(|rule| matches!(rule.length, TermLength::Set(..))) {
                faults.push(format!("terms.slot {} is no term that is set", one.slot));
            }
            if Length::parse(&one.length).is_none() {
                faults.push(format!("terms.length {} is no length, e.g. 2 MONTH", one.length));
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
