//! The rungs of decisions' terms that fall due, and terms that a new calendar moves: each once,
//! however many replicas look.

use chrono::{DateTime, Utc};

use crate::{
    Supervision, decided,
    domain::decision::{Counter, Decision},
    error::Error,
    store,
};

/// How many decisions one look takes.
const BATCH: i64 = 200;

impl Supervision {
    /// Raises every rung that has fallen due. Returns whether there may be more.
    ///
    /// # Errors
    /// The database's.
    pub(crate) async fn raise_rungs(&self) -> Result<bool, Error> {
        let now = self.clock.now();
        let due = store::decision::due(self.db.reader(), now, BATCH).await?;
        let full = i64::try_from(due.len()).is_ok_and(|found| found == BATCH);
        for one in due {
            self.raise(one, now).await?;
        }
        Ok(full)
    }

    /// Another replica, or a call, may have been faster: then the decision is of another version and
    /// nothing is written twice.
    async fn raise(&self, mut one: Decision, now: DateTime<Utc>) -> Result<(), Error> {
        let raised = one.raise(now);
        let written = self.db.write(move |tx| {
            Box::pin(async move {
                store::decision::update(tx, &one).await?;
                for (term, rung) in raised {
                    let entry = decided::rung(&one, &term, rung, now);
                    db::journal::append(tx, entry).await?;
                }
                Ok::<(), Error>(())
            })
        });
        match written.await {
            Err(Error::Stale) => Ok(()),
            other => other,
        }
    }

    /// Counts open provisional terms again with the calendar as it is.
    ///
    /// # Errors
    /// The database's.
    pub(crate) async fn recount_terms(&self) -> Result<(), Error> {
        let now = self.clock.now();
        let mut after = String::new();
        loop {
            let some = store::decision::provisional(self.db.reader(), &after, BATCH).await?;
            let Some(last) = some.last() else { return Ok(()) };
            after.clone_from(&last.name);
            for one in some {
                self.recount(one, now).await?;
            }
        }
    }

    async fn recount(&self, before: Decision, now: DateTime<Utc>) -> Result<(), Error> {
        let table = self.calendar.table();
        let mut one = before.clone();
        let by = Counter { calendar: &table, settings: &self.settings.decisions };
        if !one.recount(by) {
            return Ok(());
        }
        let written = self.db.write(move |tx| {
            Box::pin(async move {
                store::decision::update(tx, &one).await?;
                db::journal::append(tx, decided::recounted(&before, &one, now)).await?;
                Ok::<(), Error>(())
            })
        });
        match written.await {
            Err(Error::Stale) => Ok(()),
            other => other,
        }
    }
}
