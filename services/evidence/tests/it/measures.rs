//! Measures over items: whose they are, what is kept of each change, what a registration becomes.

use proto::evidence::v1 as pb;
use tonic::Code;

use crate::{
    case::{Case, thing},
    custody::measure_change,
    hand_over::{as_listed, proposal},
    items::seizure,
    world::{assert_told, fields, id, local, rule},
};

/// An item of MKT under a measure, in the hands of PSB for keeping.
async fn kept_elsewhere(case: &Case) -> pb::Item {
    let item = pb::Item { measure: Some(seizure()), ..thing("A") };
    let item = case.mkt.add(&case.dossier, item).await;
    let custody = pb::ProposeHandOverRequest {
        purpose: pb::HandOverPurpose::Custody.into(),
        ..proposal(case, &[&item])
    };
    let proposed = case.mkt.propose(custody).await.unwrap();
    let counted = case.psb.count(as_listed(&proposed)).await.unwrap();
    case.mkt.sign(&counted).await.unwrap();
    case.psb.sign(&counted).await.unwrap();
    case.read(&item).await
}

#[tokio::test]
async fn the_body_whose_measure_it_is_changes_it_wherever_the_item_is_kept() {
    use pb::MeasureChange::Extend;
    let case = Case::new().await;
    let item = kept_elsewhere(&case).await;
    assert_eq!(item.custody.as_ref().unwrap().holder, "PSB");
    let by_keeper = pb::ChangeMeasureRequest {
        officer: "PSB-01".to_owned(),
        approved_by: "PSB-04".to_owned(),
        ..measure_change(&item, Extend, "MKT-03")
    };
    let status = case.psb.change(by_keeper).await.unwrap_err();
    assert_told(&status, Code::PermissionDenied, "NOT_YOURS");
    assert_eq!(rule(&status).0, "E-05");
    let longer = case.mkt.change(measure_change(&item, Extend, "MKT-03")).await.unwrap();
    assert_eq!(longer.measure.unwrap().end_date, "2026-04-30");

    let listed = case.thing("B").await;
    case.mkt.propose(proposal(&case, &[&listed])).await.unwrap();
    let listed = case.read(&listed).await;
    let status = case.mkt.change(measure_change(&listed, Extend, "MKT-03")).await.unwrap_err();
    assert!(status.message().contains("handOvers/"), "not during a hand-over: {status:?}");
}

#[tokio::test]
async fn who_approved_each_change_and_why_is_kept_with_the_item_and_in_the_journal() {
    use pb::MeasureChange::{ExcludeTesting, Extend};
    let case = Case::new().await;
    let item = pb::Item { measure: Some(seizure()), ..thing("A") };
    let item = case.mkt.add(&case.dossier, item).await;
    assert!(item.measure.as_ref().unwrap().steps.is_empty());
    let extend =
        pb::ChangeMeasureRequest { extension_days: 20, ..measure_change(&item, Extend, "MKT-03") };
    let item = case.mkt.change(extend).await.unwrap();
    let exclude = pb::ChangeMeasureRequest {
        testing_days: 3,
        reason: "送检".to_owned(),
        ..measure_change(&item, ExcludeTesting, "")
    };
    case.mkt.change(exclude).await.unwrap();
    let steps = case.read(&item).await.measure.unwrap().steps;
    let told: Vec<_> = steps
        .iter()
        .map(|one| (one.change(), one.days, one.reason.as_str(), one.approved_by.as_str()))
        .collect();
    assert_eq!(told, [(Extend, 20, "案情复杂", "MKT-03"), (ExcludeTesting, 3, "送检", "")]);
    assert!(steps.iter().all(|one| one.officer == "MKT-01" && one.time.is_some()));
    let journalled = case.measures_of_the_journal().await;
    assert_eq!(journalled.last(), Some(&steps), "the log can prove it");
}

#[tokio::test]
async fn a_registration_becomes_a_seizure_with_the_approval_of_a_head() {
    use pb::MeasureChange::Seize;
    let case = Case::new().await;
    let registered = pb::Measure {
        kind: pb::MeasureKind::PriorRegistration.into(),
        start_date: "2026-03-02".to_owned(),
        ..seizure()
    };
    let item = pb::Item { measure: Some(registered), ..thing("A") };
    let item = case.mkt.add(&case.dossier, item).await;
    let status = case.mkt.change(measure_change(&item, Seize, "")).await.unwrap_err();
    assert_eq!(fields(&status), ["approved_by", "decision_no"]);
    let decided = |head: &str| pb::ChangeMeasureRequest {
        decision_no: "扣〔2026〕9号".to_owned(),
        ..measure_change(&item, Seize, head)
    };
    let status = case.mkt.change(decided("MKT-02")).await.unwrap_err();
    assert_told(&status, Code::PermissionDenied, "WRONG_OFFICER");
    case.world.clock.set(local("2026-03-05 09:00"));
    let seized = case.mkt.change(decided("MKT-03")).await.unwrap().measure.unwrap();
    assert_eq!(seized.kind(), pb::MeasureKind::Seizure);
    let told = (seized.start_date.as_str(), seized.end_date.as_str(), seized.decision_no.as_str());
    assert_eq!(told, ("2026-03-05", "2026-04-04", "扣〔2026〕9号"));
    let extends = pb::ChangeMeasureRequest {
        request_id: id(),
        decision_no: "1".to_owned(),
        ..measure_change(&item, pb::MeasureChange::Release, "")
    };
    assert_eq!(fields(&case.mkt.change(extends).await.unwrap_err()), ["decision_no"]);
}

impl Case {
    /// The steps of the measure in each row about a change, oldest first.
    async fn measures_of_the_journal(&self) -> Vec<Vec<pb::MeasureStep>> {
        use prost::Message as _;
        let rows = self.mkt.trace(&self.dossier, 1000).await.unwrap();
        let changes = rows.iter().filter(|row| row.kind == "evidence.measure_changed.v1");
        let items = changes.map(|row| pb::Item::decode(row.payload.as_slice()).unwrap());
        items.map(|item| item.measure.unwrap().steps).collect()
    }
}
