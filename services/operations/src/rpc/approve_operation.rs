//! The head of the initiator approves an operation, in advance or, when it is urgent, afterwards (I-03).

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

pub(super) async fn approve_operation(
    service: &Operations,
    call: Call,
    request: pb::ApproveOperationRequest,
) -> Result<pb::ApproveOperationResponse, Error> {
    let now = service.clock.now();
    let mut fields = server::Fields::default();
    command::check_request_id(&mut fields, &request.request_id);
    fields.text(&request.officer, 64, "officer");
    fields.done()?;
    let act = ("approving the operation", law::I_03, request.name.as_str());
    let head = service.bodies.head(&call.agency, &request.officer, act, now).await;

    let doer = Doer::new(&call.agency, &request.officer);
    let agency = call.agency.clone();
    let command = call.command(request.request_id, "ApproveOperation", now);
    let (name, officer) = (request.name, request.officer);
    once(service, command, move |tx| {
        Box::pin(async move {
            let operation: Operation = store::read(tx, &agency, &name).await?;
            head?;
            let operation = operation
                .approve(&agency, &officer, now)
                .map_err(|refusal| Error::refused(refusal, &name))?;
            store::update(tx, &operation).await?;
            let summary = format!("the head of {agency} approved {}", operation.title);
            let happened = Happened::new("OPERATION_APPROVED", &name, summary).under(law::I_03);
            Ok(Written {
                response: pb::ApproveOperationResponse { operation: Some(message(&operation)) },
                entries: vec![happened.by(&doer, now)],
                shown: Vec::new(),
            })
        })
    })
    .await
}
