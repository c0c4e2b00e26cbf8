//! What a journal row tells those who watch: who did what to what, and its marks.

use chrono::{DateTime, Utc};

/// A row without its payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Told {
    /// The number of its leaf; 0 until it has one.
    pub leaf: u64,
    /// Whose journal.
    pub service: String,
    /// Which row of it.
    pub row_id: i64,
    /// When it happened, by the clock of the law.
    pub at: DateTime<Utc>,
    /// What happened, e.g. `referral.step_taken.v1`.
    pub kind: String,
    /// The resource it happened to.
    pub resource: String,
    /// `dockets/{uuid}`; empty when there is none.
    pub docket: String,
    /// Code of the body that did it; empty when a clock did.
    pub agency: String,
    /// Certificate number of the officer; empty when there is none.
    pub officer: String,
    /// The step of the procedure; empty when there is none.
    pub step: String,
    /// The id of the call; empty when no call caused it.
    pub request_id: String,
    /// What it means; empty when it means nothing to those who watch.
    pub marks: Marks,
}

/// What a row means to those who watch over many services (`xiezhi.journal.v1.Marks`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Marks {
    /// Terms as they stand after the row.
    pub terms: Vec<Term>,
    /// Exchanges as they stand after the row.
    pub exchanges: Vec<Exchange>,
    /// The case.
    pub case: Case,
    /// Codes of the bodies that may see the resource from this row on.
    pub shown_to: Vec<String>,
    /// Rule of LAW.md of what was done.
    pub rule: String,
    /// Its article.
    pub basis: String,
    /// One sentence for people.
    pub summary: String,
    /// What is counted beside the row itself: name and text.
    pub values: Vec<(String, String)>,
}

impl Marks {
    /// The texts of a value, in the order of the row.
    pub(crate) fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.values.iter().filter(move |(known, _)| known == name).map(|(_, text)| text.as_str())
    }
}

/// Where a term stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TermState {
    Running,
    Suspended,
    Kept,
    Missed,
    Lapsed,
}

impl TermState {
    const ALL: [Self; 5] = [Self::Running, Self::Suspended, Self::Kept, Self::Missed, Self::Lapsed];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Running => "RUNNING",
            Self::Suspended => "SUSPENDED",
            Self::Kept => "KEPT",
            Self::Missed => "MISSED",
            Self::Lapsed => "LAPSED",
        }
    }

    pub(crate) fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

/// A statutory term or service target, as it stands after a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Term {
    /// Unique in the service.
    pub id: String,
    /// Rule of LAW.md.
    pub rule: String,
    /// Its article.
    pub basis: String,
    /// What must be done.
    pub duty: String,
    /// The body that must.
    pub holder: String,
    /// The bodies that wait for it.
    pub owed_to: Vec<String>,
    /// e.g. `3 DAY`.
    pub length: String,
    /// From when it runs.
    pub start_at: DateTime<Utc>,
    /// When it is due.
    pub due_at: DateTime<Utc>,
    /// When half of it is gone; none when that is no rung of it.
    pub half_at: Option<DateTime<Utc>>,
    /// When it is nearly due; none when that is no rung of it.
    pub near_at: Option<DateTime<Utc>>,
    /// Whether the due date lies outside the calendar.
    pub provisional: bool,
    /// Where it stands.
    pub state: TermState,
    /// When nothing was owed any more.
    pub end_at: Option<DateTime<Utc>>,
    /// V, S, M or D: how sure the rule is.
    pub verified: String,
    /// A service target, not a legal deadline.
    pub service_target: bool,
}

/// Where an exchange stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ExchangeState {
    Sent,
    Acknowledged,
    Refused,
    Withdrawn,
}

impl ExchangeState {
    const ALL: [Self; 4] = [Self::Sent, Self::Acknowledged, Self::Refused, Self::Withdrawn];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Sent => "SENT",
            Self::Acknowledged => "ACKNOWLEDGED",
            Self::Refused => "REFUSED",
            Self::Withdrawn => "WITHDRAWN",
        }
    }

    pub(crate) fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

/// Something that one body sends and another must receive, as it stands after a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Exchange {
    /// Unique in the service.
    pub id: String,
    /// REFERRAL, NOTICE, `HAND_OVER` and so on.
    pub kind: String,
    /// The body that sent it.
    pub sender: String,
    /// The body that must receive it.
    pub receiver: String,
    /// Where it stands.
    pub state: ExchangeState,
    /// When it was sent.
    pub send_at: DateTime<Utc>,
    /// When it came to rest.
    pub end_at: Option<DateTime<Utc>>,
    /// SHA-256 of what was sent, in hexadecimal; empty when there is no one paper.
    pub digest: String,
    /// What was sent, in a few words.
    pub title: String,
}

/// The case of a row; what its service does not know is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Case {
    /// Enforcement matter.
    pub matter: String,
    /// Region code where the act took place.
    pub place: String,
    /// The sector.
    pub sector: String,
    /// The procedure.
    pub procedure: String,
    /// Its state after the row.
    pub state: String,
    /// The body it comes from.
    pub from_agency: String,
    /// The body it goes to.
    pub to_agency: String,
}
