//! A body confirms that it has the dispatch.

use proto::operations::v1 as pb;

use super::{
    Call,
    convert::visit::visit as message,
    once::{Written, once},
};
use crate::{
    Operations,
    domain::{law, visit::Visit},
    error::Error,
    events::{Doer, Happened},
    store,
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
    let certified = service.bodies.certified(&call.agency, &request.officer, now).await;

    let doer = Doer::new(&call.agency, &request.officer);
    let agency = call.agency.clone();
    let command = call.command(request.request_id, "AcknowledgeVisit", now);
    let name = request.name;
    once(service, command, move |tx| {
        Box::pin(async move {
            certified?;
            let before: Visit = store::read(tx, &agency, &name).await?;
            let visit =
                before.acknowledge(&agency).map_err(|refusal| Error::refused(refusal, &name))?;
            store::update(tx, &visit).await?;
            let summary = format!("{agency} has notice {}", visit.notice_no);
            let happened = Happened::new("VISIT_ACKNOWLEDGED", &name, summary).under(law::O_03);
            Ok(Written {
                response: pb::AcknowledgeVisitResponse { visit: Some(message(&visit)) },
                entries: vec![happened.by(&doer, now)],
                shown: Vec::new(),
            })
        })
    })
    .await
}
