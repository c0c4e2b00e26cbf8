//! Closes a docket without a referral, or after the last has ended, with the reason.

use proto::referral::v1 as pb;

use super::{
    Call, convert,
    once::{Written, once},
};
use crate::{
    Referral,
    domain::{closing, leg::Docket},
    error::Error,
    events::{self, Doer},
    store,
};

pub(super) async fn close_docket(
    service: &Referral,
    call: Call,
    request: pb::CloseDocketRequest,
) -> Result<pb::CloseDocketResponse, Error> {
    let now = service.clock.now();
    let mut fields = server::Fields::default();
    command::check_request_id(&mut fields, &request.request_id);
    fields.text(&request.officer, 64, "officer");
    fields.text(&request.reason, 8192, "reason");
    let version = fields.need(convert::version(&request.etag), "etag", "is missing or malformed");
    fields.done()?;
    let officer = [("officer".to_owned(), request.officer.clone())];
    let certified =
        service.identity.positions(&call.agency, clock::legal_date(now), &officer).await;

    let doer = Doer::new(&call.agency, &request.officer);
    let agency = call.agency.clone();
    let method = "CloseDocket";
    let command = call.command(request.request_id, method, now);
    let (name, reason) = (request.name, request.reason);
    once(service, command, move |tx| {
        Box::pin(async move {
            certified?;
            let docket = store::docket(tx, &agency, &name).await?;
            if Some(docket.version) != version {
                return Err(Error::Stale);
            }
            let legs = store::all_legs(tx, &name).await?;
            let disputes = store::open_disputes(tx, &name).await?;
            closing::check(&docket, &agency, &legs, disputes.first())
                .map_err(|refusal| Error::refused(refusal, &name))?;
            let docket = Docket {
                close_reason: Some(reason.trim().to_owned()),
                closed_at: Some(now),
                version: docket.version + 1,
                ..docket
            };
            store::close_docket(tx, &docket).await?;
            let message = convert::docket(&docket, &[], None);
            Ok(Written {
                response: pb::CloseDocketResponse { docket: Some(message) },
                entries: vec![db::journal::Entry {
                    at: now,
                    ..events::docket("DOCKET_CLOSED", &docket, &doer)
                }],
                shown: Vec::new(),
            })
        })
    })
    .await
}
