//! The channel of every client here: a token in hand, a deadline, retries, and beneath it the proofs.

use std::{
    collections::HashSet,
    fmt,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use auth::Signed;
use bytes::Bytes;
use http::{HeaderValue, Request, Response};
use http_body_util::{BodyExt as _, Full};
use tonic::{Status, body::Body};
use tower::{Service, ServiceExt as _};

use crate::{
    fresh::Renewal,
    retry::{Budget, RETRIES, jitter, lost, repeatable, wait_told},
};

/// A channel to one service, for `XClient<Link>`.
///
/// A call that may be repeated is repeated while the service is away (see the README); each
/// attempt is signed afresh, since a proof is good for one. The deadline holds for all of them;
/// a caller can set a shorter one for its call, and none that is longer.
#[derive(Clone)]
pub struct Link {
    signed: Signed,
    shared: Arc<Shared>,
}

/// What the links of one mesh share.
pub(crate) struct Shared {
    renewal: Renewal,
    timeout: Duration,
    timeout_header: Option<HeaderValue>,
    budget: Budget,
    repeatable: HashSet<String>,
}

impl Shared {
    pub(crate) fn new(renewal: Renewal, timeout: Duration) -> Self {
        // gRPC over HTTP/2: at most 8 digits and a unit.
        let header = format!("{}m", timeout.as_millis().min(99_999_999));
        Self {
            renewal,
            timeout,
            timeout_header: HeaderValue::try_from(header).ok(),
            budget: Budget::default(),
            repeatable: repeatable(),
        }
    }
}

impl Link {
    pub(crate) fn new(signed: Signed, shared: Arc<Shared>) -> Self {
        Self { signed, shared }
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Link").field(&self.signed).finish()
    }
}

impl Service<Request<Body>> for Link {
    type Response = Response<Body>;
    type Error = Status;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Status>> + Send>>;

    /// Always: each attempt waits for its own turn, within the deadline.
    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Status>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let link = self.clone();
        Box::pin(async move {
            let timeout = link.shared.timeout;
            let late = |_| Status::deadline_exceeded("no answer in time");
            tokio::time::timeout(timeout, link.attempts(request)).await.map_err(late)?
        })
    }
}

impl Link {
    async fn attempts(self, request: Request<Body>) -> Result<Response<Body>, Status> {
        let (mut parts, body) = request.into_parts();
        let body = body.collect().await?.to_bytes();
        if let Some(header) = &self.shared.timeout_header {
            parts.headers.entry("grpc-timeout").or_insert_with(|| header.clone());
        }
        let may_repeat = self.shared.repeatable.contains(parts.uri.path());
        self.shared.budget.earn();
        for retry in 0.. {
            let answer = self.attempt(&parts, &body).await;
            let again = may_repeat && retry < RETRIES;
            let Some(told) = again.then(|| wait(&answer)).flatten() else { return answer };
            if !self.shared.budget.spend() {
                return answer;
            }
            tracing::debug!(rpc.method = parts.uri.path(), retry, "calling again");
            tokio::time::sleep(told + jitter(retry)).await;
        }
        Err(Status::unavailable("no attempt was left"))
    }

    async fn attempt(
        &self,
        parts: &http::request::Parts,
        body: &Bytes,
    ) -> Result<Response<Body>, Status> {
        self.shared.renewal.ensure().await?;
        let mut request = Request::new(Body::new(Full::new(body.clone())));
        *request.method_mut() = parts.method.clone();
        *request.uri_mut() = parts.uri.clone();
        *request.version_mut() = parts.version;
        *request.headers_mut() = parts.headers.clone();
        let mut signed = self.signed.clone();
        signed.ready().await.map_err(lost)?.call(request).await.map_err(lost)
    }
}

/// How long to wait before the same call again, if it makes sense. A refusal stands in the headers:
/// a stream that broke half-way is not repeated here.
fn wait(answer: &Result<Response<Body>, Status>) -> Option<Duration> {
    match answer {
        Ok(response) => Status::from_header_map(response.headers()).as_ref().and_then(wait_told),
        Err(status) => wait_told(status),
    }
}
