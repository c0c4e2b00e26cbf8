//! How long one call may take. Only a client's stream, an upload, may take as long as it moves.

use std::{
    collections::HashSet,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use anyhow::Context as _;
use http::{Request, Response};
use prost::Message as _;
use tonic::{Status, body::Body};
use tower::{Layer, Service};

/// Ends calls that take too long.
#[derive(Clone, Debug)]
pub(crate) struct Deadline {
    limit: Duration,
    /// The methods whose requests are streams, `/package.Service/Method`.
    streams: Arc<HashSet<String>>,
}

impl Deadline {
    /// The same limit for every method, except those that `descriptors` say take a stream.
    pub(crate) fn new(limit: Duration, descriptors: &[u8]) -> anyhow::Result<Self> {
        let set = prost_types::FileDescriptorSet::decode(descriptors).context("descriptors")?;
        let mut streams = HashSet::new();
        for file in &set.file {
            for service in &file.service {
                for method in service.method.iter().filter(|method| method.client_streaming()) {
                    let (package, service) = (file.package(), service.name());
                    streams.insert(format!("/{package}.{service}/{}", method.name()));
                }
            }
        }
        Ok(Self { limit, streams: Arc::new(streams) })
    }
}

impl<S> Layer<S> for Deadline {
    type Service = Limited<S>;

    fn layer(&self, inner: S) -> Limited<S> {
        Limited { inner, deadline: self.clone() }
    }
}

/// A service whose calls end in time.
#[derive(Clone, Debug)]
pub(crate) struct Limited<S> {
    inner: S,
    deadline: Deadline,
}

impl<S> Service<Request<Body>> for Limited<S>
where
    S: Service<Request<Body>, Response = Response<Body>>,
    S::Future: Send + 'static,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, S::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let stream = self.deadline.streams.contains(request.uri().path());
        let call = self.inner.call(request);
        if stream {
            return Box::pin(call);
        }
        let limit = self.deadline.limit;
        Box::pin(async move {
            tokio::time::timeout(limit, call).await.unwrap_or_else(|_| {
                Ok(Status::deadline_exceeded("the call took too long").into_http())
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use tower::{ServiceExt as _, service_fn};

    use super::*;

    /// One service with a unary method and an upload.
    fn descriptors() -> Vec<u8> {
        let method = |name: &str, stream| prost_types::MethodDescriptorProto {
            name: Some(name.to_owned()),
            client_streaming: Some(stream),
            ..Default::default()
        };
        let service = prost_types::ServiceDescriptorProto {
            name: Some("Depot".to_owned()),
            method: vec![method("Get", false), method("Upload", true)],
            ..Default::default()
        };
        let file = prost_types::FileDescriptorProto {
            package: Some("test".to_owned()),
            service: vec![service],
            ..Default::default()
        };
        prost_types::FileDescriptorSet { file: vec![file] }.encode_to_vec()
    }

    async fn status(path: &'static str) -> Option<tonic::Code> {
        let slow = service_fn(|_: Request<Body>| async {
            tokio::time::sleep(Duration::from_secs(60)).await;
            Ok::<_, Status>(Response::new(Body::empty()))
        });
        let deadline = Deadline::new(Duration::from_secs(40), &descriptors()).unwrap();
        let mut request = Request::new(Body::empty());
        *request.uri_mut() = path.parse().unwrap();
        let answer = deadline.layer(slow).oneshot(request).await.unwrap();
        Status::from_header_map(answer.headers()).map(|status| status.code())
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_ends_in_time_and_an_upload_goes_on() {
        assert_eq!(status("/test.Depot/Get").await, Some(tonic::Code::DeadlineExceeded));
        assert_eq!(status("/test.Depot/Upload").await, None);
    }
}
