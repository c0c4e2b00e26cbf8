//! Referral, as far as the catalogue asks it: which cases are closed. It is another service; here it
//! answers what a test says, behind the real guard.

use std::{
    convert::Infallible,
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex},
    task::{Context, Poll},
};

use auth::{Allow, Policy, Rule, Shape};
use proto::referral::v1::{ClosedCase, FindClosedCasesRequest, FindClosedCasesResponse};
use tonic::{
    Request, Response, Status,
    body::Body,
    codegen::{Service, http},
    server::NamedService,
};
use tonic_prost::ProstCodec;

/// Only the catalogue asks.
pub(crate) const POLICY: Policy = Policy(&[Rule {
    method: "/xiezhi.referral.v1.ReferralService/FindClosedCases",
    allow: Allow::Services(&["catalogue"]),
    shape: Shape::Unary,
}]);

/// The cases that are closed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cases(Arc<Mutex<Vec<ClosedCase>>>);

impl Cases {
    /// A case was closed.
    pub(crate) fn close(&self, case: ClosedCase) {
        self.0.lock().unwrap().push(case);
    }

    fn find(&self, asked: &FindClosedCasesRequest) -> FindClosedCasesResponse {
        let since = asked.closed_since.parse().unwrap();
        let day = |case: &ClosedCase| {
            let at = case.close_time.unwrap();
            let at = chrono::DateTime::from_timestamp(at.seconds, 0).unwrap();
            clock::legal_date(at)
        };
        let found = |case: &&ClosedCase| asked.matters.contains(&case.matter) && day(case) >= since;
        let cases = self.0.lock().unwrap().iter().filter(found).cloned().collect();
        FindClosedCasesResponse { cases }
    }
}

impl NamedService for Cases {
    const NAME: &'static str = "xiezhi.referral.v1.ReferralService";
}

impl Service<http::Request<Body>> for Cases {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<http::Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let cases = self.clone();
        Box::pin(async move {
            let codec: ProstCodec<FindClosedCasesResponse, FindClosedCasesRequest> =
                ProstCodec::default();
            let answer = move |request: Request<FindClosedCasesRequest>| {
                let found = cases.find(request.get_ref());
                std::future::ready(Ok::<_, Status>(Response::new(found)))
            };
            Ok(tonic::server::Grpc::new(codec).unary(tower::service_fn(answer), request).await)
        })
    }
}
