//! What one body means to inspect in a period: matters, ratios and frequencies by tier.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use types::AgencyCode;

use super::{
    law::{self, Law},
    refusal::Refusal,
    settings::Settings,
    word::{PlanState, Tier},
};

/// Of how many subjects a ratio is.
pub const RATIO_OF: u32 = 100_000;
/// The fewest officers of a body at a visit (O-05).
pub const OFFICERS_MIN: u32 = 2;
/// The most anybody would send.
pub const OFFICERS_MAX: u32 = 20;

/// A plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// plans/{uuid}.
    pub name: String,
    /// The body.
    pub agency: AgencyCode,
    /// What it is called.
    pub title: String,
    /// The first day.
    pub period_start: NaiveDate,
    /// The last day.
    pub period_end: NaiveDate,
    /// What is inspected.
    pub items: Vec<PlanItem>,
    /// Where it is.
    pub state: PlanState,
    /// When it was first written.
    pub created_at: DateTime<Utc>,
    /// When it was filed.
    pub filed_at: Option<DateTime<Utc>>,
    /// Under which number.
    pub file_no: String,
    /// Name of the draw that is under way; one at a time.
    pub drawing: Option<String>,
    /// Counts the changes, from 1.
    pub version: i32,
}

/// One matter of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanItem {
    /// Code of the matter.
    pub matter: String,
    /// Only this sector; empty: all subjects the matter applies to.
    pub sector: String,
    /// 重点事项: no upper limit (O-10).
    pub key_matter: bool,
    /// How many of [`RATIO_OF`] are drawn: of each tier, or (one number) of all together.
    pub ratio_by_tier: Vec<u32>,
    /// How often at most in the period, by tier; empty: once.
    pub frequency_by_tier: Vec<u32>,
    /// Officers at a visit.
    pub officers: u32,
    /// What one of them must hold; empty: nothing.
    pub qualification: String,
    /// Kind of kit; empty: none.
    pub kit: String,
    /// How long it takes.
    pub minutes: u32,
}

impl PlanItem {
    /// How often a subject of this tier is drawn in the period at most.
    pub fn frequency(&self, tier: Tier) -> u32 {
        self.frequency_by_tier.get(tier.index()).copied().unwrap_or(1)
    }

    /// Whether a subject of this sector, to which these matters apply, can be drawn.
    pub fn concerns(&self, sector: &str, matters: &[String]) -> bool {
        if self.sector.is_empty() { matters.contains(&self.matter) } else { self.sector == sector }
    }
}

/// Faults of a plan that break a rule, with the rule: those of the first rule broken, all at once.
///
/// # Errors
/// O-05, O-10, O-08.
pub fn check(plan: &Plan, settings: &Settings) -> Result<(), Refusal> {
    let mut broken: Vec<(Law, String, String)> = Vec::new();
    for (at, item) in plan.items.iter().enumerate() {
        let mut fault = |law, field: &str, what: String| {
            broken.push((law, format!("plan.items[{at}].{field}"), what));
        };
        if !(OFFICERS_MIN..=OFFICERS_MAX).contains(&item.officers) {
            fault(law::O_05, "officers", "are not 2 to 20".into());
        }
        let most = if item.key_matter { RATIO_OF } else { settings.general_ratio_max };
        if item.ratio_by_tier.iter().any(|ratio| *ratio > most) {
            let of = if item.key_matter { "" } else { " of a general matter" };
            fault(law::O_10, "ratio_by_tier", format!("is more than {most} of 100000{of}"));
        }
    }
    let Some((law, ..)) = broken.first() else { return Ok(()) };
    let law = *law;
    let faults = broken.into_iter().map(|(_, field, what)| (field, what)).collect();
    Err(Refusal::Fields { faults, law })
}

/// What is soft: told, and kept all the same (LAW.md 6.2).
pub fn warnings(plan: &Plan) -> Vec<String> {
    let mut warnings = Vec::new();
    for (at, item) in plan.items.iter().enumerate() {
        for (what, numbers) in
            [("ratio", &item.ratio_by_tier), ("frequency", &item.frequency_by_tier)]
        {
            if !numbers.is_sorted() {
                warnings.push(format!(
                    "items[{at}]: the {what} is lower for a worse tier (O-08: it goes up for bad \
                     credit and high risk)"
                ));
            }
        }
    }
    let mut matters: Vec<&str> = plan.items.iter().map(|item| item.matter.as_str()).collect();
    matters.sort_unstable();
    let twice = matters.windows(2).any(|pair| pair[0] == pair[1]);
    if twice {
        warnings.push("a matter stands in several items: subjects may be drawn for each".into());
    }
    warnings
}

impl Plan {
    /// Whether it may still be written.
    ///
    /// # Errors
    /// O-10: what is filed is not rewritten.
    pub fn writable(&self) -> Result<(), Refusal> {
        match self.state {
            PlanState::Draft => Ok(()),
            PlanState::Filed | PlanState::Closed => Err(Refusal::WrongState {
                act: "writing the plan",
                state: self.state.as_str(),
                law: law::O_10,
            }),
        }
    }

    /// Files the plan with the superior.
    ///
    /// # Errors
    /// It is filed already, or its period is over.
    pub fn file(mut self, file_no: &str, now: DateTime<Utc>) -> Result<Self, Refusal> {
        self.writable()?;
        if self.period_end < clock::legal_date(now) {
            let what = format!("the period of the plan ended on {}", self.period_end);
            return Err(Refusal::broken(law::O_10, what, "计划期间已经届满"));
        }
        self.state = PlanState::Filed;
        self.filed_at = Some(now);
        file_no.clone_into(&mut self.file_no);
        self.version += 1;
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(item: impl Fn(&mut PlanItem)) -> Plan {
        let day = |month, day| NaiveDate::from_ymd_opt(2026, month, day).unwrap();
        let mut one = PlanItem {
            matter: "M-1".into(),
            sector: "FOOD".into(),
            key_matter: false,
            ratio_by_tier: vec![1000, 2000, 4000, 8000],
            frequency_by_tier: vec![],
            officers: 2,
            qualification: String::new(),
            kit: String::new(),
            minutes: 60,
        };
        item(&mut one);
        Plan {
            name: "plans/1".into(),
            agency: AgencyCode::parse("MKT").unwrap(),
            title: "Food 2026".into(),
            period_start: day(1, 1),
            period_end: day(12, 31),
            items: vec![one],
            state: PlanState::Draft,
            created_at: DateTime::UNIX_EPOCH,
            filed_at: None,
            file_no: String::new(),
            drawing: None,
            version: 1,
        }
    }

    #[test]
    fn a_general_matter_has_a_limit_and_a_key_matter_none() {
        let settings = Settings::defaults();
        assert_eq!(check(&plan(|_| {}), &settings), Ok(()));
        let much = plan(|item| item.ratio_by_tier = vec![50_000]);
        let refusal = check(&much, &settings).unwrap_err();
        assert_eq!(refusal.law().rule, "O-10");
        let key = plan(|item| (item.ratio_by_tier, item.key_matter) = (vec![100_000], true));
        assert_eq!(check(&key, &settings), Ok(()));
        let impossible = plan(|item| (item.ratio_by_tier, item.key_matter) = (vec![100_001], true));
        assert!(check(&impossible, &settings).is_err());
    }

    #[test]
    fn one_officer_is_not_enough() {
        let alone = plan(|item| item.officers = 1);
        assert_eq!(check(&alone, &Settings::defaults()).unwrap_err().law().rule, "O-05");
    }

    #[test]
    fn a_lower_ratio_for_a_worse_tier_is_a_warning() {
        assert!(warnings(&plan(|_| {})).is_empty());
        let odd = plan(|item| item.ratio_by_tier = vec![8000, 4000, 2000, 1000]);
        assert!(warnings(&odd)[0].contains("O-08"), "{:?}", warnings(&odd));
    }

    #[test]
    fn a_filed_plan_is_not_rewritten() {
        let now = plan(|_| {}).period_start.and_hms_opt(4, 0, 0).unwrap().and_utc();
        let filed = plan(|_| {}).file("2026-7", now).unwrap();
        assert_eq!((filed.state, filed.version), (PlanState::Filed, 2));
        assert!(filed.writable().is_err());
        let late = now + chrono::Duration::days(400);
        assert_eq!(plan(|_| {}).file("2026-7", late).unwrap_err().law().rule, "O-10");
    }
}
