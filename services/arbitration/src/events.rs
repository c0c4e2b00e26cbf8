//! What happened, as a journal row and as the message timelines show.

use chrono::{DateTime, Utc};
use command::marks::Marks;
use db::journal;
use prost::Message as _;
use proto::arbitration::v1 as pb;

use crate::{
    domain::{
        act::Act,
        dispute::Dispute,
        engine::Outcome,
        telling::Telling,
        term::Term,
        word::{StepKind, Warning},
    },
    error::Error,
    marks,
    message::{self, timestamp},
};

/// Who did something, and through whom; nobody when a clock did.
#[derive(Clone, Debug, Default)]
pub(crate) struct Doer {
    pub agency: String,
    pub officer: String,
}

/// A dispute was opened.
pub(crate) fn opened(dispute: &Dispute, doer: &Doer) -> journal::Entry {
    let others: Vec<&str> = dispute.parties().iter().skip(1).map(|code| code.as_str()).collect();
    let span = dispute.file.spans.last();
    let acts = span.map_or("", |span| span.reason.as_str());
    let event = pb::Event {
        to_state: dispute.state.to_string(),
        rule: span.map_or(String::new(), |span| span.rule.clone()),
        summary: format!("{} opened a dispute with {}: {acts}", doer.agency, others.join(", ")),
        ..event("OPENED", doer)
    };
    let summary = format!("{} opened a dispute with {}", doer.agency, others.join(", "));
    let marks = marks::told(&event, dispute, &summary)
        .terms(marks::terms(dispute))
        .exchanges(marks::exchanges(None, dispute, dispute.created_at));
    entry("arbitration.dispute_opened.v1", (event, marks), dispute, dispute.created_at, true)
}

/// A step was taken.
pub(crate) fn stepped(
    before: &Dispute,
    outcome: &Outcome,
    act: &Act,
    doer: &Doer,
) -> journal::Entry {
    let (after, law) = (&outcome.dispute, outcome.row.law);
    let taken = format!("{} took {}: {} -> {}", act.by, act.step, before.state, after.state);
    let event = pb::Event {
        step: act.step.to_string(),
        from_state: before.state.to_string(),
        to_state: after.state.to_string(),
        rule: law.rule.to_owned(),
        basis: law.basis.to_owned(),
        summary: summary(&taken, before, after, act),
        ..event("STEP_TAKEN", doer)
    };
    let terms = command::marks::changed(&marks::terms(before), marks::terms(after));
    let marks = marks::told(&event, after, &taken).terms(terms).exchanges(marks::exchanges(
        Some(before),
        after,
        act.now,
    ));
    let marks = marks::ended(marks, before, after);
    entry("arbitration.step_taken.v1", (event, marks), after, act.now, true)
}

fn summary(taken: &str, before: &Dispute, after: &Dispute, act: &Act) -> String {
    let mut text = taken.to_owned();
    let reason = &act.said.reason;
    // Reasons that are nowhere else, or only until the next proposal.
    let kept = matches!(
        act.step,
        StepKind::Reject
            | StepKind::Withdraw
            | StepKind::Escalate
            | StepKind::ProposeOutcome
            | StepKind::AnswerOutcome
    );
    if kept && !reason.is_empty() {
        text.push_str(&format!("; {reason}"));
    }
    if act.step == StepKind::AnswerOutcome {
        text.push_str(if act.said.agrees { " (agrees)" } else { " (refuses)" });
    }
    if act.step == StepKind::Apply {
        text.push_str(&format!("; {}", act.said.text));
    }
    if let (Some(decision), None) = (&after.file.decision, &before.file.decision) {
        let from = decision.effective_from;
        text.push_str(&format!("; {} is competent from {from}", decision.competent));
    }
    if before.acting() != after.acting()
        && let Some(span) = after.file.spans.last()
    {
        text.push_str(&format!("; {} acts: {}", span.agency, span.reason));
    }
    text
}

/// A term raised a rung.
pub(crate) fn rung(
    dispute: &Dispute,
    term: &Term,
    warning: Warning,
    now: DateTime<Utc>,
) -> journal::Entry {
    let (duty, then) = term.duty();
    let then = if warning == Warning::Overdue { format!("; {then}") } else { String::new() };
    let law = term.rule().map(|rule| rule.law);
    let event = pb::Event {
        step: warning.to_string(),
        to_state: dispute.state.to_string(),
        rule: law.map_or(String::new(), |law| law.rule.to_owned()),
        basis: law.map_or(String::new(), |law| law.basis.to_owned()),
        summary: format!(
            "{warning}: {} must {duty} by {}{then}",
            term.holder,
            clock::legal_time(term.due_at)
        ),
        ..event("TERM_RUNG", &Doer::default())
    };
    let marks = marks::told(&event, dispute, &event.summary).term(marks::term(dispute, term));
    entry("arbitration.term_rung.v1", (event, marks), dispute, now, false)
}

/// A provisional term was counted again with a new calendar.
pub(crate) fn recounted(dispute: &Dispute, term: &Term, now: DateTime<Utc>) -> journal::Entry {
    let law = term.rule().map(|rule| rule.law);
    let event = pb::Event {
        to_state: dispute.state.to_string(),
        rule: law.map_or(String::new(), |law| law.rule.to_owned()),
        summary: format!("{} is now due at {}", term.slot, clock::legal_time(term.due_at)),
        ..event("TERM_RECOUNTED", &Doer::default())
    };
    let marks = marks::told(&event, dispute, &event.summary).term(marks::term(dispute, term));
    entry("arbitration.term_recounted.v1", (event, marks), dispute, now, false)
}

/// The first day of a decision has come: another body acts.
pub(crate) fn switched(dispute: &Dispute, now: DateTime<Utc>) -> journal::Entry {
    let span = dispute.file.spans.last();
    let event = pb::Event {
        to_state: dispute.state.to_string(),
        rule: span.map_or(String::new(), |span| span.rule.clone()),
        summary: span
            .map_or(String::new(), |span| format!("{} acts: {}", span.agency, span.reason)),
        ..event("ACTING_CHANGED", &Doer::default())
    };
    let marks = marks::told(&event, dispute, &event.summary);
    entry("arbitration.acting_changed.v1", (event, marks), dispute, now, true)
}

/// Another service was told, and this is what it said.
pub(crate) fn told(
    dispute: &Dispute,
    telling: &Telling,
    outcome: &str,
    now: DateTime<Utc>,
) -> journal::Entry {
    let event = pb::Event {
        step: telling.told().to_string(),
        to_state: dispute.state.to_string(),
        summary: format!("{} was told: {outcome}", telling.told()),
        ..event("TOLD", &Doer::default())
    };
    let marks = marks::told(&event, dispute, &format!("{} was told", telling.told()));
    entry("arbitration.told.v1", (event, marks), dispute, now, true)
}

/// The message of a journal row, without the dispute after it.
pub(crate) fn read(row: &journal::Row) -> Result<pb::Event, Error> {
    let event =
        pb::Event::decode(row.payload.as_slice()).map_err(|_| Error::Corrupt("journal.payload"))?;
    Ok(pb::Event {
        time: Some(timestamp(row.at)),
        dispute: row.resource.clone(),
        dispute_after: None,
        ..event
    })
}

fn event(kind: &str, doer: &Doer) -> pb::Event {
    pb::Event {
        kind: kind.to_owned(),
        agency: doer.agency.clone(),
        officer: doer.officer.clone(),
        ..pb::Event::default()
    }
}

fn entry(
    kind: &'static str,
    (event, marks): (pb::Event, Marks),
    dispute: &Dispute,
    at: DateTime<Utc>,
    whole: bool,
) -> journal::Entry {
    let event = pb::Event {
        time: Some(timestamp(at)),
        dispute: dispute.name(),
        dispute_after: whole.then(|| message::dispute(dispute)),
        ..event
    };
    journal::Entry {
        at,
        kind,
        resource: dispute.name(),
        docket: dispute.subject.docket.clone(),
        agency: event.agency.clone(),
        officer: event.officer.clone(),
        step: event.step.clone(),
        payload: event.encode_to_vec(),
        request_id: String::new(),
        attestation: None,
        marks: marks.encode(),
    }
}
