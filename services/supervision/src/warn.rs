//! The loops that look at what is due: rungs of the board, dockets nothing followed on, warnings that
//! nobody acknowledged. Each is claimed in one transaction, so that of several replicas one acts.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use db::journal;
use directory::Agencies;
use sea_orm::ConnectionTrait;
use server::{Ready, Stop};
use tokio::time::sleep;
use types::AgencyCode;

use crate::{
    Supervision, config,
    domain::{
        due::Rung,
        rule::{Rule, Rules, Up},
        warning::{Finding, Warning},
        watch::{self, DocketWatch},
    },
    error::Error,
    events, store,
};

/// How many items one transaction claims.
const BATCH: i64 = 500;

impl Supervision {
    /// Starts the loops; the service is ready when it knows the bodies.
    pub fn tend(&self, options: config::Worker, ready: &Ready, stop: &Stop) {
        ready.set("supervision directory", false);
        let (service, signal, ready) = (self.clone(), stop.clone(), ready.clone());
        stop.spawn("supervision directory", async move {
            service.follow_directory(options, &ready, signal).await;
            Ok(())
        });
        let (service, signal) = (self.clone(), stop.clone());
        stop.spawn("supervision board", async move {
            service.follow_board(options, signal).await;
            Ok(())
        });
    }

    async fn follow_directory(&self, options: config::Worker, ready: &Ready, stop: Stop) {
        let mut known = false;
        loop {
            let fetched = self.directory.refresh().await;
            if let Err(error) = &fetched {
                tracing::warn!(%error, "fetching the directory");
            }
            known |= fetched.is_ok();
            ready.set("supervision directory", known);
            // Until the first fetch nothing goes up: ask again soon.
            let pause = if known { options.directory_ms } else { 50 };
            tokio::select! {
                () = stop.signalled() => return,
                () = sleep(Duration::from_millis(pause)) => {}
            }
        }
    }

    async fn follow_board(&self, options: config::Worker, stop: Stop) {
        // The calendar may have changed while nobody looked: count once at the start.
        let mut counted = false;
        loop {
            let looked = tokio::select! {
                () = stop.signalled() => return,
                looked = self.look_at_all(&mut counted) => looked,
            };
            match looked {
                // A full batch: there may be more.
                Ok(true) => continue,
                Ok(false) => {}
                Err(error) => {
                    let cause = std::error::Error::source(&error).map(ToString::to_string);
                    tracing::warn!(%error, cause, "looking at the board");
                }
            }
            tokio::select! {
                () = stop.signalled() => return,
                () = sleep(Duration::from_millis(options.tick_ms)) => {}
            }
        }
    }

    /// One look at the terms of decisions, which are this service's own, and at the board. Whether
    /// there may be more.
    async fn look_at_all(&self, counted: &mut bool) -> Result<bool, Error> {
        match self.calendar.reload() {
            Ok(changed) => *counted &= !changed,
            Err(error) => {
                tracing::error!(error = format!("{error:#}"), "the calendar stays as it was");
            }
        }
        if !*counted {
            self.recount_terms().await?;
            *counted = true;
        }
        Ok(self.raise_rungs().await? | self.look().await?)
    }

    /// One look at everything that may be due. Whether there may be more.
    ///
    /// # Errors
    /// The database's.
    async fn look(&self) -> Result<bool, Error> {
        let (rules, now) = (Arc::clone(&self.rules), self.clock.now());
        let rungs =
            self.db.write(move |tx| Box::pin(async move { raise_due(tx, &rules, now).await }));
        let rungs = rungs.await?;
        let rules = Arc::clone(&self.rules);
        let dockets = self
            .db
            .write(move |tx| Box::pin(async move { look_at_dockets(tx, &rules, now).await }));
        let dockets = dockets.await?;
        let (rules, agencies) = (Arc::clone(&self.rules), self.directory.agencies());
        // Without the directory nobody knows who is above whom.
        if agencies.is_empty() {
            return Ok(rungs || dockets);
        }
        let escalated = self
            .db
            .write(move |tx| Box::pin(async move { escalate(tx, &rules, &agencies, now).await }));
        Ok(rungs | dockets | escalated.await?)
    }
}

/// Raises what rules found, each once. Whoever found it is in the same transaction.
pub(crate) async fn raise(
    tx: &impl ConnectionTrait,
    rules: &Rules,
    found: Vec<Finding>,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let raise =
        |one: Finding| rules.get(&one.rule).map(|rule| Warning::raise(one.clone(), rule, now));
    let warnings: Vec<Warning> = found.into_iter().filter_map(raise).collect();
    if warnings.is_empty() {
        return Ok(());
    }
    let raised = store::insert_warnings(tx, warnings).await?;
    let entries = raised.iter().map(|one| events::raised(one, now)).collect();
    journal::append_all(tx, entries).await?;
    Ok(())
}

/// Raises the rungs that fell due. Of two terms on one duty the earlier one alarms.
async fn raise_due(
    tx: &impl ConnectionTrait,
    rules: &Rules,
    now: DateTime<Utc>,
) -> Result<bool, Error> {
    let items = store::claim_due(tx, now, BATCH).await?;
    let full = is_full(items.len());
    let mut found = Vec::new();
    for rung in Rung::ALL {
        let reached = items.iter().filter(|item| item.rung_at(now) == rung);
        let keys: Vec<String> = reached.clone().map(crate::domain::due::Item::key).collect();
        store::raise_to(tx, &keys, rung).await?;
        let alarming = reached.filter(|item| item.earlier_rule.is_empty());
        found.extend(alarming.flat_map(|item| watch::of_rung(rules, item, rung)));
    }
    raise(tx, rules, found, now).await?;
    Ok(full)
}

/// Looks at the dockets on which something should have followed.
async fn look_at_dockets(
    tx: &impl ConnectionTrait,
    rules: &Rules,
    now: DateTime<Utc>,
) -> Result<bool, Error> {
    let watches = store::claim_docket_watches(tx, now, BATCH).await?;
    let full = is_full(watches.len());
    let looked: Vec<(Vec<Finding>, DocketWatch)> =
        watches.into_iter().map(|one| one.look(rules, now)).collect();
    let (found, after): (Vec<_>, Vec<_>) = looked.into_iter().unzip();
    store::save_docket_watches(tx, &after).await?;
    raise(tx, rules, found.into_iter().flatten().collect(), now).await?;
    Ok(full)
}

/// Takes warnings up that nobody acknowledged.
async fn escalate(
    tx: &impl ConnectionTrait,
    rules: &Rules,
    agencies: &Agencies,
    now: DateTime<Utc>,
) -> Result<bool, Error> {
    let claimed = store::claim_warnings(tx, now, BATCH).await?;
    let full = is_full(claimed.len());
    let mut entries = Vec::new();
    for one in claimed {
        // A rule that was taken away takes nothing up any more.
        let Some(rule) = rules.get(&one.found.rule) else {
            store::update_warning(tx, &one.rest()).await?;
            continue;
        };
        let (to, from_level) = (above(&one, rule, agencies), one.level);
        let after = one.escalate(to, rule, now);
        store::update_warning(tx, &after).await?;
        if after.level > from_level {
            entries.push(events::escalated(&after, now));
        }
    }
    journal::append_all(tx, entries).await?;
    Ok(full)
}

/// The next level with a body that does not look at the warning already.
fn above(one: &Warning, rule: &Rule, agencies: &Agencies) -> Option<(i32, String)> {
    let body = |up: &Up| match up {
        Up::Body(code) => Some(code.to_string()),
        Up::Superior => {
            let owner = AgencyCode::parse(&one.found.owner)?;
            Some(agencies.get(&owner)?.superior.clone()).filter(|code| !code.is_empty())
        }
    };
    let levels = (1..).zip(&rule.escalation).filter(|(level, _)| *level > one.level);
    let mut bodies = levels.filter_map(|(level, up)| Some((level, body(up)?)));
    bodies.find(|(_, body)| *body != one.found.owner && !one.escalated_to.contains(body))
}

fn is_full(count: usize) -> bool {
    i64::try_from(count).is_ok_and(|count| count >= BATCH)
}
