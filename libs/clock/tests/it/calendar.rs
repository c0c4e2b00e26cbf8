//! The official calendar and its table.

use chrono::Datelike as _;
use clock::{Calendar, Fault, Unit};

use crate::{at, counting, day};

const HEADER: &str = "date,weekday,kind,is_workday\n";

fn faults(csv: &str) -> Vec<Fault> {
    Calendar::parse(csv).unwrap_err().faults
}

#[test]
fn the_embedded_table_parses_and_covers_2021_to_2026() {
    let parsed = Calendar::parse(include_str!("../../data/calendar_exceptions.csv")).unwrap();
    assert_eq!(&parsed, Calendar::embedded());
    assert_eq!(parsed.coverage(), (day("2021-01-01"), day("2026-12-31")));
}

#[test]
fn each_year_has_the_workdays_that_five_libraries_agree_on() {
    let calendar = Calendar::embedded();
    let (first, last) = calendar.coverage();
    let mut workdays = [0; 6];
    for day in first.iter_days().take_while(|day| *day <= last) {
        let year = usize::try_from(day.year() - 2021).unwrap();
        workdays[year] += u32::from(calendar.is_workday(day).unwrap());
    }
    assert_eq!(workdays, [250, 249, 249, 251, 248, 248]);
}

#[test]
fn nothing_is_known_outside_the_coverage() {
    let calendar = Calendar::embedded();
    assert_eq!(calendar.is_workday(day("2020-12-31")), None);
    assert_eq!(calendar.is_workday(day("2021-01-01")), Some(false));
    assert_eq!(calendar.is_workday(day("2026-12-31")), Some(true));
    assert_eq!(calendar.is_workday(day("2027-01-01")), None);
}

#[test]
fn a_weekend_rests_a_make_up_sunday_works_and_a_holiday_monday_rests() {
    let calendar = Calendar::embedded();
    assert_eq!(calendar.is_workday(day("2026-11-21")), Some(false));
    assert_eq!(calendar.is_workday(day("2026-11-23")), Some(true));
    assert_eq!(calendar.is_workday(day("2026-09-20")), Some(true));
    assert_eq!(calendar.is_workday(day("2026-04-06")), Some(false));
}

#[test]
fn a_longer_table_makes_a_provisional_date_final() {
    let start = at("2026-12-30 10:00:00");
    let before = Calendar::embedded().due(start, counting(2, Unit::Day));
    assert!(before.provisional);
    assert_eq!(before.last_day, day("2027-01-01"));

    // What the notice for 2027 will say is not known; this one is made up.
    let table = format!(
        "{}2027-01-01,Fri,STATUTORY_REST_DAY,false\n",
        include_str!("../../data/calendar_exceptions.csv")
    );
    let calendar = Calendar::parse(&table).unwrap();
    assert_eq!(calendar.coverage().1, day("2027-12-31"));
    let after = calendar.due(start, counting(2, Unit::Day));
    assert!(!after.provisional);
    assert_eq!(after.last_day, day("2027-01-04"));
}

#[test]
fn a_byte_order_mark_carriage_returns_and_empty_lines_are_passed_over() {
    let table = format!("\u{feff}{HEADER}\n2021-01-01,Fri,STATUTORY_REST_DAY,false\n\n");
    let calendar = Calendar::parse(&table.replace('\n', "\r\n")).unwrap();
    assert_eq!(calendar.coverage(), (day("2021-01-01"), day("2021-12-31")));
    assert_eq!(calendar.is_workday(day("2021-01-01")), Some(false));
}

#[test]
fn every_faulty_line_is_named_at_once() {
    let table = "day,weekday
2021-01-01,Fri,STATUTORY_REST_DAY
2021-02-30,Tue,MAKEUP_WORKDAY,true
2021-2-7,Sun,MAKEUP_WORKDAY,true

2021-02-07,Mon,MAKEUP_WORKDAY,true
2021-02-07,Sun,MAKEUP,true
2021-02-07,Sun,MAKEUP_WORKDAY,false
2021-02-07,Sun,MAKEUP_WORKDAY,yes
2021-02-08,Mon,MAKEUP_WORKDAY,true
2021-02-07,Sun,MAKEUP_WORKDAY,true
2021-02-07,Sun,MAKEUP_WORKDAY,true
2021-01-01,Fri,STATUTORY_REST_DAY,false
2023-01-02,Mon,STATUTORY_REST_DAY,false
";
    let error = Calendar::parse(table).unwrap_err();
    let lines: Vec<_> = error.faults.iter().map(|fault| fault.line).collect();
    assert_eq!(lines, [1, 2, 3, 4, 6, 7, 8, 9, 10, 12, 13, 14]);
    let why: std::collections::BTreeSet<_> = error.faults.iter().map(|fault| fault.why).collect();
    // Two lines have a bad date and two are out of order; every other fault is one of its kind.
    assert_eq!(why.len(), lines.len() - 2);
    for line in lines {
        assert!(error.to_string().contains(&format!("line {line}: ")), "{error}");
    }
}

#[test]
fn a_table_without_a_day_is_refused() {
    assert_eq!(faults(HEADER).len(), 1);
    assert_eq!(faults("").len(), 2);
    let both: Vec<_> = faults(&format!("{HEADER}nonsense\n")).iter().map(|f| f.line).collect();
    assert_eq!(both, [1, 2]);
}

#[test]
fn a_year_left_out_is_a_fault_because_it_would_pass_for_one_without_holidays() {
    let table = format!(
        "{HEADER}2021-01-01,Fri,STATUTORY_REST_DAY,false\n2023-01-02,Mon,STATUTORY_REST_DAY,false\n"
    );
    let [fault] = faults(&table)[..] else { panic!("one fault") };
    assert_eq!(fault.line, 3);
}
