//! Workload Identity Tokens: issued by `identity`, read by everyone.

use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};
use serde::Deserialize;
use serde_json::{Value, json};
use types::Workload;

use crate::{
    PublicKey, Refusal, SKEW_SECONDS, WorkloadKey,
    jws::{self, Compact},
    new_jti,
};

/// Longest life of a WIT, in seconds. It bounds how long a revoked key has to be remembered.
pub const MAX_WIT_SECONDS: i64 = 3600;

/// Issues a WIT to `sub`, bound to its key. A lifetime above [`MAX_WIT_SECONDS`] is cut to it.
///
/// # Errors
/// `NO_RANDOMNESS`.
pub fn issue_wit(
    issuer: &WorkloadKey,
    iss: &Workload,
    sub: &Workload,
    cnf: &PublicKey,
    now: DateTime<Utc>,
    lifetime: Duration,
) -> Result<String, Refusal> {
    let seconds = lifetime.num_seconds().clamp(1, MAX_WIT_SECONDS);
    let claims = json!({
        "iss": iss.to_string(),
        "sub": sub.to_string(),
        "iat": now.timestamp(),
        "exp": now.timestamp() + seconds,
        "jti": new_jti().ok_or(Refusal::NO_RANDOMNESS)?,
        "cnf": { "jwk": cnf.jwk() },
    });
    jws::sign(&jws::header("wit+jwt", issuer), &claims, issuer)
}

/// The claims of a WIT.
#[derive(Deserialize)]
pub(crate) struct Claims {
    pub(crate) sub: String,
    pub(crate) iat: i64,
    pub(crate) exp: i64,
    nbf: Option<i64>,
    cnf: Confirmation,
}

#[derive(Deserialize)]
struct Confirmation {
    jwk: Value,
}

impl Claims {
    pub(crate) fn read(payload: &[u8]) -> Result<Self, Refusal> {
        serde_json::from_slice(payload).map_err(|_| Refusal::WIT_MALFORMED)
    }

    /// Reads the claims of a token without verifying it: one's own, fresh from the issuer.
    pub(crate) fn of_own(wit: &str) -> Result<Self, Refusal> {
        let compact = Compact::split(wit).ok_or(Refusal::WIT_MALFORMED)?;
        compact.open(&jws::WIT)?;
        Self::read(&compact.payload().ok_or(Refusal::WIT_MALFORMED)?)
    }

    pub(crate) fn key(&self) -> Result<PublicKey, Refusal> {
        PublicKey::from_value(&self.cnf.jwk).map_err(|_| Refusal::WIT_KEY)
    }
}

/// A WIT that was verified, with everything that a call needs of it.
pub(crate) struct Verified {
    pub(crate) wit: Arc<str>,
    /// SHA-256 of the token's bytes, which `wth` must say.
    pub(crate) hash: [u8; 32],
    pub(crate) workload: Workload,
    /// The identifier as text, the `aud` of the answer.
    pub(crate) subject: String,
    pub(crate) key: PublicKey,
    pub(crate) thumbprint: Arc<str>,
    pub(crate) valid_from: i64,
    pub(crate) exp: i64,
}

impl Verified {
    /// The last steps of verification, after the signature: times, subject, key. Without `now`, for
    /// a token of the past, the times are not compared with it.
    pub(crate) fn new(
        wit: &str,
        hash: [u8; 32],
        payload: &[u8],
        domain: &types::TrustDomain,
        now: Option<i64>,
    ) -> Result<Self, Refusal> {
        let claims = Claims::read(payload)?;
        let valid_from = claims.iat.max(claims.nbf.unwrap_or(claims.iat));
        if let Some(now) = now {
            times(valid_from, claims.exp, now)?;
        }
        if claims.exp.saturating_sub(claims.iat) > MAX_WIT_SECONDS {
            return Err(Refusal::WIT_LIFETIME);
        }
        let workload = Workload::parse(&claims.sub).ok_or(Refusal::WIT_SUBJECT)?;
        if workload.domain != *domain {
            return Err(Refusal::WIT_DOMAIN);
        }
        let key = claims.key()?;
        Ok(Self {
            wit: wit.into(),
            hash,
            workload,
            thumbprint: key.thumbprint().into(),
            subject: claims.sub,
            key,
            valid_from,
            exp: claims.exp,
        })
    }

    /// The times again, for a token from the cache.
    pub(crate) fn still_valid(&self, now: i64) -> Result<(), Refusal> {
        times(self.valid_from, self.exp, now)
    }
}

/// `exp` and `iat` with the skew, RFC 7519 sections 4.1.4 to 4.1.6.
fn times(valid_from: i64, exp: i64, now: i64) -> Result<(), Refusal> {
    if exp.saturating_add(SKEW_SECONDS) <= now {
        return Err(Refusal::WIT_EXPIRED);
    }
    if valid_from > now.saturating_add(SKEW_SECONDS) {
        return Err(Refusal::WIT_FROM_THE_FUTURE);
    }
    Ok(())
}
