//! Published schedules kept ready for repairs, in memory: the same disruption is answered in milliseconds
//! instead of reading a thousand visits again. What is kept is used only while nothing it rests on changed.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::gather::{Known, Scope, known, speeds};
use crate::{
    Operations,
    domain::{
        law,
        refusal::Refusal,
        schedule::{Base, Changed, Roads, Schedule},
        visit::Visit,
        word::VisitState,
    },
    error::Error,
    store::{self, Print, RunPart},
};

/// How many schedules are kept ready.
const KEPT: usize = 4;
/// How long one is used at most: certificates and subjects are not part of the print.
const USED: TimeDelta = TimeDelta::minutes(10);

/// A schedule, ready.
#[derive(Clone, Debug)]
pub(crate) struct Prepared {
    /// Its version when it was read.
    pub version: i32,
    /// What it was made of.
    pub known: Known,
    /// As the solver holds it.
    pub base: Box<Base>,
    /// What the tables it rests on were like.
    pub print: Print,
    /// The day on which it was made, and when.
    made: (NaiveDate, DateTime<Utc>),
}

impl Prepared {
    /// What follows it when a repair is written, with the absence of an officer, or of a kit; the visits are
    /// still as before.
    pub(super) fn next(
        &self,
        after: &Schedule,
        (known, base): (Known, Box<Base>),
        changed: &[Changed],
        (officer, kit): (bool, bool),
    ) -> Self {
        let days = after.period_start..=after.period_end;
        let within = |visit: &Visit| visit.day().is_some_and(|day| days.contains(&day));
        let mut print = self.print;
        let (rows, versions) = &mut print.visits;
        for one in changed {
            if within(&one.before) {
                *rows -= 1;
                *versions -= i64::from(one.before.version);
            }
            if within(&one.after) {
                *rows += 1;
                *versions += i64::from(one.after.version);
            }
        }
        print.officers.1 += i64::from(officer);
        print.kits.1 += i64::from(kit);
        Self { version: after.version, known, base, print, made: self.made }
    }

    /// Takes over visits as they were written.
    pub(super) fn take_over(&mut self, written: Vec<Visit>) {
        for visit in written {
            let known = self.known.visits.iter_mut().find(|known| known.name == visit.name);
            if let Some(known) = known {
                *known = visit;
            }
        }
    }
}

/// The schedules that are ready; clones share them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rosters(Arc<Mutex<Vec<Named>>>);

/// The name of a schedule, and the schedule.
type Named = (String, Arc<Prepared>);

impl Rosters {
    fn get(&self, name: &str) -> Option<Arc<Prepared>> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter().find(|(of, _)| of == name).map(|(_, prepared)| Arc::clone(prepared))
    }

    /// Keeps one, in the place of what was there; the oldest goes first.
    pub(super) fn put(&self, name: &str, prepared: Arc<Prepared>) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|(of, _)| of != name);
        if all.len() >= KEPT {
            all.remove(0);
        }
        all.push((name.to_owned(), prepared));
    }

    /// Forgets one.
    pub(super) fn forget(&self, name: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).retain(|(of, _)| of != name);
    }
}

/// The schedule ready for a repair at `now`: as it is kept, or made anew.
pub(super) async fn prepared(
    service: &Operations,
    schedule: &Schedule,
    now: DateTime<Utc>,
) -> Result<Arc<Prepared>, Error> {
    let period = (schedule.period_start, schedule.period_end);
    let print = store::print(service.db.reader(), period).await?;
    let today = clock::legal_date(now);
    let kept = service.rosters.get(&schedule.name).filter(|kept| {
        let (day, at) = kept.made;
        let age = now.signed_duration_since(at);
        kept.version == schedule.version && kept.print == print && day == today && age < USED
    });
    if let Some(kept) = kept {
        return Ok(kept);
    }
    let visits = store::visits_of(service.db.reader(), &schedule.name).await?;
    let visits = visits.into_iter().filter(|visit| is_ahead(visit, now)).collect();
    let known = reading(service, schedule, visits, today).await?;
    let (known, base) = opened(service, known).await?;
    let made = (today, now);
    let prepared = Arc::new(Prepared { version: schedule.version, known, base, print, made });
    service.rosters.put(&schedule.name, Arc::clone(&prepared));
    Ok(prepared)
}

/// Whether a visit has a part in a repair: it is dispatched and ahead, or has begun today as planned, so
/// that its officers are there.
fn is_ahead(visit: &Visit, now: DateTime<Utc>) -> bool {
    let Some(start) = visit.start_at else { return false };
    let today = clock::legal_date(now);
    let day = clock::legal_date(start);
    let ahead = start > now && visit.state == VisitState::Published;
    ahead || day == today && start <= now && visit.is_dispatched()
}

/// Reads what the solver must know of some visits of a schedule; officers can be sent from `first` on.
/// Travel times that were told with its run hold on.
pub(super) async fn reading(
    service: &Operations,
    schedule: &Schedule,
    visits: Vec<Visit>,
    first: NaiveDate,
) -> Result<Known, Error> {
    let period = (schedule.period_start, schedule.period_end);
    let told = store::run_part(service.db.reader(), &schedule.name, RunPart::Roads).await?;
    let speeds = speeds(&service.settings);
    let roads = told.map_or(Roads::Straight(speeds), |matrix| Roads::Kept(matrix, speeds));
    known(service, Scope { period, first, visits, roads }).await
}

/// What was read, as the solver holds it: on a thread of its own, for it takes its time.
pub(super) async fn opened(
    service: &Operations,
    known: Known,
) -> Result<(Known, Box<Base>), Error> {
    let settings = Arc::clone(&service.settings);
    let opened = tokio::task::spawn_blocking(move || {
        let base = Base::open(&known.input(&settings));
        base.map(|base| (known, Box::new(base)))
    });
    opened.await.map_err(|_| Error::Corrupt("the schedule"))?.map_err(|faults| {
        let some: Vec<String> = faults.into_iter().take(20).collect();
        let what = format!("the schedule makes no problem to solve: {}", some.join("; "));
        Error::refused(Refusal::broken(law::O_03, what, "排期数据有误，无法调整"), "schedules")
    })
}
