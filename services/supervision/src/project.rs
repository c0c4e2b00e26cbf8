//! What rows mean, kept in the transaction that makes them leaves: so each is counted exactly once,
//! however many replicas there are, and what is watched is what is proven.

use std::{collections::BTreeMap, sync::Arc};

use chrono::{DateTime, Duration, Utc};
use db::journal;
use sea_orm::ConnectionTrait;

use crate::{
    Supervision,
    domain::{
        Told,
        rule::{Rules, Sees},
        warning::{Finding, Warning},
        watch::{self, DocketWatch},
    },
    error::Error,
    events, facts, store, warn,
};

/// What rows of evidence stand on, and the value by which a dossier names its docket.
const DOSSIER: &str = "dossiers/";
const DOCKET: &str = "docket";

/// What looks at rows.
#[derive(Clone, Debug)]
pub(crate) struct Watch {
    rules: Arc<Rules>,
    /// Minutes after which an exchange should be acknowledged.
    minutes: u32,
    /// By the clock of the law.
    now: DateTime<Utc>,
}

impl Supervision {
    /// What looks at rows now.
    pub(crate) fn watch(&self) -> Watch {
        Watch {
            rules: Arc::clone(&self.rules),
            minutes: self.settings.board.unacknowledged_minutes,
            now: self.clock.now(),
        }
    }
}

/// Keeps what new rows tell, oldest first.
pub(crate) async fn project(
    tx: &impl ConnectionTrait,
    watch: &Watch,
    rows: &[Told],
) -> Result<(), Error> {
    if rows.is_empty() {
        return Ok(());
    }
    facts::apply(tx, rows).await?;
    let rows = &on_dockets(tx, rows).await?;
    store::insert_trace(tx, rows).await?;
    let rested = store::apply(tx, rows, watch.minutes).await?;
    settle(tx, &rested, watch.now).await?;
    let found = find(tx, watch, rows).await?;
    warn::raise(tx, &watch.rules, found, watch.now).await
}

/// The rows, each on the docket that its dossier belongs to; a dossier of none stands for itself.
async fn on_dockets(tx: &impl ConnectionTrait, rows: &[Told]) -> Result<Vec<Told>, Error> {
    let mut rows = rows.to_vec();
    let of_dossier = |told: &&Told| told.docket.starts_with(DOSSIER);
    let named: Vec<(&str, &str)> = rows
        .iter()
        .filter(of_dossier)
        .filter_map(|told| Some((told.docket.as_str(), told.marks.values(DOCKET).next()?)))
        .collect();
    store::insert_dockets(tx, &named).await?;
    let mut names: Vec<&str> =
        rows.iter().filter(of_dossier).map(|told| told.docket.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let dockets = store::dockets_of(tx, &names).await?;
    for told in &mut rows {
        if let Some(docket) = dockets.get(&told.docket) {
            told.docket.clone_from(docket);
        }
    }
    Ok(rows)
}

/// Closes the warnings about what has come to rest before anybody looked.
async fn settle(
    tx: &impl ConnectionTrait,
    rested: &[String],
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let outcome = "what it was about has come to rest";
    let open = store::warnings_of(tx, rested).await?;
    let settled: Vec<Warning> = open.into_iter().map(|one| one.settle(outcome, now)).collect();
    store::settle_warnings(tx, &settled).await?;
    let entries = settled.iter().map(|one| events::settled(one, now)).collect();
    journal::append_all(tx, entries).await?;
    Ok(())
}

/// What the rules find in the rows at once; what they must wait for is kept.
async fn find(
    tx: &impl ConnectionTrait,
    watch: &Watch,
    rows: &[Told],
) -> Result<Vec<Finding>, Error> {
    let rules = &watch.rules;
    follow_dockets(tx, rules, rows).await?;
    let mut found: Vec<Finding> = rows.iter().flat_map(|told| watch::of_row(rules, told)).collect();
    let came = |told| Some((watch::came_back(rules, told)?, told));
    let returns: Vec<(&str, String, DateTime<Utc>)> = rows
        .iter()
        .filter_map(came)
        .map(|(agency, told)| (told.resource.as_str(), agency, told.at))
        .collect();
    if returns.is_empty() {
        return Ok(found);
    }
    store::insert_returns(tx, &returns).await?;
    let mut agencies: Vec<String> = returns.into_iter().map(|(_, agency, _)| agency).collect();
    agencies.sort();
    agencies.dedup();
    for rule in &rules.rules {
        let Sees::Returned { days, .. } = &rule.sees else { continue };
        let since = watch.now.checked_sub_signed(Duration::days((*days).into()));
        let counts = store::count_returns(tx, &agencies, since.unwrap_or(watch.now)).await?;
        let often = counts.into_iter();
        found.extend(
            often.filter_map(|(agency, count)| watch::of_returns(rule, &agency, count, watch.now)),
        );
    }
    Ok(found)
}

/// Keeps up with the dockets that something must follow on.
async fn follow_dockets(
    tx: &impl ConnectionTrait,
    rules: &Rules,
    rows: &[Told],
) -> Result<(), Error> {
    let concerned: Vec<&Told> = rows.iter().filter(|told| DocketWatch::concerns(told)).collect();
    if concerned.is_empty() {
        return Ok(());
    }
    let mut dockets: Vec<&str> = concerned.iter().map(|told| told.docket.as_str()).collect();
    dockets.sort_unstable();
    dockets.dedup();
    let known = store::docket_watches(tx, &dockets).await?;
    let mut after: BTreeMap<String, DocketWatch> = known.clone();
    for told in concerned {
        let before = after.remove(&told.docket);
        after.extend(
            DocketWatch::after(before, told, rules).map(|watch| (told.docket.clone(), watch)),
        );
    }
    let changed = after.into_values().filter(|watch| known.get(&watch.docket) != Some(watch));
    store::save_docket_watches(tx, &changed.collect::<Vec<_>>()).await
}
