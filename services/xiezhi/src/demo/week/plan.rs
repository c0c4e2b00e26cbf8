//! From checks to dispatched visits: complaints added, everything merged, a schedule computed in front
//! of whoever looks on, and published.

use std::collections::BTreeSet;

use anyhow::ensure;
use proto::operations::v1 as pb;

use super::{
    book::Book,
    clues::{Clues, clues},
    county::County,
    days,
    matters::NOBODY_HOLDS,
    progress::Progress,
    rules,
};
use crate::{command::call::called, demo::world::World};

/// Checks of one call.
const AT_ONCE: usize = 500;
/// How long a call waits for progress, in milliseconds.
const WAIT_MS: i32 = 2000;
/// The fewest visits of a hundred that must have a place; the county has people enough.
const PLACED: usize = 97;

/// What is planned with.
pub(super) struct Planning<'a> {
    pub world: &'a World,
    pub county: &'a County,
    pub office: &'a str,
    pub seed: u64,
    pub iterations: u64,
    /// Visits that are wanted.
    pub visits: usize,
}

/// What merging came to.
pub(super) struct Merged {
    pub checks: i32,
    pub visits: i32,
    pub saved: i32,
}

impl Planning<'_> {
    /// Adds the complaints and merges everything.
    pub(super) async fn merged(
        &self,
        winners: &[pb::Winner],
        book: &mut Book,
    ) -> anyhow::Result<Merged> {
        self.world.clock.set(days::instant(days::PLAN)?);
        let drawn: BTreeSet<&str> = winners.iter().map(|one| one.subject.as_str()).collect();
        let clues: Clues = clues(self.county, &drawn, self.visits, self.seed);
        let mut subjects = drawn.clone();
        let mut added = 0;
        for (body, checks) in &clues {
            subjects.extend(checks.iter().map(|one| one.subject.as_str()));
            for some in checks.chunks(AT_ONCE) {
                let request = pb::AddChecksRequest {
                    request_id: client::request_id(),
                    checks: some.to_vec(),
                    officer: format!("{body}-04"),
                };
                let answer = self.world.body(body)?.operations().add_checks(request).await;
                added += called(answer)?.checks.len();
            }
        }
        let week = days::week().map(|day| day.to_string());
        let request = pb::MergeChecksRequest {
            request_id: client::request_id(),
            period_start: week[0].clone(),
            period_end: week[4].clone(),
            officer: format!("{}-01", self.office),
        };
        let answer = self.world.body(self.office)?.operations().merge_checks(request).await;
        let merged = called(answer)?;
        book.equal("checks drawn and complained about", winners.len() + added, merged.checks);
        book.equal("visits: one of each enterprise", subjects.len(), merged.visits);
        let (checks, visits, saved) = (merged.checks, merged.visits, merged.visits_saved);
        book.equal("visits that enterprises are spared", checks - visits, saved);
        Ok(Merged { checks, visits, saved })
    }

    /// Computes the schedule, and shows how far that is.
    pub(super) async fn solved(
        &self,
        progress: &Progress,
        book: &mut Book,
    ) -> anyhow::Result<pb::Schedule> {
        let mut operations = self.world.body(self.office)?.operations();
        let week = days::week().map(|day| day.to_string());
        let request = pb::SolveScheduleRequest {
            request_id: client::request_id(),
            title: "2026年第43周联合执法排期(示例)".to_owned(),
            period_start: week[0].clone(),
            period_end: week[4].clone(),
            seed: self.seed,
            iterations: self.iterations,
            officer: format!("{}-01", self.office),
            ..pb::SolveScheduleRequest::default()
        };
        let mut run = called(operations.solve_schedule(request).await)?.run.unwrap_or_default();
        while run.state() == pb::SolveState::Running {
            progress.show(&run);
            let (name, iterations_seen) = (run.name.clone(), run.iterations_done);
            let request = pb::GetRunRequest { name, wait_ms: WAIT_MS, iterations_seen };
            run = called(operations.get_run(request).await)?.run.unwrap_or_default();
        }
        progress.show(&run);
        ensure!(run.state() == pb::SolveState::Done, "the run ended early: {}", run.error);
        let request = pb::GetScheduleRequest { name: run.schedule };
        let schedule = called(operations.get_schedule(request).await)?.schedule.unwrap_or_default();
        let least = usize::try_from(schedule.visits)?.saturating_mul(PLACED) / 100;
        let placed = usize::try_from(schedule.scheduled)?;
        let came = format!("{placed} of {}", schedule.visits);
        let expected = format!("{least} at least");
        book.holds("visits with a place in the schedule", &expected, came, placed >= least);
        let hard = schedule.unscheduled.iter().filter(|one| {
            one.because.iter().any(|why| why.contains(NOBODY_HOLDS.2)) && !one.would_help.is_empty()
        });
        let what = format!("visits left out, because nobody holds {}", NOBODY_HOLDS.2);
        book.equal(&what, 1, hard.count());
        let silent = schedule.unscheduled.iter().filter(|one| one.because.is_empty());
        book.equal("visits left out without a reason", 0, silent.count());
        Ok(schedule)
    }

    /// Publishes the schedule: notices are numbered, officers dispatched.
    pub(super) async fn published(
        &self,
        draft: &pb::Schedule,
        book: &mut Book,
    ) -> anyhow::Result<(pb::Schedule, Vec<pb::Visit>)> {
        self.world.clock.set(days::instant(days::PUBLISH)?);
        let request = pb::PublishScheduleRequest {
            request_id: client::request_id(),
            name: draft.name.clone(),
            etag: draft.etag.clone(),
            officer: format!("{}-01", self.office),
        };
        let answer = self.world.body(self.office)?.operations().publish_schedule(request).await;
        let published = called(answer)?;
        let visits = dispatched(self.world, self.office).await?;
        let numbers: BTreeSet<&str> = visits.iter().map(|one| one.notice_no.as_str()).collect();
        book.equal("inspection notices numbered", draft.scheduled, published.notices);
        book.equal("notices with a number of their own", draft.scheduled, numbers.len());
        let faults = rules::broken(self.county, &visits);
        book.faultless("rules that a dispatched visit breaks", &faults);
        let passed: Vec<&pb::PassedOver> =
            visits.iter().flat_map(|one| &one.groups).flat_map(|one| &one.passed_over).collect();
        let silent = passed.iter().filter(|one| one.reason.is_empty()).count();
        let came = format!("{} with a reason, {silent} without", passed.len() - silent);
        book.holds(
            "officers passed over in the ranking drawn",
            "each with a reason",
            came,
            silent == 0,
        );
        Ok((published.schedule.unwrap_or_default(), visits))
    }
}

/// The visits that are dispatched, by day and time.
pub(super) async fn dispatched(world: &World, office: &str) -> anyhow::Result<Vec<pb::Visit>> {
    let mut visits = Vec::new();
    for state in ["PUBLISHED", "STARTED", "DONE"] {
        visits.extend(listed(world, office, &format!("state = \"{state}\"")).await?);
    }
    visits.sort_by(|one, other| {
        let key = |visit: &pb::Visit| visit.start_time.map(|at| at.seconds);
        (key(one), &one.notice_no).cmp(&(key(other), &other.notice_no))
    });
    Ok(visits)
}

/// The visits of a filter.
pub(super) async fn listed(
    world: &World,
    body: &str,
    filter: &str,
) -> anyhow::Result<Vec<pb::Visit>> {
    let (mut visits, mut page_token) = (Vec::new(), String::new());
    let mut operations = world.body(body)?.operations();
    loop {
        let request =
            pb::ListVisitsRequest { page_size: 500, page_token, filter: filter.to_owned() };
        let page = called(operations.list_visits(request).await)?;
        visits.extend(page.visits);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return Ok(visits);
        }
    }
}
