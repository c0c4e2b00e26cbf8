//! What happens in the referrals visible to the caller, one event after the other, without end.

use std::{collections::VecDeque, time::Duration};

use proto::referral::v1::{
    Event, WatchReferralsRequest, referral_service_client::ReferralServiceClient,
};
use tokio::time::Instant;
use tonic::{
    Status,
    body::Body,
    client::GrpcService,
    codegen::{Body as HttpBody, Bytes, StdError},
};

use crate::{
    error::Error,
    retry::{jitter, wait_told},
};

/// How long the server may wait for something to happen; under every deadline on the way.
const WAIT_SECONDS: i32 = 20;
/// A server that answers "nothing" sooner than this is not asked again at once.
const PAUSE: Duration = Duration::from_secs(1);

/// Watches from `cursor` on: empty for the beginning, else [`Watch::cursor`] of an earlier watch.
pub fn watch<T>(referral: ReferralServiceClient<T>, cursor: impl Into<String>) -> Watch<T> {
    let cursor = cursor.into();
    Watch { referral, asked: cursor.clone(), cursor, waiting: VecDeque::new() }
}

/// A watch. The server ends each of its streams after one batch, so that its trailers prove the
/// batch; this goes on from the cursor, also after the mesh was away.
#[derive(Debug)]
pub struct Watch<T> {
    referral: ReferralServiceClient<T>,
    cursor: String,
    /// Where the events that wait end.
    asked: String,
    waiting: VecDeque<Event>,
}

impl<T> Watch<T> {
    /// Where to resume after the last event given: keep it with what the event changed.
    pub fn cursor(&self) -> &str {
        &self.cursor
    }
}

impl<T> Watch<T>
where
    T: GrpcService<Body>,
    T::Error: Into<StdError>,
    T::ResponseBody: HttpBody<Data = Bytes> + Send + 'static,
    <T::ResponseBody as HttpBody>::Error: Into<StdError> + Send,
{
    /// Waits for the next event. Dropping the wait loses nothing.
    ///
    /// # Errors
    /// Whatever another call would not mend; the watch may be used again after it.
    pub async fn next(&mut self) -> Result<Event, Error> {
        let mut failures = 0;
        loop {
            if let Some(event) = self.waiting.pop_front() {
                self.cursor.clone_from(&event.cursor);
                return Ok(event);
            }
            let began = Instant::now();
            match self.fetch().await {
                Ok(()) => failures = 0,
                Err(status) => match wait_told(&status) {
                    Some(told) => {
                        tokio::time::sleep(told + jitter(failures)).await;
                        failures += 1;
                    }
                    None => return Err(status.into()),
                },
            }
            if self.waiting.is_empty() {
                tokio::time::sleep(PAUSE.saturating_sub(began.elapsed())).await;
            }
        }
    }

    /// Fetches one batch. Until the whole of it is here nothing of it counts.
    async fn fetch(&mut self) -> Result<(), Status> {
        let request =
            WatchReferralsRequest { cursor: self.asked.clone(), wait_seconds: WAIT_SECONDS };
        let mut stream = self.referral.watch_referrals(request).await?.into_inner();
        let mut batch = VecDeque::new();
        while let Some(message) = stream.message().await? {
            batch.extend(message.event);
        }
        if let Some(last) = batch.back() {
            self.asked.clone_from(&last.cursor);
        }
        self.waiting = batch;
        Ok(())
    }
}
