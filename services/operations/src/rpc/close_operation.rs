//! Ends an operation: done, or cancelled with a reason. Its visits that are not dispatched do not take place;
//! the checks of others in them wait for another visit.

use chrono::{DateTime, Utc};
use proto::operations::v1 as pb;
use sea_orm::ConnectionTrait;

use super::{
    Call,
    convert::operation::operation as message,
    once::{Written, once},
};
use crate::{
    Operations,
    domain::{
        law, operation::Operation, refusal::Refusal, schedule::unplaced, visit::Visit,
        word::VisitState,
    },
    error::Error,
    events::{Doer, Happened},
    marks, store,
};

pub(super) async fn close_operation(
    service: &Operations,
    call: Call,
    request: pb::CloseOperationRequest,
) -> Result<pb::CloseOperationResponse, Error> {
    let now = service.clock.now();
    let mut fields = server::Fields::default();
    command::check_request_id(&mut fields, &request.request_id);
    fields.text(&request.officer, 64, "officer");
    if request.cancelled {
        fields.text(&request.reason, 4000, "reason");
    } else {
        fields.check(request.reason.len() <= 4000, "reason", "is longer than 4000 bytes");
    }
    fields.done()?;
    let certified = service.bodies.certified(&call.agency, &request.officer, now).await;

    let doer = Doer::new(&call.agency, &request.officer);
    let agency = call.agency.clone();
    let command = call.command(request.request_id, "CloseOperation", now);
    let (name, cancelled, reason) = (request.name, request.cancelled, request.reason);
    once(service, command, move |tx| {
        Box::pin(async move {
            certified?;
            let before: Operation = store::read(tx, &agency, &name).await?;
            let operation = before
                .clone()
                .close(&agency, (cancelled, reason.trim()))
                .map_err(|refusal| Error::refused(refusal, &name))?;
            store::update(tx, &operation).await?;
            let dropped = end_visits(tx, &operation, now).await?;
            let how = if cancelled { "cancelled" } else { "closed" };
            let summary = format!("{agency} {how} {}: {}", operation.title, operation.close_reason);
            let happened = Happened::new("OPERATION_ENDED", &name, summary)
                .under(law::O_03)
                .plainly(format!("{agency} {how} {}", operation.title))
                .marked(marks::operation(Some(&before), &operation, now));
            let dropped = dropped.into_iter().chain([happened]);
            Ok(Written {
                response: pb::CloseOperationResponse { operation: Some(message(&operation)) },
                entries: dropped.map(|one| one.by(&doer, now)).collect(),
                shown: Vec::new(),
            })
        })
    })
    .await
}

/// Ends the visits of an operation that nobody was sent to; gives what happened to each.
async fn end_visits(
    tx: &impl ConnectionTrait,
    operation: &Operation,
    now: DateTime<Utc>,
) -> Result<Vec<Happened>, Error> {
    let visits = store::visits_of_operation(tx, &operation.name).await?;
    let ahead = visits.iter().filter(|visit| is_ahead(visit, now)).count();
    if ahead > 0 {
        let what = format!(
            "{ahead} visits are dispatched and not done: carry them out, or have the office cancel them"
        );
        let refusal = Refusal::broken(law::O_03, what, "尚有已派出而未完成的检查");
        return Err(Error::refused(refusal, &operation.name));
    }
    let mut dropped = Vec::new();
    for visit in visits.into_iter().filter(Visit::wants_a_place) {
        let visit = Visit {
            state: VisitState::Cancelled,
            cancel_reason: format!("{} ended", operation.name),
            ..unplaced(visit)
        };
        store::update(tx, &visit).await?;
        store::leave_visit(tx, &visit, &operation.name).await?;
        let summary = format!("{} does not take place: {}", visit.name, visit.cancel_reason);
        dropped.push(Happened::new("VISIT_CANCELLED", &visit.name, summary).under(law::O_03));
    }
    Ok(dropped)
}

/// Whether officers are there, or on their way by a notice.
fn is_ahead(visit: &Visit, now: DateTime<Utc>) -> bool {
    let ahead = visit.state == VisitState::Published && visit.end_at.is_some_and(|at| at > now);
    ahead || visit.state == VisitState::Started
}
