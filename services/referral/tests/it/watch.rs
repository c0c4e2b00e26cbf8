//! Watching: from a cursor on, without gap or repeat, whoever writes meanwhile.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use db::journal::Cursor;
use proto::referral::v1 as pb;
use tokio::task::JoinSet;
use tonic::Code;

use crate::{
    case::{Case, team},
    world::{Party, World, assert_told, fields},
};

/// Opens a docket, a referral, and appoints a team: three events.
async fn write(mkt: &Party, title: &str) {
    let leg = mkt.open(title).await;
    mkt.take(&leg.name, team(mkt)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_reconnects_at_every_batch_misses_and_repeats_nothing() {
    const WRITERS: usize = 4;
    const EACH: usize = 20;
    const EVENTS: usize = WRITERS * EACH * 3;
    let world = World::new().await;
    let mkt = world.agency("MKT").await;
    let second = world.replica(referral::Calendar::open("").unwrap()).await;
    let elsewhere = world.agency_of(&second, "MKT").await;
    let writing = Arc::new(AtomicUsize::new(WRITERS));
    let mut writers = JoinSet::new();
    for writer in 0..WRITERS {
        // Half of them write through another process.
        let mkt = if writer % 2 == 0 { mkt.clone() } else { elsewhere.clone() };
        let writing = Arc::clone(&writing);
        writers.spawn(async move {
            for one in 0..EACH {
                write(&mkt, &format!("{writer}/{one}")).await;
            }
            writing.fetch_sub(1, Ordering::SeqCst);
        });
    }

    let reading = async {
        let (mut events, mut while_writing) = (Vec::<pb::Event>::new(), 0);
        while events.len() < EVENTS {
            let cursor = events.last().map(|event| event.cursor.clone()).unwrap_or_default();
            let batch = mkt.watch(&cursor, 1).await;
            if !batch.is_empty() && writing.load(Ordering::SeqCst) > 0 {
                while_writing += 1;
            }
            events.extend(batch);
        }
        (events, while_writing)
    };
    let (events, while_writing) =
        tokio::time::timeout(Duration::from_secs(120), reading).await.unwrap();
    writers.join_all().await;
    assert!(while_writing > 1, "else nothing was read while anybody wrote");
    let rest = mkt.watch(&events.last().unwrap().cursor, 0).await;
    assert_eq!((events.len(), rest.len()), (EVENTS, 0));

    let cursors: Vec<Cursor> = events.iter().map(|e| e.cursor.parse().unwrap()).collect();
    assert!(cursors.is_sorted_by(|one, two| one < two), "in order, none twice");
    let what: BTreeSet<_> = events.iter().map(|e| (&e.resource, &e.kind)).collect();
    assert_eq!(what.len(), EVENTS, "each once");
    assert_eq!(mkt.watch("", 0).await, events, "and the same when read at once");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_watch_waits_for_what_is_not_yet_there() {
    let world = World::new().await;
    let mkt = world.agency("MKT").await;
    assert!(mkt.watch("", 0).await.is_empty(), "and does not wait when it need not");
    let (seen, _) = tokio::join!(mkt.watch("", 30), mkt.open_docket("糖果"));
    assert_eq!(seen[0].kind, "DOCKET_OPENED");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_that_is_none_and_a_wait_too_long_are_named_together() {
    let world = World::new().await;
    let mkt = world.agency("MKT").await;
    for (cursor, wait_seconds) in [("here", 31), ("-1.2", -1), ("1", i32::MAX)] {
        let request = pb::WatchReferralsRequest { cursor: cursor.to_owned(), wait_seconds };
        let refusal = mkt.client.clone().watch_referrals(request).await.unwrap_err();
        assert_told(&refusal, Code::InvalidArgument, "FIELDS");
        assert_eq!(fields(&refusal), ["cursor", "wait_seconds"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everyone_who_sees_a_case_sees_the_same_events_of_it() {
    let case = Case::new().await.accepted().await;
    let mine = case.mkt.watch_until(|events| events.len() >= 7).await;
    let theirs = case.psb.watch_until(|events| events.len() >= 2).await;
    assert_eq!(mine[5..], theirs);
    let after = case.mkt.watch(&mine[2].cursor, 0).await;
    assert_eq!(after, mine[3..]);
}
