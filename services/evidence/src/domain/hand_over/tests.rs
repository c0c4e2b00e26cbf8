//! The rules of a hand-over, each with what breaks it.

mod duty;

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, TimeDelta, TimeZone as _, Utc};
use types::{AgencyCode, Id};

use super::{Count, HandOver, ITEMS_MAX, Proposal, count::Counting};
use crate::domain::{
    custody::{Digest, Said, verify_chain},
    dossier::Dossier,
    item::{Collection, Custody, Facts, Item, Review},
    measure::Measure,
    refusal::Refusal,
    word::{
        CustodyKind, CustodyState, HandOverState, Kind, MeasureKind, MeasureState, Method, Purpose,
    },
};

const LIST: Digest = Digest([7; 32]);

fn agency(code: &str) -> AgencyCode {
    AgencyCode::parse(code).unwrap()
}

fn at(minute: u32) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 3, 2, 2, minute, 0).unwrap()
}

fn dossier() -> Dossier {
    Dossier {
        id: Id::new(at(0)),
        agency: agency("MKT"),
        title: "a case".into(),
        case_no: "1".into(),
        docket: String::new(),
        investigators: vec!["MKT-01".into(), "MKT-02".into()],
        received_by: vec!["AGR-01".into()],
        items: 0,
        created_at: at(0),
        version: 1,
    }
}

fn item(dossier: &Dossier, code: &str) -> Item {
    let facts = Facts {
        kind: Kind::Physical,
        title: "thing".into(),
        code: code.into(),
        quantity: "2.50".into(),
        unit: "kg".into(),
        features: "red".into(),
        source: "seized".into(),
        condition: "whole".into(),
        seal_no: "S-1".into(),
        value_fen: 100,
        storage_place: "shelf 1".into(),
        collection: Collection {
            time: at(0),
            place: "here".into(),
            collectors: vec!["MKT-03".into(), "MKT-04".into()],
            holder: "somebody".into(),
            witness: String::new(),
            refusal_to_sign: String::new(),
            method: Method::Seized,
            proceeding: None,
        },
        electronic_data: None,
        appraisal: None,
        perishable: false,
        source_papers: Vec::new(),
        environmental: None,
    };
    let custody = Custody {
        holder: agency("MKT"),
        custodian: "MKT-09".into(),
        kept_by: None,
        state: CustodyState::Held,
        seal_no: "S-1".into(),
        storage_place: "shelf 1".into(),
        hand_over: String::new(),
        events: 0,
        last_digest: Digest::START,
        last_at: at(0),
    };
    let mut item = Item {
        id: Id::new(at(0)),
        dossier: dossier.id,
        number: 1,
        facts,
        measure: None,
        custody,
        review: Review::default(),
        created_at: at(0),
        updated_at: at(0),
        version: 1,
    };
    let _ = item.append(Said::new(CustodyKind::Collected, at(0), &agency("MKT"), "MKT-03"));
    item
}

fn proposal(purpose: Purpose) -> Proposal {
    Proposal {
        giver: agency("MKT"),
        receiver: agency("PSB-ECO"),
        purpose,
        referral: String::new(),
        dispute: String::new(),
        place: "the store".into(),
        under_measure: false,
        party_told_on: None,
        completes: true,
        officer: "MKT-01".into(),
    }
}

/// A proposal of two items for a referral.
struct Story {
    dossier: Dossier,
    items: Vec<Item>,
    hand_over: HandOver,
}

impl Story {
    fn new() -> Self {
        let dossier = dossier();
        let items = vec![item(&dossier, "A"), item(&dossier, "B")];
        let listed = proposal(Purpose::Referral).list(&dossier, &items, &BTreeMap::new(), at(1));
        let hand_over = listed.unwrap();
        let items = hand_over.listed(&items, at(1));
        Self { dossier, items, hand_over }
    }

    fn counted(self) -> Self {
        self.counted_so(|_| ())
    }

    fn counted_so(mut self, change: impl FnOnce(&mut Counting)) -> Self {
        self.hand_over = self.count(change).unwrap();
        self.hand_over.list = Some(LIST);
        self
    }

    fn count(&self, change: impl FnOnce(&mut Counting)) -> Result<HandOver, Refusal> {
        let mut counting = counting();
        change(&mut counting);
        self.hand_over.count(counting, &self.dossier, &self.items)
    }

    fn signed(mut self, sides: &[&str]) -> Self {
        for (minute, side) in (10..).zip(sides) {
            let officer = format!("{side}-01");
            self.hand_over =
                self.hand_over.sign(&agency(side), &officer, LIST, at(minute)).unwrap();
        }
        self
    }
}

fn counting() -> Counting {
    let counts = vec![(1, as_listed()), (2, as_listed())];
    let (officer, custodian) = ("PSB-ECO-01".into(), "PSB-ECO-02".into());
    let investigators = vec!["PSB-ECO-05".into()];
    Counting { by: agency("PSB-ECO"), officer, custodian, investigators, counts }
}

fn as_listed() -> Count {
    Count {
        quantity: "2.5".into(),
        condition: "whole".into(),
        seal_no: "S-1".into(),
        discrepancy: String::new(),
        photos: Vec::new(),
        accepted: true,
        storage_place: "store 2".into(),
        kept_by: None,
    }
}

#[track_caller]
fn broken<T: std::fmt::Debug>(result: Result<T, Refusal>, rule: &str, words: &str) {
    let Err(Refusal::Broken { what, law, .. }) = result else { panic!("{result:?}") };
    assert_eq!(law.rule, rule);
    assert!(what.contains(words), "{what}");
}

#[track_caller]
fn fields<T: std::fmt::Debug>(result: Result<T, Refusal>) -> Vec<String> {
    let Err(Refusal::Fields { faults, .. }) = result else { panic!("{result:?}") };
    faults.into_iter().map(|(field, _)| field).collect()
}

#[test]
fn a_list_says_what_the_items_were_when_it_was_made() {
    let story = Story::new();
    let line = &story.hand_over.lines[1];
    assert_eq!(
        (line.code.as_str(), line.quantity.as_str(), line.seal_no.as_str()),
        ("B", "2.50", "S-1")
    );
    assert!(story.items.iter().all(|item| item.custody.hand_over == story.hand_over.name()));
    assert!(story.items.iter().all(|item| item.custody.holder == agency("MKT")));
}

#[test]
fn every_item_that_is_elsewhere_is_named_and_where() {
    let dossier = dossier();
    let mut items = vec![item(&dossier, "A"), item(&dossier, "B"), item(&dossier, "C")];
    items.push(item(&dossier, "D"));
    items[0].custody.holder = agency("AGR");
    items[1].custody.hand_over = "handOvers/other".into();
    items[2].custody.state = CustodyState::Destroyed;
    let list =
        |items: &[Item]| proposal(Purpose::Custody).list(&dossier, items, &BTreeMap::new(), at(1));
    broken(list(&items), "E-10", "(A) is held by AGR");
    broken(list(&items), "E-10", "(B) is listed in handOvers/other");
    broken(list(&items), "E-10", "(C) is DESTROYED");
    assert!(list(&items[3..]).is_ok());
    items[3].dossier = Id::new(at(5));
    assert_eq!(fields(list(&items)), ["items[3]"]);
}

#[test]
fn a_refusal_names_ten_items_and_counts_the_others() {
    let dossier = dossier();
    let mut one = item(&dossier, "A");
    one.custody.holder = agency("AGR");
    let items = vec![one; ITEMS_MAX];
    let listed = proposal(Purpose::Custody).list(&dossier, &items, &BTreeMap::new(), at(1));
    broken(listed, "E-10", "and 990 more items");
}

#[test]
fn property_under_a_measure_goes_with_the_case_only_when_the_party_was_told() {
    let dossier = dossier();
    let mut one = item(&dossier, "A");
    one.measure = Some(Measure {
        kind: MeasureKind::Seizure,
        start: NaiveDate::from_ymd_opt(2026, 3, 1).unwrap(),
        decision_no: "1".into(),
        approved_by: "MKT-05".into(),
        extension_days: 0,
        testing_days: 0,
        state: MeasureState::Running,
        steps: Vec::new(),
    });
    let items = vec![one];
    let list = |proposal: Proposal| proposal.list(&dossier, &items, &BTreeMap::new(), at(1));
    broken(list(proposal(Purpose::Referral)), "T-22", "(A) is under a measure");
    broken(list(proposal(Purpose::OtherAgency)), "T-22", "party_told_on");
    let untold = Proposal { under_measure: true, ..proposal(Purpose::Referral) };
    assert_eq!(fields(list(untold.clone())), ["party_told_on"]);
    let told = Proposal { party_told_on: NaiveDate::from_ymd_opt(2026, 3, 2), ..untold };
    // A laboratory only keeps it: the measure stays with the agency.
    let custody = list(proposal(Purpose::Custody)).unwrap();
    let state = |hand_over: &HandOver| {
        let mut hand_over = hand_over.clone();
        hand_over.state = HandOverState::Completed;
        hand_over.lines[0].count = Some(as_listed());
        hand_over.moves(&items, at(2)).items[0].measure.as_ref().map(|measure| measure.state)
    };
    assert_eq!(state(&custody), Some(MeasureState::Running));
    let referral = list(told).unwrap();
    assert_eq!(state(&referral), Some(MeasureState::HandedOver));
}

#[test]
fn only_the_receiver_counts_and_only_once() {
    let story = Story::new();
    let refusal = story.count(|counting| counting.by = agency("MKT")).unwrap_err();
    assert!(matches!(refusal, Refusal::NotYours { .. }), "{refusal}");
    let story = story.counted();
    assert_eq!(story.hand_over.state, HandOverState::Counted);
    broken(story.count(|_| ()), "E-10", "counted already");
    let story = story.signed(&["MKT"]);
    broken(story.count(|_| ()), "E-10", "counted already");
    let story = story.signed(&["PSB-ECO"]);
    broken(story.count(|_| ()), "E-10", "counted already");
}

#[test]
fn each_line_is_counted_once_and_all_faults_are_named_at_once() {
    let story = Story::new();
    let faults = fields(story.count(|counting| {
        counting.counts =
            vec![(1, as_listed()), (1, as_listed()), (3, as_listed()), (0, as_listed())];
    }));
    let twice = "counts[1].line_no";
    assert_eq!(faults, [twice, "counts[2].line_no", "counts[3].line_no", "counts"]);
}

#[test]
fn what_differs_from_the_list_needs_a_discrepancy() {
    let story = Story::new();
    type Change = fn(&mut Count);
    let changes: [(&str, Change); 6] = [
        ("discrepancy", |count| count.quantity = "2".into()),
        ("discrepancy", |count| count.seal_no = "S-2".into()),
        ("discrepancy", |count| count.seal_no = String::new()),
        ("discrepancy", |count| count.condition = "broken".into()),
        ("discrepancy", |count| count.accepted = false),
        ("counted_quantity", |count| count.quantity = "two".into()),
    ];
    for (field, change) in changes {
        let faults = fields(story.count(|counting| change(&mut counting.counts[1].1)));
        assert_eq!(faults, [format!("counts[1].{field}")]);
    }
    for change in &changes[..5] {
        let counted = story.count(|counting| {
            change.1(&mut counting.counts[1].1);
            counting.counts[1].1.discrepancy = "as it was found".into();
        });
        assert!(counted.is_ok(), "{counted:?}");
    }
}

#[test]
fn what_is_not_there_or_has_no_place_is_not_accepted() {
    let story = Story::new();
    let faults = fields(story.count(|counting| {
        counting.counts[0].1.quantity = "0.0".into();
        counting.counts[0].1.discrepancy = "gone".into();
        counting.counts[1].1.storage_place = String::new();
    }));
    assert_eq!(faults, ["counts[0].accepted", "counts[1].storage_place"]);
}

#[test]
fn who_investigates_or_collected_or_counts_keeps_nothing() {
    let story = Story::new();
    // For the giver, the collector, who counts, for the receiver, for one who received before.
    for custodian in ["MKT-01", "MKT-03", "PSB-ECO-01", "PSB-ECO-05", "AGR-01"] {
        let refusal = story.count(|counting| counting.custodian = custodian.into()).unwrap_err();
        assert!(matches!(&refusal, Refusal::WrongOfficer { law, .. } if law.rule == "E-10"));
        assert!(refusal.to_string().contains(custodian));
    }
}

#[test]
fn both_sign_what_was_counted_each_once_in_any_order() {
    let story = Story::new();
    let sign = |hand_over: &HandOver, side: &str, list| {
        hand_over.sign(&agency(side), &format!("{side}-01"), list, at(9))
    };
    broken(sign(&story.hand_over, "MKT", LIST), "E-10", "not counted yet");
    for sides in [["MKT", "PSB-ECO"], ["PSB-ECO", "MKT"]] {
        let story = Story::new().counted();
        broken(sign(&story.hand_over, sides[0], Digest([8; 32])), "E-10", "list_sha256");
        let half = story.signed(&sides[..1]);
        assert_eq!(half.hand_over.state, HandOverState::HalfSigned);
        assert!(half.hand_over.copies().is_empty());
        broken(sign(&half.hand_over, sides[0], LIST), "E-10", "signed it already");
        let done = half.signed(&sides[1..]).hand_over;
        assert_eq!((done.state, done.copies().len()), (HandOverState::Completed, 3));
        broken(sign(&done, sides[1], LIST), "E-10", "it is COMPLETED");
    }
}

#[test]
fn a_list_of_which_nothing_is_accepted_can_only_be_refused() {
    let story = Story::new().counted_so(|counting| {
        for (_, count) in &mut counting.counts {
            count.accepted = false;
            count.discrepancy = "not ours".into();
        }
    });
    let signed = story.hand_over.sign(&agency("PSB-ECO"), "PSB-ECO-01", LIST, at(9));
    broken(signed, "E-10", "can only refuse");
    let refused = story.hand_over.refuse(&agency("PSB-ECO"), "not ours").unwrap();
    assert_eq!(refused.state, HandOverState::Refused);
}

#[test]
fn the_receiver_refuses_before_it_signs_and_the_giver_takes_back_before_anybody_signs() {
    let (mkt, police) = (agency("MKT"), agency("PSB-ECO"));
    let story = Story::new();
    assert!(matches!(story.hand_over.refuse(&mkt, "no"), Err(Refusal::NotYours { .. })));
    assert!(matches!(story.hand_over.withdraw(&police, "no"), Err(Refusal::NotYours { .. })));
    assert!(story.hand_over.refuse(&police, "no").is_ok());
    let taken_back = story.hand_over.withdraw(&mkt, "no").unwrap();
    broken(taken_back.refuse(&police, "no"), "E-10", "it is WITHDRAWN");
    broken(taken_back.sign(&mkt, "MKT-01", LIST, at(9)), "E-10", "it is WITHDRAWN");
    let given = Story::new().counted().signed(&["MKT"]).hand_over;
    broken(given.withdraw(&mkt, "no"), "E-10", "MKT has signed it already");
    assert!(given.refuse(&police, "no").is_ok());
    let received = Story::new().counted().signed(&["PSB-ECO"]).hand_over;
    broken(received.refuse(&police, "no"), "E-10", "it waits for MKT");
    broken(received.withdraw(&mkt, "no"), "E-10", "cannot be taken back");
}

#[test]
fn what_is_accepted_moves_with_its_chain_and_what_is_not_stays() {
    let story = Story::new().counted_so(|counting| {
        counting.counts[0].1.kept_by = Some(agency("AGR"));
        counting.counts[0].1.seal_no = "S-2".into();
        counting.counts[0].1.discrepancy = "sealed anew".into();
        counting.counts[1].1.accepted = false;
        counting.counts[1].1.discrepancy = "is another".into();
    });
    let story = story.signed(&["PSB-ECO", "MKT"]);
    let moved = story.hand_over.moves(&story.items, at(11));
    let (first, second) = (&moved.items[0].custody, &moved.items[1].custody);
    assert_eq!((first.holder.as_str(), first.custodian.as_str()), ("PSB-ECO", "PSB-ECO-02"));
    assert_eq!((first.seal_no.as_str(), first.storage_place.as_str()), ("S-2", "store 2"));
    assert_eq!(first.kept_by, Some(agency("AGR")));
    assert_eq!((second.holder.as_str(), second.events), ("MKT", 1));
    assert!(moved.items.iter().all(|item| item.custody.hand_over.is_empty()));
    let kinds: Vec<_> =
        moved.events.iter().map(|(_, event)| (event.kind, event.agency.as_str())).collect();
    assert_eq!(kinds, [(CustodyKind::HandedOver, "MKT"), (CustodyKind::Received, "PSB-ECO")]);
    // The chain goes on from what was there.
    let mut first = story.items[0].clone();
    first.custody.events = 0;
    let collected =
        first.append(Said::new(CustodyKind::Collected, at(0), &agency("MKT"), "MKT-03"));
    let received = moved.events.into_iter().map(|(_, event)| event);
    let chain: Vec<_> = std::iter::once(collected).chain(received).collect();
    assert_eq!(verify_chain(&moved.items[0].name(), &moved.items[0].custody, &chain), Ok(()));
}

#[test]
fn nothing_moves_when_it_is_refused_or_taken_back() {
    let story = Story::new();
    for over in [
        story.hand_over.refuse(&agency("PSB-ECO"), "no").unwrap(),
        story.hand_over.withdraw(&agency("MKT"), "no").unwrap(),
    ] {
        let moved = over.moves(&story.items, at(3));
        assert!(moved.events.is_empty());
        assert!(moved.items.iter().all(|item| item.custody.holder == agency("MKT")));
        assert!(moved.items.iter().all(|item| item.custody.hand_over.is_empty()));
    }
}

#[test]
fn an_event_is_never_before_the_last_one() {
    let story = Story::new().counted().signed(&["MKT", "PSB-ECO"]);
    let mut late = story.items[0].clone();
    late.custody.last_at = at(11) + TimeDelta::hours(1);
    let moved = story.hand_over.moves(&[late.clone(), story.items[1].clone()], at(12));
    assert!(moved.events.iter().take(2).all(|(_, event)| event.at >= late.custody.last_at));
}
