//! What holds for every term, whatever its start and length.

use chrono::{DateTime, Duration, Months, NaiveDate, Utc};
use clock::{Calendar, Counting, HourStart, Length, Unit, legal_date};
use proptest::prelude::*;

use crate::{at, counting};

/// From 2009 to 2032: before, inside and after the table.
fn anywhere() -> impl Strategy<Value = DateTime<Utc>> {
    (0_i64..24 * 365 * 86_400_000)
        .prop_map(|millis| at("2009-01-01 00:00:00") + Duration::milliseconds(millis))
}

/// From 2021 to the middle of 2026.
fn covered() -> impl Strategy<Value = DateTime<Utc>> {
    (0_i64..2_000 * 86_400)
        .prop_map(|seconds| at("2021-01-01 00:00:00") + Duration::seconds(seconds))
}

fn any_unit() -> impl Strategy<Value = Unit> {
    prop::sample::select(Unit::ALL.to_vec())
}

fn any_counting() -> impl Strategy<Value = Counting> {
    (0_u32..400, any_unit(), any::<bool>(), any::<bool>()).prop_map(
        |(value, unit, next_full_hour, in_custody)| Counting {
            length: Length::new(value, unit),
            hour_start: if next_full_hour { HourStart::NextFullHour } else { HourStart::Exact },
            in_custody,
        },
    )
}

fn works(day: NaiveDate) -> bool {
    Calendar::embedded().is_workday(day).unwrap()
}

proptest! {
    #[test]
    fn a_term_never_ends_before_it_starts(start in anywhere(), counting in any_counting()) {
        let due = Calendar::embedded().due(start, counting);
        prop_assert!(due.at >= start);
        prop_assert!(due.last_day >= legal_date(start));
        prop_assert_eq!(legal_date(due.at - Duration::nanoseconds(1)) <= due.last_day, true);
    }

    #[test]
    fn a_longer_term_never_ends_earlier(
        start in anywhere(), counting in any_counting(), more in 0_u32..50,
    ) {
        let mut longer = counting;
        longer.length.value += more;
        let calendar = Calendar::embedded();
        prop_assert!(calendar.due(start, longer).at >= calendar.due(start, counting).at);
    }

    #[test]
    fn a_later_start_never_makes_an_earlier_end(
        start in anywhere(), counting in any_counting(), later in 0_i64..90 * 86_400,
    ) {
        let calendar = Calendar::embedded();
        let late = calendar.due(start + Duration::seconds(later), counting);
        prop_assert!(late.at >= calendar.due(start, counting).at);
    }

    #[test]
    fn days_end_on_the_first_workday_at_or_after_the_last_day(
        start in covered(), value in 0_u32..150,
    ) {
        let due = Calendar::embedded().due(start, counting(value, Unit::Day));
        prop_assert!(!due.provisional);
        let target = legal_date(start) + Duration::days(value.into());
        prop_assert!(works(due.last_day) && due.last_day >= target);
        let rolled = target.iter_days().take_while(|day| *day < due.last_day);
        prop_assert!(rolled.into_iter().all(|day| !works(day)));
    }

    #[test]
    fn working_days_count_exactly_so_many_workdays(start in covered(), value in 1_u32..100) {
        let due = Calendar::embedded().due(start, counting(value, Unit::WorkingDay));
        prop_assert!(!due.provisional && works(due.last_day));
        let after = legal_date(start).iter_days().skip(1);
        let counted = after.take_while(|day| *day <= due.last_day).filter(|day| works(*day));
        prop_assert_eq!(counted.count(), value as usize);
    }

    #[test]
    fn months_are_the_months_of_chrono_and_roll_over(start in covered(), value in 0_u32..5) {
        let target = legal_date(start).checked_add_months(Months::new(value)).unwrap();
        let free = counting(value, Unit::Month);
        let held = Calendar::embedded().due(start, Counting { in_custody: true, ..free });
        prop_assert_eq!(held.last_day, target);
        let due = Calendar::embedded().due(start, free);
        prop_assert!(!due.provisional);
        prop_assert_eq!(due.last_day, target.iter_days().find(|day| works(*day)).unwrap());
    }

    #[test]
    fn the_end_of_days_depends_on_the_day_of_the_start_alone(
        start in anywhere(), value in 0_u32..60, seconds in 0_i64..86_400,
    ) {
        let midnight = clock::end_of_day(legal_date(start)) - Duration::days(1);
        for unit in [Unit::Day, Unit::WorkingDay, Unit::Month] {
            let other = midnight + Duration::seconds(seconds);
            let calendar = Calendar::embedded();
            prop_assert_eq!(
                calendar.due(start, counting(value, unit)),
                calendar.due(other, counting(value, unit))
            );
        }
    }

    #[test]
    fn hours_are_exact_and_never_provisional(start in anywhere(), value in 0_u32..10_000) {
        let exact = Calendar::embedded().due(start, counting(value, Unit::Hour));
        prop_assert_eq!(exact.at, start + Duration::hours(value.into()));
        let full = Counting { hour_start: HourStart::NextFullHour, ..counting(value, Unit::Hour) };
        let full = Calendar::embedded().due(start, full);
        let gained = full.at - exact.at;
        prop_assert!(gained > Duration::zero() && gained <= Duration::hours(1));
        prop_assert_eq!(full.at.timestamp_micros() % 3_600_000_000, 0);
        prop_assert!(!exact.provisional && !full.provisional);
    }

    #[test]
    fn a_date_is_provisional_exactly_when_a_day_was_presumed(
        start in anywhere(), counting in any_counting(),
    ) {
        let due = Calendar::embedded().due(start, counting);
        let presumed = due.reasons.iter().any(|r| matches!(r, clock::Reason::CalendarPresumed(..)));
        prop_assert_eq!(due.provisional, presumed);
        // Without custody the last day of a final date is always known to be a workday.
        if !counting.in_custody && counting.length.unit != Unit::Hour && !due.provisional {
            prop_assert!(works(due.last_day));
        }
    }
}
