//! The chain, and each row of the table of what may be recorded, with each refusal.

use super::*;
use crate::domain::{
    custody::{
        CustodyEvent, Digest, Said,
        rule::{Record, Rule, TABLE, When, check, keeper, record, written_by},
        verify_chain,
    },
    measure::SEIZURE,
    word::{CustodyKind, CustodyState, Position},
};

/// A record of a kind with everything it needs.
fn whole(kind: CustodyKind) -> Record {
    let ends = matches!(kind, CustodyKind::Destroyed | CustodyKind::Sold);
    let said = Said {
        place: "物证室".to_owned(),
        reason: "办案需要".to_owned(),
        approved_by: if ends { "MKT-04".to_owned() } else { String::new() },
        contents: vec!["contents/1".to_owned()],
        recipient: text(kind == CustodyKind::Returned, "店主"),
        ..Said::new(kind, monday(), &mkt(), "MKT-06")
    };
    Record {
        said,
        seal_no: text(kind == CustodyKind::Sealed, "S-9"),
        custodian: text(kind == CustodyKind::Stored, "MKT-06"),
        storage_place: text(kind == CustodyKind::Stored, "B架"),
        approver: ends.then_some(Position::PrincipalHead),
        pictured: true,
    }
}

fn text(there: bool, text: &str) -> String {
    if there { text.to_owned() } else { String::new() }
}

fn just_now() -> When {
    When { now: monday(), said: false }
}

fn tried(item: &Item, one: Record) -> Result<(Item, CustodyEvent), Refusal> {
    record(item, &dossier(), one, just_now())
}

/// An item on which this event is possible.
fn ready(kind: CustodyKind) -> (Item, Vec<CustodyEvent>) {
    let sealed = kind == CustodyKind::Unsealed;
    let mut facts = facts(if sealed { Kind::ElectronicData } else { Kind::Physical });
    facts.perishable = kind == CustodyKind::Sold;
    registered(facts)
}

fn rows() -> impl Iterator<Item = &'static Rule> {
    TABLE.iter()
}

#[test]
fn every_kind_is_recorded_by_a_row_or_written_by_another_call() {
    for kind in CustodyKind::ALL {
        let row = rows().filter(|row| row.kind == *kind).count();
        assert_eq!(row + usize::from(written_by(*kind).is_some()), 1, "{kind}");
        if let Some(call) = written_by(*kind) {
            let (_, sentence) = told(&tried(&ready(*kind).0, whole(*kind)).unwrap_err());
            assert!(sentence.contains(call), "{sentence}");
        }
    }
}

#[test]
fn each_event_with_what_it_needs_is_recorded_and_the_chain_holds() {
    for row in rows() {
        let (item, mut chain) = ready(row.kind);
        let (after, event) = tried(&item, whole(row.kind)).unwrap();
        assert_eq!((after.version, after.custody.state), (item.version + 1, row.leaves));
        assert_eq!((event.rule.as_str(), event.holder.clone()), (row.law.rule, mkt()));
        chain.push(event);
        assert_eq!(verify_chain(&after.name(), &after.custody, &chain), Ok(()), "{}", row.kind);
    }
}

#[test]
fn seal_custodian_and_place_are_those_of_the_event() {
    let (item, _) = ready(CustodyKind::Sealed);
    let (after, event) = tried(&item, whole(CustodyKind::Sealed)).unwrap();
    assert_eq!((after.custody.seal_no.as_str(), event.seal_no.as_str()), ("S-9", "S-9"));
    let (after, event) = tried(&after, whole(CustodyKind::Unsealed)).unwrap();
    assert_eq!((after.custody.seal_no.as_str(), event.seal_no.as_str()), ("", ""));
    let (after, event) = tried(&after, whole(CustodyKind::Stored)).unwrap();
    assert_eq!(after.custody.custodian, "MKT-06");
    assert_eq!((after.custody.storage_place, event.storage_place), ("B架".into(), "B架".into()));
}

/// What is missing of a whole record of a kind, and the field that is named.
#[track_caller]
fn missing(kind: CustodyKind, field: &str, take: impl FnOnce(&mut Record)) {
    let mut one = whole(kind);
    take(&mut one);
    let refusal = tried(&ready(kind).0, one).unwrap_err();
    let Refusal::Fields { faults, .. } = refusal else { panic!("{refusal}") };
    assert_eq!(faults.iter().map(|(field, _)| field.as_str()).collect::<Vec<_>>(), [field]);
}

#[test]
fn each_thing_an_event_needs_is_asked_for() {
    for kind in [
        CustodyKind::Unsealed,
        CustodyKind::Sampled,
        CustodyKind::Tested,
        CustodyKind::Returned,
        CustodyKind::Destroyed,
        CustodyKind::Sold,
    ] {
        missing(kind, "reason", |one| one.said.reason = " ".to_owned());
    }
    for row in rows() {
        missing(row.kind, "place", |one| one.said.place = " ".to_owned());
    }
    missing(CustodyKind::Sealed, "seal_no", |one| one.seal_no.clear());
    missing(CustodyKind::Stored, "custodian", |one| one.custodian.clear());
    missing(CustodyKind::Stored, "storage_place", |one| one.storage_place.clear());
    missing(CustodyKind::Returned, "recipient", |one| one.said.recipient.clear());
    missing(CustodyKind::Sold, "contents", |one| one.said.contents.clear());
    missing(CustodyKind::Destroyed, "approved_by", |one| one.said.approved_by.clear());
    missing(CustodyKind::Sold, "approved_by", |one| one.said.approved_by.clear());
}

#[test]
fn what_does_not_belong_to_an_event_is_refused() {
    missing(CustodyKind::Unsealed, "seal_no", |one| one.seal_no = "S-2".to_owned());
    missing(CustodyKind::Tested, "custodian", |one| one.custodian = "MKT-06".to_owned());
    missing(CustodyKind::Sealed, "storage_place", |one| one.storage_place = "A".to_owned());
    missing(CustodyKind::Stored, "recipient", |one| one.said.recipient = "x".to_owned());
    missing(CustodyKind::Tested, "approved_by", |one| one.said.approved_by = "M".to_owned());
    let mut one = whole(CustodyKind::Sold);
    (one.said.reason, one.said.contents, one.seal_no) = (String::new(), Vec::new(), "S".into());
    one.said.approved_by.clear();
    let Err(Refusal::Fields { faults, .. }) = check(&one) else { panic!("not refused") };
    assert_eq!(faults.len(), 4, "all of them at once: {faults:?}");
}

#[test]
fn a_sealed_item_is_not_opened_without_a_reason_nor_used_before_it_is_opened() {
    let (sealed, _) = registered(facts(Kind::ElectronicData));
    let mut unsealed = whole(CustodyKind::Unsealed);
    unsealed.said.reason.clear();
    let (rule, sentence) = told(&tried(&sealed, unsealed).unwrap_err());
    assert!(rule == "E-07" && sentence.contains("say why"), "{sentence}");
    for kind in [CustodyKind::Sealed, CustodyKind::Sampled, CustodyKind::Tested] {
        let (_, sentence) = told(&tried(&sealed, whole(kind)).unwrap_err());
        assert!(sentence.contains("under seal S-1"), "{kind}: {sentence}");
    }
    let (open, _) = registered(facts(Kind::Physical));
    let (_, sentence) = told(&tried(&open, whole(CustodyKind::Unsealed)).unwrap_err());
    assert!(sentence.contains("not sealed"), "{sentence}");
}

#[test]
fn an_end_is_approved_by_a_head_and_a_sale_by_the_principal_head() {
    let by = |kind, position| tried(&ready(kind).0, Record { approver: position, ..whole(kind) });
    let head = [Position::DeputyHead, Position::PrincipalHead, Position::ActingHead];
    for position in head {
        assert!(by(CustodyKind::Destroyed, Some(position)).is_ok(), "{position}");
    }
    for (kind, position) in [
        (CustodyKind::Destroyed, Some(Position::EnforcementOfficer)),
        (CustodyKind::Destroyed, None),
        (CustodyKind::Sold, Some(Position::EnforcementOfficer)),
        (CustodyKind::Sold, Some(Position::DeputyHead)),
    ] {
        let refusal = by(kind, position).unwrap_err();
        assert!(matches!(refusal, Refusal::WrongOfficer { .. }), "{kind} {position:?}");
    }
    let (rule, sentence) = told(&by(CustodyKind::Sold, Some(Position::DeputyHead)).unwrap_err());
    assert!(rule == "E-10" && sentence.contains("art. 236"), "{sentence}");
}

#[test]
fn who_investigates_or_collected_does_not_keep() {
    let (item, _) = registered(facts(Kind::Physical));
    // MKT-03 investigates, PSB-02 for a body that received, MKT-02 only collected.
    for (custodian, why) in
        [("MKT-03", "investigates"), ("PSB-02", "investigates"), ("MKT-02", "collected")]
    {
        let one = Record { custodian: custodian.to_owned(), ..whole(CustodyKind::Stored) };
        let refusal = tried(&item, one).unwrap_err();
        let (rule, sentence) = told(&refusal);
        assert!(matches!(refusal, Refusal::WrongOfficer { .. }) && rule == "E-10");
        assert!(sentence.contains(why) && sentence.contains("art. 235"), "{sentence}");
    }
    assert_eq!(keeper(&item, &dossier(), "PSB-06"), Ok(()));
}

#[test]
fn only_the_holder_records() {
    for row in rows() {
        let mut one = whole(row.kind);
        one.said.agency = psb();
        let refusal = tried(&ready(row.kind).0, one).unwrap_err();
        assert!(matches!(refusal, Refusal::NotYours { .. }), "{}: {refusal}", row.kind);
    }
}

#[test]
fn nothing_follows_an_end_and_nothing_happens_during_a_hand_over() {
    for end in [CustodyState::Returned, CustodyState::Destroyed, CustodyState::Sold] {
        for row in rows() {
            let (mut item, _) = ready(row.kind);
            item.custody.state = end;
            let (_, sentence) = told(&tried(&item, whole(row.kind)).unwrap_err());
            assert!(sentence.contains("nothing follows"), "{sentence}");
        }
    }
    for row in rows() {
        let (mut item, _) = ready(row.kind);
        item.custody.hand_over = "handOvers/1".to_owned();
        let (rule, sentence) = told(&tried(&item, whole(row.kind)).unwrap_err());
        assert!(rule == "E-10" && sentence.contains("handOvers/1"), "{sentence}");
    }
}

#[test]
fn an_event_is_not_before_the_last_one_nor_later_than_now() {
    let (item, _) = registered(facts(Kind::Physical));
    let when = When { now: at("2026-03-03 10:00"), said: true };
    let at_time = |time: &str| {
        let mut one = whole(CustodyKind::Tested);
        one.said.at = at(time);
        record(&item, &dossier(), one, when)
    };
    assert_eq!(at_time("2026-03-02 12:00").unwrap().1.at, at("2026-03-02 12:00"));
    let (_, sentence) = told(&at_time("2026-03-02 09:59").unwrap_err());
    assert!(sentence.contains("before the last event"), "{sentence}");
    let (_, sentence) = told(&at_time("2026-03-03 10:01").unwrap_err());
    assert!(sentence.contains("later than now"), "{sentence}");
}

#[test]
fn what_is_under_a_measure_is_released_before_it_is_given_back() {
    let (mut item, _) = registered(facts(Kind::Physical));
    item.measure = Some(measure(MeasureKind::Seizure, "2026-03-01"));
    let refusal = tried(&item, whole(CustodyKind::Returned)).unwrap_err();
    assert_eq!(refusal.law(), SEIZURE);
    item.measure.as_mut().unwrap().state = MeasureState::Released;
    assert!(tried(&item, whole(CustodyKind::Returned)).is_ok());
}

#[test]
fn what_is_sold_or_destroyed_is_under_no_measure_any_more() {
    for (kind, state) in [
        (CustodyKind::Sold, MeasureState::Disposed),
        (CustodyKind::Destroyed, MeasureState::Disposed),
        (CustodyKind::Tested, MeasureState::Running),
    ] {
        let (mut item, _) = ready(kind);
        item.measure = Some(measure(MeasureKind::Seizure, "2026-03-01"));
        let (after, _) = tried(&item, whole(kind)).unwrap();
        assert_eq!(after.measure.unwrap().state, state, "{kind}");
    }
}

#[test]
fn only_what_spoils_is_sold_and_only_after_a_photograph_or_recording() {
    let (mut item, _) = ready(CustodyKind::Sold);
    let unseen = Record { pictured: false, ..whole(CustodyKind::Sold) };
    let (rule, sentence) = told(&tried(&item, unseen).unwrap_err());
    assert!(rule == "E-10" && sentence.contains("PHOTO or a VIDEO"), "{sentence}");
    item.facts.perishable = false;
    let (_, sentence) = told(&tried(&item, whole(CustodyKind::Sold)).unwrap_err());
    assert!(sentence.contains("perishable") && sentence.contains("art. 236"), "{sentence}");
}

#[test]
fn what_the_holder_stores_is_kept_by_nobody_else() {
    let (mut item, _) = registered(facts(Kind::Physical));
    item.custody.kept_by = Some(psb());
    let (tested, event) = tried(&item, whole(CustodyKind::Tested)).unwrap();
    assert_eq!((tested.custody.kept_by, event.kept_by.as_str()), (Some(psb()), "PSB"));
    let (stored, event) = tried(&item, whole(CustodyKind::Stored)).unwrap();
    assert_eq!((stored.custody.kept_by, event.kept_by.as_str()), (None, ""));
}

/// A long chain, and the item it is of.
fn long() -> (Item, Vec<CustodyEvent>) {
    let (mut item, mut chain) = registered(facts(Kind::Physical));
    for kind in [CustodyKind::Stored, CustodyKind::Tested, CustodyKind::Sealed] {
        let (after, event) = tried(&item, whole(kind)).unwrap();
        item = after;
        chain.push(event);
    }
    (item, chain)
}

#[test]
fn an_altered_missing_swapped_or_foreign_event_is_found() {
    let (item, chain) = long();
    let (name, custody) = (item.name(), &item.custody);
    assert_eq!(verify_chain(&name, custody, &chain), Ok(()));
    let changes: &[fn(&mut CustodyEvent)] = &[
        |event| event.kind = CustodyKind::Sampled,
        |event| event.at += chrono::Duration::microseconds(1),
        |event| event.agency = psb(),
        |event| event.officer.push('x'),
        |event| event.place.push('x'),
        |event| event.reason.push('x'),
        |event| event.approved_by.push('x'),
        |event| event.holder = psb(),
        |event| event.custodian.push('x'),
        |event| event.kept_by.push('x'),
        |event| event.storage_place.push('x'),
        |event| event.seal_no.push('x'),
        |event| event.hand_over.push('x'),
        |event| event.contents.push("x".to_owned()),
        |event| event.rule.push('x'),
        |event| event.basis.push('x'),
        |event| event.defect.push('x'),
        |event| event.recipient.push('x'),
        |event| event.digest = Digest::START,
        |event| event.sequence += 1,
    ];
    for (number, change) in changes.iter().enumerate() {
        let mut altered = chain.clone();
        change(&mut altered[2]);
        assert_eq!(verify_chain(&name, custody, &altered), Err(3), "change {number}");
    }
    let mut swapped = chain.clone();
    swapped.swap(2, 3);
    assert_eq!(verify_chain(&name, custody, &swapped), Err(3));
    let mut missing = chain.clone();
    missing.remove(1);
    assert_eq!(verify_chain(&name, custody, &missing), Err(2));
    assert_eq!(verify_chain(&name, custody, &chain[..4]), Err(5), "the last is missing");
    let (other, _) = long();
    assert_eq!(verify_chain(&other.name(), custody, &chain), Err(1), "another item's chain");
    let mut elsewhere = item.custody.clone();
    elsewhere.holder = psb();
    assert_eq!(verify_chain(&name, &elsewhere, &chain), Err(6), "the item says another holder");
}

#[test]
fn letters_do_not_change_fields_in_what_is_hashed() {
    let (_, chain) = long();
    let (mut one, mut two) = (chain[2].clone(), chain[2].clone());
    (one.place, one.reason) = ("ab".to_owned(), "c".to_owned());
    (two.place, two.reason) = ("a".to_owned(), "bc".to_owned());
    assert_ne!(one.canonical(), two.canonical());
    assert_eq!(Digest::parse(&one.digest.to_string()), Some(one.digest));
    for bad in ["", "ab", &"AB".repeat(32), &"zz".repeat(32)] {
        assert_eq!(Digest::parse(bad), None);
    }
}

#[test]
fn the_digest_is_what_the_contract_says() {
    // Counted by hand from the comment of CustodyEvent in custody.proto.
    use sha2::{Digest as _, Sha256};
    let (item, chain) = registered(facts(Kind::Physical));
    let first = &chain[0];
    let micros = first.at.timestamp_micros().to_string();
    let fields = [
        "1",
        "COLLECTED",
        &micros,
        "MKT",
        "MKT-01",
        "人民路1号",
        "SEIZED by MKT-01, MKT-02",
        "",
        "MKT",
        "",
        "",
        "A架",
        "",
        "",
        "",
        "",
        "",
        "",
        "0",
    ];
    let mut bytes = Sha256::digest(item.name()).to_vec();
    for field in fields {
        bytes.extend(u64::try_from(field.len()).unwrap().to_be_bytes());
        bytes.extend(field.as_bytes());
    }
    assert_eq!(first.digest.0.as_slice(), Sha256::digest(&bytes).as_slice());
}
