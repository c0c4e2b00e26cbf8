//! The course of one term: its start, its suspensions, its extensions.

use chrono::{DateTime, Utc};

use crate::{
    calendar::Calendar,
    count::{Mark, Part, Tally},
    due::{Due, Reason},
    term::{Counting, HourStart, Length},
};

/// What happened to a term, as the journal has it. When it ends is computed, never stored alone.
///
/// **Suspension.** The time of a suspension does not count:
/// - hours: what is left at the moment of suspension is counted from the moment of resumption, so
///   the end moves by exactly the time between the two;
/// - days and months: the calendar days left after the day of suspension are counted afresh from
///   the day of resumption, which is itself not counted as a start day is not. The day on which the
///   term ends before any roll-over moves by exactly the calendar days between the two;
/// - working days: the same with the working days left after the day of suspension.
///
/// So a term suspended and resumed on one day ends when it would have. The roll-over is decided at
/// the end only. A suspension that begins when the term has run out changes nothing: a missed term
/// stays missed. Overlapping suspensions count once.
///
/// **Extension.** Extensions of one unit that follow each other, and the term itself, are added up
/// and counted as one length from the start: a roll-over in between is no gain, and "extendable to
/// 30 days" is 3 DAY and 27 DAY. An extension in another unit is counted from the end of what was
/// before it. An extension never makes the end earlier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Course {
    /// The event with which the term starts.
    pub started_at: DateTime<Utc>,
    /// The term without its extensions.
    pub counting: Counting,
    /// From when to when the term stood still; open while it does.
    pub suspensions: Vec<(DateTime<Utc>, Option<DateTime<Utc>>)>,
    /// What was added, in order.
    pub extensions: Vec<Length>,
}

impl Course {
    /// A term that has just started.
    pub const fn new(started_at: DateTime<Utc>, counting: Counting) -> Self {
        Self { started_at, counting, suspensions: Vec::new(), extensions: Vec::new() }
    }

    /// When the term ends; `None` while it is suspended, because nobody knows then. A term that ran
    /// out before it was suspended keeps its end.
    pub fn due(&self, calendar: &Calendar) -> Option<Due> {
        let mut suspensions = self.suspensions.clone();
        suspensions.sort_by_key(|(began, _)| *began);
        let mut suspensions = suspensions.into_iter().peekable();

        let mut tally = Tally::new(calendar, self.counting.in_custody);
        self.extensions.iter().for_each(|length| tally.note(Reason::Extended(*length)));
        let mut hour_start = self.counting.hour_start;
        let mut from = Mark::of(self.started_at);
        for length in self.lengths() {
            let mut part = Part::Whole(length, hour_start);
            from = loop {
                // Counted on trial: a suspension on the way makes the notes untrue.
                let mut trial = tally.clone();
                let end = trial.end(from, part);
                let Some((began, ended)) = suspensions.next_if(|(began, _)| *began < end.at) else {
                    tally = trial;
                    break end;
                };
                let began = began.max(from.at);
                let ended = ended?;
                if began < ended {
                    part = tally.left(from, part, end, began);
                    tally.note(Reason::Suspended(began, ended));
                    from = Mark::of(ended);
                }
            };
            // What follows the first length has no event of its own.
            hour_start = HourStart::Exact;
        }
        Some(tally.due(from))
    }

    /// Whether a suspension is open.
    pub fn is_suspended(&self) -> bool {
        self.suspensions.iter().any(|(_, ended)| ended.is_none())
    }

    /// Lets the term stand still. Says whether that changed anything: not when it already does.
    pub fn suspend(&mut self, now: DateTime<Utc>) -> bool {
        let changes = !self.is_suspended();
        if changes {
            self.suspensions.push((now, None));
        }
        changes
    }

    /// Lets the term run on. Says whether that changed anything: not when it was running.
    pub fn resume(&mut self, now: DateTime<Utc>) -> bool {
        match self.suspensions.iter_mut().find(|(_, ended)| ended.is_none()) {
            Some((began, ended)) => {
                *ended = Some(now.max(*began));
                true
            }
            None => false,
        }
    }

    /// Makes the term longer.
    pub fn extend(&mut self, by: Length) {
        self.extensions.push(by);
    }

    /// The term and its extensions, neighbours of one unit added up.
    fn lengths(&self) -> Vec<Length> {
        let mut lengths = vec![self.counting.length];
        for extension in &self.extensions {
            match lengths.last_mut() {
                Some(last) if last.unit == extension.unit => {
                    last.value = last.value.saturating_add(extension.value);
                }
                _ => lengths.push(*extension),
            }
        }
        lengths
    }
}
