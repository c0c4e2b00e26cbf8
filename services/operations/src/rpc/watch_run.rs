//! The progress of a run as a stream: each time it went on, until it ends or the time is over.

use std::time::Duration;

use futures_util::{Stream, stream};
use proto::operations::v1 as pb;
use tokio::time::{Instant, sleep};
use tonic::Status;

use super::{Call, convert, get_run::POLL};
use crate::{
    Operations,
    domain::{schedule::Run, word::RunState},
    error::Error,
    store,
};

/// The longest stream, in seconds.
const SECONDS_MAX: u32 = 30;

struct Watching {
    service: Operations,
    call: Call,
    until: Instant,
    /// What comes next; none: the stream has ended.
    run: Option<Run>,
    /// Version of what was told last.
    told: Option<i32>,
}

pub(super) async fn watch_run(
    service: &Operations,
    call: Call,
    request: pb::WatchRunRequest,
) -> Result<impl Stream<Item = Result<pb::WatchRunResponse, Status>> + Send + use<>, Error> {
    let mut fields = server::Fields::default();
    let seconds = super::asked::number(&mut fields, request.seconds, (0, SECONDS_MAX), "seconds");
    fields.done()?;
    let seconds = if seconds == 0 { SECONDS_MAX } else { seconds };
    let run: Run = store::read(service.db.reader(), &call.agency, &request.name).await?;
    let until = Instant::now() + Duration::from_secs(seconds.into());
    let watching = Watching { service: service.clone(), call, until, run: Some(run), told: None };
    Ok(stream::unfold(watching, |mut watching| async move {
        let next = watching.next().await.transpose()?;
        Some((next.map_err(Status::from), watching))
    }))
}

impl Watching {
    async fn next(&mut self) -> Result<Option<pb::WatchRunResponse>, Error> {
        let Some(mut run) = self.run.take() else { return Ok(None) };
        while self.told == Some(run.version) {
            if run.state != RunState::Running || Instant::now() >= self.until {
                return Ok(None);
            }
            sleep(POLL).await;
            run = store::read(self.service.db.reader(), &self.call.agency, &run.name).await?;
        }
        self.told = Some(run.version);
        let response = pb::WatchRunResponse { run: Some(convert::schedule::run(&run)) };
        self.run = Some(run);
        Ok(Some(response))
    }
}
