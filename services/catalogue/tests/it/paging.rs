//! Lists and differences, a page at a time, stable while others publish.

use proto::catalogue::v1 as pb;
use tonic::Code;

use crate::world::{Client, World, assert_told, fields, transfer};

async fn entries(client: &mut Client, ask: pb::ListEntriesRequest) -> Vec<pb::ListEntriesResponse> {
    let (mut pages, mut page_token) = (Vec::new(), String::new());
    loop {
        let request = pb::ListEntriesRequest { page_token, ..ask.clone() };
        let page = client.list_entries(request).await.unwrap().into_inner();
        page_token = page.next_page_token.clone();
        pages.push(page);
        if page_token.is_empty() {
            return pages;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn entries_come_by_kind_and_key_and_pages_stay_in_their_revision() {
    let world = World::published().await;
    let county = world.agency("GOV-C").await;
    let mut client = county.client.clone();
    let mut first = catalogue::data::first().unwrap().put;
    let pages =
        entries(&mut client, pb::ListEntriesRequest { page_size: 7, ..Default::default() }).await;
    let all: Vec<pb::Entry> = pages.into_iter().flat_map(|page| page.entries).collect();
    assert!(all.iter().all(|entry| (entry.since_revision, entry.until_revision) == (1, 0)));
    let mut listed: Vec<_> = all.iter().map(|entry| entry.key.clone()).collect();
    let mut sent: Vec<_> = first.drain(..).map(|entry| entry.key).collect();
    listed.sort();
    sent.sort();
    assert_eq!(listed, sent, "each once");

    let ask =
        pb::ListEntriesRequest { matter: "M033".to_owned(), page_size: 1, ..Default::default() };
    let page = client.list_entries(ask.clone()).await.unwrap().into_inner();
    county.publish(1, transfer("2026-03-31", "2026-04-01")).await.unwrap();
    let next = pb::ListEntriesRequest { page_token: page.next_page_token.clone(), ..ask.clone() };
    let next = client.list_entries(next).await.unwrap().into_inner();
    assert_eq!((page.revision, next.revision, next.entries.len()), (1, 1, 1));
    assert_eq!(next.entries[0].until_revision, 2, "and says that it was replaced since");
    assert!(next.next_page_token.is_empty());
    let old = pb::ListEntriesRequest { revision: 1, page_size: 10, ..ask.clone() };
    assert_eq!(client.list_entries(old).await.unwrap().into_inner().entries.len(), 2);
    let new = pb::ListEntriesRequest { page_size: 10, ..ask.clone() };
    assert_eq!(client.list_entries(new).await.unwrap().into_inner().entries.len(), 3);

    let other = pb::ListEntriesRequest { page_token: page.next_page_token, kind: 2, ..ask.clone() };
    assert_eq!(fields(&client.list_entries(other).await.unwrap_err()), ["page_token"]);
    let odd = pb::ListEntriesRequest { kind: 99, page_size: -1, revision: -1, ..ask };
    assert_eq!(
        fields(&client.list_entries(odd).await.unwrap_err()),
        ["page_size", "kind", "revision"]
    );
    let none = pb::ListEntriesRequest { revision: 9, ..Default::default() };
    assert_told(&client.list_entries(none).await.unwrap_err(), Code::NotFound, "NOT_FOUND");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_difference_has_what_changed_between_two_revisions_and_what_it_means() {
    let world = World::published().await;
    let county = world.agency("GOV-C").await;
    let mut client = county.client.clone();
    county.publish(1, transfer("2026-03-31", "2026-04-01")).await.unwrap();
    let ask = pb::DiffRevisionsRequest { from_revision: 1, page_size: 1, ..Default::default() };
    let one = client.diff_revisions(ask.clone()).await.unwrap().into_inner();
    let two = pb::DiffRevisionsRequest { page_token: one.next_page_token.clone(), ..ask.clone() };
    let two = client.diff_revisions(two).await.unwrap().into_inner();
    let keys: Vec<_> =
        one.entry_changes.iter().chain(&two.entry_changes).map(|one| one.key.as_str()).collect();
    assert_eq!(keys, ["M033/CAE/330999/2026-04-01", "M033/MKT/330999/2000-01-01"]);
    assert_eq!(two.entry_changes[0].fields, ["valid_to"]);
    assert!(one.entry_changes[0].before.is_none() && two.next_page_token.is_empty());
    assert_eq!((one.power_moves.len(), two.power_moves.len()), (1, 0), "on the first page");
    assert_eq!(one.power_moves[0].on_date, "2026-04-01");

    let whole = pb::DiffRevisionsRequest { page_size: 1000, ..Default::default() };
    let whole = client.diff_revisions(whole).await.unwrap().into_inner();
    assert!(whole.entry_changes.iter().all(|change| change.before.is_none()), "all of it is new");
    let same = pb::DiffRevisionsRequest { from_revision: 2, to_revision: 2, ..Default::default() };
    assert!(client.diff_revisions(same).await.unwrap().into_inner().entry_changes.is_empty());
    let back = pb::DiffRevisionsRequest { from_revision: 2, to_revision: 1, ..Default::default() };
    assert_eq!(fields(&client.diff_revisions(back).await.unwrap_err()), ["to_revision"]);
    let none = pb::DiffRevisionsRequest { from_revision: 1, to_revision: 9, ..Default::default() };
    assert_told(&client.diff_revisions(none).await.unwrap_err(), Code::NotFound, "NOT_FOUND");
}

#[tokio::test(flavor = "multi_thread")]
async fn revisions_come_newest_first() {
    let world = World::published().await;
    let county = world.agency("GOV-C").await;
    let mut client = county.client.clone();
    county.publish(1, transfer("2026-03-31", "2026-04-01")).await.unwrap();
    let ask = pb::ListRevisionsRequest { page_size: 1, ..Default::default() };
    let one = client.list_revisions(ask.clone()).await.unwrap().into_inner();
    let two = pb::ListRevisionsRequest { page_token: one.next_page_token.clone(), ..ask };
    let two = client.list_revisions(two).await.unwrap().into_inner();
    assert_eq!((one.revisions[0].number, two.revisions[0].number), (2, 1));
    assert!(two.next_page_token.is_empty());
    for name in ["revisions/3", "revisions/01", "revisions/0", "latest", ""] {
        let request = pb::GetRevisionRequest { name: name.to_owned() };
        let refusal = client.get_revision(request).await.unwrap_err();
        assert_told(&refusal, Code::NotFound, "NOT_FOUND");
    }
    let odd = pb::ListRevisionsRequest { page_token: "x".to_owned(), page_size: -1 };
    assert_eq!(fields(&client.list_revisions(odd).await.unwrap_err()), ["page_size", "page_token"]);
}
