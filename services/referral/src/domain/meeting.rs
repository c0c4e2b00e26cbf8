//! Joint meetings (联席会议, seed section 14): convened by who may, confirmed by who is invited, held and
//! put on record, or cancelled. What concerns one case is only for who sees that case.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use types::AgencyCode;

use super::{
    body::Directory,
    duty::{Duty, Owing},
    linkage::{self, CONSULTS_ONLY, MEETING, Settings},
    refusal::Refusal,
    word::words,
};

words! {
    /// Where a meeting is.
    MeetingState {
        /// The bodies are invited.
        Convened = "CONVENED",
        /// The minutes are recorded.
        Held = "HELD",
        /// It does not take place.
        Cancelled = "CANCELLED",
    }
}

words! {
    /// What an invited body said.
    AttendanceState {
        /// Nothing yet.
        Invited = "INVITED",
        /// It comes.
        Confirmed = "CONFIRMED",
        /// It does not come.
        Declined = "DECLINED",
    }
}

/// What is talked about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgendaItem {
    /// For everybody.
    pub title: String,
    /// dockets/{uuid}; empty when it is about no case.
    pub docket: String,
    /// What is to be decided: for who sees the docket.
    pub detail: String,
    /// What was said: for who sees the docket.
    pub minutes: String,
}

/// An invited body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attendance {
    /// Which.
    pub agency: AgencyCode,
    /// What it said.
    pub state: AttendanceState,
    /// Why it does not come.
    pub reason: String,
    /// By the minutes.
    pub attended: bool,
}

/// A meeting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meeting {
    /// meetings/{uuid}.
    pub name: String,
    /// Who convened it.
    pub convener: AgencyCode,
    /// What people call it.
    pub title: String,
    /// Where.
    pub place: String,
    /// When.
    pub hold_at: DateTime<Utc>,
    /// What is talked about.
    pub agenda: Vec<AgendaItem>,
    /// Who is invited.
    pub attendances: Vec<Attendance>,
    /// Where it is.
    pub state: MeetingState,
    /// What concerns everybody.
    pub minutes: String,
    /// SHA-256 of the minutes, 64 hexadecimal digits.
    pub minutes_sha256: String,
    /// Why it does not take place.
    #[serde(default)]
    pub cancel_reason: String,
    /// When it was convened.
    pub created_at: DateTime<Utc>,
    /// Changes with everything that is done.
    pub version: i32,
    /// Changes with every write.
    pub revision: i32,
}

/// A meeting as it is convened.
#[derive(Clone, Debug)]
pub struct Convening {
    /// meetings/{uuid}.
    pub name: String,
    /// By whom.
    pub convener: AgencyCode,
    /// What people call it.
    pub title: String,
    /// Where.
    pub place: String,
    /// When it is to be held.
    pub hold_at: DateTime<Utc>,
    /// What is talked about; no minutes yet.
    pub agenda: Vec<AgendaItem>,
    /// Who is invited.
    pub invited: Vec<AgencyCode>,
    /// When it is convened.
    pub now: DateTime<Utc>,
}

/// Convenes a meeting. `agencies` are those of the dockets on the agenda.
///
/// # Errors
/// The body may not convene, or fields are wrong: all of them at once.
pub fn convene(
    convening: Convening,
    agencies: &[AgencyCode],
    (bodies, settings): (&Directory, &Settings),
) -> Result<Meeting, Refusal> {
    may_convene(&convening.convener, agencies, (bodies, settings))?;
    let faults = faults(&convening, bodies);
    if !faults.is_empty() {
        return Err(Refusal::Fields { faults, law: MEETING });
    }
    let Convening { name, convener, title, place, hold_at, agenda, invited, now } = convening;
    let attendances = invited.into_iter().map(|agency| Attendance {
        agency,
        state: AttendanceState::Invited,
        reason: String::new(),
        attended: false,
    });
    Ok(Meeting {
        name,
        convener,
        title,
        place,
        hold_at,
        agenda,
        attendances: attendances.collect(),
        state: MeetingState::Convened,
        minutes: String::new(),
        minutes_sha256: String::new(),
        cancel_reason: String::new(),
        created_at: now,
        version: 1,
        revision: 1,
    })
}

/// The guidance office, and the kinds of body that are set; or the agency of every docket on the agenda,
/// if there is one.
fn may_convene(
    convener: &AgencyCode,
    agencies: &[AgencyCode],
    (bodies, settings): (&Directory, &Settings),
) -> Result<(), Refusal> {
    let body = bodies.get(convener);
    let by_kind = body.is_some_and(|body| settings.convening_kinds.contains(&body.kind));
    let its_cases = !agencies.is_empty() && agencies.iter().all(|agency| agency == convener);
    if *convener == settings.guidance_office || by_kind || its_cases {
        return Ok(());
    }
    Err(Refusal::Broken {
        what: "a joint meeting is convened by the guidance office, the justice bureau or the \
               procuratorate, or by the agency of the dockets on its agenda"
            .to_owned(),
        what_zh: "联席会议由指导办、司法局、检察院或者议题案件的办案机关召集",
        law: if body.is_some_and(linkage::consults_only) { CONSULTS_ONLY } else { MEETING },
    })
}

fn faults(convening: &Convening, bodies: &Directory) -> Vec<(String, String)> {
    let mut faults = Vec::new();
    let mut fault = |field: String, fault: &str| faults.push((field, fault.to_owned()));
    if convening.hold_at <= convening.now {
        fault("hold_time".to_owned(), "is not in the future");
    } else if convening.hold_at - convening.now > TimeDelta::days(3660) {
        fault("hold_time".to_owned(), "is more than ten years away");
    }
    for (at, code) in convening.invited.iter().enumerate() {
        let here = format!("invited[{at}]");
        if *code == convening.convener {
            fault(here, "is the convener");
        } else if bodies.get(code).is_none() {
            fault(here, "is no body of this mesh");
        } else if convening.invited[..at].contains(code) {
            fault(here, "is there twice");
        }
    }
    faults
}

/// The minutes as the convener records them.
#[derive(Clone, Debug)]
pub struct Minutes {
    /// What concerns everybody.
    pub text: String,
    /// What was said about each item; empty, or as many as there are.
    pub items: Vec<String>,
    /// Who came.
    pub attended: Vec<AgencyCode>,
    /// Digest of it all.
    pub sha256: String,
}

/// A meeting owes nothing: its resolutions do.
impl Owing for Meeting {
    fn duties(&self) -> &[Duty] {
        &[]
    }

    fn duties_mut(&mut self) -> &mut [Duty] {
        &mut []
    }
}

impl Meeting {
    /// The convener and everybody invited.
    pub fn bodies(&self) -> impl Iterator<Item = &AgencyCode> {
        let invited = self.attendances.iter().map(|one| &one.agency);
        std::iter::once(&self.convener).chain(invited)
    }

    /// Refuses what only the convener does.
    ///
    /// # Errors
    /// Another body.
    pub fn by_convener(&self, by: &AgencyCode, act: &'static str) -> Result<(), Refusal> {
        if *by == self.convener {
            return Ok(());
        }
        Err(Refusal::NotFor { act, whose: self.convener.to_string(), law: MEETING })
    }

    fn convened(&self, act: &'static str) -> Result<(), Refusal> {
        if self.state == MeetingState::Convened {
            return Ok(());
        }
        Err(Refusal::NotNow { act, state: self.state.as_str(), law: MEETING })
    }

    /// Whether an invited body has said nothing yet.
    pub fn awaited(&self, body: &AgencyCode) -> bool {
        let said = self.attendances.iter().find(|one| one.agency == *body).map(|one| one.state);
        said == Some(AttendanceState::Invited)
    }

    /// An invited body says whether it comes; until the minutes are there it may say otherwise.
    ///
    /// # Errors
    /// It is not invited, or the meeting was held or cancelled.
    pub fn confirm(
        &mut self,
        by: &AgencyCode,
        (attends, reason): (bool, String),
    ) -> Result<(), Refusal> {
        let act = "confirming attendance";
        self.convened(act)?;
        let Some(one) = self.attendances.iter_mut().find(|one| one.agency == *by) else {
            return Err(Refusal::NotFor { act, whose: "an invited body".to_owned(), law: MEETING });
        };
        one.state = if attends { AttendanceState::Confirmed } else { AttendanceState::Declined };
        one.reason = reason;
        Ok(())
    }

    /// The convener cancels the meeting, before its time or after it passed without one.
    ///
    /// # Errors
    /// Another body, or it was held or cancelled.
    pub fn cancel(&mut self, by: &AgencyCode, reason: String) -> Result<(), Refusal> {
        let act = "cancelling the meeting";
        self.by_convener(by, act)?;
        self.convened(act)?;
        self.cancel_reason = reason;
        self.state = MeetingState::Cancelled;
        Ok(())
    }

    /// The convener records the minutes, once, of a meeting that was held.
    ///
    /// # Errors
    /// Another body, before its time, a second time, or who came was not invited.
    pub fn record(
        &mut self,
        by: &AgencyCode,
        minutes: Minutes,
        now: DateTime<Utc>,
    ) -> Result<(), Refusal> {
        let act = "recording the minutes";
        self.by_convener(by, act)?;
        self.convened(act)?;
        if now < self.hold_at {
            return Err(Refusal::Broken {
                what: "the meeting has not been held yet".to_owned(),
                what_zh: "会议尚未召开",
                law: MEETING,
            });
        }
        let mut faults = Vec::new();
        if !minutes.items.is_empty() && minutes.items.len() != self.agenda.len() {
            let fault = format!("are not {}, as many as there are items", self.agenda.len());
            faults.push(("item_minutes".to_owned(), fault));
        }
        for (at, code) in minutes.attended.iter().enumerate() {
            if self.attendances.iter().all(|one| one.agency != *code) {
                faults.push((format!("attended[{at}]"), "was not invited".to_owned()));
            }
        }
        if !faults.is_empty() {
            return Err(Refusal::Fields { faults, law: MEETING });
        }
        for one in &mut self.attendances {
            one.attended = minutes.attended.contains(&one.agency);
        }
        for (item, text) in self.agenda.iter_mut().zip(minutes.items) {
            item.minutes = text;
        }
        self.minutes = minutes.text;
        self.minutes_sha256 = minutes.sha256;
        self.state = MeetingState::Held;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
