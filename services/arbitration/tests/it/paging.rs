//! Pages: newest first, stable while disputes are opened, bound to their list.

use proto::arbitration::v1 as pb;
use tonic::{Code, Status};

use crate::{
    case::{Case, apply, opening},
    world::{Party, World, assert_told, fields, local},
};

async fn page(
    party: &Party,
    filter: &str,
    page_size: i32,
    token: &str,
) -> Result<pb::ListDisputesResponse, Status> {
    let (filter, page_token) = (filter.to_owned(), token.to_owned());
    let request = pb::ListDisputesRequest { page_size, page_token, filter };
    Ok(party.client.clone().list_disputes(request).await?.into_inner())
}

/// Opens a dispute without a matter, so that many may be open.
async fn open(party: &Party, title: &str) -> String {
    let mut request = opening(party, &["NAT"]);
    let subject = request.subject.as_mut().unwrap();
    (subject.matter, subject.title) = (String::new(), title.to_owned());
    party.open(request).await.unwrap().name
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_are_newest_first_and_stable_while_disputes_are_opened() {
    let world = World::new().await;
    let agr = world.agency("AGR").await;
    let mut opened = Vec::new();
    for n in 0..13 {
        world.clock.advance(chrono::Duration::seconds(1));
        opened.push(open(&agr, &format!("{n}")).await);
    }
    opened.reverse();
    let (mut read, mut token, mut sizes) = (Vec::new(), String::new(), Vec::new());
    loop {
        let one = page(&agr, "", 5, &token).await.unwrap();
        sizes.push(one.disputes.len());
        read.extend(one.disputes.into_iter().map(|dispute| dispute.name));
        world.clock.advance(chrono::Duration::seconds(1));
        open(&agr, "opened meanwhile").await;
        assert!(sizes.len() < 10, "pages without end");
        token = one.next_page_token;
        if token.is_empty() {
            break;
        }
    }
    assert_eq!((read, sizes), (opened, vec![5, 5, 3]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_of_another_filter_and_a_size_below_zero_are_refused() {
    let world = World::new().await;
    let agr = world.agency("AGR").await;
    for n in 0..3 {
        open(&agr, &format!("{n}")).await;
    }
    let token = page(&agr, "late = false", 1, "").await.unwrap().next_page_token;
    assert!(!token.is_empty());
    let refusal = page(&agr, "", 1, &token).await.unwrap_err();
    assert_told(&refusal, Code::InvalidArgument, "FIELDS");
    assert_eq!(fields(&refusal), ["page_token"]);
    let refusal = page(&agr, "party = \"x\"", -1, "nonsense").await.unwrap_err();
    assert_eq!(fields(&refusal), ["page_size", "filter", "page_token"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filter_narrows_what_is_seen_and_never_widens_it() {
    let case = Case::new().await;
    open(&case.one, "another").await;
    case.one.take(&case.name, apply()).await;
    let count = async |party: &Party, filter: &str| party.list(filter).await.len();
    assert_eq!(count(&case.one, "").await, 2);
    assert_eq!(count(&case.one, "state = \"APPLIED\" AND matter = \"M046\"").await, 1);
    assert_eq!(count(&case.one, &format!("docket = \"{}\"", case.docket)).await, 1);
    assert_eq!(count(&case.gdo, "").await, 1);
    assert_eq!(count(&case.gdo, "state = \"NEGOTIATING\"").await, 0, "not its own yet");
    assert_eq!(count(&case.one, "late = true").await, 0);
    assert_eq!(count(&case.one, "state = \"x' OR 1=1 --\"").await, 0);

    case.world.clock.set(local("2026-03-20 09:00"));
    let worker = crate::worker::start(&case.world.arbitration);
    let (gdo, filter) = (&case.gdo, "late = true AND state = \"APPLIED\"");
    let waiting = async {
        while gdo.list(filter).await.is_empty() {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(60), waiting).await.unwrap();
    crate::worker::finish(worker).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_timeline_is_read_page_by_page_in_order() {
    let case = Case::new().await.before_forum().await;
    let all = case.one.timeline(&case.name).await;
    let (mut read, mut page_token) = (Vec::new(), String::new());
    loop {
        let request = pb::GetTimelineRequest { name: case.name.clone(), page_size: 3, page_token };
        let one = case.one.client.clone().get_timeline(request).await.unwrap().into_inner();
        assert!(one.events.len() <= 3);
        read.extend(one.events);
        assert!(read.len() <= all.len(), "pages without end");
        page_token = one.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    assert_eq!((read.len(), read), (4, all));
}
