//! Publishes the result of a visit: in 20 working days from its end (O-09).

use command::marks::Marks;
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
    marks, store,
};

pub(super) async fn publish_result(
    service: &Operations,
    call: Call,
    request: pb::PublishResultRequest,
) -> Result<pb::PublishResultResponse, Error> {
    let now = service.clock.now();
    let mut fields = server::Fields::default();
    command::check_request_id(&mut fields, &request.request_id);
    fields.text(&request.officer, 64, "officer");
    fields.done()?;
    let certified = service.bodies.certified(&call.agency, &request.officer, now).await;

    let doer = Doer::new(&call.agency, &request.officer);
    let agency = call.agency.clone();
    let command = call.command(request.request_id, "PublishResult", now);
    let name = request.name;
    once(service, command, move |tx| {
        Box::pin(async move {
            certified?;
            let before: Visit = store::read(tx, &agency, &name).await?;
            let visit =
                before.publish(&agency, now).map_err(|refusal| Error::refused(refusal, &name))?;
            store::update(tx, &visit).await?;
            let late = if visit.is_late() { ", after the term" } else { "" };
            let found: Vec<String> =
                visit.results.iter().map(|one| format!("{} {}", one.matter, one.result)).collect();
            let summary = format!("result of {}{late}: {}", visit.subject, found.join(", "));
            let marks = Marks::new().terms(marks::publication(&visit));
            let happened = Happened::new("VISIT_RESULT_PUBLISHED", &name, summary).under(law::O_09);
            let happened = happened.marked(marks);
            Ok(Written {
                response: pb::PublishResultResponse { visit: Some(message(&visit)) },
                entries: vec![happened.by(&doer, now)],
                shown: Vec::new(),
            })
        })
    })
    .await
}
