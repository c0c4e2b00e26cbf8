//! Early involvement (提前介入, T-09b): an agency tells the police at once that a suspect may flee, destroy
//! evidence or move property, before there is a referral; the police join in, or say why not.

use chrono::{DateTime, Utc};
use clock::{Length, Unit};
use serde::{Deserialize, Serialize};
use types::AgencyCode;

use super::{
    body::Directory,
    duty::{Count, Duty, Ending, Owed, Owing},
    leg::Docket,
    linkage::T_09B,
    refusal::Refusal,
    word::words,
};

words! {
    /// What a suspect may do.
    Danger {
        /// 逃匿.
        Flight = "FLIGHT",
        /// 毁灭证据.
        DestroyingEvidence = "DESTROYING_EVIDENCE",
        /// 转移、隐匿财物.
        MovingProperty = "MOVING_PROPERTY",
    }
}

words! {
    /// Where it is.
    InvolvementState {
        /// The police know.
        Notified = "NOTIFIED",
        /// They step in.
        Joined = "JOINED",
        /// They do not.
        Declined = "DECLINED",
    }
}

/// What an agency told the police.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Involvement {
    /// earlyInvolvements/{uuid}.
    pub name: String,
    /// dockets/{uuid}.
    pub docket: String,
    /// The agency of the docket.
    pub from: AgencyCode,
    /// The police organ.
    pub to: AgencyCode,
    /// What is to be feared.
    pub dangers: Vec<Danger>,
    /// Why.
    pub facts: String,
    /// Where it is.
    pub state: InvolvementState,
    /// How the police join in, or why not.
    pub answer: String,
    /// Answered after the service target.
    pub late: bool,
    /// When the police were told.
    pub created_at: DateTime<Utc>,
    /// When they answered.
    pub ended_at: Option<DateTime<Utc>>,
    /// The duty to answer.
    pub duties: Vec<Duty>,
    /// Changes with everything that is done.
    pub version: i32,
    /// Changes with every write.
    pub revision: i32,
}

/// What is told.
#[derive(Clone, Debug)]
pub struct Told {
    /// earlyInvolvements/{uuid}.
    pub name: String,
    /// dockets/{uuid}.
    pub docket: String,
    /// Who tells it.
    pub by: AgencyCode,
    /// Whom; `None`: the police organ of the same level.
    pub to: Option<AgencyCode>,
    /// What is to be feared.
    pub dangers: Vec<Danger>,
    /// Why.
    pub facts: String,
    /// When.
    pub now: DateTime<Utc>,
}

/// Tells the police.
///
/// # Errors
/// The docket is another agency's or closed, or the receiver is no police organ.
pub fn notify(
    told: Told,
    docket: &Docket,
    (bodies, target_hours): (&Directory, u32),
    count: Count<'_>,
) -> Result<Involvement, Refusal> {
    let Told { name, docket: of, by, to, dangers, facts, now } = told;
    let broken = |what: String, what_zh| Refusal::Broken { what, what_zh, law: T_09B };
    if docket.agency != by {
        let what = format!("{} has the case, and tells the police itself", docket.agency);
        return Err(broken(what, "提前介入应当由办理案件的行政执法机关通报"));
    }
    if docket.close_reason.is_some() {
        return Err(broken("the docket is closed".to_owned(), "案卷已经办结"));
    }
    let police = to.or_else(|| bodies.police(&by)).filter(|to| bodies.is_police(to));
    let to = police.ok_or_else(|| {
        broken("the receiver is no police organ of this mesh".to_owned(), "接收机关不是公安机关")
    })?;
    let owed = Owed {
        law: T_09B,
        what: "answer whether it steps in early",
        holder: &to,
        to: vec![by.clone()],
        now,
    };
    let duty = Duty::lasting(owed, Length::new(target_hours, Unit::Hour), count);
    Ok(Involvement {
        name,
        docket: of,
        from: by,
        to,
        dangers,
        facts,
        state: InvolvementState::Notified,
        answer: String::new(),
        late: false,
        created_at: now,
        ended_at: None,
        duties: vec![Duty { target: true, ..duty }],
        version: 1,
        revision: 1,
    })
}

impl Owing for Involvement {
    fn duties(&self) -> &[Duty] {
        &self.duties
    }

    fn duties_mut(&mut self) -> &mut [Duty] {
        &mut self.duties
    }
}

impl Involvement {
    /// The police answer, in time or late.
    ///
    /// # Errors
    /// Another body, or they have answered.
    pub fn answer(
        &mut self,
        by: &AgencyCode,
        (joins, answer): (bool, String),
        now: DateTime<Utc>,
    ) -> Result<(), Refusal> {
        let act = "answering for early involvement";
        if *by != self.to {
            return Err(Refusal::NotFor { act, whose: self.to.to_string(), law: T_09B });
        }
        if self.state != InvolvementState::Notified {
            return Err(Refusal::NotNow { act, state: self.state.as_str(), law: T_09B });
        }
        for duty in &mut self.duties {
            self.late |= duty.is_late(now);
            duty.end(Ending::Done, now);
        }
        self.state = if joins { InvolvementState::Joined } else { InvolvementState::Declined };
        self.answer = answer;
        self.ended_at = Some(now);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
