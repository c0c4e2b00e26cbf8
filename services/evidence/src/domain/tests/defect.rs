//! Each row of the table of defects: what finds it, what it means, and what does not have it.

use super::*;
use crate::domain::{
    custody::Said,
    defect::{Role, code_to_record, may_record, of, row, table::TABLE, to_cure, to_withdraw},
    item::{Cured, Found},
    word::{CustodyKind, Severity},
};

fn codes(item: &Item, chain: &[CustodyEvent], files: &[File]) -> Vec<String> {
    let dossier = dossier();
    of(item, &known(&dossier, chain, files)).into_iter().map(|one| one.code).collect()
}

fn of_facts(kind: Kind, change: impl FnOnce(&mut Facts)) -> Vec<String> {
    with_files(kind, &[], change)
}

fn with_files(kind: Kind, files: &[File], change: impl FnOnce(&mut Facts)) -> Vec<String> {
    let mut one = facts(kind);
    change(&mut one);
    let (item, chain) = registered(one);
    codes(&item, &chain, files)
}

fn file(role: Role) -> File {
    File { role, sha256: "ab".repeat(32), size: 8, committed_at: monday(), ..File::default() }
}

#[test]
fn an_item_that_is_whole_has_no_defect() {
    for kind in Kind::ALL {
        assert_eq!(of_facts(*kind, |_| {}), Vec::<String>::new(), "{kind}");
    }
}

#[test]
fn every_row_names_its_law_and_a_cure_where_there_is_one() {
    for (number, one) in TABLE.iter().enumerate() {
        let excludes = one.severity == Severity::Exclude;
        assert_eq!(excludes, one.cure.is_empty(), "{}", one.code);
        assert!(one.law.rule.starts_with("E-") && !one.law.basis.is_empty());
        assert!(["V", "S", "M", "D"].contains(&one.law.verified), "{}", one.code);
        assert!(!one.kinds.is_empty() && !one.description.is_empty());
        assert_eq!(TABLE.iter().position(|other| other.code == one.code), Some(number));
        assert_eq!(row(&format!("{}:7", one.code)).map(|row| row.code), Some(one.code));
    }
}

#[test]
fn things_need_a_record_of_their_source() {
    for kind in [Kind::Physical, Kind::Documentary] {
        let none = |one: &mut Facts| one.source_papers.clear();
        assert_eq!(of_facts(kind, none), ["NO_SOURCE_RECORD"]);
        assert!(with_files(kind, &[file(Role::Record)], none).is_empty(), "the record is there");
        let produced = |one: &mut Facts| {
            one.source_papers.clear();
            one.collection.method = Method::Produced;
        };
        assert!(of_facts(kind, produced).is_empty(), "neither seized nor taken on inspection");
        for signer in [Signer::Officers, Signer::Holder] {
            let gap = |one: &mut Facts| one.source_papers[0].signed_by = vec![signer];
            assert_eq!(of_facts(kind, gap), ["SOURCE_RECORD_UNSIGNED"]);
        }
        let witnessed = vec![Signer::Officers, Signer::Witness];
        let whole = |one: &mut Facts| one.source_papers[0].signed_by = witnessed;
        assert!(of_facts(kind, whole).is_empty());
    }
}

#[test]
fn electronic_data_is_sealed_signed_and_has_a_backup() {
    let kind = Kind::ElectronicData;
    assert_eq!(of_facts(kind, |one| one.seal_no.clear()), ["NOT_SEALED"]);
    assert_eq!(of_facts(kind, |one| one.source_papers.clear()), ["NO_HOLDER_SIGNATURE"]);
    let none = |one: &mut Facts| one.electronic_data.as_mut().unwrap().backup_id.clear();
    assert_eq!(of_facts(kind, none), ["NO_BACKUP"]);
    assert!(with_files(kind, &[file(Role::Backup)], none).is_empty());
    let unfilmed = |one: &mut Facts| one.electronic_data.as_mut().unwrap().video_id.clear();
    assert_eq!(of_facts(kind, unfilmed), ["NO_VIDEO"]);
    assert!(with_files(kind, &[file(Role::Video)], unfilmed).is_empty());
    let unseen = |one: &mut Facts| one.electronic_data.as_mut().unwrap().seal_photos_after.clear();
    assert_eq!(of_facts(kind, unseen), ["NO_SEAL_PHOTOS"]);
    assert_eq!(with_files(kind, &[file(Role::SealPhoto)], unseen), ["NO_SEAL_PHOTOS"]);
    assert!(with_files(kind, &[file(Role::SealPhoto), file(Role::SealPhoto)], unseen).is_empty());
    let extracted = |one: &mut Facts| {
        unseen(one);
        one.electronic_data.as_mut().unwrap().medium_id.clear();
    };
    assert!(of_facts(kind, extracted).is_empty(), "no medium was sealed");
}

#[test]
fn what_is_not_certain_is_looked_for_when_the_deployment_says_so() {
    let mut one = facts(Kind::ElectronicData);
    let list = one.electronic_data.as_mut().unwrap();
    list.video_id.clear();
    list.seal_photos_before.clear();
    let ((item, chain), dossier) = (registered(one), dossier());
    let codes = |seal_photos, video| {
        let settings = Settings { seal_photos, video };
        let known = Known { settings, ..known(&dossier, &chain, &[]) };
        of(&item, &known).into_iter().map(|one| one.code).collect::<Vec<_>>()
    };
    assert_eq!(codes(true, true), ["NO_SEAL_PHOTOS", "NO_VIDEO"]);
    assert_eq!(codes(false, true), ["NO_VIDEO"]);
    assert!(codes(false, false).is_empty());
}

#[test]
fn what_comes_after_the_first_hand_over_cures_nothing_by_itself() {
    let minute = chrono::Duration::minutes(1);
    let late = |role| File { committed_at: monday() + minute, ..file(role) };
    let handed_over = |facts: Facts, files: &[File]| {
        let (mut item, mut chain) = registered(facts);
        chain.push(item.append(Said::new(CustodyKind::HandedOver, monday(), &mkt(), "MKT-01")));
        codes(&item, &chain, files)
    };
    let mut unrecorded = facts(Kind::Physical);
    unrecorded.source_papers.clear();
    assert!(handed_over(unrecorded.clone(), &[file(Role::Record)]).is_empty());
    assert_eq!(handed_over(unrecorded, &[late(Role::Record)]), ["NO_SOURCE_RECORD"]);
    let mut data = facts(Kind::ElectronicData);
    data.electronic_data.as_mut().unwrap().backup_id.clear();
    assert!(handed_over(data.clone(), &[file(Role::Backup)]).is_empty());
    assert_eq!(handed_over(data, &[late(Role::Backup)]), ["NO_BACKUP"]);
}

#[test]
fn an_original_that_is_not_what_the_list_says_excludes_the_item() {
    let kind = Kind::ElectronicData;
    let other = File { sha256: "cd".repeat(32), ..file(Role::Original) };
    let files = [other.clone()];
    assert_eq!(with_files(kind, &files, |_| {}), ["CHECK_VALUE_MISMATCH"]);
    let both = [other.clone(), file(Role::Original)];
    assert!(with_files(kind, &both, |_| {}).is_empty(), "the data and a note beside them");
    let photo = [File { role: Role::Other, ..other.clone() }];
    assert!(with_files(kind, &photo, |_| {}).is_empty());
    let sm3 = |one: &mut Facts| {
        one.electronic_data.as_mut().unwrap().check_algorithm = "SM3".to_owned();
    };
    assert_eq!(with_files(kind, &files, sm3), ["NO_CHECK_VALUE"], "nothing can be compared");
    assert!(with_files(kind, &[], sm3).is_empty(), "there is no file that could be");
    let longer = [File { size: 9, ..file(Role::Original) }];
    assert_eq!(with_files(kind, &longer, |_| {}), ["SIZE_DIFFERS"]);
    let unsaid = |one: &mut Facts| one.electronic_data.as_mut().unwrap().size = 0;
    assert!(with_files(kind, &longer, unsaid).is_empty(), "a list of before states no size");
    let differs = [File { sm3: "cd".repeat(32), ..other.clone() }];
    assert_eq!(with_files(kind, &differs, sm3), ["CHECK_VALUE_MISMATCH"]);
    let equal = [File { sm3: "ab".repeat(32), ..other }];
    assert!(with_files(kind, &equal, sm3).is_empty());
}

#[test]
fn a_damaged_original_of_data_excludes_it() {
    let damaged = |role| [File { is_damaged: true, ..file(role) }];
    for kind in [Kind::ElectronicData, Kind::AudioVisual] {
        assert_eq!(with_files(kind, &damaged(Role::Original), |_| {}), ["CONTENT_DAMAGED"]);
        assert!(with_files(kind, &damaged(Role::Other), |_| {}).is_empty());
    }
    assert!(with_files(Kind::Physical, &damaged(Role::Original), |_| {}).is_empty(), "a picture");
}

#[test]
fn an_opinion_with_a_gap_is_excluded() {
    let codes = ["APPRAISER_UNQUALIFIED", "SAMPLE_UNCLEAR", "METHOD_MISSING", "APPRAISAL_UNSIGNED"];
    for (gap, code) in codes.into_iter().enumerate() {
        let found = of_facts(Kind::AppraisalOpinion, |one| {
            let opinion = one.appraisal.as_mut().unwrap();
            match gap {
                0 => opinion.qualification.clear(),
                1 => opinion.sample.clear(),
                2 => opinion.method.clear(),
                _ => opinion.is_signed = false,
            }
        });
        assert_eq!(found, [code]);
        assert_eq!(row(code).unwrap().severity, Severity::Exclude);
        assert_eq!(row(code).unwrap().law.basis, "SPC interpretation 2021 art. 98");
    }
}

#[test]
fn a_seal_that_changes_without_a_word_is_found_in_the_chain() {
    let (mut item, mut chain) = registered(facts(Kind::ElectronicData));
    chain.push(item.append(Said::new(CustodyKind::HandedOver, monday(), &mkt(), "MKT-01")));
    assert!(codes(&item, &chain, &[]).is_empty());
    item.custody.seal_no = "S-2".to_owned();
    chain.push(item.append(Said::new(CustodyKind::Received, monday(), &psb(), "PSB-01")));
    assert_eq!(codes(&item, &chain, &[]), ["SEAL_BROKEN_UNEXPLAINED:5"]);
    item.custody.seal_no.clear();
    chain.push(item.append(Said::new(CustodyKind::Unsealed, monday(), &psb(), "PSB-01")));
    chain.push(item.append(Said::new(CustodyKind::HandedOver, monday(), &psb(), "PSB-01")));
    let expected = ["NOT_SEALED:7", "SEAL_BROKEN_UNEXPLAINED:5"];
    assert_eq!(codes(&item, &chain, &[]), expected, "handed over without a seal");
}

#[test]
fn an_investigator_who_keeps_is_found_once() {
    let (mut item, mut chain) = registered(facts(Kind::Physical));
    for custodian in ["MKT-06", "MKT-02", "MKT-02", "MKT-06", "MKT-03"] {
        item.custody.custodian = custodian.to_owned();
        chain.push(item.append(Said::new(CustodyKind::Stored, monday(), &mkt(), "MKT-06")));
    }
    item.custody.custodian = "PSB-02".to_owned();
    chain.push(item.append(Said::new(CustodyKind::Received, monday(), &psb(), "PSB-01")));
    let expected = [
        "CUSTODIAN_IS_INVESTIGATOR:4",
        "CUSTODIAN_IS_INVESTIGATOR:7",
        // Of the receiver.
        "CUSTODIAN_IS_INVESTIGATOR:8",
    ];
    assert_eq!(codes(&item, &chain, &[]), expected);
}

#[test]
fn an_altered_chain_excludes_the_item() {
    let (item, mut chain) = registered(facts(Kind::Physical));
    chain[0].place = "别处".to_owned();
    assert_eq!(codes(&item, &chain, &[]), ["CHAIN_BROKEN"]);
    assert_eq!(codes(&item, &[], &[]), ["CHAIN_BROKEN"]);
}

#[test]
fn a_measure_past_its_last_day_is_a_defect_until_it_is_released() {
    let (mut item, chain) = registered(facts(Kind::Physical));
    item.measure = Some(measure(MeasureKind::Seizure, "2026-01-01"));
    assert_eq!(codes(&item, &chain, &[]), ["MEASURE_EXPIRED"]);
    item.measure.as_mut().unwrap().state = MeasureState::Released;
    assert!(codes(&item, &chain, &[]).is_empty());
}

fn find(item: &mut Item, code: &str) {
    item.review.found.push(Found {
        code: code.to_owned(),
        description: "说明".to_owned(),
        agency: psb(),
        officer: "PSB-01".to_owned(),
        at: monday(),
    });
}

fn cured(item: &mut Item, code: &str, event: i32) {
    item.review.cured.push(Cured { code: code.to_owned(), event });
}

#[test]
fn a_reviewer_records_codes_of_the_table_that_concern_the_kind() {
    let (mut item, chain) = registered(facts(Kind::Physical));
    let dossier = dossier();
    let record =
        |item: &Item, code: &str| code_to_record(item, &known(&dossier, &chain, &[]), code);
    for bad in ["NO_SUCH", "", "NOT_SEALED", "DESCRIPTION_UNCLEAR:7"] {
        let refusal = record(&item, bad).unwrap_err();
        assert!(matches!(refusal, Refusal::Fields { .. }), "{bad}: {refusal}");
    }
    assert_eq!(record(&item, "DESCRIPTION_UNCLEAR"), Ok("DESCRIPTION_UNCLEAR".to_owned()));
    find(&mut item, "DESCRIPTION_UNCLEAR");
    let (rule, sentence) = told(&record(&item, "DESCRIPTION_UNCLEAR").unwrap_err());
    assert!(rule == "E-09" && sentence.contains("already"), "{sentence}");
    cured(&mut item, "DESCRIPTION_UNCLEAR", 3);
    let again = record(&item, "DESCRIPTION_UNCLEAR").unwrap();
    assert_eq!(again, "DESCRIPTION_UNCLEAR:r2", "found again after it was cured");
    find(&mut item, &again);
    let all = of(&item, &known(&dossier, &chain, &[]));
    let told: Vec<_> = all.iter().map(|one| (one.code.as_str(), one.cured_by)).collect();
    assert_eq!(told, [("DESCRIPTION_UNCLEAR", 3), ("DESCRIPTION_UNCLEAR:r2", 0)]);
    assert!(all.iter().all(|one| one.found.as_ref().is_some_and(|by| by.agency == psb())));
}

#[test]
fn what_can_be_cured_is_open_known_and_does_not_exclude() {
    let mut one = facts(Kind::ElectronicData);
    one.seal_no.clear();
    let (mut item, chain) = registered(one);
    find(&mut item, "TAMPERED");
    let dossier = dossier();
    let cure = |item: &Item, code: &str| to_cure(item, &known(&dossier, &chain, &[]), code);
    assert_eq!(cure(&item, "NOT_SEALED").unwrap().code, "NOT_SEALED");
    let (rule, sentence) = told(&cure(&item, "TAMPERED").unwrap_err());
    assert!(rule == "E-08" && sentence.contains("cannot be cured"), "{sentence}");
    for unknown in ["NO_BACKUP", "NO_SUCH"] {
        assert!(told(&cure(&item, unknown).unwrap_err()).1.contains("no such defect"));
    }
    cured(&mut item, "NOT_SEALED", 4);
    let (_, sentence) = told(&cure(&item, "NOT_SEALED").unwrap_err());
    assert!(sentence.contains("cured by event 4"), "{sentence}");
}

#[test]
fn who_was_only_offered_an_item_finds_nothing_wrong_with_it() {
    let (mut item, mut chain) = registered(facts(Kind::Physical));
    let dossier = dossier();
    let asked = |chain: &[CustodyEvent], body| may_record(&known(&dossier, chain, &[]), &body);
    assert_eq!(asked(&chain, mkt()), Ok(()));
    let (rule, sentence) = told(&asked(&chain, psb()).unwrap_err());
    assert!(rule == "E-01" && sentence.contains("holds or held"), "{sentence}");
    item.custody.holder = psb();
    chain.push(item.append(Said::new(CustodyKind::Received, monday(), &psb(), "PSB-01")));
    assert_eq!(asked(&chain, psb()), Ok(()));
    item.custody.holder = mkt();
    chain.push(item.append(Said::new(CustodyKind::Received, monday(), &mkt(), "MKT-01")));
    assert_eq!(asked(&chain, psb()), Ok(()), "it held the item");
}

#[test]
fn the_finder_alone_takes_a_finding_back_unless_it_was_cured() {
    let (mut item, _) = registered(facts(Kind::Physical));
    let code = "DESCRIPTION_UNCLEAR";
    let (_, sentence) = told(&to_withdraw(&item, code, &psb()).unwrap_err());
    assert!(sentence.contains("nobody has recorded"), "{sentence}");
    find(&mut item, code);
    assert_eq!(to_withdraw(&item, code, &psb()), Ok(item.review.found[0].clone()));
    let refusal = to_withdraw(&item, code, &mkt()).unwrap_err();
    assert!(matches!(refusal, Refusal::NotYours { .. }), "{refusal}");
    cured(&mut item, code, 4);
    let (_, sentence) = told(&to_withdraw(&item, code, &psb()).unwrap_err());
    assert!(sentence.contains("cured by event 4"), "{sentence}");
}
