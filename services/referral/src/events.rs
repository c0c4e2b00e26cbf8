//! What happened, as a journal row and as the message watchers get.

pub(crate) mod linkage;

use chrono::{DateTime, Utc};
use command::marks::Marks;
pub(crate) use command::marks::timestamp;
use db::journal;
use prost::Message as _;
use proto::referral::v1 as pb;
use types::AgencyCode;

use crate::{
    domain::{
        act::Act,
        dispute::{Change, Dispute},
        engine::Outcome,
        leg::{Competence, Docket, Leg},
        term::Term,
        word::Rung,
    },
    error::Error,
    marks, store,
};

/// Who did something, and through whom; nobody when a clock did.
#[derive(Clone, Debug, Default)]
pub(crate) struct Doer {
    pub agency: String,
    pub officer: String,
}

impl Doer {
    pub(crate) fn new(agency: &AgencyCode, officer: &str) -> Self {
        Self { agency: agency.as_str().to_owned(), officer: officer.to_owned() }
    }
}

/// A docket was opened, or closed.
pub(crate) fn docket(kind: &'static str, docket: &Docket, doer: &Doer) -> journal::Entry {
    let (told, summary) = match &docket.close_reason {
        None => {
            let (told, by) = (format!("{} opened the docket", doer.agency), competent(docket));
            (format!("{told}{by}"), format!("{told} {}{by}", docket.title))
        }
        Some(reason) => {
            let told = format!("{} closed the docket", doer.agency);
            (told.clone(), format!("{told}: {reason}"))
        }
    };
    let event = pb::Event { summary, ..event(kind, doer) };
    let (name, marks) = (store::docket_name(docket.id), marks::docket(docket, &told));
    entry((event, marks), kind, (&name, &name), docket.created_at)
}

/// Who is competent, as the catalogue said when the docket was opened.
fn competent(docket: &Docket) -> String {
    match &docket.competence {
        None => String::new(),
        Some(Competence { revision, competent: Some(body), .. }) => {
            format!("; by revision {revision} of the catalogue {body} is competent")
        }
        Some(Competence { revision, .. }) => {
            format!("; by revision {revision} of the catalogue no one body is competent")
        }
    }
}

/// A dispute over a docket was opened or has ended, or another body acts meanwhile.
pub(crate) fn disputed(
    docket: &str,
    dispute: &Dispute,
    change: Change,
    now: DateTime<Utc>,
) -> journal::Entry {
    let (name, acting) = (&dispute.name, &dispute.acting);
    let parties = dispute.parties.iter().map(AgencyCode::as_str).collect::<Vec<_>>().join(", ");
    let (kind, summary) = match change {
        Change::Opened => (
            "DISPUTE_OPENED",
            format!(
                "{name} between {parties} is open: {acting} acts meanwhile, every term runs, and \
                 none of them passes the case on"
            ),
        ),
        Change::Acting => ("DISPUTE_ACTING", format!("in {name} {acting} acts from now on")),
        Change::Ended => {
            ("DISPUTE_ENDED", format!("{name} has ended: {acting} is found competent"))
        }
        Change::Dropped => {
            ("DISPUTE_ENDED", format!("{name} has ended: nobody was found competent"))
        }
    };
    let event = pb::Event {
        rule: "J-05".to_owned(),
        basis: "seed section 9".to_owned(),
        summary,
        ..event(kind, &Doer::default())
    };
    let marks = marks::told(&event);
    entry((event, marks), kind, (docket, docket), now)
}

/// A leg was opened.
pub(crate) fn opened(leg: &Leg, doer: &Doer, papers: &[(String, String)]) -> journal::Entry {
    let kind = "REFERRAL_OPENED";
    let law = leg.table().start(leg.ground).law;
    let about = leg.respondent.as_ref().map_or(String::new(), |body| format!(" about {body}"));
    let event = pb::Event {
        to_state: leg.state.to_string(),
        rule: law.rule.to_owned(),
        basis: law.basis.to_owned(),
        documents: digests(papers),
        summary: format!("{} opened {} to {}{about}", leg.from, leg.procedure, leg.to),
        ..event(kind, doer)
    };
    let marks = marks::told(&event)
        .terms(leg.terms.iter().map(|term| marks::term(leg, term)))
        .exchanges(marks::exchange(None, leg, &leg.from, papers, leg.created_at));
    on_leg((event, marks), kind, leg, leg.created_at)
}

/// A step was taken.
pub(crate) fn stepped(
    before: &Leg,
    outcome: &Outcome,
    act: &Act,
    doer: &Doer,
    papers: &[(String, String)],
) -> journal::Entry {
    let (kind, leg, law) = ("STEP_TAKEN", &outcome.leg, outcome.row.law);
    let step = act.step;
    let by = if act.said.hand_over.is_empty() { "" } else { " by " };
    let event = pb::Event {
        step: step.to_string(),
        from_state: before.state.to_string(),
        to_state: leg.state.to_string(),
        rule: law.rule.to_owned(),
        basis: law.basis.to_owned(),
        documents: digests(papers),
        summary: format!(
            "{} took {step}{by}{}: {} -> {}",
            doer.agency, act.said.hand_over, before.state, leg.state
        ),
        ..event(kind, doer)
    };
    let mut marks = marks::told(&event)
        .terms(marks::changed(before, leg))
        .exchanges(marks::exchange(Some(before), leg, &act.by, papers, act.now));
    if !act.said.penalty.is_empty() {
        marks = marks.value("penalty", &act.said.penalty);
    }
    on_leg((event, marks), kind, leg, act.now)
}

/// A term raised a rung.
pub(crate) fn rung(leg: &Leg, term: &Term, rung: Rung, now: DateTime<Utc>) -> journal::Entry {
    let kind = "TERM_RUNG";
    let law = term.law(leg);
    let duty = term.table_rule(leg.procedure).map_or("", |rule| rule.duty);
    let event = pb::Event {
        step: rung.to_string(),
        to_state: leg.state.to_string(),
        rule: term.rule.clone(),
        basis: law.map_or(String::new(), |law| law.basis.to_owned()),
        summary: format!(
            "{rung}: {} must {duty} by {}",
            term.holder,
            clock::legal_time(term.due_at)
        ),
        ..event(kind, &Doer::default())
    };
    let marks = marks::told(&event).term(marks::term(leg, term));
    on_leg((event, marks), kind, leg, now)
}

/// A provisional term was counted again with a new calendar.
pub(crate) fn recounted(leg: &Leg, term: &Term, now: DateTime<Utc>) -> journal::Entry {
    let kind = "TERM_RECOUNTED";
    let event = pb::Event {
        to_state: leg.state.to_string(),
        rule: term.rule.clone(),
        summary: format!("{} is now due at {}", term.rule, clock::legal_time(term.due_at)),
        ..event(kind, &Doer::default())
    };
    let marks = marks::told(&event).term(marks::term(leg, term));
    on_leg((event, marks), kind, leg, now)
}

/// The message of a journal row.
pub(crate) fn read(row: &journal::Row) -> Result<pb::Event, Error> {
    let event =
        pb::Event::decode(row.payload.as_slice()).map_err(|_| Error::Corrupt("journal.payload"))?;
    Ok(pb::Event {
        cursor: row.cursor.to_string(),
        time: Some(timestamp(row.at)),
        resource: row.resource.clone(),
        docket: row.docket.clone(),
        ..event
    })
}

/// The instant on the wire; none when it is out of range.
pub(crate) fn instant(at: &prost_types::Timestamp) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(at.seconds, u32::try_from(at.nanos).ok()?)
}

fn event(kind: &str, doer: &Doer) -> pb::Event {
    pb::Event {
        kind: kind.to_owned(),
        agency: doer.agency.clone(),
        officer: doer.officer.clone(),
        ..pb::Event::default()
    }
}

fn on_leg(
    (event, marks): (pb::Event, Marks),
    kind: &'static str,
    leg: &Leg,
    at: DateTime<Utc>,
) -> journal::Entry {
    let (name, docket) = (store::leg_name(leg.id), store::docket_name(leg.docket));
    entry((event, marks.case(marks::case(leg))), kind, (&name, &docket), at)
}

fn entry(
    (event, marks): (pb::Event, Marks),
    kind: &'static str,
    (resource, docket): (&str, &str),
    at: DateTime<Utc>,
) -> journal::Entry {
    journal::Entry {
        at,
        kind,
        resource: resource.to_owned(),
        docket: docket.to_owned(),
        agency: event.agency.clone(),
        officer: event.officer.clone(),
        step: event.step.clone(),
        payload: event.encode_to_vec(),
        request_id: String::new(),
        attestation: None,
        marks: marks.encode(),
    }
}

fn digests(papers: &[(String, String)]) -> Vec<String> {
    papers.iter().map(|(code, digest)| format!("{code}:{digest}")).collect()
}
