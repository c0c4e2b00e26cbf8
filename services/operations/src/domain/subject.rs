//! Who or what is inspected: an enterprise, or a place of one, with its credit-risk tier.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use types::AgencyCode;

use super::word::Tier;

/// An enterprise, or a place of one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// subjects/{uscc} or subjects/{uscc}-{place_no}.
    pub name: String,
    /// Its unified social credit code, checked.
    pub uscc: String,
    /// From 1 when there are several places; 0 when there is one.
    pub place_no: u16,
    /// What it is called.
    pub display_name: String,
    /// Where it is.
    pub address: String,
    /// Region code, 6 or 9 digits.
    pub region: String,
    /// WGS 84, in millionths of a degree.
    pub latitude_e6: i32,
    /// See `latitude_e6`.
    pub longitude_e6: i32,
    /// FOOD, ECOLOGY, ...
    pub sector: String,
    /// Its tier.
    pub tier: Tier,
    /// How the tier came about, oldest first.
    pub tier_history: Vec<TierChange>,
    /// Codes of matters that apply to it.
    pub matters: Vec<String>,
    /// Who last changed what a draw looks at: tier, sector or matters.
    pub rated_by: AgencyCode,
    /// When.
    pub rated_at: DateTime<Utc>,
    /// Counts the changes, from 1.
    pub version: i32,
}

/// One change of a tier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TierChange {
    /// To which.
    pub tier: Tier,
    /// From which day on.
    pub since: NaiveDate,
    /// Why.
    pub reason: String,
    /// Who rated it; empty in what was imported without it.
    pub agency: String,
}

/// The most changes of a tier that are kept; the oldest go first.
pub const HISTORY_MAX: usize = 50;

/// The name of a subject.
pub fn name(uscc: &str, place_no: u16) -> String {
    if place_no == 0 { format!("subjects/{uscc}") } else { format!("subjects/{uscc}-{place_no}") }
}

/// What a subject is called in lists of a draw: its name without the collection.
pub fn id(name: &str) -> &str {
    name.strip_prefix("subjects/").unwrap_or(name)
}

impl Subject {
    /// The subject as it will be kept, in the place of `before`: the history of its tier goes on,
    /// and a new tier names who gave it, when and why.
    pub fn replacing(mut self, before: Option<&Self>, today: NaiveDate) -> Self {
        let reason = self
            .tier_history
            .last()
            .filter(|last| last.tier == self.tier)
            .map_or_else(String::new, |last| last.reason.clone());
        if let Some(before) = before {
            self.tier_history.clone_from(&before.tier_history);
            self.version = before.version + 1;
            let same = (self.tier, &self.sector, &self.matters)
                == (before.tier, &before.sector, &before.matters);
            if same {
                self.rated_by = before.rated_by.clone();
                self.rated_at = before.rated_at;
            }
        } else {
            self.version = 1;
        }
        let same = |last: &TierChange| last.tier == self.tier;
        if !self.tier_history.last().is_some_and(same) {
            let agency = self.rated_by.as_str().to_owned();
            self.tier_history.push(TierChange { tier: self.tier, since: today, reason, agency });
        }
        let surplus = self.tier_history.len().saturating_sub(HISTORY_MAX);
        self.tier_history.drain(..surplus);
        self
    }
}

/// How often a body inspected a subject in a year (I-04).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InspectionCount {
    /// The body.
    pub agency: AgencyCode,
    /// Name of the subject.
    pub subject: String,
    /// The year.
    pub year: i32,
    /// Those that count against the cap.
    pub counted: u32,
    /// Those that do not.
    pub exempt: u32,
    /// When the last one was.
    pub last_at: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject(tier: Tier, reason: &str) -> Subject {
        let since = NaiveDate::from_ymd_opt(2025, 1, 1).unwrap();
        let said = TierChange { tier, since, reason: reason.into(), agency: String::new() };
        Subject {
            name: name("91330000MA27U0W40Q", 0),
            uscc: "91330000MA27U0W40Q".into(),
            place_no: 0,
            display_name: "Lakeside".into(),
            address: "Lake Road 1".into(),
            region: "330999".into(),
            latitude_e6: 30_000_000,
            longitude_e6: 120_000_000,
            sector: "FOOD".into(),
            tier,
            tier_history: vec![said],
            matters: vec![],
            rated_by: AgencyCode::parse("MKT").unwrap(),
            rated_at: DateTime::UNIX_EPOCH,
            version: 0,
        }
    }

    #[test]
    fn a_history_goes_on_and_is_never_rewritten() {
        let today = NaiveDate::from_ymd_opt(2026, 3, 2).unwrap();
        let first = subject(Tier::B, "rated").replacing(None, today);
        assert_eq!((first.version, first.tier_history.len()), (1, 1));
        let same = subject(Tier::B, "another story").replacing(Some(&first), today);
        assert_eq!((same.version, &same.tier_history), (2, &first.tier_history));
        let worse = subject(Tier::D, "found rotten meat").replacing(Some(&same), today);
        let last = &worse.tier_history[1];
        assert_eq!((last.tier, last.since, last.agency.as_str()), (Tier::D, today, "MKT"));
        assert_eq!(last.reason, "found rotten meat");
    }

    #[test]
    fn several_places_of_one_enterprise_are_several_subjects() {
        assert_eq!(name("91330000MA27U0W40Q", 2), "subjects/91330000MA27U0W40Q-2");
        assert_eq!(id("subjects/91330000MA27U0W40Q-2"), "91330000MA27U0W40Q-2");
    }
}
