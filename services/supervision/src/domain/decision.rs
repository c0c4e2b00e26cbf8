//! An enforcement decision under the three systems (三项制度): no major one without legal review,
//! each on record, served and published in its terms, and withdrawn when it is not true any more.

pub(crate) mod term;

#[cfg(test)]
mod tests;

use chrono::{DateTime, NaiveDate, Utc};
use clock::Calendar;
use serde::{Deserialize, Serialize};
use term::Term;
use types::AgencyCode;

use super::{
    law::{self, Law},
    refusal::Refusal,
    settings::Decisions,
    word::{
        Change, DecisionKind, DecisionState, MajorGround, PublicationState, Rung, Service, TermRule,
    },
};

/// What a body says of its decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Content {
    pub decision_no: String,
    pub kind: DecisionKind,
    pub matter: String,
    pub place: String,
    pub docket: String,
    pub case_no: String,
    pub filed_on: Option<NaiveDate>,
    pub decided_on: NaiveDate,
    pub case_officer: String,
    pub major_grounds: Vec<MajorGround>,
    pub hearing_held: bool,
    pub legal_review: Option<LegalReview>,
    pub complex_or_major: bool,
    pub collective_discussion: Option<CollectiveDiscussion>,
    pub discretion: Option<Discretion>,
    pub records: Records,
}

/// 法制审核.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LegalReview {
    pub reviewer: String,
    pub qualified: bool,
    pub first_time: bool,
    pub passed: bool,
    pub reviewed_on: NaiveDate,
}

/// 集体讨论.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CollectiveDiscussion {
    pub held_on: NaiveDate,
    pub participants: i32,
    pub minutes_digest: String,
}

/// 裁量基准, as it was applied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Discretion {
    pub benchmark: String,
    pub reasons: String,
}

/// Digests of the records of the whole process; empty where there is none yet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Records {
    pub start: String,
    pub evidence: String,
    pub review: String,
    pub decision: String,
    pub service: String,
    pub execution: String,
}

/// How the public knows of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Publication {
    pub published_on: Option<NaiveDate>,
    pub place: String,
    pub digest: String,
    pub late: bool,
    pub change: Option<Change>,
    pub changed_on: Option<NaiveDate>,
    pub change_reason: String,
    pub withdrawn_on: Option<NaiveDate>,
    pub explanation: String,
}

/// A decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Decision {
    /// `decisions/{uuid}`.
    pub name: String,
    /// Who decided.
    pub agency: AgencyCode,
    /// What it says of it.
    pub content: Content,
    /// Where it stands.
    pub state: DecisionState,
    /// Whether the public knows.
    pub publication_state: PublicationState,
    /// How; empty until it does.
    pub publication: Publication,
    /// When and how it was served.
    pub served: Option<(NaiveDate, Service)>,
    /// Its terms, in the order they were opened.
    pub terms: Vec<Term>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    /// Counts what its body did, from 1: the etag. A rung that is raised makes nobody's etag stale.
    pub deeds: i32,
    /// Counts the changes, from 1.
    pub version: i32,
}

/// By what terms are counted: the calendar, the settings, and where ids are from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Counter<'a> {
    pub calendar: &'a Calendar,
    pub settings: &'a Decisions,
}

/// What an act of a body is: on which day it was done, and when it was told.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Done {
    pub on: NaiveDate,
    pub now: DateTime<Utc>,
}

impl Content {
    /// Why it must be reviewed before: what the body says, and a hearing, if the settings say so.
    pub(crate) fn is_major(&self, settings: &Decisions) -> bool {
        !self.major_grounds.is_empty() || (self.hearing_held && settings.hearing_is_major)
    }

    /// Whether it may be decided so.
    ///
    /// # Errors
    /// The first rule it breaks: S-05, S-06, S-03, S-10.
    pub(crate) fn check(&self, settings: &Decisions) -> Result<(), Refusal> {
        if self.is_major(settings) {
            self.reviewed()?;
        }
        if self.complex_or_major {
            self.discussed()?;
        }
        let records = &self.records;
        let needed = [
            ("start", &records.start, true),
            ("evidence", &records.evidence, true),
            ("review", &records.review, self.is_major(settings)),
            ("decision", &records.decision, true),
        ];
        // Art. 47 is about penalties; of other decisions the records are asked for at the end.
        let missing = needed.into_iter().filter(|(_, digest, needed)| *needed && digest.is_empty());
        let faults: Vec<(String, String)> = missing
            .map(|(name, ..)| (format!("content.process_record.{name}"), "is missing".to_owned()))
            .collect();
        if self.kind == DecisionKind::Penalty && !faults.is_empty() {
            return Err(Refusal::Fields { faults, law: law::S_03 });
        }
        match &self.discretion {
            Some(cited) if cited.benchmark.split('/').next() != Some(&*self.matter) => {
                Err(Refusal::broken(
                    law::S_10,
                    "the benchmark is one of another matter",
                    "所引裁量基准不属于本案事项",
                ))
            }
            Some(_) | None => Ok(()),
        }
    }

    fn reviewed(&self) -> Result<(), Refusal> {
        let broken = |what: &str, zh| Err(Refusal::broken(law::S_05, what, zh));
        let Some(review) = &self.legal_review else {
            return broken(
                "a major decision is not made before legal review",
                "重大执法决定未经法制审核，不得作出",
            );
        };
        if !review.passed {
            return broken("the legal review was not passed", "法制审核未通过，不得作出决定");
        }
        if review.reviewer == self.case_officer {
            return broken(
                "the officer of the case cannot be its legal reviewer (D)",
                "法制审核人员不得为本案承办人员",
            );
        }
        if review.first_time && !review.qualified {
            return broken(
                "a first-time reviewer must hold the legal profession qualification",
                "初次从事法制审核的人员应当取得法律职业资格",
            );
        }
        if review.reviewed_on > self.decided_on {
            return broken(
                "the legal review came after the decision",
                "法制审核应当在决定作出之前",
            );
        }
        Ok(())
    }

    fn discussed(&self) -> Result<(), Refusal> {
        match &self.collective_discussion {
            None => Err(Refusal::broken(
                law::S_06,
                "a complex or major violation is decided by the heads together",
                "情节复杂或者重大违法行为应当由负责人集体讨论决定",
            )),
            Some(held) if held.held_on > self.decided_on => Err(Refusal::broken(
                law::S_06,
                "the collective discussion came after the decision",
                "集体讨论应当在决定作出之前",
            )),
            Some(_) => Ok(()),
        }
    }
}

impl Decision {
    /// A decision that was made. `ids` are the UUIDs of its terms.
    ///
    /// # Errors
    /// A rule that the decision breaks.
    pub(crate) fn record(
        (name, agency): (String, AgencyCode),
        content: Content,
        now: DateTime<Utc>,
        by: Counter<'_>,
        mut ids: impl FnMut() -> String,
    ) -> Result<Self, Refusal> {
        content.check(by.settings)?;
        let mut open = |rule: TermRule, from| {
            let length = rule.length(content.kind, by.settings);
            Term::new(ids(), rule, length, from, (by.calendar, by.settings.near_percent))
        };
        let mut terms = Vec::new();
        if let Some(filed_on) = content.filed_on.filter(|_| content.kind == DecisionKind::Penalty) {
            let mut term = open(TermRule::Decide, filed_on);
            term.end(content.decided_on, now);
            terms.push(term);
        }
        terms.push(open(TermRule::Serve, content.decided_on));
        terms.push(open(TermRule::Publish, content.decided_on));
        Ok(Self {
            name,
            agency,
            content,
            state: DecisionState::Recorded,
            publication_state: PublicationState::NotPublished,
            publication: Publication::default(),
            served: None,
            terms,
            created_at: now,
            updated_at: now,
            deeds: 1,
            version: 1,
        })
    }

    /// It was served.
    pub(crate) fn serve(
        mut self,
        done: Done,
        by: Service,
        record: String,
    ) -> Result<Self, Refusal> {
        must(
            self.state == DecisionState::Recorded,
            "ServeDecision",
            self.state.as_str(),
            law::S_09,
        )?;
        not_before(done, self.content.decided_on, "served_on", law::S_09)?;
        self.served = Some((done.on, by));
        self.content.records.service = record;
        self.state = DecisionState::Served;
        self.end(TermRule::Serve, done);
        Ok(self.changed(done.now))
    }

    /// It was published.
    pub(crate) fn publish(
        mut self,
        done: Done,
        place: String,
        digest: String,
    ) -> Result<Self, Refusal> {
        let ok = self.publication_state == PublicationState::NotPublished;
        must(ok, "PublishDecision", self.publication_state.as_str(), law::S_01)?;
        not_before(done, self.content.decided_on, "published_on", law::S_01)?;
        self.end(TermRule::Publish, done);
        let late = self.terms.iter().any(|t| t.rule == TermRule::Publish && t.kept == Some(false));
        let published_on = Some(done.on);
        self.publication =
            Publication { published_on, place, digest, late, ..Publication::default() };
        self.publication_state = PublicationState::Published;
        Ok(self.changed(done.now))
    }

    /// What was published is not true any more: it must be withdrawn. `id` is that of the term.
    pub(crate) fn change(
        mut self,
        done: Done,
        (change, reason): (Change, String),
        by: Counter<'_>,
        id: String,
    ) -> Result<Self, Refusal> {
        let ok = self.publication_state == PublicationState::Published;
        must(ok, "ChangePublication", self.publication_state.as_str(), law::S_02)?;
        not_before(done, self.content.decided_on, "changed_on", law::S_02)?;
        let length = TermRule::Withdraw.length(self.content.kind, by.settings);
        let near = by.settings.near_percent;
        self.terms.push(Term::new(id, TermRule::Withdraw, length, done.on, (by.calendar, near)));
        self.publication.change = Some(change);
        self.publication.changed_on = Some(done.on);
        self.publication.change_reason = reason;
        self.publication_state = PublicationState::Changed;
        Ok(self.changed(done.now))
    }

    /// It was withdrawn, and explained.
    pub(crate) fn withdraw(mut self, done: Done, explanation: String) -> Result<Self, Refusal> {
        let ok = self.publication_state == PublicationState::Changed;
        must(ok, "WithdrawPublication", self.publication_state.as_str(), law::S_02)?;
        let changed_on = self.publication.changed_on.unwrap_or(self.content.decided_on);
        not_before(done, changed_on, "withdrawn_on", law::S_02)?;
        self.end(TermRule::Withdraw, done);
        self.publication.withdrawn_on = Some(done.on);
        self.publication.explanation = explanation;
        self.publication_state = PublicationState::Withdrawn;
        Ok(self.changed(done.now))
    }

    /// It was carried out, and everything is on record.
    pub(crate) fn close(mut self, execution: String, now: DateTime<Utc>) -> Result<Self, Refusal> {
        must(self.state == DecisionState::Served, "CloseDecision", self.state.as_str(), law::S_03)?;
        self.content.records.execution = execution;
        let records = &self.content.records;
        let needed = [
            ("start", &records.start),
            ("evidence", &records.evidence),
            ("decision", &records.decision),
            ("service", &records.service),
            ("execution", &records.execution),
        ];
        let missing: Vec<&str> = needed
            .into_iter()
            .filter(|(_, digest)| digest.is_empty())
            .map(|(name, _)| name)
            .collect();
        if !missing.is_empty() {
            let what = format!("the process is not on record: {} is missing", missing.join(", "));
            return Err(Refusal::broken(law::S_03, what, "执法全过程记录不全，不得结案"));
        }
        self.state = DecisionState::Closed;
        Ok(self.changed(now))
    }

    /// Raises the rungs that have fallen due: the terms and their rungs.
    pub(crate) fn raise(&mut self, now: DateTime<Utc>) -> Vec<(Term, Rung)> {
        let mut all = Vec::new();
        for term in &mut self.terms {
            let raised = term.raise(now);
            all.extend(raised.into_iter().map(|rung| (term.clone(), rung)));
        }
        if !all.is_empty() {
            self.version += 1;
        }
        all
    }

    /// Counts open provisional terms again. Whether anything changed.
    pub(crate) fn recount(&mut self, by: Counter<'_>) -> bool {
        let before = self.terms.clone();
        for term in self.terms.iter_mut().filter(|term| term.is_open() && term.provisional) {
            term.count(by.calendar, by.settings.near_percent);
        }
        let changed = before != self.terms;
        self.version += i32::from(changed);
        changed
    }

    /// When the next rung falls due.
    pub(crate) fn next_rung_at(&self) -> Option<DateTime<Utc>> {
        self.terms.iter().filter_map(Term::next_rung_at).min()
    }

    /// When the first open term is over.
    pub(crate) fn due_at(&self) -> Option<DateTime<Utc>> {
        self.terms.iter().filter(|term| term.is_open()).map(|term| term.due_at).min()
    }

    /// Whether an open term will be counted again.
    pub(crate) fn is_provisional(&self) -> bool {
        self.terms.iter().any(|term| term.is_open() && term.provisional)
    }

    fn end(&mut self, rule: TermRule, done: Done) {
        for term in self.terms.iter_mut().filter(|term| term.rule == rule && term.is_open()) {
            term.end(done.on, done.now);
        }
    }

    fn changed(mut self, now: DateTime<Utc>) -> Self {
        self.updated_at = now;
        self.deeds += 1;
        self.version += 1;
        self
    }
}

fn must(ok: bool, act: &'static str, state: &'static str, law: Law) -> Result<(), Refusal> {
    if ok { Ok(()) } else { Err(Refusal::WrongState { act, state, law }) }
}

fn not_before(done: Done, day: NaiveDate, field: &str, law: Law) -> Result<(), Refusal> {
    if done.on >= day {
        return Ok(());
    }
    let faults = vec![(field.to_owned(), format!("is before {day}"))];
    Err(Refusal::Fields { faults, law })
}
