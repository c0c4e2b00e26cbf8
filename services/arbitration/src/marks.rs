//! What a journal row of this service means to those who watch: terms, who has been told, the case.
//! Documented in docs/decisions/0016-marks-on-journal-rows.md.

use chrono::{DateTime, Utc};
use command::marks::{self, Case, Exchange, Kind, Marks, Rest, timestamp};
use proto::arbitration::v1 as pb;
use types::AgencyCode;

use crate::domain::{dispute::Dispute, term::Term, word::State};

/// The rule and the case of an event, and what it says of them without the words of officers.
pub(crate) fn told(event: &pb::Event, dispute: &Dispute, summary: &str) -> Marks {
    let parties = dispute.parties();
    let code = |at: usize| parties.get(at).map(ToString::to_string).unwrap_or_default();
    Marks::new().under(&event.rule, &event.basis).summary(summary).case(Case {
        matter: dispute.subject.matter.clone(),
        place: dispute.subject.place.clone(),
        procedure: "DISPUTE".to_owned(),
        state: dispute.state.to_string(),
        from_agency: code(0),
        to_agency: code(1),
        ..Case::default()
    })
}

/// A term of a dispute as it stands.
pub(crate) fn term(dispute: &Dispute, term: &Term) -> marks::Term {
    let law = term.rule().map(|rule| rule.law);
    let others = dispute.parties().iter().filter(|body| **body != term.holder);
    marks::Term {
        id: term.id.uuid().to_string(),
        rule: law.map_or(String::new(), |law| law.rule.to_owned()),
        basis: law.map_or(String::new(), |law| law.basis.to_owned()),
        duty: term.duty().0.to_owned(),
        holder: term.holder.to_string(),
        owed_to: others.map(AgencyCode::to_string).collect(),
        length: term.counting.length.to_string(),
        start_time: Some(timestamp(term.started_at)),
        due_time: Some(timestamp(term.due_at)),
        half_time: Some(timestamp(term.half_at)),
        near_time: Some(timestamp(term.near_at)),
        provisional: term.provisional,
        state: term.state.to_string(),
        end_time: term.ended_at.map(timestamp),
        verified: law.map_or(String::new(), |law| law.mark.to_string()),
        service_target: false,
    }
}

/// Every term of a dispute as it stands.
pub(crate) fn terms(dispute: &Dispute) -> Vec<marks::Term> {
    dispute.terms.iter().map(|one| term(dispute, one)).collect()
}

/// What the parties were sent and now stands otherwise than `before`: the dispute itself, which each
/// has when it first says something, and the decision, which each confirms.
pub(crate) fn exchanges(
    before: Option<&Dispute>,
    dispute: &Dispute,
    now: DateTime<Utc>,
) -> Vec<Exchange> {
    marks::moved(before.map(all), all(dispute), now)
}

/// Everything the parties were sent, as when it was sent, and how it came to rest.
fn all(dispute: &Dispute) -> Vec<(Exchange, Option<Rest>)> {
    let Some((applicant, others)) = dispute.parties().split_first() else { return Vec::new() };
    let name = dispute.name();
    let over = dispute.state.is_final() && dispute.state != State::Settled;
    let opened = others.iter().map(|party| {
        let rest = if has_answered(dispute, party) || dispute.state == State::Settled {
            Some(Rest::Acknowledged)
        } else {
            over.then_some(Rest::Withdrawn)
        };
        let id = format!("{name}/{party}");
        let sent = marks::sent(Kind::Dispute, id, (applicant, party), dispute.created_at);
        (Exchange { title: "a dispute over competence".to_owned(), ..sent }, rest)
    });
    let decided = dispute.file.decision.iter().flat_map(|decision| {
        // A settlement is known to all who signed it.
        let told = dispute.parties().iter().filter(|_| dispute.state == State::Decided);
        told.map(|party| {
            let rest = decision.acknowledged_by.contains(party).then_some(Rest::Acknowledged);
            let (id, by) = (format!("{name}/decision/{party}"), &decision.completed_by);
            let sent = marks::sent(Kind::Dispute, id, (by, party), decision.at);
            (Exchange { title: "a decision on competence".to_owned(), ..sent }, rest)
        })
    });
    opened.chain(decided).collect()
}

/// Whether a party has said anything that shows that it knows of the dispute.
fn has_answered(dispute: &Dispute, party: &AgencyCode) -> bool {
    let file = &dispute.file;
    let offered = file.settlement.as_ref().is_some_and(|one| one.signed_by.contains(party));
    let outcome = file.outcome.as_ref();
    let answered =
        outcome.is_some_and(|one| one.agreed.contains(party) || one.refused.contains(party));
    file.positions.iter().any(|position| position.agency == *party) || offered || answered
}

/// How a dispute ended, where it ended with this row.
pub(crate) fn ended(marks: Marks, before: &Dispute, after: &Dispute) -> Marks {
    if before.state == after.state || !after.state.is_final() {
        return marks;
    }
    let marks = marks.value("outcome", after.state);
    match &after.file.decision {
        None => marks,
        Some(decision) => {
            marks.value("competent", &decision.competent).value("manner", decision.manner)
        }
    }
}
