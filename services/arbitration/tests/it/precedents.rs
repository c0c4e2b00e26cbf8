//! Decided disputes are precedents for all, page by page.

use proto::arbitration::v1 as pb;

use crate::{
    case::{accept, apply, decide, opening},
    world::{Party, World, fields},
};

/// A dispute over a matter in a township, decided by the county government.
pub(crate) async fn decided(world: &World, matter: &str, place: &str) -> String {
    let (agr, gdo) = (world.agency("AGR").await, world.agency("GDO").await);
    let gov = world.agency("GOV-C").await;
    let mut request = opening(&agr, &["NAT"]);
    let subject = request.subject.as_mut().unwrap();
    (subject.matter, subject.place) = (matter.to_owned(), place.to_owned());
    let name = agr.open(request).await.unwrap().name;
    agr.take(&name, apply()).await;
    gdo.take(&name, accept()).await;
    gov.take(&name, decide("NAT", "")).await;
    name
}

async fn page(party: &Party, request: pb::ListPrecedentsRequest) -> pb::ListPrecedentsResponse {
    party.client.clone().list_precedents(request).await.unwrap().into_inner()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_is_a_precedent_for_all_without_what_only_its_parties_know() {
    let world = World::new().await;
    let name = decided(&world, "M046", "330999005").await;
    let stranger = world.agency("MKT").await;
    let all = page(&stranger, pb::ListPrecedentsRequest::default()).await.precedents;
    assert_eq!(all.len(), 1);
    let one = &all[0];
    assert_eq!((&one.dispute, one.competent.as_str()), (&name, "NAT"));
    assert_eq!((one.manner.as_str(), one.parties.len()), ("DESIGNATION", 2));
    assert_eq!((one.decided_by.as_slice(), one.basis.len()), (["GOV-C".to_owned()].as_slice(), 1));
    assert!(!format!("{one:?}").contains("工程渣土"), "the facts are the parties'");
}

#[tokio::test(flavor = "multi_thread")]
async fn precedents_are_paged_newest_first_by_matter() {
    let world = World::new().await;
    let mut names = Vec::new();
    for (matter, place) in
        [("M046", "330999001"), ("M045", "330999001"), ("M046", "330999002"), ("M046", "330999003")]
    {
        names.push(decided(&world, matter, place).await);
    }
    let mkt = world.agency("MKT").await;
    let matter = "M046".to_owned();
    let request = pb::ListPrecedentsRequest { page_size: 2, matter, ..Default::default() };
    let first = page(&mkt, request.clone()).await;
    let found: Vec<_> = first.precedents.iter().map(|one| &one.dispute).collect();
    assert_eq!(found, [&names[3], &names[2]]);
    let page_token = first.next_page_token;
    let last =
        page(&mkt, pb::ListPrecedentsRequest { page_token: page_token.clone(), ..request }).await;
    assert_eq!((&last.precedents[0].dispute, last.precedents.len()), (&names[0], 1));
    assert_eq!(last.next_page_token, "");
    let other = pb::ListPrecedentsRequest { page_token, page_size: -1, ..Default::default() };
    let refusal = mkt.client.clone().list_precedents(other).await.unwrap_err();
    assert_eq!(fields(&refusal), ["page_size", "page_token"]);
}
