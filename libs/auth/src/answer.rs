//! The callee's half: signs what a service answers, errors included.

use std::sync::Arc;

use http::{HeaderMap, Response};
use tonic::{Code, Status, body::Body};

use crate::{
    Gate, Refusal, Shape, base64url, digest,
    frames::{
        Collected, Incomplete, MAX_MESSAGE, PREFIX, Sealed, StreamDigest, Whole, collect, message,
    },
    new_jti,
    proof::{LIFETIME_SECONDS, WIT_HEADER, WPT_HEADER, Written},
    wit::Verified,
};

/// To whom an answer is addressed, and what it answers.
#[derive(Clone)]
pub(crate) struct Address {
    pub(crate) gate: Gate,
    pub(crate) caller: Arc<Verified>,
    pub(crate) jti: String,
}

/// What an answer consists of, apart from its status.
enum Content {
    Nothing,
    Message([u8; 32]),
    Stream([u8; 32], u64),
}

impl Address {
    /// Signs what the service answered. An answer that cannot be signed is not given.
    pub(crate) async fn seal(self, response: Response<Body>, shape: Shape) -> Response<Body> {
        if response.headers().contains_key(Status::GRPC_STATUS) {
            return self.seal_trailers_only(response);
        }
        match shape {
            Shape::Unary => self.seal_unary(response).await,
            Shape::ServerStream => self.seal_stream(response),
        }
    }

    /// A refusal by the guard itself: signed, unless nobody is authenticated to address it to.
    pub(crate) fn refuse(self, refusal: Refusal) -> Response<Body> {
        let response = refusal.status().into_http();
        match refusal.code() == Code::Unauthenticated {
            true => response,
            false => self.seal_trailers_only(response),
        }
    }

    fn seal_trailers_only(self, mut response: Response<Body>) -> Response<Body> {
        // Were there a body, the status in the headers would hide it from the caller.
        *response.body_mut() = Body::empty();
        match self.prove(response.headers_mut(), &Content::Nothing) {
            Ok(()) => response,
            Err(refusal) => refusal.status().into_http(),
        }
    }

    async fn seal_unary(self, response: Response<Body>) -> Response<Body> {
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
        self.prove(&mut trailers, &content)?;
        Ok(Whole::body(collected.data, Some(trailers)))
    }

    fn seal_stream(self, response: Response<Body>) -> Response<Body> {
        response.map(|body| {
            Sealed::body(body, move |stream: StreamDigest, trailers: &mut HeaderMap| {
                let (digest, count) = stream.finish()?;
                self.prove(trailers, &Content::Stream(digest, count))
            })
        })
    }

    /// Puts both tokens beside the status: in trailers, or in the headers of a trailers-only answer.
    fn prove(&self, beside: &mut HeaderMap, content: &Content) -> Result<(), Refusal> {
        let credentials = &self.gate.credentials;
        let now = self.gate.now();
        let held = credentials.held(now)?;
        let (digest, count) = match content {
            Content::Nothing => (None, None),
            Content::Message(digest) => (Some(base64url(digest)), None),
            Content::Stream(digest, count) => (Some(base64url(digest)), Some(*count)),
        };
        let details = details(beside).map(|bytes| base64url(&crate::digest(&bytes)));
        let proof = Written {
            aud: &self.caller.subject,
            exp: now + LIFETIME_SECONDS,
            jti: &new_jti().ok_or(Refusal::NO_RANDOMNESS)?,
            wth: &held.wth,
            request_jti: Some(&self.jti),
            digest: digest.as_deref(),
            count,
            status: Some(status_code(beside)),
            details: details.as_deref(),
            ..Written::default()
        };
        let proof = proof.sign(credentials.key())?;
        beside.insert(WIT_HEADER, held.header.clone());
        beside.insert(WPT_HEADER, proof);
        Ok(())
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
