//! Days on which something holds: from a first day to a last one, or for ever.

use chrono::{Datelike as _, NaiveDate};
use serde::{Deserialize, Serialize};

/// The first day, and the last one if there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// The first day.
    pub from: NaiveDate,
    /// The last day; none: open.
    pub to: Option<NaiveDate>,
}

impl Span {
    /// Whether it holds on `day`.
    pub fn holds(&self, day: NaiveDate) -> bool {
        self.from <= day && self.to.is_none_or(|to| day <= to)
    }

    /// Whether it ended before `day`.
    pub fn is_over(&self, day: NaiveDate) -> bool {
        self.to.is_some_and(|to| to < day)
    }

    /// Whether both hold on some day.
    pub fn meets(&self, other: &Self) -> bool {
        self.to.is_none_or(|to| other.from <= to) && other.to.is_none_or(|to| self.from <= to)
    }

    /// The day after the last one.
    pub fn after(&self) -> Option<NaiveDate> {
        self.to.and_then(|to| to.succ_opt())
    }

    /// How it reads: `2022-07-01 to 2023-06-30`, or `from 2022-07-01`.
    pub fn words(&self) -> String {
        match self.to {
            Some(to) => format!("{} to {to}", self.from),
            None => format!("from {}", self.from),
        }
    }
}

/// Reads `YYYY-MM-DD`, of the years a register of law speaks about.
pub fn day(text: &str) -> Option<NaiveDate> {
    // Only the one written form: days are compared as text elsewhere, and are part of keys.
    let day: NaiveDate = text.parse().ok()?;
    ((1900..2200).contains(&day.year()) && day.to_string() == text).then_some(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(from: &str, to: &str) -> Span {
        Span { from: day(from).unwrap(), to: day(to) }
    }

    #[test]
    fn both_ends_belong_to_a_span() {
        let year = span("2022-01-01", "2022-12-31");
        let holds = |text| year.holds(day(text).unwrap());
        assert!(holds("2022-01-01") && holds("2022-12-31"));
        assert!(!holds("2021-12-31") && !holds("2023-01-01"));
        assert!(year.is_over(day("2023-01-01").unwrap()) && !year.is_over(year.from));
        assert_eq!(year.after(), day("2023-01-01"));
    }

    #[test]
    fn spans_meet_on_one_common_day() {
        let year = span("2022-01-01", "2022-12-31");
        assert!(
            year.meets(&span("2022-12-31", "")) && year.meets(&span("2000-01-01", "2022-01-01"))
        );
        assert!(
            !year.meets(&span("2023-01-01", "")) && !year.meets(&span("2000-01-01", "2021-12-31"))
        );
    }

    #[test]
    fn a_day_is_written_in_full_and_of_our_times() {
        for wrong in ["2022-7-1", "2022-02-30", "0001-01-01", "2200-01-01", "+2022-01-1", ""] {
            assert_eq!(day(wrong), None, "{wrong}");
        }
    }
}
