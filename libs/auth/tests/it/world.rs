//! One trust domain in a test: an issuer, a callee behind its guard, a caller, and a forger who can
//! write any token.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::convert::Infallible;

use auth::{
    Credentials, Gate, Revocations, Signed, Trust, WorkloadKey, digest, guard, issue_wit, jwks,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use chrono::{DateTime, Duration, Utc};
use clock::Clock;
use http::{HeaderMap, Request, Response};
use http_body::Frame;
use http_body_util::{BodyExt as _, StreamBody};
use prost::Message as _;
use proto::{
    identity::v1::{
        GetAgencyRequest, identity_service_client::IdentityServiceClient,
        identity_service_server::IdentityServiceServer,
    },
    referral::v1::{
        referral_service_client::ReferralServiceClient,
        referral_service_server::ReferralServiceServer,
    },
};
use serde_json::{Value, json};
use tonic::{Code, Status, body::Body, codegen::http, service::Routes};
use tonic_types::StatusExt as _;
use tower::ServiceExt as _;
use types::{AgencyCode, TrustDomain, Workload};

use crate::depot::{DEPOT, Depot};
use crate::support::{Echo, GET_AGENCY, IDENTITY, REFERRAL};

pub(crate) struct World {
    pub(crate) clock: Clock,
    pub(crate) domain: TrustDomain,
    pub(crate) issuer: WorkloadKey,
    pub(crate) trust: Trust,
    pub(crate) revocations: Revocations,
    pub(crate) gate: Gate,
    pub(crate) callee: Credentials,
    pub(crate) caller: Credentials,
    pub(crate) echo: Echo,
    pub(crate) depot: Depot,
    pub(crate) routes: Routes,
}

impl World {
    pub(crate) fn new() -> Self {
        let clock = Clock::fixed("2026-11-23T01:00:00Z".parse::<DateTime<Utc>>().unwrap());
        let domain = TrustDomain::parse("county.example").unwrap();
        let issuer = WorkloadKey::generate().unwrap();
        let trust = Trust::parse(&domain, &jwks([issuer.public()])).unwrap();
        let revocations = Revocations::new();
        let market = AgencyCode::parse("MKT").unwrap();
        let [callee, caller] =
            [Workload::service(&domain, "referral"), Workload::agency(&domain, &market)].map(
                |workload| {
                    Credentials::new(WorkloadKey::generate().unwrap(), workload, clock.clone())
                },
            );
        let gate = Gate::new(callee.clone(), trust.clone(), revocations.clone(), clock.clone());
        let echo = Echo::default();
        let depot = Depot::new(echo.clone(), clock.clone());
        let routes = mount(&gate, &echo).add_service(guard(gate.clone(), DEPOT, depot.clone()));
        let world = Self {
            clock,
            domain,
            issuer,
            trust,
            revocations,
            gate,
            callee,
            caller,
            echo,
            depot,
            routes,
        };
        world.enrol(&world.callee);
        world.enrol(&world.caller);
        world
    }

    /// Gives a workload its WIT.
    pub(crate) fn enrol(&self, credentials: &Credentials) {
        let wit = issue_wit(
            &self.issuer,
            &Workload::service(&self.domain, "identity"),
            credentials.workload(),
            credentials.key().public(),
            self.clock.now(),
            Duration::hours(1),
        );
        credentials.set_wit(wit.unwrap()).unwrap();
    }

    /// Another workload of the domain, with its WIT.
    pub(crate) fn workload(&self, identifier: &str) -> Credentials {
        let workload = Workload::parse(identifier).unwrap();
        let key = WorkloadKey::generate().unwrap();
        let credentials = Credentials::new(key, workload, self.clock.clone());
        self.enrol(&credentials);
        credentials
    }

    pub(crate) fn now(&self) -> i64 {
        self.clock.now().timestamp()
    }

    pub(crate) fn signed(&self, caller: &Credentials) -> Signed {
        self.signed_through(caller, |_| ())
    }

    /// A signing client behind somebody who changes the answers.
    pub(crate) fn signed_through(
        &self,
        caller: &Credentials,
        change: impl Fn(&mut Answer) + Clone + Send + Sync + 'static,
    ) -> Signed {
        let routes = self.routes.clone();
        let tampered = tower::service_fn(move |request: Request<Body>| {
            let (routes, change) = (routes.clone(), change.clone());
            async move {
                let mut answer = Answer::read(routes.oneshot(request).await.unwrap()).await;
                change(&mut answer);
                Ok::<_, Infallible>(answer.into_response())
            }
        });
        let callee = self.callee.workload().clone();
        Signed::new(tampered, caller.clone(), self.trust.clone(), callee)
            .with_revocations(self.revocations.clone())
    }

    pub(crate) fn identity(&self) -> IdentityServiceClient<Signed> {
        IdentityServiceClient::new(self.signed(&self.caller))
    }

    pub(crate) fn referral(&self) -> ReferralServiceClient<Signed> {
        ReferralServiceClient::new(self.signed(&self.caller))
    }

    pub(crate) fn identity_through(
        &self,
        change: impl Fn(&mut Answer) + Clone + Send + Sync + 'static,
    ) -> IdentityServiceClient<Signed> {
        IdentityServiceClient::new(self.signed_through(&self.caller, change))
    }

    /// Sends a request as it stands, and reports what became of it.
    pub(crate) async fn knock(&self, letter: &Letter) -> Outcome {
        let before = self.echo.calls();
        let answer = Answer::read(self.routes.clone().oneshot(letter.request()).await.unwrap());
        let answer = answer.await;
        let executed = self.echo.calls() > before;
        let beside = answer.beside();
        let status = Status::from_header_map(beside).unwrap();
        Outcome {
            code: status.code(),
            word: reason(&status),
            signed: beside.contains_key("workload-proof-token"),
            executed,
        }
    }
}

/// The callee's services behind the guard.
pub(crate) fn mount(gate: &Gate, echo: &Echo) -> Routes {
    let identity = guard(gate.clone(), IDENTITY, IdentityServiceServer::new(echo.clone()));
    let referral = guard(gate.clone(), REFERRAL, ReferralServiceServer::new(echo.clone()));
    Routes::new(identity).add_service(referral)
}

/// The word in a status's `ErrorInfo`; empty if there is none.
pub(crate) fn reason(status: &Status) -> String {
    status.get_details_error_info().map(|info| info.reason).unwrap_or_default()
}

/// What became of a request.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) code: Code,
    pub(crate) word: String,
    pub(crate) signed: bool,
    pub(crate) executed: bool,
}

impl Outcome {
    /// Refused for failing authentication: unsigned, and without effect.
    pub(crate) fn unauthenticated(word: &str) -> Self {
        Self { code: Code::Unauthenticated, word: word.into(), signed: false, executed: false }
    }

    /// Refused although authenticated: signed, and without effect.
    pub(crate) fn refused(code: Code, word: &str) -> Self {
        Self { code, word: word.into(), signed: true, executed: false }
    }

    pub(crate) fn admitted() -> Self {
        Self { code: Code::Ok, word: String::new(), signed: true, executed: true }
    }
}

/// A request in the hands of a forger: every part can be changed.
#[derive(Clone)]
pub(crate) struct Letter {
    pub(crate) method: &'static str,
    pub(crate) body: Vec<u8>,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) wit_head: Value,
    pub(crate) wit: Value,
    pub(crate) wpt_head: Value,
    pub(crate) wpt: Value,
}

impl Letter {
    /// A `GetAgency` of the caller in which nothing is wrong yet, and no token signed.
    pub(crate) fn of(world: &World) -> Self {
        let message = GetAgencyRequest { name: "agencies/MKT".into() }.encode_to_vec();
        let now = world.now();
        Self {
            method: GET_AGENCY,
            body: framed(&message),
            headers: Vec::new(),
            wit_head: json!({
                "alg": "EdDSA", "typ": "wit+jwt", "kid": world.issuer.thumbprint()
            }),
            wit: json!({
                "iss": "wimse://county.example/service/identity",
                "sub": world.caller.workload().to_string(),
                "iat": now, "exp": now + 600, "jti": "AAAAAAAAAAAAAAAAAAAAAA",
                "cnf": { "jwk": world.caller.key().public_jwk() },
            }),
            wpt_head: json!({ "alg": "EdDSA", "typ": "wpt+jwt" }),
            wpt: json!({
                "aud": world.callee.workload().to_string(),
                "exp": now + 60,
                "jti": "BBBBBBBBBBBBBBBBBBBBBB",
                "xiezhi/mth": GET_AGENCY,
                "xiezhi/dig": b64(&digest(&message)),
            }),
        }
    }

    /// Signs the WIT by the issuer and the WPT by the caller, with the right `wth` unless set.
    pub(crate) fn seal(self, world: &World) -> Self {
        let wit = jws(&self.wit_head, &self.wit, &world.issuer);
        self.with_wit(wit, world)
    }

    /// Takes this WIT, and signs the WPT by the caller.
    pub(crate) fn with_wit(mut self, wit: String, world: &World) -> Self {
        if self.wpt.get("wth").is_none() {
            self.wpt["wth"] = b64(&digest(wit.as_bytes())).into();
        }
        let wpt = jws(&self.wpt_head, &self.wpt, world.caller.key());
        self.with(wit, wpt)
    }

    /// Takes both tokens as they are.
    pub(crate) fn with(mut self, wit: String, wpt: String) -> Self {
        self.headers.push(("workload-identity-token", wit));
        self.headers.push(("workload-proof-token", wpt));
        self
    }

    fn request(&self) -> Request<Body> {
        let mut request = Request::post(self.method)
            .header("content-type", "application/grpc")
            .header("te", "trailers");
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        let body = http_body_util::Full::new(Bytes::from(self.body.clone()));
        request.body(Body::new(body)).unwrap()
    }
}

/// An answer in the hands of somebody between callee and caller.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) http: http::StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) data: Vec<u8>,
    pub(crate) trailers: Option<HeaderMap>,
}

impl Answer {
    async fn read(response: Response<Body>) -> Self {
        let (parts, body) = response.into_parts();
        let collected = body.collect().await.unwrap();
        let trailers = collected.trailers().cloned();
        let data = collected.to_bytes().to_vec();
        Self { http: parts.status, headers: parts.headers, data, trailers }
    }

    fn into_response(self) -> Response<Body> {
        let data = Some(self.data).filter(|data| !data.is_empty());
        let frames =
            [data.map(|data| Frame::data(Bytes::from(data))), self.trailers.map(Frame::trailers)];
        let frames = frames.into_iter().flatten().map(Ok::<_, Status>).collect::<Vec<_>>();
        let mut response = Response::new(Body::new(StreamBody::new(tokio_stream::iter(frames))));
        *response.status_mut() = self.http;
        *response.headers_mut() = self.headers;
        response
    }

    /// Where the status stands.
    pub(crate) fn beside(&self) -> &HeaderMap {
        self.trailers.as_ref().unwrap_or(&self.headers)
    }

    pub(crate) fn beside_mut(&mut self) -> &mut HeaderMap {
        self.trailers.as_mut().unwrap_or(&mut self.headers)
    }
}

pub(crate) fn b64(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A compact JWS of anything.
pub(crate) fn jws(header: &Value, claims: &Value, key: &WorkloadKey) -> String {
    jws_by(header, claims, |signed| key.sign(signed).as_ref().to_vec())
}

pub(crate) fn jws_by(
    header: &Value,
    claims: &Value,
    sign: impl FnOnce(&[u8]) -> Vec<u8>,
) -> String {
    let signed =
        format!("{}.{}", b64(header.to_string().as_bytes()), b64(claims.to_string().as_bytes()));
    let signature = sign(signed.as_bytes());
    format!("{signed}.{}", b64(&signature))
}

/// One gRPC frame.
pub(crate) fn framed(message: &[u8]) -> Vec<u8> {
    let length = u32::try_from(message.len()).unwrap().to_be_bytes();
    [&[0][..], &length, message].concat()
}
