//! The body that must look at a warning says that it does.

use command::{Written, once};
use proto::supervision::v1 as pb;

use super::{Call, convert, overseen};
use crate::{
    Supervision,
    error::Error,
    events::{self, Doer},
    store,
};

pub(super) async fn acknowledge_warning(
    service: &Supervision,
    call: Call,
    request: pb::AcknowledgeWarningRequest,
) -> Result<pb::AcknowledgeWarningResponse, Error> {
    let now = service.clock.now();
    let mut fields = server::Fields::default();
    command::check_request_id(&mut fields, &request.request_id);
    fields.text(&request.name, 64, "name");
    fields.text(&request.officer, 64, "officer");
    let version = fields.need(convert::version(&request.etag), "etag", "is missing or malformed");
    fields.done()?;
    let officer = [("officer".to_owned(), request.officer.clone())];
    let certified =
        service.directory.positions(&call.agency, clock::legal_date(now), &officer).await;

    let doer = Doer::new(&call.agency, &request.officer);
    let scope = service.settings.oversight.scope(&call.agency);
    let reading = call.clone();
    let command = call.command(request.request_id, "AcknowledgeWarning", now);
    let name = request.name;
    once(&service.db, command, move |tx| {
        Box::pin(async move {
            certified?;
            let one = store::warning(tx, &overseen::reader(&reading, &scope), &name).await?;
            if Some(one.version) != version {
                return Err(Error::Stale);
            }
            let one = one
                .acknowledge(&doer.agency, &doer.officer, now)
                .map_err(|refusal| Error::refused(refusal, &name))?;
            store::update_warning(tx, &one).await?;
            Ok(Written {
                response: pb::AcknowledgeWarningResponse { warning: Some(convert::warning(&one)) },
                entries: vec![events::acknowledged(&one, &doer, now)],
            })
        })
    })
    .await
}
