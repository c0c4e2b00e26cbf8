//! What a call says of a decision, parsed: every field at fault at once.

use chrono::NaiveDate;
use proto::supervision::v1 as pb;
use server::Fields;
use types::RegionCode;

use crate::domain::{
    decision::{CollectiveDiscussion, Content, Discretion, LegalReview, Records},
    word::{DecisionKind, MajorGround},
};

/// The most grounds: there are four.
const GROUNDS: usize = 4;
/// The most who discuss together.
const PARTICIPANTS: i32 = 100;

/// A day that is there, and not after today.
pub(super) fn past_day(
    fields: &mut Fields,
    text: &str,
    field: &str,
    today: NaiveDate,
) -> Option<NaiveDate> {
    let day = fields.need(day(text), field, "is not a day, YYYY-MM-DD")?;
    fields.check(day <= today, field, "is after today");
    Some(day)
}

/// A day as it is written on the wire.
pub(super) fn day(text: &str) -> Option<NaiveDate> {
    text.parse().ok().filter(|_| text.len() == 10)
}

/// Notes whether a text that may be empty is a SHA-256 in hexadecimal.
pub(super) fn digest(fields: &mut Fields, text: &str, field: &str) {
    let hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    let ok = text.is_empty() || (text.len() == 64 && text.bytes().all(hex));
    fields.check(ok, field, "is not a SHA-256 in lower-case hexadecimal");
}

/// Notes whether a digest is there and is one.
pub(super) fn needed_digest(fields: &mut Fields, text: &str, field: &str) {
    fields.check(!text.is_empty(), field, "is missing");
    digest(fields, text, field);
}

/// Notes whether a text that may be empty is no longer than that.
pub(super) fn short(fields: &mut Fields, text: &str, max: usize, field: &str) {
    fields.check(text.len() <= max, field, format!("is longer than {max} bytes"));
}

/// Notes what is wrong with where and about what an act was.
pub(super) fn about(fields: &mut Fields, (matter, place): (&str, &str), prefix: &str) {
    short(fields, matter, 16, &format!("{prefix}matter"));
    let township = place.len() == 9 && place.bytes().all(|b| b.is_ascii_digit());
    let ok = place.is_empty() || township || RegionCode::parse(place).is_some();
    fields.check(ok, format!("{prefix}place"), "is not a region code of 6 or 9 digits");
}

/// Notes whether a name that may be empty is that of a docket.
pub(super) fn docket(fields: &mut Fields, name: &str, field: &str) {
    let ok = name.is_empty() || uuid_of(name, "dockets/");
    fields.check(ok, field, "is not dockets/{uuid}");
}

fn uuid_of(name: &str, prefix: &str) -> bool {
    let uuid = name.strip_prefix(prefix);
    uuid.is_some_and(|uuid| uuid.len() == 36 && uuid::Uuid::try_parse(uuid).is_ok())
}

/// What a body says of its decision.
pub(super) fn content(
    fields: &mut Fields,
    said: Option<pb::DecisionContent>,
    today: NaiveDate,
) -> Option<Content> {
    let said = fields.need(said, "content", "is missing")?;
    let kind = kind(said.kind());
    fields.check(kind.is_some(), "content.kind", "is missing or unknown");
    fields.text(&said.decision_no, 64, "content.decision_no");
    about(fields, (&said.matter, &said.place), "content.");
    docket(fields, &said.docket, "content.docket");
    short(fields, &said.case_no, 64, "content.case_no");
    let either = !said.docket.is_empty() || !said.case_no.trim().is_empty();
    fields.check(either, "content.case_no", "is missing, and there is no docket");
    fields.text(&said.case_officer, 64, "content.case_officer");
    let decided_on = past_day(fields, &said.decided_on, "content.decided_on", today);
    let filed_on = (!said.filed_on.is_empty())
        .then(|| past_day(fields, &said.filed_on, "content.filed_on", today))
        .flatten();
    let ordered = decided_on.is_none_or(|decided| filed_on.is_none_or(|filed| filed <= decided));
    fields.check(ordered, "content.filed_on", "is after content.decided_on");
    let major_grounds = grounds(fields, said.major_grounds().collect());
    let legal_review = said.legal_review.and_then(|review| reviewed(fields, review, today));
    let collective_discussion =
        said.collective_discussion.and_then(|held| discussed(fields, held, today));
    let discretion = said.discretion.and_then(|cited| cited_benchmark(fields, cited));
    let records = records(fields, said.process_record.unwrap_or_default());
    Some(Content {
        decision_no: said.decision_no.trim().to_owned(),
        kind: kind?,
        matter: said.matter,
        place: said.place,
        docket: said.docket,
        case_no: said.case_no.trim().to_owned(),
        filed_on,
        decided_on: decided_on?,
        case_officer: said.case_officer,
        major_grounds,
        hearing_held: said.hearing_held,
        legal_review,
        complex_or_major: said.complex_or_major,
        collective_discussion,
        discretion,
        records,
    })
}

fn kind(kind: pb::DecisionKind) -> Option<DecisionKind> {
    match kind {
        pb::DecisionKind::Unspecified => None,
        pb::DecisionKind::Licence => Some(DecisionKind::Licence),
        pb::DecisionKind::Penalty => Some(DecisionKind::Penalty),
        pb::DecisionKind::Compulsion => Some(DecisionKind::Compulsion),
        pb::DecisionKind::Inspection => Some(DecisionKind::Inspection),
        pb::DecisionKind::Other => Some(DecisionKind::Other),
    }
}

fn grounds(fields: &mut Fields, said: Vec<pb::MajorGround>) -> Vec<MajorGround> {
    let field = "content.major_grounds";
    fields.check(said.len() <= GROUNDS, field, format!("there are more than {GROUNDS}"));
    let mut grounds = Vec::new();
    for one in said.into_iter().take(GROUNDS) {
        let ground = match one {
            pb::MajorGround::Unspecified => {
                fields.fault(field, "one is missing or unknown");
                continue;
            }
            pb::MajorGround::PublicInterest => MajorGround::PublicInterest,
            pb::MajorGround::Hearing => MajorGround::Hearing,
            pb::MajorGround::Difficult => MajorGround::Difficult,
            pb::MajorGround::Statutory => MajorGround::Statutory,
        };
        fields.check(!grounds.contains(&ground), field, "one stands there twice");
        grounds.push(ground);
    }
    grounds
}

fn reviewed(fields: &mut Fields, review: pb::LegalReview, today: NaiveDate) -> Option<LegalReview> {
    fields.text(&review.reviewer, 64, "content.legal_review.reviewer");
    let reviewed_on =
        past_day(fields, &review.reviewed_on, "content.legal_review.reviewed_on", today)?;
    Some(LegalReview {
        reviewer: review.reviewer,
        qualified: review.qualified,
        first_time: review.first_time,
        passed: review.passed,
        reviewed_on,
    })
}

fn discussed(
    fields: &mut Fields,
    held: pb::CollectiveDiscussion,
    today: NaiveDate,
) -> Option<CollectiveDiscussion> {
    let field = |name: &str| format!("content.collective_discussion.{name}");
    let participants = held.participants;
    fields.check(
        (2..=PARTICIPANTS).contains(&participants),
        field("participants"),
        format!("is not 2 to {PARTICIPANTS}"),
    );
    needed_digest(fields, &held.minutes_digest, &field("minutes_digest"));
    let held_on = past_day(fields, &held.held_on, &field("held_on"), today)?;
    Some(CollectiveDiscussion { held_on, participants, minutes_digest: held.minutes_digest })
}

fn cited_benchmark(fields: &mut Fields, cited: pb::DiscretionCited) -> Option<Discretion> {
    let parts: Vec<&str> = cited.benchmark.split('/').collect();
    let ok = match parts.as_slice() {
        [matter, grade, from] => !matter.is_empty() && !grade.is_empty() && day(from).is_some(),
        _ => false,
    };
    let field = "content.discretion.benchmark";
    fields.check(ok && cited.benchmark.len() <= 64, field, "is not matter/grade/YYYY-MM-DD");
    fields.text(&cited.reasons, 4096, "content.discretion.reasons");
    Some(Discretion { benchmark: cited.benchmark, reasons: cited.reasons })
}

/// What is on record when a decision is made; service and execution come later.
fn records(fields: &mut Fields, said: pb::ProcessRecord) -> Records {
    let field = |name: &str| format!("content.process_record.{name}");
    for (name, text) in [
        ("start", &said.start),
        ("evidence", &said.evidence),
        ("review", &said.review),
        ("decision", &said.decision),
    ] {
        digest(fields, text, &field(name));
    }
    for (name, text, call) in [
        ("service", &said.service, "ServeDecision"),
        ("execution", &said.execution, "CloseDecision"),
    ] {
        fields.check(text.is_empty(), field(name), format!("is told with {call}"));
    }
    Records {
        start: said.start,
        evidence: said.evidence,
        review: said.review,
        decision: said.decision,
        ..Records::default()
    }
}
