//! Information on a case, from one body to another that is entitled to it (案件信息通报, seed section 14):
//! as much as its role needs, acknowledged within a term.

use chrono::{DateTime, Utc};
use clock::{Length, Unit};
use serde::{Deserialize, Serialize};
use types::AgencyCode;

use super::{
    body::Directory,
    duty::{Count, Duty, Ending, Owed, Owing},
    linkage::{self, NEED, NOTICE, Settings},
    refusal::Refusal,
    word::words,
};

words! {
    /// What entitles a body to be told.
    Role {
        /// It sees the docket.
        Party = "PARTY",
        /// The procuratorate of the same level.
        Procuratorate = "PROCURATORATE",
        /// The body with command over the agency of the docket.
        Superior = "SUPERIOR",
        /// The justice bureau of the same level.
        JusticeBureau = "JUSTICE_BUREAU",
        /// The guidance office.
        GuidanceOffice = "GUIDANCE_OFFICE",
    }
}

words! {
    /// What not every role needs. How far the case is, every one needs.
    Part {
        /// What happened.
        Facts = "FACTS",
        /// Personal data.
        Persons = "PERSONS",
    }
}

words! {
    /// Where a notice is.
    NoticeState {
        /// Not acknowledged yet.
        Sent = "SENT",
        /// The receiver has it.
        Acknowledged = "ACKNOWLEDGED",
    }
}

/// A notice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// notices/{uuid}.
    pub name: String,
    /// dockets/{uuid}.
    pub docket: String,
    /// Who tells.
    pub from: AgencyCode,
    /// Who is told.
    pub to: AgencyCode,
    /// Why it is entitled.
    pub role: Role,
    /// What people call it.
    pub title: String,
    /// How far the case is.
    pub progress: String,
    /// What happened; may be empty.
    pub facts: String,
    /// Personal data; may be empty.
    pub persons: String,
    /// Where it is.
    pub state: NoticeState,
    /// Acknowledged after the term.
    pub late: bool,
    /// When it was sent.
    pub created_at: DateTime<Utc>,
    /// When it was acknowledged.
    pub ended_at: Option<DateTime<Utc>>,
    /// The duty to acknowledge it.
    pub duties: Vec<Duty>,
    /// Changes with everything that is done.
    pub version: i32,
    /// Changes with every write.
    pub revision: i32,
}

/// A notice as it is sent.
#[derive(Clone, Debug)]
pub struct Sending {
    /// notices/{uuid}.
    pub name: String,
    /// dockets/{uuid}.
    pub docket: String,
    /// The agency of the docket.
    pub agency: AgencyCode,
    /// Who tells.
    pub from: AgencyCode,
    /// Who is told.
    pub to: AgencyCode,
    /// Whether it sees the docket.
    pub sees_docket: bool,
    /// What people call it.
    pub title: String,
    /// How far the case is.
    pub progress: String,
    /// What happened; may be empty.
    pub facts: String,
    /// Personal data; may be empty.
    pub persons: String,
    /// When.
    pub now: DateTime<Utc>,
}

/// Sends a notice.
///
/// # Errors
/// The receiver is not entitled, or is told more than its role needs: every such field is named.
pub fn send(
    sending: Sending,
    (bodies, settings): (&Directory, &Settings),
    count: Count<'_>,
) -> Result<Notice, Refusal> {
    let role = role(&sending, (bodies, settings))?;
    let faults = too_much(&sending, role, (bodies, settings));
    if !faults.is_empty() {
        return Err(Refusal::Fields { faults, law: NEED });
    }
    let Sending { name, docket, from, to, title, progress, facts, persons, now, .. } = sending;
    let length = Length::new(settings.notice_days, Unit::Day);
    let what = "acknowledge the notice";
    let owed = Owed { law: NOTICE, what, holder: &to, to: vec![from.clone()], now };
    let duty = Duty { target: true, ..Duty::lasting(owed, length, count) };
    Ok(Notice {
        name,
        docket,
        from,
        to,
        role,
        title,
        progress,
        facts,
        persons,
        state: NoticeState::Sent,
        late: false,
        created_at: now,
        ended_at: None,
        duties: vec![duty],
        version: 1,
        revision: 1,
    })
}

/// Why the receiver is entitled.
fn role(sending: &Sending, (bodies, settings): (&Directory, &Settings)) -> Result<Role, Refusal> {
    let Sending { from, to, agency, sees_docket, .. } = sending;
    if from == to || bodies.get(to).is_none() {
        let fault = if from == to { "is the sender" } else { "is no body of this mesh" };
        let faults = vec![("to_agency".to_owned(), fault.to_owned())];
        return Err(Refusal::Fields { faults, law: NOTICE });
    }
    let entitled = linkage::role(to, agency, *sees_docket, (bodies, settings));
    entitled.ok_or_else(|| Refusal::Broken {
        what: format!("{to} neither sees the docket nor is told of it by rule"),
        what_zh: "接收机关无权知悉该案件，也不属于依规应当通报的机关",
        law: NEED,
    })
}

/// The fields that say more than the receiver needs.
fn too_much(
    sending: &Sending,
    role: Role,
    (bodies, settings): (&Directory, &Settings),
) -> Vec<(String, String)> {
    let justice = |code: &AgencyCode| bodies.get(code).is_some_and(linkage::is_justice);
    let supervises = bodies.get(&sending.to).is_some_and(|body| body.kind == "SUPERVISION");
    // Investigation secrecy: agencies, and governments over them, see how far the case is, not the file
    // of the police. A lead goes to the supervisory organ whole (T-23).
    let secret = settings.investigation_is_secret
        && justice(&sending.from)
        && !justice(&sending.to)
        && !supervises;
    let parts =
        [(&sending.facts, Part::Facts, "facts"), (&sending.persons, Part::Persons, "persons")];
    let more = parts
        .into_iter()
        .filter(|(text, part, _)| !text.is_empty() && (secret || !settings.needs(role, *part)));
    let named = more.map(|(_, _, field)| {
        (field.to_owned(), format!("is more than the receiver needs as {role}"))
    });
    named.collect()
}

impl Owing for Notice {
    fn duties(&self) -> &[Duty] {
        &self.duties
    }

    fn duties_mut(&mut self) -> &mut [Duty] {
        &mut self.duties
    }
}

impl Notice {
    /// The receiver has it, in time or late.
    ///
    /// # Errors
    /// Another body, or it is acknowledged already.
    pub fn acknowledge(&mut self, by: &AgencyCode, now: DateTime<Utc>) -> Result<(), Refusal> {
        let act = "acknowledging the notice";
        if *by != self.to {
            return Err(Refusal::NotFor { act, whose: self.to.to_string(), law: NOTICE });
        }
        if self.state != NoticeState::Sent {
            return Err(Refusal::NotNow { act, state: self.state.as_str(), law: NOTICE });
        }
        for duty in &mut self.duties {
            self.late |= duty.is_late(now);
            duty.end(Ending::Done, now);
        }
        self.state = NoticeState::Acknowledged;
        self.ended_at = Some(now);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
