//! The rungs and the calendar of duties beside the referrals.

use chrono::{DateTime, Utc};

use super::BATCH;
use crate::{
    Referral,
    domain::{
        consultation::Consultation,
        duty::{Count, Duty},
        involvement::Involvement,
        notice::Notice,
        resolution::Resolution,
    },
    error::Error,
    events::linkage as events,
    store::{self, Kept},
};

impl Referral {
    /// Raises every rung that has fallen due beside the referrals. Returns how many records of one kind
    /// it looked at, of the kind with the most.
    pub(super) async fn look_at_duties(&self, now: DateTime<Utc>) -> Result<u64, Error> {
        let looked = [
            self.raise_kept::<Consultation>(now).await?,
            self.raise_kept::<Involvement>(now).await?,
            self.raise_kept::<Resolution>(now).await?,
            self.raise_kept::<Notice>(now).await?,
        ];
        Ok(looked.into_iter().max().unwrap_or_default())
    }

    async fn raise_kept<K: Kept>(&self, now: DateTime<Utc>) -> Result<u64, Error> {
        let due = store::due_kept::<K>(self.db.reader(), now, BATCH).await?;
        let looked = u64::try_from(due.len()).unwrap_or(u64::MAX);
        for mut one in due {
            let raised = one.raise(now);
            let of = (one.name().to_owned(), one.docket().to_owned());
            let rows = raised
                .iter()
                .map(|(duty, rung)| events::duty_rung((&of.0, &of.1), duty, *rung, now))
                .collect();
            self.write_kept(one, rows).await?;
        }
        Ok(looked)
    }

    /// Counts provisional duties again with the new calendar.
    pub(super) async fn recount_duties(&self, now: DateTime<Utc>) -> Result<(), Error> {
        self.recount_kept::<Consultation>(now).await?;
        self.recount_kept::<Involvement>(now).await?;
        self.recount_kept::<Notice>(now).await
    }

    async fn recount_kept<K: Kept>(&self, now: DateTime<Utc>) -> Result<(), Error> {
        let table = self.calendar.table();
        let count = Count { near_percent: self.settings.near_percent, calendar: &table };
        let mut after = String::new();
        loop {
            let page = store::provisional_kept::<K>(self.db.reader(), &after, BATCH).await?;
            let Some(last) = page.last() else { return Ok(()) };
            last.name().clone_into(&mut after);
            for mut one in page {
                let before: Vec<Duty> = one.duties().to_vec();
                let open = one.duties_mut().iter_mut().filter(|duty| duty.is_open());
                open.for_each(|duty| duty.count(count));
                let of = (one.name().to_owned(), one.docket().to_owned());
                let changed =
                    one.duties().iter().zip(&before).filter(|(after, before)| after != before);
                let rows: Vec<_> = changed
                    .map(|(duty, _)| events::duty_recounted((&of.0, &of.1), duty, now))
                    .collect();
                if !rows.is_empty() {
                    self.write_kept(one, rows).await?;
                }
            }
        }
    }

    /// Writes a record and what happened to it. Another replica, or a call, may have been faster: then
    /// the record is not as it was read, and nothing is written twice.
    async fn write_kept<K: Kept>(
        &self,
        mut one: K,
        rows: Vec<db::journal::Entry>,
    ) -> Result<(), Error> {
        let written = self
            .db
            .write(move |tx| {
                Box::pin(async move {
                    store::update_kept(tx, &mut one).await?;
                    for row in rows {
                        db::journal::append(tx, row).await?;
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
}
