//! What happened to decisions and promises, as rows of the journal: with their terms, so that these
//! are on the board like those of every service.

use chrono::{DateTime, Utc};
use command::marks::{self, Case, Marks};
use db::journal;
use proto::journal::v1 as wire;

use crate::{
    domain::{
        decision::{Decision, term::Term},
        law::{self, Law},
        promise::Promise,
        word::Rung,
    },
    events::{Doer, Happened, timestamp},
};

/// Something that a body did to a decision of its own. `before` is none when it was recorded.
pub(crate) fn decision(
    kind: &'static str,
    (before, after): (Option<&Decision>, &Decision),
    law: Law,
    doer: &Doer,
) -> journal::Entry {
    let content = &after.content;
    let summary = format!(
        "{} {}: {} {}, {}, {}",
        doer.agency,
        kind.to_lowercase().replace('_', " "),
        content.kind,
        content.decision_no,
        after.state,
        after.publication_state
    );
    let told = before.map(terms).unwrap_or_default();
    let mut marks = Marks::new().case(case(after)).terms(marks::changed(&told, terms(after)));
    if before.is_none() {
        marks = marks.value("decision_kind", content.kind);
    }
    let happened = on_decision(kind, after, summary, marks);
    happened.under(law.rule, law.basis).by(doer, after.updated_at)
}

/// A term of a decision raised a rung.
pub(crate) fn rung(one: &Decision, term: &Term, rung: Rung, now: DateTime<Utc>) -> journal::Entry {
    let (law, duty) = (term.rule.law(), term.rule.duty());
    let summary = format!("{rung}: {} must {duty}", one.agency);
    let marks = Marks::new().case(case(one)).term(self::term(one, term));
    let happened = on_decision("DECISION_RUNG", one, summary, marks);
    happened.under(law.rule, law.basis).by(&Doer::default(), now)
}

/// Provisional terms of a decision were counted again with a new calendar.
pub(crate) fn recounted(before: &Decision, after: &Decision, now: DateTime<Utc>) -> journal::Entry {
    let changed = marks::changed(&terms(before), terms(after));
    let marks = Marks::new().case(case(after)).terms(changed);
    let summary = "provisional terms were counted again with the new calendar".to_owned();
    on_decision("DECISION_RECOUNTED", after, summary, marks).by(&Doer::default(), now)
}

/// Something that a body did to a promise of its own.
pub(crate) fn promise(kind: &'static str, one: &Promise, doer: &Doer) -> journal::Entry {
    let summary =
        format!("{} {}: {}", doer.agency, kind.to_lowercase().replace('_', " "), one.state);
    let case = Case {
        matter: one.matter.clone(),
        place: one.place.clone(),
        state: one.state.to_string(),
        from_agency: one.agency.to_string(),
        ..Case::default()
    };
    let evidence = [format!("promise:{}", one.digest)];
    let happened = Happened {
        docket: one.docket.clone(),
        bodies: vec![one.agency.to_string()],
        state: one.state.as_str(),
        evidence: evidence.into_iter().filter(|_| !one.digest.is_empty()).collect(),
        marks: Marks::new().case(case),
        ..Happened::new(kind, &one.name, summary)
    };
    happened.under(law::S_11.rule, law::S_11.basis).by(doer, one.updated_at)
}

/// A term, in the form of all services.
pub(crate) fn term(decision: &Decision, term: &Term) -> wire::Term {
    let law = term.rule.law();
    wire::Term {
        id: term.id.clone(),
        rule: law.rule.to_owned(),
        basis: law.basis.to_owned(),
        duty: term.rule.duty().to_owned(),
        holder: decision.agency.to_string(),
        owed_to: Vec::new(),
        length: term.length.clone(),
        start_time: Some(timestamp(term.started_at())),
        due_time: Some(timestamp(term.due_at)),
        half_time: Some(timestamp(term.half_at)),
        near_time: Some(timestamp(term.near_at)),
        provisional: term.provisional,
        state: term.state().as_str().to_owned(),
        end_time: term.ended_at.map(timestamp),
        verified: term.rule.verified().to_owned(),
        service_target: false,
    }
}

/// All terms of a decision, in the form of all services.
pub(crate) fn terms(decision: &Decision) -> Vec<wire::Term> {
    decision.terms.iter().map(|term| self::term(decision, term)).collect()
}

fn case(one: &Decision) -> Case {
    Case {
        matter: one.content.matter.clone(),
        place: one.content.place.clone(),
        state: one.state.to_string(),
        from_agency: one.agency.to_string(),
        ..Case::default()
    }
}

fn on_decision(kind: &'static str, one: &Decision, summary: String, marks: Marks) -> Happened {
    Happened {
        docket: one.content.docket.clone(),
        bodies: vec![one.agency.to_string()],
        state: one.state.as_str(),
        evidence: records(one),
        marks,
        ..Happened::new(kind, &one.name, summary)
    }
}

/// The records of the process and what was published, each as `name:digest`.
fn records(one: &Decision) -> Vec<String> {
    let records = &one.content.records;
    let all = [
        ("start", &records.start),
        ("evidence", &records.evidence),
        ("review", &records.review),
        ("decision", &records.decision),
        ("service", &records.service),
        ("execution", &records.execution),
        ("publication", &one.publication.digest),
    ];
    let there = all.into_iter().filter(|(_, digest)| !digest.is_empty());
    there.map(|(name, digest)| format!("{name}:{digest}")).collect()
}
