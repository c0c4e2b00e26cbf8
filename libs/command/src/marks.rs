//! What a journal row means to those who watch, in one form for every service: the terms, the
//! exchanges and the figures that supervision projects (`proto/xiezhi/journal/v1/journal.proto`).

use chrono::{DateTime, Utc};
use db::journal;
use prost::Message as _;
use proto::journal::v1::{self as pb, Value};
pub use proto::journal::v1::{Case, Exchange, Term};
use types::AgencyCode;

/// The marks of one row on their way into its column. A service says only what it knows.
#[derive(Clone, Debug, Default)]
pub struct Marks(pb::Marks);

impl Marks {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The rule of LAW.md and the article of what was done.
    #[must_use]
    pub fn under(mut self, rule: &str, basis: &str) -> Self {
        (self.0.rule, self.0.basis) = (rule.to_owned(), basis.to_owned());
        self
    }

    /// One sentence for people, without names of persons and without what officers wrote freely.
    #[must_use]
    pub fn summary(mut self, sentence: impl Into<String>) -> Self {
        self.0.summary = sentence.into();
        self
    }

    /// The case the row belongs to.
    #[must_use]
    pub fn case(mut self, case: Case) -> Self {
        self.0.case = Some(case);
        self
    }

    /// A term as it stands after the row.
    #[must_use]
    pub fn term(self, term: Term) -> Self {
        self.terms([term])
    }

    /// Terms as they stand after the row.
    #[must_use]
    pub fn terms(mut self, terms: impl IntoIterator<Item = Term>) -> Self {
        self.0.terms.extend(terms);
        self
    }

    /// An exchange as it stands after the row.
    #[must_use]
    pub fn exchange(self, exchange: Exchange) -> Self {
        self.exchanges([exchange])
    }

    /// Exchanges as they stand after the row.
    #[must_use]
    pub fn exchanges(mut self, exchanges: impl IntoIterator<Item = Exchange>) -> Self {
        self.0.exchanges.extend(exchanges);
        self
    }

    /// Bodies that see the resource of the row from it on.
    #[must_use]
    pub fn shown_to<'a>(mut self, bodies: impl IntoIterator<Item = &'a AgencyCode>) -> Self {
        self.0.shown_to.extend(bodies.into_iter().map(AgencyCode::to_string));
        self
    }

    /// Something counted; `name` is `lower_snake` and listed in docs/decisions/0016.
    #[must_use]
    pub fn value(mut self, name: &str, text: impl ToString) -> Self {
        self.0.values.push(Value { name: name.to_owned(), text: text.to_string() });
        self
    }

    /// The bytes for [`journal::Entry::marks`].
    pub fn encode(self) -> Vec<u8> {
        self.0.encode_to_vec()
    }
}

/// What is exchanged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A leg of a docket.
    Referral,
    /// A notice of case information.
    Notice,
    /// Items and their papers.
    HandOver,
    /// A question about a case.
    Consultation,
    /// An invitation to a joint meeting.
    Meeting,
    /// A dispute that asks for a position.
    Dispute,
    /// A request for assistance.
    Assistance,
    /// An invitation to a joint operation.
    Operation,
    /// An inspection notice.
    Visit,
}

impl Kind {
    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Referral => "REFERRAL",
            Self::Notice => "NOTICE",
            Self::HandOver => "HAND_OVER",
            Self::Consultation => "CONSULTATION",
            Self::Meeting => "MEETING",
            Self::Dispute => "DISPUTE",
            Self::Assistance => "ASSISTANCE",
            Self::Operation => "OPERATION",
            Self::Visit => "VISIT",
        }
    }
}

/// How an exchange came to rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rest {
    /// The receiver has it.
    Acknowledged,
    /// The receiver did not take it.
    Refused,
    /// It is not wanted any more.
    Withdrawn,
}

impl Rest {
    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Acknowledged => "ACKNOWLEDGED",
            Self::Refused => "REFUSED",
            Self::Withdrawn => "WITHDRAWN",
        }
    }
}

/// What `sender` sent to `receiver` and nobody acknowledged yet. `id` is unique in the service.
pub fn sent(
    kind: Kind,
    id: impl Into<String>,
    (sender, receiver): (&AgencyCode, &AgencyCode),
    at: DateTime<Utc>,
) -> Exchange {
    Exchange {
        id: id.into(),
        kind: kind.as_str().to_owned(),
        sender: sender.to_string(),
        receiver: receiver.to_string(),
        state: "SENT".to_owned(),
        send_time: Some(timestamp(at)),
        ..Exchange::default()
    }
}

/// The same once it has come to rest.
pub fn at_rest(exchange: Exchange, rest: Rest, at: DateTime<Utc>) -> Exchange {
    Exchange { state: rest.as_str().to_owned(), end_time: Some(timestamp(at)), ..exchange }
}

/// The terms of `after` that were not there before, or stood otherwise.
pub fn changed(before: &[Term], after: Vec<Term>) -> Vec<Term> {
    after.into_iter().filter(|term| !before.contains(term)).collect()
}

/// The exchanges that came to rest otherwise than `before`, or were not there.
pub fn moved(
    before: Option<Vec<(Exchange, Option<Rest>)>>,
    after: Vec<(Exchange, Option<Rest>)>,
    at: DateTime<Utc>,
) -> Vec<Exchange> {
    let before = before.unwrap_or_default();
    let stands = |id: &str| before.iter().find(|(one, _)| one.id == id).map(|(_, rest)| *rest);
    let moved = after.into_iter().filter(|(one, rest)| stands(&one.id) != Some(*rest));
    moved
        .map(|(one, rest)| match rest {
            None => one,
            Some(rest) => at_rest(one, rest, at),
        })
        .collect()
}

/// Adds to the first row about each resource the bodies that see it from now on.
pub fn show(entries: &mut [journal::Entry], shown: &[(AgencyCode, String)]) {
    let mut told: Vec<String> = Vec::new();
    for entry in entries {
        if told.contains(&entry.resource) {
            continue;
        }
        told.push(entry.resource.clone());
        let here = shown.iter().filter(|(_, resource)| *resource == entry.resource);
        let shown_to = here.map(|(body, _)| body.to_string()).collect();
        // Of two encodings one after the other the repeated fields are joined.
        entry.marks.extend(pb::Marks { shown_to, ..pb::Marks::default() }.encode_to_vec());
    }
}

/// The instant on the wire.
pub fn timestamp(at: DateTime<Utc>) -> prost_types::Timestamp {
    prost_types::Timestamp {
        seconds: at.timestamp(),
        nanos: i32::try_from(at.timestamp_subsec_nanos()).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> AgencyCode {
        AgencyCode::parse(text).unwrap()
    }

    fn noon() -> DateTime<Utc> {
        "2026-03-02T04:00:00Z".parse().unwrap()
    }

    fn entry(resource: &str, marks: Marks) -> journal::Entry {
        journal::Entry {
            at: noon(),
            kind: "X",
            resource: resource.into(),
            docket: String::new(),
            agency: String::new(),
            officer: String::new(),
            step: String::new(),
            payload: Vec::new(),
            request_id: String::new(),
            attestation: None,
            marks: marks.encode(),
        }
    }

    #[test]
    fn nothing_said_is_no_byte() {
        assert_eq!(Marks::new().encode(), [0_u8; 0]);
    }

    #[test]
    fn an_exchange_comes_to_rest_as_what_it_was() {
        let ends = (code("MKT"), code("PSB"));
        let open = sent(Kind::HandOver, "handOvers/1", (&ends.0, &ends.1), noon());
        assert_eq!((open.kind.as_str(), open.state.as_str()), ("HAND_OVER", "SENT"));
        assert_eq!(open.end_time, None);
        let later = noon() + chrono::TimeDelta::hours(1);
        let ended = at_rest(open.clone(), Rest::Acknowledged, later);
        let state = "ACKNOWLEDGED".to_owned();
        assert_eq!(ended, Exchange { state, end_time: Some(timestamp(later)), ..open });
    }

    #[test]
    fn only_exchanges_that_moved_are_told() {
        let ends = (code("MKT"), code("PSB"));
        let one = |id: &str| sent(Kind::Visit, id, (&ends.0, &ends.1), noon());
        let before = vec![(one("1"), None), (one("2"), None), (one("3"), Some(Rest::Refused))];
        let after = vec![(one("1"), Some(Rest::Acknowledged)), (one("2"), None), (one("3"), None)];
        let moved = moved(Some(before), after, noon());
        let told: Vec<(&str, &str)> =
            moved.iter().map(|one| (one.id.as_str(), one.state.as_str())).collect();
        assert_eq!(told, [("1", "ACKNOWLEDGED"), ("3", "SENT")]);
    }

    #[test]
    fn only_terms_that_stand_otherwise_are_told() {
        let term = |id: &str, state: &str| Term {
            id: id.to_owned(),
            state: state.to_owned(),
            ..Term::default()
        };
        let before = [term("1", "RUNNING"), term("2", "RUNNING")];
        let after = vec![term("1", "KEPT"), term("2", "RUNNING"), term("3", "RUNNING")];
        assert_eq!(changed(&before, after), [term("1", "KEPT"), term("3", "RUNNING")]);
    }

    #[test]
    fn the_first_row_about_a_resource_says_who_sees_it() {
        let marks = Marks::new().value("suggests", 2).summary("one").under("T-03", "art. 5");
        let mut entries = [
            entry("dockets/1", marks),
            entry("dockets/1", Marks::new()),
            entry("referrals/1", Marks::new()),
        ];
        let shown = [(code("MKT"), "dockets/1".into()), (code("PSB"), "dockets/1".into())];
        show(&mut entries, &shown);
        let read = pb::Marks::decode(entries[0].marks.as_slice()).unwrap();
        assert_eq!(read.shown_to, ["MKT", "PSB"]);
        assert_eq!((read.rule.as_str(), read.summary.as_str()), ("T-03", "one"));
        assert_eq!(read.values.len(), 1);
        assert!(entries[1].marks.is_empty() && entries[2].marks.is_empty());
    }
}
