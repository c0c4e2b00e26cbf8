//! A participant confirms, or declines with a reason: who declines is seen above (条例 art. 36).

use proto::operations::v1 as pb;

use super::{
    Call,
    convert::operation::operation as message,
    once::{Written, once},
};
use crate::{
    Operations,
    domain::{law, operation::Operation, word::OperationState},
    error::Error,
    events::{Doer, Happened},
    marks, store,
};

pub(super) async fn answer_operation(
    service: &Operations,
    call: Call,
    request: pb::AnswerOperationRequest,
) -> Result<pb::AnswerOperationResponse, Error> {
    let now = service.clock.now();
    let mut fields = server::Fields::default();
    command::check_request_id(&mut fields, &request.request_id);
    fields.text(&request.officer, 64, "officer");
    if request.confirms {
        fields.check(request.reason.is_empty(), "reason", "is for who declines");
    } else {
        fields.text(&request.reason, 4000, "reason");
    }
    fields.done()?;
    let certified = service.bodies.certified(&call.agency, &request.officer, now).await;

    let doer = Doer::new(&call.agency, &request.officer);
    let agency = call.agency.clone();
    let settings = std::sync::Arc::clone(&service.settings);
    let command = call.command(request.request_id, "AnswerOperation", now);
    let (name, reason) = (request.name, (!request.confirms).then_some(request.reason));
    once(service, command, move |tx| {
        Box::pin(async move {
            certified?;
            let before: Operation = store::read(tx, &agency, &name).await?;
            let operation = before
                .clone()
                .answer(&agency, reason.as_deref())
                .map_err(|refusal| Error::refused(refusal, &name))?;
            store::update(tx, &operation).await?;
            let (mut shown, mut happened) = (Vec::new(), Vec::new());
            match &reason {
                Some(reason) => {
                    let summary = format!("{agency} declined {}: {reason}", operation.title);
                    let plain = format!("{agency} declined {}", operation.title);
                    happened
                        .push(Happened::new("OPERATION_DECLINED", &name, summary).plainly(plain));
                    shown.push((settings.guidance_office.clone(), name.clone()));
                    shown.push((settings.county_government.clone(), name.clone()));
                }
                None => {
                    let summary = format!("{agency} confirmed {}", operation.title);
                    happened.push(Happened::new("OPERATION_CONFIRMED", &name, summary));
                }
            }
            if operation.state == OperationState::Cancelled {
                let summary = format!("{} is cancelled: too few take part", operation.title);
                happened.push(Happened::new("OPERATION_ENDED", &name, summary));
            }
            // With the answer the operation itself may have ended: one row tells what moved.
            if let Some(first) = happened.first_mut() {
                first.marks = marks::operation(Some(&before), &operation, now);
            }
            let entries =
                happened.into_iter().map(|one| one.under(law::O_03).by(&doer, now)).collect();
            let response = pb::AnswerOperationResponse { operation: Some(message(&operation)) };
            Ok(Written { response, entries, shown })
        })
    })
    .await
}
