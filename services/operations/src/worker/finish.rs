//! The end of a run: its plan becomes a draft, its visits are scheduled; or it failed, and says why.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use chrono::{DateTime, Utc};
use types::{AgencyCode, Id};

use super::runs::{Solved, numbered};
use crate::{
    Operations,
    domain::{
        law,
        resource::OfficerProfile,
        schedule::{self, Run, Schedule},
        visit::Visit,
        word::{RunState, ScheduleState, VisitState},
    },
    error::Error,
    events::{Doer, Happened},
    store,
};

/// How often the end is written, if somebody changes a visit at the same moment.
const TRIES: u32 = 5;

/// How a thread ended.
pub(super) enum Outcome {
    Solved(Box<Solved>),
    Failed(String),
}

impl Operations {
    /// Writes the end of a run.
    pub(super) async fn finish_run(&self, name: &str, outcome: Outcome) -> Result<(), Error> {
        let outcome = Arc::new(outcome);
        for _ in 1..TRIES {
            match self.try_finish(name, &outcome).await {
                Err(Error::Stale) => {}
                other => return other,
            }
        }
        self.try_finish(name, &outcome).await
    }

    async fn try_finish(&self, name: &str, outcome: &Arc<Outcome>) -> Result<(), Error> {
        let (name, outcome) = (name.to_owned(), Arc::clone(outcome));
        let (now, office) = (self.clock.now(), self.settings.guidance_office.clone());
        self.db
            .write(move |tx| {
                Box::pin(async move {
                    let run: Option<Run> = store::public(tx, &name).await?;
                    let Some(mut run) = run.filter(|run| run.state == RunState::Running) else {
                        return Ok(());
                    };
                    run.alive_until = None;
                    run.ended_at = Some(now);
                    run.version += 1;
                    let happened = match &*outcome {
                        Outcome::Failed(why) => {
                            run.state = RunState::Failed;
                            why.clone_into(&mut run.error);
                            Happened::new("SCHEDULE_FAILED", &name, why.clone())
                        }
                        Outcome::Solved(solved) => {
                            let names = &solved.frozen.visits;
                            let visits = store::visits_named(tx, names).await?;
                            let officers = store::profiles(tx, &agencies(&visits)).await?;
                            let (made, visits, drafts) =
                                draft(&mut run, solved, visits, &officers, now);
                            store::keep_draft(tx, &made, &visits, drafts).await?;
                            store::keep_roads(tx, &name, &made.name).await?;
                            store::show(tx, vec![(office, made.name.clone())]).await?;
                            told(&made)
                        }
                    };
                    store::update(tx, &run).await?;
                    store::drop_run_parts(tx, &name).await?;
                    let entry = happened.under(law::O_04).by(&Doer::default(), now);
                    db::journal::append(tx, entry).await?;
                    Ok::<(), Error>(())
                })
            })
            .await
    }
}

fn told(made: &Schedule) -> Happened {
    let part = if made.partial { "partial: stopped early; " } else { "" };
    let summary = format!(
        "{}: {part}{} of {} visits have a place, {} minutes of travel, score {}",
        made.title, made.scheduled, made.visits, made.travel_minutes, made.score
    );
    Happened::new("SCHEDULE_MADE", &made.name, summary)
}

fn agencies(visits: &[Visit]) -> Vec<AgencyCode> {
    let agencies: BTreeSet<AgencyCode> = visits.iter().flat_map(Visit::agencies).collect();
    agencies.into_iter().collect()
}

/// The draft, the visits that change with it, and the names of the schedules that had some of them.
fn draft(
    run: &mut Run,
    solved: &Solved,
    visits: Vec<Visit>,
    officers: &BTreeMap<String, OfficerProfile>,
    now: DateTime<Utc>,
) -> (Schedule, Vec<Visit>, BTreeSet<String>) {
    let Solved { frozen, plan, score, explained, iterations } = solved;
    let name = format!("schedules/{}", Id::<Schedule>::new(now));
    let visits = numbered(frozen, visits);
    let before: Vec<Visit> = visits.values().cloned().collect();
    let mut changed = schedule::apply(frozen, plan, visits, &name, officers);
    let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let placed = count(changed.len());
    let with: BTreeSet<String> = changed.iter().map(|visit| visit.name.clone()).collect();
    let mut drafts = BTreeSet::new();
    for visit in before {
        drafts.extend(visit.schedule.clone());
        if visit.state == VisitState::Scheduled && !with.contains(&visit.name) {
            changed.push(schedule::unplaced(visit));
        }
    }
    run.done = *iterations;
    let partial = run.done < run.iterations;
    run.state = if partial { RunState::Cancelled } else { RunState::Done };
    run.score = score.total;
    run.scheduled = placed;
    run.schedule = Some(name.clone());
    let made = Schedule {
        name,
        title: run.title.clone(),
        period_start: run.period_start,
        period_end: run.period_end,
        state: ScheduleState::Draft,
        edition: 1,
        visits: count(frozen.visits.len()),
        scheduled: run.scheduled,
        unscheduled_weight: score.left_out,
        travel_minutes: score.travel,
        longest_loads: score.longest_load,
        score: score.total,
        unscheduled: schedule::unscheduled(frozen, explained),
        partial,
        seed: run.seed,
        iterations: run.done,
        created_at: now,
        published_at: None,
        version: 1,
    };
    (made, changed, drafts)
}
