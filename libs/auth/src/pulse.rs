//! How long a call may be silent. What is sent whole is silent until its answer comes; a stream
//! beats with every piece of it that leaves, and may take as long as it takes.

use std::{
    pin::{Pin, pin},
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use tokio::time::{Instant, timeout_at};
use tonic::{Status, body::Body};

/// When a call last gave a sign of life; a cheap handle.
#[derive(Clone)]
pub(crate) struct Pulse(Arc<Mutex<Instant>>);

impl Pulse {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Mutex::new(Instant::now())))
    }

    /// The same body, unbuffered: it beats as it passes. HTTP/2 takes a piece only when the callee
    /// has room for it, so that a callee that reads no more is silent.
    pub(crate) fn feel(&self, body: Body) -> Body {
        Body::new(Felt { body, pulse: self.clone() })
    }

    /// Waits for `call`; `None` when it was silent for `longest`.
    pub(crate) async fn wait<T>(
        &self,
        longest: Duration,
        call: impl Future<Output = T>,
    ) -> Option<T> {
        let mut call = pin!(call);
        loop {
            let last = self.last();
            match timeout_at(last + longest, &mut call).await {
                Ok(done) => return Some(done),
                Err(_) if self.last() > last => {}
                Err(_) => return None,
            }
        }
    }

    fn last(&self) -> Instant {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn beat(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }
}

/// A body that beats as it passes.
struct Felt {
    body: Body,
    pulse: Pulse,
}

impl http_body::Body for Felt {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let polled = Pin::new(&mut self.body).poll_frame(cx);
        if polled.is_ready() {
            self.pulse.beat();
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use std::{future::pending, sync::mpsc};

    use http_body_util::{BodyExt as _, StreamBody};
    use tokio::time::sleep;
    use tokio_stream::StreamExt as _;

    use super::*;

    const LONGEST: Duration = Duration::from_millis(600);

    /// A body of `count` pieces, one each third of [`LONGEST`].
    fn pieces(count: usize) -> Body {
        let pieces = tokio_stream::iter(0..count).then(|_| async {
            sleep(LONGEST / 3).await;
            Ok::<_, Status>(Frame::data(Bytes::from_static(b"piece")))
        });
        Body::new(StreamBody::new(pieces))
    }

    #[tokio::test]
    async fn a_stream_that_moves_may_take_longer_than_the_longest_silence() {
        let (pulse, began) = (Pulse::new(), Instant::now());
        let call = pulse.feel(pieces(9)).collect();
        let whole = pulse.wait(LONGEST, call).await.unwrap().unwrap().to_bytes();
        assert_eq!(whole.len(), 9 * 5);
        assert!(began.elapsed() > LONGEST * 2, "{:?}", began.elapsed());
    }

    #[tokio::test]
    async fn a_stream_that_stands_still_is_given_up() {
        let (pulse, (passed, counted)) = (Pulse::new(), mpsc::channel());
        let mut body = pulse.feel(pieces(3));
        let call = async {
            while let Some(frame) = body.frame().await {
                passed.send(frame.unwrap()).unwrap();
            }
            pending::<()>().await;
        };
        assert_eq!(pulse.wait(LONGEST, call).await, None);
        assert_eq!(counted.try_iter().count(), 3, "it moved before it stood still");
    }

    #[tokio::test]
    async fn a_call_that_streams_nothing_is_given_up_after_the_longest_silence() {
        let began = Instant::now();
        assert_eq!(Pulse::new().wait(LONGEST, pending::<()>()).await, None);
        assert!(began.elapsed() >= LONGEST);
    }
}
