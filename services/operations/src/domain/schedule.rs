//! Schedules: what a run of the solver made of the visits of a period, and what was left out and why.

mod carve;
mod clash;
mod freeze;
mod lenient;
mod more;
mod outcome;
mod repair;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::{
    law,
    refusal::Refusal,
    word::{RunState, ScheduleState},
};

pub use clash::{sent_twice, too_near};
pub use freeze::{Frozen, Input, Matrix, Named, Roads, Speeds, freeze};
pub use more::More;
pub use outcome::{apply, unplaced, unscheduled};
pub use repair::{Absence, Base, Changed, Disruption};

/// A schedule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    /// schedules/{uuid}.
    pub name: String,
    /// What it is called.
    pub title: String,
    /// The first day.
    pub period_start: NaiveDate,
    /// The last.
    pub period_end: NaiveDate,
    /// Where it is.
    pub state: ScheduleState,
    /// From 1; a repair makes the next.
    pub edition: u32,
    /// How many visits there were to place.
    pub visits: u32,
    /// How many of them are placed.
    pub scheduled: u32,
    /// Weight of those left out.
    pub unscheduled_weight: i64,
    /// Minutes of travel of all officers and kits.
    pub travel_minutes: i64,
    /// Sum over bodies of the longest load of an officer, in minutes.
    pub longest_loads: i64,
    /// What the solver made as small as it could.
    pub score: i64,
    /// The visits left out.
    pub unscheduled: Vec<Unscheduled>,
    /// The solver was stopped before it had done its iterations.
    pub partial: bool,
    /// The solver's seed.
    pub seed: u64,
    /// How many iterations it did.
    pub iterations: u64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was published.
    pub published_at: Option<DateTime<Utc>>,
    /// Counts the changes, from 1.
    pub version: i32,
}

/// A visit that was left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unscheduled {
    /// visits/{uuid}.
    pub visit: String,
    /// What it weighs.
    pub weight: u32,
    /// The smallest set of what keeps it out, each a sentence.
    pub because: Vec<String>,
    /// What would let it in.
    pub would_help: Vec<String>,
}

impl Schedule {
    /// It is published: from now on officers go by it.
    ///
    /// # Errors
    /// It is published, or another one took its place.
    pub fn publish(mut self, now: DateTime<Utc>) -> Result<Self, Refusal> {
        if self.state != ScheduleState::Draft {
            let (act, state) = ("publishing the schedule", self.state.as_str());
            return Err(Refusal::WrongState { act, state, law: law::O_03 });
        }
        self.state = ScheduleState::Published;
        self.published_at = Some(now);
        self.version += 1;
        Ok(self)
    }

    /// The next edition, after a repair: `travel` and `loads` are what it adds to them, in minutes, `left_out`
    /// are the visits that lost their place.
    ///
    /// # Errors
    /// It is not published.
    pub fn repaired(
        mut self,
        changed: &[Changed],
        (travel, loads): (i64, i64),
        left_out: Vec<Unscheduled>,
        now: DateTime<Utc>,
    ) -> Result<Self, Refusal> {
        self.is_gone_by()?;
        for one in changed {
            let (was, is) = (one.before.is_dispatched(), one.after.is_dispatched());
            self.scheduled = (self.scheduled + u32::from(is)).saturating_sub(u32::from(was));
            // An urgent visit may have been left out before.
            self.unscheduled.retain(|before| before.visit != one.after.name);
        }
        self.unscheduled.extend(left_out);
        self.visits = self.scheduled + u32::try_from(self.unscheduled.len()).unwrap_or(u32::MAX);
        self.unscheduled_weight = self.unscheduled.iter().map(|one| i64::from(one.weight)).sum();
        self.travel_minutes += travel;
        self.longest_loads += loads;
        self.score = 1000 * self.unscheduled_weight + self.travel_minutes + self.longest_loads;
        self.edition += 1;
        self.published_at = Some(now);
        self.version += 1;
        Ok(self)
    }

    /// That officers go by it.
    ///
    /// # Errors
    /// It is a draft, or superseded.
    pub fn is_gone_by(&self) -> Result<(), Refusal> {
        if self.state == ScheduleState::Published {
            return Ok(());
        }
        let (act, state) = ("repairing the schedule", self.state.as_str());
        Err(Refusal::WrongState { act, state, law: law::O_03 })
    }

    /// This edition, as it is kept beside the next: `schedules/{uuid}@{edition}`.
    pub fn past(&self) -> Self {
        let name = format!("{}@{}", self.name, self.edition);
        Self { name, state: ScheduleState::Superseded, ..self.clone() }
    }

    /// Another schedule took its visits.
    pub fn supersede(&mut self) {
        self.state = ScheduleState::Superseded;
        self.version += 1;
    }
}

/// A run of the solver (AIP-151).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// runs/{uuid}.
    pub name: String,
    /// What the schedule will be called.
    pub title: String,
    /// The first day of the schedule.
    pub period_start: NaiveDate,
    /// The last.
    pub period_end: NaiveDate,
    /// The solver's seed.
    pub seed: u64,
    /// How many iterations it is to do.
    pub iterations: u64,
    /// On how many threads.
    pub threads: u32,
    /// Where it is.
    pub state: RunState,
    /// Iterations done so far.
    pub done: u64,
    /// Of the best plan so far.
    pub score: i64,
    /// Visits it places.
    pub scheduled: u32,
    /// Visits there are to place.
    pub visits: u32,
    /// When it was asked for.
    pub started_at: DateTime<Utc>,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
    /// Name of the schedule it made.
    pub schedule: Option<String>,
    /// Why it failed; empty when it did not.
    pub error: String,
    /// Somebody wants it to end with the best it has.
    pub cancel_asked: bool,
    /// Until when the process that computes it says so again; `None`: nobody computes it.
    pub alive_until: Option<DateTime<Utc>>,
    /// Counts the changes, from 1.
    pub version: i32,
}

impl Run {
    /// Whether nobody computes it, or who did has died.
    pub fn is_orphan(&self, now: DateTime<Utc>) -> bool {
        self.state == RunState::Running && self.alive_until.is_none_or(|until| until <= now)
    }

    /// Asks it to end with the best it has.
    ///
    /// # Errors
    /// It has ended.
    pub fn cancel(mut self) -> Result<Self, Refusal> {
        if self.state != RunState::Running {
            let (act, state) = ("stopping the run", self.state.as_str());
            return Err(Refusal::WrongState { act, state, law: law::O_04 });
        }
        self.cancel_asked = true;
        self.version += 1;
        Ok(self)
    }
}

#[cfg(test)]
mod tests;
