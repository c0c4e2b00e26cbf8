//! Benchmarks and minor violations, looked up and explained over the wire.

use proto::catalogue::v1 as pb;
use tonic::Code;

use crate::world::{Party, World, assert_told, fields};

fn ask(matter: &str, facts: &[(&str, &str)]) -> pb::LookUpDiscretionRequest {
    let facts = facts.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    pb::LookUpDiscretionRequest { matter: matter.to_owned(), facts, ..Default::default() }
}

async fn look_up(
    party: &Party,
    request: pb::LookUpDiscretionRequest,
) -> pb::LookUpDiscretionResponse {
    party.client.clone().look_up_discretion(request).await.unwrap().into_inner()
}

#[tokio::test(flavor = "multi_thread")]
async fn facts_find_their_grade_and_their_route_with_every_comparison() {
    let world = World::published().await;
    let cae = world.agency("CAE").await;
    let found =
        look_up(&cae, ask("M003", &[("area_m2", "9.5"), ("corrected", "true"), ("harm", "false")]))
            .await;
    assert_eq!((found.revision, found.benchmark.unwrap().grade.as_str()), (1, "LIGHT"));
    assert_eq!(found.benchmarks_tried[0].comparisons[0], "area_m2 9.5 < 10: yes");
    assert_eq!(found.minor_routes.len(), 1);
    assert_eq!(found.minor_routes[0].route(), pb::MinorRoute::NoPenalty);
    assert_eq!(found.missing_facts, ["first_time", "harm_slight", "promise_signed"]);

    let crime = pb::LookUpDiscretionRequest {
        suspected_crime: true,
        ..ask("M003", &[("area_m2", "9.5"), ("corrected", "true"), ("harm", "false")])
    };
    let found = look_up(&cae, crime).await;
    assert!(found.minor_routes.is_empty());
    assert!(
        found.minor_tried.iter().all(|tried| tried.comparisons.last().unwrap().contains("S-12"))
    );

    let open = look_up(&cae, ask("M008", &[("area_m2", "50.01")])).await;
    assert!(open.benchmark.is_none());
    assert_eq!(open.missing_facts, ["can_be_corrected"]);
    let early =
        pb::LookUpDiscretionRequest { act_date: "2022-12-31".to_owned(), ..ask("M003", &[]) };
    let early = look_up(&cae, early).await;
    assert!(early.benchmarks_tried.is_empty() && early.missing_facts.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn facts_are_bounded_and_an_unknown_matter_is_named() {
    let world = World::published().await;
    let mut cae = world.agency("CAE").await.client;
    let refusal = cae.look_up_discretion(ask("M999", &[])).await.unwrap_err();
    assert_told(&refusal, Code::NotFound, "UNKNOWN_MATTER");
    let long = "x".repeat(5000);
    let refusal = cae.look_up_discretion(ask("", &[("a", &long)])).await.unwrap_err();
    assert_eq!(fields(&refusal), ["matter", "facts.a"]);
    let many: Vec<String> = (0..201).map(|n| n.to_string()).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|n| (n.as_str(), "1")).collect();
    assert_eq!(fields(&cae.look_up_discretion(ask("M001", &many)).await.unwrap_err()), ["facts"]);
}
