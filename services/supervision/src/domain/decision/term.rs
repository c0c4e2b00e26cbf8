//! The terms of a decision: when each is due, and whether it was kept.

use chrono::{DateTime, NaiveDate, Utc};
use clock::{Calendar, Counting, Course, Length, Unit};
use serde::{Deserialize, Serialize};

use crate::domain::{
    TermState,
    law::{self, Law},
    settings::Decisions,
    word::{
        DecisionKind,
        Rung::{self, *},
        TermRule,
    },
};

/// Days from filing to decision (Penalty Law art. 60).
const DECIDE: Length = Length::new(90, Unit::Day);
/// Working days for service (Penalty Law art. 61, 85).
const SERVE: Length = Length::new(7, Unit::WorkingDay);
/// Working days to withdraw (Penalty Law art. 48(2), 85).
const WITHDRAW: Length = Length::new(3, Unit::WorkingDay);

impl TermRule {
    /// The rule and its article.
    pub(crate) fn law(self) -> Law {
        match self {
            Self::Decide => law::S_07,
            Self::Serve => law::S_09,
            Self::Publish => law::S_01,
            Self::Withdraw => law::S_02,
        }
    }

    /// What must be done.
    pub(crate) fn duty(self) -> &'static str {
        match self {
            Self::Decide => "decide the case",
            Self::Serve => "serve the decision",
            Self::Publish => "publish the decision",
            Self::Withdraw => "withdraw the publication and explain",
        }
    }

    /// How sure the length is.
    pub(crate) fn verified(self) -> &'static str {
        match self {
            Self::Decide | Self::Serve | Self::Withdraw => "V",
            Self::Publish => "M",
        }
    }

    /// How long it is for a kind of decision.
    pub(crate) fn length(self, kind: DecisionKind, settings: &Decisions) -> Length {
        match (self, kind) {
            (Self::Decide, _) => DECIDE,
            (Self::Serve, _) => SERVE,
            (Self::Withdraw, _) => WITHDRAW,
            (Self::Publish, DecisionKind::Licence | DecisionKind::Penalty) => {
                Length::new(settings.publish_days, Unit::WorkingDay)
            }
            (
                Self::Publish,
                DecisionKind::Compulsion | DecisionKind::Inspection | DecisionKind::Other,
            ) => Length::new(settings.publish_other_days, Unit::WorkingDay),
        }
    }
}

/// A term of a decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Term {
    /// UUID.
    pub id: String,
    /// Which.
    pub rule: TermRule,
    /// e.g. `7 WORKING_DAY`.
    pub length: String,
    /// The day it is counted from.
    pub from: NaiveDate,
    /// When it is over.
    pub due_at: DateTime<Utc>,
    /// When half of it is gone.
    pub half_at: DateTime<Utc>,
    /// When the end is near.
    pub near_at: DateTime<Utc>,
    /// Whether the due date lies outside the calendar.
    pub provisional: bool,
    /// Whether it is known to be kept or missed: neither while it runs.
    pub kept: Option<bool>,
    /// When nothing was owed any more.
    pub ended_at: Option<DateTime<Utc>>,
    /// The rungs raised so far, in their order.
    pub raised: Vec<(Rung, DateTime<Utc>)>,
}

impl Term {
    /// A term that runs from a day; none when the length is beyond all calendars.
    pub(crate) fn new(
        id: String,
        rule: TermRule,
        length: Length,
        from: NaiveDate,
        (calendar, near_percent): (&Calendar, u8),
    ) -> Self {
        let mut term = Self {
            id,
            rule,
            length: length.to_string(),
            from,
            due_at: clock::end_of_day(from),
            half_at: clock::end_of_day(from),
            near_at: clock::end_of_day(from),
            provisional: false,
            kept: None,
            ended_at: None,
            raised: Vec::new(),
        };
        term.count(calendar, near_percent);
        term
    }

    /// Counts it with this calendar.
    pub(crate) fn count(&mut self, calendar: &Calendar, near_percent: u8) {
        let start = self.started_at();
        let Some(length) = Length::parse(&self.length) else { return };
        // Never suspended: there is a due date.
        let Some(due) = Course::new(start, Counting::new(length)).due(calendar) else { return };
        let rungs = clock::rungs(start, due.at, near_percent);
        (self.due_at, self.provisional) = (due.at, due.provisional);
        (self.half_at, self.near_at) = (rungs.half_at, rungs.near_at);
    }

    /// 00:00 of the day it is counted from.
    pub(crate) fn started_at(&self) -> DateTime<Utc> {
        clock::end_of_day(self.from.pred_opt().unwrap_or(self.from))
    }

    /// Whether something is owed still.
    pub(crate) fn is_open(&self) -> bool {
        self.ended_at.is_none()
    }

    /// What was owed was done on this day.
    pub(crate) fn end(&mut self, done_on: NaiveDate, now: DateTime<Utc>) {
        self.kept = Some(clock::end_of_day(done_on) <= self.due_at);
        self.ended_at = Some(now);
    }

    /// When the next rung falls due; none when nothing is owed or all are raised.
    pub(crate) fn next_rung_at(&self) -> Option<DateTime<Utc>> {
        if !self.is_open() {
            return None;
        }
        self.rungs().into_iter().find(|(rung, _)| !self.has(*rung)).map(|(_, at)| at)
    }

    /// Raises what has fallen due. A term that is over is missed.
    pub(crate) fn raise(&mut self, now: DateTime<Utc>) -> Vec<Rung> {
        if !self.is_open() {
            return Vec::new();
        }
        let due = self.rungs().into_iter().filter(|(rung, at)| *at <= now && !self.has(*rung));
        let due: Vec<Rung> = due.map(|(rung, _)| rung).collect();
        for rung in &due {
            self.raised.push((*rung, now));
            if *rung == Overdue {
                self.kept = Some(false);
            }
        }
        due
    }

    /// The word that every service marks its terms with.
    pub(crate) fn state(&self) -> TermState {
        match self.kept {
            None => TermState::Running,
            Some(true) => TermState::Kept,
            Some(false) => TermState::Missed,
        }
    }

    fn rungs(&self) -> [(Rung, DateTime<Utc>); 3] {
        [(Half, self.half_at), (Near, self.near_at), (Overdue, self.due_at)]
    }

    fn has(&self, rung: Rung) -> bool {
        self.raised.iter().any(|(raised, _)| *raised == rung)
    }
}
