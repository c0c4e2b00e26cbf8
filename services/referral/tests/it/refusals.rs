//! What a caller is told: every field at once, the rule and its article, where the case is.

use std::collections::BTreeMap;

use proto::referral::v1::{self as pb, step::Kind};
use tonic::Code;
use tonic_types::StatusExt as _;

use crate::{
    case::{Case, file, notice, paper, referral, team},
    hand_over,
    world::{World, assert_told, fields, rule},
};

#[tokio::test(flavor = "multi_thread")]
async fn every_field_of_a_docket_at_fault_is_named_at_once() {
    let world = World::new().await;
    let mkt = world.agency("MKT").await;
    let penalty = pb::Penalty {
        kind: 0,
        decision_no: String::new(),
        amount_fen: -1,
        decided_on: "yesterday".to_owned(),
    };
    let request = pb::OpenDocketRequest {
        request_id: "1".to_owned(),
        matter: "x".repeat(41),
        place: "3309990".to_owned(),
        facts: BTreeMap::from([("hazardous_waste_mass".to_owned(), "much".to_owned())]),
        earlier_penalties: vec![penalty],
        ..pb::OpenDocketRequest::default()
    };
    let refusal = mkt.client.clone().open_docket(request).await.unwrap_err();
    assert_told(&refusal, Code::InvalidArgument, "FIELDS");
    assert_eq!(
        fields(&refusal),
        [
            "request_id",
            "title",
            "sector",
            "officer",
            "matter",
            "place",
            "facts.hazardous_waste_mass",
            "earlier_penalties[0].kind",
            "earlier_penalties[0].decision_no",
            "earlier_penalties[0].decided_on",
            "earlier_penalties[0].amount_fen",
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn every_field_of_a_referral_at_fault_is_named_at_once() {
    let case = Case::new().await;
    let mut letter = paper("TEST_REPORT");
    letter.fields.remove("appraiser");
    letter.sha256 = "abc".to_owned();
    let request = pb::OpenReferralRequest {
        procedure: "SOMETHING".to_owned(),
        to_agency: "p s b".to_owned(),
        respondent: "-".to_owned(),
        documents: vec![letter, pb::Document { code: "NONE".to_owned(), ..paper("RECEIPT") }],
        ..pb::OpenReferralRequest::default()
    };
    let refusal = case.mkt.client.clone().open_referral(request).await.unwrap_err();
    assert_told(&refusal, Code::InvalidArgument, "FIELDS");
    assert_eq!(
        fields(&refusal),
        [
            "request_id",
            "officer",
            "procedure",
            "to_agency",
            "respondent",
            "documents[0].sha256",
            "documents[0].fields.appraiser",
            "documents[1].code",
        ]
    );

    let request = pb::OpenReferralRequest {
        to_agency: "PSB-M".to_owned(),
        offence: String::new(),
        ..referral(&case.mkt, &case.docket)
    };
    let refusal = case.mkt.client.clone().open_referral(request).await.unwrap_err();
    assert_eq!(fields(&refusal), ["offence", "to_agency"]);
    assert_eq!(rule(&refusal).0, "T-05");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_field_of_a_step_at_fault_is_named_at_once() {
    let case = Case::new().await;
    let empty = pb::TakeStepRequest { name: case.name.clone(), ..Default::default() };
    let refusal = case.mkt.call(empty).await.unwrap_err();
    assert_told(&refusal, Code::InvalidArgument, "FIELDS");
    assert_eq!(fields(&refusal), ["request_id", "officer", "etag", "step"]);

    let case = case.accepted().await;
    let forward = Kind::Forward(pb::Forward::default());
    let spoil = |request: &mut pb::TakeStepRequest| {
        request.documents = vec![paper("FORWARD_NOTICE"), paper("RECEIPT")];
        request.documents[0].fields.remove("reason");
        request.documents[1].fields.clear();
    };
    let refusal = case.psb.refused(&case.name, forward, spoil).await;
    assert_told(&refusal, Code::InvalidArgument, "FIELDS");
    assert_eq!(
        fields(&refusal),
        [
            "step.competent_organ",
            "step.reason",
            "documents[0].fields.reason",
            "documents[1].fields.received_at",
            "documents[1].fields.receiver",
            "documents[1].fields.signature",
        ]
    );
    assert_eq!(rule(&refusal).0, "T-11");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_rule_is_named_with_its_article_and_in_chinese() {
    let case = Case::new().await.accepted().await;
    case.psb.take(&case.name, file()).await;
    case.psb.take(&case.name, notice()).await;
    let untold = pb::RecordHandOverRequest {
        property_under_measure: true,
        ..hand_over::signed(&case.world, &case.name, ("MKT", "PSB"))
    };
    let mut evidence = hand_over::evidence(&case.world).await;
    let refusal = evidence.record_hand_over(untold).await.unwrap_err();
    assert_told(&refusal, Code::FailedPrecondition, "RULE_BROKEN");
    let basis = "Administrative Compulsion Law art. 21".to_owned();
    assert_eq!(rule(&refusal), ("T-22".to_owned(), case.name.clone(), basis));
    let chinese = refusal.get_details_localized_message().unwrap();
    assert_eq!(chinese.locale, "zh-CN");
    assert!(chinese.message.contains("书面告知当事人"));

    let fine = Kind::RecordPenalty(pb::RecordPenalty {
        penalty: "FINE".to_owned(),
        decision_no: "云市监罚〔2026〕15号".to_owned(),
        amount_fen: 10_000_000,
    });
    let refusal = case.mkt.refused(&case.name, fine, |_| {}).await;
    assert_told(&refusal, Code::FailedPrecondition, "RULE_BROKEN");
    assert_eq!(rule(&refusal).0, "T-02");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_out_of_place_says_where_the_case_is() {
    let case = Case::new().await.delivered().await;
    let refusal = case.mkt.refused(&case.name, team(&case.mkt), |_| {}).await;
    assert_told(&refusal, Code::FailedPrecondition, "WRONG_STATE");
    assert!(refusal.message().contains("DELIVERED"));
    let (id, subject, basis) = rule(&refusal);
    assert_eq!((id.as_str(), subject, basis.is_empty()), ("T-03", case.name.clone(), false));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_is_none_is_not_found() {
    let case = Case::new().await;
    let upper = case.name.to_uppercase();
    let odd = [upper, case.docket.clone(), "referrals/".to_owned(), "'; --".to_owned()];
    for name in odd.into_iter().chain([String::new()]) {
        let refusal = case.mkt.get(&name).await.unwrap_err();
        assert_told(&refusal, Code::NotFound, "NOT_FOUND");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn facts_are_compared_and_nothing_is_kept() {
    let case = Case::new().await;
    let facts = BTreeMap::from([("hazardous_waste_mass".to_owned(), "3.2".to_owned())]);
    let request = pb::ScreenFactsRequest { facts };
    let told = case.pro.client.clone().screen_facts(request).await.unwrap().into_inner();
    assert_eq!(told.suggestions[0].threshold, "TH-ENV-01");
    assert_eq!(told.suggestions[0].comparison, "hazardous_waste_mass 3.2 >= 3 t");
    let facts = BTreeMap::from([("hazardous_waste_mass".to_owned(), "-1".to_owned())]);
    let request = pb::ScreenFactsRequest { facts };
    let refusal = case.pro.client.clone().screen_facts(request).await.unwrap_err();
    assert_eq!(fields(&refusal), ["facts.hazardous_waste_mass"]);
}
