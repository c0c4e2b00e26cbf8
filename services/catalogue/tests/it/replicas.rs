//! A publication is in force on every replica within a second.

use std::time::{Duration, Instant};

use server::{Ready, Stop};

use crate::world::{World, ask, local, transfer};

#[tokio::test(flavor = "multi_thread")]
async fn every_replica_answers_with_a_publication_within_a_second() {
    let world = World::published().await;
    world.clock.set(local("2026-04-01 09:00"));
    let replica = world.replica().await;
    let (ready, stop) = (Ready::default(), Stop::default());
    let options = catalogue::config::load().unwrap().worker;
    world.catalogue.start(options, &ready, &stop);
    replica.start(options, &ready, &stop);
    let (here, there) = (world.agency("GOV-C").await, world.agency_of(&replica, "MKT").await);
    assert_eq!(there.resolve(ask("M033", "330999001")).await.competent, "MKT");
    for (base, holder) in [(1, "CAE"), (2, "MKT"), (3, "CAE")] {
        let changes = if holder == "CAE" { transfer("2026-03-31", "2026-04-01") } else { back() };
        here.publish(base, changes).await.unwrap();
        let published = Instant::now();
        loop {
            let answer = there.resolve(ask("M033", "330999001")).await;
            if answer.revision == base + 1 {
                assert_eq!(answer.competent, holder);
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert!(published.elapsed() < Duration::from_secs(1), "{:?}", published.elapsed());
        assert_eq!(
            here.resolve(ask("M033", "330999001")).await.revision,
            base + 1,
            "at once at home"
        );
    }
    stop.now();
    stop.finished().await;
}

/// The power goes back to who had it.
fn back() -> proto::catalogue::v1::Changes {
    use proto::catalogue::v1 as pb;
    let mut changes = transfer("", "2026-04-01");
    changes.put.pop();
    let key = "M033/CAE/330999/2026-04-01".to_owned();
    changes.remove.push(pb::EntryRef { kind: pb::EntryKind::Power.into(), key });
    changes
}
