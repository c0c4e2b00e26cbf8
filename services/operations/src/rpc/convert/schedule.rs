//! Runs and schedules.

use proto::operations::v1 as pb;

use super::{super::asked, subject::wire};
use crate::{
    domain::schedule::{Run, Schedule},
    events::timestamp,
};

pub(in super::super) fn run(one: &Run) -> pb::SolveRun {
    let state = pb::SolveState::from_str_name(&format!("SOLVE_STATE_{}", one.state));
    pb::SolveRun {
        name: one.name.clone(),
        state: state.unwrap_or_default().into(),
        iterations_done: one.done,
        iterations_total: one.iterations,
        score: one.score,
        scheduled: wire(one.scheduled),
        visits: wire(one.visits),
        start_time: Some(timestamp(one.started_at)),
        end_time: one.ended_at.map(timestamp),
        schedule: one.schedule.clone().unwrap_or_default(),
        error: one.error.clone(),
    }
}

pub(in super::super) fn schedule(one: &Schedule) -> pb::Schedule {
    let state = pb::ScheduleState::from_str_name(&format!("SCHEDULE_STATE_{}", one.state));
    let unscheduled = one.unscheduled.iter().map(|one| pb::Unscheduled {
        visit: one.visit.clone(),
        weight: wire(one.weight),
        because: one.because.clone(),
        would_help: one.would_help.clone(),
    });
    pb::Schedule {
        name: one.name.clone(),
        title: one.title.clone(),
        period_start: one.period_start.to_string(),
        period_end: one.period_end.to_string(),
        state: state.unwrap_or_default().into(),
        version: wire(one.edition),
        visits: wire(one.visits),
        scheduled: wire(one.scheduled),
        unscheduled_weight: one.unscheduled_weight,
        travel_minutes: one.travel_minutes,
        longest_loads: one.longest_loads,
        score: one.score,
        unscheduled: unscheduled.collect(),
        create_time: Some(timestamp(one.created_at)),
        publish_time: one.published_at.map(timestamp),
        etag: asked::etag(one.version),
        partial: one.partial,
        solver_seed: one.seed,
        solver_iterations: one.iterations,
    }
}
