//! A custody chain against the journal: no event altered, left out or put in.

use evidence::domain::{
    custody::{CustodyEvent, Digest},
    word::CustodyKind,
};
use proto::{evidence::v1 as pb, journal::v1::Row};
use sha2::{Digest as _, Sha256};
use types::AgencyCode;

use super::rows::payload;

/// Checks the chain of an item, oldest first, against what the item and the rows say.
pub(super) fn check(
    item: &pb::Item,
    chain: &[pb::CustodyEvent],
    rows: &[Row],
) -> Result<(), String> {
    let at = |number: usize| format!("custody of item {}: event {number}", item.number);
    let mut before: [u8; 32] = Sha256::digest(item.name.as_bytes()).into();
    for (number, event) in (1..).zip(chain) {
        let read = read(event).ok_or_else(|| format!("{} cannot be read", at(number)))?;
        if usize::try_from(event.sequence) != Ok(number) {
            return Err(format!("{} is numbered {}", at(number), event.sequence));
        }
        let hash = Sha256::new().chain_update(before).chain_update(read.canonical());
        before = hash.finalize().into();
        if event.digest != Digest(before).to_string() {
            return Err(format!("{} was altered: its digest is another", at(number)));
        }
    }
    let custody = item.custody.clone().unwrap_or_default();
    let last = chain.last().ok_or_else(|| format!("{} is missing", at(1)))?;
    if usize::try_from(custody.events) != Ok(chain.len()) {
        return Err(format!(
            "item {} has {} custody events, the bag {}",
            item.number,
            custody.events,
            chain.len()
        ));
    }
    if (&last.holder, &last.custodian, &last.seal_no, &last.kept_by, &last.storage_place)
        != (
            &custody.holder,
            &custody.custodian,
            &custody.seal_no,
            &custody.kept_by,
            &custody.storage_place,
        )
    {
        return Err(format!("item {} is elsewhere than its last custody event says", item.number));
    }
    let known = recorded(item, chain, rows)?;
    match known.iter().position(|known| !known) {
        None => Ok(()),
        Some(place) => Err(format!("{} has no journal row", at(place + 1))),
    }
}

/// Which events a row of the journal tells.
fn recorded(
    item: &pb::Item,
    chain: &[pb::CustodyEvent],
    rows: &[Row],
) -> Result<Vec<bool>, String> {
    let mut known = vec![false; chain.len()];
    let mut tell = |event: i32| {
        let place = usize::try_from(event).ok().and_then(|number| number.checked_sub(1));
        if let Some(known) = place.and_then(|place| known.get_mut(place)) {
            *known = true;
        }
    };
    let differs = |row: &Row, number: i32| {
        let what = "differs from what the journal has in row";
        format!("custody of item {}: event {number} {what} {}", item.number, row.id)
    };
    let event = |number: i32| {
        let place = usize::try_from(number).ok().and_then(|number| number.checked_sub(1));
        place.and_then(|place| chain.get(place))
    };
    for row in rows {
        match row.kind.as_str() {
            "evidence.item_added.v1" if row.resource == item.name => {
                for (number, expected) in (1..).zip(beginning(row, &payload(row)?)) {
                    let same = event(number).is_some_and(|event| same(event, &expected));
                    same.then_some(()).ok_or_else(|| differs(row, number))?;
                    tell(number);
                }
            }
            "evidence.hand_over_completed.v1" => {
                let completed: pb::HandOverCompleted = payload(row)?;
                for moved in completed.items.iter().filter(|moved| moved.item == item.name) {
                    let same =
                        event(moved.events).is_some_and(|event| event.digest == moved.digest);
                    same.then_some(()).ok_or_else(|| differs(row, moved.events))?;
                    // Given and received: the digest of the second binds the first.
                    tell(moved.events - 1);
                    tell(moved.events);
                }
            }
            "evidence.custody_recorded.v1" if row.resource == item.name => {
                let said: pb::CustodyEvent = payload(row)?;
                let same = event(said.sequence).is_some_and(|event| event.digest == said.digest);
                same.then_some(()).ok_or_else(|| differs(row, said.sequence))?;
                tell(said.sequence);
            }
            "evidence.defect_cured.v1" if row.resource == item.name => {
                let cured: pb::Defect = payload(row)?;
                let same = event(cured.cured_by)
                    .is_some_and(|event| event.defect == cured.code && of_row(event, row));
                same.then_some(()).ok_or_else(|| differs(row, cured.cured_by))?;
                tell(cured.cured_by);
            }
            "evidence.item_recognized.v1" if row.resource == item.name => {
                let is = |event: &&pb::CustodyEvent| {
                    event.kind() == pb::CustodyKind::Recognized && of_row(event, row)
                };
                chain.iter().filter(is).for_each(|event| tell(event.sequence));
            }
            _ => {}
        }
    }
    Ok(known)
}

/// Whether an event was done by whom the row names, and then.
fn of_row(event: &pb::CustodyEvent, row: &Row) -> bool {
    let micros = |at: &Option<prost_types::Timestamp>| at.map(|at| (at.seconds, at.nanos / 1000));
    (&event.agency, &event.officer) == (&row.agency, &row.officer)
        && micros(&event.time) == micros(&row.time)
}

/// The events that an item's chain begins with, as they follow from its registration.
fn beginning(row: &Row, item: &pb::Item) -> Vec<pb::CustodyEvent> {
    let collection = item.collection.clone().unwrap_or_default();
    let method = collection.method().as_str_name().trim_start_matches("COLLECTION_METHOD_");
    let event = |kind: pb::CustodyKind, seal_no: &str| pb::CustodyEvent {
        kind: kind.into(),
        time: collection.time,
        agency: row.agency.clone(),
        officer: collection.collectors.first().cloned().unwrap_or_default(),
        place: collection.place.clone(),
        holder: row.agency.clone(),
        storage_place: item.storage_place.clone(),
        seal_no: seal_no.to_owned(),
        ..pb::CustodyEvent::default()
    };
    let mut events = vec![pb::CustodyEvent {
        reason: format!("{method} by {}", collection.collectors.join(", ")),
        ..event(pb::CustodyKind::Collected, "")
    }];
    if !item.seal_no.is_empty() {
        events.push(event(pb::CustodyKind::Sealed, &item.seal_no));
    }
    events.push(pb::CustodyEvent {
        time: item.create_time,
        officer: row.officer.clone(),
        place: String::new(),
        ..event(pb::CustodyKind::Registered, &item.seal_no)
    });
    events
}

/// Whether two events say the same, whatever their number and digest.
fn same(event: &pb::CustodyEvent, expected: &pb::CustodyEvent) -> bool {
    let said = |event: &pb::CustodyEvent| {
        read(&pb::CustodyEvent { sequence: 0, digest: String::new(), ..event.clone() })
            .map(|event| event.canonical())
    };
    said(event) == said(expected)
}

/// An event as the domain has it, whose canonical bytes are hashed.
fn read(event: &pb::CustodyEvent) -> Option<CustodyEvent> {
    let time = event.time?;
    let kind = event.kind().as_str_name().strip_prefix("CUSTODY_KIND_")?;
    Some(CustodyEvent {
        sequence: event.sequence,
        kind: CustodyKind::parse(kind)?,
        at: chrono::DateTime::from_timestamp(time.seconds, u32::try_from(time.nanos).ok()?)?,
        agency: AgencyCode::parse(&event.agency)?,
        officer: event.officer.clone(),
        place: event.place.clone(),
        reason: event.reason.clone(),
        approved_by: event.approved_by.clone(),
        holder: AgencyCode::parse(&event.holder)?,
        custodian: event.custodian.clone(),
        kept_by: event.kept_by.clone(),
        storage_place: event.storage_place.clone(),
        seal_no: event.seal_no.clone(),
        hand_over: event.hand_over.clone(),
        contents: event.contents.clone(),
        rule: event.rule.clone(),
        basis: event.basis.clone(),
        defect: event.defect.clone(),
        recipient: event.recipient.clone(),
        digest: Digest::START,
    })
}
