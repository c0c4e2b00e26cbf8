//! Takes a request for assistance back.

use proto::operations::v1 as pb;

use super::{
    Call,
    convert::assistance::assistance as message,
    once::{Written, once},
};
use crate::{
    Operations,
    domain::{assistance::Assistance, law},
    error::Error,
    events::{Doer, Happened},
    marks, store,
};

pub(super) async fn withdraw_assistance(
    service: &Operations,
    call: Call,
    request: pb::WithdrawAssistanceRequest,
) -> Result<pb::WithdrawAssistanceResponse, Error> {
    let now = service.clock.now();
    let mut fields = server::Fields::default();
    command::check_request_id(&mut fields, &request.request_id);
    fields.text(&request.officer, 64, "officer");
    fields.text(&request.reason, 4000, "reason");
    fields.done()?;
    let certified = service.bodies.certified(&call.agency, &request.officer, now).await;

    let doer = Doer::new(&call.agency, &request.officer);
    let agency = call.agency.clone();
    let command = call.command(request.request_id, "WithdrawAssistance", now);
    let (name, reason) = (request.name, request.reason);
    once(service, command, move |tx| {
        Box::pin(async move {
            certified?;
            let before: Assistance = store::read(tx, &agency, &name).await?;
            let one = before
                .clone()
                .withdraw(&agency, reason.trim(), now)
                .map_err(|refusal| Error::refused(refusal, &name))?;
            store::update(tx, &one).await?;
            let summary = format!("{agency} took the request back: {}", one.reason);
            let happened =
                Happened::new("ASSISTANCE_WITHDRAWN", &name, summary).under(law::ASSISTANCE);
            let happened = happened
                .plainly(format!("{agency} took the request back"))
                .marked(marks::assistance(Some(&before), &one, now));
            Ok(Written {
                response: pb::WithdrawAssistanceResponse {
                    assistance_request: Some(message(&one)),
                },
                entries: vec![happened.by(&doer, now)],
                shown: Vec::new(),
            })
        })
    })
    .await
}
