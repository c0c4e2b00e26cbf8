//! Closes an acknowledged warning with what was done.

use command::{Written, once};
use proto::supervision::v1 as pb;

use super::{Call, convert, overseen};
use crate::{
    Supervision,
    error::Error,
    events::{self, Doer},
    store,
};

pub(super) async fn close_warning(
    service: &Supervision,
    call: Call,
    request: pb::CloseWarningRequest,
) -> Result<pb::CloseWarningResponse, Error> {
    let now = service.clock.now();
    let mut fields = server::Fields::default();
    command::check_request_id(&mut fields, &request.request_id);
    fields.text(&request.name, 64, "name");
    fields.text(&request.officer, 64, "officer");
    fields.text(&request.outcome, 4000, "outcome");
    let version = fields.need(convert::version(&request.etag), "etag", "is missing or malformed");
    fields.done()?;
    let officer = [("officer".to_owned(), request.officer.clone())];
    let certified =
        service.directory.positions(&call.agency, clock::legal_date(now), &officer).await;

    let doer = Doer::new(&call.agency, &request.officer);
    let scope = service.settings.oversight.scope(&call.agency);
    let reading = call.clone();
    let command = call.command(request.request_id, "CloseWarning", now);
    let (name, outcome) = (request.name, request.outcome);
    once(&service.db, command, move |tx| {
        Box::pin(async move {
            certified?;
            let one = store::warning(tx, &overseen::reader(&reading, &scope), &name).await?;
            if Some(one.version) != version {
                return Err(Error::Stale);
            }
            let one = one
                .close(&doer.agency, outcome.trim(), now)
                .map_err(|refusal| Error::refused(refusal, &name))?;
            store::update_warning(tx, &one).await?;
            Ok(Written {
                response: pb::CloseWarningResponse { warning: Some(convert::warning(&one)) },
                entries: vec![events::closed(&one, &doer, now)],
            })
        })
    })
    .await
}
