//! The counting itself: from a start to an end, with every step noted.

use chrono::{DateTime, Datelike as _, Days, Months, NaiveDate, TimeDelta, Utc};

use crate::{
    calendar::{Calendar, is_weekend},
    due::{Due, Reason},
    end_of_day, legal_date,
    term::{HourStart, Length, Unit},
};

/// A point from which counting goes on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark {
    /// The instant, for hours.
    pub(crate) at: DateTime<Utc>,
    /// The day, for everything else. At the end of a day it is that day, while the instant is
    /// already the next.
    pub(crate) day: NaiveDate,
}

impl Mark {
    /// The point of an event.
    pub(crate) fn of(at: DateTime<Utc>) -> Self {
        Self { at, day: legal_date(at) }
    }
}

/// What is still to be counted.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Part {
    /// A length nobody has interrupted.
    Whole(Length, HourStart),
    /// The rest of hours.
    Time(TimeDelta),
    /// The rest of days or months, in calendar days.
    Days(u64),
    /// The rest of working days.
    WorkingDays(u32),
}

/// A count in progress.
#[derive(Clone, Debug)]
pub(crate) struct Tally<'a> {
    calendar: &'a Calendar,
    in_custody: bool,
    reasons: Vec<Reason>,
    /// Runs of days about which the calendar knew nothing.
    presumed: Vec<(NaiveDate, NaiveDate)>,
    too_long: bool,
}

impl<'a> Tally<'a> {
    pub(crate) fn new(calendar: &'a Calendar, in_custody: bool) -> Self {
        Self { calendar, in_custody, reasons: Vec::new(), presumed: Vec::new(), too_long: false }
    }

    /// Notes a step that was taken elsewhere.
    pub(crate) fn note(&mut self, reason: Reason) {
        self.reasons.push(reason);
    }

    /// Counts a part and notes how.
    pub(crate) fn end(&mut self, from: Mark, part: Part) -> Mark {
        match part {
            Part::Whole(length, hour_start) => {
                let value = self.bounded(length);
                match length.unit {
                    Unit::Hour => {
                        let start = self.hours_from(from, hour_start);
                        after(start, TimeDelta::hours(i64::from(value)))
                    }
                    Unit::Day => self.days(from, u64::from(value)),
                    Unit::WorkingDay => self.working_days(from, value),
                    Unit::Month => {
                        self.note(Reason::StartDayExcluded(from.day));
                        let last_day = self.months(from.day, value);
                        self.close(last_day)
                    }
                }
            }
            Part::Time(left) => {
                self.note(Reason::FromTheMoment(from.at));
                after(from.at, left)
            }
            Part::Days(left) => self.days(from, left),
            Part::WorkingDays(left) => self.working_days(from, left),
        }
    }

    /// What is left of a part that began at `from` and would have ended at `end`, when it is
    /// interrupted at `at`, between the two. Of a day-based part the day of interruption is spent.
    pub(crate) fn left(&mut self, from: Mark, part: Part, end: Mark, at: DateTime<Utc>) -> Part {
        let today = legal_date(at).max(from.day);
        match part {
            Part::Whole(length, hour_start) => {
                let value = self.bounded(length);
                match length.unit {
                    Unit::Hour => {
                        self.hours_from(from, hour_start);
                        Part::Time(end.at.signed_duration_since(at))
                    }
                    Unit::Day => {
                        self.note(Reason::StartDayExcluded(from.day));
                        Part::Days(days_between(today, add_days(from.day, u64::from(value))))
                    }
                    Unit::WorkingDay => {
                        self.note(Reason::StartDayExcluded(from.day));
                        self.working_days_left(from.day, today, value)
                    }
                    Unit::Month => {
                        self.note(Reason::StartDayExcluded(from.day));
                        Part::Days(days_between(today, self.months(from.day, value)))
                    }
                }
            }
            Part::Time(_) => Part::Time(end.at.signed_duration_since(at)),
            Part::Days(left) => Part::Days(days_between(today, add_days(from.day, left))),
            Part::WorkingDays(left) => self.working_days_left(from.day, today, left),
        }
    }

    /// The answer, when nothing is left to count.
    pub(crate) fn due(self, end: Mark) -> Due {
        let mut reasons = self.reasons;
        let provisional = self.too_long || !self.presumed.is_empty();
        reasons.extend(self.presumed.into_iter().map(|(a, b)| Reason::CalendarPresumed(a, b)));
        Due { at: end.at, last_day: end.day, provisional, reasons }
    }

    /// The value of a length, or the most that is counted of its unit.
    fn bounded(&mut self, length: Length) -> u32 {
        let limit = length.unit.limit();
        if length.value > limit {
            self.too_long = true;
            self.note(Reason::TooLong(Length::new(limit, length.unit)));
        }
        length.value.min(limit)
    }

    /// From when hours are counted.
    fn hours_from(&mut self, from: Mark, hour_start: HourStart) -> DateTime<Utc> {
        match hour_start {
            HourStart::Exact => {
                self.note(Reason::FromTheMoment(from.at));
                from.at
            }
            HourStart::NextFullHour => {
                // Shanghai is whole hours away from UTC, so its hours begin when those of UTC do.
                let seconds = from.at.timestamp();
                let next = seconds - seconds.rem_euclid(3600) + 3600;
                let start = DateTime::from_timestamp(next, 0).unwrap_or(from.at);
                self.note(Reason::StartHourExcluded(start));
                start
            }
        }
    }

    fn days(&mut self, from: Mark, count: u64) -> Mark {
        self.note(Reason::StartDayExcluded(from.day));
        self.close(add_days(from.day, count))
    }

    /// The corresponding day of a later month, or its last (Civil Code art. 202).
    fn months(&mut self, from: NaiveDate, count: u32) -> NaiveDate {
        let day = from.checked_add_months(Months::new(count)).unwrap_or(NaiveDate::MAX);
        if day.day() != from.day() {
            self.note(Reason::MonthEnd(day));
        }
        day
    }

    fn working_days(&mut self, from: Mark, count: u32) -> Mark {
        self.note(Reason::StartDayExcluded(from.day));
        let mut day = from.day;
        let mut counted = 0;
        let mut rest: Option<(NaiveDate, NaiveDate)> = None;
        while counted < count {
            let Some(next) = day.succ_opt() else { break };
            day = next;
            if !self.works_on(day) {
                rest = Some((rest.map_or(day, |(first, _)| first), day));
                continue;
            }
            counted += 1;
            if let Some((first, last)) = rest.take() {
                self.note(Reason::RestDaysSkipped(first, last));
            }
            if counted < count && is_weekend(day) {
                self.note(Reason::MakeUpWorkday(day));
            }
        }
        // Ends on a workday already, unless there was nothing to count.
        self.close(day)
    }

    /// What is left of working days at the end of a day.
    fn working_days_left(&mut self, from: NaiveDate, today: NaiveDate, count: u32) -> Part {
        let mut left = count;
        let mut day = from;
        while left > 0 && day < today {
            let Some(next) = day.succ_opt() else { break };
            day = next;
            if self.works_on(day) {
                left -= 1;
            }
        }
        Part::WorkingDays(left)
    }

    /// The end of a day-based part: 24:00 of that day, or of the first workday after it when it is
    /// a rest day and nobody is in custody (Criminal Procedure Law art. 105(4)).
    fn close(&mut self, target: NaiveDate) -> Mark {
        let mut day = target;
        if self.in_custody {
            if !self.calendar.is_workday(day).unwrap_or(!is_weekend(day)) {
                self.note(Reason::CustodyNoRollOver(day));
            }
        } else {
            while !self.works_on(day) {
                let Some(next) = day.succ_opt() else { break };
                day = next;
            }
            if day != target {
                self.note(Reason::RolledOver(target, day));
            }
        }
        if is_weekend(day) && self.calendar.is_workday(day) == Some(true) {
            self.note(Reason::MakeUpWorkday(day));
        }
        Mark { at: end_of_day(day), day }
    }

    /// Whether offices work on a day; beyond the calendar a presumption, which is remembered.
    fn works_on(&mut self, day: NaiveDate) -> bool {
        if let Some(known) = self.calendar.is_workday(day) {
            return known;
        }
        let touches = |run: &&mut (NaiveDate, NaiveDate)| {
            run.0 <= day && run.1.succ_opt().is_none_or(|next| day <= next)
        };
        match self.presumed.iter_mut().find(touches) {
            Some(run) => run.1 = run.1.max(day),
            None => self.presumed.push((day, day)),
        }
        !is_weekend(day)
    }
}

/// The end of hours.
fn after(start: DateTime<Utc>, time: TimeDelta) -> Mark {
    Mark::of(start.checked_add_signed(time).unwrap_or(DateTime::<Utc>::MAX_UTC))
}

fn add_days(day: NaiveDate, count: u64) -> NaiveDate {
    day.checked_add_days(Days::new(count)).unwrap_or(NaiveDate::MAX)
}

/// How many days come after `from` up to `to`; none when `to` is earlier.
fn days_between(from: NaiveDate, to: NaiveDate) -> u64 {
    u64::try_from(to.signed_duration_since(from).num_days()).unwrap_or_default()
}
