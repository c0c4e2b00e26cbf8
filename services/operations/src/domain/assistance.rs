//! Requests for assistance (执法协助, seed section 10): what one body asks of another, and by when.

use chrono::{DateTime, Utc};
use clock::{Calendar, Counting, Length, Unit};
use serde::{Deserialize, Serialize};
use types::AgencyCode;

use super::{
    law,
    refusal::Refusal,
    word::{AssistanceKind, AssistanceState, Rung},
};

/// A request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assistance {
    /// assistanceRequests/{uuid}.
    pub name: String,
    /// Who asks.
    pub requester: AgencyCode,
    /// Who is asked.
    pub addressee: AgencyCode,
    /// What for.
    pub kind: AssistanceKind,
    /// In words.
    pub text: String,
    /// What it is about; empty: nothing kept here.
    pub about: String,
    /// Where it is.
    pub state: AssistanceState,
    /// When it was sent.
    pub created_at: DateTime<Utc>,
    /// Working days there are for the answer.
    pub working_days: u32,
    /// When the term is over.
    pub due_at: DateTime<Utc>,
    /// The due instant rests on days the official calendar does not cover.
    pub provisional: bool,
    /// When half of the term is gone.
    pub half_at: DateTime<Utc>,
    /// When the end is near.
    pub near_at: DateTime<Utc>,
    /// The rungs raised so far, in their order.
    pub raised: Vec<(Rung, DateTime<Utc>)>,
    /// Answered after the term.
    pub late: bool,
    /// The answer.
    pub answer: String,
    /// Digests and items that came with it.
    pub answer_evidence: Vec<String>,
    /// Why it was declined, or taken back.
    pub reason: String,
    /// When it was answered, declined or taken back.
    pub ended_at: Option<DateTime<Utc>>,
    /// Whom it was escalated to.
    pub escalated_to: Vec<AgencyCode>,
    /// Counts the changes, from 1.
    pub version: i32,
}

/// What an addressee does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// It is at it.
    Accept,
    /// It answers.
    Answer {
        /// In words.
        text: String,
        /// Digests and items.
        evidence: Vec<String>,
    },
    /// It does not do it.
    Decline {
        /// Why.
        reason: String,
    },
}

impl Act {
    /// The word on the wire.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Accept => "ACCEPT",
            Self::Answer { .. } => "ANSWER",
            Self::Decline { .. } => "DECLINE",
        }
    }
}

impl Assistance {
    /// Computes the due instant and the rungs, e.g. with a new calendar.
    pub fn count(&mut self, near_percent: u8, calendar: &Calendar) {
        let length = Length::new(self.working_days, Unit::WorkingDay);
        let due = calendar.due(self.created_at, Counting::new(length));
        let rungs = clock::rungs(self.created_at, due.at, near_percent);
        self.due_at = due.at;
        self.provisional = due.provisional;
        self.half_at = rungs.half_at;
        self.near_at = rungs.near_at;
    }

    /// Whether an answer is still owed.
    pub fn is_open(&self) -> bool {
        match self.state {
            AssistanceState::Requested | AssistanceState::Accepted => true,
            AssistanceState::Answered | AssistanceState::Declined | AssistanceState::Withdrawn => {
                false
            }
        }
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

    /// Raises every rung that has fallen due by `now` and was not raised yet. With the last one it
    /// goes up to `superior`.
    pub fn raise(&mut self, now: DateTime<Utc>, superior: Option<&AgencyCode>) -> Vec<Rung> {
        let mut raised = Vec::new();
        while self.next_rung_at().is_some_and(|at| at <= now) {
            let rung = [Rung::Half, Rung::Near, Rung::Overdue][self.raised.len()];
            self.raised.push((rung, now));
            raised.push(rung);
            if rung == Rung::Overdue {
                self.escalated_to.extend(superior.cloned());
            }
        }
        if !raised.is_empty() {
            self.version += 1;
        }
        raised
    }

    fn must_be_open(&self, act: &'static str) -> Result<(), Refusal> {
        if self.is_open() {
            return Ok(());
        }
        Err(Refusal::WrongState { act, state: self.state.as_str(), law: law::ASSISTANCE })
    }

    /// The addressee does something.
    ///
    /// # Errors
    /// It is another body, or nothing is owed any more.
    pub fn act(
        mut self,
        agency: &AgencyCode,
        act: Act,
        now: DateTime<Utc>,
    ) -> Result<Self, Refusal> {
        if *agency != self.addressee {
            let whose = format!("the addressee {}", self.addressee);
            return Err(Refusal::NotYours { act: act.as_str(), whose, law: law::ASSISTANCE });
        }
        self.must_be_open(act.as_str())?;
        match act {
            Act::Accept => {
                if self.state == AssistanceState::Accepted {
                    let (act, state) = ("ACCEPT", self.state.as_str());
                    return Err(Refusal::WrongState { act, state, law: law::ASSISTANCE });
                }
                self.state = AssistanceState::Accepted;
            }
            Act::Answer { text, evidence } => {
                self.state = AssistanceState::Answered;
                (self.answer, self.answer_evidence) = (text, evidence);
                self.late = now >= self.due_at;
                self.ended_at = Some(now);
            }
            Act::Decline { reason } => {
                self.state = AssistanceState::Declined;
                self.reason = reason;
                self.late = now >= self.due_at;
                self.ended_at = Some(now);
            }
        }
        self.version += 1;
        Ok(self)
    }

    /// The requester takes it back.
    ///
    /// # Errors
    /// It is another body, or it is answered.
    pub fn withdraw(
        mut self,
        agency: &AgencyCode,
        reason: &str,
        now: DateTime<Utc>,
    ) -> Result<Self, Refusal> {
        let act = "taking the request back";
        if *agency != self.requester {
            let whose = format!("the requester {}", self.requester);
            return Err(Refusal::NotYours { act, whose, law: law::ASSISTANCE });
        }
        self.must_be_open(act)?;
        self.state = AssistanceState::Withdrawn;
        reason.clone_into(&mut self.reason);
        self.ended_at = Some(now);
        self.version += 1;
        Ok(self)
    }
}

/// Who answers in time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    /// Requests it got.
    pub received: u32,
    /// Those it answered.
    pub answered: u32,
    /// In time.
    pub in_time: u32,
    /// Those it declined.
    pub declined: u32,
    /// Those it still owes.
    pub open: u32,
    /// And has owed for longer than the term.
    pub overdue: u32,
    /// From request to answer, in minutes: the middle one, the lower of two.
    pub median_minutes: i64,
}

/// Counts the requests to one body. What was taken back counts only as received.
pub fn statistics(requests: &[Assistance], now: DateTime<Utc>) -> Statistics {
    let mut counted = Statistics::default();
    let mut minutes = Vec::new();
    for one in requests {
        counted.received += 1;
        match one.state {
            AssistanceState::Answered => {
                counted.answered += 1;
                counted.in_time += u32::from(!one.late);
                let took = one.ended_at.map(|at| at.signed_duration_since(one.created_at));
                minutes.extend(took.map(|took| took.num_minutes()));
            }
            AssistanceState::Declined => counted.declined += 1,
            AssistanceState::Requested | AssistanceState::Accepted => {
                counted.open += 1;
                counted.overdue += u32::from(now >= one.due_at);
            }
            AssistanceState::Withdrawn => {}
        }
    }
    minutes.sort_unstable();
    counted.median_minutes = minutes.get(minutes.len().saturating_sub(1) / 2).copied().unwrap_or(0);
    counted
}

#[cfg(test)]
mod tests;
