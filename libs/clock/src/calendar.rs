//! The official calendar: on which days offices work.
//!
//! A table of exceptions to Monday-Friday, for whole years; beyond it nothing is known.

use std::{collections::BTreeMap, fmt, sync::LazyLock};

use chrono::{DateTime, Datelike as _, NaiveDate, Utc, Weekday};

use crate::{
    count::{Mark, Part, Tally},
    due::Due,
    term::Counting,
};

/// The exceptions of 2021 to 2026, from the holiday notices of the General Office of the State
/// Council.
const EMBEDDED: &str = include_str!("../data/calendar_exceptions.csv");
const HEADER: &str = "date,weekday,kind,is_workday";

/// The official calendar of mainland China over a window of whole years.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    /// Whether each listed day is a workday.
    listed: BTreeMap<NaiveDate, bool>,
    first: NaiveDate,
    last: NaiveDate,
}

/// A calendar table with faults: every one of them, so that it is corrected once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendarError {
    /// The faults in the order of their lines; never empty.
    pub faults: Vec<Fault>,
}

/// What is wrong with one line of a calendar table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The line, counted from 1 (the header).
    pub line: usize,
    /// What is wrong with it.
    pub why: &'static str,
}

impl Calendar {
    /// The calendar this program was built with: 2021 to 2026.
    pub fn embedded() -> &'static Self {
        static CALENDAR: LazyLock<Calendar> = LazyLock::new(|| {
            // A test proves that the table parses. Were it broken all the same, every date would
            // be provisional, which is the truth then.
            Calendar::parse(EMBEDDED).unwrap_or(Calendar {
                listed: BTreeMap::new(),
                first: NaiveDate::MAX,
                last: NaiveDate::MIN,
            })
        });
        &CALENDAR
    }

    /// Reads a table of exceptions: the header `date,weekday,kind,is_workday`, then one line a day
    /// in ascending order, such as `2021-02-07,Sun,MAKEUP_WORKDAY,true`. The kinds are
    /// `STATUTORY_REST_DAY` and `MAKEUP_WORKDAY`. Empty lines and a byte order mark are passed over.
    ///
    /// The calendar covers the whole years from that of the first line to that of the last; each
    /// year between must be listed, because no year is without exceptions.
    ///
    /// # Errors
    /// All faulty lines at once.
    pub fn parse(csv: &str) -> Result<Self, CalendarError> {
        let mut faults = Vec::new();
        let mut listed = BTreeMap::new();
        let mut last_read: Option<NaiveDate> = None;
        let mut lines = (1..).zip(csv.trim_start_matches('\u{feff}').lines());

        if lines.next().is_none_or(|(_, header)| header.trim_end() != HEADER) {
            faults.push(Fault { line: 1, why: "the header is not date,weekday,kind,is_workday" });
        }
        for (line, text) in lines.filter(|(_, text)| !text.trim().is_empty()) {
            let read = row(text.trim_end()).and_then(|(date, is_workday)| {
                follows(last_read, date)?;
                Ok((date, is_workday))
            });
            match read {
                Ok((date, is_workday)) => {
                    last_read = Some(date);
                    listed.insert(date, is_workday);
                }
                Err(why) => faults.push(Fault { line, why }),
            }
        }
        let first = listed.keys().next().and_then(|day| day.with_ordinal(1));
        let last = last_read.and_then(|day| NaiveDate::from_ymd_opt(day.year(), 12, 31));
        match (first, last) {
            (Some(first), Some(last)) if faults.is_empty() => Ok(Self { listed, first, last }),
            (Some(_), Some(_)) => Err(CalendarError { faults }),
            (_, _) => {
                faults.push(Fault { line: 1, why: "the table lists no day" });
                faults.sort_by_key(|fault| fault.line);
                Err(CalendarError { faults })
            }
        }
    }

    /// The first and the last day about which the calendar knows.
    pub fn coverage(&self) -> (NaiveDate, NaiveDate) {
        (self.first, self.last)
    }

    /// Whether offices work on that day; `None` outside the coverage.
    pub fn is_workday(&self, day: NaiveDate) -> Option<bool> {
        let covered = self.first <= day && day <= self.last;
        covered.then(|| self.listed.get(&day).copied().unwrap_or(!is_weekend(day)))
    }

    /// When a term that starts at an instant ends (LAW 0.3). The rules stand at
    /// [`Unit`](crate::Unit), [`HourStart`](crate::HourStart) and [`Counting`].
    ///
    /// Beyond the coverage Monday to Friday are presumed to be workdays and the answer is
    /// provisional, before the first year as after the last. The answer is never before the start,
    /// and never earlier for a longer length of the same unit.
    pub fn due(&self, start: DateTime<Utc>, counting: Counting) -> Due {
        let mut tally = Tally::new(self, counting.in_custody);
        let part = Part::Whole(counting.length, counting.hour_start);
        let end = tally.end(Mark::of(start), part);
        tally.due(end)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.why)
    }
}

impl fmt::Display for CalendarError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the calendar table cannot be used")?;
        self.faults.iter().try_for_each(|fault| write!(f, "; {fault}"))
    }
}

impl std::error::Error for CalendarError {}

/// Saturday or Sunday.
pub(crate) fn is_weekend(day: NaiveDate) -> bool {
    matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}

/// The day of one line, and whether it is a workday.
fn row(text: &str) -> Result<(NaiveDate, bool), &'static str> {
    let fields: Vec<&str> = text.split(',').collect();
    let [date, weekday, kind, is_workday] = fields[..] else {
        return Err("there are not four fields");
    };
    let date = NaiveDate::parse_from_str(date, "%Y-%m-%d")
        .ok()
        // chrono also reads `2021-1-1`, a sign and spaces; one spelling is enough.
        .filter(|read| read.to_string() == date)
        .ok_or("the date is not a day written YYYY-MM-DD")?;
    if date.weekday().to_string() != weekday {
        return Err("the date falls on another day of the week (Mon, Tue, ...)");
    }
    match (kind, is_workday, is_weekend(date)) {
        ("STATUTORY_REST_DAY", "false", _) => Ok((date, false)),
        ("MAKEUP_WORKDAY", "true", true) => Ok((date, true)),
        ("MAKEUP_WORKDAY", "true", false) => Err("a make-up workday falls on a weekend"),
        ("STATUTORY_REST_DAY", "true", _) | ("MAKEUP_WORKDAY", "false", _) => {
            Err("the kind and is_workday contradict each other")
        }
        ("STATUTORY_REST_DAY" | "MAKEUP_WORKDAY", _, _) => {
            Err("is_workday is neither true nor false")
        }
        _ => Err("the kind is neither STATUTORY_REST_DAY nor MAKEUP_WORKDAY"),
    }
}

/// Whether a day may stand after the last one read.
fn follows(last_read: Option<NaiveDate>, date: NaiveDate) -> Result<(), &'static str> {
    match last_read {
        Some(last) if date <= last => Err("the date is not after the one before it"),
        Some(last) if date.year() > last.year() + 1 => Err("the year before it is not listed"),
        _ => Ok(()),
    }
}
