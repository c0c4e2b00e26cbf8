//! The log keys in a trust bundle: one member beside the keys of a JWKS.

use std::fmt;

use serde_json::Value;
use thiserror::Error;

use crate::{KeyError, Vkey};

/// Largest trust bundle, in bytes.
const MAX_BUNDLE: usize = 1024 * 1024;

/// Most log keys in one bundle.
const MAX_KEYS: usize = 1_000;

/// The member that lists them.
const MEMBER: &str = "log_keys";

/// Reads the log keys of a trust bundle: a JWKS (RFC 7517) with one member more.
///
/// ```json
/// { "keys": [], "log_keys": ["county.example/log+<hash>+<base64>"] }
/// ```
///
/// Other members are not looked at.
///
/// # Errors
/// [`TrustError`]; every key that is wrong is named at once, by its place.
pub fn trusted_vkeys(bundle_json: &str) -> Result<Vec<Vkey>, TrustError> {
    if bundle_json.len() > MAX_BUNDLE {
        return Err(TrustError::Large);
    }
    let bundle: Value =
        serde_json::from_str(bundle_json).map_err(|e| TrustError::Json(e.to_string()))?;
    let keys = match bundle.get(MEMBER) {
        Some(Value::Array(keys)) if !keys.is_empty() => keys,
        Some(Value::Array(_)) | None => return Err(TrustError::Missing),
        Some(_) => return Err(TrustError::Shape),
    };
    if keys.len() > MAX_KEYS {
        return Err(TrustError::Many);
    }
    let mut vkeys = Vec::with_capacity(keys.len());
    let mut faults = Vec::new();
    for (place, key) in keys.iter().enumerate() {
        match key.as_str().ok_or(KeyError::Malformed).and_then(Vkey::parse) {
            Ok(vkey) => vkeys.push(vkey),
            Err(error) => faults.push((place, error)),
        }
    }
    if faults.is_empty() { Ok(vkeys) } else { Err(TrustError::Keys(BadKeys(faults))) }
}

/// Why a trust bundle gives no log keys.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TrustError {
    /// Too many bytes.
    #[error("a trust bundle has at most {MAX_BUNDLE} bytes")]
    Large,
    /// Not JSON.
    #[error("the trust bundle is not JSON: {0}")]
    Json(String),
    /// No key of a log is named.
    #[error("the trust bundle names no key of a log (`{MEMBER}`)")]
    Missing,
    /// Not a list.
    #[error("`{MEMBER}` of the trust bundle is not a list of keys")]
    Shape,
    /// Too many keys.
    #[error("`{MEMBER}` of the trust bundle has at most {MAX_KEYS} keys")]
    Many,
    /// Some are not keys.
    #[error("{0}")]
    Keys(BadKeys),
}

/// The places of a list that hold no key, from 0, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadKeys(pub Vec<(usize, KeyError)>);

impl fmt::Display for BadKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, error) in &self.0 {
            if *place != self.0[0].0 {
                f.write_str("; ")?;
            }
            write!(f, "`{MEMBER}[{place}]`: {error}")?;
        }
        Ok(())
    }
}
