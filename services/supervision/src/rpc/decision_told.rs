//! Decisions and promises as the contract has them, and how their calls are alike.

use chrono::NaiveDate;
use proto::supervision::v1 as pb;

use crate::{
    Supervision, decided,
    domain::{
        decision::{Content, Decision},
        promise::Promise,
        word::{DecisionKind, MajorGround},
    },
    events::timestamp,
    store::whole::Whose,
};

/// The journal whose rows decisions are.
const SERVICE: &str = "supervision";

/// Who reads decisions: a body its own, an overseer of this service all.
pub(super) fn whose<'a>(service: &Supervision, agency: &'a types::AgencyCode) -> Whose<'a> {
    let scope = service.settings.oversight.scope(agency);
    Whose { agency, overseer: scope.is_some_and(|scope| scope.holds(SERVICE)) }
}

/// What stands for a version.
pub(super) fn etag(version: i32) -> String {
    format!("\"{version}\"")
}

/// The version behind an etag.
pub(super) fn version(etag: &str) -> Option<i32> {
    etag.strip_prefix('"')?.strip_suffix('"')?.parse().ok()
}

/// A decision on the wire.
pub(super) fn decision(one: &Decision) -> pb::Decision {
    let day = |day: Option<NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
    let publication = &one.publication;
    let publication = publication.published_on.map(|_| pb::Publication {
        published_on: day(publication.published_on),
        place: publication.place.clone(),
        digest: publication.digest.clone(),
        late: publication.late,
        change: publication.change.map(|change| change.to_string()).unwrap_or_default(),
        changed_on: day(publication.changed_on),
        change_reason: publication.change_reason.clone(),
        withdrawn_on: day(publication.withdrawn_on),
        explanation: publication.explanation.clone(),
    });
    pb::Decision {
        name: one.name.clone(),
        agency: one.agency.to_string(),
        content: Some(content(&one.content)),
        state: one.state.to_string(),
        publication_state: one.publication_state.to_string(),
        publication,
        served_on: day(one.served.map(|(day, _)| day)),
        served_by: one.served.map(|(_, by)| by.to_string()).unwrap_or_default(),
        terms: decided::terms(one),
        create_time: Some(timestamp(one.created_at)),
        update_time: Some(timestamp(one.updated_at)),
        etag: etag(one.deeds),
    }
}

fn content(one: &Content) -> pb::DecisionContent {
    pb::DecisionContent {
        decision_no: one.decision_no.clone(),
        kind: kind(one.kind).into(),
        matter: one.matter.clone(),
        place: one.place.clone(),
        docket: one.docket.clone(),
        case_no: one.case_no.clone(),
        filed_on: one.filed_on.map(|day| day.to_string()).unwrap_or_default(),
        decided_on: one.decided_on.to_string(),
        case_officer: one.case_officer.clone(),
        major_grounds: one.major_grounds.iter().map(|one| ground(*one).into()).collect(),
        hearing_held: one.hearing_held,
        legal_review: one.legal_review.as_ref().map(|review| pb::LegalReview {
            reviewer: review.reviewer.clone(),
            qualified: review.qualified,
            first_time: review.first_time,
            passed: review.passed,
            reviewed_on: review.reviewed_on.to_string(),
        }),
        complex_or_major: one.complex_or_major,
        collective_discussion: one.collective_discussion.as_ref().map(|held| {
            pb::CollectiveDiscussion {
                held_on: held.held_on.to_string(),
                participants: held.participants,
                minutes_digest: held.minutes_digest.clone(),
            }
        }),
        discretion: one.discretion.as_ref().map(|cited| pb::DiscretionCited {
            benchmark: cited.benchmark.clone(),
            reasons: cited.reasons.clone(),
        }),
        process_record: Some(pb::ProcessRecord {
            start: one.records.start.clone(),
            evidence: one.records.evidence.clone(),
            review: one.records.review.clone(),
            decision: one.records.decision.clone(),
            service: one.records.service.clone(),
            execution: one.records.execution.clone(),
        }),
    }
}

fn kind(kind: DecisionKind) -> pb::DecisionKind {
    match kind {
        DecisionKind::Licence => pb::DecisionKind::Licence,
        DecisionKind::Penalty => pb::DecisionKind::Penalty,
        DecisionKind::Compulsion => pb::DecisionKind::Compulsion,
        DecisionKind::Inspection => pb::DecisionKind::Inspection,
        DecisionKind::Other => pb::DecisionKind::Other,
    }
}

fn ground(ground: MajorGround) -> pb::MajorGround {
    match ground {
        MajorGround::PublicInterest => pb::MajorGround::PublicInterest,
        MajorGround::Hearing => pb::MajorGround::Hearing,
        MajorGround::Difficult => pb::MajorGround::Difficult,
        MajorGround::Statutory => pb::MajorGround::Statutory,
    }
}

/// A promise on the wire.
pub(super) fn promise(one: &Promise) -> pb::MinorViolationPromise {
    pb::MinorViolationPromise {
        name: one.name.clone(),
        agency: one.agency.to_string(),
        matter: one.matter.clone(),
        place: one.place.clone(),
        subject: one.subject.clone(),
        docket: one.docket.clone(),
        state: one.state.to_string(),
        text: one.text.clone(),
        correct_by: one.correct_by.map(|day| day.to_string()).unwrap_or_default(),
        found: one.found.clone(),
        create_time: Some(timestamp(one.created_at)),
        update_time: Some(timestamp(one.updated_at)),
        etag: etag(one.version),
    }
}
