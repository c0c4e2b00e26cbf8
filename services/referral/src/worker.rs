//! The loops: rungs that fall due, a calendar that changes, bodies that change.

mod linkage;

use std::time::Duration;

use chrono::{DateTime, Utc};
use server::{Ready, Stop};
use tokio::time::sleep;

use crate::{
    Referral, config,
    domain::{engine, leg::Leg},
    error::Error,
    events, store,
};

/// How many legs one look takes.
const BATCH: u64 = 200;

impl Referral {
    /// Starts the loops; the service is ready when it knows the bodies.
    pub fn start(&self, options: config::Worker, bus: ::events::Bus, ready: &Ready, stop: &Stop) {
        ready.set("referral directory", false);
        let (service, signal, ready) = (self.clone(), stop.clone(), ready.clone());
        stop.spawn("referral directory", async move {
            service.follow_directory(options, &ready, signal).await;
            Ok(())
        });
        let (service, signal) = (self.clone(), stop.clone());
        stop.spawn("referral terms", async move {
            service.follow_terms(options, signal).await;
            Ok(())
        });
        let (db, token) = (self.db.clone(), stop.token());
        stop.spawn(
            "referral relay",
            async move { ::events::relay(db, bus, "referral", token).await },
        );
    }

    /// Fetches the bodies; to be called before serving. [`Referral::start`] goes on doing it.
    ///
    /// # Errors
    /// Identity does not answer.
    pub async fn refresh(&self) -> anyhow::Result<()> {
        Ok(self.identity.refresh().await?)
    }

    async fn follow_directory(&self, options: config::Worker, ready: &Ready, stop: Stop) {
        let mut known = false;
        loop {
            let fetched = self.identity.refresh().await;
            if let Err(error) = &fetched {
                tracing::warn!(%error, "fetching the directory");
            }
            known |= fetched.is_ok();
            ready.set("referral directory", known);
            // Until the first fetch the service is of no use: ask again soon.
            let pause = if known { options.directory_ms } else { 50 };
            tokio::select! {
                () = stop.signalled() => return,
                () = sleep(Duration::from_millis(pause)) => {}
            }
        }
    }

    async fn follow_terms(&self, options: config::Worker, stop: Stop) {
        // The calendar may have changed while nobody looked: count once at the start.
        let mut counted = false;
        loop {
            match self.look_at_terms(&mut counted).await {
                // A full batch: there may be more.
                Ok(raised) if raised >= BATCH => continue,
                Ok(_) => {}
                Err(error) => tracing::warn!(%error, "looking at terms"),
            }
            tokio::select! {
                () = stop.signalled() => return,
                () = sleep(Duration::from_millis(options.tick_ms)) => {}
            }
        }
    }

    /// Raises every rung that has fallen due; counts provisional terms again unless that was done,
    /// `counted`, with the calendar as it is. Returns how many legs it looked at.
    ///
    /// # Errors
    /// The database's.
    async fn look_at_terms(&self, counted: &mut bool) -> Result<u64, Error> {
        match self.calendar.reload() {
            Ok(changed) => *counted &= !changed,
            Err(error) => {
                tracing::error!(error = format!("{error:#}"), "the calendar stays as it was")
            }
        }
        if !*counted {
            self.recount().await?;
            *counted = true;
        }
        let now = self.clock.now();
        let legs = store::due_legs(self.db.reader(), now, BATCH).await?;
        let looked = u64::try_from(legs.len()).unwrap_or(u64::MAX);
        for leg in legs {
            self.raise(leg, now).await?;
        }
        Ok(looked.max(self.look_at_duties(now).await?))
    }

    /// Raises what fell due on one leg. Another replica, or a step, may have been faster: then the
    /// write finds the terms changed and nothing is written twice.
    async fn raise(&self, leg: Leg, now: DateTime<Utc>) -> Result<(), Error> {
        let written = self
            .db
            .write(move |tx| {
                Box::pin(async move {
                    let mut after = leg.clone();
                    let raised = engine::raise(&mut after, now);
                    for (before, term) in leg.terms.iter().zip(&after.terms) {
                        if before != term {
                            store::save_term(tx, before, term).await?;
                        }
                    }
                    for (term, rung) in raised {
                        let entry = events::rung(&after, &term, rung, now);
                        db::journal::append(tx, entry).await?;
                    }
                    Ok::<(), Error>(())
                })
            })
            .await;
        match written {
            Err(Error::Stale) => Ok(()),
            other => other,
        }
    }

    /// Counts provisional terms again with the new calendar.
    async fn recount(&self) -> Result<(), Error> {
        let (now, near) = (self.clock.now(), self.settings.near_percent);
        let legs = store::provisional_legs(self.db.reader(), 100_000).await?;
        for leg in legs {
            let table = self.calendar.table();
            let written = self
                .db
                .write(move |tx| {
                    Box::pin(async move {
                        for before in leg.terms.iter().filter(|t| t.is_open() && t.provisional) {
                            let mut term = before.clone();
                            term.count(near, &table);
                            if term != *before {
                                store::save_term(tx, before, &term).await?;
                                let entry = events::recounted(&leg, &term, now);
                                db::journal::append(tx, entry).await?;
                            }
                        }
                        Ok::<(), Error>(())
                    })
                })
                .await;
            match written {
                Ok(()) | Err(Error::Stale) => {}
                Err(error) => return Err(error),
            }
        }
        self.recount_duties(now).await
    }
}
