//! Stands before a client: signs every request, believes no answer that is not proven.

use std::{
    fmt, mem,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode, request::Parts};
use tonic::{Code, Status, body::Body};
use tower::{Service, ServiceExt as _, util::BoxCloneSyncService};
use types::Workload;

use crate::{
    Credentials, Refusal, Revocations, Trust,
    answer::{details, status_code},
    base64url, digest,
    frames::{Collected, Incomplete, MAX_MESSAGE, PREFIX, StreamDigest, Whole, collect, message},
    new_jti,
    proof::{
        Claims, LIFETIME_SECONDS, Presented, WIT_HEADER, WPT_HEADER, Written, has_tokens, header,
        txn_token,
    },
    pulse::Pulse,
    refusal::told,
    says_digest,
};

/// Largest answer in all, messages of a stream together, in bytes.
const MAX_ANSWER: usize = 16 * 1024 * 1024;
/// A call that is silent for so long is not waited for: nothing of it leaves, no answer comes.
const ANSWER_TIME: Duration = Duration::from_secs(120);

type Inner = BoxCloneSyncService<Request<Body>, Response<Body>, Status>;

/// A channel to one callee, for `XClient<Signed>`. Every request is signed and must be one message;
/// the answer, a stream included, is released when its proof has been verified, and not before.
///
/// An unproven answer is `DATA_LOSS` with a reason that begins with `ANSWER_`; but an unproven
/// `UNAUTHENTICATED` is handed on (the callee cannot sign it), and an unproven answer that says try
/// again (`UNAVAILABLE`, HTTP 503 and their like) is `UNAVAILABLE` with `ANSWER_UNPROVEN`.
///
/// A call without an answer after 120 s is `DEADLINE_EXCEEDED` with `ANSWER_LATE`. For calls by
/// [`Signed::streaming`] the time begins anew with each piece of the request that leaves.
#[derive(Clone)]
pub struct Signed {
    inner: Inner,
    party: Arc<Party>,
    streaming: bool,
    longest_silence: Duration,
}

#[derive(Clone)]
struct Party {
    credentials: Credentials,
    trust: Trust,
    revocations: Revocations,
    callee: Workload,
    callee_identifier: String,
}

impl Signed {
    /// Signs what goes to `callee` through `inner`, a `tonic::transport::Channel` or
    /// `tonic::service::Routes`. The callee's name comes from configuration: only it may answer.
    pub fn new<S>(inner: S, credentials: Credentials, trust: Trust, callee: Workload) -> Self
    where
        S: Service<Request<Body>, Response = Response<Body>> + Clone + Send + Sync + 'static,
        S::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
        S::Future: Send + 'static,
    {
        let inner = inner.map_err(|error| Status::from_error(error.into()));
        let callee_identifier = callee.to_string();
        let revocations = Revocations::new();
        let party = Party { credentials, trust, revocations, callee, callee_identifier };
        Self {
            inner: BoxCloneSyncService::new(inner),
            party: Arc::new(party),
            streaming: false,
            longest_silence: ANSWER_TIME,
        }
    }

    /// The same channel, refusing answers by revoked keys as well.
    #[must_use]
    pub fn with_revocations(self, revocations: Revocations) -> Self {
        let party = Party { revocations, ..Party::clone(&self.party) };
        Self { party: Arc::new(party), ..self }
    }

    /// The same channel for client-streaming methods, and only for those: requests pass through as
    /// they are, unbuffered and under the flow control of HTTP/2, and their proof says nothing of
    /// their messages. Answers are verified as ever.
    ///
    /// It is a handle and not a mark on each request, because a mark can be forgotten, and is lost
    /// wherever a request is rebuilt. The wrong handle does no harm: the callee refuses a unary call
    /// by this one (`DIGEST_MISSING`) and a stream by the other (`DIGEST_UNEXPECTED`, or already
    /// here, as it is not one message) before its service sees anything.
    ///
    /// A stream may take as long as it moves. Whoever wants a limit for the whole of it sets the
    /// deadline of the request (`tonic::Request::set_timeout`).
    #[must_use]
    pub fn streaming(&self) -> Self {
        Self { streaming: true, ..self.clone() }
    }
}

impl fmt::Debug for Signed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signed").field("callee", &self.party.callee_identifier).finish()
    }
}

impl Service<Request<Body>> for Signed {
    type Response = Response<Body>;
    type Error = Status;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Status>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Status>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let Self { streaming, longest_silence, .. } = *self;
        let party = Arc::clone(&self.party);
        let copy = self.inner.clone();
        let mut inner = mem::replace(&mut self.inner, copy);
        Box::pin(async move {
            let pulse = Pulse::new();
            let call = async {
                let (request, jti) = match streaming {
                    true => party.sign_opening(request.map(|body| pulse.feel(body)))?,
                    false => party.sign(request).await?,
                };
                let response = inner.call(request).await?;
                party.verify(response, &jti).await
            };
            pulse.wait(longest_silence, call).await.unwrap_or_else(|| {
                let sentence = format!("the answer is not proven: {}", Refusal::LATE);
                Err(told(Code::DeadlineExceeded, "ANSWER_LATE".to_owned(), sentence))
            })
        })
    }
}

impl Party {
    /// Adds both tokens to a request of one message; returns it with its `jti`.
    async fn sign(&self, request: Request<Body>) -> Result<(Request<Body>, String), Status> {
        let (mut parts, body) = request.into_parts();
        let data = match collect(body, MAX_MESSAGE + PREFIX).await {
            Ok(collected) => collected.data,
            Err(Incomplete::TooLarge) => return Err(Refusal::MESSAGE_TOO_LARGE.status()),
            Err(Incomplete::Broken(status)) => return Err(status),
        };
        let content = base64url(&digest(message(&data)?));
        let jti = self.add_tokens(&mut parts, Some(&content))?;
        Ok((Request::from_parts(parts, Whole::body(data, None)), jti))
    }

    /// Adds both tokens to a request of many messages, before the first.
    fn sign_opening(&self, request: Request<Body>) -> Result<(Request<Body>, String), Status> {
        let (mut parts, body) = request.into_parts();
        let jti = self.add_tokens(&mut parts, None)?;
        Ok((Request::from_parts(parts, body), jti))
    }

    fn add_tokens(&self, parts: &mut Parts, digest: Option<&str>) -> Result<String, Status> {
        let now = self.credentials.now();
        let held = self.credentials.held(now)?;
        let jti = new_jti().ok_or(Refusal::NO_RANDOMNESS)?;
        let tth =
            txn_token(&parts.headers)?.map(|token| base64url(&crate::digest(token.as_bytes())));
        let proof = Written {
            aud: &self.callee_identifier,
            exp: now + LIFETIME_SECONDS,
            jti: &jti,
            wth: &held.wth,
            tth: tth.as_deref(),
            method: Some(parts.uri.path()),
            digest,
            ..Written::default()
        };
        let proof = proof.sign(self.credentials.key())?;
        parts.headers.insert(WIT_HEADER, held.header.clone());
        parts.headers.insert(WPT_HEADER, header(proof)?);
        Ok(jti)
    }

    /// Gathers the answer and lets it through when it is proven.
    async fn verify(&self, response: Response<Body>, jti: &str) -> Result<Response<Body>, Status> {
        let (mut parts, body) = response.into_parts();
        let Collected { data, mut trailers } = match collect(body, MAX_ANSWER).await {
            Ok(collected) => collected,
            Err(Incomplete::TooLarge) => return Err(Refusal::MESSAGE_TOO_LARGE.answer_status()),
            Err(Incomplete::Broken(status)) => return Err(status),
        };
        // A status in the headers ends the answer for tonic: what follows would not be looked at.
        let trailers_only = parts.headers.contains_key(Status::GRPC_STATUS);
        if trailers_only && (!data.is_empty() || trailers.is_some()) {
            return Err(Refusal::MESSAGE_MALFORMED.answer_status());
        }
        let mut none = HeaderMap::new();
        let beside = match trailers_only {
            true => &mut parts.headers,
            false => trailers.as_mut().unwrap_or(&mut none),
        };
        if !has_tokens(beside) {
            return Err(unproven(parts.status, beside));
        }
        let details_proven = self.check(beside, &data, jti).map_err(Refusal::answer_status)?;
        if !details_proven {
            beside.remove(Status::GRPC_STATUS_DETAILS);
        }
        Ok(Response::from_parts(parts, Whole::body(data, trailers)))
    }

    /// Checks 1, 2, 3 and 5, mirrored. Whether the status details are proven as well.
    fn check(&self, beside: &HeaderMap, data: &Bytes, jti: &str) -> Result<bool, Refusal> {
        let now = self.credentials.now();
        let presented = Presented::read(beside)?;

        let sender = self.trust.verify(presented.wit, now)?;
        if self.revocations.contains(&sender.thumbprint) {
            return Err(Refusal::WIT_REVOKED);
        }
        if sender.workload != self.callee {
            return Err(Refusal::CALLEE);
        }

        let payload = presented.open(&sender)?;
        let claims = Claims::read(&payload)?;
        claims.check(&sender, self.credentials.identifier(), now)?;
        claims.jti()?;
        if !claims.answers(jti) {
            return Err(Refusal::REQUEST);
        }

        check_content(&claims, data)?;
        if claims.status != Some(status_code(beside)) {
            return Err(Refusal::STATUS);
        }
        match (&claims.details, details(beside)) {
            (None, None) => Ok(false),
            (None, Some(_)) => Ok(false),
            (Some(claim), Some(actual)) if says_digest(claim.as_str(), &digest(&actual)) => {
                Ok(true)
            }
            (Some(_), _) => Err(Refusal::DETAILS),
        }
    }
}

/// `xiezhi/dig` says what arrived: a stream's with `xiezhi/cnt`, one message's without.
fn check_content(claims: &Claims<'_>, data: &Bytes) -> Result<(), Refusal> {
    let claimed = claims.digest.as_ref();
    let says = |digest: &[u8; 32]| claimed.is_some_and(|it| says_digest(it.as_str(), digest));
    let holds = match claims.count {
        Some(count) => {
            let mut stream = StreamDigest::new();
            stream.feed(data)?;
            let (digest, counted) = stream.finish()?;
            counted == count && says(&digest)
        }
        None if data.is_empty() => claimed.is_none(),
        None => says(&digest(message(data)?)),
    };
    match (holds, claimed) {
        (true, _) => Ok(()),
        (false, None) => Err(Refusal::DIGEST_MISSING),
        (false, Some(_)) => Err(Refusal::DIGEST_MISMATCH),
    }
}

/// What a caller is told of an answer without any proof: that it failed, not what it says.
fn unproven(http: StatusCode, beside: &HeaderMap) -> Status {
    let code = beside.get(Status::GRPC_STATUS).map(HeaderValue::as_bytes).map(Code::from_bytes);
    let again =
        [Code::Unavailable, Code::ResourceExhausted, Code::DeadlineExceeded, Code::Cancelled];
    if http == StatusCode::OK && code == Some(Code::Unauthenticated) {
        let mut safe = beside.clone();
        // tonic takes it for granted that the details can be decoded.
        if details(&safe).is_none() {
            safe.remove(Status::GRPC_STATUS_DETAILS);
        }
        if let Some(status) = Status::from_header_map(&safe) {
            return status;
        }
    }
    let busy = matches!(http.as_u16(), 429 | 502 | 503 | 504);
    if busy || code.is_some_and(|code| again.contains(&code)) {
        let sentence = "the callee, or something before it, asks to try again; not proven";
        return told(Code::Unavailable, "ANSWER_UNPROVEN".to_owned(), sentence.to_owned());
    }
    Refusal::UNPROVEN.answer_status()
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use clock::Clock;
    use http_body::Frame;
    use http_body_util::{BodyExt as _, StreamBody};
    use tokio_stream::StreamExt as _;
    use tonic_types::StatusExt as _;

    use super::*;
    use crate::{WorkloadKey, issue_wit, jwks};

    const LONGEST: Duration = Duration::from_millis(600);

    /// Sends nine pieces, one each third of [`LONGEST`], to a callee that then answers unproven.
    async fn sent(streaming: bool) -> String {
        let domain = types::TrustDomain::parse("county.example").unwrap();
        let (key, clock) = (WorkloadKey::generate().unwrap(), Clock::system());
        let trust = Trust::parse(&domain, &jwks([key.public()])).unwrap();
        let workload = Workload::service(&domain, "one");
        let hour = chrono::Duration::hours(1);
        let wit = issue_wit(&key, &workload, &workload, key.public(), clock.now(), hour).unwrap();
        let credentials = Credentials::new(key, workload.clone(), clock);
        credentials.set_wit(wit).unwrap();

        let callee = tower::service_fn(|request: Request<Body>| async {
            request.into_body().collect().await.unwrap();
            Ok::<_, Infallible>(Response::new(Body::empty()))
        });
        let signed = Signed {
            streaming,
            longest_silence: LONGEST,
            ..Signed::new(callee, credentials, trust, workload)
        };
        let pieces = tokio_stream::iter(0..9).then(|_| async {
            tokio::time::sleep(LONGEST / 3).await;
            Ok::<_, Status>(Frame::data(Bytes::from_static(&[0, 0, 0, 0, 0])))
        });
        let request = Request::new(Body::new(StreamBody::new(pieces)));
        let status = signed.oneshot(request).await.unwrap_err();
        status.get_details_error_info().unwrap().reason
    }

    #[tokio::test]
    async fn only_a_stream_may_take_longer_than_the_longest_silence() {
        assert_eq!(sent(true).await, "ANSWER_UNPROVEN", "it was waited for");
        assert_eq!(sent(false).await, "ANSWER_LATE");
    }
}
