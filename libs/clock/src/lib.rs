//! Where the platform gets its time, and how it counts statutory terms.
//!
//! Pure but for [`Clock::now`]: nothing else in the workspace may ask the operating system for the
//! time (see `clippy.toml`). Dates and days are those of [`SHANGHAI`].

mod calendar;
mod count;
mod course;
mod due;
mod now;
mod rungs;
mod term;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime, Utc};

pub use calendar::{Calendar, CalendarError, Fault};
pub use course::Course;
pub use due::{Due, Reason};
pub use now::Clock;
pub use rungs::{Rungs, rungs};
pub use term::{Counting, HourStart, Length, Unit};

/// Asia/Shanghai: eight hours ahead of UTC, without summer time since 1991. Earlier instants are
/// given the same offset; no term counted here is that old.
pub const SHANGHAI: FixedOffset = match FixedOffset::east_opt(8 * 3600) {
    Some(offset) => offset,
    None => panic!("eight hours is an offset"),
};

/// The date on which an instant falls, in Asia/Shanghai.
pub fn legal_date(at: DateTime<Utc>) -> NaiveDate {
    // Written out because `with_timezone` panics in the last hours of chrono's calendar.
    at.naive_utc().checked_add_offset(SHANGHAI).map_or(NaiveDate::MAX, |local| local.date())
}

/// 24:00 of a day in Asia/Shanghai: the first instant of the next one.
pub fn end_of_day(day: NaiveDate) -> DateTime<Utc> {
    day.succ_opt()
        .and_then(|next| next.and_time(NaiveTime::MIN).checked_sub_offset(SHANGHAI))
        .map_or(DateTime::<Utc>::MAX_UTC, |at| at.and_utc())
}
