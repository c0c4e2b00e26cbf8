//! A body confirms that it has the dispatch. Of an urgent visit that nobody approved in advance, the head
//! says so: that is the approval afterwards (I-03).

use chrono::{DateTime, Utc};
use command::marks::Marks;
use proto::operations::v1 as pb;
use sea_orm::ConnectionTrait;
use types::AgencyCode;

use super::{
    Call,
    convert::visit::visit as message,
    once::{Written, once},
};
use crate::{
    Operations,
    domain::{law, schedule::Schedule, visit::Visit},
    error::Error,
    events::{Doer, Happened},
    marks, store,
};

pub(super) async fn acknowledge_visit(
    service: &Operations,
    call: Call,
    request: pb::AcknowledgeVisitRequest,
) -> Result<pb::AcknowledgeVisitResponse, Error> {
    let now = service.clock.now();
    let mut fields = server::Fields::default();
    command::check_request_id(&mut fields, &request.request_id);
    fields.text(&request.officer, 64, "officer");
    fields.done()?;
    let act = ("approving the visit", law::I_03, request.name.as_str());
    let head = service.bodies.head(&call.agency, &request.officer, act, now).await;

    let doer = Doer::new(&call.agency, &request.officer);
    let agency = call.agency.clone();
    let command = call.command(request.request_id, "AcknowledgeVisit", now);
    let (name, office) = (request.name, service.settings.guidance_office.clone());
    once(service, command, move |tx| {
        Box::pin(async move {
            let is_head = match head {
                Ok(()) => true,
                Err(Error::Refused { .. }) => false,
                Err(error) => return Err(error),
            };
            let before: Visit = store::read(tx, &agency, &name).await?;
            let (approves, knew) =
                (is_head && before.unapproved.contains(&agency), before.acknowledged_by.clone());
            let visit =
                if approves { before.approve(&agency) } else { before.acknowledge(&agency) };
            let visit = visit.map_err(|refusal| Error::refused(refusal, &name))?;
            store::update(tx, &visit).await?;
            let sent = dispatched_at(tx, &agency, &visit).await?.unwrap_or(now);
            let received = marks::received(&visit, (&office, &agency), (sent, now));
            let received = received.filter(|_| !knew.contains(&agency));
            let happened = happened(&visit, &agency, approves);
            let happened = happened.marked(Marks::new().exchanges(received));
            Ok(Written {
                response: pb::AcknowledgeVisitResponse { visit: Some(message(&visit)) },
                entries: vec![happened.by(&doer, now)],
                shown: Vec::new(),
            })
        })
    })
    .await
}

fn happened(visit: &Visit, agency: &AgencyCode, approves: bool) -> Happened {
    let notice = &visit.notice_no;
    if approves {
        let summary = format!("the head of {agency} approved the urgent visit of notice {notice}");
        return Happened::new("VISIT_APPROVED", &visit.name, summary).under(law::I_03);
    }
    let summary = format!("{agency} has notice {notice}");
    Happened::new("VISIT_ACKNOWLEDGED", &visit.name, summary).under(law::O_03)
}

/// When the notice of a visit was sent; in records that do not say so, its schedule was published then.
pub(super) async fn dispatched_at(
    tx: &impl ConnectionTrait,
    agency: &AgencyCode,
    visit: &Visit,
) -> Result<Option<DateTime<Utc>>, Error> {
    if visit.dispatched_at.is_some() {
        return Ok(visit.dispatched_at);
    }
    let Some(name) = &visit.schedule else { return Ok(None) };
    let schedule: Schedule = store::read(tx, agency, name).await?;
    Ok(schedule.published_at)
}
