//! The callee's half: signs what a service answers, errors included.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use http::{HeaderMap, Response};
use tonic::{Code, Status, body::Body};

use crate::{
    Gate, Refusal, Shape, base64url,
    credentials::Held,
    digest,
    frames::{
        Collected, Incomplete, MAX_MESSAGE, PREFIX, Sealed, StreamDigest, Whole, collect, message,
    },
    new_jti,
    proof::{LIFETIME_SECONDS, WIT_HEADER, WPT_HEADER, Written, header},
    wit::Verified,
};

/// A proof that is older than this, in seconds, when its answer leaves is not sent any more: what
/// is left of its life belongs to the way, and to a clock that is ahead.
const FRESH_SECONDS: i64 = LIFETIME_SECONDS / 2;

/// What proves that this workload gave this answer with status OK; see
/// [`crate::Attestation::answer`].
#[derive(Clone)]
#[non_exhaustive]
pub struct Answer {
    /// The Workload Identity Token of who answers.
    pub wit: Arc<str>,
    /// Its Workload Proof Token for the answer.
    pub wpt: String,
    /// SHA-256 of the answer's protobuf bytes.
    pub digest: [u8; 32],
}

/// Tokens stay out of logs.
impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer").finish_non_exhaustive()
    }
}

/// To whom an answer is addressed, and what it answers.
pub(crate) struct Address {
    gate: Gate,
    pub(crate) caller: Arc<Verified>,
    pub(crate) jti: String,
    /// What was signed before the answer left, if anything.
    ahead: Mutex<Option<Proof>>,
}

/// A signed answer, with the WIT that goes with it.
#[derive(Clone)]
struct Proof {
    held: Arc<Held>,
    wpt: String,
    exp: i64,
    content: Content,
}

/// What an answer consists of, apart from its status.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Content {
    Nothing,
    Message([u8; 32]),
    Stream([u8; 32], u64),
}

impl Address {
    pub(crate) fn new(gate: Gate, caller: Arc<Verified>, jti: String) -> Self {
        Self { gate, caller, jti, ahead: Mutex::default() }
    }

    /// Signs what the service answered. An answer that cannot be signed is not given.
    pub(crate) async fn seal(
        self: Arc<Self>,
        response: Response<Body>,
        shape: Shape,
    ) -> Response<Body> {
        if response.headers().contains_key(Status::GRPC_STATUS) {
            return self.seal_trailers_only(response);
        }
        match shape {
            Shape::Unary | Shape::ClientStream => self.seal_unary(response).await,
            Shape::ServerStream => self.seal_stream(response),
        }
    }

    /// A refusal by the guard itself: signed, unless nobody is authenticated to address it to.
    pub(crate) fn refuse(&self, refusal: Refusal) -> Response<Body> {
        let response = refusal.status().into_http();
        match refusal.code() == Code::Unauthenticated {
            true => response,
            false => self.seal_trailers_only(response),
        }
    }

    /// Signs a message with status OK that has not left yet, or finds it signed.
    pub(crate) fn sign_ahead(&self, digest: [u8; 32]) -> Result<Answer, Refusal> {
        let (now, content) = (self.gate.now(), Content::Message(digest));
        let mut ahead = self.ahead.lock().unwrap_or_else(PoisonError::into_inner);
        let proof = match ahead.take().filter(|proof| proof.serves(content, now)) {
            Some(proof) => proof,
            None => self.sign(content, Code::Ok as i32, None, now)?,
        };
        let proof = ahead.insert(proof);
        Ok(Answer { wit: Arc::clone(&proof.held.wit), wpt: proof.wpt.clone(), digest })
    }

    fn seal_trailers_only(&self, mut response: Response<Body>) -> Response<Body> {
        // Were there a body, the status in the headers would hide it from the caller.
        *response.body_mut() = Body::empty();
        match self.prove(response.headers_mut(), Content::Nothing) {
            Ok(()) => response,
            Err(refusal) => refusal.status().into_http(),
        }
    }

    async fn seal_unary(&self, response: Response<Body>) -> Response<Body> {
        let (parts, body) = response.into_parts();
        let sealed = match collect(body, MAX_MESSAGE + PREFIX).await {
            Ok(collected) => self.seal_whole(collected),
            Err(Incomplete::TooLarge) => Err(Refusal::MESSAGE_TOO_LARGE.status()),
            Err(Incomplete::Broken(status)) => Err(status),
        };
        match sealed {
            Ok(body) => Response::from_parts(parts, body),
            Err(status) => self.seal_trailers_only(status.into_http()),
        }
    }

    fn seal_whole(&self, collected: Collected) -> Result<Body, Status> {
        let mut trailers =
            collected.trailers.ok_or_else(|| Status::internal("an answer without trailers"))?;
        let content = match collected.data.is_empty() {
            true => Content::Nothing,
            false => Content::Message(digest(message(&collected.data)?)),
        };
        self.prove(&mut trailers, content)?;
        Ok(Whole::body(collected.data, Some(trailers)))
    }

    fn seal_stream(self: Arc<Self>, response: Response<Body>) -> Response<Body> {
        response.map(|body| {
            Sealed::body(body, move |stream: StreamDigest, trailers: &mut HeaderMap| {
                let (digest, count) = stream.finish()?;
                self.prove(trailers, Content::Stream(digest, count))
            })
        })
    }

    /// Puts both tokens beside the status: in trailers, or in the headers of a trailers-only answer.
    fn prove(&self, beside: &mut HeaderMap, content: Content) -> Result<(), Refusal> {
        let now = self.gate.now();
        let status = status_code(beside);
        let details = details(beside).map(|bytes| base64url(&digest(&bytes)));
        let ahead = match (status == Code::Ok as i32, &details) {
            (true, None) => self.ahead.lock().unwrap_or_else(PoisonError::into_inner).take(),
            (true, Some(_)) | (false, _) => None,
        };
        let proof = match ahead.filter(|proof| proof.serves(content, now)) {
            Some(proof) => proof,
            None => self.sign(content, status, details.as_deref(), now)?,
        };
        beside.insert(WIT_HEADER, proof.held.header.clone());
        beside.insert(WPT_HEADER, header(proof.wpt)?);
        Ok(())
    }

    fn sign(
        &self,
        content: Content,
        status: i32,
        details: Option<&str>,
        now: i64,
    ) -> Result<Proof, Refusal> {
        let credentials = &self.gate.credentials;
        let held = credentials.held(now)?;
        let (digest, count) = match content {
            Content::Nothing => (None, None),
            Content::Message(digest) => (Some(base64url(&digest)), None),
            Content::Stream(digest, count) => (Some(base64url(&digest)), Some(count)),
        };
        let exp = now + LIFETIME_SECONDS;
        let written = Written {
            aud: &self.caller.subject,
            exp,
            jti: &new_jti().ok_or(Refusal::NO_RANDOMNESS)?,
            wth: &held.wth,
            request_jti: Some(&self.jti),
            digest: digest.as_deref(),
            count,
            status: Some(status),
            details,
            ..Written::default()
        };
        let wpt = written.sign(credentials.key())?;
        Ok(Proof { held, wpt, exp, content })
    }
}

impl Proof {
    /// Whether it proves this content with status OK, and still can at `now`.
    fn serves(&self, content: Content, now: i64) -> bool {
        let left = self.exp - now;
        self.content == content
            && (LIFETIME_SECONDS - FRESH_SECONDS..=LIFETIME_SECONDS).contains(&left)
    }
}

/// The gRPC status beside which a proof stands; UNKNOWN (2) when there is none, as gRPC has it.
pub(crate) fn status_code(beside: &HeaderMap) -> i32 {
    let code = beside.get(Status::GRPC_STATUS).map(|code| Code::from_bytes(code.as_bytes()));
    code.unwrap_or(Code::Unknown) as i32
}

/// The decoded `grpc-status-details-bin`, if there is one that can be decoded. Padding is optional
/// there (gRPC over HTTP/2, "Binary-Header").
pub(crate) fn details(beside: &HeaderMap) -> Option<Vec<u8>> {
    use base64::{
        Engine as _, alphabet,
        engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
    };
    const LENIENT: GeneralPurpose = GeneralPurpose::new(
        &alphabet::STANDARD,
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
    );
    LENIENT.decode(beside.get(Status::GRPC_STATUS_DETAILS)?.as_bytes()).ok()
}
