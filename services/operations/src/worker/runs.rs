//! Carries out runs of the solver: one at a time in a process, on a thread of its own. What is saved
//! every moment is enough to go on after the process died.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use server::Stop;
use solver::{Model, Plan, Score, Solver, explain::Explanation, roster::Roster};
use tokio::time::sleep;

use super::finish::Outcome;
use crate::{
    Operations, config,
    domain::{
        schedule::{Frozen, Run},
        word::RunState,
    },
    error::Error,
    store::{self, RunPart},
};

/// Who computes a run says so again within this time; else another process takes it over.
const ALIVE: TimeDelta = TimeDelta::seconds(15);

/// What the thread and the loop tell each other.
#[derive(Default)]
struct Shared {
    /// The thread is to end.
    cancel: AtomicBool,
    /// The thread is to leave a copy of its best plan.
    wanted: AtomicBool,
    seen: Mutex<Seen>,
}

/// How far the thread is.
#[derive(Clone, Default)]
struct Seen {
    iterations: u64,
    score: i64,
    /// The best plan, when there is a new copy.
    plan: Option<Plan>,
}

/// What the thread made.
pub(super) struct Solved {
    pub frozen: Frozen,
    pub plan: Plan,
    pub score: Score,
    /// Iterations done in all, before and after a restart.
    pub iterations: u64,
    pub explained: Vec<Explanation>,
}

impl Operations {
    pub(super) async fn follow_runs(&self, options: config::Worker, stop: Stop) {
        loop {
            if let Err(error) = self.take_runs(options, &stop).await {
                tracing::warn!(%error, "computing schedules");
            }
            tokio::select! {
                () = stop.signalled() => return,
                () = sleep(Duration::from_millis(options.tick_ms)) => {}
            }
        }
    }

    /// Carries out the runs that nobody computes, oldest first.
    async fn take_runs(&self, options: config::Worker, stop: &Stop) -> Result<(), Error> {
        for run in store::running(self.db.reader()).await? {
            if stop.token().is_cancelled() {
                return Ok(());
            }
            let now = self.clock.now();
            if !run.is_orphan(now) {
                continue;
            }
            // Another process may have been faster.
            let Some(run) = self.claim(run, Some(now + ALIVE)).await? else { continue };
            self.carry_out(run, options, stop).await?;
        }
        Ok(())
    }

    /// Says who computes a run until when; none when it changed meanwhile.
    async fn claim(&self, run: Run, until: Option<DateTime<Utc>>) -> Result<Option<Run>, Error> {
        let run = Run { alive_until: until, version: run.version + 1, ..run };
        let written = run.clone();
        let done = self
            .db
            .write(move |tx| {
                Box::pin(async move {
                    store::update(tx, &written).await?;
                    Ok::<(), Error>(())
                })
            })
            .await;
        match done {
            Ok(()) => Ok(Some(run)),
            Err(Error::Stale) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn carry_out(&self, run: Run, options: config::Worker, stop: &Stop) -> Result<(), Error> {
        let frozen: Option<Frozen> =
            store::run_part(self.db.reader(), &run.name, RunPart::Input).await?;
        let frozen = frozen.ok_or(Error::Corrupt("run_part"))?;
        let best: Option<Plan> =
            store::run_part(self.db.reader(), &run.name, RunPart::Best).await?;
        let shared = Arc::new(Shared::default());
        shared.cancel.store(run.cancel_asked, Ordering::Relaxed);
        shared.wanted.store(true, Ordering::Relaxed);
        let solver = Solver {
            seed: run.seed,
            iterations: run.iterations.saturating_sub(run.done),
            threads: usize::try_from(run.threads).unwrap_or(1),
            start: best,
        };
        let (name, done_before) = (run.name.clone(), run.done);
        let their = Arc::clone(&shared);
        let mut work =
            tokio::task::spawn_blocking(move || solve(frozen, &solver, done_before, &their));
        let solved = loop {
            tokio::select! {
                solved = &mut work => break solved,
                () = stop.signalled() => {
                    shared.cancel.store(true, Ordering::Relaxed);
                    let _ended = work.await;
                    // The next process goes on from what was saved.
                    self.release(&name).await?;
                    return Ok(());
                }
                () = sleep(Duration::from_millis(options.save_ms)) => {
                    if let Err(error) = self.save_run(&name, &shared).await {
                        tracing::warn!(%error, run = name, "saving a run");
                    }
                }
            }
        };
        let outcome = match solved {
            Ok(Ok(solved)) => Outcome::Solved(Box::new(solved)),
            Ok(Err(fault)) => Outcome::Failed(fault),
            Err(_) => Outcome::Failed("the solver broke down".to_owned()),
        };
        self.finish_run(&name, outcome).await
    }

    /// Saves how far the thread is, and hears whether it is to stop.
    async fn save_run(&self, name: &str, shared: &Shared) -> Result<(), Error> {
        let seen = {
            let mut seen = shared.seen.lock().unwrap_or_else(PoisonError::into_inner);
            let copy = seen.clone();
            seen.plan = None;
            copy
        };
        shared.wanted.store(true, Ordering::Relaxed);
        let run: Option<Run> = store::public(self.db.reader(), name).await?;
        let Some(mut run) = run.filter(|run| run.state == RunState::Running) else {
            shared.cancel.store(true, Ordering::Relaxed);
            return Ok(());
        };
        if run.cancel_asked {
            shared.cancel.store(true, Ordering::Relaxed);
        }
        run.alive_until = Some(self.clock.now() + ALIVE);
        run.version += 1;
        // What is saved together belongs together: a plan, and the iterations that led to it.
        if let Some(plan) = &seen.plan {
            run.done = seen.iterations;
            run.score = seen.score;
            run.scheduled = u32::try_from(plan.visits.len()).unwrap_or(u32::MAX);
        }
        let written = self
            .db
            .write(move |tx| {
                Box::pin(async move {
                    store::update(tx, &run).await?;
                    if let Some(plan) = &seen.plan {
                        store::put_run_part(tx, &run.name, RunPart::Best, plan).await?;
                    }
                    Ok::<(), Error>(())
                })
            })
            .await;
        match written {
            // Somebody asked it to stop at this moment: the next save hears of it.
            Err(Error::Stale) => Ok(()),
            other => other,
        }
    }

    async fn release(&self, name: &str) -> Result<(), Error> {
        let run: Option<Run> = store::public(self.db.reader(), name).await?;
        if let Some(run) = run.filter(|run| run.state == RunState::Running) {
            self.claim(run, None).await?;
        }
        Ok(())
    }
}

/// The work of the thread.
fn solve(frozen: Frozen, solver: &Solver, before: u64, shared: &Shared) -> Result<Solved, String> {
    let model = Model::build(frozen.problem.clone()).map_err(|faults| faults.to_string())?;
    let solution = solver.solve(&model, &shared.cancel, |progress| {
        let plan = shared.wanted.swap(false, Ordering::Relaxed).then(|| progress.plan());
        let mut seen = shared.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(plan) = plan {
            *seen = Seen {
                iterations: before + progress.iterations,
                score: progress.best.total,
                plan: Some(plan),
            };
        }
    });
    let (roster, _) = Roster::open(model, &solution.plan);
    let explained = roster.explain();
    let (plan, score) = (solution.plan, solution.score);
    Ok(Solved { frozen, plan, score, iterations: before + solution.iterations, explained })
}

/// The visits of a run by their numbers, as they are now; those that are no longer to be placed are left
/// out.
pub(super) fn numbered(
    frozen: &Frozen,
    visits: Vec<crate::domain::visit::Visit>,
) -> BTreeMap<u32, crate::domain::visit::Visit> {
    let numbers: BTreeMap<&str, u32> = frozen.visits.iter().map(String::as_str).zip(0..).collect();
    let wanted = visits.into_iter().filter(|visit| visit.wants_a_place());
    wanted.filter_map(|visit| Some((*numbers.get(visit.name.as_str())?, visit))).collect()
}
