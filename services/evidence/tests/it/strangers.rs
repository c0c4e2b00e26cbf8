//! Who has no part in a case does not learn that it exists, whatever it calls.

use proto::evidence::v1 as pb;
use tonic::{Code, Status};

use crate::{
    admissibility::{cure, finding, recognition},
    case::{Case, thing},
    custody::event,
    world::{Party, assert_told, id},
};

/// Everything a party is told about a dossier and an item, by each call that names one.
async fn asked(party: &Party, dossier: &str, item: &pb::Item) -> Vec<(&'static str, Status)> {
    let mut client = party.client.clone();
    let (name, dossier) = (item.name.clone(), dossier.to_owned());
    let list = pb::ListItemsRequest { dossier: dossier.clone(), ..Default::default() };
    let trace = pb::ListTraceRequest { dossier: dossier.clone(), ..Default::default() };
    let record = pb::RecordCustodyRequest {
        officer: party.officer("01"),
        ..event(item, pb::CustodyKind::Tested)
    };
    let measure = pb::ChangeMeasureRequest {
        request_id: id(),
        item: name.clone(),
        etag: item.etag.clone(),
        officer: party.officer("01"),
        change: pb::MeasureChange::Release.into(),
        reason: "无".to_owned(),
        ..Default::default()
    };
    let mut own = thing("X");
    own.collection.as_mut().unwrap().collectors = vec![party.officer("01"), party.officer("02")];
    let get = pb::GetDossierRequest { name: dossier.clone() };
    let found = finding(party, item, "DESCRIPTION_UNCLEAR");
    let withdrawn = pb::WithdrawDefectRequest {
        request_id: id(),
        item: name.clone(),
        etag: item.etag.clone(),
        code: "DESCRIPTION_UNCLEAR".to_owned(),
        reason: "无".to_owned(),
        officer: party.officer("01"),
    };
    let cured = cure(party, item, "DESCRIPTION_UNCLEAR");
    let recognized = recognition(party, item, pb::Use::Trial);
    vec![
        ("GetDossier", client.get_dossier(get).await.unwrap_err()),
        ("GetItem", party.item(&name).await.unwrap_err()),
        ("ListItems", client.list_items(list).await.unwrap_err()),
        ("ListCustody", party.chain(&name).await.unwrap_err()),
        ("ListTrace", client.list_trace(trace).await.unwrap_err()),
        ("AssessDossier", party.assess(&dossier, pb::Use::Trial).await.unwrap_err()),
        ("AddItem", party.try_add(&dossier, own).await.unwrap_err()),
        ("RecordCustody", party.record(record).await.unwrap_err()),
        ("ChangeMeasure", client.change_measure(measure).await.unwrap_err()),
        ("RecordDefect", client.record_defect(found).await.unwrap_err()),
        ("WithdrawDefect", client.withdraw_defect(withdrawn).await.unwrap_err()),
        ("CureDefect", client.cure_defect(cured).await.unwrap_err()),
        ("RecognizeItem", client.recognize_item(recognized).await.unwrap_err()),
    ]
}

#[tokio::test]
async fn a_stranger_is_told_what_it_would_be_told_of_what_is_not_there() {
    let case = Case::new().await;
    let item = case.thing("A").await;
    let hidden = asked(&case.stranger, &case.dossier, &item).await;
    let absent = pb::Item { name: format!("items/{}", id()), ..item.clone() };
    let nothing = asked(&case.stranger, &format!("dossiers/{}", id()), &absent).await;
    for ((call, hidden), (_, nothing)) in hidden.iter().zip(&nothing) {
        assert_told(hidden, Code::NotFound, "NOT_FOUND");
        let (one, two) =
            ((hidden.message(), hidden.details()), (nothing.message(), nothing.details()));
        assert_eq!(one, two, "{call}");
    }
    let list = pb::ListDossiersRequest::default();
    let seen = case.stranger.client.clone().list_dossiers(list).await.unwrap().into_inner();
    assert!(seen.dossiers.is_empty());
}

#[tokio::test]
async fn a_receiver_sees_its_items_and_adds_nothing_to_the_dossier() {
    let case = Case::new().await;
    let (given, kept) = (case.thing("A").await, case.thing("B").await);
    case.handed_over(&[&given]).await;
    assert_eq!(case.psb.item(&given.name).await.unwrap().custody.unwrap().holder, "PSB");
    let status = case.psb.item(&kept.name).await.unwrap_err();
    assert_told(&status, Code::NotFound, "NOT_FOUND");
    let list = pb::ListItemsRequest { dossier: case.dossier.clone(), ..Default::default() };
    let seen = case.psb.client.clone().list_items(list).await.unwrap().into_inner();
    assert_eq!(seen.items.iter().map(|one| one.code.as_str()).collect::<Vec<_>>(), ["A"]);
    let assessed = case.psb.assess(&case.dossier, pb::Use::Trial).await.unwrap();
    assert_eq!(assessed.len(), 1);
    let mut own = thing("C");
    own.collection.as_mut().unwrap().collectors = vec!["PSB-01".to_owned(), "PSB-02".to_owned()];
    let status = case.psb.try_add(&case.dossier, own).await.unwrap_err();
    assert_told(&status, Code::PermissionDenied, "NOT_YOURS");
    for (call, status) in asked(&case.stranger, &case.dossier, &given).await {
        assert_eq!(status.code(), Code::NotFound, "{call}");
    }
}

#[tokio::test]
async fn a_name_has_one_spelling() {
    let case = Case::new().await;
    let item = case.thing("A").await;
    for name in [item.name.to_uppercase(), item.name.replace('-', ""), format!("{} ", item.name)] {
        let status = case.mkt.item(&name).await.unwrap_err();
        assert_told(&status, Code::NotFound, "NOT_FOUND");
    }
}
