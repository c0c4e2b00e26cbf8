//! The loops: bodies that change, terms that fall due, decisions whose day comes, and what others
//! must be told. What is to be done is what the tables say, so that a restart forgets nothing.

use std::{collections::BTreeSet, time::Duration};

use chrono::{DateTime, Utc};
use server::{Ready, Stop};
use tokio::time::{sleep, timeout};

use crate::{
    Arbitration, config,
    domain::{acting, dispute::Dispute, engine, telling as due, word::Told},
    error::Error,
    events, store, telling,
};

/// How many disputes one look takes.
const BATCH: u64 = 200;
/// The longest pause while others do not answer.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

impl Arbitration {
    /// Starts the loops; the service is ready when it knows the bodies and the precedents.
    pub fn start(&self, options: config::Worker, ready: &Ready, stop: &Stop) {
        ready.set("arbitration directory", false);
        let (service, signal, ready) = (self.clone(), stop.clone(), ready.clone());
        stop.spawn("arbitration directory", async move {
            service.follow_directory(options, &ready, signal).await;
            Ok(())
        });
        let (service, signal) = (self.clone(), stop.clone());
        stop.spawn("arbitration terms", async move {
            service.follow_terms(options, signal).await;
            Ok(())
        });
        let (service, signal) = (self.clone(), stop.clone());
        stop.spawn("arbitration telling", async move {
            service.follow_tellings(options, signal).await;
            Ok(())
        });
        let (service, signal) = (self.clone(), stop.clone());
        stop.spawn("arbitration precedents", async move {
            service.follow_precedents(options, signal).await;
            Ok(())
        });
    }

    /// Fetches the bodies and the precedents; to be called before serving. [`Arbitration::start`] goes
    /// on doing it.
    ///
    /// # Errors
    /// Identity or the database does not answer.
    pub async fn refresh(&self) -> anyhow::Result<()> {
        self.peers.directory.refresh().await?;
        Ok(self.read_precedents().await?)
    }

    async fn follow_directory(&self, options: config::Worker, ready: &Ready, stop: Stop) {
        let mut known = false;
        loop {
            let fetched = self.peers.directory.refresh().await;
            if let Err(error) = &fetched {
                tracing::warn!(%error, "fetching the directory");
            }
            known |= fetched.is_ok();
            ready.set("arbitration directory", known);
            // Until the first fetch the service is of no use: ask again soon.
            let pause = if known { options.directory_ms } else { 50 };
            if !pass(&stop, sleep(Duration::from_millis(pause))).await {
                return;
            }
        }
    }

    async fn follow_precedents(&self, options: config::Worker, stop: Stop) {
        loop {
            let committed = self.db.committed();
            if let Err(error) = self.read_precedents().await {
                tracing::warn!(%error, "reading precedents");
            }
            // A commit of another replica is not announced here: look again anyway.
            let wait =
                async { drop(timeout(Duration::from_millis(options.tell_ms), committed).await) };
            if !pass(&stop, wait).await {
                return;
            }
        }
    }

    async fn follow_terms(&self, options: config::Worker, stop: Stop) {
        // The calendar may have changed while nobody looked: count once at the start.
        let mut counted = false;
        loop {
            match self.look_at_terms(&mut counted).await {
                // A full batch: there may be more.
                Ok(looked) if looked >= BATCH => {
                    if pass(&stop, tokio::task::yield_now()).await {
                        continue;
                    }
                    return;
                }
                Ok(_) => {}
                Err(error) => tracing::warn!(%error, "looking at terms"),
            }
            if !pass(&stop, sleep(Duration::from_millis(options.tick_ms))).await {
                return;
            }
        }
    }

    /// Raises every rung that has fallen due and lets decisions take effect; counts provisional terms
    /// again unless that was done, `counted`, with the calendar as it is. Returns how many disputes it
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
            *counted = true;
        }
        let now = self.clock.now();
        let late = store::due_disputes(self.db.reader(), now, BATCH).await?;
        let pending = store::pending_disputes(self.db.reader(), now, BATCH).await?;
        let looked = u64::try_from(late.len().max(pending.len())).unwrap_or(u64::MAX);
        for dispute in late {
            unless_stale(self.raise(dispute, now).await)?;
        }
        for dispute in pending {
            unless_stale(self.switch(dispute, now).await)?;
        }
        Ok(looked)
    }

    /// Raises what fell due in one dispute. Another replica, or a step, may have been faster: then the
    /// write finds the terms changed and nothing is written twice.
    async fn raise(&self, dispute: Dispute, now: DateTime<Utc>) -> Result<(), Error> {
        let written = self.db.write(move |tx| {
            Box::pin(async move {
                let mut after = dispute.clone();
                let raised = engine::raise(&mut after, now);
                let tellings = due::due(Some(&dispute), &mut after);
                if tellings.is_empty() {
                    for (before, term) in dispute.terms.iter().zip(&after.terms) {
                        if before != term {
                            store::save_term(tx, before, term).await?;
                        }
                    }
                } else {
                    after.version += 1;
                    store::update_dispute(tx, &dispute, &after).await?;
                    store::insert_tellings(tx, &after.name(), &tellings).await?;
                }
                for (term, warning) in raised {
                    db::journal::append(tx, events::rung(&after, &term, warning, now)).await?;
                }
                Ok::<(), Error>(())
            })
        });
        written.await
    }

    /// Lets a decision whose first day has come name who acts.
    async fn switch(&self, dispute: Dispute, now: DateTime<Utc>) -> Result<(), Error> {
        let written = self.db.write(move |tx| {
            Box::pin(async move {
                let mut after = dispute.clone();
                acting::switch(&mut after, now);
                after.version += 1;
                let tellings = due::due(Some(&dispute), &mut after);
                store::update_dispute(tx, &dispute, &after).await?;
                store::insert_tellings(tx, &after.name(), &tellings).await?;
                if dispute.acting() != after.acting() {
                    db::journal::append(tx, events::switched(&after, now)).await?;
                }
                Ok::<(), Error>(())
            })
        });
        written.await
    }

    /// Counts provisional terms again with the new calendar.
    async fn recount(&self) -> Result<(), Error> {
        let (now, near) = (self.clock.now(), self.settings.near_percent);
        let disputes = store::provisional_disputes(self.db.reader(), 100_000).await?;
        for dispute in disputes {
            let table = self.calendar.table();
            let written = self.db.write(move |tx| {
                Box::pin(async move {
                    for before in dispute.terms.iter().filter(|t| t.is_open() && t.provisional) {
                        let mut term = before.clone();
                        term.count(near, &table);
                        if term != *before {
                            store::save_term(tx, before, &term).await?;
                            let entry = events::recounted(&dispute, &term, now);
                            db::journal::append(tx, entry).await?;
                        }
                    }
                    Ok::<(), Error>(())
                })
            });
            unless_stale(written.await)?;
        }
        Ok(())
    }

    async fn follow_tellings(&self, options: config::Worker, stop: Stop) {
        let pause = Duration::from_millis(options.tell_ms);
        let mut failures = 0_u32;
        loop {
            let committed = self.db.committed();
            let told = tokio::select! {
                () = stop.signalled() => return,
                told = self.tell() => told,
            };
            match told {
                Ok(()) => failures = 0,
                Err(error) => {
                    failures += 1;
                    tracing::warn!(%error, failures, "telling others of disputes");
                }
            }
            let wait = async {
                if failures > 0 {
                    sleep(pause.saturating_mul(1 << failures.min(10)).min(LONGEST_PAUSE)).await;
                } else {
                    drop(timeout(pause, committed).await);
                }
            };
            if !pass(&stop, wait).await {
                return;
            }
        }
    }

    /// Tells everything that is to be told, of one dispute to one service in its order. Where a service
    /// does not answer, nothing more is tried with it in this look: none stands in the way of others.
    async fn tell(&self) -> Result<(), Error> {
        let (mut after, mut away, mut failed) = (None, BTreeSet::<Told>::new(), None);
        loop {
            let found = store::untold(self.db.reader(), after.as_ref(), BATCH).await?;
            let Some((last, telling)) = found.last() else { break };
            after = Some((last.clone(), telling.seq));
            for (name, telling) in found {
                if away.contains(&telling.told()) {
                    continue;
                }
                let dispute = store::dispute_for_service(self.db.reader(), &name).await?;
                match telling::tell(&self.peers, &dispute, &telling).await {
                    Ok(answer) => self.keep(dispute, telling, answer).await?,
                    Err(error) => {
                        away.insert(telling.told());
                        failed = Some(error);
                    }
                }
            }
        }
        failed.map_or(Ok(()), Err)
    }

    /// Writes down what a service said. Another replica may have been faster: it was told the same.
    async fn keep(
        &self,
        mut dispute: Dispute,
        telling: due::Telling,
        answer: telling::Answer,
    ) -> Result<(), Error> {
        let now = self.clock.now();
        let written = self.db.write(move |tx| {
            Box::pin(async move {
                let name = dispute.name();
                store::save_told(tx, &name, telling.seq, &answer.outcome).await?;
                if let Some(revision) = answer.revision {
                    dispute.revision = revision;
                    store::save_revision(tx, &name, revision).await?;
                }
                if telling.told() == Told::Evidence {
                    dispute.evidence_outcome = store::join_evidence_outcome(tx, &name).await?;
                }
                if answer.unknown_docket {
                    store::free_docket(tx, &name, &dispute.subject.docket).await?;
                }
                let entry = events::told(&dispute, &telling, &answer.outcome, now);
                db::journal::append(tx, entry).await?;
                Ok::<(), Error>(())
            })
        });
        unless_stale(written.await)
    }
}

/// Waits; `false` when the service is to stop.
async fn pass(stop: &Stop, wait: impl Future<Output = ()>) -> bool {
    tokio::select! {
        biased;
        () = stop.signalled() => false,
        () = wait => true,
    }
}

/// Somebody else was faster, and did the same.
fn unless_stale(written: Result<(), Error>) -> Result<(), Error> {
    match written {
        Err(Error::Stale) => Ok(()),
        other => other,
    }
}
