//! The term for publishing the result of a visit (O-09): its rungs, and a new calendar. And the visits to
//! which nobody came.

use chrono::{DateTime, Utc};
use command::marks::Marks;

use crate::{
    Operations,
    domain::{law, visit::Visit},
    error::Error,
    events::{Doer, Happened},
    marks, store,
};

impl Operations {
    /// Raises every rung of a visit's term that has fallen due. Returns how many visits it looked at.
    pub(super) async fn look_at_visits(&self, batch: u64) -> Result<u64, Error> {
        let now = self.clock.now();
        let due = store::due_visits(self.db.reader(), now, batch).await?;
        let looked = u64::try_from(due.len()).unwrap_or(u64::MAX);
        for mut visit in due {
            let raised = visit.raise(now);
            let by = told(&visit);
            let entries = raised.into_iter().map(|rung| {
                let summary =
                    format!("{rung}: the result of {} is published by {by}", visit.subject);
                Happened::new("VISIT_RUNG", &visit.name, summary)
                    .under(law::O_09)
                    .marked(Marks::new().terms(marks::publication(&visit)))
                    .by(&Doer::default(), now)
            });
            let entries = entries.collect();
            self.save_visit(visit, entries).await?;
        }
        Ok(looked)
    }

    /// Takes the notices of visits back to which nobody came on their day. Returns how many it looked at.
    pub(super) async fn take_back_missed(&self, batch: u64) -> Result<u64, Error> {
        let now = self.clock.now();
        let today = clock::legal_date(now);
        let missed = store::missed_visits(self.db.reader(), today, batch).await?;
        let looked = u64::try_from(missed.len()).unwrap_or(u64::MAX);
        for before in missed {
            let Some(visit) = before.clone().missed(today) else { continue };
            let then = match visit.cancel_reason.as_str() {
                "" => "it waits for another place",
                _ => "its windows are over",
            };
            let summary = format!("nobody came by notice {}: {then}", before.notice_no);
            let happened = Happened::new("VISIT_MISSED", &visit.name, summary).under(law::I_03);
            let recalled = marks::recalled(&before, &self.settings.guidance_office, now);
            let entry = happened.marked(recalled).by(&Doer::default(), now);
            self.save_visit(visit, vec![entry]).await?;
        }
        Ok(looked)
    }

    /// Counts provisional terms of visits again with the new calendar.
    pub(super) async fn recount_visits(&self, now: DateTime<Utc>) -> Result<(), Error> {
        let near = self.settings.near_percent;
        for mut visit in store::provisional_visits(self.db.reader(), 10_000).await? {
            if visit.recount(near, &self.calendar.table()) {
                let summary = format!("the result is now due at {}", told(&visit));
                let happened = Happened::new("VISIT_RECOUNTED", &visit.name, summary);
                let happened = happened.marked(Marks::new().terms(marks::publication(&visit)));
                let entries = vec![happened.under(law::O_09).by(&Doer::default(), now)];
                self.save_visit(visit, entries).await?;
            }
        }
        Ok(())
    }

    /// Another replica, or the publication, may have been faster: then nothing is written.
    async fn save_visit(
        &self,
        visit: Visit,
        entries: Vec<db::journal::Entry>,
    ) -> Result<(), Error> {
        let written = self
            .db
            .write(move |tx| {
                Box::pin(async move {
                    store::update(tx, &visit).await?;
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
}

fn told(visit: &Visit) -> String {
    let due = visit.publishing.as_ref().map(|term| term.due_at.with_timezone(&clock::SHANGHAI));
    due.map(|at| at.format("%Y-%m-%d %H:%M").to_string()).unwrap_or_default()
}
