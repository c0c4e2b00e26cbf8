//! The vectors of the legal ground truth: `data/test_vectors.json`, copied unchanged.

use chrono::{DateTime, NaiveDate, Utc};
use clock::{Calendar, Counting, HourStart, Length, Unit, end_of_day};
use serde::Deserialize;

use crate::at;

#[derive(Deserialize)]
struct Vectors {
    test_vectors: Vec<Vector>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Vector {
    Days(Days),
    Hours(Hours),
}

#[derive(Deserialize)]
struct Days {
    id: String,
    start_date: NaiveDate,
    start_weekday: String,
    value: u32,
    unit: String,
    due_date: NaiveDate,
    due_weekday: String,
    unrolled_due_date: Option<NaiveDate>,
    in_custody: bool,
}

#[derive(Deserialize)]
struct Hours {
    id: String,
    start_instant: DateTime<Utc>,
    value: u32,
    unit: String,
    due_exact: DateTime<Utc>,
    due_next_full_hour: DateTime<Utc>,
}

fn vectors() -> Vec<Vector> {
    let read: Vectors = serde_json::from_str(include_str!("../../data/test_vectors.json")).unwrap();
    assert_eq!(read.test_vectors.len(), 14);
    read.test_vectors
}

#[test]
fn every_vector_of_days_ends_on_its_date_whatever_the_time_of_its_start() {
    let mut checked = 0;
    for vector in vectors() {
        let Vector::Days(vector) = vector else { continue };
        assert_eq!(vector.start_date.format("%a").to_string(), vector.start_weekday);
        assert_eq!(vector.due_date.format("%a").to_string(), vector.due_weekday);
        for time in ["00:00:00", "09:30:00", "23:59:59.999"] {
            let counting = Counting {
                length: Length::new(vector.value, Unit::parse(&vector.unit).unwrap()),
                hour_start: HourStart::NextFullHour,
                in_custody: vector.in_custody,
            };
            let due =
                Calendar::embedded().due(at(&format!("{} {time}", vector.start_date)), counting);
            assert_eq!(due.last_day, vector.due_date, "{} at {time}", vector.id);
            assert_eq!(due.at, end_of_day(vector.due_date), "{}", vector.id);
            assert!(!due.provisional, "{}", vector.id);
        }
        checked += 1;
    }
    assert_eq!(checked, 13);
}

#[test]
fn in_custody_every_vector_of_days_ends_where_it_would_have_without_roll_over() {
    let mut differ = 0;
    for vector in vectors() {
        let Vector::Days(vector) = vector else { continue };
        let Some(unrolled) = vector.unrolled_due_date else { continue };
        let length = Length::new(vector.value, Unit::parse(&vector.unit).unwrap());
        let counting = Counting { in_custody: true, ..Counting::new(length) };
        let due =
            Calendar::embedded().due(at(&format!("{} 12:00:00", vector.start_date)), counting);
        assert_eq!(due.last_day, unrolled, "{}", vector.id);
        differ += u32::from(unrolled != vector.due_date);
    }
    assert_eq!(differ, 4);
}

#[test]
fn every_vector_of_hours_ends_at_its_instant_for_both_starts() {
    let mut checked = 0;
    for vector in vectors() {
        let Vector::Hours(vector) = vector else { continue };
        let length = Length::new(vector.value, Unit::parse(&vector.unit).unwrap());
        for (hour_start, expected) in [
            (HourStart::Exact, vector.due_exact),
            (HourStart::NextFullHour, vector.due_next_full_hour),
        ] {
            let counting = Counting { hour_start, ..Counting::new(length) };
            let due = Calendar::embedded().due(vector.start_instant, counting);
            assert_eq!(due.at, expected, "{} {hour_start:?}", vector.id);
            assert!(!due.provisional);
        }
        checked += 1;
    }
    assert_eq!(checked, 1);
}
