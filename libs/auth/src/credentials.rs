//! One's own identity: the private key, and the WIT that vouches for it at the moment.

use std::{
    fmt,
    sync::{Arc, PoisonError, RwLock},
};

use chrono::{DateTime, Utc};
use clock::Clock;
use http::HeaderValue;
use types::Workload;

use crate::{Refusal, WorkloadKey, base64url, digest, wit::Claims};

/// Key and current WIT of this workload; a cheap handle.
#[derive(Clone)]
pub struct Credentials(Arc<Inner>);

struct Inner {
    key: WorkloadKey,
    workload: Workload,
    identifier: String,
    clock: Clock,
    held: RwLock<Option<Arc<Held>>>,
}

/// A WIT, ready to be sent.
pub(crate) struct Held {
    pub(crate) header: HeaderValue,
    /// base64url(SHA-256(WIT)), the `wth` of every proof that goes with it.
    pub(crate) wth: String,
    pub(crate) wit: Arc<str>,
    iat: i64,
    exp: i64,
}

impl Credentials {
    /// A workload that has a key and no WIT yet.
    pub fn new(key: WorkloadKey, workload: Workload, clock: Clock) -> Self {
        let identifier = workload.to_string();
        Self(Arc::new(Inner { key, workload, identifier, clock, held: RwLock::new(None) }))
    }

    /// Takes a WIT that the issuer gave, for all who hold this handle. Its signature is for others
    /// to verify; what is checked is that it is of use to this workload.
    ///
    /// # Errors
    /// `WIT_MALFORMED` and its kin, `WIT_SUBJECT` for another workload's, `WIT_KEY` for another
    /// key's. The old WIT then stays.
    pub fn set_wit(&self, wit: String) -> Result<(), Refusal> {
        let claims = Claims::of_own(&wit)?;
        if claims.sub != self.0.identifier {
            return Err(Refusal::WIT_SUBJECT);
        }
        if claims.key()?.thumbprint() != self.0.key.thumbprint() {
            return Err(Refusal::WIT_KEY);
        }
        let header = HeaderValue::from_str(&wit).map_err(|_| Refusal::WIT_MALFORMED)?;
        let wth = base64url(&digest(wit.as_bytes()));
        let held = Held { header, wth, wit: wit.into(), iat: claims.iat, exp: claims.exp };
        *self.0.held.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(held));
        Ok(())
    }

    /// The current WIT, unless there is none or it has expired.
    pub fn wit(&self) -> Option<String> {
        self.held(self.now()).ok().map(|held| held.wit.to_string())
    }

    /// When the current WIT expires.
    pub fn expires_at(&self) -> Option<DateTime<Utc>> {
        self.peek().and_then(|held| DateTime::from_timestamp(held.exp, 0))
    }

    /// Whether there is no WIT, or two thirds of its life have passed.
    pub fn needs_renewal(&self, now: DateTime<Utc>) -> bool {
        self.peek().is_none_or(|held| {
            let age = now.timestamp().saturating_sub(held.iat);
            age.saturating_mul(3) >= held.exp.saturating_sub(held.iat).saturating_mul(2)
        })
    }

    /// The key.
    pub fn key(&self) -> &WorkloadKey {
        &self.0.key
    }

    /// Who this is.
    pub fn workload(&self) -> &Workload {
        &self.0.workload
    }

    /// Who this is, as text.
    pub(crate) fn identifier(&self) -> &str {
        &self.0.identifier
    }

    /// Unix seconds, by this workload's clock.
    pub(crate) fn now(&self) -> i64 {
        self.0.clock.now().timestamp()
    }

    /// The WIT to send at `now` (Unix seconds).
    pub(crate) fn held(&self, now: i64) -> Result<Arc<Held>, Refusal> {
        self.peek().filter(|held| now < held.exp).ok_or(Refusal::NO_CREDENTIALS)
    }

    fn peek(&self) -> Option<Arc<Held>> {
        self.0.held.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Credentials").field(&self.0.identifier).finish()
    }
}
