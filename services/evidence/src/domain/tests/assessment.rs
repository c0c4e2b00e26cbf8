//! How each kind may be used for each target (LAW.md 4.1), and who may recognise it.

use super::*;
use crate::domain::{
    assessment::{assess, class, may_recognize},
    item::{Found, Recognized},
    word::{Conversion, CustodyKind, EnvironmentalKind, Proceeding, Use},
};

#[test]
fn each_kind_has_its_class_for_each_use() {
    use Conversion::{Direct, Recollect, ReviewRequired};
    let criminal = [Use::CriminalFiling, Use::Prosecution, Use::Trial];
    let table = [
        (Kind::Physical, Direct, "E-02"),
        (Kind::Documentary, Direct, "E-02"),
        (Kind::AudioVisual, Direct, "E-02"),
        (Kind::ElectronicData, Direct, "E-02"),
        (Kind::AppraisalOpinion, ReviewRequired, "E-02"),
        (Kind::SiteRecord, ReviewRequired, "E-02"),
        (Kind::Testimony, Recollect, "E-03"),
        (Kind::PartyStatement, Recollect, "E-03"),
    ];
    assert_eq!(table.len(), Kind::ALL.len());
    for (kind, conversion, rule) in table {
        for target in criminal {
            let class = class(&facts(kind), day("2026-03-02"), target);
            assert_eq!((class.conversion, class.law.rule), (conversion, rule), "{kind} {target}");
        }
        for target in [Use::OtherAgency, Use::AdministrativeCase] {
            let class = class(&facts(kind), day("2026-03-02"), target);
            assert_eq!((class.conversion, class.law.rule), (Direct, "E-12"), "{kind} {target}");
        }
    }
}

#[test]
fn what_the_courts_text_does_not_name_says_so() {
    for kind in [Kind::AppraisalOpinion, Kind::SiteRecord] {
        let class = |target| class(&facts(kind), day("2026-03-02"), target);
        let trial = class(Use::Trial);
        assert!(trial.reason.contains("art. 75") && trial.law.basis.contains("75"));
        assert_eq!(class(Use::CriminalFiling).law.basis, "MPS procedure art. 63");
        assert_eq!(class(Use::Prosecution).law.basis, "检察规则 art. 64(2)");
    }
    let words = class(&facts(Kind::Testimony), day("2026-03-02"), Use::Trial);
    assert_eq!(words.law.verified, "M", "from memory, and it says so");
}

#[test]
fn what_other_agencies_collected_may_be_used_in_a_public_order_case_transferred_from_2026_on() {
    use Conversion::{Direct, Recollect, ReviewRequired};
    for kind in Kind::ALL {
        let class = |on| class(&facts(*kind), day(on), Use::PublicOrderCase);
        let expected = match kind {
            Kind::Physical | Kind::Documentary | Kind::AudioVisual | Kind::ElectronicData => Direct,
            Kind::AppraisalOpinion | Kind::SiteRecord => ReviewRequired,
            Kind::Testimony | Kind::PartyStatement => Recollect,
        };
        let now = class("2026-01-01");
        assert_eq!((now.conversion, now.law.rule), (expected, "E-13"), "{kind}");
        assert!(now.law.basis.contains("art. 93"));
        let before = class("2025-12-31");
        assert_eq!((before.conversion, before.law.rule), (Recollect, "E-13"), "{kind}");
        assert!(before.reason.contains("2026-01-01"));
    }
}

#[test]
fn the_day_of_the_transfer_is_that_on_which_the_item_left_who_collected_it() {
    let (dossier, (item, chain)) = (dossier(), registered(facts(Kind::Physical)));
    let class = |chain: &[CustodyEvent], today: &str| {
        let known = Known { day: day(today), ..known(&dossier, chain, &[]) };
        assess(&item, &known, Use::PublicOrderCase, &psb()).class.conversion
    };
    assert_eq!(class(&chain, "2026-03-02"), Conversion::Direct, "it can be transferred now");
    let mut left = chain.clone();
    let last = left.last().unwrap().clone();
    for on in ["2025-12-31 23:59", "2026-02-01 09:00"] {
        left.push(CustodyEvent { kind: CustodyKind::HandedOver, at: at(on), ..last.clone() });
    }
    assert_eq!(class(&left, "2026-03-02"), Conversion::Recollect, "the first time is the transfer");
}

#[test]
fn what_was_collected_in_a_criminal_case_may_be_used_where_it_becomes_another() {
    for kind in Kind::ALL {
        let mut criminal = facts(*kind);
        criminal.collection.proceeding = Some(Proceeding::Criminal);
        for target in [Use::AdministrativeCase, Use::PublicOrderCase] {
            let class = class(&criminal, day("2025-01-01"), target);
            assert_eq!((class.conversion, class.law.rule), (Conversion::Direct, "E-13"), "{kind}");
            assert!(class.law.basis.contains("art. 33"));
        }
        for target in [Use::CriminalFiling, Use::Prosecution, Use::Trial] {
            let class = class(&criminal, day("2025-01-01"), target);
            assert_eq!(class.conversion, Conversion::Direct, "it is criminal evidence: {kind}");
        }
    }
}

#[test]
fn monitoring_data_and_opinions_on_waste_may_be_criminal_evidence() {
    for (what, article) in
        [(EnvironmentalKind::MonitoringData, "14"), (EnvironmentalKind::WasteOpinion, "15")]
    {
        let mut report = facts(Kind::SiteRecord);
        report.environmental = Some(environmental(what));
        for target in [Use::CriminalFiling, Use::Prosecution, Use::Trial] {
            let class = class(&report, day("2026-03-02"), target);
            assert_eq!((class.conversion, class.law.rule), (Conversion::Direct, "E-14"));
            assert_eq!(class.law.basis, format!("法释〔2023〕7号 art. {article}"));
        }
        let other = class(&report, day("2026-03-02"), Use::OtherAgency);
        assert_eq!(other.law.rule, "E-12", "the text is about criminal proceedings");
    }
}

#[test]
fn an_item_that_was_registered_before_is_read_and_assessed_as_it_was() {
    for kind in Kind::ALL {
        let facts = facts(*kind);
        let mut old = serde_json::to_value(&facts).unwrap();
        old.as_object_mut().unwrap().remove("environmental").unwrap();
        old["collection"].as_object_mut().unwrap().remove("proceeding").unwrap();
        assert_eq!(serde_json::from_value::<Facts>(old).unwrap(), facts);
    }
}

#[test]
fn an_open_defect_that_excludes_makes_an_item_unusable_and_a_curable_one_does_not() {
    let dossier = dossier();
    let judge = |change: fn(&mut Facts)| {
        let mut one = facts(Kind::ElectronicData);
        change(&mut one);
        let (item, chain) = registered(one);
        let role = crate::domain::defect::Role::Original;
        let files = [File { role, sha256: "ab".repeat(32), size: 8, ..File::default() }];
        assess(&item, &known(&dossier, &chain, &files), Use::Trial, &psb())
    };
    assert!(judge(|_| {}).usable);
    let curable = judge(|one| one.seal_no.clear());
    assert!(curable.usable && curable.defects.len() == 1);
    let (mut item, chain) = registered(facts(Kind::Physical));
    item.review.found.push(Found {
        code: "ILLEGALLY_OBTAINED".to_owned(),
        description: "无搜查手续".to_owned(),
        agency: psb(),
        officer: "PSB-01".to_owned(),
        at: monday(),
    });
    let excluded = assess(&item, &known(&dossier, &chain, &[]), Use::Trial, &psb());
    assert!(!excluded.usable && excluded.defects[0].law.rule == "E-01");
}

/// An item that PSB holds, and what it is told when it would recognise it.
fn tried(kind: Kind, body: &AgencyCode, change: impl FnOnce(&mut Item)) -> Result<(), Refusal> {
    let (mut item, chain) = registered(facts(kind));
    let dossier = dossier();
    // The chain is that of the registration: the holder is changed on both.
    change(&mut item);
    let assessment = assess(&item, &known(&dossier, &chain, &[]), Use::CriminalFiling, body);
    // Who holds it is the question here, not the chain that has no hand-over.
    let mut assessment = assessment;
    assessment.defects.retain(|one| one.code != "CHAIN_BROKEN");
    may_recognize(&item, &mkt(), body, &assessment)
}

#[test]
fn the_holder_that_did_not_collect_it_recognises_what_may_be_used() {
    let to_psb = |item: &mut Item| item.custody.holder = psb();
    assert_eq!(tried(Kind::Physical, &psb(), to_psb), Ok(()));
    assert_eq!(tried(Kind::SiteRecord, &psb(), to_psb), Ok(()), "after review");
    for words in [Kind::Testimony, Kind::PartyStatement] {
        let (rule, sentence) = told(&tried(words, &psb(), to_psb).unwrap_err());
        assert!(rule == "E-03" && sentence.contains("again"), "{sentence}");
    }
    let refusal = tried(Kind::Physical, &psb(), |_| {}).unwrap_err();
    assert!(matches!(refusal, Refusal::NotYours { .. }), "not the holder: {refusal}");
    let (_, sentence) = told(&tried(Kind::Physical, &mkt(), |_| {}).unwrap_err());
    assert!(sentence.contains("collected the item itself"), "{sentence}");
    let (_, sentence) = told(
        &tried(Kind::Physical, &psb(), |item| {
            item.custody.holder = psb();
            item.custody.hand_over = "handOvers/1".to_owned();
        })
        .unwrap_err(),
    );
    assert!(sentence.contains("handOvers/1"), "{sentence}");
}

#[test]
fn what_is_excluded_or_recognised_already_is_not_recognised() {
    let (rule, sentence) = told(
        &tried(Kind::Physical, &psb(), |item| {
            item.custody.holder = psb();
            item.facts.source_papers.clear();
        })
        .unwrap_err(),
    );
    assert!(rule == "E-09" && sentence.contains("NO_SOURCE_RECORD"), "{sentence}");
    let again = |target| {
        tried(Kind::Physical, &psb(), |item| {
            item.custody.holder = psb();
            item.review.recognized.push(Recognized { agency: psb(), r#use: target, event: 3 });
        })
    };
    assert!(told(&again(Use::CriminalFiling).unwrap_err()).1.contains("has recognised"));
    assert_eq!(again(Use::Trial), Ok(()), "for another use");
}
