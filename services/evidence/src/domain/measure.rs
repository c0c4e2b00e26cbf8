//! Administrative measures over property: how long each may last, and what may be done with it.

use chrono::{Days, NaiveDate};
use clock::{Calendar, Counting, Length, Unit};
use serde::{Deserialize, Serialize};

use super::{
    refusal::{Law, Refusal},
    word::{MeasureKind, MeasureState},
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
    /// `RUNNING`, `RELEASED` or `HANDED_OVER`: see [`Measure::state_on`].
    pub state: MeasureState,
}

/// What is done with a measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Made longer by so many days, once.
    Extend(u32),
    /// So many days more for testing do not count.
    ExcludeTesting(u32),
    /// Lifted.
    Release,
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
    pub fn handed_over(mut self) -> Self {
        if self.is_open() {
            self.state = MeasureState::HandedOver;
        }
        self
    }

    /// Changes it on a day.
    ///
    /// # Errors
    /// The rule that forbids it.
    pub fn change(
        &self,
        change: Change,
        day: NaiveDate,
        calendar: &Calendar,
    ) -> Result<Self, Refusal> {
        let law = self.law();
        let broken = |what: String, what_zh| Err(Refusal::Broken { what, what_zh, law });
        let state = self.state_on(day, calendar);
        match (state, change) {
            (MeasureState::Released | MeasureState::HandedOver, _) => {
                return broken(format!("the measure is {state} already"), "该措施已经结束");
            }
            (MeasureState::Running | MeasureState::Expired, Change::Release) => {
                return Ok(Self { state: MeasureState::Released, ..self.clone() });
            }
            (MeasureState::Expired, Change::Extend(_) | Change::ExcludeTesting(_)) => {
                let last = self.last_day(calendar).0;
                let what = format!("the measure ended on {last}: it can only be released");
                return broken(what, "措施期限已经届满，只能解除");
            }
            (MeasureState::Running, Change::Extend(_) | Change::ExcludeTesting(_)) => {}
        }
        if self.kind == MeasureKind::PriorRegistration {
            let what = "a prior registration lasts 7 working days and cannot be made longer";
            return broken(what.to_owned(), "先行登记保存期限为七个工作日，不得延长");
        }
        match change {
            Change::Extend(_) if self.extension_days > 0 => {
                broken("a seizure can be extended once only".to_owned(), "查封、扣押只能延长一次")
            }
            Change::Extend(days) => Ok(Self { extension_days: days, ..self.clone() }),
            Change::ExcludeTesting(days) if self.testing_days + days > TESTING_DAYS => broken(
                format!("more than {TESTING_DAYS} days for testing are left out"),
                "检测、鉴定期间过长",
            ),
            Change::ExcludeTesting(days) => {
                Ok(Self { testing_days: self.testing_days + days, ..self.clone() })
            }
            Change::Release => Ok(Self { state: MeasureState::Released, ..self.clone() }),
        }
    }
}
