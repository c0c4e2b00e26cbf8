//! Pages: newest first, stable while cases are opened, bound to their list.

use proto::referral::v1::{self as pb};
use tonic::{Code, Status};

use crate::{
    case::Case,
    world::{Party, World, assert_told, fields},
};

async fn page(
    party: &Party,
    filter: &str,
    size: i32,
    token: &str,
) -> Result<pb::ListReferralsResponse, Status> {
    let request = pb::ListReferralsRequest {
        page_size: size,
        page_token: token.to_owned(),
        filter: filter.to_owned(),
    };
    Ok(party.client.clone().list_referrals(request).await?.into_inner())
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_are_newest_first_and_stable_while_cases_are_opened() {
    let world = World::new().await;
    let mkt = world.agency("MKT").await;
    let mut opened = Vec::new();
    for n in 0..23 {
        world.clock.advance(chrono::Duration::seconds(1));
        opened.push(mkt.open(&format!("{n}")).await.name);
    }
    opened.reverse();
    let (mut read, mut token, mut sizes) = (Vec::new(), String::new(), Vec::new());
    loop {
        let one = page(&mkt, "", 10, &token).await.unwrap();
        sizes.push(one.referrals.len());
        read.extend(one.referrals.into_iter().map(|leg| leg.name));
        world.clock.advance(chrono::Duration::seconds(1));
        mkt.open("opened meanwhile").await;
        assert!(sizes.len() < 10, "pages without end");
        token = one.next_page_token;
        if token.is_empty() {
            break;
        }
    }
    assert_eq!((read, sizes), (opened, vec![10, 10, 3]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_ends_the_list_has_no_token() {
    let world = World::new().await;
    let mkt = world.agency("MKT").await;
    for n in 0..4 {
        mkt.open(&format!("{n}")).await;
    }
    let first = page(&mkt, "", 2, "").await.unwrap();
    let last = page(&mkt, "", 2, &first.next_page_token).await.unwrap();
    assert_eq!((last.referrals.len(), last.next_page_token.as_str()), (2, ""));
    assert_eq!(page(&mkt, "", 0, "").await.unwrap().referrals.len(), 4, "0 means 100");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_of_another_filter_and_a_size_below_zero_are_refused() {
    let world = World::new().await;
    let mkt = world.agency("MKT").await;
    for n in 0..3 {
        mkt.open(&format!("{n}")).await;
    }
    let token = page(&mkt, "state = \"SUSPECTED\"", 1, "").await.unwrap().next_page_token;
    assert!(!token.is_empty());
    for filter in ["", "state = \"FILED\""] {
        let refusal = page(&mkt, filter, 1, &token).await.unwrap_err();
        assert_told(&refusal, Code::InvalidArgument, "FIELDS");
        assert_eq!(fields(&refusal), ["page_token"]);
    }
    let refusal = page(&mkt, "team = \"x\"", -1, "nonsense").await.unwrap_err();
    assert_eq!(fields(&refusal), ["page_size", "filter", "page_token"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filter_narrows_what_is_seen_and_never_widens_it() {
    let case = Case::new().await.accepted().await;
    case.mkt.open("another").await;
    let count = async |party: &Party, filter: &str| party.list(filter).await.len();
    assert_eq!(count(&case.mkt, "").await, 2);
    assert_eq!(count(&case.mkt, "state = \"ACCEPTED\"").await, 1);
    assert_eq!(count(&case.mkt, "state = \"ACCEPTED\" AND to_agency = \"PSB\"").await, 1);
    assert_eq!(count(&case.mkt, "from_agency = \"MKT\" AND late = false").await, 2);
    assert_eq!(count(&case.mkt, "late = true").await, 0);
    assert_eq!(count(&case.mkt, "procedure = \"FILING_SUPERVISION\"").await, 0);
    assert_eq!(count(&case.psb, "").await, 1);
    assert_eq!(count(&case.psb, "state = \"SUSPECTED\"").await, 0, "not its own yet");
    assert_eq!(count(&case.mkt, "state = \"x' OR 1=1 --\"").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_timeline_is_read_page_by_page_in_order() {
    let case = Case::new().await.accepted().await;
    let all = case.mkt.watch_until(|events| events.len() >= 7).await;
    let (mut read, mut page_token) = (Vec::new(), String::new());
    loop {
        let request =
            pb::GetTimelineRequest { docket: case.docket.clone(), page_size: 3, page_token };
        let one = case.mkt.client.clone().get_timeline(request).await.unwrap().into_inner();
        assert!(one.events.len() <= 3);
        read.extend(one.events);
        assert!(read.len() <= all.len(), "pages without end");
        page_token = one.next_page_token;
        if page_token.is_empty() {
            break;
        }
        let other = pb::GetTimelineRequest {
            docket: case.mkt.open_docket("another").await.name,
            page_token: page_token.clone(),
            page_size: -1,
        };
        let refusal = case.mkt.client.clone().get_timeline(other).await.unwrap_err();
        assert_eq!(fields(&refusal), ["page_size", "page_token"]);
    }
    assert_eq!(read, all);
}
