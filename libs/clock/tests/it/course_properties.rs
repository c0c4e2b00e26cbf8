//! What holds for every suspension and every extension.

use chrono::{DateTime, Duration, NaiveDate, Utc};
use clock::{Calendar, Counting, Course, HourStart, Length, Unit, legal_date};
use proptest::prelude::*;

use crate::{at, counting};

/// A start inside the table, when the term is suspended after it, and for how long: in seconds.
fn interruption() -> impl Strategy<Value = (DateTime<Utc>, i64, i64)> {
    (0_i64..1_500 * 86_400, 0_i64..60 * 86_400, 0_i64..90 * 86_400).prop_map(
        |(start, after, during)| {
            (at("2021-01-01 00:00:00") + Duration::seconds(start), after, during)
        },
    )
}

fn any_length() -> impl Strategy<Value = Length> {
    (0_u32..60, prop::sample::select(Unit::ALL.to_vec()))
        .prop_map(|(value, unit)| Length::new(value, unit))
}

/// The term before and after an interruption, with the moments of it; `None` when it was over.
fn interrupted(
    counting: Counting,
    (start, after, during): (DateTime<Utc>, i64, i64),
) -> Option<(clock::Due, clock::Due, DateTime<Utc>, DateTime<Utc>)> {
    let mut course = Course::new(start, counting);
    let before = course.due(Calendar::embedded()).unwrap();
    let began = start + Duration::seconds(after);
    let ended = began + Duration::seconds(during);
    course.suspend(began);
    course.resume(ended);
    let then = course.due(Calendar::embedded()).unwrap();
    (began < before.at).then_some((before, then, began, ended))
}

/// The workdays after the first day, up to the second.
fn workdays(from: NaiveDate, to: NaiveDate) -> usize {
    let days = from.iter_days().skip(1).take_while(|day| *day <= to);
    days.filter(|day| Calendar::embedded().is_workday(*day).unwrap()).count()
}

proptest! {
    #[test]
    fn a_course_without_events_ends_with_its_term(when in interruption(), length in any_length()) {
        let counting = Counting::new(length);
        let due = Course::new(when.0, counting).due(Calendar::embedded());
        prop_assert_eq!(due, Some(Calendar::embedded().due(when.0, counting)));
    }

    #[test]
    fn suspended_hours_end_later_by_exactly_the_time_suspended(
        when in interruption(), value in 0_u32..2_000, full: bool,
    ) {
        let hour_start = if full { HourStart::NextFullHour } else { HourStart::Exact };
        let counting = Counting { hour_start, ..counting(value, Unit::Hour) };
        if let Some((before, then, began, ended)) = interrupted(counting, when) {
            prop_assert_eq!(then.at - before.at, ended - began);
        }
    }

    #[test]
    fn suspended_days_and_months_end_later_by_exactly_the_calendar_days_suspended(
        when in interruption(), value in 0_u32..60, months: bool,
    ) {
        // In custody nothing rolls over, so that the last day is the day counted to.
        let unit = if months { Unit::Month } else { Unit::Day };
        let held = Counting { in_custody: true, ..counting(value, unit) };
        if let Some((before, then, began, ended)) = interrupted(held, when) {
            prop_assert_eq!(then.last_day - before.last_day, legal_date(ended) - legal_date(began));
        }
    }

    #[test]
    fn roll_over_after_a_suspension_is_that_of_the_day_counted_to(
        when in interruption(), value in 0_u32..60,
    ) {
        let held = Counting { in_custody: true, ..counting(value, Unit::Day) };
        if let Some((_, then, ..)) = interrupted(held, when) {
            let (_, free, ..) = interrupted(counting(value, Unit::Day), when).unwrap();
            let works = |day: &NaiveDate| Calendar::embedded().is_workday(*day).unwrap();
            prop_assert_eq!(then.last_day.iter_days().find(works), Some(free.last_day));
        }
    }

    #[test]
    fn suspended_working_days_keep_their_number(when in interruption(), value in 1_u32..60) {
        let counting = counting(value, Unit::WorkingDay);
        if let Some((_, then, began, ended)) = interrupted(counting, when) {
            let spent = workdays(legal_date(when.0), legal_date(began));
            let left = workdays(legal_date(ended), then.last_day);
            if spent < value as usize {
                prop_assert_eq!(spent + left, value as usize);
            } else {
                prop_assert!(then.last_day >= legal_date(ended) && left <= 1);
            }
        }
    }

    #[test]
    fn a_suspension_never_brings_the_end_forward_nor_before_the_resumption(
        when in interruption(), length in any_length(),
    ) {
        if let Some((before, then, _, ended)) = interrupted(Counting::new(length), when) {
            prop_assert!(then.at >= before.at && then.at >= ended);
        }
    }

    #[test]
    fn a_term_suspended_and_resumed_on_one_day_ends_when_it_would_have(
        when in interruption(), length in any_length(),
    ) {
        prop_assume!(length.unit != Unit::Hour);
        let (start, after, _) = when;
        let began = start + Duration::seconds(after);
        let left = (clock::end_of_day(legal_date(began)) - began).num_seconds() - 1;
        if let Some((before, then, ..)) = interrupted(Counting::new(length), (start, after, left)) {
            prop_assert_eq!(then.at, before.at);
        }
    }

    #[test]
    fn an_extension_never_makes_the_end_earlier(
        when in interruption(),
        length in any_length(),
        extensions in prop::collection::vec(any_length(), 1..4),
        suspended: bool,
    ) {
        let (start, after, during) = when;
        let mut course = Course::new(start, Counting::new(length));
        if suspended {
            course.suspend(start + Duration::seconds(after));
            course.resume(start + Duration::seconds(after + during));
        }
        for extension in extensions {
            let before = course.due(Calendar::embedded()).unwrap();
            course.extend(extension);
            prop_assert!(course.due(Calendar::embedded()).unwrap().at >= before.at);
        }
    }

    #[test]
    fn no_history_makes_it_panic(
        start: i64,
        length in (any::<u32>(), 0_usize..4),
        suspensions in prop::collection::vec((any::<i64>(), any::<Option<i64>>()), 0..5),
        extensions in prop::collection::vec((any::<u32>(), 0_usize..4), 0..3),
    ) {
        let moment = |nanos: i64| DateTime::from_timestamp_nanos(nanos);
        let length_of = |(value, unit): (u32, usize)| Length::new(value % 50_000, Unit::ALL[unit]);
        let mut course = Course::new(moment(start), Counting::new(length_of(length)));
        course.suspensions =
            suspensions.into_iter().map(|(a, b)| (moment(a), b.map(moment))).collect();
        course.extensions = extensions.into_iter().map(length_of).collect();
        if let Some(due) = course.due(Calendar::embedded()) {
            prop_assert!(due.at >= course.started_at);
        }
    }
}
