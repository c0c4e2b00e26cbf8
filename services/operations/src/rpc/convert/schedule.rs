//! Runs and schedules.

use proto::operations::v1 as pb;

use super::{super::asked, subject::wire};
use crate::{
    domain::{
        schedule::{Changed, Run, Schedule},
        visit::Visit,
    },
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

/// What a repair did to a visit.
pub(in super::super) fn change(one: &Changed) -> pb::ScheduleChange {
    let officers = |visit: &Visit| -> Vec<String> {
        visit.groups.iter().flat_map(|group| group.assigned.clone()).collect()
    };
    let kits = |visit: &Visit| -> Vec<String> {
        let kits = visit.groups.iter().map(|group| group.assigned_kit.clone());
        kits.filter(|kit| !kit.is_empty()).collect()
    };
    let place = |visit: &Visit| visit.start_at.filter(|_| visit.is_dispatched());
    let without = |all: Vec<String>, others: &[String]| -> Vec<String> {
        all.into_iter().filter(|who| !others.contains(who)).collect()
    };
    let (before, after) = (&one.before, &one.after);
    // Nobody goes to a visit that does not take place.
    let goes = after.is_dispatched();
    let now = |all: Vec<String>| if goes { all } else { Vec::new() };
    let (out, within) = (officers(before), now(officers(after)));
    let (kits_out, kits_in) = (kits(before), now(kits(after)));
    pb::ScheduleChange {
        visit: after.name.clone(),
        kind: one.kind.as_str().to_owned(),
        from_time: place(before).map(timestamp),
        to_time: place(after).map(timestamp),
        officers_in: without(within.clone(), &out),
        officers_out: without(out, &within),
        because: one.because.clone(),
        kits_in: without(kits_in.clone(), &kits_out),
        kits_out: without(kits_out, &kits_in),
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
