//! The trust anchors of one trust domain, and the WITs verified under them.
//!
//! Anchors come from configuration; nothing inside a token ever says where to find a key.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, PoisonError, RwLock},
};

use quick_cache::sync::Cache;
use serde_json::{Value, json};
use types::TrustDomain;

use crate::{
    KeyError, PublicKey, Refusal, digest,
    jws::{self, Compact},
    wit::Verified,
};

/// Verified WITs kept; about 2 KiB each.
const CACHED_WITS: usize = 4096;

/// The anchors of a trust domain; a cheap handle, replaced for all who hold it.
#[derive(Clone)]
pub struct Trust {
    domain: TrustDomain,
    current: Arc<RwLock<Arc<Anchors>>>,
}

/// Keys and cache live and die together, so that no WIT outlives the anchor that vouched for it.
struct Anchors {
    keys: HashMap<String, PublicKey>,
    verified: Cache<[u8; 32], Arc<Verified>>,
}

impl Trust {
    /// Reads the JWKS (RFC 7517) of the domain's issuer: one key, or two while it is rotated. Its
    /// other members are not this crate's, and are passed over.
    ///
    /// # Errors
    /// [`KeyError`] when it is no JWKS, has no key, or any key is not acceptable.
    pub fn parse(domain: &TrustDomain, jwks: &str) -> Result<Self, KeyError> {
        let anchors = Arc::new(Anchors::parse(jwks)?);
        Ok(Self { domain: domain.clone(), current: Arc::new(RwLock::new(anchors)) })
    }

    /// Replaces the anchors. WITs verified under the old ones are verified again.
    ///
    /// # Errors
    /// As [`Trust::parse`]; the old anchors then stay.
    pub fn replace(&self, jwks: &str) -> Result<(), KeyError> {
        let anchors = Arc::new(Anchors::parse(jwks)?);
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = anchors;
        Ok(())
    }

    /// The trust domain.
    pub fn domain(&self) -> &TrustDomain {
        &self.domain
    }

    /// Verifies a WIT, or finds it verified (check 2 without revocation).
    pub(crate) fn verify(&self, wit: &str, now: i64) -> Result<Arc<Verified>, Refusal> {
        let anchors = self.anchors();
        let hash = digest(wit.as_bytes());
        if let Some(known) = anchors.verified.get(&hash) {
            known.still_valid(now)?;
            return Ok(known);
        }
        let payload = anchors.open(wit)?;
        let verified = Arc::new(Verified::new(wit, hash, &payload, &self.domain, Some(now))?);
        anchors.verified.insert(hash, Arc::clone(&verified));
        Ok(verified)
    }

    /// Verifies a WIT of the past, but for its times. It is not remembered: the room is for those
    /// that are in use.
    pub(crate) fn verify_past(&self, wit: &str) -> Result<Verified, Refusal> {
        let payload = self.anchors().open(wit)?;
        Verified::new(wit, digest(wit.as_bytes()), &payload, &self.domain, None)
    }

    fn anchors(&self) -> Arc<Anchors> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl fmt::Debug for Trust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trust").field("domain", &self.domain).finish_non_exhaustive()
    }
}

impl Anchors {
    /// The payload of a WIT that one of these keys signed.
    fn open(&self, wit: &str) -> Result<Vec<u8>, Refusal> {
        let compact = Compact::split(wit).ok_or(Refusal::WIT_MALFORMED)?;
        let opened = compact.open(&jws::WIT)?;
        let kid = opened.kid.as_deref().ok_or(Refusal::WIT_ANCHOR)?;
        let anchor = self.keys.get(kid).ok_or(Refusal::WIT_ANCHOR)?;
        opened.verify(anchor, &jws::WIT)
    }

    fn parse(jwks: &str) -> Result<Self, KeyError> {
        let set: Value = serde_json::from_str(jwks).map_err(|_| KeyError::Malformed("not JSON"))?;
        let keys = set
            .get("keys")
            .and_then(Value::as_array)
            .ok_or(KeyError::Malformed("not a JWKS"))?
            .iter()
            .map(|jwk| {
                let key = PublicKey::from_value(jwk)?;
                Ok((key.thumbprint().to_owned(), key))
            })
            .collect::<Result<HashMap<_, _>, KeyError>>()?;
        if keys.is_empty() {
            return Err(KeyError::Malformed("a JWKS without keys"));
        }
        Ok(Self { keys, verified: Cache::new(CACHED_WITS) })
    }
}

/// The JWKS of these keys, as JSON.
pub fn jwks<'a>(keys: impl IntoIterator<Item = &'a PublicKey>) -> String {
    let keys: Vec<Value> = keys.into_iter().map(PublicKey::jwk).collect();
    json!({ "keys": keys }).to_string()
}
