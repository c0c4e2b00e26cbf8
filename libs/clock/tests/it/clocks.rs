//! The clock, its days and its words.

use chrono::{DateTime, Duration, NaiveDate, SubsecRound as _, Utc};
use clock::{Clock, HourStart, Length, SHANGHAI, Unit, end_of_day, legal_date, legal_time};

use crate::{at, day};

#[test]
fn a_fixed_clock_stands_still_until_it_is_moved() {
    let clock = Clock::fixed(at("2026-11-23 12:00:00"));
    let same = clock.clone();
    assert_eq!(clock.now(), at("2026-11-23 12:00:00"));
    clock.advance(Duration::hours(1));
    assert_eq!(same.now(), at("2026-11-23 13:00:00"));
    same.set(at("2020-01-01 00:00:00"));
    assert_eq!(clock.now(), at("2020-01-01 00:00:00"));
    clock.advance(Duration::MAX);
    assert_eq!(clock.now(), at("2020-01-01 00:00:00"));
}

#[test]
fn the_system_clock_runs_and_cannot_be_moved() {
    let clock = Clock::system();
    let before = clock.now();
    assert!(before > at("2026-01-01 00:00:00"));
    clock.set(at("2020-01-01 00:00:00"));
    clock.advance(-Duration::days(1000));
    assert!(clock.now() >= before - Duration::minutes(1));
}

#[test]
fn every_clock_tells_whole_microseconds() {
    let fixed = Clock::fixed("2026-11-23T04:00:00.123456789Z".parse().unwrap());
    assert_eq!(fixed.now(), "2026-11-23T04:00:00.123456Z".parse::<DateTime<Utc>>().unwrap());
    let now = Clock::system().now();
    assert_eq!(now, now.trunc_subsecs(6));
}

#[test]
fn the_legal_date_changes_at_midnight_in_shanghai() {
    assert_eq!(SHANGHAI.local_minus_utc(), 8 * 3600);
    assert_eq!(legal_date("2026-11-22T15:59:59Z".parse().unwrap()), day("2026-11-22"));
    assert_eq!(legal_date("2026-11-22T16:00:00Z".parse().unwrap()), day("2026-11-23"));
    assert_eq!(
        end_of_day(day("2026-11-22")),
        "2026-11-22T16:00:00Z".parse::<DateTime<Utc>>().unwrap()
    );
}

#[test]
fn the_ends_of_the_calendar_of_chrono_do_not_panic() {
    assert_eq!(legal_date(DateTime::<Utc>::MAX_UTC), NaiveDate::MAX);
    assert!(legal_date(DateTime::<Utc>::MIN_UTC) < day("0001-01-01"));
    assert_eq!(end_of_day(NaiveDate::MAX), DateTime::<Utc>::MAX_UTC);
    assert!(end_of_day(NaiveDate::MIN) < at("0001-01-01 00:00:00"));
}

#[test]
fn the_words_of_units_and_starts_are_read_back() {
    let words = ["HOUR", "DAY", "WORKING_DAY", "MONTH"];
    assert_eq!(Unit::ALL.map(Unit::as_str), words);
    assert_eq!(words.map(Unit::parse), Unit::ALL.map(Some));
    assert_eq!(Unit::parse("day"), None);
    for start in [HourStart::Exact, HourStart::NextFullHour] {
        assert_eq!(HourStart::parse(start.as_str()), Some(start));
    }
    assert_eq!(HourStart::parse(""), None);
}

#[test]
fn a_length_is_written_and_read_back() {
    assert_eq!(Length::new(3, Unit::Day).to_string(), "3 DAY");
    assert_eq!(Length::parse("3 DAY"), Some(Length::new(3, Unit::Day)));
    assert_eq!(Length::parse("15 WORKING_DAY"), Some(Length::new(15, Unit::WorkingDay)));
    for text in ["", "3", "DAY", "3 days", "-3 DAY", "+3 DAY", "3  DAY", "4294967296 DAY", " DAY"] {
        assert_eq!(Length::parse(text), None, "{text}");
    }
}

#[test]
fn a_day_that_is_over_is_told_by_its_24th_hour() {
    assert_eq!(legal_time(end_of_day(day("2026-11-22"))), "2026-11-22 24:00");
    let minute_later = end_of_day(day("2026-11-22")) + chrono::Duration::minutes(1);
    assert_eq!(legal_time(minute_later), "2026-11-23 00:01");
}
