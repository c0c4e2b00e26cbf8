//! How each kind may be used for each target (LAW.md 4.1), and who may recognise it.

use super::*;
use crate::domain::{
    assessment::{assess, class, may_recognize},
    item::{Found, Recognized},
    word::{Conversion, Use},
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
            let class = class(kind, target);
            assert_eq!((class.conversion, class.law.rule), (conversion, rule), "{kind} {target}");
        }
        let class = class(kind, Use::OtherAgency);
        assert_eq!((class.conversion, class.law.rule), (Direct, "E-12"), "{kind}");
    }
}

#[test]
fn what_the_courts_text_does_not_name_says_so() {
    for kind in [Kind::AppraisalOpinion, Kind::SiteRecord] {
        let trial = class(kind, Use::Trial);
        assert!(trial.reason.contains("art. 75") && trial.law.basis.contains("75"));
        assert_eq!(class(kind, Use::CriminalFiling).law.basis, "MPS procedure art. 63");
        assert_eq!(class(kind, Use::Prosecution).law.basis, "检察规则 art. 64(2)");
    }
    assert_eq!(class(Kind::Testimony, Use::Trial).law.verified, "M", "from memory, and it says so");
}

#[test]
fn an_open_defect_that_excludes_makes_an_item_unusable_and_a_curable_one_does_not() {
    let dossier = dossier();
    let judge = |change: fn(&mut Facts)| {
        let mut one = facts(Kind::ElectronicData);
        change(&mut one);
        let (item, chain) = registered(one);
        let files = [File { role: crate::domain::defect::Role::Original, ..File::default() }];
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
