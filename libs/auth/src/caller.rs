//! What the guard tells a service about the call it admitted.

use std::sync::Arc;

use types::{AgencyCode, Workload};

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

/// What proves that the caller made this request; to be kept in the transaction of its effect.
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
}

impl Attestation {
    pub(crate) fn new(wit: Arc<str>, wpt: String, jti: String, request_digest: [u8; 32]) -> Self {
        Self { wit, wpt, jti, request_digest }
    }

    /// The attestation of a request that the guard admitted.
    pub fn of<T>(request: &tonic::Request<T>) -> Option<&Self> {
        request.extensions().get()
    }
}

/// Tokens stay out of logs.
impl std::fmt::Debug for Attestation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Attestation").field("jti", &self.jti).finish_non_exhaustive()
    }
}
