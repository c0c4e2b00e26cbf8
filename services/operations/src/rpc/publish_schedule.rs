//! Publishes a schedule: each visit gets its notice (检查通知书), and its officers are dispatched.

use chrono::Datelike as _;
use proto::operations::v1 as pb;

use super::{
    Call, asked,
    convert::{schedule::schedule as message, subject::wire},
    once::{Written, once},
};
use crate::{
    Operations,
    domain::{law, refusal::Refusal, schedule::Schedule, visit::Visit, word::VisitState},
    error::Error,
    events::{Doer, Happened},
    store,
};

pub(super) async fn publish_schedule(
    service: &Operations,
    call: Call,
    request: pb::PublishScheduleRequest,
) -> Result<pb::PublishScheduleResponse, Error> {
    let now = service.clock.now();
    let mut fields = server::Fields::default();
    command::check_request_id(&mut fields, &request.request_id);
    fields.text(&request.officer, 64, "officer");
    let version = asked::version(&mut fields, &request.etag);
    fields.done()?;
    let certified = service.bodies.certified(&call.agency, &request.officer, now).await;

    let doer = Doer::new(&call.agency, &request.officer);
    let office = call.agency.clone();
    let is_office =
        service.bodies.all().office(&office, "publishing a schedule", &service.settings);
    let command = call.command(request.request_id, "PublishSchedule", now);
    let name = request.name;
    once(service, command, move |tx| {
        Box::pin(async move {
            let before: Schedule = store::read(tx, &office, &name).await?;
            let refused = |refusal| Error::refused(refusal, &name);
            is_office.map_err(refused)?;
            certified?;
            if Some(before.version) != version {
                return Err(Error::Stale);
            }
            let schedule = before.publish(now).map_err(refused)?;
            let mut visits = store::visits_of(tx, &name).await?;
            visits.retain(|visit| visit.state == VisitState::Scheduled);
            if let Some(late) =
                visits.iter().find(|visit| visit.start_at.is_none_or(|at| at <= now))
            {
                let what = format!("{} has begun by the plan: make a new one", late.name);
                return Err(refused(Refusal::broken(law::I_03, what, "排期已过期，请重新排期")));
            }
            let year = clock::legal_date(now).year();
            let notices = u32::try_from(visits.len()).unwrap_or(u32::MAX);
            let first = store::notice_numbers(tx, year, notices).await?;
            let (mut entries, mut shown) = (Vec::new(), Vec::new());
            for (number, visit) in (first..).zip(&mut visits) {
                visit.notice_no = format!("{office}检通〔{year}〕{number}号");
                visit.state = VisitState::Published;
                visit.version += 1;
                entries.push(dispatched(visit).by(&doer, now));
                shown.extend(visit.agencies().into_iter().map(|one| (one, name.clone())));
            }
            shown.sort_unstable();
            shown.dedup();
            store::upsert(tx, &visits).await?;
            store::update(tx, &schedule).await?;
            let summary = format!("{}: {notices} notices are numbered", schedule.title);
            let happened = Happened::new("SCHEDULE_PUBLISHED", &name, summary).under(law::I_03);
            entries.push(happened.by(&doer, now));
            let response = pb::PublishScheduleResponse {
                schedule: Some(message(&schedule)),
                notices: wire(notices),
            };
            Ok(Written { response, entries, shown })
        })
    })
    .await
}

/// Who goes where: for the bodies and their systems.
fn dispatched(visit: &Visit) -> Happened {
    let at = visit.start_at.map(|at| at.with_timezone(&clock::SHANGHAI));
    let at = at.map(|at| at.format("%Y-%m-%d %H:%M").to_string()).unwrap_or_default();
    let bodies: Vec<String> = visit
        .groups
        .iter()
        .map(|group| format!("{} {}", group.agency, group.assigned.join(" ")))
        .collect();
    let summary = format!("{}: {} on {at}: {}", visit.notice_no, visit.subject, bodies.join("; "));
    Happened::new("VISIT_DISPATCHED", &visit.name, summary).under(law::O_03)
}
