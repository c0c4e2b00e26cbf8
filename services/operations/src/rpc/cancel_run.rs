//! Stops a run: it ends soon, and the best it has is kept as a partial schedule.

use proto::operations::v1 as pb;

use super::{
    Call,
    convert::schedule::run as message,
    once::{Written, once},
};
use crate::{
    Operations,
    domain::{law, schedule::Run},
    error::Error,
    events::{Doer, Happened},
    store,
};

/// How often the write is tried: the run saves its progress at the same time.
const TRIES: u32 = 5;

pub(super) async fn cancel_run(
    service: &Operations,
    call: Call,
    request: pb::CancelRunRequest,
) -> Result<pb::CancelRunResponse, Error> {
    let now = service.clock.now();
    let mut fields = server::Fields::default();
    command::check_request_id(&mut fields, &request.request_id);
    fields.text(&request.officer, 64, "officer");
    fields.done()?;
    for _ in 1..TRIES {
        match cancel(service, call.clone(), request.clone(), now).await {
            Err(Error::Stale) => {}
            other => return other,
        }
    }
    cancel(service, call, request, now).await
}

async fn cancel(
    service: &Operations,
    call: Call,
    request: pb::CancelRunRequest,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<pb::CancelRunResponse, Error> {
    let certified = service.bodies.certified(&call.agency, &request.officer, now).await;
    let doer = Doer::new(&call.agency, &request.officer);
    let agency = call.agency.clone();
    let command = call.command(request.request_id, "CancelRun", now);
    let name = request.name;
    once(service, command, move |tx| {
        Box::pin(async move {
            certified?;
            let before: Run = store::read(tx, &agency, &name).await?;
            let run = before.cancel().map_err(|refusal| Error::refused(refusal, &name))?;
            store::update(tx, &run).await?;
            let summary = format!("{agency} stops the run after {} iterations", run.done);
            let happened = Happened::new("SCHEDULE_STOPPED", &name, summary).under(law::O_04);
            Ok(Written {
                response: pb::CancelRunResponse { run: Some(message(&run)) },
                entries: vec![happened.by(&doer, now)],
                shown: Vec::new(),
            })
        })
    })
    .await
}
