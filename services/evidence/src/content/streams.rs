//! Which uploads have a stream now: one each. A new one takes over from one that may be dead.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
};

use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::fault::Fault;

/// How long to wait for a stream that was told to end, or ends.
const END_TIME: Duration = Duration::from_secs(20);

/// The streams of this process, by upload.
#[derive(Clone, Debug, Default)]
pub(crate) struct Streams(Arc<Mutex<HashMap<String, Running>>>);

#[derive(Clone, Debug)]
struct Running {
    /// Told to end, for another goes on.
    taken_over: CancellationToken,
    /// Nothing of it is written any more.
    ended: CancellationToken,
    /// Gone when nobody sends any more.
    sender: Weak<()>,
}

/// The right to go on with an upload, held by what receives.
#[derive(Debug)]
pub(crate) struct Sender {
    pub(crate) taken_over: CancellationToken,
    _alive: Arc<()>,
}

/// The same, held by what writes; when it is dropped, the stream has ended.
#[derive(Debug)]
pub(crate) struct Ending {
    streams: Streams,
    upload: String,
    ended: CancellationToken,
}

impl Streams {
    /// Takes an upload over: the stream it has, if any, is ended first.
    pub(crate) async fn take(&self, upload: &str) -> Result<(Sender, Ending), Fault> {
        loop {
            let old = {
                let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
                match all.get(upload) {
                    Some(running) => running.clone(),
                    None => {
                        let (running, sender) = Running::new();
                        let ended = running.ended.clone();
                        all.insert(upload.to_owned(), running);
                        let (streams, upload) = (self.clone(), upload.to_owned());
                        return Ok((sender, Ending { streams, upload, ended }));
                    }
                }
            };
            old.taken_over.cancel();
            timeout(END_TIME, old.ended.cancelled()).await.map_err(|_| Fault::InUse)?;
        }
    }

    /// Waits for a stream that broke off to be written as far as it came, so that the offset that is
    /// told next is where it really stands.
    pub(crate) async fn settled(&self, upload: &str) {
        let running = {
            let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            all.get(upload).cloned()
        };
        if let Some(running) = running
            && running.sender.strong_count() == 0
            && timeout(END_TIME, running.ended.cancelled()).await.is_err()
        {
            tracing::warn!("a broken stream is still being written");
        }
    }
}

impl Running {
    fn new() -> (Self, Sender) {
        let alive = Arc::new(());
        let running = Self {
            taken_over: CancellationToken::new(),
            ended: CancellationToken::new(),
            sender: Arc::downgrade(&alive),
        };
        let sender = Sender { taken_over: running.taken_over.clone(), _alive: alive };
        (running, sender)
    }
}

impl Drop for Ending {
    fn drop(&mut self) {
        self.streams.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.upload);
        self.ended.cancel();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_new_stream_takes_over_when_the_old_one_has_ended() {
        let streams = Streams::default();
        let (old, ending) = streams.take("uploads/1").await.unwrap();
        let other = streams.take("uploads/2").await.unwrap();
        let new = tokio::join!(streams.take("uploads/1"), async {
            old.taken_over.cancelled().await;
            drop(ending);
        });
        new.0.unwrap();
        assert!(!other.0.taken_over.is_cancelled());
    }

    #[tokio::test]
    async fn only_a_stream_that_broke_off_is_waited_for() {
        let streams = Streams::default();
        let (sender, ending) = streams.take("uploads/1").await.unwrap();
        streams.settled("uploads/1").await;
        drop(sender);
        let mut settled = Box::pin(streams.settled("uploads/1"));
        assert!(futures_util::poll!(&mut settled).is_pending());
        drop(ending);
        settled.await;
    }
}
