//! What a journal row of this service means to those who watch: what bodies were asked, terms, counts of
//! inspections. Documented in docs/decisions/0016-marks-on-journal-rows.md.

use chrono::{DateTime, Utc};
use command::marks::{self, Case, Exchange, Kind, Marks, Rest, Term, timestamp};
use types::AgencyCode;

use crate::domain::{
    assistance::Assistance,
    law::{self, Law},
    operation::Operation,
    visit::{Publishing, Visit},
    word::{Answer, AssistanceState, OperationState, Rung},
};

/// Who takes part in an operation, as far as it stands otherwise than `before`: each body but the
/// proposer was asked, and answers.
pub(crate) fn operation(
    before: Option<&Operation>,
    operation: &Operation,
    now: DateTime<Utc>,
) -> Marks {
    Marks::new().exchanges(marks::moved(before.map(invitations), invitations(operation), now)).case(
        Case {
            procedure: "JOINT_OPERATION".to_owned(),
            state: operation.state.to_string(),
            from_agency: operation.initiator.to_string(),
            ..Case::default()
        },
    )
}

fn invitations(operation: &Operation) -> Vec<(Exchange, Option<Rest>)> {
    let (by, at) = (&operation.proposer, operation.created_at);
    let over = matches!(operation.state, OperationState::Closed | OperationState::Cancelled);
    let asked = operation.participants.iter().filter(|one| one.agency != *by);
    let invited = asked.map(|one| {
        let rest = match one.answer {
            Answer::Confirmed => Some(Rest::Acknowledged),
            Answer::Declined => Some(Rest::Refused),
            Answer::Pending => over.then_some(Rest::Withdrawn),
        };
        let id = format!("{}/{}", operation.name, one.agency);
        let sent = marks::sent(Kind::Operation, id, (by, &one.agency), at);
        (Exchange { title: "an invitation to a joint operation".to_owned(), ..sent }, rest)
    });
    invited.collect()
}

/// A request for assistance: it has arrived when the addressee accepts or answers it, and is owed
/// until it is answered.
pub(crate) fn assistance(
    before: Option<&Assistance>,
    one: &Assistance,
    now: DateTime<Utc>,
) -> Marks {
    Marks::new()
        .term(answer(one))
        .exchanges(marks::moved(before.map(request), request(one), now))
        .case(Case {
            procedure: "ASSISTANCE".to_owned(),
            state: one.state.to_string(),
            from_agency: one.requester.to_string(),
            to_agency: one.addressee.to_string(),
            ..Case::default()
        })
}

fn request(one: &Assistance) -> Vec<(Exchange, Option<Rest>)> {
    let rest = match one.state {
        AssistanceState::Requested => None,
        AssistanceState::Accepted | AssistanceState::Answered => Some(Rest::Acknowledged),
        AssistanceState::Declined => Some(Rest::Refused),
        AssistanceState::Withdrawn => Some(Rest::Withdrawn),
    };
    let ends = (&one.requester, &one.addressee);
    let sent = marks::sent(Kind::Assistance, one.name.as_str(), ends, one.created_at);
    vec![(Exchange { title: one.kind.to_string(), ..sent }, rest)]
}

fn answer(one: &Assistance) -> Term {
    let passed = is_over(&one.raised);
    let state = match one.state {
        AssistanceState::Requested | AssistanceState::Accepted if passed => "MISSED",
        AssistanceState::Requested | AssistanceState::Accepted => "RUNNING",
        AssistanceState::Answered | AssistanceState::Declined if one.late => "MISSED",
        AssistanceState::Answered | AssistanceState::Declined => "KEPT",
        AssistanceState::Withdrawn if passed => "MISSED",
        AssistanceState::Withdrawn => "LAPSED",
    };
    Term {
        holder: one.addressee.to_string(),
        owed_to: vec![one.requester.to_string()],
        duty: "answer the request for assistance".to_owned(),
        start_time: Some(timestamp(one.created_at)),
        due_time: Some(timestamp(one.due_at)),
        half_time: Some(timestamp(one.half_at)),
        near_time: Some(timestamp(one.near_at)),
        provisional: one.provisional,
        state: state.to_owned(),
        end_time: one.ended_at.map(timestamp),
        ..term(format!("{}/answer", one.name), (law::ASSISTANCE, "D"), one.working_days)
    }
}

/// The result of a visit is to be published (O-09); none before the inspection ended.
pub(crate) fn publication(visit: &Visit) -> Option<Term> {
    let (term, done_at) = visit.publishing.as_ref().zip(visit.done_at)?;
    let Publishing { due_at, half_at, near_at, .. } = *term;
    let state = match visit.published_at {
        Some(at) if at >= due_at => "MISSED",
        Some(_) => "KEPT",
        None if is_over(&term.raised) => "MISSED",
        None => "RUNNING",
    };
    // Any body that was there may publish it; the first one answers for it.
    let holder = visit.check_ins.first().map(|one| one.agency.to_string()).unwrap_or_default();
    Some(Term {
        holder,
        duty: "publish the result of the inspection".to_owned(),
        start_time: Some(timestamp(done_at)),
        due_time: Some(timestamp(due_at)),
        half_time: Some(timestamp(half_at)),
        near_time: Some(timestamp(near_at)),
        provisional: term.provisional,
        state: state.to_owned(),
        end_time: visit.published_at.map(timestamp),
        ..self::term(format!("{}/publication", visit.name), (law::O_09, "S"), term.working_days)
    })
}

/// A term of a rule, with how sure its length is: the mark of config.toml.
fn term(id: String, (law, verified): (Law, &str), working_days: u32) -> Term {
    Term {
        id,
        rule: law.rule.to_owned(),
        basis: law.basis.to_owned(),
        length: format!("{working_days} WORKING_DAY"),
        verified: verified.to_owned(),
        ..Term::default()
    }
}

fn is_over(raised: &[(Rung, DateTime<Utc>)]) -> bool {
    raised.iter().any(|(rung, _)| *rung == Rung::Overdue)
}

/// The inspection notice of a visit on its way to each of its bodies.
pub(crate) fn dispatched(visit: &Visit, office: &AgencyCode, now: DateTime<Utc>) -> Marks {
    let bodies = visit.agencies().into_iter().filter(|body| body != office);
    Marks::new()
        .exchanges(bodies.map(|body| notice(visit, (office, &body), now)))
        .value("subject", &visit.subject)
}

/// The notice of a visit that does not take place as it says, taken back from each of its bodies.
pub(crate) fn recalled(visit: &Visit, office: &AgencyCode, now: DateTime<Utc>) -> Marks {
    let bodies = visit.agencies().into_iter().filter(|body| body != office);
    let sent = visit.dispatched_at.unwrap_or(now);
    let back = bodies.map(|body| notice(visit, (office, &body), sent));
    Marks::new()
        .exchanges(back.map(|notice| marks::at_rest(notice, Rest::Withdrawn, now)))
        .value("subject", &visit.subject)
}

/// The same notice once `body` has it: it said so, or came.
pub(crate) fn received(
    visit: &Visit,
    (office, body): (&AgencyCode, &AgencyCode),
    (sent, now): (DateTime<Utc>, DateTime<Utc>),
) -> Option<Exchange> {
    let notice = notice(visit, (office, body), sent);
    (body != office).then(|| marks::at_rest(notice, Rest::Acknowledged, now))
}

fn notice(visit: &Visit, ends: (&AgencyCode, &AgencyCode), at: DateTime<Utc>) -> Exchange {
    let id = format!("{}/{}", visit.name, ends.1);
    Exchange { title: visit.notice_no.clone(), ..marks::sent(Kind::Visit, id, ends, at) }
}
