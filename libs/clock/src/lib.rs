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

/// A due instant for people, to the minute in Asia/Shanghai: 24:00 of the last day rather than 00:00 of
/// the next.
pub fn legal_time(at: DateTime<Utc>) -> String {
    let local = at.with_timezone(&SHANGHAI);
    if local.time() == NaiveTime::MIN {
        let day = local.date_naive().pred_opt().unwrap_or(local.date_naive());
        return format!("{day} 24:00");
    }
    local.format("%Y-%m-%d %H:%M").to_string()
}

/// 24:00 of a day in Asia/Shanghai: the first instant of the next one.
pub fn end_of_day(day: NaiveDate) -> DateTime<Utc> {
    day.succ_opt()
        .and_then(|next| next.and_time(NaiveTime::MIN).checked_sub_offset(SHANGHAI))
        .map_or(DateTime::<Utc>::MAX_UTC, |at| at.and_utc())
}
