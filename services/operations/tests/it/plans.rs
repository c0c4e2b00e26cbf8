//! Plans: what a body may plan, who approves it, and who sees it.

use proto::operations::v1 as pb;
use tonic::Code;

use crate::{
    make::{check, item, plan, subject},
    world::{World, assert_told, fields, rule},
};

#[tokio::test]
async fn a_plan_is_written_rewritten_and_filed_by_the_head() {
    let world = World::new().await;
    let mkt = world.agency("MKT").await;
    let odd = pb::PlanItem { ratio_by_tier: vec![400, 300, 200, 100], ..item("MKT-FOOD") };
    let first = mkt.put_plan(plan(vec![odd])).await.unwrap();
    assert_eq!(first.warnings.len(), 1, "{:?}", first.warnings);
    let draft = first.plan.unwrap();
    let better = pb::Plan {
        name: draft.name.clone(),
        etag: draft.etag.clone(),
        ..plan(vec![item("MKT-FOOD")])
    };
    let second = mkt.put_plan(better.clone()).await.unwrap();
    assert!(second.warnings.is_empty());
    let told = mkt.put_plan(better.clone()).await.unwrap_err();
    assert_told(&told, Code::Aborted, "STALE");
    let second = second.plan.unwrap();
    assert_eq!(second.create_time, draft.create_time);

    let told = mkt.file(&second, "03").await.unwrap_err();
    assert_told(&told, Code::PermissionDenied, "WRONG_OFFICER");
    assert_eq!(rule(&told).0, "I-03");
    let told = mkt.file(&draft, "04").await.unwrap_err();
    assert_told(&told, Code::Aborted, "STALE");
    let filed = mkt.file(&second, "04").await.unwrap();
    assert_eq!((filed.state(), filed.file_no.as_str()), (pb::PlanState::Filed, "2026-7"));
    let told = mkt.put_plan(pb::Plan { etag: filed.etag.clone(), ..better }).await.unwrap_err();
    assert_told(&told, Code::FailedPrecondition, "WRONG_STATE");

    // The office, the superior and the body itself see it; nobody else does.
    let get = pb::GetPlanRequest { name: filed.name.clone() };
    for who in ["GDO", "GOV-C", "MKT"] {
        let party = world.agency(who).await;
        assert!(party.client.clone().get_plan(get.clone()).await.is_ok(), "{who}");
        let list = party.client.clone().list_plans(pb::ListPlansRequest::default()).await;
        assert_eq!(list.unwrap().into_inner().plans.len(), 1, "{who}");
    }
    let stranger = world.agency("ECO").await;
    let told = stranger.client.clone().get_plan(get).await.unwrap_err();
    assert_told(&told, Code::NotFound, "NOT_FOUND");
    let list = stranger.client.clone().list_plans(pb::ListPlansRequest::default()).await;
    assert!(list.unwrap().into_inner().plans.is_empty());
}

#[tokio::test]
async fn only_published_matters_that_the_body_holds_are_planned() {
    let world = World::new().await;
    let mkt = world.agency("MKT").await;
    let wrong = plan(vec![item("MKT-FOOD"), item("ECO-SMOKE"), item("NOTHING")]);
    let told = mkt.put_plan(wrong).await.unwrap_err();
    assert_told(&told, Code::InvalidArgument, "FIELDS");
    assert_eq!(fields(&told), ["plan.items[1].matter", "plan.items[2].matter"]);
    assert_eq!(rule(&told).0, "I-02");
    let draft = mkt.put_plan(plan(vec![item("MKT-FOOD")])).await.unwrap().plan.unwrap();
    // It moves before the plan is filed.
    world.catalogue.moves("MKT-FOOD");
    let told = mkt.file(&draft, "04").await.unwrap_err();
    assert_eq!(rule(&told).0, "I-02");
    world.catalogue.goes_away();
    let told = mkt.put_plan(plan(vec![item("MKT-MEAT")])).await.unwrap_err();
    assert_told(&told, Code::Unavailable, "CATALOGUE_UNAVAILABLE");
}

#[tokio::test]
async fn a_plan_keeps_to_the_rules_of_numbers() {
    let world = World::new().await;
    let mkt = world.agency("MKT").await;
    let general = pb::PlanItem { key_matter: false, ..item("MKT-FOOD") };
    let told = mkt.put_plan(plan(vec![general])).await.unwrap_err();
    assert_eq!((rule(&told).0.as_str(), fields(&told).len()), ("O-10", 1));
    let alone = pb::PlanItem { officers: 1, ..item("MKT-FOOD") };
    let told = mkt.put_plan(plan(vec![alone])).await.unwrap_err();
    assert_eq!(rule(&told).0, "O-05");
    let faulty = pb::PlanItem {
        ratio_by_tier: vec![1, 2],
        frequency_by_tier: vec![1],
        minutes: 1000,
        kit: "two words".to_owned(),
        ..item("MKT-FOOD")
    };
    let told = mkt.put_plan(pb::Plan { title: String::new(), ..plan(vec![faulty]) }).await;
    let told = told.unwrap_err();
    assert_eq!(
        fields(&told),
        [
            "plan.title",
            "plan.items[0].kit",
            "plan.items[0].ratio_by_tier",
            "plan.items[0].frequency_by_tier",
            "plan.items[0].minutes"
        ]
    );
}

#[tokio::test]
async fn a_coordination_body_never_inspects() {
    let world = World::new().await;
    let office = world.agency("GDO").await;
    let told = office.put_plan(plan(vec![item("GDO-FOOD")])).await.unwrap_err();
    assert_eq!(rule(&told).0, "I-01");
    let told = office
        .add_checks(vec![check(1, "GDO-FOOD", ("2026-03-02", "2026-03-31"))])
        .await
        .unwrap_err();
    assert_eq!(rule(&told).0, "I-01");
}

#[tokio::test]
async fn a_check_is_added_by_the_head_for_what_the_body_holds() {
    let world = World::new().await;
    let mkt = world.agency("MKT").await;
    mkt.put_subjects(vec![subject(1, pb::Tier::A)]).await.unwrap();
    let window = ("2026-03-02", "2026-03-31");
    let added = mkt.add_checks(vec![check(1, "MKT-FOOD", window)]).await.unwrap();
    assert!(added[0].name.starts_with("checks/") && added[0].visit.is_empty());
    let told = mkt.add_checks(vec![check(1, "ECO-SMOKE", window)]).await.unwrap_err();
    assert_eq!(rule(&told).0, "I-02");
    let told = mkt.add_checks(vec![check(2, "MKT-FOOD", window)]).await.unwrap_err();
    assert_eq!(fields(&told), ["checks[0].subject"]);
    let faulty = pb::Check {
        origin: pb::CheckOrigin::Random.into(),
        officers: 1,
        weight: 0,
        minutes: 2000,
        ..check(1, "MKT-FOOD", ("2026-02-01", "2026-02-02"))
    };
    let told = mkt.add_checks(vec![faulty]).await.unwrap_err();
    let expected = ["origin", "officers", "minutes", "weight", "window_end"];
    assert_eq!(fields(&told), expected.map(|field| format!("checks[0].{field}")));
    let request = pb::AddChecksRequest {
        request_id: crate::world::id(),
        checks: vec![check(1, "MKT-FOOD", window)],
        officer: "MKT-01".to_owned(),
    };
    let told = mkt.client.clone().add_checks(request).await.unwrap_err();
    assert_told(&told, Code::PermissionDenied, "WRONG_OFFICER");
}
