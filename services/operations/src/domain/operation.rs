//! Joint operations (联合执法): several bodies under one command, O-01 to O-04, I-01, I-03.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use types::AgencyCode;

use super::{
    body::Bodies,
    law,
    refusal::Refusal,
    settings::Settings,
    word::{Answer, Ground, OperationState},
};

/// A joint operation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operation {
    /// operations/{uuid}.
    pub name: String,
    /// What it is called.
    pub title: String,
    /// Who leads it.
    pub initiator: AgencyCode,
    /// Who proposed it: the initiator, or the guidance office.
    pub proposer: AgencyCode,
    /// The bodies, the initiator among them.
    pub participants: Vec<Participant>,
    /// What it rests on.
    pub grounds: Vec<Ground>,
    /// The work plan.
    pub work_plan: String,
    /// Under whose command it is.
    pub command: AgencyCode,
    /// Where it is.
    pub state: OperationState,
    /// The first day.
    pub period_start: NaiveDate,
    /// The last.
    pub period_end: NaiveDate,
    /// Certificate of the head who approved it; empty while nobody has.
    pub approved_by: String,
    /// When.
    pub approved_at: Option<DateTime<Utc>>,
    /// It may start before it is approved.
    pub urgent: bool,
    /// Why it ended as it did.
    pub close_reason: String,
    /// When it was proposed.
    pub created_at: DateTime<Utc>,
    /// Counts the changes, from 1.
    pub version: i32,
}

/// One body's part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Participant {
    /// The body.
    pub agency: AgencyCode,
    /// What it does there.
    pub duties: String,
    /// Codes of the matters it inspects.
    pub matters: Vec<String>,
    /// Officers that the guidance office allocated; 0: as the body sends.
    pub officers: u32,
    /// Its answer.
    pub answer: Answer,
    /// Why it declined.
    pub reason: String,
}

/// Checks what is proposed.
///
/// # Errors
/// I-01, O-01, O-03, O-04: the first rule that does not hold.
pub fn check(operation: &Operation, bodies: &Bodies, settings: &Settings) -> Result<(), Refusal> {
    let Operation { initiator, proposer, participants, command, .. } = operation;
    for participant in participants {
        bodies.inspector(&participant.agency, settings)?;
    }
    if proposer != initiator {
        bodies.office(proposer, "proposing an operation for another body to lead", settings)?;
    }
    let takes_part = |code: &AgencyCode| participants.iter().any(|one| one.agency == *code);
    if !takes_part(initiator) {
        let what = format!("the initiator {initiator} is not among the participants");
        return Err(Refusal::broken(law::O_03, what, "发起机关应当列入参加机关"));
    }
    if participants.len() < 2 {
        let what = "a joint operation needs two bodies at least";
        return Err(Refusal::broken(law::O_01, what, "联合执法应当有两个以上机关参加"));
    }
    if *command != settings.guidance_office && !takes_part(command) {
        let what =
            format!("{command} commands, and is neither a participant nor the guidance office");
        return Err(Refusal::broken(law::O_04, what, "统一指挥应当由参加机关或者指导办公室承担"));
    }
    let allocated = participants.iter().any(|one| one.officers > 0);
    if allocated && *proposer != settings.guidance_office {
        let whose = format!("the guidance office {}", settings.guidance_office);
        return Err(Refusal::NotYours { act: "allocating officers", whose, law: law::O_04 });
    }
    Ok(())
}

impl Operation {
    fn wrong_state(&self, act: &'static str) -> Refusal {
        Refusal::WrongState { act, state: self.state.as_str(), law: law::O_03 }
    }

    /// A participant confirms, or declines with a reason. When all have answered, the operation is
    /// confirmed; it is cancelled when its initiator declines, or fewer than two are left.
    ///
    /// # Errors
    /// It is not asked, or has answered.
    pub fn answer(mut self, agency: &AgencyCode, reason: Option<&str>) -> Result<Self, Refusal> {
        let act = "answering";
        if self.state != OperationState::Proposed {
            return Err(self.wrong_state(act));
        }
        let asked = self.participants.iter_mut().find(|one| one.agency == *agency);
        let whose = "the bodies that are asked".to_owned();
        let one = asked.ok_or(Refusal::NotYours { act, whose, law: law::O_03 })?;
        if one.answer != Answer::Pending {
            let what = format!("{agency} has answered: {}", one.answer);
            return Err(Refusal::broken(law::O_03, what, "该机关已经答复"));
        }
        one.answer = if reason.is_some() { Answer::Declined } else { Answer::Confirmed };
        reason.unwrap_or_default().clone_into(&mut one.reason);
        self.version += 1;
        self.settle();
        Ok(self)
    }

    /// Where the answers so far leave the operation.
    fn settle(&mut self) {
        let count = |answer| self.participants.iter().filter(|one| one.answer == answer).count();
        let (pending, confirmed) = (count(Answer::Pending), count(Answer::Confirmed));
        let without_lead = self
            .participants
            .iter()
            .any(|one| one.agency == self.initiator && one.answer == Answer::Declined);
        if without_lead || pending + confirmed < 2 {
            self.state = OperationState::Cancelled;
            "too few bodies take part".clone_into(&mut self.close_reason);
        } else if pending == 0 {
            self.state = OperationState::Confirmed;
        }
    }

    /// Whether a body takes part: it confirmed.
    pub fn has(&self, agency: &AgencyCode) -> bool {
        let is = |one: &Participant| one.agency == *agency && one.answer == Answer::Confirmed;
        self.participants.iter().any(is)
    }

    /// The initiator's head approves it: in advance, or afterwards when it is urgent (I-03).
    ///
    /// # Errors
    /// It is another body's, or not all have answered.
    pub fn approve(
        mut self,
        agency: &AgencyCode,
        officer: &str,
        now: DateTime<Utc>,
    ) -> Result<Self, Refusal> {
        let act = "approving the operation";
        if *agency != self.initiator {
            let whose = format!("the initiator {}", self.initiator);
            return Err(Refusal::NotYours { act, whose, law: law::I_03 });
        }
        if self.state != OperationState::Confirmed {
            return Err(Refusal::WrongState { act, state: self.state.as_str(), law: law::I_03 });
        }
        self.state = OperationState::Approved;
        officer.clone_into(&mut self.approved_by);
        self.approved_at = Some(now);
        self.version += 1;
        Ok(self)
    }

    /// That visits of it may start: approved, or urgent and confirmed (I-03).
    ///
    /// # Errors
    /// I-03.
    pub fn may_start(&self) -> Result<(), Refusal> {
        match (self.state, self.urgent) {
            (OperationState::Approved, _) | (OperationState::Confirmed, true) => Ok(()),
            (
                OperationState::Proposed
                | OperationState::Confirmed
                | OperationState::Closed
                | OperationState::Cancelled,
                _,
            ) => {
                let what = format!("{} is {}, and not approved", self.name, self.state);
                Err(Refusal::broken(law::I_03, what, "实施检查应当事先批准"))
            }
        }
    }

    /// Ends it: done, or cancelled with a reason.
    ///
    /// # Errors
    /// It is neither the initiator nor the proposer; it is over, or done without an approval.
    pub fn close(
        mut self,
        agency: &AgencyCode,
        (cancelled, reason): (bool, &str),
    ) -> Result<Self, Refusal> {
        let act = "ending the operation";
        if *agency != self.initiator && *agency != self.proposer {
            let whose = format!("the initiator {} or the proposer", self.initiator);
            return Err(Refusal::NotYours { act, whose, law: law::O_03 });
        }
        match self.state {
            OperationState::Closed | OperationState::Cancelled => {
                return Err(self.wrong_state(act));
            }
            OperationState::Proposed | OperationState::Confirmed if !cancelled => {
                let what = "it was never approved: an urgent operation is approved afterwards";
                return Err(Refusal::broken(law::I_03, what, "紧急检查应当事后补办批准手续"));
            }
            OperationState::Proposed | OperationState::Confirmed | OperationState::Approved => {}
        }
        self.state = if cancelled { OperationState::Cancelled } else { OperationState::Closed };
        reason.clone_into(&mut self.close_reason);
        self.version += 1;
        Ok(self)
    }
}

#[cfg(test)]
mod tests;
