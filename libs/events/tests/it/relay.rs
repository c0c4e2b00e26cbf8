//! The relay goes on where it stopped: no gap, and no repeat unless it crashed.

use std::time::Duration;

use db::{
    Db,
    journal::{self, Cursor},
};
use events::{Bus, Event, Subscription, relay};
use sea_orm::DbErr;
use tokio::{task::JoinSet, time::timeout};
use tokio_util::sync::CancellationToken;

use crate::{Common, append, entry, fresh};

/// A relay that runs, as one process would run it.
struct Running {
    task: JoinSet<anyhow::Result<()>>,
    stop: CancellationToken,
    heard: Subscription,
}

impl Running {
    fn start(db: &Db) -> Self {
        let (bus, stop, mut task) = (Bus::in_process(), CancellationToken::new(), JoinSet::new());
        let heard = bus.subscribe();
        task.spawn(relay(db.clone(), bus, "referral", stop.clone()));
        Self { task, stop, heard }
    }

    async fn hear(&mut self, count: usize) -> Vec<Event> {
        let mut events = Vec::new();
        while events.len() < count {
            let event = timeout(Duration::from_secs(20), self.heard.recv()).await.unwrap();
            events.push(event.unwrap());
        }
        events
    }

    /// Stops it, and returns what it published beyond what was heard.
    async fn stop(mut self) -> Vec<Event> {
        self.stop.cancel();
        timeout(Duration::from_secs(20), self.task.join_all())
            .await
            .unwrap()
            .pop()
            .unwrap()
            .unwrap();
        let mut rest = Vec::new();
        while let Ok(event) = timeout(Duration::ZERO, self.heard.recv()).await {
            rest.push(event.unwrap());
        }
        rest
    }
}

fn resources(events: &[Event]) -> Vec<&str> {
    events.iter().map(|event| event.resource.as_str()).collect()
}

#[tokio::test]
async fn it_goes_on_after_a_restart_without_gap_or_repeat() {
    let db = fresh().await;
    for i in 1..=3 {
        append(&db, &format!("referrals/{i}")).await;
    }
    let mut first = Running::start(&db);
    let heard = first.hear(3).await;
    assert_eq!(resources(&heard), ["referrals/1", "referrals/2", "referrals/3"]);
    assert_eq!(heard[0].docket, "dockets/1");
    assert_eq!(heard[0].payload, [1, 2, 3]);
    assert_eq!(first.stop().await, []);

    append(&db, "referrals/4").await;
    append(&db, "referrals/5").await;
    let again = Db::connect::<Common>(db.url(), 2).await.unwrap();
    let mut second = Running::start(&again);
    assert_eq!(resources(&second.hear(2).await), ["referrals/4", "referrals/5"]);
    assert_eq!(second.stop().await, []);
}

#[tokio::test]
async fn after_a_crash_before_saving_it_repeats_events_under_their_ids() {
    let db = fresh().await;
    append(&db, "referrals/1").await;
    let mut first = Running::start(&db);
    let heard = first.hear(1).await;
    first.stop().await;
    db.write::<_, DbErr, _>(|tx| {
        Box::pin(async move { journal::save_position(tx, "referral", Cursor::START).await })
    })
    .await
    .unwrap();

    let mut second = Running::start(&db);
    assert_eq!(second.hear(1).await, heard);
    second.stop().await;
}

#[tokio::test]
async fn it_publishes_what_is_written_while_it_runs_and_more_than_one_batch() {
    let db = fresh().await;
    let mut running = Running::start(&db);
    let written: Vec<_> = (0..600).map(|i| format!("referrals/{i}")).collect();
    let entries: Vec<_> = written.iter().cloned().map(entry).collect();
    db.write::<_, DbErr, _>(|tx| {
        Box::pin(async move {
            for entry in entries {
                journal::append(tx, entry).await?;
            }
            Ok(())
        })
    })
    .await
    .unwrap();
    assert_eq!(resources(&running.hear(600).await), written);
    assert_eq!(running.stop().await, []);
}
