//! A hand-over as messages: what the sides see and sign, and the sheet that referral gets.

use std::collections::BTreeMap;

use prost::Message as _;
use proto::{evidence::v1 as pb, referral::v1 as referral};
use sha2::{Digest as _, Sha256};

use crate::{
    domain::{
        custody::Digest,
        hand_over::{Count, HandOver, Line, moving::Moved},
        word::{HandOverState, Purpose},
    },
    events::timestamp,
    store,
};

/// The digest of a counted list, as `HandOver.list_sha256` documents it: what both sides sign.
pub fn list_sha256(hand_over: &pb::HandOver) -> String {
    digest_of(hand_over.clone()).to_string()
}

/// The digest of the list of a hand-over that was counted.
pub(crate) fn digest(hand_over: &HandOver) -> Digest {
    digest_of(message(hand_over))
}

fn digest_of(mut list: pb::HandOver) -> Digest {
    list.state = 0;
    list.list_sha256.clear();
    list.signatures.clear();
    list.reason.clear();
    list.complete_time = None;
    list.copies.clear();
    list.etag.clear();
    list.referral_outcome.clear();
    Digest(Sha256::digest(list.encode_to_vec()).into())
}

/// A hand-over with its lines.
pub(crate) fn message(of: &HandOver) -> pb::HandOver {
    let lines = (1..).zip(&of.lines).map(|(number, one)| line(number, one));
    pb::HandOver { lines: lines.collect(), ..without_lines(of) }
}

/// A hand-over without its lines.
pub(crate) fn without_lines(of: &HandOver) -> pb::HandOver {
    let list_sha256 = of.list.as_ref().map(ToString::to_string).unwrap_or_default();
    let signatures = of.signatures.iter().map(|one| pb::HandOverSignature {
        agency: one.agency.to_string(),
        officer: one.officer.clone(),
        time: Some(timestamp(one.at)),
        list_sha256: list_sha256.clone(),
    });
    let copies = of.copies().into_iter().map(|one| pb::HandOverCopy {
        copy: one.copy.to_owned(),
        held_by: one.held_by.to_string(),
    });
    pb::HandOver {
        name: of.name(),
        dossier: store::dossier_name(of.dossier),
        giver: of.giver.to_string(),
        receiver: of.receiver.to_string(),
        purpose: purpose(of.purpose).into(),
        referral: of.referral.clone(),
        state: state(of.state).into(),
        place: of.place.clone(),
        lines: Vec::new(),
        property_under_measure: of.under_measure,
        party_told_on: of.party_told_on.map(|day| day.to_string()).unwrap_or_default(),
        completes: of.completes,
        signatures: signatures.collect(),
        list_sha256,
        reason: of.reason.clone(),
        create_time: Some(timestamp(of.created_at)),
        complete_time: of.completed_at.map(timestamp),
        copies: copies.collect(),
        etag: format!("\"{}\"", of.version),
        referral_outcome: of.outcome.clone(),
        giver_officer: of.giver_officer.clone(),
        receiver_officer: of.receiver_officer.clone(),
        custodian: of.custodian.clone(),
        dispute: of.dispute.clone(),
        investigators: of.investigators.clone(),
    }
}

/// What the journal keeps of the moment when custody moved.
pub(crate) fn completed(of: &HandOver, moved: &Moved) -> pb::HandOverCompleted {
    let accepted = of.lines.iter().zip(&moved.items).filter(|(line, _)| line.is_accepted());
    let items = accepted.map(|(_, item)| pb::MovedItem {
        item: item.name(),
        events: item.custody.events,
        digest: item.custody.last_digest.to_string(),
    });
    pb::HandOverCompleted { hand_over: Some(without_lines(of)), items: items.collect() }
}

/// What referral is told: by its id the same for ever, so that telling it twice is telling it once.
pub(crate) fn told(of: &HandOver) -> referral::RecordHandOverRequest {
    let officer = |side| of.signature(side).map_or("", |one| one.officer.as_str()).to_owned();
    let lines = (1..).zip(&of.lines).map(|(number, line)| sheet_line(of, number, line));
    let mut lines: Vec<referral::DocumentLine> = lines.collect();
    if lines.is_empty() {
        // The form has a line at least: nothing more than what was handed over before.
        lines.push(form_line(of, vec![("line_no", "1".to_owned())]));
    }
    referral::RecordHandOverRequest {
        request_id: of.id.to_string(),
        referral: of.referral.clone(),
        hand_over: of.name(),
        giver: of.giver.to_string(),
        receiver: of.receiver.to_string(),
        giver_officer: officer(&of.giver),
        receiver_officer: officer(&of.receiver),
        signed_time: of.completed_at.map(timestamp),
        sheet: Some(referral::Document {
            code: "HAND_OVER_SHEET".to_owned(),
            fields: BTreeMap::new(),
            lines,
            sha256: of.list.as_ref().map(ToString::to_string).unwrap_or_default(),
        }),
        property_under_measure: of.under_measure,
        party_told_on: of.party_told_on.map(|day| day.to_string()).unwrap_or_default(),
        completes: of.fulfils,
    }
}

fn sheet_line(of: &HandOver, number: i32, line: &Line) -> referral::DocumentLine {
    let count = line.count.as_ref();
    let found = |of: fn(&Count) -> &str| count.map_or("", of).to_owned();
    let quantity = count.map_or(&line.quantity, |count| &count.quantity);
    let mut fields = vec![
        ("line_no", number.to_string()),
        ("name", line.title.clone()),
        ("number", line.code.clone()),
        ("quantity", format!("{quantity} {}", line.unit).trim().to_owned()),
        ("features", line.features.clone()),
        ("source", line.source.clone()),
        ("condition", found(|count| &count.condition)),
        ("seal_no", found(|count| &count.seal_no)),
        ("photos", count.map(|count| count.photos.join(", ")).unwrap_or_default()),
        ("accepted", line.is_accepted().to_string()),
    ];
    if let Some(count) = count.filter(|count| !count.discrepancy.is_empty()) {
        fields.push(("discrepancy", count.discrepancy.clone()));
    }
    form_line(of, fields)
}

/// The fields of the form `HAND_OVER_SHEET`, in `documents.json` of referral.
const FORM: [&str; 12] = [
    "line_no",
    "name",
    "number",
    "quantity",
    "features",
    "source",
    "condition",
    "seal_no",
    "hand_over_person",
    "receiver",
    "signed_at",
    "photos",
];

/// A line of the form, with who signed; what the form asks for and is not there is said to be none
/// (无).
fn form_line(of: &HandOver, said: Vec<(&str, String)>) -> referral::DocumentLine {
    let signer = |side| of.signature(side).map_or("", |one| one.officer.as_str()).to_owned();
    let signed = of.completed_at.map(|at| at.with_timezone(&clock::SHANGHAI).to_rfc3339());
    let none = FORM.map(|name| (name, String::new()));
    let signatures = [
        ("hand_over_person", signer(&of.giver)),
        ("receiver", signer(&of.receiver)),
        ("signed_at", signed.unwrap_or_default()),
    ];
    let or_none = |text: String| if text.trim().is_empty() { "无".to_owned() } else { text };
    let fields = none.into_iter().chain(signatures).chain(said);
    let fields = fields.map(|(name, text)| (name.to_owned(), or_none(text)));
    referral::DocumentLine { fields: fields.collect() }
}

fn line(number: i32, of: &Line) -> pb::HandOverLine {
    pb::HandOverLine {
        line_no: number,
        item: format!("items/{}", of.item),
        title: of.title.clone(),
        code: of.code.clone(),
        quantity: of.quantity.clone(),
        unit: of.unit.clone(),
        features: of.features.clone(),
        source: of.source.clone(),
        condition: of.condition.clone(),
        seal_no: of.seal_no.clone(),
        value_fen: of.value_fen,
        storage_place: of.storage_place.clone(),
        contents: of.contents.clone(),
        count: of.count.as_ref().map(|found| count(number, found)),
    }
}

fn count(number: i32, of: &Count) -> pb::LineCount {
    pb::LineCount {
        line_no: number,
        counted_quantity: of.quantity.clone(),
        condition: of.condition.clone(),
        seal_no: of.seal_no.clone(),
        discrepancy: of.discrepancy.clone(),
        photos: of.photos.clone(),
        accepted: of.accepted,
        storage_place: of.storage_place.clone(),
        kept_by: of.kept_by.as_ref().map(ToString::to_string).unwrap_or_default(),
    }
}

fn purpose(of: Purpose) -> pb::HandOverPurpose {
    match of {
        Purpose::Referral => pb::HandOverPurpose::Referral,
        Purpose::OtherAgency => pb::HandOverPurpose::OtherAgency,
        Purpose::Custody => pb::HandOverPurpose::Custody,
        Purpose::Return => pb::HandOverPurpose::Return,
        Purpose::Dispute => pb::HandOverPurpose::Dispute,
    }
}

fn state(of: HandOverState) -> pb::HandOverState {
    match of {
        HandOverState::Proposed => pb::HandOverState::Proposed,
        HandOverState::Counted => pb::HandOverState::Counted,
        HandOverState::HalfSigned => pb::HandOverState::HalfSigned,
        HandOverState::Completed => pb::HandOverState::Completed,
        HandOverState::Refused => pb::HandOverState::Refused,
        HandOverState::Withdrawn => pb::HandOverState::Withdrawn,
    }
}
