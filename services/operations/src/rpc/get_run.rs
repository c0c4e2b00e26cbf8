//! How far a run is: at once, or when it went on.

use std::time::Duration;

use proto::operations::v1 as pb;
use tokio::time::{Instant, sleep};

use super::{Call, convert};
use crate::{
    Operations,
    domain::{schedule::Run, word::RunState},
    error::Error,
    store,
};

/// The longest wait, in milliseconds.
const WAIT_MS_MAX: u32 = 10_000;
/// How often to look.
pub(super) const POLL: Duration = Duration::from_millis(100);

pub(super) async fn get_run(
    service: &Operations,
    call: &Call,
    request: pb::GetRunRequest,
) -> Result<pb::GetRunResponse, Error> {
    let mut fields = server::Fields::default();
    let wait = super::asked::number(&mut fields, request.wait_ms, (0, WAIT_MS_MAX), "wait_ms");
    fields.done()?;
    let until = Instant::now() + Duration::from_millis(wait.into());
    loop {
        let run: Run = store::read(service.db.reader(), &call.agency, &request.name).await?;
        let news = run.done > request.iterations_seen || run.state != RunState::Running;
        if news || Instant::now() >= until {
            return Ok(pb::GetRunResponse { run: Some(convert::schedule::run(&run)) });
        }
        sleep(POLL.min(until.saturating_duration_since(Instant::now()))).await;
    }
}
