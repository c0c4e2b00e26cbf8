//! What one body owes outside a referral, with its term: an answer, a report, an acknowledgement.
//!
//! The rule it was opened under stays with it: an amended rule does not change a term that runs.

use chrono::{DateTime, NaiveDate, Utc};
use clock::{Calendar, Counting, Course, Length};
use serde::{Deserialize, Serialize};
use types::{AgencyCode, Id};

use super::{
    procedure::Law,
    word::{Mark, Rung, words},
};

words! {
    /// How a duty stands.
    DutyState {
        /// Not yet due, not yet done.
        Running = "RUNNING",
        /// The term stands still.
        Suspended = "SUSPENDED",
        /// Done in time.
        Kept = "KEPT",
        /// Not done in time.
        Missed = "MISSED",
        /// Ended without being kept or missed.
        Lapsed = "LAPSED",
    }
}

/// A duty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Duty {
    /// Its id.
    pub id: Id<Self>,
    /// Rule of LAW.md.
    pub rule: String,
    /// Article.
    pub basis: String,
    /// How sure the rule is.
    pub mark: Mark,
    /// What must be done.
    pub what: String,
    /// Who must do it.
    pub holder: AgencyCode,
    /// Who waits for it.
    pub owed_to: Vec<AgencyCode>,
    /// When it started.
    pub started_at: DateTime<Utc>,
    /// How long it is; `None` when it ends with a day that was fixed.
    pub length: Option<String>,
    /// A service target, no legal deadline (立即).
    pub target: bool,
    /// From when to when it stood still; open while it does.
    pub suspensions: Vec<(DateTime<Utc>, Option<DateTime<Utc>>)>,
    /// When it ends; while it stands still, when it would have.
    pub due_at: DateTime<Utc>,
    /// The due instant rests on days the official calendar does not cover.
    pub provisional: bool,
    /// When half of it is gone.
    pub half_at: DateTime<Utc>,
    /// When the end is near.
    pub near_at: DateTime<Utc>,
    /// The rungs raised so far, in their order.
    pub raised: Vec<(Rung, DateTime<Utc>)>,
    /// How it stands.
    pub state: DutyState,
    /// When nothing was owed any more; `None` while something is.
    pub ended_at: Option<DateTime<Utc>>,
}

/// Who owes what to whom, and by which rule.
#[derive(Clone, Debug)]
pub struct Owed<'a> {
    /// The rule.
    pub law: Law,
    /// What must be done.
    pub what: &'a str,
    /// Who must do it.
    pub holder: &'a AgencyCode,
    /// Who waits for it.
    pub to: Vec<AgencyCode>,
    /// From when.
    pub now: DateTime<Utc>,
}

/// How warnings and ends are counted.
#[derive(Clone, Copy, Debug)]
pub struct Count<'a> {
    /// When the near rung is raised: per cent of the term.
    pub near_percent: u8,
    /// The official calendar.
    pub calendar: &'a Calendar,
}

/// How a duty ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It was done.
    Done,
    /// Nothing is owed any more.
    Moot,
}

impl Duty {
    /// Opens a duty of this length.
    pub fn lasting(owed: Owed<'_>, length: Length, count: Count<'_>) -> Self {
        let mut duty = Self::new(owed, Some(length.to_string()));
        duty.count(count);
        duty
    }

    /// Opens a duty that ends with this day.
    pub fn until(owed: Owed<'_>, day: NaiveDate, count: Count<'_>) -> Self {
        let mut duty = Self { due_at: clock::end_of_day(day), ..Self::new(owed, None) };
        duty.count(count);
        duty
    }

    fn new(owed: Owed<'_>, length: Option<String>) -> Self {
        let Owed { law, what, holder, to, now } = owed;
        Self {
            id: Id::new(now),
            rule: law.rule.to_owned(),
            basis: law.basis.to_owned(),
            mark: law.mark,
            what: what.to_owned(),
            holder: holder.clone(),
            owed_to: to,
            started_at: now,
            length,
            target: false,
            suspensions: Vec::new(),
            due_at: now,
            provisional: false,
            half_at: now,
            near_at: now,
            raised: Vec::new(),
            state: DutyState::Running,
            ended_at: None,
        }
    }

    /// Computes the end and the rungs again, e.g. with a new calendar. What stands still is counted
    /// when it runs on, and what was missed stays missed.
    pub fn count(&mut self, count: Count<'_>) {
        let length = self.length.as_deref().and_then(Length::parse);
        let course = length.map(|length| Course {
            suspensions: self.suspensions.clone(),
            ..Course::new(self.started_at, Counting::new(length))
        });
        if let Some(course) = course {
            let Some(due) = course.due(count.calendar) else { return };
            self.due_at = due.at;
            self.provisional = due.provisional;
        }
        // The time it stood still is no part of the half that is gone.
        let still = self.suspensions.iter().filter_map(|(from, to)| Some((*to)? - *from));
        let from = still.fold(self.started_at, |from, still| from + still);
        let rungs = clock::rungs(from, self.due_at, count.near_percent);
        self.half_at = rungs.half_at;
        self.near_at = rungs.near_at;
    }

    /// Whether something is still owed.
    pub fn is_open(&self) -> bool {
        self.ended_at.is_none()
    }

    /// Whether it can no longer be done in time.
    pub fn is_late(&self, now: DateTime<Utc>) -> bool {
        now >= self.due_at && self.state != DutyState::Suspended
    }

    /// When the next rung falls due; `None` when there is none to raise.
    pub fn next_rung_at(&self) -> Option<DateTime<Utc>> {
        if !self.is_open() || self.state == DutyState::Suspended {
            return None;
        }
        match self.raised.len() {
            0 => Some(self.half_at),
            1 => Some(self.near_at),
            2 => Some(self.due_at),
            _ => None,
        }
    }

    /// Raises every rung that has fallen due by `now` and was not raised yet.
    pub fn raise(&mut self, now: DateTime<Utc>) -> Vec<Rung> {
        let mut raised = Vec::new();
        while self.next_rung_at().is_some_and(|at| at <= now) {
            let rung = [Rung::Half, Rung::Near, Rung::Overdue][self.raised.len()];
            self.raised.push((rung, now));
            raised.push(rung);
            if rung == Rung::Overdue {
                self.state = DutyState::Missed;
            }
        }
        raised
    }

    /// Lets the term stand still, after the rungs up to `now` were raised. What was missed stays missed.
    pub fn suspend(&mut self, now: DateTime<Utc>) {
        if self.state == DutyState::Running {
            self.suspensions.push((now, None));
            self.state = DutyState::Suspended;
        }
    }

    /// Lets the term run on.
    pub fn resume(&mut self, now: DateTime<Utc>, count: Count<'_>) {
        if let Some((_, to)) = self.suspensions.iter_mut().find(|(_, to)| to.is_none()) {
            *to = Some(now);
            self.state = DutyState::Running;
            self.count(count);
        }
    }

    /// Ends the duty, after the rungs up to `now` were raised.
    pub fn end(&mut self, how: Ending, now: DateTime<Utc>) {
        if !self.is_open() {
            return;
        }
        self.ended_at = Some(now);
        self.state = match (self.state, how) {
            (DutyState::Missed, _) => DutyState::Missed,
            (_, Ending::Done) => DutyState::Kept,
            (_, Ending::Moot) => DutyState::Lapsed,
        };
    }
}

/// A record that its duties keep on the board until it is at rest.
pub trait Owing {
    /// Its duties, oldest first.
    fn duties(&self) -> &[Duty];
    /// The same, to be changed.
    fn duties_mut(&mut self) -> &mut [Duty];

    /// The duty that was opened last: an earlier one has ended.
    fn duty(&self) -> Option<&Duty> {
        self.duties().last()
    }

    /// Raises every rung that has fallen due by `now`.
    fn raise(&mut self, now: DateTime<Utc>) -> Vec<(Duty, Rung)> {
        let mut raised = Vec::new();
        for duty in self.duties_mut() {
            let rungs = duty.raise(now);
            raised.extend(rungs.into_iter().map(|rung| (duty.clone(), rung)));
        }
        raised
    }
}

#[cfg(test)]
mod tests;
