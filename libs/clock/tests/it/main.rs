//! How statutory terms are counted.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod calendar;
mod clocks;
mod course;
mod course_properties;
mod due;
mod due_properties;
mod rungs;
mod vectors;

use chrono::{DateTime, NaiveDate, Utc};
use clock::{Counting, Length, Unit};

/// A day written `2026-11-23`.
fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// An instant in Shanghai, written `2026-11-23 09:00:00`.
fn at(text: &str) -> DateTime<Utc> {
    format!("{}+08:00", text.replace(' ', "T")).parse().unwrap()
}

/// Nobody in custody, hours from the moment.
fn counting(value: u32, unit: Unit) -> Counting {
    Counting::new(Length::new(value, unit))
}
