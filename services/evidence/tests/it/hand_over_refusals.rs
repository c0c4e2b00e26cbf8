//! What a hand-over must not be: each a clear refusal, and nothing is lost.

use proto::evidence::v1 as pb;
use tonic::{Code, Status};

use crate::{
    case::{Case, thing},
    hand_over::{as_listed, proposal},
    world::{assert_told, fields, id, rule},
};

/// That a rule was broken, and how it is told.
#[track_caller]
fn assert_broken(refusal: &Status, expected: &str, words: &str) {
    assert_told(refusal, Code::FailedPrecondition, "RULE_BROKEN");
    assert_eq!(rule(refusal).0, expected);
    assert!(refusal.message().contains(words), "{refusal:?}");
}

#[tokio::test]
async fn all_faults_of_a_proposal_are_named_at_once() {
    let case = Case::new().await;
    let item = case.thing("A").await;
    let request = pb::ProposeHandOverRequest {
        request_id: "1".to_owned(),
        dossier: String::new(),
        receiver: "psb".to_owned(),
        purpose: 99,
        referral: "referrals/1".to_owned(),
        dispute: "disputes/1".to_owned(),
        items: vec![item.name.clone(), item.name.clone(), "items/1".to_owned()],
        place: "a\nb".to_owned(),
        property_under_measure: true,
        party_told_on: "2026-13-01".to_owned(),
        completes: true,
        officer: String::new(),
    };
    let refusal = case.mkt.propose(request.clone()).await.unwrap_err();
    assert_told(&refusal, Code::InvalidArgument, "FIELDS");
    let expected = [
        "request_id",
        "dossier",
        "place",
        "officer",
        "receiver",
        "purpose",
        "referral",
        "completes",
        "dispute",
        "party_told_on",
        "items[1]",
        "items[2]",
    ];
    assert_eq!(fields(&refusal), expected);
    let itself = pb::ProposeHandOverRequest {
        receiver: "MKT".to_owned(),
        purpose: pb::HandOverPurpose::Referral.into(),
        referral: String::new(),
        items: Vec::new(),
        party_told_on: "2026-03-03".to_owned(),
        ..proposal(&case, &[])
    };
    let refusal = case.mkt.propose(itself).await.unwrap_err();
    assert_eq!(
        fields(&refusal),
        ["receiver", "referral", "party_told_on", "party_told_on", "items"]
    );
}

#[tokio::test]
async fn ten_thousand_items_in_one_list_are_told_to_be_split() {
    let case = Case::new().await;
    let items = (0..10_000).map(|_| format!("items/{}", id())).collect();
    let request = pb::ProposeHandOverRequest { items, ..proposal(&case, &[]) };
    let refusal = case.mkt.propose(request).await.unwrap_err();
    assert_told(&refusal, Code::InvalidArgument, "FIELDS");
    assert_eq!(fields(&refusal), ["items"]);
    assert!(refusal.message().contains("split them into 10 lists"), "{refusal:?}");
}

#[tokio::test]
async fn a_receiver_or_an_officer_that_is_not_known_is_named() {
    let case = Case::new().await;
    let item = case.thing("A").await;
    let nobody =
        pb::ProposeHandOverRequest { receiver: "NOBODY".to_owned(), ..proposal(&case, &[&item]) };
    assert_eq!(fields(&case.mkt.propose(nobody).await.unwrap_err()), ["receiver"]);
    let other =
        pb::ProposeHandOverRequest { officer: "PSB-01".to_owned(), ..proposal(&case, &[&item]) };
    assert_eq!(fields(&case.mkt.propose(other).await.unwrap_err()), ["officer"]);
    let proposed = case.mkt.propose(proposal(&case, &[&item])).await.unwrap();
    let mut request = as_listed(&proposed);
    request.officer = "MKT-01".to_owned();
    request.custodian = "PSB-99".to_owned();
    let refusal = case.psb.count(request).await.unwrap_err();
    assert_eq!(fields(&refusal), ["officer", "custodian"]);
    let mut request = as_listed(&proposed);
    request.counts[0].kept_by = "NOBODY".to_owned();
    let refusal = case.psb.count(request).await.unwrap_err();
    assert_eq!(fields(&refusal), ["counts[0].kept_by"]);
    let counted = case.psb.count(as_listed(&proposed)).await.unwrap();
    let refusal =
        case.mkt.sign_so(&counted, |r| r.officer = "PSB-01".to_owned()).await.unwrap_err();
    assert_eq!(fields(&refusal), ["officer"]);
}

#[tokio::test]
async fn an_item_that_is_already_elsewhere_is_named_and_where() {
    let case = Case::new().await;
    let counted = case.counted(&["A"]).await;
    let listed = case.read(&pb::Item { name: counted.lines[0].item.clone(), ..thing("A") }).await;
    let refusal = case.mkt.propose(proposal(&case, &[&listed])).await.unwrap_err();
    assert_broken(&refusal, "E-10", &counted.name);
    case.mkt.sign(&counted).await.unwrap();
    case.psb.sign(&counted).await.unwrap();
    let refusal = case.mkt.propose(proposal(&case, &[&listed])).await.unwrap_err();
    assert_broken(&refusal, "E-10", "is held by PSB");
    // From whom it is now, it goes on.
    let back = pb::ProposeHandOverRequest {
        receiver: "MKT".to_owned(),
        purpose: pb::HandOverPurpose::Return.into(),
        officer: "PSB-01".to_owned(),
        ..proposal(&case, &[&listed])
    };
    assert_eq!(case.psb.propose(back).await.unwrap().giver, "PSB");
}

#[tokio::test]
async fn an_item_of_another_dossier_or_of_nobody_is_named() {
    let case = Case::new().await;
    let item = case.thing("A").await;
    let other = case.mkt.open("A-2").await.name;
    let foreign = case.mkt.add(&other, thing("A")).await;
    let refusal = case.mkt.propose(proposal(&case, &[&item, &foreign])).await.unwrap_err();
    assert_eq!(fields(&refusal), ["items[1]"]);
    let nothing = pb::Item { name: format!("items/{}", id()), ..item.clone() };
    let refusal = case.mkt.propose(proposal(&case, &[&nothing, &item])).await.unwrap_err();
    assert_eq!(fields(&refusal), ["items[0]"]);
    assert_eq!(case.read(&item).await.custody.unwrap().hand_over, "");
}

#[tokio::test]
async fn an_item_under_a_measure_goes_only_when_the_party_was_told() {
    let case = Case::new().await;
    let measure = pb::Measure {
        kind: pb::MeasureKind::Seizure.into(),
        start_date: "2026-03-01".to_owned(),
        decision_no: "扣〔2026〕1号".to_owned(),
        approved_by: "MKT-04".to_owned(),
        ..Default::default()
    };
    let item = case.mkt.add(&case.dossier, pb::Item { measure: Some(measure), ..thing("A") }).await;
    let refusal = case.mkt.propose(proposal(&case, &[&item])).await.unwrap_err();
    assert_broken(&refusal, "T-22", "(A) is under a measure");
    let untold =
        pb::ProposeHandOverRequest { property_under_measure: true, ..proposal(&case, &[&item]) };
    let refusal = case.mkt.propose(untold.clone()).await.unwrap_err();
    assert_eq!(fields(&refusal), ["party_told_on"]);
    assert_eq!(rule(&refusal).0, "T-22");
    let told = pb::ProposeHandOverRequest {
        request_id: id(),
        party_told_on: "2026-03-02".to_owned(),
        ..untold
    };
    let proposed = case.mkt.propose(told).await.unwrap();
    let counted = case.psb.count(as_listed(&proposed)).await.unwrap();
    case.psb.sign(&counted).await.unwrap();
    case.mkt.sign(&counted).await.unwrap();
    let state = case.read(&item).await.measure.unwrap().state();
    assert_eq!(state, pb::MeasureState::HandedOver);
}

#[tokio::test]
async fn counted_twice_is_refused_whatever_was_read_before() {
    let case = Case::new().await;
    let item = case.thing("A").await;
    let proposed = case.mkt.propose(proposal(&case, &[&item])).await.unwrap();
    let stale = pb::CountHandOverRequest { etag: "\"9\"".to_owned(), ..as_listed(&proposed) };
    assert_told(&case.psb.count(stale).await.unwrap_err(), Code::Aborted, "STALE");
    let counted = case.psb.count(as_listed(&proposed)).await.unwrap();
    let refusal = case.psb.count(as_listed(&proposed)).await.unwrap_err();
    assert_broken(&refusal, "E-10", "counted already");
    assert_eq!(rule(&refusal).1, counted.name);
    let refusal = case.psb.count(as_listed(&counted)).await.unwrap_err();
    assert_broken(&refusal, "E-10", "counted already");
    assert_eq!(case.psb.hand_over(&counted.name).await.unwrap(), counted);
}

#[tokio::test]
async fn a_count_names_every_line_at_fault() {
    let case = Case::new().await;
    let items = [case.thing("A").await, case.thing("B").await, case.thing("C").await];
    let proposed =
        case.mkt.propose(proposal(&case, &items.iter().collect::<Vec<_>>())).await.unwrap();
    let mut request = as_listed(&proposed);
    request.counts[1].line_no = 1;
    request.counts[2].counted_quantity = "11".to_owned();
    let refusal = case.psb.count(request).await.unwrap_err();
    assert_told(&refusal, Code::InvalidArgument, "FIELDS");
    assert_eq!(fields(&refusal), ["counts[1].line_no", "counts[2].discrepancy", "counts"]);
    assert_eq!(rule(&refusal).0, "E-10");
    let giver = pb::CountHandOverRequest {
        officer: "MKT-01".to_owned(),
        custodian: "MKT-06".to_owned(),
        ..as_listed(&proposed)
    };
    assert_told(&case.mkt.count(giver).await.unwrap_err(), Code::PermissionDenied, "NOT_YOURS");
}

#[tokio::test]
async fn who_investigates_the_case_does_not_keep_its_items() {
    let case = Case::new().await;
    let counted = case.counted(&["A"]).await;
    case.mkt.sign(&counted).await.unwrap();
    case.psb.sign(&counted).await.unwrap();
    let item = pb::Item { name: counted.lines[0].item.clone(), ..thing("A") };
    let back = pb::ProposeHandOverRequest {
        receiver: "MKT".to_owned(),
        purpose: pb::HandOverPurpose::Return.into(),
        officer: "PSB-01".to_owned(),
        ..proposal(&case, &[&item])
    };
    let proposed = case.psb.propose(back).await.unwrap();
    let request = pb::CountHandOverRequest {
        officer: "MKT-01".to_owned(),
        custodian: "MKT-02".to_owned(),
        ..as_listed(&proposed)
    };
    let refusal = case.mkt.count(request).await.unwrap_err();
    assert_told(&refusal, Code::PermissionDenied, "WRONG_OFFICER");
    assert_eq!(rule(&refusal).0, "E-10");
}

#[tokio::test]
async fn one_side_signs_once_what_was_counted_and_that_alone_moves_nothing() {
    let case = Case::new().await;
    let item = case.thing("A").await;
    let proposed = case.mkt.propose(proposal(&case, &[&item])).await.unwrap();
    let list = "0".repeat(64);
    let refusal = case.mkt.sign_so(&proposed, |r| r.list_sha256 = list.clone()).await.unwrap_err();
    assert_broken(&refusal, "E-10", "not counted yet");
    let counted = case.psb.count(as_listed(&proposed)).await.unwrap();
    let refusal = case.mkt.sign_so(&counted, |r| r.list_sha256 = list).await.unwrap_err();
    assert_broken(&refusal, "E-10", "list_sha256 is not that of the counted list");
    let refusal = case.mkt.sign_so(&counted, |r| r.list_sha256.clear()).await.unwrap_err();
    assert_eq!(fields(&refusal), ["list_sha256"]);
    case.mkt.sign(&counted).await.unwrap();
    let refusal = case.mkt.sign(&counted).await.unwrap_err();
    assert_broken(&refusal, "E-10", "it waits for PSB");
    assert_broken(&case.mkt.withdraw(&counted).await.unwrap_err(), "E-10", "cannot be taken back");
    assert_eq!(case.read(&item).await.custody.unwrap().holder, "MKT");
    assert_eq!(
        case.psb.hand_over(&counted.name).await.unwrap().state(),
        pb::HandOverState::HalfSigned
    );
    case.psb.sign(&counted).await.unwrap();
    for refusal in [
        case.psb.sign(&counted).await.unwrap_err(),
        case.psb.refuse(&counted).await.unwrap_err(),
        case.mkt.withdraw(&counted).await.unwrap_err(),
    ] {
        assert_broken(&refusal, "E-10", "it is COMPLETED");
    }
}

#[tokio::test]
async fn each_side_ends_it_in_its_own_way_only() {
    let case = Case::new().await;
    let counted = case.counted(&["A"]).await;
    for refusal in [
        case.mkt.refuse(&counted).await.unwrap_err(),
        case.psb.withdraw(&counted).await.unwrap_err(),
    ] {
        assert_told(&refusal, Code::PermissionDenied, "NOT_YOURS");
    }
    case.psb.sign(&counted).await.unwrap();
    assert_broken(&case.psb.refuse(&counted).await.unwrap_err(), "E-10", "it waits for MKT");
}

#[tokio::test]
async fn a_list_of_which_nothing_is_accepted_can_only_be_refused() {
    let case = Case::new().await;
    let item = case.thing("A").await;
    let proposed = case.mkt.propose(proposal(&case, &[&item])).await.unwrap();
    let mut request = as_listed(&proposed);
    request.counts[0].accepted = false;
    request.counts[0].discrepancy = "不是本案物品".to_owned();
    let counted = case.psb.count(request).await.unwrap();
    assert_broken(&case.psb.sign(&counted).await.unwrap_err(), "E-10", "can only refuse");
    case.psb.refuse(&counted).await.unwrap();
    assert_eq!(case.read(&item).await.custody.unwrap().holder, "MKT");
}

#[tokio::test]
async fn nothing_else_happens_to_an_item_while_it_is_listed() {
    let case = Case::new().await;
    let item = case.thing("A").await;
    let proposed = case.mkt.propose(proposal(&case, &[&item])).await.unwrap();
    let item = case.read(&item).await;
    let request = pb::RecordCustodyRequest {
        request_id: id(),
        item: item.name.clone(),
        etag: item.etag.clone(),
        officer: "MKT-01".to_owned(),
        kind: pb::CustodyKind::Sealed.into(),
        place: "物证室".to_owned(),
        seal_no: "封-9".to_owned(),
        ..Default::default()
    };
    let refusal = case.mkt.client.clone().record_custody(request).await.unwrap_err();
    assert_broken(&refusal, "E-10", &proposed.name);
}

#[tokio::test]
async fn a_hand_over_for_a_referral_waits_until_referral_answers() {
    let case = Case::new().await;
    let item = case.thing("A").await;
    let request = pb::ProposeHandOverRequest {
        purpose: pb::HandOverPurpose::Referral.into(),
        referral: format!("referrals/{}", id()),
        ..proposal(&case, &[&item])
    };
    let refusal = case.mkt.propose(request).await.unwrap_err();
    assert_told(&refusal, Code::Unavailable, "REFERRAL_UNAVAILABLE");
    assert_eq!(case.read(&item).await.custody.unwrap().hand_over, "");
}

#[tokio::test]
async fn a_list_too_long_for_its_row_is_told_to_be_split() {
    let case = Case::new().await;
    let mut items = Vec::new();
    for code in 0..200 {
        let features = "字".repeat(1300);
        let item = pb::Item { features, ..thing(&format!("L-{code}")) };
        items.push(case.mkt.add(&case.dossier, item).await);
    }
    let refusal =
        case.mkt.propose(proposal(&case, &items.iter().collect::<Vec<_>>())).await.unwrap_err();
    assert_eq!(fields(&refusal), ["items"]);
    assert!(refusal.message().contains("split it"), "{refusal:?}");
}
