//! Ends an operation: done, or cancelled with a reason.

use proto::operations::v1 as pb;

use super::{
    Call,
    convert::operation::operation as message,
    once::{Written, once},
};
use crate::{
    Operations,
    domain::{law, operation::Operation},
    error::Error,
    events::{Doer, Happened},
    store,
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
            let operation: Operation = store::read(tx, &agency, &name).await?;
            let operation = operation
                .close(&agency, (cancelled, reason.trim()))
                .map_err(|refusal| Error::refused(refusal, &name))?;
            store::update(tx, &operation).await?;
            let how = if cancelled { "cancelled" } else { "closed" };
            let summary = format!("{agency} {how} {}: {}", operation.title, operation.close_reason);
            let happened = Happened::new("OPERATION_ENDED", &name, summary).under(law::O_03);
            Ok(Written {
                response: pb::CloseOperationResponse { operation: Some(message(&operation)) },
                entries: vec![happened.by(&doer, now)],
                shown: Vec::new(),
            })
        })
    })
    .await
}
