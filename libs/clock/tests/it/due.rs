//! Single terms: roll-over, custody, months, what the calendar does not know, and the reasons.

use chrono::{DateTime, Utc};
use clock::{Calendar, Counting, Due, HourStart, Length, Reason, Unit};

use crate::{at, counting, day};

fn due(start: &str, value: u32, unit: Unit) -> Due {
    Calendar::embedded().due(at(start), counting(value, unit))
}

fn due_in_custody(start: &str, value: u32, unit: Unit) -> Due {
    Calendar::embedded().due(at(start), Counting { in_custody: true, ..counting(value, unit) })
}

#[test]
fn a_term_in_custody_ends_on_the_rest_day_and_says_so() {
    let due = due_in_custody("2023-03-15 09:00:00", 3, Unit::Day);
    assert_eq!(due.last_day, day("2023-03-18"));
    assert_eq!(due.at, at("2023-03-19 00:00:00"));
    assert!(due.reasons.contains(&Reason::CustodyNoRollOver(day("2023-03-18"))));
    let month = due_in_custody("2026-09-03 09:00:00", 1, Unit::Month);
    assert_eq!(month.last_day, day("2026-10-03"));
}

#[test]
fn custody_says_nothing_when_the_last_day_is_a_workday() {
    let free = due("2023-03-06 09:00:00", 3, Unit::Day);
    assert_eq!(due_in_custody("2023-03-06 09:00:00", 3, Unit::Day), free);
}

#[test]
fn a_month_that_ends_on_a_rest_day_rolls_over() {
    let due = due("2026-09-03 09:00:00", 1, Unit::Month);
    assert_eq!(due.last_day, day("2026-10-08"));
    assert!(due.reasons.contains(&Reason::RolledOver(day("2026-10-03"), day("2026-10-08"))));
}

#[test]
fn a_month_without_the_day_ends_on_its_last_day_and_says_so() {
    let due = due("2024-12-31 09:00:00", 2, Unit::Month);
    assert!(due.reasons.contains(&Reason::MonthEnd(day("2025-02-28"))));
}

#[test]
fn the_hour_of_the_event_is_not_counted_even_when_the_event_opens_it() {
    for (start, end) in [
        ("2026-11-20 09:00:00", "2026-11-21 10:00:00"),
        ("2026-11-20 09:00:01", "2026-11-21 10:00:00"),
        ("2026-11-20 09:59:59.999", "2026-11-21 10:00:00"),
        ("2026-11-20 10:00:00", "2026-11-21 11:00:00"),
        ("1960-02-29 23:30:00", "1960-03-02 00:00:00"),
    ] {
        let counting = Counting { hour_start: HourStart::NextFullHour, ..counting(24, Unit::Hour) };
        assert_eq!(Calendar::embedded().due(at(start), counting).at, at(end), "{start}");
    }
}

#[test]
fn hours_never_ask_the_calendar() {
    for start in ["2009-05-01 08:00:00", "2026-12-31 23:00:00", "2040-01-01 00:00:00"] {
        let due = due(start, 48, Unit::Hour);
        assert_eq!(due.at, at(start) + chrono::Duration::hours(48));
        assert!(!due.provisional);
    }
}

#[test]
fn a_case_of_2009_is_counted_provisionally() {
    // 3 October 2009, a Saturday in the National Day holiday, of which the table knows nothing.
    let days = due("2009-09-30 09:00:00", 3, Unit::Day);
    assert_eq!(days.last_day, day("2009-10-05"));
    assert!(days.provisional);
    assert!(
        days.reasons.contains(&Reason::CalendarPresumed(day("2009-10-03"), day("2009-10-05"))),
        "{:?}",
        days.reasons
    );
    assert!(due("2009-09-30 09:00:00", 3, Unit::WorkingDay).provisional);
    assert!(due("2009-09-30 09:00:00", 1, Unit::Month).provisional);
}

#[test]
fn only_the_days_that_matter_decide_whether_a_date_is_provisional() {
    // From before the table into it: the last day is known, the working days are not.
    let days = due("2020-12-28 09:00:00", 10, Unit::Day);
    assert_eq!((days.last_day, days.provisional), (day("2021-01-07"), false));
    let working = due("2020-12-28 09:00:00", 10, Unit::WorkingDay);
    assert!(working.provisional);
    assert!(
        working.reasons.contains(&Reason::CalendarPresumed(day("2020-12-29"), day("2020-12-31")))
    );
    // Today's two months already end in 2027.
    assert!(due("2026-11-22 09:00:00", 2, Unit::Month).provisional);
    // In custody no workday is asked for.
    assert!(!due_in_custody("2026-11-22 09:00:00", 2, Unit::Month).provisional);
}

#[test]
fn a_term_around_the_whole_table_names_both_unknown_ends() {
    let due = due("2020-12-30 09:00:00", 1_500, Unit::WorkingDay);
    let presumed: Vec<_> = due
        .reasons
        .iter()
        .filter(|reason| matches!(reason, Reason::CalendarPresumed(..)))
        .cloned()
        .collect();
    assert_eq!(
        presumed,
        [
            Reason::CalendarPresumed(day("2020-12-31"), day("2020-12-31")),
            Reason::CalendarPresumed(day("2027-01-01"), due.last_day),
        ]
    );
}

#[test]
fn a_term_of_no_length_ends_with_its_day_or_the_next_workday() {
    assert_eq!(due("2026-11-20 09:00:00", 0, Unit::Day).last_day, day("2026-11-20"));
    assert_eq!(due("2026-11-21 09:00:00", 0, Unit::Day).last_day, day("2026-11-23"));
    assert_eq!(due("2026-11-21 09:00:00", 0, Unit::WorkingDay).last_day, day("2026-11-23"));
    assert_eq!(due("2026-11-21 09:00:00", 0, Unit::Hour).at, at("2026-11-21 09:00:00"));
}

#[test]
fn a_length_beyond_a_hundred_years_is_a_mistake_that_is_said_and_not_a_panic() {
    for unit in Unit::ALL {
        let due = due("2026-11-20 09:00:00", u32::MAX, unit);
        assert!(due.provisional);
        assert!(due.reasons.iter().any(|reason| matches!(reason, Reason::TooLong(_))));
        assert!(due.at > at("2120-01-01 00:00:00") && due.at < at("2180-01-01 00:00:00"));
    }
}

#[test]
fn the_ends_of_the_calendar_of_chrono_do_not_panic() {
    for start in [DateTime::<Utc>::MAX_UTC, DateTime::<Utc>::MIN_UTC] {
        for unit in Unit::ALL {
            for hour_start in [HourStart::Exact, HourStart::NextFullHour] {
                let counting = Counting { hour_start, ..counting(u32::MAX, unit) };
                let due = Calendar::embedded().due(start, counting);
                assert!(due.at >= start);
                assert!(due.reasons.iter().all(|reason| !reason.to_string().is_empty()));
            }
        }
    }
}

#[test]
fn the_reasons_tell_the_counting_of_days_step_by_step() {
    let due = due("2022-09-29 09:00:00", 3, Unit::Day);
    let told: Vec<_> = due.reasons.iter().map(Reason::to_string).collect();
    assert_eq!(
        told,
        [
            "The start day 2022-09-29 is not counted (Criminal Procedure Law art. 105(2), Civil \
             Code art. 201(1)).",
            "2022-10-02 is a rest day: the term ends on the next workday, 2022-10-08 (Criminal \
             Procedure Law art. 105(4), Civil Code art. 203(1)).",
            "2022-10-08 is a make-up workday (State Council holiday notice).",
        ]
    );
}

#[test]
fn the_reasons_tell_the_counting_of_working_days_step_by_step() {
    let due = due("2025-09-25 09:00:00", 7, Unit::WorkingDay);
    assert_eq!(
        due.reasons,
        [
            Reason::StartDayExcluded(day("2025-09-25")),
            Reason::RestDaysSkipped(day("2025-09-27"), day("2025-09-27")),
            Reason::MakeUpWorkday(day("2025-09-28")),
            Reason::RestDaysSkipped(day("2025-10-01"), day("2025-10-08")),
            Reason::MakeUpWorkday(day("2025-10-11")),
        ]
    );
}

#[test]
fn every_reason_is_one_sentence() {
    let (a, b) = (day("2026-11-21"), day("2026-11-23"));
    let (s, t) = (at("2026-11-20 09:00:00"), at("2026-11-21 10:00:00"));
    let length = Length::new(3, Unit::Day);
    for reason in [
        Reason::StartDayExcluded(a),
        Reason::FromTheMoment(s),
        Reason::StartHourExcluded(t),
        Reason::RestDaysSkipped(a, a),
        Reason::RestDaysSkipped(a, b),
        Reason::MakeUpWorkday(a),
        Reason::MonthEnd(a),
        Reason::RolledOver(a, b),
        Reason::CustodyNoRollOver(a),
        Reason::Suspended(s, t),
        Reason::Extended(length),
        Reason::CalendarPresumed(a, b),
        Reason::TooLong(length),
    ] {
        let told = reason.to_string();
        assert!(told.ends_with('.') && !told.contains("  ") && !told.contains('\n'), "{told}");
        let begins_well = |c: char| c.is_uppercase() || c.is_ascii_digit();
        assert!(told.starts_with(begins_well), "{told}");
    }
    assert_eq!(
        Reason::FromTheMoment(s).to_string(),
        "Hours are counted without a break from 2026-11-20 09:00:00, rest days included (Civil \
         Code art. 201(2))."
    );
}
