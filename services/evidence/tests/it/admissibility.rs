//! How items may be used, what is wrong with them, what cures it, and who recognises them.

use proto::evidence::v1 as pb;
use tonic::{Code, Status};

use crate::{
    case::{Case, data, sha256, thing},
    world::{Party, assert_told, fields, id, rule},
};

impl Case {
    /// How a body may use an item, as the service tells it.
    pub(crate) async fn assessed_by(
        &self,
        party: &Party,
        item: &pb::Item,
        r#use: pb::Use,
    ) -> pb::Assessment {
        let all = party.assess(&self.dossier, r#use).await.unwrap();
        all.into_iter().find(|one| one.item == item.name).unwrap()
    }
}

impl Party {
    pub(crate) async fn assess(
        &self,
        dossier: &str,
        r#use: pb::Use,
    ) -> Result<Vec<pb::Assessment>, Status> {
        let request = pb::AssessDossierRequest {
            dossier: dossier.to_owned(),
            r#use: r#use.into(),
            page_size: 1000,
            ..pb::AssessDossierRequest::default()
        };
        Ok(self.client.clone().assess_dossier(request).await?.into_inner().assessments)
    }

    pub(crate) async fn find(
        &self,
        item: &pb::Item,
        code: &str,
    ) -> Result<(pb::Item, pb::Defect), Status> {
        let answer = self.client.clone().record_defect(finding(self, item, code)).await?;
        let answer = answer.into_inner();
        Ok((answer.item.unwrap(), answer.defect.unwrap()))
    }

    pub(crate) async fn cure(
        &self,
        item: &pb::Item,
        code: &str,
    ) -> Result<(pb::Item, pb::Defect), Status> {
        let answer = self.client.clone().cure_defect(cure(self, item, code)).await?.into_inner();
        Ok((answer.item.unwrap(), answer.defect.unwrap()))
    }

    pub(crate) async fn recognize(
        &self,
        item: &pb::Item,
        r#use: pb::Use,
    ) -> Result<(pb::Item, pb::Assessment), Status> {
        let request = recognition(self, item, r#use);
        let answer = self.client.clone().recognize_item(request).await?.into_inner();
        Ok((answer.item.unwrap(), answer.assessment.unwrap()))
    }
}

pub(crate) fn finding(party: &Party, item: &pb::Item, code: &str) -> pb::RecordDefectRequest {
    pb::RecordDefectRequest {
        request_id: id(),
        item: item.name.clone(),
        etag: item.etag.clone(),
        code: code.to_owned(),
        description: "审查发现".to_owned(),
        officer: party.officer("01"),
    }
}

pub(crate) fn cure(party: &Party, item: &pb::Item, code: &str) -> pb::CureDefectRequest {
    pb::CureDefectRequest {
        request_id: id(),
        item: item.name.clone(),
        etag: item.etag.clone(),
        code: code.to_owned(),
        explanation: "已补签并说明".to_owned(),
        contents: Vec::new(),
        officer: party.officer("01"),
    }
}

pub(crate) fn recognition(
    party: &Party,
    item: &pb::Item,
    r#use: pb::Use,
) -> pb::RecognizeItemRequest {
    pb::RecognizeItemRequest {
        request_id: id(),
        item: item.name.clone(),
        etag: item.etag.clone(),
        r#use: r#use.into(),
        review: "合法性、真实性、关联性已审查".to_owned(),
        officer: party.officer("01"),
    }
}

fn codes(assessment: &pb::Assessment) -> Vec<&str> {
    assessment.defects.iter().map(|one| one.code.as_str()).collect()
}

#[tokio::test]
async fn each_item_of_a_dossier_is_assessed_for_the_use_that_is_asked() {
    use pb::ConversionClass::{Direct, Recollect, ReviewRequired};
    let case = Case::new().await;
    for (kind, code) in [
        (pb::EvidenceKind::Physical, "1"),
        (pb::EvidenceKind::SiteRecord, "2"),
        (pb::EvidenceKind::Testimony, "3"),
    ] {
        let item = pb::Item { kind: kind.into(), ..thing(code) };
        case.mkt.add(&case.dossier, item).await;
    }
    let told = async |r#use| {
        let all = case.mkt.assess(&case.dossier, r#use).await.unwrap();
        assert!(all.iter().all(|one| one.usable && !one.recognized && !one.reason.is_empty()));
        all.iter().map(|one| (one.conversion(), one.rule.clone())).collect::<Vec<_>>()
    };
    let rules =
        |all: [(pb::ConversionClass, &str); 3]| all.map(|(class, rule)| (class, rule.to_owned()));
    for r#use in [pb::Use::CriminalFiling, pb::Use::Prosecution, pb::Use::Trial] {
        let expected = rules([(Direct, "E-02"), (ReviewRequired, "E-02"), (Recollect, "E-03")]);
        assert_eq!(told(r#use).await, expected);
    }
    let expected = rules([(Direct, "E-12"), (Direct, "E-12"), (Direct, "E-12")]);
    assert_eq!(told(pb::Use::OtherAgency).await, expected);
    let status = case.mkt.assess(&case.dossier, pb::Use::Unspecified).await.unwrap_err();
    assert_eq!(fields(&status), ["use"]);
}

#[tokio::test]
async fn assessments_come_in_pages() {
    let case = Case::new().await;
    for n in 0..3 {
        case.thing(&n.to_string()).await;
    }
    let page = async |page_token: &str| {
        let request = pb::AssessDossierRequest {
            dossier: case.dossier.clone(),
            r#use: pb::Use::Trial.into(),
            page_size: 2,
            page_token: page_token.to_owned(),
        };
        case.mkt.client.clone().assess_dossier(request).await.unwrap().into_inner()
    };
    let first = page("").await;
    let second = page(&first.next_page_token).await;
    assert_eq!((first.assessments.len(), second.assessments.len()), (2, 1));
    assert_eq!(second.next_page_token, "");
}

#[tokio::test]
async fn data_whose_original_is_not_what_the_list_says_is_excluded() {
    let case = Case::new().await;
    let mut said = data("D");
    said.electronic_data.as_mut().unwrap().check_value = sha256(b"the chat").to_uppercase();
    said.electronic_data.as_mut().unwrap().backup_id.clear();
    let right = case.mkt.add(&case.dossier, said.clone()).await;
    assert_eq!(codes(&case.assessed(&right).await), ["NO_BACKUP"]);
    case.attach(&case.mkt, &right.name, pb::ContentRole::Original, b"the chat").await;
    case.attach(&case.mkt, &right.name, pb::ContentRole::Backup, b"the chat").await;
    assert!(codes(&case.assessed(&right).await).is_empty(), "the backup is there now");

    let wrong = case.mkt.add(&case.dossier, pb::Item { code: "E".to_owned(), ..said }).await;
    case.attach(&case.mkt, &wrong.name, pb::ContentRole::Original, b"another chat").await;
    let assessed = case.assessed(&wrong).await;
    assert_eq!(codes(&assessed), ["NO_BACKUP", "CHECK_VALUE_MISMATCH"]);
    let defect = &assessed.defects[1];
    assert_eq!(defect.severity(), pb::DefectSeverity::Exclude);
    let law = (defect.rule.as_str(), defect.basis.as_str(), defect.verified.as_str());
    assert_eq!(law, ("E-08", "SPC interpretation 2021 art. 114", "V"));
    assert!(!assessed.usable);
}

#[tokio::test]
async fn a_file_that_is_lost_excludes_the_data() {
    let case = Case::new().await;
    let mut said = data("D");
    said.electronic_data.as_mut().unwrap().check_value = sha256(b"the chat");
    let item = case.mkt.add(&case.dossier, said).await;
    let content = case.attach(&case.mkt, &item.name, pb::ContentRole::Original, b"the chat").await;
    let segments = case.world.home.path().join("content/segments");
    std::fs::remove_dir_all(&segments).unwrap();
    std::fs::create_dir(&segments).unwrap();
    let read = pb::ReadContentRequest { name: content.name, ..Default::default() };
    case.mkt.client.clone().read_content(read).await.unwrap_err();
    let assessed = case.assessed(&item).await;
    assert_eq!((codes(&assessed), assessed.usable), (vec!["CONTENT_DAMAGED"], false));
}

#[tokio::test]
async fn a_defect_is_cured_by_an_event_of_the_chain() {
    let case = Case::new().await;
    let item = case.mkt.add(&case.dossier, pb::Item { seal_no: String::new(), ..data("D") }).await;
    assert_eq!(codes(&case.assessed(&item).await), ["NOT_SEALED"]);
    let photo = case.attach(&case.mkt, &item.name, pb::ContentRole::SealPhoto, b"seal").await.name;
    let item = case.read(&item).await;
    let request = pb::CureDefectRequest {
        contents: vec![photo.clone()],
        ..cure(&case.mkt, &item, "NOT_SEALED")
    };
    let mut client = case.mkt.client.clone();
    let first = client.cure_defect(request.clone()).await.unwrap().into_inner();
    assert_eq!(first.defect.as_ref().unwrap().cured_by, 3);
    assert_eq!(client.cure_defect(request).await.unwrap().into_inner(), first, "asked again");
    let chain = case.mkt.chain(&item.name).await.unwrap();
    let last = chain.last().unwrap();
    assert_eq!((last.kind(), last.defect.as_str()), (pb::CustodyKind::Cured, "NOT_SEALED"));
    assert_eq!((last.holder.as_str(), &last.contents), ("MKT", &vec![photo]));
    assert_eq!(last.basis, "SPC interpretation 2021 art. 113");
    let assessed = case.assessed(&item).await;
    assert_eq!((assessed.defects[0].cured_by, assessed.usable), (3, true));

    let now = case.read(&item).await;
    let status = case.mkt.cure(&now, "NOT_SEALED").await.unwrap_err();
    assert!(status.message().contains("was cured by event 3"), "{status:?}");
    let status = case.mkt.cure(&now, "NO_BACKUP").await.unwrap_err();
    assert_told(&status, Code::FailedPrecondition, "RULE_BROKEN");
    let status = case.mkt.cure(&item, "NOT_SEALED").await.unwrap_err();
    assert_told(&status, Code::Aborted, "STALE");
}

#[tokio::test]
async fn what_excludes_an_item_cannot_be_cured_and_a_cure_is_explained() {
    let case = Case::new().await;
    let item =
        case.mkt.add(&case.dossier, pb::Item { source_papers: Vec::new(), ..thing("A") }).await;
    let assessed = case.assessed(&item).await;
    assert_eq!((codes(&assessed), assessed.usable), (vec!["NO_SOURCE_RECORD"], false));
    let status = case.mkt.cure(&item, "NO_SOURCE_RECORD").await.unwrap_err();
    assert_told(&status, Code::FailedPrecondition, "RULE_BROKEN");
    assert!(status.message().contains("cannot be cured"), "{status:?}");
    assert_eq!(rule(&status).2, "SPC interpretation 2021 art. 86");
    let request = pb::CureDefectRequest {
        explanation: " ".to_owned(),
        code: String::new(),
        ..cure(&case.mkt, &item, "")
    };
    let status = case.mkt.client.clone().cure_defect(request).await.unwrap_err();
    assert_eq!(fields(&status), ["code", "explanation"]);
    // Before it goes anywhere the record may turn up: then the rules find nothing any more.
    case.attach(&case.mkt, &item.name, pb::ContentRole::Record, b"list").await;
    assert_eq!(case.assessed(&item).await.defects, []);
}

#[tokio::test]
async fn what_turns_up_after_the_first_hand_over_is_for_a_cure_to_explain() {
    let case = Case::new().await;
    let bare =
        case.mkt.add(&case.dossier, pb::Item { source_papers: Vec::new(), ..thing("A") }).await;
    let mut said = data("D");
    said.electronic_data.as_mut().unwrap().backup_id.clear();
    let disk = case.mkt.add(&case.dossier, said).await;
    case.handed_over(&[&bare, &disk]).await;
    case.world.clock.advance(chrono::Duration::minutes(1));
    case.attach(&case.mkt, &bare.name, pb::ContentRole::Record, b"list").await;
    let assessed = case.assessed(&bare).await;
    assert_eq!((codes(&assessed), assessed.usable), (vec!["NO_SOURCE_RECORD"], false));

    let backup = case.attach(&case.psb, &disk.name, pb::ContentRole::Backup, b"copy").await;
    assert_eq!(codes(&case.assessed(&disk).await), ["NO_BACKUP"]);
    let request = pb::CureDefectRequest {
        contents: vec![backup.name.clone()],
        ..cure(&case.mkt, &case.read(&disk).await, "NO_BACKUP")
    };
    case.mkt.client.clone().cure_defect(request).await.unwrap();
    let assessed = case.assessed(&disk).await;
    assert!(assessed.usable && assessed.defects[0].cured_by > 0, "{assessed:?}");
    let chain = case.mkt.chain(&disk.name).await.unwrap();
    let last = chain.last().unwrap();
    assert_eq!((last.kind(), &last.contents), (pb::CustodyKind::Cured, &vec![backup.name]));
}

#[tokio::test]
async fn who_was_only_offered_an_item_excludes_nothing() {
    let case = Case::new().await;
    let item = case.thing("A").await;
    let proposed = case.mkt.propose(crate::hand_over::proposal(&case, &[&item])).await.unwrap();
    let offered = case.psb.item(&item.name).await.unwrap();
    let status = case.psb.find(&offered, "ILLEGALLY_OBTAINED").await.unwrap_err();
    assert_told(&status, Code::PermissionDenied, "NOT_YOURS");
    assert_eq!(rule(&status).0, "E-01");
    assert!(case.assessed(&item).await.usable);
    case.mkt.withdraw(&proposed).await.unwrap();
    case.mkt.find(&case.read(&item).await, "DESCRIPTION_UNCLEAR").await.unwrap();
}

#[tokio::test]
async fn the_finder_takes_a_finding_back_and_the_journal_keeps_both() {
    let case = Case::new().await;
    let item = case.thing("A").await;
    case.handed_over(&[&item]).await;
    let withdrawal = |party: &Party, item: &pb::Item, reason: &str| pb::WithdrawDefectRequest {
        request_id: id(),
        item: item.name.clone(),
        etag: item.etag.clone(),
        code: "ILLEGALLY_OBTAINED".to_owned(),
        reason: reason.to_owned(),
        officer: party.officer("02"),
    };
    let (found, _) = case.psb.find(&case.read(&item).await, "ILLEGALLY_OBTAINED").await.unwrap();
    assert!(!case.assessed(&item).await.usable);
    let (mut mkt, mut psb) = (case.mkt.client.clone(), case.psb.client.clone());
    let status = mkt.withdraw_defect(withdrawal(&case.mkt, &found, "无")).await.unwrap_err();
    assert_told(&status, Code::PermissionDenied, "NOT_YOURS");
    let status = psb.withdraw_defect(withdrawal(&case.psb, &found, " ")).await.unwrap_err();
    assert_eq!(fields(&status), ["reason"]);
    let request = withdrawal(&case.psb, &found, "经复核系合法取得");
    let first = psb.withdraw_defect(request.clone()).await.unwrap().into_inner();
    assert_eq!(psb.withdraw_defect(request).await.unwrap().into_inner(), first, "asked again");
    assert!(case.assessed(&item).await.usable);
    let now = first.item.unwrap();
    let status = psb.withdraw_defect(withdrawal(&case.psb, &now, "无")).await.unwrap_err();
    assert_told(&status, Code::FailedPrecondition, "RULE_BROKEN");
    let rows = case.psb.trace(&case.dossier, 1000).await.unwrap();
    let kinds: Vec<_> = rows.iter().map(|row| row.kind.as_str()).collect();
    for kind in ["evidence.defect_recorded.v1", "evidence.defect_withdrawn.v1"] {
        assert!(kinds.contains(&kind), "{kinds:?}");
    }
}

#[tokio::test]
async fn a_reviewer_who_sees_the_item_records_what_it_found() {
    let case = Case::new().await;
    let item = case.thing("A").await;
    let status = case.mkt.find(&item, "NO_SUCH").await.unwrap_err();
    assert_eq!(fields(&status), ["code"]);
    assert!(status.message().contains("ILLEGALLY_OBTAINED"), "the codes are told: {status:?}");
    let status = case.mkt.find(&item, "NOT_SEALED").await.unwrap_err();
    assert!(status.message().contains("does not concern PHYSICAL"), "{status:?}");
    case.handed_over(&[&item]).await;
    let moved = case.read(&item).await;
    let (found, defect) = case.psb.find(&moved, "DESCRIPTION_UNCLEAR").await.unwrap();
    assert_eq!((defect.found_by.as_str(), defect.cured_by), ("PSB: PSB-01", 0));
    assert!(defect.found_time.is_some());
    let status = case.psb.find(&found, "DESCRIPTION_UNCLEAR").await.unwrap_err();
    assert!(status.message().contains("already"), "{status:?}");
    // The agency of the dossier cures it, though PSB holds the item; so that it knows, it sees it.
    assert_eq!(codes(&case.assessed(&item).await), ["DESCRIPTION_UNCLEAR"]);
    let (cured, _) = case.mkt.cure(&found, "DESCRIPTION_UNCLEAR").await.unwrap();
    assert_eq!(cured.custody.unwrap().holder, "PSB", "a cure moves nothing");
    let (_, again) = case.psb.find(&case.read(&item).await, "DESCRIPTION_UNCLEAR").await.unwrap();
    assert_eq!(again.code, "DESCRIPTION_UNCLEAR:r2");
}

#[tokio::test]
async fn the_new_holder_recognises_an_item_which_keeps_its_chain() {
    use pb::Use::{CriminalFiling, Trial};
    let case = Case::new().await;
    let item = case.thing("A").await;
    let words = pb::Item { kind: pb::EvidenceKind::Testimony.into(), ..thing("B") };
    let words = case.mkt.add(&case.dossier, words).await;
    let status = case.mkt.recognize(&item, CriminalFiling).await.unwrap_err();
    assert!(status.message().contains("collected the item itself"), "{status:?}");
    case.handed_over(&[&item, &words]).await;
    let (moved, words) = (case.read(&item).await, case.read(&words).await);
    let before = case.mkt.chain(&item.name).await.unwrap();

    let status = case.mkt.recognize(&moved, CriminalFiling).await.unwrap_err();
    assert_told(&status, Code::PermissionDenied, "NOT_YOURS");
    let status = case.psb.recognize(&words, CriminalFiling).await.unwrap_err();
    assert_told(&status, Code::FailedPrecondition, "RULE_BROKEN");
    assert_eq!(rule(&status).0, "E-03");
    let request = recognition(&case.psb, &moved, CriminalFiling);
    let mut client = case.psb.client.clone();
    let first = client.recognize_item(request.clone()).await.unwrap().into_inner();
    assert!(first.assessment.as_ref().unwrap().recognized);
    assert_eq!(client.recognize_item(request).await.unwrap().into_inner(), first, "asked again");

    let chain = case.psb.chain(&item.name).await.unwrap();
    assert_eq!(chain[..before.len()], before[..], "its chain is what it was, and one more");
    let last = chain.last().unwrap();
    assert_eq!((chain.len(), last.kind()), (before.len() + 1, pb::CustodyKind::Recognized));
    assert!(last.reason.starts_with("CRIMINAL_FILING: "), "{}", last.reason);
    let by = async |party: &Party, r#use| case.assessed_by(party, &item, r#use).await.recognized;
    assert!(by(&case.psb, CriminalFiling).await);
    assert!(!by(&case.psb, Trial).await, "for this use only");
    assert!(!by(&case.mkt, CriminalFiling).await, "by this body only");
    let now = case.read(&item).await;
    let status = case.psb.recognize(&now, CriminalFiling).await.unwrap_err();
    assert!(status.message().contains("has recognised"), "{status:?}");
    case.psb.recognize(&now, Trial).await.unwrap();
}

#[tokio::test]
async fn what_is_excluded_is_not_recognised() {
    let case = Case::new().await;
    let item = case.thing("A").await;
    case.handed_over(&[&item]).await;
    let (found, _) = case.psb.find(&case.read(&item).await, "ILLEGALLY_OBTAINED").await.unwrap();
    let status = case.psb.recognize(&found, pb::Use::Trial).await.unwrap_err();
    assert_told(&status, Code::FailedPrecondition, "RULE_BROKEN");
    assert_eq!(rule(&status).0, "E-01");
    let bad = pb::RecognizeItemRequest {
        review: String::new(),
        ..recognition(&case.psb, &found, pb::Use::Unspecified)
    };
    let status = case.psb.client.clone().recognize_item(bad).await.unwrap_err();
    assert_eq!(fields(&status), ["use", "review"]);
}

#[tokio::test]
async fn the_holder_or_the_dossiers_agency_cures_and_nobody_during_a_hand_over() {
    let case = Case::new().await;
    let item = case.mkt.add(&case.dossier, pb::Item { seal_no: String::new(), ..data("D") }).await;
    let proposed = case.mkt.propose(crate::hand_over::proposal(&case, &[&item])).await.unwrap();
    let listed = case.read(&item).await;
    // PSB sees what it is offered, and does not hold it yet.
    let status = case.psb.cure(&listed, "NOT_SEALED").await.unwrap_err();
    assert_told(&status, Code::PermissionDenied, "NOT_YOURS");
    let status = case.mkt.cure(&listed, "NOT_SEALED").await.unwrap_err();
    assert_told(&status, Code::FailedPrecondition, "RULE_BROKEN");
    assert!(status.message().contains(&proposed.name), "{status:?}");
    case.mkt.withdraw(&proposed).await.unwrap();
    case.handed_over(&[&item]).await;
    let held = case.read(&item).await;
    let (cured, _) = case.psb.cure(&held, "NOT_SEALED").await.unwrap();
    case.mkt.cure(&cured, "NOT_SEALED:3").await.unwrap();
}

#[tokio::test]
async fn monitoring_data_of_the_environment_authority_may_be_criminal_evidence() {
    let case = Case::new().await;
    let monitored = pb::Environmental {
        kind: pb::EnvironmentalKind::MonitoringData.into(),
        issued_by: pb::EnvironmentalIssuer::MonitoringBody.into(),
        issuer: "云泽县生态环境监测站".to_owned(),
        waste_code: String::new(),
    };
    let record = pb::Item { kind: pb::EvidenceKind::SiteRecord.into(), ..thing("A") };
    let data = pb::Item { environmental: Some(monitored.clone()), ..record.clone() };
    let data = case.mkt.add(&case.dossier, data).await;
    assert_eq!(case.read(&data).await.environmental, Some(monitored.clone()), "as it was said");
    let told = case.assessed_by(&case.mkt, &data, pb::Use::Trial).await;
    assert_eq!((told.conversion(), told.rule.as_str()), (pb::ConversionClass::Direct, "E-14"));
    let opinion =
        pb::Environmental { kind: pb::EnvironmentalKind::WasteOpinion.into(), ..monitored.clone() };
    let wrong = pb::Item { environmental: Some(opinion), code: "B".to_owned(), ..record.clone() };
    let refusal = case.mkt.try_add(&case.dossier, wrong).await.unwrap_err();
    let expected = ["item.environmental.issued_by", "item.environmental.waste_code"];
    assert_eq!(fields(&refusal), expected);
    assert_eq!(rule(&refusal).0, "E-14");
    let nothing = pb::Environmental::default();
    let wrong = pb::Item { environmental: Some(nothing), code: "B".to_owned(), ..record };
    let refusal = case.mkt.try_add(&case.dossier, wrong).await.unwrap_err();
    assert_eq!(fields(&refusal), ["item.environmental.kind", "item.environmental.issued_by"]);
}

#[tokio::test]
async fn evidence_of_an_agency_is_recognised_in_a_public_order_case_as_the_text_allows() {
    let case = Case::new().await;
    let (item, words) = (case.thing("A").await, thing("B"));
    let words = pb::Item { kind: pb::EvidenceKind::Testimony.into(), ..words };
    let mut criminal = pb::Item { code: "C".to_owned(), ..words.clone() };
    criminal.collection.as_mut().unwrap().proceeding = pb::Proceeding::Criminal.into();
    let words = case.mkt.add(&case.dossier, words).await;
    let criminal = case.mkt.add(&case.dossier, criminal).await;
    case.handed_over(&[&item, &words, &criminal]).await;
    let public_order = pb::Use::PublicOrderCase;
    let (_, told) = case.psb.recognize(&case.read(&item).await, public_order).await.unwrap();
    assert_eq!((told.rule.as_str(), told.recognized), ("E-13", true));
    let refusal = case.psb.recognize(&case.read(&words).await, public_order).await.unwrap_err();
    assert_told(&refusal, Code::FailedPrecondition, "RULE_BROKEN");
    assert_eq!(rule(&refusal).0, "E-13");
    let (_, told) = case.psb.recognize(&case.read(&criminal).await, public_order).await.unwrap();
    assert!(told.basis.contains("art. 33"), "it was collected in a criminal case");
}
