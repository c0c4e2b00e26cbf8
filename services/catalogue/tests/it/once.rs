//! One request, one revision, one answer, for ever; and two publications at once, one of which wins.

use proto::catalogue::v1 as pb;
use tokio::task::JoinSet;
use tonic::Code;

use crate::world::{Party, World, assert_told, local, transfer};

#[tokio::test(flavor = "multi_thread")]
async fn a_request_repeated_gets_its_first_answer_for_ever() {
    let world = World::published().await;
    let county = world.agency("GOV-C").await;
    let request = county.signed(1, transfer("2026-03-31", "2026-04-01")).await;
    let first = county.send(request.clone()).await.unwrap();
    assert_eq!(county.send(request.clone()).await.unwrap(), first);
    county.publish(2, transfer("2026-04-30", "2026-05-01")).await.unwrap_err();
    world.clock.set(local("2037-01-05 09:00"));
    assert_eq!(
        county.send(request.clone()).await.unwrap(),
        first,
        "the certificate has expired since"
    );
    let other = pb::PublishRevisionRequest { title: "另一".to_owned(), ..request };
    assert_told(&county.send(other).await.unwrap_err(), Code::AlreadyExists, "REQUEST_ID_REUSED");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_request_many_times_at_once_is_one_revision() {
    let world = World::published().await;
    let county = world.agency("GOV-C").await;
    let request = county.signed(1, transfer("2026-03-31", "2026-04-01")).await;
    let mut sending = JoinSet::new();
    for _ in 0..8 {
        let (county, request) = (county.clone(), request.clone());
        sending.spawn(async move { county.send(request).await.unwrap() });
    }
    let answers = sending.join_all().await;
    assert!(answers.iter().all(|one| *one == answers[0] && one.number == 2), "{answers:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_publications_at_once_exactly_one_wins() {
    let world = World::published().await;
    let replica = world.replica().await;
    let (here, there) = (world.agency("GOV-C").await, world.agency_of(&replica, "GDO").await);
    for base in 1..=5_i64 {
        let mut requests = Vec::new();
        for (party, month) in [(&here, base), (&there, base + 6)] {
            let changes = moved_to(party, month).await;
            requests.push((party.clone(), party.signed(base, changes).await));
        }
        let mut sending = JoinSet::new();
        for (party, request) in requests {
            sending.spawn(async move { party.send(request).await });
        }
        let (won, lost): (Vec<_>, Vec<_>) =
            sending.join_all().await.into_iter().partition(Result::is_ok);
        assert_eq!((won.len(), lost.len()), (1, 1), "base {base}: {lost:?}");
        assert_eq!(won[0].as_ref().unwrap().number, base + 1);
        assert_told(lost[0].as_ref().unwrap_err(), Code::Aborted, "STALE");
    }
}

/// The transfer of M033 on a day of this month, in the place of the one before it.
async fn moved_to(party: &Party, month: i64) -> pb::Changes {
    let mut changes = transfer(&format!("2027-{month:02}-09"), &format!("2027-{month:02}-10"));
    let kind = pb::EntryKind::Power.into();
    let matter = "M033".to_owned();
    let ask = pb::ListEntriesRequest { kind, matter, ..Default::default() };
    let list = party.client.clone().list_entries(ask).await.unwrap().into_inner();
    let before = list.entries.into_iter().find(|entry| entry.key.starts_with("M033/CAE/"));
    changes.remove.extend(before.map(|entry| pb::EntryRef { kind, key: entry.key }));
    changes
}
