//! What the calls about hand-overs have in common: what is said in them, who may say it, and what
//! of it is written down.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use db::journal;
use prost::Message;
use proto::evidence::v1 as pb;
use sea_orm::ConnectionTrait;
use server::Fields;
use types::AgencyCode;

use super::Call;
use crate::{
    Evidence,
    domain::{
        hand_over::{Count, HandOver, ITEMS_MAX, Proposal},
        item::Item,
        word::{HandOverState, Purpose},
    },
    error::Error,
    events::{self, Deed},
    marks, sheet, store,
};

/// The most bytes of a list as a message: it goes into one row of the journal with every proof, and
/// into one message to referral. A proposal leaves room for the count.
pub(super) const PROPOSED_BYTES: usize = 512 << 10;
const COUNTED_BYTES: usize = 896 << 10;
/// The most officers who investigate one case.
const INVESTIGATORS_MAX: usize = 50;
/// The most photographs of one line.
const PHOTOS_MAX: usize = 20;
/// The most bytes of a sentence.
pub(super) const SENTENCE: usize = 2000;

/// Reads a proposal. The rules about its items are the domain's.
pub(super) fn proposal(
    fields: &mut Fields,
    giver: &AgencyCode,
    request: &pb::ProposeHandOverRequest,
    now: DateTime<Utc>,
) -> Option<Proposal> {
    fields.text(&request.dossier, 64, "dossier");
    sentence(fields, &request.place, 500, "place");
    fields.text(&request.officer, 64, "officer");
    let receiver = AgencyCode::parse(&request.receiver);
    let receiver = fields.need(receiver, "receiver", "is no agency code");
    fields.check(receiver.as_ref() != Some(giver), "receiver", "is the giver itself");
    let purpose = match request.purpose() {
        pb::HandOverPurpose::Unspecified => None,
        pb::HandOverPurpose::Referral => Some(Purpose::Referral),
        pb::HandOverPurpose::OtherAgency => Some(Purpose::OtherAgency),
        pb::HandOverPurpose::Custody => Some(Purpose::Custody),
        pb::HandOverPurpose::Return => Some(Purpose::Return),
        pb::HandOverPurpose::Dispute => Some(Purpose::Dispute),
    };
    let purpose = fields.need(purpose, "purpose", "is missing or unknown");
    if purpose == Some(Purpose::Referral) {
        fields.text(&request.referral, 64, "referral");
    } else {
        let none = "is for the purpose REFERRAL only";
        fields.check(request.referral.is_empty(), "referral", none);
        fields.check(!request.completes, "completes", none);
    }
    if purpose == Some(Purpose::Dispute) {
        let known = store::parse_name::<()>(&request.dispute, "disputes").is_some();
        fields.check(known, "dispute", "is not disputes/{uuid}");
    } else {
        let none = "is for the purpose DISPUTE only";
        fields.check(request.dispute.is_empty(), "dispute", none);
    }
    let told_on = party_told_on(fields, request, clock::legal_date(now));
    // Whether a list without items completes anything is for the rule to say: T-21.
    if !request.items.is_empty() || !request.completes {
        listed(fields, &request.items);
    }
    Some(Proposal {
        giver: giver.clone(),
        receiver: receiver?,
        purpose: purpose?,
        referral: request.referral.clone(),
        dispute: request.dispute.clone(),
        place: request.place.trim().to_owned(),
        under_measure: request.property_under_measure,
        party_told_on: told_on,
        completes: request.completes,
        officer: request.officer.clone(),
    })
}

fn party_told_on(
    fields: &mut Fields,
    request: &pb::ProposeHandOverRequest,
    today: NaiveDate,
) -> Option<NaiveDate> {
    let text = request.party_told_on.as_str();
    // That it is missing is for the rule to say: T-22.
    if text.is_empty() {
        return None;
    }
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
    let day =
        fields.need(day.filter(|_| text.len() == 10), "party_told_on", "is not YYYY-MM-DD")?;
    fields.check(day <= today, "party_told_on", "lies in the future");
    let alone = "is said without property_under_measure";
    fields.check(request.property_under_measure, "party_told_on", alone);
    Some(day)
}

fn listed(fields: &mut Fields, items: &[String]) {
    fields.check(!items.is_empty(), "items", "are missing");
    if items.len() > ITEMS_MAX {
        let lists = items.len().div_ceil(ITEMS_MAX);
        let fault = format!(
            "are {}, and one list has at most {ITEMS_MAX}: split them into {lists} lists",
            items.len()
        );
        return fields.fault("items", fault);
    }
    let mut first: BTreeMap<&str, usize> = BTreeMap::new();
    for (at, name) in items.iter().enumerate() {
        let here = format!("items[{at}]");
        if store::parse_name::<Item>(name, "items").is_none() {
            fields.fault(here, "is not items/{uuid}");
        } else if let Some(before) = first.insert(name, at) {
            fields.fault(here, format!("is the same as items[{before}]"));
        }
    }
}

/// Reads what was found on the lines. Whether it fits the list is for the domain to say.
pub(super) fn counts(
    fields: &mut Fields,
    receiver: &AgencyCode,
    counts: Vec<pb::LineCount>,
) -> Vec<(i32, Count)> {
    if counts.len() > ITEMS_MAX {
        fields.fault("counts", format!("are more than {ITEMS_MAX}"));
        return Vec::new();
    }
    let counts = counts.into_iter().enumerate();
    counts.map(|(at, one)| (one.line_no, count(fields, receiver, at, one))).collect()
}

fn count(fields: &mut Fields, receiver: &AgencyCode, at: usize, one: pb::LineCount) -> Count {
    let here = |field: &str| format!("counts[{at}].{field}");
    for (field, text, most) in [
        ("condition", &one.condition, SENTENCE),
        ("seal_no", &one.seal_no, 200),
        ("discrepancy", &one.discrepancy, SENTENCE),
        ("storage_place", &one.storage_place, 500),
    ] {
        plain(fields, text, most, &here(field));
    }
    let few = one.photos.len() <= PHOTOS_MAX;
    fields.check(few, here("photos"), format!("are more than {PHOTOS_MAX}"));
    let kept_by = match one.kept_by.as_str() {
        "" => None,
        code => fields.need(AgencyCode::parse(code), here("kept_by"), "is no agency code"),
    };
    let other = kept_by.as_ref() != Some(receiver);
    fields.check(other, here("kept_by"), "is the receiver itself: leave it empty");
    Count {
        quantity: one.counted_quantity,
        condition: one.condition.trim().to_owned(),
        seal_no: one.seal_no.trim().to_owned(),
        discrepancy: one.discrepancy.trim().to_owned(),
        photos: one.photos,
        accepted: one.accepted,
        storage_place: one.storage_place.trim().to_owned(),
        kept_by,
    }
}

/// Notes investigators that are too many, or named twice.
pub(super) fn investigators(fields: &mut Fields, named: &[String]) {
    let field = "investigators";
    fields.check(named.len() <= INVESTIGATORS_MAX, field, "are more than 50");
    let distinct: BTreeSet<&String> = named.iter().collect();
    fields.check(distinct.len() == named.len(), field, "name an officer twice");
}

/// Notes a text that is missing, too long, or more than one line of plain text.
pub(super) fn sentence(fields: &mut Fields, text: &str, most: usize, field: &str) {
    fields.check(!text.trim().is_empty(), field, "is missing");
    plain(fields, text, most, field);
}

fn plain(fields: &mut Fields, text: &str, most: usize, field: &str) {
    fields.check(text.len() <= most, field, format!("is longer than {most} bytes"));
    fields.check(!text.chars().any(char::is_control), field, "has control characters");
}

/// Whether these officers of the caller hold a certificate today.
pub(super) async fn certified(
    service: &Evidence,
    call: &Call,
    officers: &[(&str, &str)],
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let asked: Vec<(String, String)> = officers
        .iter()
        .map(|(field, certificate)| ((*field).to_owned(), (*certificate).to_owned()))
        .collect();
    service.directory.positions(&call.agency, clock::legal_date(now), &asked).await?;
    Ok(())
}

/// Whether these bodies exist, each by the field that names it.
pub(super) async fn known(
    service: &Evidence,
    bodies: &BTreeSet<(String, AgencyCode)>,
) -> Result<(), Error> {
    let mut fields = Fields::default();
    for (field, body) in bodies {
        service.directory.know(body).await?;
        let known = service.directory.agency(body).is_some();
        fields.check(known, field, format!("{body} is no body of the directory"));
    }
    Ok(fields.done()?)
}

/// The items of a list in its order, as `reader` may see them.
pub(super) async fn items_of_list(
    conn: &impl ConnectionTrait,
    reader: &AgencyCode,
    names: &[String],
) -> Result<Vec<Item>, Error> {
    let found = store::items(conn, reader, names).await?;
    let mut found: BTreeMap<String, Item> =
        found.into_iter().map(|item| (item.name(), item)).collect();
    let (mut items, mut fields) = (Vec::new(), Fields::default());
    for (at, name) in names.iter().enumerate() {
        let item = fields.need(found.remove(name), format!("items[{at}]"), "no such item");
        items.extend(item);
    }
    fields.done()?;
    Ok(items)
}

/// Saves items as `after` says, which are as many as they were.
pub(super) async fn save(
    tx: &impl ConnectionTrait,
    before: &[Item],
    after: &[Item],
) -> Result<(), Error> {
    let changed: Vec<(&Item, &Item)> = before.iter().zip(after).collect();
    store::save_items(tx, &changed).await
}

/// Takes from the receiver what it was only offered: every line that it did not accept.
pub(super) async fn hide_unaccepted(
    tx: &impl ConnectionTrait,
    hand_over: &HandOver,
) -> Result<(), Error> {
    let completed = hand_over.state == HandOverState::Completed;
    let left = hand_over.lines.iter().filter(|line| !(completed && line.is_accepted()));
    let left: Vec<String> = left.map(|line| format!("items/{}", line.item)).collect();
    if left.is_empty() {
        return Ok(());
    }
    let dossier = store::dossier_name(hand_over.dossier);
    store::lock(tx, &dossier).await?;
    store::hide(tx, &hand_over.receiver, &dossier, &left).await
}

/// Who sees what of a new hand-over: both sides the list, and the receiver what is on it.
pub(super) fn seen(of: &HandOver) -> Vec<(AgencyCode, String)> {
    let listed = [of.name(), store::dossier_name(of.dossier)].into_iter().chain(of.items());
    let receiver = listed.map(|name| (of.receiver.clone(), name));
    [(of.giver.clone(), of.name())].into_iter().chain(receiver).collect()
}

/// Refuses a list that is too long for one message.
pub(super) fn check_length(hand_over: &HandOver) -> Result<(), Error> {
    let proposed = hand_over.state == HandOverState::Proposed;
    let (field, most) =
        if proposed { ("items", PROPOSED_BYTES) } else { ("counts", COUNTED_BYTES) };
    let bytes = sheet::message(hand_over).encoded_len();
    let mut fields = Fields::default();
    let fault = format!("make a list of {bytes} bytes, and one has at most {most}: split it");
    fields.check(bytes <= most, field, fault);
    Ok(fields.done()?)
}

/// The row of what a side did.
pub(super) fn entry(
    kind: &'static str,
    hand_over: &HandOver,
    (agency, officer): (&AgencyCode, &str),
    at: DateTime<Utc>,
    message: &impl Message,
) -> journal::Entry {
    let deed = Deed {
        dossier: store::dossier_name(hand_over.dossier),
        resource: hand_over.name(),
        agency: agency.clone(),
        officer: officer.to_owned(),
        at,
    };
    let entry = events::entry(kind, deed, message);
    journal::Entry { marks: marks::hand_over(hand_over, at).encode(), ..entry }
}
