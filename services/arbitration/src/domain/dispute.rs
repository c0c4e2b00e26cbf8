//! One dispute: the bodies, the matter, where on the ladder it is, and who acts meanwhile.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use types::{AgencyCode, Id};

use super::{
    acting::Span,
    forum::Forum,
    term::Term,
    word::{Actor, Kind, Manner, Stance, State},
};

/// A dispute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dispute {
    /// Its id.
    pub id: Id<Self>,
    /// Whether the bodies claim the matter or refuse it.
    pub kind: Kind,
    /// Where it is.
    pub state: State,
    /// What it is about.
    pub subject: Subject,
    /// Everything else that grows with the steps.
    pub file: File,
    /// Its terms, in the order they were opened.
    pub terms: Vec<Term>,
    /// When a decision made already takes effect: who acts then changes. `None` when nothing is pending.
    pub switch_at: Option<DateTime<Utc>>,
    /// The catalogue's revision that carries the decision; 0 until it has answered.
    pub revision: i64,
    /// What the evidence service said to the decision; empty until it was told.
    pub evidence_outcome: String,
    /// When it was opened.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// Changes with every step.
    pub version: i32,
}

/// What a dispute is about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// One sentence.
    pub title: String,
    /// Code of the matter; empty when none fits.
    pub matter: String,
    /// Region code.
    pub place: String,
    /// The enterprise or person concerned; may be empty.
    pub subject: String,
    /// YYYY-MM-DD.
    pub act_date: Option<NaiveDate>,
    /// dockets/{uuid}; may be empty.
    pub docket: String,
    /// operations/{uuid}; may be empty.
    pub operation: String,
    /// What happened.
    pub facts: String,
}

/// What is said, ordered, voted and decided in a dispute.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    /// The bodies, the applicant first.
    pub parties: Vec<AgencyCode>,
    /// The ladder.
    pub forum: Forum,
    /// Who acted when, oldest first, without gap or overlap; never empty.
    pub spans: Vec<Span>,
    /// What was said, oldest first.
    pub positions: Vec<Position>,
    /// The settlement on offer, or signed.
    pub settlement: Option<Settlement>,
    /// Joint sessions.
    pub sessions: Vec<Session>,
    /// Votes, in the order they were cast: so many as the forum has members are a round.
    pub ballots: Vec<Ballot>,
    /// Orders for the time being.
    pub interim_orders: Vec<InterimOrder>,
    /// What the coordinating body proposes.
    pub outcome: Option<Outcome>,
    /// What was decided.
    pub decision: Option<Decision>,
    /// How many things were to be told to other services so far.
    pub tellings: i32,
}

/// What a party said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are those of the contract's `Position`")]
pub struct Position {
    pub agency: AgencyCode,
    pub officer: String,
    pub stance: Stance,
    pub text: String,
    pub basis: Vec<String>,
    pub evidence: Vec<String>,
    pub at: DateTime<Utc>,
}

/// A settlement in writing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are those of the contract's `Settlement`")]
pub struct Settlement {
    pub competent: AgencyCode,
    pub text: String,
    pub effective_from: NaiveDate,
    pub sha256: String,
    pub signed_by: Vec<AgencyCode>,
    pub at: DateTime<Utc>,
}

/// A joint session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are those of the contract's `Session`")]
pub struct Session {
    pub held_on: NaiveDate,
    pub present: Vec<AgencyCode>,
    pub minutes: String,
    pub minutes_sha256: String,
    pub at: DateTime<Utc>,
}

/// A vote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are those of the contract's `Ballot`")]
pub struct Ballot {
    pub agency: AgencyCode,
    pub officer: String,
    pub competent: AgencyCode,
    pub reason: String,
    pub at: DateTime<Utc>,
}

/// An order for the time being (J-10).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are those of the contract's `InterimOrder`")]
pub struct InterimOrder {
    pub agency: AgencyCode,
    pub lead: AgencyCode,
    pub measures: Vec<String>,
    pub reason: String,
    pub at: DateTime<Utc>,
}

/// A proposed outcome, and who agrees.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// The body that is to be competent.
    pub competent: AgencyCode,
    /// Why.
    pub reason: String,
    /// From which day.
    pub effective_from: NaiveDate,
    /// The officer of the coordinating body that proposed it.
    pub officer: String,
    /// The parties that agree.
    pub agreed: Vec<AgencyCode>,
    /// The parties that do not.
    pub refused: Vec<AgencyCode>,
}

/// A decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// The body that is competent.
    pub competent: AgencyCode,
    /// Who decided.
    pub decided_by: Vec<AgencyCode>,
    /// How.
    pub manner: Manner,
    /// Why.
    pub reason: String,
    /// Articles or acts.
    pub basis: Vec<String>,
    /// Its first day.
    pub effective_from: NaiveDate,
    /// Its number; may be empty.
    pub decision_no: String,
    /// When it was made.
    pub at: DateTime<Utc>,
    /// The body that answers for it, and that body's officer: the convener, the superior, or the last
    /// party that signed.
    pub completed_by: AgencyCode,
    /// See `completed_by`.
    pub officer: String,
    /// The parties that confirmed that they have it.
    pub acknowledged_by: Vec<AgencyCode>,
}

impl Dispute {
    /// Its resource name.
    pub fn name(&self) -> String {
        format!("disputes/{}", self.id)
    }

    /// The bodies that disagree, the applicant first.
    pub fn parties(&self) -> &[AgencyCode] {
        &self.file.parties
    }

    /// Whether `by` is what a row asks for.
    pub fn is(&self, actor: Actor, by: &AgencyCode) -> bool {
        let forum = &self.file.forum;
        match actor {
            Actor::Party => self.parties().contains(by),
            Actor::Applicant => self.parties().first() == Some(by),
            Actor::Convener => forum.convener() == Some(by),
            Actor::Member => forum.here().is_some_and(|rung| rung.members.contains(by)),
            Actor::Superior => forum.superior() == Some(by),
        }
    }

    /// The newest term of a slot that still runs or is owed.
    pub fn open_term(&self, slot: &str) -> Option<&Term> {
        self.terms.iter().rev().find(|term| term.slot == slot && term.is_open())
    }

    /// The votes of the round that is under way; empty between rounds.
    pub fn round(&self) -> &[Ballot] {
        let members = self.file.forum.here().map_or(1, |rung| rung.members.len().max(1));
        let ballots = &self.file.ballots;
        ballots.get(ballots.len() - ballots.len() % members..).unwrap_or_default()
    }

    /// The dispute as it is at `now`: a decision made already takes effect on its day, whether or not
    /// the worker has been there.
    #[must_use]
    pub fn as_of(mut self, now: DateTime<Utc>) -> Self {
        super::acting::switch(&mut self, now);
        self
    }
}
