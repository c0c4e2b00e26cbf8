//! A mesh of two guarded services whose answers a test writes down beforehand.

use std::{
    collections::VecDeque,
    convert::Infallible,
    future::Future,
    io,
    pin::Pin,
    sync::{Arc, Mutex},
    task::{Context, Poll},
    time::Duration,
};

use auth::{
    Allow, Credentials, Gate, Guarded, Policy, Revocations, Rule, Shape, Trust, WorkloadKey, guard,
    issue_wit, jwks,
};
use bytes::{BufMut as _, Bytes, BytesMut};
use client::Mesh;
use clock::Clock;
use http::{HeaderMap, HeaderValue, Request, Response};
use http_body_util::{BodyExt as _, Full};
use prost::Message;
use proto::identity::v1::{IssueWitResponse, ListRevocationsResponse};
use tonic::{Status, body::Body, server::NamedService};
use tower::Service;
use types::{TrustDomain, Workload};

const fn rule(method: &'static str, allow: Allow, shape: Shape) -> Rule {
    Rule { method, allow, shape }
}

const POLICY: Policy = Policy(&[
    rule("/xiezhi.identity.v1.IdentityService/IssueWit", Allow::Anyone, Shape::Unary),
    rule("/xiezhi.identity.v1.IdentityService/RenewWit", Allow::Authenticated, Shape::Unary),
    rule("/xiezhi.identity.v1.IdentityService/ListRevocations", Allow::Authenticated, Shape::Unary),
    rule("/xiezhi.identity.v1.IdentityService/GetAgency", Allow::Authenticated, Shape::Unary),
    rule("/xiezhi.referral.v1.ReferralService/OpenDocket", Allow::Authenticated, Shape::Unary),
    rule(
        "/xiezhi.referral.v1.ReferralService/WatchReferrals",
        Allow::Authenticated,
        Shape::ServerStream,
    ),
]);

/// What a service answers next.
pub(crate) enum Answer {
    /// These messages.
    Messages(Vec<Vec<u8>>),
    /// This error.
    Error(Status),
    /// Nothing, ever.
    Silence,
    /// None: the connection breaks under the call.
    Cut,
}

impl Answer {
    pub(crate) fn of(message: &impl Message) -> Self {
        Self::Messages(vec![message.encode_to_vec()])
    }
}

/// The answers to come, and the calls that came: path, body, proof token.
#[derive(Clone)]
pub(crate) struct Script(Arc<Mutex<Inner>>);

struct Inner {
    answers: VecDeque<Answer>,
    calls: Vec<Call>,
    issuer: WorkloadKey,
    me: Credentials,
    services: Vec<Credentials>,
    clock: Clock,
    issued: usize,
    revoked: Vec<String>,
}

#[derive(Clone)]
pub(crate) struct Call {
    pub(crate) path: String,
    pub(crate) body: Bytes,
    pub(crate) proof: Option<HeaderValue>,
    pub(crate) timeout: Option<HeaderValue>,
}

impl Script {
    pub(crate) fn then(&self, answer: Answer) {
        self.0.lock().unwrap().answers.push_back(answer);
    }

    /// The calls of the test itself: not those for tokens and revocations.
    pub(crate) fn calls(&self) -> Vec<Call> {
        self.0.lock().unwrap().calls.clone()
    }

    pub(crate) fn issued(&self) -> usize {
        self.0.lock().unwrap().issued
    }

    pub(crate) fn revoke(&self, thumbprint: &str) {
        self.0.lock().unwrap().revoked.push(thumbprint.to_owned());
    }

    /// A token for the agency, as `RenewWit` and `IssueWit` answer it alike.
    pub(crate) fn token(&self) -> Answer {
        let inner = self.0.lock().unwrap();
        let wit = wit(&inner.issuer, &inner.me, &inner.clock);
        Answer::of(&IssueWitResponse { wit, expire_time: None })
    }

    /// Lets time pass; the services keep their own tokens fresh.
    pub(crate) fn pass(&self, time: chrono::Duration) {
        let inner = self.0.lock().unwrap();
        inner.clock.advance(time);
        for own in &inner.services {
            own.set_wit(wit(&inner.issuer, own, &inner.clock)).unwrap();
        }
    }

    /// Whether the connection breaks next.
    fn cuts(&self) -> bool {
        let answers = &mut self.0.lock().unwrap().answers;
        answers.pop_front_if(|answer| matches!(answer, Answer::Cut)).is_some()
    }

    fn next(&self, call: Call) -> Answer {
        if call.path.ends_with("/IssueWit") {
            self.0.lock().unwrap().issued += 1;
            return self.token();
        }
        let mut inner = self.0.lock().unwrap();
        if call.path.ends_with("/ListRevocations") {
            let thumbprints = inner.revoked.clone();
            return Answer::of(&ListRevocationsResponse { thumbprints });
        }
        inner.calls.push(call);
        inner.answers.pop_front().unwrap_or(Answer::Error(Status::internal("not in the script")))
    }
}

fn county() -> TrustDomain {
    TrustDomain::parse("county.example").unwrap()
}

fn wit(issuer: &WorkloadKey, holder: &Credentials, clock: &Clock) -> String {
    let name = Workload::service(&county(), "identity");
    let (who, key) = (holder.workload(), holder.key().public());
    issue_wit(issuer, &name, who, key, clock.now(), chrono::Duration::hours(1)).unwrap()
}

/// A mesh, and what the agency MKT has to connect to it.
pub(crate) struct Parts {
    pub(crate) door: Door,
    pub(crate) me: Credentials,
    pub(crate) trust: Trust,
    pub(crate) clock: Clock,
    pub(crate) script: Script,
}

pub(crate) fn parts() -> Parts {
    let clock = Clock::fixed("2026-11-23T01:00:00Z".parse().unwrap());
    let new =
        |workload| Credentials::new(WorkloadKey::generate().unwrap(), workload, clock.clone());
    let issuer = WorkloadKey::generate().unwrap();
    let trust = Trust::parse(&county(), &jwks([issuer.public()])).unwrap();
    let me = new(Workload::parse("wimse://county.example/agency/MKT").unwrap());
    let services = ["identity", "referral"].map(|name| new(Workload::service(&county(), name)));
    let script = Script(Arc::new(Mutex::new(Inner {
        answers: VecDeque::new(),
        calls: Vec::new(),
        issuer,
        me: me.clone(),
        services: services.to_vec(),
        clock: clock.clone(),
        issued: 0,
        revoked: Vec::new(),
    })));
    script.pass(chrono::Duration::zero());
    let [identity, referral] = services.map(|own| {
        let gate = Gate::new(own, trust.clone(), Revocations::new(), clock.clone());
        guard(gate, POLICY, Scripted(script.clone()))
    });
    let door = Door { identity, referral, script: script.clone() };
    Parts { door, me, trust, clock, script }
}

/// A mesh, as the agency MKT sees it, and its script.
pub(crate) async fn mesh(timeout: Duration) -> (Mesh, Script) {
    let Parts { door, me, trust, clock, script } = parts();
    let mesh = Mesh::over(door, me, trust, clock, timeout).await.unwrap();
    (mesh, script)
}

type Answering = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

/// The one address of the mesh: each path leads to its service.
#[derive(Clone)]
pub(crate) struct Door {
    identity: Guarded<Scripted>,
    referral: Guarded<Scripted>,
    script: Script,
}

impl Service<Request<Body>> for Door {
    type Response = Response<Body>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, io::Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), io::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let identity = request.uri().path().starts_with("/xiezhi.identity");
        if !identity && self.script.cuts() {
            return Box::pin(async { Err(io::ErrorKind::ConnectionReset.into()) });
        }
        let service = if identity { &mut self.identity } else { &mut self.referral };
        let answering = service.call(request);
        Box::pin(async move { answering.await.map_err(|never| match never {}) })
    }
}

#[derive(Clone)]
pub(crate) struct Scripted(Script);

impl NamedService for Scripted {
    const NAME: &'static str = "scripted";
}

impl Service<Request<Body>> for Scripted {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Answering;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Answering {
        let script = self.0.clone();
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            let call = Call {
                path: parts.uri.path().to_owned(),
                body: body.collect().await.unwrap().to_bytes(),
                proof: parts.headers.get("workload-proof-token").cloned(),
                timeout: parts.headers.get("grpc-timeout").cloned(),
            };
            Ok(match script.next(call) {
                Answer::Error(status) => status.into_http(),
                Answer::Messages(messages) => framed(&messages),
                Answer::Silence => std::future::pending().await,
                Answer::Cut => unreachable!("the door cuts it"),
            })
        })
    }
}

/// The messages as gRPC sends them, with a good status in the trailers.
fn framed(messages: &[Vec<u8>]) -> Response<Body> {
    let mut bytes = BytesMut::new();
    for message in messages {
        bytes.put_u8(0);
        bytes.put_u32(u32::try_from(message.len()).unwrap());
        bytes.put_slice(message);
    }
    let mut trailers = HeaderMap::new();
    trailers.insert("grpc-status", HeaderValue::from_static("0"));
    let body = Full::new(bytes.freeze()).with_trailers(async { Some(Ok(trailers)) });
    let mut response = Response::new(Body::new(body));
    let grpc = HeaderValue::from_static("application/grpc");
    response.headers_mut().insert("content-type", grpc);
    response
}
