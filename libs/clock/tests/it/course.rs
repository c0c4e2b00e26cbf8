//! Terms that were suspended or extended.

use clock::{Calendar, Counting, Course, HourStart, Length, Reason, Unit};

use crate::{at, counting, day};

fn course(start: &str, value: u32, unit: Unit) -> Course {
    Course::new(at(start), counting(value, unit))
}

#[test]
fn a_suspended_term_has_no_end() {
    let mut course = course("2026-11-02 09:00:00", 10, Unit::Day);
    assert!(course.suspend(at("2026-11-05 10:00:00")));
    assert!(course.is_suspended());
    assert_eq!(course.due(Calendar::embedded()), None);
    assert!(!course.suspend(at("2026-11-06 10:00:00")));
    assert!(course.resume(at("2026-11-09 10:00:00")));
    assert!(!course.is_suspended());
    assert!(!course.resume(at("2026-11-10 10:00:00")));
    assert_eq!(course.suspensions.len(), 1);
    assert!(course.due(Calendar::embedded()).is_some());
}

#[test]
fn days_left_are_counted_afresh_from_the_day_of_resumption() {
    // Three of ten days are gone on the 5th; seven after the 9th end on the 16th.
    let mut course = course("2026-11-02 09:00:00", 10, Unit::Day);
    course.suspend(at("2026-11-05 10:00:00"));
    course.resume(at("2026-11-09 23:00:00"));
    let due = course.due(Calendar::embedded()).unwrap();
    assert_eq!(due.last_day, day("2026-11-16"));
    assert_eq!(
        due.reasons,
        [
            Reason::StartDayExcluded(day("2026-11-02")),
            Reason::Suspended(at("2026-11-05 10:00:00"), at("2026-11-09 23:00:00")),
            Reason::StartDayExcluded(day("2026-11-09")),
        ]
    );
}

#[test]
fn working_days_left_are_counted_afresh_from_the_day_of_resumption() {
    // 3, 4, 5 November are gone; two of five are left after Saturday the 14th: 16 and 17.
    let mut course = course("2026-11-02 09:00:00", 5, Unit::WorkingDay);
    course.suspend(at("2026-11-05 10:00:00"));
    course.resume(at("2026-11-14 10:00:00"));
    assert_eq!(course.due(Calendar::embedded()).unwrap().last_day, day("2026-11-17"));
}

#[test]
fn a_month_loses_the_calendar_days_of_its_suspension() {
    // Until 31 January without; ten days later it is 10 February.
    let mut course = course("2023-12-31 09:00:00", 1, Unit::Month);
    course.suspend(at("2024-01-05 10:00:00"));
    course.resume(at("2024-01-15 10:00:00"));
    // 10 February 2024 is the first day of the New Year holiday, which ends on the 17th.
    let due = course.due(Calendar::embedded()).unwrap();
    assert_eq!(due.last_day, day("2024-02-18"));
    assert!(due.reasons.contains(&Reason::RolledOver(day("2024-02-10"), day("2024-02-18"))));
}

#[test]
fn hours_move_by_exactly_the_time_of_the_suspension() {
    let start = at("2026-11-20 09:30:00");
    let counting = Counting { hour_start: HourStart::NextFullHour, ..counting(24, Unit::Hour) };
    let mut course = Course::new(start, counting);
    assert_eq!(course.due(Calendar::embedded()).unwrap().at, at("2026-11-21 10:00:00"));
    // Also when the term stands still before the first hour is counted.
    course.suspend(at("2026-11-20 09:40:00"));
    course.resume(at("2026-11-20 11:15:30"));
    assert_eq!(course.due(Calendar::embedded()).unwrap().at, at("2026-11-21 11:35:30"));
}

#[test]
fn a_suspension_on_the_last_day_leaves_the_day_of_resumption() {
    let mut course = course("2026-11-02 09:00:00", 3, Unit::Day);
    course.suspend(at("2026-11-05 23:59:59"));
    course.resume(at("2026-11-18 08:00:00"));
    assert_eq!(course.due(Calendar::embedded()).unwrap().last_day, day("2026-11-18"));
    // During the roll-over too; and a rest day still rolls over.
    let mut course = Course::new(at("2026-11-18 09:00:00"), counting(3, Unit::Day));
    course.suspend(at("2026-11-22 12:00:00"));
    course.resume(at("2026-11-28 12:00:00"));
    assert_eq!(course.due(Calendar::embedded()).unwrap().last_day, day("2026-11-30"));
}

#[test]
fn a_suspension_after_the_end_changes_nothing() {
    for (value, unit) in [(3, Unit::Day), (3, Unit::WorkingDay), (24, Unit::Hour), (1, Unit::Month)]
    {
        let mut course = course("2026-11-02 09:00:00", value, unit);
        let due = course.due(Calendar::embedded()).unwrap();
        course.suspend(due.at);
        assert!(course.is_suspended());
        assert_eq!(course.due(Calendar::embedded()), Some(due.clone()));
        course.resume(due.at + chrono::Duration::days(30));
        assert_eq!(course.due(Calendar::embedded()), Some(due));
    }
}

#[test]
fn several_suspensions_add_up_and_overlapping_ones_count_once() {
    let mut course = course("2026-11-02 09:00:00", 100, Unit::Hour);
    let moments = |a: &str, b: &str| (at(a), Some(at(b)));
    course.suspensions = vec![
        moments("2026-11-04 09:00:00", "2026-11-04 12:00:00"),
        moments("2026-11-03 09:00:00", "2026-11-03 11:00:00"),
        moments("2026-11-03 10:00:00", "2026-11-03 10:30:00"),
        moments("2026-11-03 10:30:00", "2026-11-03 12:00:00"),
    ];
    let due = course.due(Calendar::embedded()).unwrap();
    assert_eq!(due.at, at("2026-11-02 09:00:00") + chrono::Duration::hours(100 + 3 + 3));
}

#[test]
fn an_open_suspension_in_the_past_is_not_hidden_by_a_later_one() {
    let mut course = course("2026-11-02 09:00:00", 10, Unit::Day);
    course.suspensions = vec![
        (at("2026-11-05 09:00:00"), Some(at("2026-11-06 09:00:00"))),
        (at("2026-11-04 09:00:00"), None),
    ];
    assert_eq!(course.due(Calendar::embedded()), None);
}

#[test]
fn a_suspension_that_ends_before_it_begins_is_none() {
    let mut course = course("2026-11-02 09:00:00", 10, Unit::Day);
    let due = course.due(Calendar::embedded());
    course.suspensions = vec![(at("2026-11-05 09:00:00"), Some(at("2026-11-03 09:00:00")))];
    assert_eq!(course.due(Calendar::embedded()), due);
}

#[test]
fn an_extension_of_the_same_unit_makes_one_length_with_the_term() {
    // The third day is a Saturday and would roll to Monday, which is no gain for the thirty days.
    let mut course = course("2023-03-15 09:00:00", 3, Unit::Day);
    course.extend(Length::new(27, Unit::Day));
    let due = course.due(Calendar::embedded()).unwrap();
    assert_eq!(due.last_day, day("2023-04-14"));
    assert_eq!(
        due.reasons,
        [Reason::Extended(Length::new(27, Unit::Day)), Reason::StartDayExcluded(day("2023-03-15")),]
    );
}

#[test]
fn an_extension_in_another_unit_is_counted_from_the_end() {
    let mut course = course("2023-03-15 09:00:00", 3, Unit::Day);
    course.extend(Length::new(1, Unit::Month));
    assert_eq!(course.due(Calendar::embedded()).unwrap().last_day, day("2023-04-20"));
    course.extend(Length::new(12, Unit::Hour));
    assert_eq!(course.due(Calendar::embedded()).unwrap().at, at("2023-04-21 12:00:00"));
}

#[test]
fn only_the_event_has_an_hour_that_is_not_counted() {
    let full = HourStart::NextFullHour;
    let counting = Counting { hour_start: full, ..counting(3, Unit::Day) };
    let mut course = Course::new(at("2026-11-02 09:00:00"), counting);
    course.extend(Length::new(12, Unit::Hour));
    assert_eq!(course.due(Calendar::embedded()).unwrap().at, at("2026-11-06 12:00:00"));
}

#[test]
fn a_resumption_is_never_noted_before_its_suspension() {
    let mut course = course("2026-11-02 09:00:00", 3, Unit::Day);
    course.suspend(at("2026-11-03 09:00:00"));
    course.resume(at("2026-11-03 08:59:59"));
    let moment = at("2026-11-03 09:00:00");
    assert_eq!(course.suspensions, [(moment, Some(moment))]);
}

#[test]
fn a_suspension_may_fall_into_an_extension() {
    let mut course = course("2023-03-15 09:00:00", 3, Unit::Day);
    course.extend(Length::new(1, Unit::Month));
    // The extension runs from 20 March to 20 April; ten days stood still.
    course.suspend(at("2023-03-30 09:00:00"));
    assert_eq!(course.due(Calendar::embedded()), None);
    course.resume(at("2023-04-09 09:00:00"));
    assert_eq!(course.due(Calendar::embedded()).unwrap().last_day, day("2023-05-04"));
}

#[test]
fn custody_holds_through_suspension_and_extension() {
    let counting = Counting { in_custody: true, ..counting(3, Unit::Day) };
    let mut course = Course::new(at("2023-03-15 09:00:00"), counting);
    course.suspend(at("2023-03-16 09:00:00"));
    course.resume(at("2023-03-17 09:00:00"));
    // One of three days is gone; two after the 17th end on Sunday the 19th, and it stays there.
    assert_eq!(course.due(Calendar::embedded()).unwrap().last_day, day("2023-03-19"));
}

#[test]
fn working_days_spent_beyond_the_calendar_are_provisional() {
    // The days before the suspension are unknown, those after it known.
    let mut course = course("2020-12-28 09:00:00", 5, Unit::WorkingDay);
    course.suspend(at("2020-12-30 09:00:00"));
    course.resume(at("2021-01-10 09:00:00"));
    let due = course.due(Calendar::embedded()).unwrap();
    assert_eq!(due.last_day, day("2021-01-13"));
    assert!(due.provisional);
}
