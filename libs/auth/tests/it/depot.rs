//! A service that takes streams and keeps its answers, behind the real guard.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    convert::Infallible,
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
};

use auth::{Allow, Answer, Attestation, Caller, Policy, Rule, Shape, Signed};
use chrono::Duration;
use clock::Clock;
use http_body::Frame;
use http_body_util::{BodyExt as _, StreamBody};
use prost::Message as _;
use tokio_stream::Stream;
use tonic::{
    Request, Response, Status, Streaming,
    body::Body,
    client::Grpc,
    codegen::{BoxFuture, http},
    server::NamedService,
};
use tonic_prost::ProstCodec;
use tonic_types::{ErrorDetails, StatusExt as _};
use tower::Service;

use crate::support::Echo;

pub(crate) const UPLOAD: &str = "/test.Depot/Upload";
pub(crate) const UPLOAD_OF_SOME: &str = "/test.Depot/UploadOfSome";
pub(crate) const COMMIT: &str = "/test.Depot/Commit";

pub(crate) const DEPOT: Policy = Policy(&[
    Rule { method: UPLOAD, allow: Allow::Authenticated, shape: Shape::ClientStream },
    Rule {
        method: UPLOAD_OF_SOME,
        allow: Allow::Services(&["supervision", "identity"]),
        shape: Shape::ClientStream,
    },
    Rule { method: COMMIT, allow: Allow::Authenticated, shape: Shape::Unary },
]);

/// What it received and kept.
#[derive(Clone)]
pub(crate) struct Depot {
    pub(crate) echo: Echo,
    pub(crate) clock: Clock,
    pub(crate) received: Arc<AtomicUsize>,
    pub(crate) kept: Arc<Mutex<Option<(Attestation, Answer)>>>,
}

impl Depot {
    pub(crate) fn new(echo: Echo, clock: Clock) -> Self {
        Self { echo, clock, received: Arc::default(), kept: Arc::default() }
    }

    /// Receives all, or as many messages as `x-enough` says, then refuses or answers.
    async fn upload(
        self,
        request: Request<Streaming<Vec<u8>>>,
    ) -> Result<Response<Vec<u8>>, Status> {
        self.echo.caller(&request);
        assert!(Caller::of(&request).is_some());
        assert!(Attestation::of(&request).is_none(), "nothing attests a stream");
        let said = |name| request.metadata().get(name).map(|it| it.to_str().unwrap().to_owned());
        let enough: usize = said("x-enough").map_or(usize::MAX, |it| it.parse().unwrap());
        let refuses = said("x-refuses").is_some();
        let (mut messages, mut bytes) = (request.into_inner(), 0);
        let mut count = 0;
        while count < enough
            && let Some(message) = messages.message().await?
        {
            count += 1;
            bytes += message.len();
            self.received.fetch_add(message.len(), Ordering::SeqCst);
        }
        if refuses {
            let details = ErrorDetails::with_error_info("CHUNK_OUT_OF_ORDER", "test", []);
            let code = tonic::Code::FailedPrecondition;
            return Err(Status::with_error_details(code, "not that one", details));
        }
        Ok(Response::new(format!("{count} {bytes}").into_bytes()))
    }

    /// Keeps the answer to a request as a service does; what it then does, the request says.
    fn commit(&self, request: &Request<Vec<u8>>) -> Result<Response<Vec<u8>>, Status> {
        self.echo.caller(request);
        let attestation = Attestation::of(request).unwrap();
        let answer = b"committed".to_vec();
        let keep = |answer: &Vec<u8>| attestation.answer(&answer.encode_to_vec());
        let wish = std::str::from_utf8(request.get_ref()).unwrap();
        if wish == "again, and another before" {
            let another = keep(&b"rolled back".to_vec())?;
            assert_ne!(another.wpt, keep(&answer)?.wpt);
        }
        let kept = keep(&answer)?;
        assert_eq!(kept.wpt, keep(&answer)?.wpt, "asked again, it is the same");
        *self.kept.lock().unwrap() = Some((attestation.clone(), kept));
        match wish {
            "another" => Ok(Response::new(b"something else".to_vec())),
            "error" => Err(Status::aborted("rolled back")),
            "slow" => {
                self.clock.advance(Duration::seconds(16));
                Ok(Response::new(answer))
            }
            "error after the answer" => {
                let mut response = Response::new(answer);
                response.extensions_mut().insert(Aborted);
                Ok(response)
            }
            _ => Ok(Response::new(answer)),
        }
    }
}

/// The mark of an answer whose trailers say that it failed.
#[derive(Clone)]
struct Aborted;

/// The message stays, the status behind it becomes an error: more than tonic does by itself.
async fn abort(response: http::Response<Body>) -> http::Response<Body> {
    let (parts, body) = response.into_parts();
    let message = body.collect().await.unwrap().to_bytes();
    let trailers = http::HeaderMap::from_iter([(
        http::HeaderName::from_static("grpc-status"),
        http::HeaderValue::from_static("10"),
    )]);
    let frames = [Ok::<_, Status>(Frame::data(message)), Ok(Frame::trailers(trailers))];
    let body = StreamBody::new(tokio_stream::iter(frames));
    http::Response::from_parts(parts, Body::new(body))
}

impl NamedService for Depot {
    const NAME: &'static str = "test.Depot";
}

impl Service<http::Request<Body>> for Depot {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<http::Response<Body>, Infallible>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let depot = self.clone();
        Box::pin(async move {
            let mut grpc = tonic::server::Grpc::new(ProstCodec::<Vec<u8>, Vec<u8>>::default());
            if request.uri().path() == COMMIT {
                let commit = |request: Request<Vec<u8>>| std::future::ready(depot.commit(&request));
                let response = grpc.unary(tower::service_fn(commit), request).await;
                return Ok(match response.extensions().get::<Aborted>() {
                    Some(Aborted) => abort(response).await,
                    None => response,
                });
            }
            let upload = |request| depot.clone().upload(request);
            Ok(grpc.client_streaming(tower::service_fn(upload), request).await)
        })
    }
}

/// Messages of one size, and how many of them were taken.
pub(crate) struct Chunks {
    pub(crate) chunk: Vec<u8>,
    pub(crate) left: usize,
    pub(crate) taken: Arc<AtomicUsize>,
}

impl Chunks {
    pub(crate) fn new(count: usize, size: usize) -> (Self, Arc<AtomicUsize>) {
        let taken = Arc::new(AtomicUsize::new(0));
        (Self { chunk: vec![7; size], left: count, taken: Arc::clone(&taken) }, taken)
    }
}

impl Stream for Chunks {
    type Item = Vec<u8>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Vec<u8>>> {
        if self.left == 0 {
            return Poll::Ready(None);
        }
        self.left -= 1;
        self.taken.fetch_add(1, Ordering::SeqCst);
        Poll::Ready(Some(self.chunk.clone()))
    }
}

/// Uploads a stream by a handle that should be for streams.
pub(crate) async fn upload<S>(
    signed: Signed,
    method: &'static str,
    request: Request<S>,
) -> Result<Response<Vec<u8>>, Status>
where
    S: Stream<Item = Vec<u8>> + Send + 'static,
{
    let mut grpc = Grpc::new(signed);
    grpc.ready().await?;
    grpc.client_streaming(request, method.parse().unwrap(), ProstCodec::default()).await
}

/// Calls a unary method.
pub(crate) async fn commit(signed: Signed, wish: &str) -> Result<Response<Vec<u8>>, Status> {
    let mut grpc = Grpc::new(signed);
    grpc.ready().await?;
    let request = Request::new(wish.as_bytes().to_vec());
    grpc.unary(request, COMMIT.parse().unwrap(), ProstCodec::default()).await
}
