//! Starts to compute a schedule: the problem is frozen and kept, the worker computes. For the guidance
//! office.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use proto::operations::v1 as pb;
use server::{Fields, Violations};
use solver::Model;
use types::Id;

use super::{
    Call, asked,
    convert::schedule::run as message,
    gather::{gather, speeds},
    once::{Written, once},
};
use crate::{
    Operations,
    domain::{
        law,
        refusal::Refusal,
        schedule::{Frozen, Matrix, Roads, Run},
        settings::{MAX_ITERATIONS, MAX_THREADS, Settings},
        word::RunState,
    },
    error::Error,
    events::{Doer, Happened},
    store::{self, RunPart},
};

/// The most runs that wait or compute.
const RUNS_MAX: usize = 20;
/// The most places of travel times that are told.
const PLACES_MAX: usize = 1000;
/// The longest way, in minutes.
const WAY_MAX: i32 = 1440;

pub(super) async fn solve_schedule(
    service: &Operations,
    call: Call,
    request: pb::SolveScheduleRequest,
) -> Result<pb::SolveScheduleResponse, Error> {
    let now = service.clock.now();
    let mut fields = Fields::default();
    command::check_request_id(&mut fields, &request.request_id);
    fields.text(&request.officer, 64, "officer");
    let run = read(&mut fields, &request, &service.settings, now);
    let roads = roads(&mut fields, request.travel, &service.settings);
    fields.done()?;
    let mut run = run.ok_or(Error::Corrupt("request"))?;
    service
        .bodies
        .all()
        .office(&call.agency, "making a schedule", &service.settings)
        .map_err(|refusal| Error::refused(refusal, "schedules"))?;
    let certified = service.bodies.certified(&call.agency, &request.officer, now).await;
    let told = match &roads {
        Roads::Told(matrix) => Some(matrix.clone()),
        Roads::Straight(_) | Roads::Kept(..) => None,
    };
    let frozen = frozen(service, (run.period_start, run.period_end), roads, now).await;

    let doer = Doer::new(&call.agency, &request.officer);
    let office = call.agency.clone();
    let command = call.command(request.request_id, "SolveSchedule", now);
    once(service, command, move |tx| {
        Box::pin(async move {
            certified?;
            let frozen = frozen?;
            if store::running(tx).await?.len() >= RUNS_MAX {
                let what = format!("{RUNS_MAX} runs have not ended: stop one, or wait");
                let refusal = Refusal::broken(law::O_04, what, "排期计算任务过多，请稍候");
                return Err(Error::refused(refusal, "runs"));
            }
            run.visits = u32::try_from(frozen.visits.len()).unwrap_or(u32::MAX);
            store::insert(tx, &run).await?;
            store::put_run_part(tx, &run.name, RunPart::Input, &frozen).await?;
            if let Some(told) = &told {
                store::put_run_part(tx, &run.name, RunPart::Roads, told).await?;
            }
            let summary = format!(
                "{} visits of {} to {} are scheduled with seed {} and {} iterations",
                run.visits, run.period_start, run.period_end, run.seed, run.iterations
            );
            let happened = Happened::new("SCHEDULE_ASKED", &run.name, summary).under(law::O_04);
            Ok(Written {
                response: pb::SolveScheduleResponse { run: Some(message(&run)) },
                entries: vec![happened.by(&doer, now)],
                shown: vec![(office, run.name.clone())],
            })
        })
    })
    .await
}

/// The problem, which the solver accepts.
async fn frozen(
    service: &Operations,
    period: (NaiveDate, NaiveDate),
    roads: Roads,
    now: DateTime<Utc>,
) -> Result<Frozen, Error> {
    let frozen = gather(service, period, roads, now).await?;
    let checked = tokio::task::spawn_blocking(move || {
        let built = Model::build(frozen.problem.clone());
        built.map(|_| frozen)
    });
    let checked = checked.await.map_err(|_| Error::Corrupt("the problem"))?;
    checked.map_err(|faults| Error::Fields(Violations::of("period_start", faults.to_string())))
}

fn read(
    fields: &mut Fields,
    request: &pb::SolveScheduleRequest,
    settings: &Settings,
    now: DateTime<Utc>,
) -> Option<Run> {
    fields.text(&request.title, 300, "title");
    let names = ("period_start", "period_end");
    let period = asked::period(fields, (&request.period_start, &request.period_end), names);
    if let Some((start, end)) = period {
        let most = settings.schedule_days_max;
        let days = end.signed_duration_since(start).num_days();
        fields.check(days < i64::from(most), "period_end", format!("is more than {most} days on"));
        fields.check(end > clock::legal_date(now), "period_end", "is not after today");
    }
    let iterations = request.iterations <= MAX_ITERATIONS;
    fields.check(iterations, "iterations", format!("are more than {MAX_ITERATIONS}"));
    let threads = asked::number(fields, request.threads, (0, MAX_THREADS), "threads");
    let (period_start, period_end) = period?;
    let or = |asked: u64, usual: u64| if asked == 0 { usual } else { asked };
    Some(Run {
        name: format!("runs/{}", Id::<Run>::new(now)),
        title: request.title.trim().to_owned(),
        period_start,
        period_end,
        seed: or(request.seed, settings.solve_seed),
        iterations: or(request.iterations, settings.solve_iterations),
        threads: if threads == 0 { settings.solve_threads } else { threads },
        state: RunState::Running,
        done: 0,
        score: 0,
        scheduled: 0,
        visits: 0,
        started_at: now,
        ended_at: None,
        schedule: None,
        error: String::new(),
        cancel_asked: false,
        alive_until: None,
        version: 1,
    })
}

fn roads(fields: &mut Fields, told: Option<pb::TravelMatrix>, settings: &Settings) -> Roads {
    let Some(told) = told.filter(|told| !told.places.is_empty() || !told.minutes.is_empty()) else {
        return Roads::Straight(speeds(settings));
    };
    let size = told.places.len();
    if size == 0 || size > PLACES_MAX {
        fields.fault("travel.places", format!("are not 1 to {PLACES_MAX}"));
        return Roads::Told(Matrix::default());
    }
    let mut places = BTreeMap::new();
    for (number, place) in (0..).zip(&told.places) {
        let twice = places.insert(place.clone(), number).is_some();
        fields.check(!twice, format!("travel.places[{number}]"), "is there twice");
    }
    if told.minutes.len() != size * size {
        let fault = format!("are not {size} times {size}: one from each place to each");
        fields.fault("travel.minutes", fault);
        return Roads::Told(Matrix::default());
    }
    let wrong = told.minutes.iter().enumerate().filter(|(at, minutes)| {
        let same = at / size == at % size;
        !(0..=WAY_MAX).contains(*minutes) || (same && **minutes != 0)
    });
    for (at, minutes) in wrong.take(100) {
        let (from, to) = (&told.places[at / size], &told.places[at % size]);
        let fault = format!("from {from} to {to} is {minutes}: 0 to {WAY_MAX}, and 0 to itself");
        fields.fault(format!("travel.minutes[{at}]"), fault);
    }
    let minutes = told.minutes.chunks(size).map(<[i32]>::to_vec).collect();
    Roads::Told(Matrix { places, minutes })
}
