//! One running term: opened by a step, warned about on its way, ended by a step. None is ever suspended.

use chrono::{DateTime, Utc};
use clock::{Calendar, Counting};
use types::{AgencyCode, Id};

use super::{
    ladder::{self, Close, Overdue, TermRule},
    settings::Settings,
    word::{TermState, Warning},
};

/// A term of a dispute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// Its id.
    pub id: Id<Self>,
    /// The name the ladder's rows use.
    pub slot: String,
    /// Who must act.
    pub holder: AgencyCode,
    /// When it started.
    pub started_at: DateTime<Utc>,
    /// How it is counted.
    pub counting: Counting,
    /// When it ends.
    pub due_at: DateTime<Utc>,
    /// The due instant rests on days the official calendar does not cover.
    pub provisional: bool,
    /// How it stands.
    pub state: TermState,
    /// When it stopped running; `None` while something is still owed.
    pub ended_at: Option<DateTime<Utc>>,
    /// When the half and near rungs fall due.
    pub half_at: DateTime<Utc>,
    /// See `half_at`.
    pub near_at: DateTime<Utc>,
    /// The rungs raised so far, in their order.
    pub raised: Vec<(Warning, DateTime<Utc>)>,
}

impl Term {
    /// Opens a term that `holder` must keep, counted from `start`; `now` dates its id.
    pub fn open(
        rule: &TermRule,
        holder: &AgencyCode,
        (start, now): (DateTime<Utc>, DateTime<Utc>),
        settings: &Settings,
        calendar: &Calendar,
    ) -> Self {
        let mut term = Self {
            id: Id::new(now),
            slot: rule.slot.to_owned(),
            holder: holder.clone(),
            started_at: start,
            counting: Counting::new((rule.length)(settings)),
            due_at: start,
            provisional: false,
            state: TermState::Running,
            ended_at: None,
            half_at: start,
            near_at: start,
            raised: Vec::new(),
        };
        term.count(settings.near_percent, calendar);
        term
    }

    /// Computes the due instant and the rungs again, e.g. with a new calendar.
    pub fn count(&mut self, near_percent: u8, calendar: &Calendar) {
        let due = calendar.due(self.started_at, self.counting);
        let rungs = clock::rungs(self.started_at, due.at, near_percent);
        self.due_at = due.at;
        self.provisional = due.provisional;
        self.half_at = rungs.half_at;
        self.near_at = rungs.near_at;
    }

    /// Whether something is still owed.
    pub fn is_open(&self) -> bool {
        self.ended_at.is_none()
    }

    /// Whether it can still be kept at `now`.
    pub fn runs(&self, now: DateTime<Utc>) -> bool {
        self.is_open() && now < self.due_at
    }

    /// When the next rung falls due; `None` when there is none to raise.
    pub fn next_rung_at(&self) -> Option<DateTime<Utc>> {
        if !self.is_open() {
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
    pub fn raise(&mut self, now: DateTime<Utc>) -> Vec<Warning> {
        let mut raised = Vec::new();
        while self.next_rung_at().is_some_and(|at| at <= now) {
            let warning = [Warning::Half, Warning::Near, Warning::Overdue][self.raised.len()];
            self.raised.push((warning, now));
            raised.push(warning);
            if warning == Warning::Overdue {
                self.state = TermState::Missed;
            }
        }
        raised
    }

    /// Ends the term, after the rungs up to `now` were raised.
    pub fn close(&mut self, how: Close, now: DateTime<Utc>) {
        if !self.is_open() {
            return;
        }
        self.ended_at = Some(now);
        self.state = match (self.state, how) {
            (TermState::Missed, _) => TermState::Missed,
            (_, Close::Done | Close::Own) => TermState::Kept,
            (_, Close::Moot) => TermState::Lapsed,
        };
    }

    /// The rule of the ladder this term came from.
    pub fn rule(&self) -> Option<&'static TermRule> {
        ladder::term(&self.slot)
    }

    /// What must be done, and what follows when it is not.
    pub fn duty(&self) -> (&'static str, &'static str) {
        self.rule().map_or(("", ""), |rule| {
            let Overdue(then) = rule.overdue;
            (rule.duty, then)
        })
    }
}
