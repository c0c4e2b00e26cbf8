//! Questions about a case, both ways (双向案件咨询): asked, met with a question back, answered with reasons,
//! or taken back (P-14; seed section 14). Who asks whom, and how often one asks back, is set.

use chrono::{DateTime, Utc};
use clock::{Length, Unit};
use serde::{Deserialize, Serialize};
use types::AgencyCode;

use super::{
    body::Directory,
    duty::{Count, Duty, DutyState, Ending, Owed, Owing},
    linkage::{self, BOTH_WAYS, CONSULTS_ONLY, P_14, Settings},
    procedure::Law,
    refusal::Refusal,
    word::words,
};

words! {
    /// Where a consultation is.
    ConsultationState {
        /// The answer is owed.
        Asked = "ASKED",
        /// The asked body waits for material.
        MaterialRequested = "MATERIAL_REQUESTED",
        /// Answered.
        Answered = "ANSWERED",
        /// Taken back.
        Withdrawn = "WITHDRAWN",
    }
}

/// The most papers of one consultation.
pub const ATTACHMENTS_MAX: usize = 50;

/// A paper that one body lets another see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// What people call it.
    pub title: String,
    /// What it says.
    pub text: String,
    /// SHA-256 of the original; empty when the text is the original.
    pub sha256: String,
}

/// Material that the asked body wanted before it answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedBack {
    /// What it wanted.
    pub wanted: String,
    /// How the asker met that; `None` until it did.
    pub supplied: Option<String>,
    /// When it was wanted.
    pub at: DateTime<Utc>,
}

/// A consultation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consultation {
    /// consultations/{uuid}.
    pub name: String,
    /// Who asks.
    pub asker: AgencyCode,
    /// Who is asked.
    pub asked: AgencyCode,
    /// dockets/{uuid}; empty when it is about none.
    pub docket: String,
    /// What is asked.
    pub question: String,
    /// What the asker lets the other body see.
    pub attachments: Vec<Attachment>,
    /// Where it is.
    pub state: ConsultationState,
    /// What the asked body wanted first, oldest first.
    #[serde(default)]
    pub asked_back: Vec<AskedBack>,
    /// The answer.
    pub answer: String,
    /// Its reasons.
    pub reasons: String,
    /// Answered after the term.
    pub late: bool,
    /// Why it was taken back.
    pub withdraw_reason: String,
    /// When it was asked.
    pub created_at: DateTime<Utc>,
    /// When it was answered or taken back.
    pub ended_at: Option<DateTime<Utc>>,
    /// The duty to answer.
    pub duties: Vec<Duty>,
    /// Changes with everything that is done.
    pub version: i32,
    /// Changes with every write.
    pub revision: i32,
}

/// A question as it is put.
#[derive(Clone, Debug)]
pub struct Question {
    /// consultations/{uuid}.
    pub name: String,
    /// Who asks.
    pub asker: AgencyCode,
    /// Who is asked.
    pub asked: AgencyCode,
    /// dockets/{uuid}, or empty.
    pub docket: String,
    /// What is asked.
    pub question: String,
    /// What the other body may see.
    pub attachments: Vec<Attachment>,
    /// When.
    pub now: DateTime<Utc>,
}

/// Asks.
///
/// # Errors
/// Bodies of these kinds do not ask each other.
pub fn ask(
    question: Question,
    (bodies, settings): (&Directory, &Settings),
    count: Count<'_>,
) -> Result<Consultation, Refusal> {
    let Question { name, asker, asked, docket, question, attachments, now } = question;
    let law = between(&asker, &asked, (bodies, settings))?;
    let kind = bodies.get(&asked).map_or("", |body| body.kind.as_str());
    let length = Length::new(settings.answer_days(kind), Unit::Day);
    let to = vec![asker.clone()];
    let owed = Owed { law, what: "answer the question in writing", holder: &asked, to, now };
    let duties = vec![Duty::lasting(owed, length, count)];
    Ok(Consultation {
        name,
        asker,
        asked,
        docket,
        question,
        attachments,
        state: ConsultationState::Asked,
        asked_back: Vec::new(),
        answer: String::new(),
        reasons: String::new(),
        late: false,
        withdraw_reason: String::new(),
        created_at: now,
        ended_at: None,
        duties,
        version: 1,
        revision: 1,
    })
}

/// The rule under which one body asks the other.
fn between(
    asker: &AgencyCode,
    asked: &AgencyCode,
    (bodies, settings): (&Directory, &Settings),
) -> Result<Law, Refusal> {
    let known = |code: &AgencyCode, field: &str| {
        let fault = (field.to_owned(), "is no body of this mesh".to_owned());
        bodies.get(code).ok_or(Refusal::Fields { faults: vec![fault], law: BOTH_WAYS })
    };
    let (from, to) = (known(asker, "asker")?, known(asked, "asked")?);
    if asker == asked || !settings.consults(&from.kind, &to.kind) {
        let consults_only = linkage::consults_only(from) || linkage::consults_only(to);
        return Err(Refusal::Broken {
            what: format!(
                "{asker} does not ask {asked}: it goes both ways between bodies that enforce and \
                 bodies of justice"
            ),
            what_zh: "双向案件咨询在行政执法机关与公安、检察、审判机关之间进行",
            law: if consults_only { CONSULTS_ONLY } else { BOTH_WAYS },
        });
    }
    Ok(if to.kind == "PROCURATORATE" { P_14 } else { BOTH_WAYS })
}

impl Owing for Consultation {
    fn duties(&self) -> &[Duty] {
        &self.duties
    }

    fn duties_mut(&mut self) -> &mut [Duty] {
        &mut self.duties
    }
}

impl Consultation {
    /// The rule it stands under, as its term has it.
    pub fn law(&self, bodies: &Directory) -> Law {
        let procuratorate =
            bodies.get(&self.asked).is_some_and(|body| body.kind == "PROCURATORATE");
        if procuratorate { P_14 } else { BOTH_WAYS }
    }

    fn only(&self, by: &AgencyCode, whose: &AgencyCode, act: &'static str) -> Result<(), Refusal> {
        if by == whose {
            return Ok(());
        }
        Err(Refusal::NotFor { act, whose: whose.to_string(), law: BOTH_WAYS })
    }

    fn within(&self, states: &[ConsultationState], act: &'static str) -> Result<(), Refusal> {
        if states.contains(&self.state) {
            return Ok(());
        }
        Err(Refusal::NotNow { act, state: self.state.as_str(), law: BOTH_WAYS })
    }

    /// The asked body asks back for material, as often as is set: the term stands still, unless it was
    /// missed before.
    ///
    /// # Errors
    /// Another body, another state, or once too often.
    pub fn request_material(
        &mut self,
        by: &AgencyCode,
        wanted: String,
        (now, settings): (DateTime<Utc>, &Settings),
    ) -> Result<(), Refusal> {
        let act = "asking back for material";
        self.only(by, &self.asked, act)?;
        self.within(&[ConsultationState::Asked], act)?;
        if self.asked_back.len() >= settings.ask_back_times {
            let times = settings.ask_back_times;
            return Err(Refusal::Broken {
                what: format!(
                    "material is asked back for {times} times at most: answer with what there is"
                ),
                what_zh: "要求补充材料的次数已满，应当依现有材料答复",
                law: BOTH_WAYS,
            });
        }
        self.asked_back.push(AskedBack { wanted, supplied: None, at: now });
        self.state = ConsultationState::MaterialRequested;
        self.duties.iter_mut().for_each(|duty| duty.suspend(now));
        Ok(())
    }

    /// Whether the term stands still: it does not when it was missed before.
    pub fn stands_still(&self) -> bool {
        self.duty().is_some_and(|duty| duty.state == DutyState::Suspended)
    }

    /// The asker supplies it: the term runs on.
    ///
    /// # Errors
    /// Another body, another state, or too many papers.
    pub fn supply_material(
        &mut self,
        by: &AgencyCode,
        (note, attachments): (String, Vec<Attachment>),
        (now, count): (DateTime<Utc>, Count<'_>),
    ) -> Result<(), Refusal> {
        let act = "supplying material";
        self.only(by, &self.asker, act)?;
        self.within(&[ConsultationState::MaterialRequested], act)?;
        if self.attachments.len() + attachments.len() > ATTACHMENTS_MAX {
            let fault = ("attachments".to_owned(), "are more than 50 in all".to_owned());
            return Err(Refusal::Fields { faults: vec![fault], law: BOTH_WAYS });
        }
        if let Some(last) = self.asked_back.last_mut() {
            last.supplied = Some(note);
        }
        self.attachments.extend(attachments);
        self.state = ConsultationState::Asked;
        self.duties.iter_mut().for_each(|duty| duty.resume(now, count));
        Ok(())
    }

    /// The asked body answers, in time or late, also without waiting for material any longer.
    ///
    /// # Errors
    /// Another body, or another state.
    pub fn answer(
        &mut self,
        by: &AgencyCode,
        (answer, reasons): (String, String),
        (now, count): (DateTime<Utc>, Count<'_>),
    ) -> Result<(), Refusal> {
        let act = "answering the consultation";
        self.only(by, &self.asked, act)?;
        self.within(&[ConsultationState::Asked, ConsultationState::MaterialRequested], act)?;
        for duty in &mut self.duties {
            duty.resume(now, count);
            self.late |= duty.is_late(now);
            duty.end(Ending::Done, now);
        }
        (self.answer, self.reasons) = (answer, reasons);
        self.state = ConsultationState::Answered;
        self.ended_at = Some(now);
        Ok(())
    }

    /// The asker takes the question back.
    ///
    /// # Errors
    /// Another body, or it is answered.
    pub fn withdraw(
        &mut self,
        by: &AgencyCode,
        reason: String,
        now: DateTime<Utc>,
    ) -> Result<(), Refusal> {
        let act = "taking the question back";
        self.only(by, &self.asker, act)?;
        self.within(&[ConsultationState::Asked, ConsultationState::MaterialRequested], act)?;
        self.duties.iter_mut().for_each(|duty| duty.end(Ending::Moot, now));
        self.withdraw_reason = reason;
        self.state = ConsultationState::Withdrawn;
        self.ended_at = Some(now);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
