//! What must be known of an item: each thing missing is named, with its rule.

use super::*;
use crate::domain::{
    custody::verify_chain,
    registration::{Fault, faults, faults_of_kind, is_quantity},
    word::CustodyKind,
};

fn all(facts: &Facts, measure: Option<&Measure>) -> Vec<Fault> {
    let mut all = faults(facts, monday());
    all.extend(faults_of_kind(facts, measure));
    all
}

/// That a change of a whole item is a fault of one field, with this rule.
#[track_caller]
fn faulty(kind: Kind, field: &str, rule: &str, change: impl FnOnce(&mut Facts)) {
    let mut one = facts(kind);
    change(&mut one);
    let found = all(&one, None);
    let told: Vec<_> = found
        .iter()
        .map(|fault| (fault.field.as_str(), fault.law.map_or("", |law| law.rule)))
        .collect();
    assert_eq!(told, [(format!("item.{field}").as_str(), rule)], "{found:?}");
}

#[test]
fn an_item_of_each_kind_that_is_whole_has_no_fault() {
    for kind in Kind::ALL {
        assert_eq!(all(&facts(*kind), None), [], "{kind}");
    }
}

#[test]
fn each_text_of_a_line_that_is_missing_is_named_with_its_rule() {
    let physical = Kind::Physical;
    faulty(physical, "title", "E-10", |one| one.title = " ".to_owned());
    faulty(physical, "code", "E-10", |one| one.code.clear());
    faulty(physical, "quantity", "E-10", |one| one.quantity.clear());
    faulty(physical, "unit", "E-10", |one| one.unit.clear());
    faulty(physical, "source", "E-10", |one| one.source.clear());
    faulty(physical, "condition", "E-10", |one| one.condition.clear());
    faulty(physical, "collection.place", "E-10", |one| one.collection.place.clear());
    for kind in [Kind::Physical, Kind::Documentary, Kind::AudioVisual] {
        faulty(kind, "features", "E-10", |one| one.features.clear());
    }
}

#[test]
fn texts_are_bounded_and_have_no_control_characters() {
    let long = |length: usize| "x".repeat(length);
    faulty(Kind::Physical, "title", "", |one| one.title = long(501));
    faulty(Kind::Physical, "title", "", |one| one.title = "a\nb".to_owned());
    faulty(Kind::Physical, "seal_no", "", |one| one.seal_no = "a\u{7}".to_owned());
    faulty(Kind::Physical, "features", "", |one| one.features = long(4001));
    let mut lines = facts(Kind::Physical);
    lines.features = "一\n二".to_owned();
    assert_eq!(all(&lines, None), [], "a long text may have lines");
    faulty(Kind::Physical, "value_fen", "", |one| one.value_fen = -1);
}

#[test]
fn a_quantity_is_a_decimal_above_nought() {
    for good in ["1", "1.1", "0.001", "999999999999.999999"] {
        assert!(is_quantity(good), "{good}");
    }
    for bad in ["", "0", "0.0", "-1", "+1", "1e3", "1.", ".5", "1.1.1", "一", "1 ", "1,5"] {
        assert!(!is_quantity(bad), "{bad}");
    }
    faulty(Kind::Physical, "quantity", "E-10", |one| one.quantity = "0".to_owned());
}

#[test]
fn two_different_officers_collect_and_not_in_the_future() {
    let (kind, field) = (Kind::Physical, "collection.collectors");
    faulty(kind, field, "E-06", |one| one.collection.collectors.truncate(1));
    faulty(kind, field, "E-06", |one| one.collection.collectors[1] = "MKT-01".to_owned());
    faulty(kind, field, "", |one| {
        one.collection.collectors = (0..21).map(|n| n.to_string()).collect();
    });
    faulty(kind, "collection.time", "", |one| one.collection.time = at("2026-03-02 10:01"));
}

#[test]
fn a_witness_is_needed_when_the_holder_is_unknown_or_refused_to_sign() {
    let (kind, field) = (Kind::Physical, "collection.witness");
    faulty(kind, field, "E-06", |one| one.collection.holder.clear());
    faulty(kind, field, "E-06", |one| one.collection.refusal_to_sign = "拒绝签名".to_owned());
    let mut witnessed = facts(kind);
    witnessed.collection.holder.clear();
    witnessed.collection.witness = "邻居".to_owned();
    assert_eq!(all(&witnessed, None), []);
}

#[test]
fn electronic_data_has_its_list_and_a_check_value_that_counts() {
    let kind = Kind::ElectronicData;
    let list = |change: fn(&mut ElectronicData)| {
        move |one: &mut Facts| change(one.electronic_data.as_mut().unwrap())
    };
    faulty(kind, "electronic_data", "E-06", |one| one.electronic_data = None);
    faulty(kind, "electronic_data.category", "E-06", list(|data| data.category.clear()));
    faulty(kind, "electronic_data.file_format", "E-06", list(|data| data.file_format.clear()));
    faulty(
        kind,
        "electronic_data.check_algorithm",
        "E-06",
        list(|data| data.check_algorithm.clear()),
    );
    faulty(kind, "electronic_data.check_value", "E-06", list(|data| data.check_value.clear()));
    let md5 = "electronic_data.check_algorithm";
    faulty(kind, md5, "E-06", list(|data| data.check_algorithm = "MD5".to_owned()));
    faulty(kind, md5, "E-06", list(|data| data.check_algorithm = "SHA-1".to_owned()));
    let value = "electronic_data.check_value";
    faulty(kind, value, "E-06", list(|data| data.check_value = "ab".repeat(16)));
    faulty(kind, value, "E-06", list(|data| data.check_value = "zz".repeat(32)));
    faulty(kind, "electronic_data.medium_reason", "E-06", list(|data| data.medium_id.clear()));
    let other = "electronic_data.other_check_values[0]";
    faulty(kind, other, "", list(|data| data.other_check_values = vec!["MD5".to_owned()]));
    faulty(Kind::Physical, "electronic_data", "", |one| {
        one.electronic_data = facts(Kind::ElectronicData).electronic_data;
    });
}

#[test]
fn md5_alone_is_refused_with_the_reason_and_beside_sha_256_it_is_fine() {
    let mut one = facts(Kind::ElectronicData);
    let data = one.electronic_data.as_mut().unwrap();
    data.check_algorithm = "MD5".to_owned();
    data.check_value = "d41d8cd98f00b204e9800998ecf8427e".to_owned();
    let told: Vec<_> = all(&one, None).into_iter().map(|fault| fault.what).collect();
    assert!(told[0].contains("alone is not accepted"), "{told:?}");
    let mut one = facts(Kind::ElectronicData);
    let data = one.electronic_data.as_mut().unwrap();
    data.other_check_values = vec!["MD5:d41d8cd98f00b204e9800998ecf8427e".to_owned()];
    assert_eq!(all(&one, None), []);
    one.electronic_data.as_mut().unwrap().check_algorithm = "SM3".to_owned();
    assert_eq!(all(&one, None), []);
}

#[test]
fn an_opinion_names_whose_it_is() {
    let kind = Kind::AppraisalOpinion;
    faulty(kind, "appraisal", "E-11", |one| one.appraisal = None);
    faulty(kind, "appraisal.institution", "E-11", |one| {
        one.appraisal.as_mut().unwrap().institution.clear();
    });
    faulty(kind, "appraisal.appraiser", "E-11", |one| {
        one.appraisal.as_mut().unwrap().appraiser.clear();
    });
    faulty(Kind::Physical, "appraisal", "", |one| {
        one.appraisal = facts(Kind::AppraisalOpinion).appraisal;
    });
}

#[test]
fn a_measure_is_over_property_and_a_seizure_over_what_was_seized() {
    let seizure = measure(MeasureKind::Seizure, "2026-03-01");
    let registration = measure(MeasureKind::PriorRegistration, "2026-03-01");
    let fields = |facts: &Facts, measure: &Measure| {
        let found = all(facts, Some(measure));
        found.into_iter().map(|one| (one.field, one.law.unwrap().rule)).collect::<Vec<_>>()
    };
    assert_eq!(fields(&facts(Kind::Physical), &seizure), []);
    let words = fields(&facts(Kind::Testimony), &registration);
    assert_eq!(words, [("item.measure".to_owned(), "E-04")]);
    let mut produced = facts(Kind::Physical);
    produced.collection.method = Method::Produced;
    assert_eq!(fields(&produced, &seizure), [("item.measure.kind".to_owned(), "E-05")]);
    assert_eq!(fields(&produced, &registration), []);
}

#[test]
fn source_papers_have_codes_and_are_few() {
    faulty(Kind::Physical, "source_papers[0].code", "", |one| {
        one.source_papers[0].code = "seizure list".to_owned();
    });
    faulty(Kind::Physical, "source_papers", "", |one| {
        one.source_papers = vec![one.source_papers[0].clone(); 21];
    });
}

#[test]
fn every_fault_is_told_at_once() {
    let mut bad = facts(Kind::ElectronicData);
    (bad.title, bad.unit, bad.source) = (String::new(), String::new(), String::new());
    bad.collection.collectors.clear();
    bad.electronic_data = Some(ElectronicData::default());
    assert_eq!(all(&bad, None).len(), 10, "{:?}", all(&bad, None));
}

#[test]
fn the_chain_begins_with_the_collection_the_seal_and_the_registration() {
    let (item, chain) = registered(facts(Kind::ElectronicData));
    let kinds: Vec<_> = chain.iter().map(|event| event.kind).collect();
    let expected = [CustodyKind::Collected, CustodyKind::Sealed, CustodyKind::Registered];
    assert_eq!(kinds, expected);
    assert_eq!(chain[0].at, item.facts.collection.time);
    assert_eq!(chain[0].reason, "SEIZED by MKT-01, MKT-02");
    assert_eq!((chain[2].at, chain[2].officer.as_str()), (monday(), "MKT-01"));
    assert_eq!((item.custody.seal_no.as_str(), item.custody.events), ("S-1", 3));
    assert_eq!((&item.custody.holder, item.custody.custodian.as_str()), (&mkt(), ""));
    assert_eq!(verify_chain(&item.name(), &item.custody, &chain), Ok(()));
    let (_, chain) = registered(facts(Kind::Physical));
    assert_eq!(chain.len(), 2, "what has no seal was not sealed");
}

#[test]
fn monitoring_data_and_opinions_on_waste_say_whose_they_are() {
    use EnvironmentalIssuer::{EnvironmentAuthority, MonitoringBody, PublicSecurity};
    use EnvironmentalKind::{MonitoringData, WasteOpinion};
    for (kind, issued_by, ok) in [
        (MonitoringData, EnvironmentAuthority, true),
        (MonitoringData, MonitoringBody, true),
        (MonitoringData, PublicSecurity, false),
        (WasteOpinion, EnvironmentAuthority, true),
        (WasteOpinion, PublicSecurity, true),
        (WasteOpinion, MonitoringBody, false),
    ] {
        let said = Environmental { issued_by, ..environmental(kind) };
        if ok {
            let one = Facts { environmental: Some(said), ..facts(Kind::SiteRecord) };
            assert_eq!(all(&one, None), [], "{kind} {issued_by}");
        } else {
            let change = |one: &mut Facts| one.environmental = Some(said);
            faulty(Kind::SiteRecord, "environmental.issued_by", "E-14", change);
        }
    }
    let with = |change: fn(&mut Environmental), kind: EnvironmentalKind| {
        move |one: &mut Facts| {
            let mut said = environmental(kind);
            change(&mut said);
            one.environmental = Some(said);
        }
    };
    let (record, field) = (Kind::Documentary, "environmental.waste_code");
    faulty(record, field, "E-14", with(|said| said.waste_code.clear(), WasteOpinion));
    faulty(record, field, "", with(|said| said.waste_code = "HW08".to_owned(), MonitoringData));
    let nobody = with(|said| said.issuer.clear(), MonitoringData);
    faulty(record, "environmental.issuer", "E-14", nobody);
    for words in [Kind::Testimony, Kind::PartyStatement] {
        faulty(words, "environmental", "E-14", with(|_| {}, MonitoringData));
    }
}
