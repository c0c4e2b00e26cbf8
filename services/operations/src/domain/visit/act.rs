//! What the bodies do with a visit: acknowledge it, arrive, record, publish. O-05, O-09, I-03, I-06.

use chrono::{DateTime, NaiveDate, Utc};
use clock::{Calendar, Counting, Length, Unit};
use types::AgencyCode;

use super::{
    super::{
        law::{self, Law},
        refusal::Refusal,
        schedule::unplaced,
        word::{Finding, Rung, VisitState},
    },
    CheckIn, Group, MatterResult, Publishing, Visit,
};

/// How certificates can be shown (I-06).
pub const SHOWN: [&str; 2] = ["SHOWN", "SCANNED"];
/// How many officers a body has on site at least (O-05).
const OFFICERS_MIN: usize = 2;

/// Officers of one body who arrive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// The body.
    pub agency: AgencyCode,
    /// Their certificates: identity says that they hold.
    pub officers: Vec<String>,
    /// One of [`SHOWN`].
    pub shown: String,
    /// Those of the body who are recused from the subject, each with the reason (O-07).
    pub recused: Vec<(String, String)>,
}

impl Publishing {
    /// The term that began at `done_at`.
    pub fn new(
        done_at: DateTime<Utc>,
        (working_days, near_percent): (u32, u8),
        calendar: &Calendar,
    ) -> Self {
        let due = calendar.due(done_at, Counting::new(Length::new(working_days, Unit::WorkingDay)));
        let rungs = clock::rungs(done_at, due.at, near_percent);
        Self {
            working_days,
            due_at: due.at,
            provisional: due.provisional,
            half_at: rungs.half_at,
            near_at: rungs.near_at,
            raised: Vec::new(),
        }
    }
}

impl Visit {
    fn of_party(&self, agency: &AgencyCode, act: &'static str, law: Law) -> Result<(), Refusal> {
        if self.groups.iter().any(|group| group.agency == *agency) {
            return Ok(());
        }
        Err(Refusal::NotYours { act, whose: "the bodies of the visit".to_owned(), law })
    }

    fn wrong_state(&self, act: &'static str, law: Law) -> Refusal {
        Refusal::WrongState { act, state: self.state.as_str(), law }
    }

    /// Whether officers of the body are on site, or were.
    pub fn check_in_of(&self, agency: &AgencyCode) -> Option<&CheckIn> {
        self.check_ins.iter().find(|one| one.agency == *agency)
    }

    /// The groups of a body.
    pub fn groups_of<'a>(&'a self, agency: &'a AgencyCode) -> impl Iterator<Item = &'a Group> {
        self.groups.iter().filter(move |group| group.agency == *agency)
    }

    /// A body confirms that it has the dispatch.
    ///
    /// # Errors
    /// It takes no part, the visit is not dispatched, or it has confirmed.
    pub fn acknowledge(mut self, agency: &AgencyCode) -> Result<Self, Refusal> {
        let act = "acknowledging the dispatch";
        self.of_party(agency, act, law::O_03)?;
        if self.state != VisitState::Published {
            return Err(self.wrong_state(act, law::O_03));
        }
        if self.acknowledged_by.contains(agency) {
            let what = format!("{agency} has acknowledged the dispatch");
            return Err(Refusal::broken(law::O_03, what, "该机关已经确认"));
        }
        self.acknowledged_by.push(agency.clone());
        self.version += 1;
        Ok(self)
    }

    /// The head of a body approves an urgent visit, afterwards (I-03). Who approves it has the dispatch.
    ///
    /// # Errors
    /// The body takes no part, or nobody was dispatched, or the result is published.
    pub fn approve(mut self, agency: &AgencyCode) -> Result<Self, Refusal> {
        let act = "approving the visit";
        self.of_party(agency, act, law::I_03)?;
        match self.state {
            VisitState::Published | VisitState::Started | VisitState::Done => {}
            VisitState::Planned
            | VisitState::Scheduled
            | VisitState::ResultPublished
            | VisitState::Cancelled => return Err(self.wrong_state(act, law::I_03)),
        }
        self.unapproved.retain(|one| one != agency);
        if !self.acknowledged_by.contains(agency) {
            self.acknowledged_by.push(agency.clone());
        }
        self.version += 1;
        Ok(self)
    }

    /// Officers of a body arrive. The visit has started with the first body; each counts for itself.
    ///
    /// # Errors
    /// O-05: fewer than two; O-07: one of them is recused; I-03: not on the day of the notice; it is
    /// not dispatched, or the body is there already.
    pub fn check_in(mut self, arrival: Arrival, now: DateTime<Utc>) -> Result<Self, Refusal> {
        let act = "checking in";
        let Arrival { agency, officers, shown, recused } = arrival;
        self.of_party(&agency, act, law::O_06)?;
        match self.state {
            VisitState::Published | VisitState::Started => {}
            VisitState::Planned
            | VisitState::Scheduled
            | VisitState::Done
            | VisitState::ResultPublished
            | VisitState::Cancelled => return Err(self.wrong_state(act, law::I_03)),
        }
        if self.check_in_of(&agency).is_some() {
            let what = format!("officers of {agency} are on site already");
            return Err(Refusal::broken(law::O_05, what, "该机关执法人员已经到场"));
        }
        let today = clock::legal_date(now);
        if let Some(day) = self.day().filter(|day| *day != today) {
            let what = format!("notice {} is for {day}, and today is {today}", self.notice_no);
            return Err(Refusal::broken(law::I_03, what, "未在检查通知书载明的日期实施检查"));
        }
        let mut faults: Vec<(String, String)> = Vec::new();
        if officers.len() < OFFICERS_MIN {
            faults.push(("officers".to_owned(), "are fewer than two of the body".to_owned()));
        }
        if !faults.is_empty() {
            return Err(Refusal::Fields { faults, law: law::O_05 });
        }
        for (at, officer) in officers.iter().enumerate() {
            if let Some((_, reason)) = recused.iter().find(|(who, _)| who == officer) {
                faults.push((format!("officers[{at}]"), format!("{officer} is recused: {reason}")));
            }
        }
        if !faults.is_empty() {
            return Err(Refusal::Fields { faults, law: law::O_07 });
        }
        self.check_ins.push(CheckIn { agency, officers, at: now, shown });
        self.state = VisitState::Started;
        self.version += 1;
        Ok(self)
    }

    /// One of the officers on site records what was found on a matter; what was recorded on it before
    /// is replaced.
    ///
    /// # Errors
    /// The officer is not on site, the matter is not the body's here, or nobody has started.
    pub fn record(mut self, result: MatterResult) -> Result<Self, Refusal> {
        let act = "recording a result";
        self.of_party(&result.agency, act, law::O_05)?;
        if self.state != VisitState::Started {
            return Err(self.wrong_state(act, law::O_05));
        }
        let here = self.check_in_of(&result.agency);
        if !here.is_some_and(|here| here.officers.contains(&result.officer)) {
            let what = format!("{} of {} has not checked in", result.officer, result.agency);
            return Err(Refusal::broken(law::O_05, what, "该执法人员未到场"));
        }
        let has = self.groups_of(&result.agency).any(|one| one.matters.contains(&result.matter));
        if !has {
            let fault = format!("is not among the matters of {} here", result.agency);
            let faults = vec![("result.matter".to_owned(), fault)];
            return Err(Refusal::Fields { faults, law: law::I_02 });
        }
        let same = |one: &MatterResult| one.agency == result.agency && one.matter == result.matter;
        match self.results.iter_mut().find(|one| same(one)) {
            Some(before) => *before = result,
            None => self.results.push(result),
        }
        self.version += 1;
        Ok(self)
    }

    /// The inspection is over: the term for its publication begins.
    ///
    /// # Errors
    /// A body that is on site has recorded nothing on one of its matters.
    pub fn finish(
        mut self,
        now: DateTime<Utc>,
        term: (u32, u8),
        calendar: &Calendar,
    ) -> Result<Self, Refusal> {
        let on_site = self.groups.iter().filter(|one| self.check_in_of(&one.agency).is_some());
        let owed: Vec<String> = on_site
            .flat_map(|group| group.matters.iter().map(|matter| (&group.agency, matter)))
            .filter(|(agency, matter)| {
                !self.results.iter().any(|one| one.agency == **agency && one.matter == **matter)
            })
            .map(|(agency, matter)| format!("{agency} {matter}"))
            .collect();
        if !owed.is_empty() {
            let what = format!("nothing is recorded on {}", owed.join(", "));
            return Err(Refusal::broken(law::O_09, what, "部分检查事项尚未记录结果"));
        }
        self.state = VisitState::Done;
        self.done_at = Some(now);
        self.publishing = Some(Publishing::new(now, term, calendar));
        Ok(self)
    }

    /// What becomes of the visit when nobody came on the day of its notice, which holds for no other (I-03):
    /// it waits for another place, or does not take place when its windows are over. `None`: that is not so.
    pub fn missed(self, today: NaiveDate) -> Option<Self> {
        let day = self.day().filter(|_| self.state == VisitState::Published)?;
        if day >= today {
            return None;
        }
        let again = self.windows.iter().any(|window| window.day > today);
        let visit = unplaced(self);
        if again {
            return Some(visit);
        }
        let cancel_reason = format!("nobody came on {day}, and its windows are over");
        Some(Self { state: VisitState::Cancelled, cancel_reason, ..visit })
    }

    /// The bodies of the visit that never came.
    pub fn missing(&self) -> Vec<AgencyCode> {
        let all = self.agencies().into_iter();
        all.filter(|agency| self.check_in_of(agency).is_none()).collect()
    }

    /// A body that was there publishes the results (O-09).
    ///
    /// # Errors
    /// It was not there, the visit is not done, or was urgent and a head has not approved it (I-03).
    pub fn publish(mut self, agency: &AgencyCode, now: DateTime<Utc>) -> Result<Self, Refusal> {
        let act = "publishing the result";
        self.of_party(agency, act, law::O_09)?;
        if self.state != VisitState::Done {
            return Err(self.wrong_state(act, law::O_09));
        }
        if self.check_in_of(agency).is_none() {
            let whose = "the bodies that were on site".to_owned();
            return Err(Refusal::NotYours { act, whose, law: law::O_09 });
        }
        let came = |one: &&AgencyCode| self.check_in_of(one).is_some();
        let owed: Vec<&str> = self.unapproved.iter().filter(came).map(AgencyCode::as_str).collect();
        if !owed.is_empty() {
            let what = format!("the head of {} has not approved the urgent visit", owed.join(", "));
            return Err(Refusal::broken(law::I_03, what, "紧急检查应当事后补办批准手续"));
        }
        self.state = VisitState::ResultPublished;
        self.published_at = Some(now);
        self.version += 1;
        Ok(self)
    }

    /// Whether the result is published after the term.
    pub fn is_late(&self) -> bool {
        let due = self.publishing.as_ref().map(|term| term.due_at);
        self.published_at.zip(due).is_some_and(|(at, due)| at >= due)
    }

    /// When the next rung of the term falls due; `None` when there is none to raise.
    pub fn next_rung_at(&self) -> Option<DateTime<Utc>> {
        let term = self.publishing.as_ref().filter(|_| self.state == VisitState::Done)?;
        match term.raised.len() {
            0 => Some(term.half_at),
            1 => Some(term.near_at),
            2 => Some(term.due_at),
            _ => None,
        }
    }

    /// Raises every rung that has fallen due by `now` and was not raised yet.
    pub fn raise(&mut self, now: DateTime<Utc>) -> Vec<Rung> {
        let mut raised = Vec::new();
        while self.next_rung_at().is_some_and(|at| at <= now) {
            let Some(term) = &mut self.publishing else { break };
            let rung = [Rung::Half, Rung::Near, Rung::Overdue][term.raised.len()];
            term.raised.push((rung, now));
            raised.push(rung);
        }
        if !raised.is_empty() {
            self.version += 1;
        }
        raised
    }

    /// Counts the term again with a new calendar; whether that changed it.
    pub fn recount(&mut self, near_percent: u8, calendar: &Calendar) -> bool {
        let Some((term, done_at)) = self.publishing.as_mut().zip(self.done_at) else {
            return false;
        };
        let mut counted = Publishing::new(done_at, (term.working_days, near_percent), calendar);
        counted.raised.clone_from(&term.raised);
        let changed = counted != *term;
        if changed {
            *term = counted;
            self.version += 1;
        }
        changed
    }
}

impl Finding {
    /// Whether it leads on to a case or a referral, which must be named.
    pub fn leads_on(self) -> bool {
        match self {
            Self::CaseOpened | Self::Referred => true,
            Self::Ok | Self::CorrectedOnSite | Self::OrderedToCorrect | Self::NotFound => false,
        }
    }
}
