//! A custody chain against the journal: no event altered, left out or put in.

use evidence::domain::{
    custody::{CustodyEvent, Digest},
    word::CustodyKind,
};
use proto::{evidence::v1 as pb, journal::v1::Row};
use sha2::{Digest as _, Sha256};
use types::AgencyCode;

use super::rows::payload;

/// Checks the chain of an item, oldest first, against what the item and the rows say. Says how many
/// events at its end are not bound word for word: rows of before had only who and when of a cure or
/// a recognition.
pub(super) fn check(
    item: &pb::Item,
    chain: &[pb::CustodyEvent],
    rows: &[Row],
) -> Result<usize, String> {
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
    let state = match last.kind() {
        pb::CustodyKind::Returned => pb::CustodyState::Returned,
        pb::CustodyKind::Destroyed => pb::CustodyState::Destroyed,
        pb::CustodyKind::Sold => pb::CustodyState::Sold,
        pb::CustodyKind::Unspecified
        | pb::CustodyKind::Collected
        | pb::CustodyKind::Registered
        | pb::CustodyKind::Sealed
        | pb::CustodyKind::Unsealed
        | pb::CustodyKind::Sampled
        | pb::CustodyKind::Tested
        | pb::CustodyKind::Stored
        | pb::CustodyKind::HandedOver
        | pb::CustodyKind::Received
        | pb::CustodyKind::Recognized
        | pb::CustodyKind::Cured => pb::CustodyState::Held,
    };
    if custody.state() != state {
        return Err(format!("item {} is not {}", item.number, custody.state().as_str_name()));
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
    let told = recorded(item, chain, rows)?;
    match told.iter().position(|told| *told == Told::Nothing) {
        // The digest of an event binds those before it.
        None => Ok(told.iter().rev().take_while(|told| **told == Told::WhoAndWhen).count()),
        Some(place) => Err(format!("{} has no journal row", at(place + 1))),
    }
}

/// What a row of the journal tells of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Told {
    Nothing,
    WhoAndWhen,
    Everything,
}

/// What the rows tell of each event of a chain.
fn recorded(
    item: &pb::Item,
    chain: &[pb::CustodyEvent],
    rows: &[Row],
) -> Result<Vec<Told>, String> {
    let mut all = vec![Told::Nothing; chain.len()];
    let mut tell = |event: i32, told: Told| {
        let place = usize::try_from(event).ok().and_then(|number| number.checked_sub(1));
        if let Some(known) = place.and_then(|place| all.get_mut(place)) {
            *known = told.max(*known);
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
        if let Some(said) = whole(item, row)? {
            let same = event(said.sequence).is_some_and(|event| event.digest == said.digest);
            same.then_some(()).ok_or_else(|| differs(row, said.sequence))?;
            tell(said.sequence, Told::Everything);
        }
        match row.kind.as_str() {
            "evidence.item_added.v1" if row.resource == item.name => {
                for (number, expected) in (1..).zip(beginning(row, &payload(row)?)) {
                    let same = event(number).is_some_and(|event| same(event, &expected));
                    same.then_some(()).ok_or_else(|| differs(row, number))?;
                    tell(number, Told::Everything);
                }
            }
            "evidence.hand_over_completed.v1" => {
                let completed: pb::HandOverCompleted = payload(row)?;
                for moved in completed.items.iter().filter(|moved| moved.item == item.name) {
                    let same =
                        event(moved.events).is_some_and(|event| event.digest == moved.digest);
                    same.then_some(()).ok_or_else(|| differs(row, moved.events))?;
                    // Given and received: the digest of the second binds the first.
                    tell(moved.events - 1, Told::Everything);
                    tell(moved.events, Told::Everything);
                }
            }
            "evidence.defect_cured.v1" if row.resource == item.name => {
                let cured: pb::Defect = payload(row)?;
                let same = event(cured.cured_by)
                    .is_some_and(|event| event.defect == cured.code && of_row(event, row));
                same.then_some(()).ok_or_else(|| differs(row, cured.cured_by))?;
                tell(cured.cured_by, Told::WhoAndWhen);
            }
            "evidence.item_recognized.v1" if row.resource == item.name => {
                let is = |event: &&pb::CustodyEvent| {
                    event.kind() == pb::CustodyKind::Recognized && of_row(event, row)
                };
                chain.iter().filter(is).for_each(|event| tell(event.sequence, Told::WhoAndWhen));
            }
            _ => {}
        }
    }
    Ok(all)
}

/// The event of the item that a row has whole.
fn whole(item: &pb::Item, row: &Row) -> Result<Option<pb::CustodyEvent>, String> {
    if row.resource != item.name {
        return Ok(None);
    }
    let event = match row.kind.as_str() {
        "evidence.custody_recorded.v1" => Some(payload::<pb::CustodyEvent>(row)?),
        "evidence.defect_cured.v2" => payload::<pb::DefectCured>(row)?.event,
        "evidence.item_recognized.v2" => payload::<pb::ItemRecognized>(row)?.event,
        _ => return Ok(None),
    };
    event.map(Some).ok_or_else(|| format!("row {} has no event", row.id))
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

#[cfg(test)]
mod tests {
    use super::*;

    const ITEM: &str = "items/1";

    fn time(seconds: i64) -> Option<prost_types::Timestamp> {
        Some(prost_types::Timestamp { seconds, nanos: 0 })
    }

    fn event(kind: pb::CustodyKind, seconds: i64, reason: &str) -> pb::CustodyEvent {
        pb::CustodyEvent {
            kind: kind.into(),
            time: time(seconds),
            agency: "MKT".to_owned(),
            officer: "MKT-01".to_owned(),
            holder: "MKT".to_owned(),
            reason: reason.to_owned(),
            ..pb::CustodyEvent::default()
        }
    }

    /// Numbers and digests, as whoever writes the table computes them.
    fn linked(mut chain: Vec<pb::CustodyEvent>) -> Vec<pb::CustodyEvent> {
        let mut before: [u8; 32] = Sha256::digest(ITEM).into();
        for (number, event) in (1..).zip(&mut chain) {
            event.sequence = number;
            let canonical = read(event).unwrap().canonical();
            before = Sha256::new().chain_update(before).chain_update(canonical).finalize().into();
            event.digest = Digest(before).to_string();
        }
        chain
    }

    fn item(chain: &[pb::CustodyEvent]) -> pb::Item {
        let custody = pb::Custody {
            holder: "MKT".to_owned(),
            state: pb::CustodyState::Held.into(),
            events: i32::try_from(chain.len()).unwrap(),
            ..pb::Custody::default()
        };
        pb::Item { name: ITEM.to_owned(), custody: Some(custody), ..pb::Item::default() }
    }

    fn row(id: i64, kind: &str, seconds: i64, payload: &impl prost::Message) -> Row {
        Row {
            id,
            kind: kind.to_owned(),
            resource: ITEM.to_owned(),
            agency: "MKT".to_owned(),
            officer: "MKT-01".to_owned(),
            time: time(seconds),
            payload: payload.encode_to_vec(),
            ..Row::default()
        }
    }

    /// An item that was added, cured at 3 and recognised at 4; and its rows, of version 2.
    fn case() -> (Vec<pb::CustodyEvent>, Vec<Row>) {
        let registered = pb::Item {
            collection: Some(pb::Collection {
                time: time(1),
                collectors: vec!["MKT-01".to_owned()],
                method: pb::CollectionMethod::Seized.into(),
                ..pb::Collection::default()
            }),
            create_time: time(2),
            ..pb::Item::default()
        };
        let added = row(1, "evidence.item_added.v1", 2, &registered);
        let mut chain = beginning(&added, &registered);
        let mut cured = event(pb::CustodyKind::Cured, 3, "已补签");
        cured.defect = "NO_SIGNATURE".to_owned();
        chain.push(cured);
        chain.push(event(pb::CustodyKind::Recognized, 4, "已审查"));
        let chain = linked(chain);
        let cured = pb::DefectCured { event: Some(chain[2].clone()), ..Default::default() };
        let recognized = pb::ItemRecognized { event: Some(chain[3].clone()), ..Default::default() };
        let rows = vec![
            added,
            row(2, "evidence.defect_cured.v2", 3, &cured),
            row(3, "evidence.item_recognized.v2", 4, &recognized),
        ];
        (chain, rows)
    }

    #[test]
    fn no_word_of_a_cure_or_a_recognition_can_be_rewritten_with_its_digests() {
        let (chain, rows) = case();
        assert_eq!(check(&item(&chain), &chain, &rows), Ok(0));
        for (place, forge) in [
            (2, (|event| event.reason = "无需补签".to_owned()) as fn(&mut pb::CustodyEvent)),
            (2, |event| event.contents.push("contents/1".to_owned())),
            (2, |event| event.defect = "NO_SEAL".to_owned()),
            (3, |event| event.reason = "未审查".to_owned()),
            (3, |event| event.rule = "E-03".to_owned()),
        ] {
            let mut forged = chain.clone();
            forge(&mut forged[place]);
            let forged = linked(forged);
            let told = check(&item(&forged), &forged, &rows).unwrap_err();
            assert!(told.contains("differs from what the journal has"), "{told}");
        }
        // Nor can one be taken away, or put in.
        let told = check(&item(&chain[..3]), &chain[..3], &rows).unwrap_err();
        assert!(told.contains("differs from what the journal has"), "{told}");
        let told = check(&item(&chain), &chain, &rows[..2]).unwrap_err();
        assert!(told.contains("event 4 has no journal row"), "{told}");
    }

    #[test]
    fn events_that_old_rows_bind_by_who_and_when_alone_are_counted() {
        let (mut chain, mut rows) = case();
        let cured =
            pb::Defect { code: "NO_SIGNATURE".to_owned(), cured_by: 3, ..pb::Defect::default() };
        rows[1] = row(2, "evidence.defect_cured.v1", 3, &cured);
        rows[2] = row(3, "evidence.item_recognized.v1", 4, &pb::Assessment::default());
        assert_eq!(check(&item(&chain), &chain, &rows), Ok(2));
        // An event behind them binds them.
        chain.push(event(pb::CustodyKind::Tested, 5, "检验"));
        let chain = linked(chain);
        rows.push(row(4, "evidence.custody_recorded.v1", 5, &chain[4]));
        assert_eq!(check(&item(&chain), &chain, &rows), Ok(0));
    }

    #[test]
    fn an_item_is_gone_only_if_its_last_event_says_so() {
        let (chain, rows) = case();
        let mut gone = item(&chain);
        gone.custody.get_or_insert_default().set_state(pb::CustodyState::Destroyed);
        let told = check(&gone, &chain, &rows).unwrap_err();
        assert!(told.contains("is not CUSTODY_STATE_DESTROYED"), "{told}");
    }
}
