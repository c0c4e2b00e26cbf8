//! Administrative measures over property: how long each may last, and what may be done with it.

use chrono::{DateTime, Days, NaiveDate, Utc};
use clock::{Calendar, Counting, Length, Unit};
use serde::{Deserialize, Serialize};

use super::{
    refusal::{Law, Refusal},
    word::{MeasureChange, MeasureKind, MeasureState},
};

/// The days of a seizure, and of its one extension.
pub const SEIZURE_DAYS: u32 = 30;
/// The most days for testing that one measure leaves out.
pub const TESTING_DAYS: u32 = 365;

/// E-04.
pub const REGISTRATION: Law = Law { rule: "E-04", basis: "Penalty Law art. 56, 85", verified: "V" };
/// E-05.
pub const SEIZURE: Law =
    Law { rule: "E-05", basis: "Administrative Compulsion Law art. 18, 24, 25, 28", verified: "V" };

/// A measure. Its last day is counted, not kept: a newer calendar may move it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measure {
    /// Which.
    pub kind: MeasureKind,
    /// The day it was taken.
    pub start: NaiveDate,
    /// The decision.
    pub decision_no: String,
    /// Certificate number of the head who approved.
    pub approved_by: String,
    /// Days by which it was extended; 0 when it was not.
    pub extension_days: u32,
    /// Days for testing that did not count.
    pub testing_days: u32,
    /// `RUNNING`, or how it ended: see [`Measure::state_on`].
    pub state: MeasureState,
    /// What was done with it since it was taken, oldest first. Measures of before have none.
    #[serde(default)]
    pub steps: Vec<Step>,
}

/// What is done with a measure, by whom and why: kept, so that each change can be proven.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// What is done.
    pub change: MeasureChange,
    /// Days by which it is made longer, or that do not count; 0 for the other changes.
    pub days: u32,
    /// Why.
    pub reason: String,
    /// Certificate number of the officer for whom.
    pub officer: String,
    /// Certificate number of the head who approved; empty when none had to.
    pub approved_by: String,
    /// The decision to seize; empty for the other changes.
    pub decision_no: String,
    /// When.
    pub at: DateTime<Utc>,
}

impl Measure {
    /// The rule of its kind.
    pub fn law(&self) -> Law {
        match self.kind {
            MeasureKind::PriorRegistration => REGISTRATION,
            MeasureKind::Seizure => SEIZURE,
        }
    }

    /// Its last day, and whether the official calendar does not reach that far.
    ///
    /// The days of a seizure are counted without rolling over a day of rest: a hard end, since it
    /// burdens the party (D).
    pub fn last_day(&self, calendar: &Calendar) -> (NaiveDate, bool) {
        match self.kind {
            MeasureKind::PriorRegistration => {
                // Any instant of the start day: that day is not counted.
                let start = self.start.pred_opt().map_or_else(Default::default, clock::end_of_day);
                let seven = Counting::new(Length::new(7, Unit::WorkingDay));
                let due = calendar.due(start, seven);
                (due.last_day, due.provisional)
            }
            MeasureKind::Seizure => {
                let days = SEIZURE_DAYS + self.extension_days + self.testing_days;
                let last = self.start.checked_add_days(Days::new(days.into()));
                (last.unwrap_or(NaiveDate::MAX), false)
            }
        }
    }

    /// How it stands on a day: a running measure that is past its last day is `EXPIRED`.
    pub fn state_on(&self, day: NaiveDate, calendar: &Calendar) -> MeasureState {
        let past = self.state == MeasureState::Running && day > self.last_day(calendar).0;
        if past { MeasureState::Expired } else { self.state }
    }

    /// Whether it is neither released nor ended: also when it is past its last day.
    pub fn is_open(&self) -> bool {
        self.state == MeasureState::Running
    }

    /// Ends it because the item went to another organ; a measure that is over stays as it is.
    #[must_use]
    pub fn handed_over(self) -> Self {
        self.ended(MeasureState::HandedOver)
    }

    /// Ends it because the item is sold or destroyed; a measure that is over stays as it is.
    #[must_use]
    pub fn disposed(self) -> Self {
        self.ended(MeasureState::Disposed)
    }

    fn ended(self, state: MeasureState) -> Self {
        if self.is_open() { Self { state, ..self } } else { self }
    }

    /// Changes it on a day.
    ///
    /// # Errors
    /// The rule that forbids it.
    pub fn change(&self, step: Step, day: NaiveDate, calendar: &Calendar) -> Result<Self, Refusal> {
        self.may_take(&step, day, calendar)?;
        let mut after = self.clone();
        match step.change {
            MeasureChange::Extend => after.extension_days = step.days,
            MeasureChange::ExcludeTesting => after.testing_days += step.days,
            MeasureChange::Release => after.state = MeasureState::Released,
            MeasureChange::Seize => {
                after.kind = MeasureKind::Seizure;
                after.start = day;
                after.decision_no.clone_from(&step.decision_no);
                after.approved_by.clone_from(&step.approved_by);
            }
        }
        after.steps.push(step);
        Ok(after)
    }

    fn may_take(&self, step: &Step, day: NaiveDate, calendar: &Calendar) -> Result<(), Refusal> {
        let law = self.law();
        let broken = |what: String, what_zh| Err(Refusal::Broken { what, what_zh, law });
        let state = self.state_on(day, calendar);
        match state {
            MeasureState::Released | MeasureState::HandedOver | MeasureState::Disposed => {
                return broken(format!("the measure is {state} already"), "该措施已经结束");
            }
            MeasureState::Expired if step.change != MeasureChange::Release => {
                let last = self.last_day(calendar).0;
                let what = format!("the measure ended on {last}: it can only be released");
                return broken(what, "措施期限已经届满，只能解除");
            }
            MeasureState::Running | MeasureState::Expired => {}
        }
        let registered = self.kind == MeasureKind::PriorRegistration;
        match step.change {
            MeasureChange::Release => Ok(()),
            MeasureChange::Seize if registered => Ok(()),
            MeasureChange::Seize => {
                broken("it is a seizure already".to_owned(), "该物品已经查封、扣押")
            }
            MeasureChange::Extend | MeasureChange::ExcludeTesting if registered => {
                let what = "a prior registration lasts 7 working days and cannot be made longer: \
                            release it, or seize the item";
                broken(what.to_owned(), "先行登记保存期限为七个工作日，不得延长")
            }
            MeasureChange::Extend if self.extension_days > 0 => {
                broken("a seizure can be extended once only".to_owned(), "查封、扣押只能延长一次")
            }
            MeasureChange::Extend => Ok(()),
            MeasureChange::ExcludeTesting if self.testing_days + step.days > TESTING_DAYS => {
                let what = format!("more than {TESTING_DAYS} days for testing are left out");
                broken(what, "检测、鉴定期间过长")
            }
            MeasureChange::ExcludeTesting => Ok(()),
        }
    }
}
