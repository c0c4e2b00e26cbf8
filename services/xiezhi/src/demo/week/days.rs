//! When what happens in the week and in the days before it: October 2026, five working days.

use anyhow::Context as _;
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};

/// Lists are written, plans filed.
pub(super) const LISTS: &str = "2026-10-12 09:00";
/// The lists are frozen.
pub(super) const FREEZE: &str = "2026-10-12 14:00";
/// Until when the bodies may commit.
pub(super) const COMMIT: &str = "2026-10-13 12:00";
/// Until when they may reveal.
pub(super) const REVEAL: &str = "2026-10-14 12:00";
/// When the public value appears.
pub(super) const PUBLIC: &str = "2026-10-14 20:30";
/// The office draws.
pub(super) const DRAW: &str = "2026-10-15 09:00";
/// Complaints are added, and everything is merged and scheduled.
pub(super) const PLAN: &str = "2026-10-15 14:00";
/// The schedule is published.
pub(super) const PUBLISH: &str = "2026-10-16 10:00";
/// An officer calls in sick.
pub(super) const ILL: &str = "2026-10-21 07:40";
/// The draw is opened.
pub(super) const OPEN: &str = "2026-10-26 09:00";

/// The first step of the chapter.
pub(in crate::demo) fn first() -> anyhow::Result<DateTime<Utc>> {
    instant(LISTS)
}

/// An instant by the clocks of the county.
pub(super) fn instant(text: &str) -> anyhow::Result<DateTime<Utc>> {
    let local = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M")?;
    let local = local.and_local_timezone(clock::SHANGHAI).single().context("a time")?;
    Ok(local.to_utc())
}

/// The same as the wire has it.
pub(super) fn stamp(text: &str) -> anyhow::Result<prost_types::Timestamp> {
    Ok(prost_types::Timestamp { seconds: instant(text)?.timestamp(), nanos: 0 })
}

/// A day of the week, Monday being 0.
pub(super) fn day(number: usize) -> NaiveDate {
    let monday = NaiveDate::from_ymd_opt(2026, 10, 19).unwrap_or_default();
    monday + chrono::Days::new(u64::try_from(number).unwrap_or_default())
}

/// Monday to Friday.
pub(super) fn week() -> [NaiveDate; 5] {
    [0, 1, 2, 3, 4].map(day)
}

#[cfg(test)]
mod tests {
    use chrono::{Datelike as _, Weekday};

    use super::*;

    #[test]
    fn the_week_is_one_of_five_working_days_and_its_steps_are_in_order() {
        let days = week().map(|day| day.weekday());
        assert_eq!(days, [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri]);
        let steps = [LISTS, FREEZE, COMMIT, REVEAL, PUBLIC, DRAW, PLAN, PUBLISH, ILL, OPEN];
        let steps = steps.map(|text| instant(text).unwrap());
        assert!(steps.is_sorted());
        assert_eq!(clock::legal_date(steps[8]), day(2));
    }
}
