//! What the guard tells a service about the call it admitted.

use std::sync::Arc;

use types::{AgencyCode, Workload};

use crate::{Answer, Refusal, answer::Address, digest};

/// The authenticated caller of a request. Only [`crate::guard`] makes one.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Caller {
    /// Who calls.
    pub workload: Workload,
    /// RFC 7638 thumbprint of the key that signed the call.
    pub thumbprint: Arc<str>,
}

impl Caller {
    pub(crate) fn new(workload: Workload, thumbprint: Arc<str>) -> Self {
        Self { workload, thumbprint }
    }

    /// The caller that the guard admitted; `None` for an anonymous call of a method for anyone.
    pub fn of<T>(request: &tonic::Request<T>) -> Option<&Self> {
        request.extensions().get()
    }

    /// The agency, when an agency's system calls.
    pub fn agency(&self) -> Option<AgencyCode> {
        self.workload.agency_code()
    }

    /// Whether it is the operator of the trust domain.
    pub fn is_operator(&self) -> bool {
        self.workload.is_service("operator")
    }
}

/// What proves that the caller made this request; to be kept in the transaction of its effect,
/// beside the [`Answer`] that it will be given. A client-streaming call has none: its proof says
/// nothing of its messages.
#[derive(Clone)]
#[non_exhaustive]
pub struct Attestation {
    /// The caller's Workload Identity Token.
    pub wit: Arc<str>,
    /// The Workload Proof Token of this request.
    pub wpt: String,
    /// Its `jti`.
    pub jti: String,
    /// SHA-256 of the request's protobuf bytes.
    pub request_digest: [u8; 32],
    address: Arc<Address>,
}

impl Attestation {
    pub(crate) fn new(wpt: String, request_digest: [u8; 32], address: Arc<Address>) -> Self {
        let (wit, jti) = (Arc::clone(&address.caller.wit), address.jti.clone());
        Self { wit, wpt, jti, request_digest, address }
    }

    /// The attestation of a request that the guard admitted.
    pub fn of<T>(request: &tonic::Request<T>) -> Option<&Self> {
        request.extensions().get()
    }

    /// Signs the answer to this unary request before it is given, so that it can be kept where its
    /// effect is: `response` is the protobuf bytes of the message, the status OK. The guard sends
    /// this very proof if this very message leaves soon; any other answer it signs anew. Asked again
    /// (a transaction is repeated), it is the same for the same bytes; for others the last one
    /// counts.
    ///
    /// # Errors
    /// `NO_CREDENTIALS`, `NO_RANDOMNESS`.
    pub fn answer(&self, response: &[u8]) -> Result<Answer, Refusal> {
        self.address.sign_ahead(digest(response))
    }
}

/// Tokens stay out of logs.
impl std::fmt::Debug for Attestation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Attestation").field("jti", &self.jti).finish_non_exhaustive()
    }
}
