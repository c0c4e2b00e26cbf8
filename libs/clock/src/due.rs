//! When a term ends, and why then.

use std::fmt;

use chrono::{DateTime, NaiveDate, Utc};

use crate::{SHANGHAI, term::Length};

/// The end of a term.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// The first instant at which the term is over: 24:00 in Asia/Shanghai of the last day, or the
    /// exact instant for hours. Whatever happens before it is in time.
    pub at: DateTime<Utc>,
    /// The last day of the term in Asia/Shanghai; for hours, the date of the instant.
    pub last_day: NaiveDate,
    /// The official calendar does not reach far enough: the date may change with the next table.
    /// Never for hours, unless the length itself is absurd (more than a hundred years).
    pub provisional: bool,
    /// How it was counted, step by step.
    pub reasons: Vec<Reason>,
}

/// One step of the counting; `Display` is one sentence with its legal basis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Counting begins the day after.
    StartDayExcluded(NaiveDate),
    /// Hours are counted from this moment.
    FromTheMoment(DateTime<Utc>),
    /// The hour of the event is not counted: hours are counted from here.
    StartHourExcluded(DateTime<Utc>),
    /// Rest days from the first to the last, not counted among working days.
    RestDaysSkipped(NaiveDate, NaiveDate),
    /// A day of the weekend on which offices work.
    MakeUpWorkday(NaiveDate),
    /// The month has no such day: its last day is taken.
    MonthEnd(NaiveDate),
    /// From the rest day on which the term would have ended to the next workday.
    RolledOver(NaiveDate, NaiveDate),
    /// The last day stays although it is a rest day.
    CustodyNoRollOver(NaiveDate),
    /// The term stood still from one instant to another.
    Suspended(DateTime<Utc>, DateTime<Utc>),
    /// The term was made longer.
    Extended(Length),
    /// The official calendar does not cover these days, the first and the last of them.
    CalendarPresumed(NaiveDate, NaiveDate),
    /// Only so much of the length was counted.
    TooLong(Length),
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::StartDayExcluded(day) => write!(
                f,
                "The start day {day} is not counted (Criminal Procedure Law art. 105(2), \
                 Civil Code art. 201(1))."
            ),
            Self::FromTheMoment(at) => write!(
                f,
                "Hours are counted without a break from {}, rest days included \
                 (Civil Code art. 201(2)).",
                local(*at)
            ),
            Self::StartHourExcluded(at) => write!(
                f,
                "The hour of the event is not counted: hours run without a break from {}, rest \
                 days included (Criminal Procedure Law art. 105(2)).",
                local(*at)
            ),
            Self::RestDaysSkipped(from, to) if from == to => {
                write!(f, "{from} is a rest day and not counted ({WORKING_DAYS}).")
            }
            Self::RestDaysSkipped(from, to) => {
                write!(f, "{from} to {to} are rest days and not counted ({WORKING_DAYS}).")
            }
            Self::MakeUpWorkday(day) => {
                write!(f, "{day} is a make-up workday (State Council holiday notice).")
            }
            Self::MonthEnd(day) => write!(
                f,
                "The month has no corresponding day: its last day {day} is taken \
                 (Civil Code art. 202)."
            ),
            Self::RolledOver(from, to) => write!(
                f,
                "{from} is a rest day: the term ends on the next workday, {to} \
                 (Criminal Procedure Law art. 105(4), Civil Code art. 203(1))."
            ),
            Self::CustodyNoRollOver(day) => write!(
                f,
                "The suspect is in custody: the term ends on {day} and is not prolonged by rest \
                 days (Criminal Procedure Law art. 105(4))."
            ),
            Self::Suspended(from, to) => write!(
                f,
                "The term was suspended from {} to {}: that time is not counted.",
                local(*from),
                local(*to)
            ),
            Self::Extended(length) => write!(f, "The term was extended by {length}."),
            Self::CalendarPresumed(from, to) => write!(
                f,
                "Provisional: the official calendar does not cover {from} to {to}; Monday to \
                 Friday were presumed to be workdays."
            ),
            Self::TooLong(length) => {
                write!(f, "Provisional: no more than {length} are counted, which is a mistake.")
            }
        }
    }
}

const WORKING_DAYS: &str = "Administrative Penalty Law art. 85, State Council holiday notice";

/// An instant as an official would write it.
fn local(at: DateTime<Utc>) -> String {
    // An instant chrono cannot shift to local time is shown as it is, rather than panicking.
    match at.naive_utc().checked_add_offset(SHANGHAI) {
        Some(local) => local.format("%Y-%m-%d %H:%M:%S").to_string(),
        None => at.naive_utc().to_string(),
    }
}
