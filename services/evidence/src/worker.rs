//! The loops: bodies that change, hand-overs that referral must be told of, the relay.

use std::time::Duration;

use server::{Ready, Stop};
use tokio::time::{sleep, timeout};

use crate::{
    Evidence, config,
    domain::hand_over::HandOver,
    error::Error,
    events::{self, Deed},
    sheet, store, telling,
};

/// How many hand-overs one look takes.
const BATCH: u64 = 20;
/// The longest pause while referral does not answer.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

impl Evidence {
    /// Starts the loops; the service is ready when it knows the bodies.
    pub fn start(&self, options: config::Worker, bus: ::events::Bus, ready: &Ready, stop: &Stop) {
        ready.set("evidence directory", false);
        let (service, signal, ready) = (self.clone(), stop.clone(), ready.clone());
        stop.spawn("evidence directory", async move {
            service.follow_directory(options, &ready, signal).await;
            Ok(())
        });
        let (service, signal) = (self.clone(), stop.clone());
        stop.spawn("evidence hand-overs", async move {
            service.follow_hand_overs(options, signal).await;
            Ok(())
        });
        let (db, token) = (self.db.clone(), stop.token());
        stop.spawn(
            "evidence relay",
            async move { ::events::relay(db, bus, "evidence", token).await },
        );
    }

    /// Fetches the bodies; to be called before serving. [`Evidence::start`] goes on doing it.
    ///
    /// # Errors
    /// Identity does not answer.
    pub async fn refresh(&self) -> anyhow::Result<()> {
        Ok(self.directory.refresh().await?)
    }

    async fn follow_directory(&self, options: config::Worker, ready: &Ready, stop: Stop) {
        let mut known = false;
        loop {
            let fetched = self.directory.refresh().await;
            if let Err(error) = &fetched {
                tracing::warn!(%error, "fetching the directory");
            }
            known |= fetched.is_ok();
            ready.set("evidence directory", known);
            // Days are counted when they are asked for: a newer table is enough.
            if let Err(error) = self.calendar.reload() {
                tracing::error!(error = format!("{error:#}"), "the calendar stays as it was");
            }
            // Until the first fetch the service is of no use: ask again soon.
            let pause = if known { options.directory_ms } else { 50 };
            tokio::select! {
                () = stop.signalled() => return,
                () = sleep(Duration::from_millis(pause)) => {}
            }
        }
    }

    /// Tells referral of completed hand-overs, as soon as they are. What is to be told is what the
    /// table says, so that a restart forgets nothing.
    async fn follow_hand_overs(&self, options: config::Worker, stop: Stop) {
        let pause = Duration::from_millis(options.tell_ms);
        let (mut after, mut failures) = (String::new(), 0u32);
        loop {
            let committed = self.db.committed();
            let told = tokio::select! {
                () = stop.signalled() => return,
                told = self.tell(&mut after) => told,
            };
            match told {
                Ok(()) => failures = 0,
                Err(error) => {
                    failures += 1;
                    tracing::warn!(%error, failures, "telling referral of hand-overs");
                }
            }
            let wait = async {
                if failures > 0 {
                    sleep(pause.saturating_mul(1 << failures.min(10)).min(LONGEST_PAUSE)).await;
                } else {
                    // A commit of another replica is not announced here: look again anyway.
                    let _ = timeout(pause, committed).await;
                }
            };
            tokio::select! {
                () = stop.signalled() => return,
                () = wait => {}
            }
        }
    }

    /// Tells referral of each hand-over that it does not know, from the name `after` on. Where it
    /// does not answer, the next look goes on behind that one: none stands in the way of others.
    async fn tell(&self, after: &mut String) -> Result<(), Error> {
        loop {
            let found = store::untold(self.db.reader(), after, BATCH).await?;
            if found.is_empty() {
                if after.is_empty() {
                    return Ok(());
                }
                // Those before it may have been left out.
                after.clear();
                if store::untold(self.db.reader(), "", 1).await?.is_empty() {
                    return Ok(());
                }
                continue;
            }
            for hand_over in found {
                *after = hand_over.name();
                let outcome = telling::tell(self.referral.clone(), &hand_over).await?;
                self.keep(hand_over, outcome).await?;
            }
        }
    }

    /// Writes down what referral said. Another replica may have been faster: it was told the same.
    async fn keep(&self, hand_over: HandOver, outcome: String) -> Result<(), Error> {
        let now = self.clock.now();
        let written = self
            .db
            .write(move |tx| {
                Box::pin(async move {
                    let after = hand_over.told(&outcome);
                    store::update_hand_over(tx, &hand_over, &after).await?;
                    let deed = Deed {
                        dossier: store::dossier_name(after.dossier),
                        resource: after.name(),
                        agency: after.giver.clone(),
                        officer: String::new(),
                        at: now,
                    };
                    let message = sheet::without_lines(&after);
                    let mut entry = events::entry("evidence.hand_over_told.v1", deed, &message);
                    // The service did it itself, not the giver.
                    entry.agency.clear();
                    db::journal::append(tx, entry).await?;
                    Ok::<(), Error>(())
                })
            })
            .await;
        match written {
            Err(Error::Stale) => Ok(()),
            other => other,
        }
    }
}
