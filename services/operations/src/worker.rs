//! The loops: rungs that fall due, runs of the solver, public values that appear, a calendar and bodies that change.

mod finish;
mod runs;
mod visits;

use std::time::Duration;

use chrono::{DateTime, Utc};
use server::{Ready, Stop};
use tokio::time::sleep;

use crate::{
    Operations, config,
    domain::{
        assistance::Assistance,
        draw::LOG,
        law,
        word::{DrawState, Rung},
    },
    error::Error,
    events::{Doer, Happened},
    log, marks, store,
};

/// How many requests one look takes.
const BATCH: u64 = 200;
/// How many draws one look takes: the newest.
const DRAWS: u64 = 100;

impl Operations {
    /// Starts the loops; the service is ready when it knows the bodies.
    pub fn start(&self, options: config::Worker, bus: ::events::Bus, ready: &Ready, stop: &Stop) {
        ready.set("operations directory", false);
        let (service, signal, ready) = (self.clone(), stop.clone(), ready.clone());
        stop.spawn("operations directory", async move {
            service.follow_directory(options, &ready, signal).await;
            Ok(())
        });
        let (service, signal) = (self.clone(), stop.clone());
        stop.spawn("operations terms", async move {
            service.follow_terms(options, signal).await;
            Ok(())
        });
        let (service, signal) = (self.clone(), stop.clone());
        stop.spawn("operations schedules", async move {
            service.follow_runs(options, signal).await;
            Ok(())
        });
        let (db, token) = (self.db.clone(), stop.token());
        stop.spawn("operations relay", async move {
            ::events::relay(db, bus, "operations", token).await
        });
    }

    /// Fetches the bodies; to be called before serving. [`Operations::start`] goes on doing it.
    ///
    /// # Errors
    /// Identity does not answer.
    pub async fn refresh(&self) -> anyhow::Result<()> {
        Ok(self.bodies.refresh().await?)
    }

    async fn follow_directory(&self, options: config::Worker, ready: &Ready, stop: Stop) {
        let mut known = false;
        loop {
            let fetched = self.bodies.refresh().await;
            if let Err(error) = &fetched {
                tracing::warn!(%error, "fetching the directory");
            }
            known |= fetched.is_ok();
            ready.set("operations directory", known);
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
            if let Err(error) = self.take_public_values().await {
                tracing::warn!(%error, "taking public values of draws");
            }
            match self.look_at_terms(&mut counted).await {
                // A full batch: there may be more.
                Ok(looked) if looked >= BATCH => continue,
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
    /// `counted`, with the calendar as it is. Returns how many requests or visits it
    /// looked at.
    async fn look_at_terms(&self, counted: &mut bool) -> Result<u64, Error> {
        match self.calendar.reload() {
            Ok(changed) => *counted &= !changed,
            Err(error) => {
                tracing::error!(error = format!("{error:#}"), "the calendar stays as it was")
            }
        }
        if !*counted {
            self.recount().await?;
            self.recount_visits(self.clock.now()).await?;
            *counted = true;
        }
        let now = self.clock.now();
        let due = store::due(self.db.reader(), now, BATCH).await?;
        let looked = u64::try_from(due.len()).unwrap_or(u64::MAX);
        for one in due {
            self.raise(one, now).await?;
        }
        let missed = self.take_back_missed(BATCH).await?;
        Ok(looked.max(missed).max(self.look_at_visits(BATCH).await?))
    }

    /// Raises what fell due on one request. Another replica, or an answer, may have been faster: then
    /// the write finds the request changed and nothing is written twice.
    async fn raise(&self, mut one: Assistance, now: DateTime<Utc>) -> Result<(), Error> {
        let superior = self.bodies.all().superior(&one.addressee);
        let raised = one.raise(now, superior.as_ref());
        let entries: Vec<_> = raised
            .into_iter()
            .map(|rung| {
                let up = match (rung, &superior) {
                    (Rung::Overdue, Some(body)) => format!("; it goes up to {body}"),
                    (Rung::Overdue, None) => "; nobody is above it".to_owned(),
                    (Rung::Half | Rung::Near, _) => String::new(),
                };
                let due = one.due_at.with_timezone(&clock::SHANGHAI).format("%Y-%m-%d %H:%M");
                let summary = format!("{rung}: {} must answer by {due}{up}", one.addressee);
                Happened::new("ASSISTANCE_RUNG", &one.name, summary)
                    .under(law::ASSISTANCE)
                    .marked(marks::assistance(Some(&one), &one, now))
                    .by(&Doer::default(), now)
            })
            .collect();
        self.save(one, entries).await
    }

    /// Counts provisional terms again with the new calendar.
    async fn recount(&self) -> Result<(), Error> {
        let (now, near) = (self.clock.now(), self.settings.near_percent);
        for before in store::provisional(self.db.reader(), 10_000).await? {
            let mut one = before.clone();
            one.count(near, &self.calendar.table());
            if one == before {
                continue;
            }
            one.version += 1;
            let due = one.due_at.with_timezone(&clock::SHANGHAI).format("%Y-%m-%d %H:%M");
            let summary = format!("the answer of {} is now due at {due}", one.addressee);
            let happened = Happened::new("ASSISTANCE_RECOUNTED", &one.name, summary)
                .marked(marks::assistance(Some(&before), &one, now));
            self.save(one, vec![happened.by(&Doer::default(), now)]).await?;
        }
        Ok(())
    }

    async fn save(&self, one: Assistance, entries: Vec<db::journal::Entry>) -> Result<(), Error> {
        let written = self
            .db
            .write(move |tx| {
                Box::pin(async move {
                    store::save_rung(tx, &one).await?;
                    for entry in entries {
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

    /// Takes the log's checkpoint for the draws that wait for it, as soon as its time has come: who
    /// runs a draw must not choose which checkpoint counts.
    async fn take_public_values(&self) -> Result<(), Error> {
        let now = self.clock.now();
        let newest: Vec<crate::domain::draw::Draw> =
            store::public_page(self.db.reader(), None, DRAWS).await?;
        for mut draw in newest {
            let waits = matches!(draw.state, DrawState::Frozen | DrawState::Revealing)
                && draw.public_source == LOG
                && draw.public_value.is_empty()
                && draw.public_at <= now;
            if !waits {
                continue;
            }
            draw.public_value = log::checkpoint(self).await?;
            draw.version += 1;
            let summary = format!("the public value of {} is {}", draw.name, draw.public_value);
            let entry = Happened::new("DRAW_PUBLIC_VALUE", &draw.name, summary)
                .under(law::O_08)
                .by(&Doer::default(), now);
            let written = self
                .db
                .write(move |tx| {
                    Box::pin(async move {
                        store::update(tx, &draw).await?;
                        db::journal::append(tx, entry).await?;
                        Ok::<(), Error>(())
                    })
                })
                .await;
            match written {
                Ok(()) | Err(Error::Stale) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}
