//! How a workload without a WIT proves that it holds an enrolled key: RFC 7523 `private_key_jwt`.
//!
//! Verified by this crate's own JWS code: jsonwebtoken asks the operating system for the time.

use chrono::{DateTime, Duration, Utc};
use serde::Deserialize;
use serde_json::json;
use types::Workload;

use crate::{
    PublicKey, Refusal, SKEW_SECONDS, WorkloadKey,
    jws::{self, Compact},
    new_jti,
    proof::is_jti,
};

/// Life of an assertion we make, and the longest of one we accept, in seconds.
const LIFETIME_SECONDS: i64 = 60;
const LONGEST_SECONDS: i64 = 300;

/// What is left to check of a verified assertion: that its `jti` was not used before.
#[derive(Clone, Debug)]
pub struct Assertion {
    /// The token's identifier; to be accepted once.
    pub jti: String,
    /// Until when it has to be remembered.
    pub expires_at: DateTime<Utc>,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    jti: Option<String>,
    exp: Option<i64>,
    iat: Option<i64>,
    nbf: Option<i64>,
}

/// RFC 7523 section 3 allows several audiences; exactly one is accepted here.
#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Listed([String; 1]),
}

/// Asserts to `aud` that the holder of `key` is `sub`.
///
/// # Errors
/// `NO_RANDOMNESS`.
pub fn make_assertion(
    key: &WorkloadKey,
    sub: &Workload,
    aud: &Workload,
    now: DateTime<Utc>,
) -> Result<String, Refusal> {
    let sub = sub.to_string();
    let claims = json!({
        "iss": sub,
        "sub": sub,
        "aud": aud.to_string(),
        "jti": new_jti().ok_or(Refusal::NO_RANDOMNESS)?,
        "iat": now.timestamp(),
        "exp": now.timestamp() + LIFETIME_SECONDS,
    });
    jws::sign(&jws::header("JWT", key), &claims, key)
}

/// Who an assertion says it is from and by which key (`kid`), to find the enrolled key. Not yet
/// verified: to be believed only after [`verify_assertion`].
///
/// # Errors
/// `ASSERTION_MALFORMED` and its kin, `ASSERTION_SUBJECT`.
pub fn claimed_subject(jws: &str) -> Result<(Workload, Option<String>), Refusal> {
    let compact = split(jws)?;
    let kid = compact.open(&jws::ASSERTION)?.kid;
    let payload = compact.payload().ok_or(Refusal::ASSERTION_MALFORMED)?;
    let workload = Workload::parse(&read(&payload)?.sub).ok_or(Refusal::ASSERTION_SUBJECT)?;
    Ok((workload, kid))
}

/// Verifies an assertion under the enrolled key of `sub`.
///
/// # Errors
/// A refusal whose word begins with `ASSERTION_`.
pub fn verify_assertion(
    jws: &str,
    key: &PublicKey,
    sub: &Workload,
    aud: &Workload,
    now: DateTime<Utc>,
) -> Result<Assertion, Refusal> {
    let opened = split(jws)?.open(&jws::ASSERTION)?;
    if opened.kid.as_deref().is_some_and(|kid| kid != key.thumbprint()) {
        return Err(Refusal::ASSERTION_KEY_ID);
    }
    let claims = read(&opened.verify(key, &jws::ASSERTION)?)?;
    let now_seconds = now.timestamp();
    let exp = claims.exp.filter(|exp| *exp > now_seconds).ok_or(Refusal::ASSERTION_EXPIRED)?;
    if exp > now_seconds + LONGEST_SECONDS {
        return Err(Refusal::ASSERTION_LIFETIME);
    }
    let from = [claims.iat, claims.nbf].into_iter().flatten().max();
    if from.is_some_and(|from| from > now_seconds + SKEW_SECONDS) {
        return Err(Refusal::ASSERTION_FROM_THE_FUTURE);
    }
    let subject = sub.to_string();
    if claims.sub != subject || claims.iss != subject {
        return Err(Refusal::ASSERTION_SUBJECT);
    }
    let (Audience::One(audience) | Audience::Listed([audience])) = claims.aud;
    if audience != aud.to_string() {
        return Err(Refusal::ASSERTION_AUDIENCE);
    }
    let jti = claims.jti.filter(|jti| is_jti(jti)).ok_or(Refusal::ASSERTION_JTI)?;
    Ok(Assertion { jti, expires_at: now + Duration::seconds(exp - now_seconds) })
}

fn split(jws: &str) -> Result<Compact<'_>, Refusal> {
    if jws.len() > jws::MAX_TOKEN {
        return Err(Refusal::ASSERTION_MALFORMED);
    }
    Compact::split(jws).ok_or(Refusal::ASSERTION_MALFORMED)
}

fn read(payload: &[u8]) -> Result<Claims, Refusal> {
    serde_json::from_slice(payload).map_err(|_| Refusal::ASSERTION_MALFORMED)
}
