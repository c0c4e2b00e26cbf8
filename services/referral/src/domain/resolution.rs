//! What a joint meeting resolved: a duty of its owner with a last day, reported, and accepted by the
//! convener or reopened with a new day (seed section 14).

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use types::AgencyCode;

use super::{
    body::Directory,
    duty::{Count, Duty, Ending, Owed, Owing},
    linkage::{self, CONSULTS_ONLY, MEETING, NEED, Settings},
    meeting::{Meeting, MeetingState},
    refusal::Refusal,
    word::words,
};

words! {
    /// Where a resolution is.
    ResolutionState {
        /// Its owner owes it.
        Open = "OPEN",
        /// The owner says that it is done.
        Reported = "REPORTED",
        /// The convener accepted that.
        Accepted = "ACCEPTED",
    }
}

const WHAT: &str = "carry out the resolution and report it";

/// A resolution.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resolution {
    /// meetings/{uuid}/resolutions/{uuid}.
    pub name: String,
    /// meetings/{uuid}.
    pub meeting: String,
    /// Who convened the meeting, and accepts the report.
    pub convener: AgencyCode,
    /// What was resolved.
    pub text: String,
    /// Who must do it.
    pub owner: AgencyCode,
    /// The last day.
    pub due_date: NaiveDate,
    /// dockets/{uuid}; empty when it is about no case.
    pub docket: String,
    /// Where it is.
    pub state: ResolutionState,
    /// What the owner reported last.
    pub report: String,
    /// When.
    #[serde(default)]
    pub reported_at: Option<DateTime<Utc>>,
    /// Why it was reopened last.
    pub reopen_reason: String,
    /// When it was recorded.
    pub created_at: DateTime<Utc>,
    /// When it was accepted.
    pub ended_at: Option<DateTime<Utc>>,
    /// One for each last day it had.
    pub duties: Vec<Duty>,
    /// Changes with everything that is done.
    pub version: i32,
    /// Changes with every write.
    pub revision: i32,
}

/// A resolution as it is recorded.
#[derive(Clone, Debug)]
pub struct Recording {
    /// meetings/{uuid}/resolutions/{uuid}.
    pub name: String,
    /// By whom.
    pub by: AgencyCode,
    /// What was resolved.
    pub text: String,
    /// Who must do it.
    pub owner: AgencyCode,
    /// The last day.
    pub due_date: NaiveDate,
    /// dockets/{uuid}, or empty.
    pub docket: String,
    /// Whether the owner sees that docket.
    pub owner_sees_docket: bool,
    /// When.
    pub now: DateTime<Utc>,
}

/// Why a day cannot be the last of a duty that begins now; `None`: it can.
pub fn day_fault(day: Option<NaiveDate>, now: DateTime<Utc>) -> Option<&'static str> {
    match day {
        None => Some("is not a date (YYYY-MM-DD)"),
        Some(day) if day < clock::legal_date(now) => Some("is over"),
        Some(day) if day > clock::legal_date(now) + chrono::Days::new(3660) => {
            Some("is more than ten years away")
        }
        Some(_) => None,
    }
}

/// Records what a meeting resolved.
///
/// # Errors
/// Another body than the convener, no minutes yet, or an owner that was not there, consults only, or does
/// not see the docket.
pub fn record(
    meeting: &Meeting,
    recording: Recording,
    (bodies, settings): (&Directory, &Settings),
    count: Count<'_>,
) -> Result<Resolution, Refusal> {
    let act = "recording a resolution";
    meeting.by_convener(&recording.by, act)?;
    if meeting.state != MeetingState::Held {
        return Err(Refusal::NotNow { act, state: meeting.state.as_str(), law: MEETING });
    }
    check_owner(meeting, &recording, (bodies, settings))?;
    let Recording { name, by: convener, text, owner, due_date, docket, now, .. } = recording;
    let owed = Owed { law: MEETING, what: WHAT, holder: &owner, to: vec![convener.clone()], now };
    let duties = vec![Duty::until(owed, due_date, count)];
    Ok(Resolution {
        name,
        meeting: meeting.name.clone(),
        convener,
        text,
        owner,
        due_date,
        docket,
        state: ResolutionState::Open,
        report: String::new(),
        reported_at: None,
        reopen_reason: String::new(),
        created_at: now,
        ended_at: None,
        duties,
        version: 1,
        revision: 1,
    })
}

fn check_owner(
    meeting: &Meeting,
    recording: &Recording,
    (bodies, settings): (&Directory, &Settings),
) -> Result<(), Refusal> {
    let Recording { owner, docket, .. } = recording;
    let mut faults = Vec::new();
    if !meeting.bodies().any(|body| body == owner) {
        faults.push(("owner".to_owned(), "was not invited to the meeting".to_owned()));
    }
    if !docket.is_empty() && meeting.agenda.iter().all(|item| item.docket != *docket) {
        faults.push(("docket".to_owned(), "is not on the agenda".to_owned()));
    }
    if !faults.is_empty() {
        return Err(Refusal::Fields { faults, law: MEETING });
    }
    let consults = bodies.get(owner).is_some_and(linkage::consults_only);
    if consults && *owner != settings.guidance_office {
        return Err(Refusal::Broken {
            what: format!("{owner} consults only: it owns no resolution"),
            what_zh: "党的工作机构和议事协调机构只参与协商，不承担决议事项",
            law: CONSULTS_ONLY,
        });
    }
    if !docket.is_empty() && !recording.owner_sees_docket {
        return Err(Refusal::Broken {
            what: format!("{owner} does not see {docket}: a resolution would tell it of the case"),
            what_zh: "承办单位无权知悉该案件",
            law: NEED,
        });
    }
    Ok(())
}

impl Owing for Resolution {
    fn duties(&self) -> &[Duty] {
        &self.duties
    }

    fn duties_mut(&mut self) -> &mut [Duty] {
        &mut self.duties
    }
}

impl Resolution {
    fn check(
        &self,
        (by, whose): (&AgencyCode, &AgencyCode),
        state: ResolutionState,
        act: &'static str,
    ) -> Result<(), Refusal> {
        if by != whose {
            return Err(Refusal::NotFor { act, whose: whose.to_string(), law: MEETING });
        }
        if self.state != state {
            return Err(Refusal::NotNow { act, state: self.state.as_str(), law: MEETING });
        }
        Ok(())
    }

    /// How many reports there were: one for each of its terms that has ended.
    pub fn reports(&self) -> usize {
        self.duties.iter().filter(|duty| !duty.is_open()).count()
    }

    /// The owner reports that it is done, in time or late.
    ///
    /// # Errors
    /// Another body, or it is reported already.
    pub fn report(
        &mut self,
        by: &AgencyCode,
        report: String,
        now: DateTime<Utc>,
    ) -> Result<(), Refusal> {
        self.check((by, &self.owner), ResolutionState::Open, "reporting a resolution")?;
        self.duties.iter_mut().for_each(|duty| duty.end(Ending::Done, now));
        self.report = report;
        self.reported_at = Some(now);
        self.state = ResolutionState::Reported;
        Ok(())
    }

    /// The convener accepts the report.
    ///
    /// # Errors
    /// Another body, or there is no report.
    pub fn accept(&mut self, by: &AgencyCode, now: DateTime<Utc>) -> Result<(), Refusal> {
        self.check((by, &self.convener), ResolutionState::Reported, "accepting a report")?;
        self.state = ResolutionState::Accepted;
        self.ended_at = Some(now);
        Ok(())
    }

    /// The convener does not accept it: the owner owes it by a new day.
    ///
    /// # Errors
    /// Another body, or there is no report.
    pub fn reopen(
        &mut self,
        by: &AgencyCode,
        (reason, due_date): (String, NaiveDate),
        (now, count): (DateTime<Utc>, Count<'_>),
    ) -> Result<(), Refusal> {
        self.check((by, &self.convener), ResolutionState::Reported, "reopening a resolution")?;
        let to = vec![self.convener.clone()];
        let owed = Owed { law: MEETING, what: WHAT, holder: &self.owner, to, now };
        self.duties.push(Duty::until(owed, due_date, count));
        self.reopen_reason = reason;
        self.due_date = due_date;
        self.state = ResolutionState::Open;
        Ok(())
    }
}
