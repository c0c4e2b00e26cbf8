//! Serves until told to stop, then lets running work finish.

use std::{future::Future, time::Duration};

use anyhow::Context as _;
use tokio::{net::TcpListener, sync::watch, time::sleep};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tonic::{
    service::Routes,
    transport::{Server, server::TcpIncoming},
};
use tonic_health::ServingStatus;
use tower::limit::GlobalConcurrencyLimitLayer;

use crate::deadline::Deadline;

/// How long running calls and tasks may take after the signal to stop: less than the 30 seconds
/// after which Kubernetes kills.
const GRACE: Duration = Duration::from_secs(25);

/// What a client may send ahead on one stream before it is read.
const STREAM_WINDOW: u32 = 128 * 1024;
/// Streams of one connection at once.
const STREAMS: u32 = 256;
/// What it may send ahead on all of them: as much as they may together, or uploads that wait for
/// their turn would hold up the one whose turn it is.
const CONNECTION_WINDOW: u32 = STREAMS * STREAM_WINDOW;

/// The bounds of one server.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Calls in progress at once; one more is refused with `RESOURCE_EXHAUSTED`.
    pub calls: usize,
    /// Calls in progress on one connection.
    pub calls_per_connection: usize,
    /// How long one call may take. An upload may take longer: its service ends it when it stands
    /// still.
    pub deadline: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { calls: 1024, calls_per_connection: 256, deadline: Duration::from_secs(40) }
    }
}

/// Tells tasks to stop, and waits for them.
#[derive(Clone, Debug, Default)]
pub struct Stop {
    token: CancellationToken,
    tasks: TaskTracker,
}

impl Stop {
    /// Runs `task` until it ends. A task that ends before the signal takes the process down:
    /// a service without its worker is not healthy.
    pub fn spawn<F>(&self, name: &'static str, task: F)
    where
        F: Future<Output = anyhow::Result<()>> + Send + 'static,
    {
        let stop = self.clone();
        self.tasks.spawn(async move {
            if let Err(error) = task.await {
                tracing::error!(task = name, error = format!("{error:#}"), "task failed");
            }
            if !stop.token.is_cancelled() {
                tracing::error!(task = name, "task ended early; stopping");
                stop.token.cancel();
            }
        });
    }

    /// Completes when the process must stop.
    pub async fn signalled(&self) {
        self.token.cancelled().await;
    }

    /// The bare token, for libraries that take one.
    pub fn token(&self) -> CancellationToken {
        self.token.clone()
    }

    /// Asks everything to stop.
    pub fn now(&self) {
        self.token.cancel();
    }

    /// Waits for the tasks to end.
    pub async fn finished(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }
}

/// Whether the server's dependencies (database, trust bundle, revocations) are really usable.
///
/// Each part reports for itself; the server is ready while all of them are.
#[derive(Clone, Debug)]
pub struct Ready(watch::Sender<Vec<(&'static str, bool)>>);

impl Default for Ready {
    fn default() -> Self {
        Self(watch::Sender::new(Vec::new()))
    }
}

impl Ready {
    /// Says whether `part` is usable.
    pub fn set(&self, part: &'static str, usable: bool) {
        self.0.send_if_modified(|parts| match parts.iter_mut().find(|(name, _)| *name == part) {
            Some((_, old)) => std::mem::replace(old, usable) != usable,
            None => {
                parts.push((part, usable));
                true
            }
        });
    }
}

/// Serves `routes` with health checks and reflection until `stop`.
///
/// The WIT and WPT may take 8 KiB each, so the header list may be 32 KiB: a token that is too long
/// is then refused by the guard, with its reason, rather than by the connection.
pub async fn serve(
    listener: TcpListener,
    routes: Routes,
    descriptors: &'static [u8],
    ready: Ready,
    stop: Stop,
) -> anyhow::Result<()> {
    let limits = Limits::default();
    let (health, health_service) = tonic_health::server::health_reporter();
    let reflection = tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(descriptors)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        .build_v1()
        .context("reflection")?;
    let routes = routes.add_service(health_service).add_service(reflection).prepare();

    // The reporter says "serving" unless told otherwise, also to who asks before the signal below
    // is looked at for the first time.
    health.set_service_status("", ServingStatus::NotServing).await;
    let signal = {
        let (stop, mut parts) = (stop.clone(), ready.0.subscribe());
        async move {
            loop {
                let usable = parts.borrow_and_update().iter().all(|(_, usable)| *usable);
                let status =
                    if usable { ServingStatus::Serving } else { ServingStatus::NotServing };
                health.set_service_status("", status).await;
                tokio::select! {
                    () = stop.signalled() => break,
                    changed = parts.changed() => if changed.is_err() { break },
                }
            }
            health.set_service_status("", ServingStatus::NotServing).await;
        }
    };
    // Without this each answer would wait for the acknowledgement of its first half, some 40 ms.
    let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
    let serving = Server::builder()
        .http2_max_header_list_size(32 * 1024)
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .max_concurrent_streams(STREAMS)
        .concurrency_limit_per_connection(limits.calls_per_connection)
        .load_shed(true)
        .layer(Deadline::new(limits.deadline, descriptors)?)
        .layer(GlobalConcurrencyLimitLayer::new(limits.calls))
        .add_routes(routes)
        .serve_with_incoming_shutdown(incoming, signal);
    let all = async {
        serving.await.context("serving")?;
        stop.finished().await;
        Ok(())
    };
    let late = async {
        stop.signalled().await;
        sleep(GRACE).await;
    };
    // A connection that says nothing, not even hello, would be waited for without end.
    tokio::select! {
        done = all => done,
        () = late => {
            tracing::warn!("connections or tasks did not end in time");
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::{net::TcpStream, time::Instant};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_end_is_waited_for_no_longer_than_the_grace() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, began) = (Stop::default(), Instant::now());
        let served = serve(listener, Routes::default(), &[], Ready::default(), stop.clone());
        let silent = async {
            let connection = TcpStream::connect(address).await.unwrap();
            // The server speaks first: from here on it has the connection.
            connection.readable().await.unwrap();
            stop.now();
            connection
        };
        let (served, _connection) = tokio::join!(served, silent);
        served.unwrap();
        assert_eq!(began.elapsed().as_secs(), GRACE.as_secs());
    }
}
