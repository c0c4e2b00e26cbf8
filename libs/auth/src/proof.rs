//! Workload Proof Tokens of both directions: written, and the checks that both directions share.

use http::{HeaderMap, HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};

use crate::{
    Refusal, SKEW_SECONDS, WorkloadKey,
    jws::{self, Compact, MAX_TOKEN, Text},
    says_digest,
    wit::Verified,
};

pub(crate) const WIT_HEADER: HeaderName = HeaderName::from_static("workload-identity-token");
pub(crate) const WPT_HEADER: HeaderName = HeaderName::from_static("workload-proof-token");
pub(crate) const TXN_HEADER: HeaderName = HeaderName::from_static("txn-token");

/// Life of a proof we write. Half of what is accepted, so that a clock may be half a minute ahead
/// of, or behind, the other's although neither end of the window is stretched.
pub(crate) const LIFETIME_SECONDS: i64 = 30;
/// Longest accepted life of a proof, from now.
pub(crate) const LONGEST_SECONDS: i64 = 60;

/// The claims of a proof that is being written; those of the other direction stay away.
#[derive(Default, Serialize)]
pub(crate) struct Written<'a> {
    pub(crate) aud: &'a str,
    pub(crate) exp: i64,
    pub(crate) jti: &'a str,
    pub(crate) wth: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tth: Option<&'a str>,
    #[serde(rename = "xiezhi/mth", skip_serializing_if = "Option::is_none")]
    pub(crate) method: Option<&'a str>,
    #[serde(rename = "xiezhi/rqj", skip_serializing_if = "Option::is_none")]
    pub(crate) request_jti: Option<&'a str>,
    #[serde(rename = "xiezhi/dig", skip_serializing_if = "Option::is_none")]
    pub(crate) digest: Option<&'a str>,
    #[serde(rename = "xiezhi/cnt", skip_serializing_if = "Option::is_none")]
    pub(crate) count: Option<u64>,
    #[serde(rename = "xiezhi/sts", skip_serializing_if = "Option::is_none")]
    pub(crate) status: Option<i32>,
    #[serde(rename = "xiezhi/det", skip_serializing_if = "Option::is_none")]
    pub(crate) details: Option<&'a str>,
}

impl Written<'_> {
    /// Signs the proof.
    pub(crate) fn sign(&self, key: &WorkloadKey) -> Result<String, Refusal> {
        jws::sign(jws::WPT_HEADER, self, key)
    }
}

/// A signed proof as it is sent.
pub(crate) fn header(wpt: String) -> Result<HeaderValue, Refusal> {
    let mut header = HeaderValue::from_maybe_shared(wpt).map_err(|_| Refusal::WPT_MALFORMED)?;
    // Never the same twice: kept out of HPACK's table, where it would push out the WIT.
    header.set_sensitive(true);
    Ok(header)
}

/// The claims of a proof whose signature was verified.
#[derive(Deserialize)]
pub(crate) struct Claims<'a> {
    #[serde(borrow)]
    aud: Option<Text<'a>>,
    pub(crate) exp: Option<i64>,
    iat: Option<i64>,
    nbf: Option<i64>,
    #[serde(borrow)]
    jti: Option<Text<'a>>,
    #[serde(borrow)]
    wth: Option<Text<'a>>,
    #[serde(borrow)]
    tth: Option<Text<'a>>,
    #[serde(borrow, rename = "xiezhi/mth")]
    pub(crate) method: Option<Text<'a>>,
    #[serde(borrow, rename = "xiezhi/rqj")]
    request_jti: Option<Text<'a>>,
    #[serde(borrow, rename = "xiezhi/dig")]
    pub(crate) digest: Option<Text<'a>>,
    #[serde(rename = "xiezhi/cnt")]
    pub(crate) count: Option<u64>,
    #[serde(rename = "xiezhi/sts")]
    pub(crate) status: Option<i32>,
    #[serde(borrow, rename = "xiezhi/det")]
    pub(crate) details: Option<Text<'a>>,
}

impl<'a> Claims<'a> {
    pub(crate) fn read(payload: &'a [u8]) -> Result<Self, Refusal> {
        serde_json::from_slice(payload).map_err(|_| Refusal::WPT_MALFORMED)
    }

    /// `exp`, `wth` and `aud`, the same in both directions. Returns `exp`.
    pub(crate) fn check(&self, sender: &Verified, me: &str, now: i64) -> Result<i64, Refusal> {
        let exp = self.exp.ok_or(Refusal::WPT_EXPIRY_MISSING)?;
        if exp <= now {
            return Err(Refusal::WPT_EXPIRED);
        }
        if exp - now > LONGEST_SECONDS {
            return Err(Refusal::WPT_LIFETIME);
        }
        let from = [self.iat, self.nbf].into_iter().flatten().max();
        if from.is_some_and(|from| from > now.saturating_add(SKEW_SECONDS)) {
            return Err(Refusal::WPT_FROM_THE_FUTURE);
        }
        self.check_wit_hash(sender)?;
        self.check_audience(me)?;
        Ok(exp)
    }

    pub(crate) fn check_wit_hash(&self, sender: &Verified) -> Result<(), Refusal> {
        match &self.wth {
            Some(wth) if says_digest(wth.as_str(), &sender.hash) => Ok(()),
            _ => Err(Refusal::WPT_WIT_HASH),
        }
    }

    pub(crate) fn check_audience(&self, me: &str) -> Result<(), Refusal> {
        match &self.aud {
            Some(aud) if aud.as_str() == me => Ok(()),
            _ => Err(Refusal::WPT_AUDIENCE),
        }
    }

    pub(crate) fn check_method(&self, method: &str) -> Result<(), Refusal> {
        match &self.method {
            Some(claimed) if claimed.as_str() == method => Ok(()),
            _ => Err(Refusal::WPT_METHOD),
        }
    }

    /// `tth` and the `txn-token` come together, and match.
    pub(crate) fn check_txn_token(&self, txn_token: Option<&str>) -> Result<(), Refusal> {
        match (txn_token, &self.tth) {
            (None, None) => Ok(()),
            (None, Some(_)) => Err(Refusal::TXN_TOKEN_REMOVED),
            (Some(_), None) => Err(Refusal::TXN_TOKEN_UNBOUND),
            (Some(token), Some(tth)) => {
                let bound = says_digest(tth.as_str(), &crate::digest(token.as_bytes()));
                bound.then_some(()).ok_or(Refusal::TXN_TOKEN_MISMATCH)
            }
        }
    }

    pub(crate) fn jti(&self) -> Result<&str, Refusal> {
        self.jti.as_ref().map(Text::as_str).filter(|jti| is_jti(jti)).ok_or(Refusal::WPT_JTI)
    }

    pub(crate) fn answers(&self, jti: &str) -> bool {
        self.request_jti.as_ref().is_some_and(|claimed| claimed.as_str() == jti)
    }
}

/// Whether a `jti` can hold 128 random bits, and is not there to fill the memory.
pub(crate) fn is_jti(jti: &str) -> bool {
    (22..=128).contains(&jti.len())
}

/// The two tokens of a message.
pub(crate) struct Presented<'a> {
    pub(crate) wit: &'a str,
    pub(crate) wpt: &'a str,
    proof: Compact<'a>,
}

impl<'a> Presented<'a> {
    /// Check 1: exactly one of each, well-formed, within the limit.
    pub(crate) fn read(headers: &'a HeaderMap) -> Result<Self, Refusal> {
        let wit = single(headers, &WIT_HEADER, Refusal::WIT_REPEATED)?;
        let wit = wit.ok_or(Refusal::WIT_MISSING)?.as_bytes();
        let wpt = single(headers, &WPT_HEADER, Refusal::WPT_REPEATED)?;
        let wpt = wpt.ok_or(Refusal::WPT_MISSING)?.as_bytes();
        Self::of(wit, wpt)
    }

    /// The rest of check 1, of two tokens however they came.
    pub(crate) fn of(wit: &'a [u8], wpt: &'a [u8]) -> Result<Self, Refusal> {
        if wit.len() > MAX_TOKEN {
            return Err(Refusal::WIT_TOO_LARGE);
        }
        if wpt.len() > MAX_TOKEN {
            return Err(Refusal::WPT_TOO_LARGE);
        }
        let wit = std::str::from_utf8(wit).map_err(|_| Refusal::WIT_MALFORMED)?;
        let wpt = std::str::from_utf8(wpt).map_err(|_| Refusal::WPT_MALFORMED)?;
        Compact::split(wit).ok_or(Refusal::WIT_MALFORMED)?;
        let proof = Compact::split(wpt).ok_or(Refusal::WPT_MALFORMED)?;
        Ok(Self { wit, wpt, proof })
    }

    /// The first half of check 3: `typ`, `alg`, `kid` if any, signature. Returns the payload.
    pub(crate) fn open(&self, sender: &Verified) -> Result<Vec<u8>, Refusal> {
        let opened = self.proof.open(&jws::WPT)?;
        if opened.kid.as_deref().is_some_and(|kid| kid != sender.key.thumbprint()) {
            return Err(Refusal::WPT_KEY_ID);
        }
        opened.verify(&sender.key, &jws::WPT)
    }
}

/// Whether a message brings either token.
pub(crate) fn has_tokens(headers: &HeaderMap) -> bool {
    headers.contains_key(WIT_HEADER) || headers.contains_key(WPT_HEADER)
}

/// The `txn-token` of a request, if any.
pub(crate) fn txn_token(headers: &HeaderMap) -> Result<Option<&str>, Refusal> {
    single(headers, &TXN_HEADER, Refusal::TXN_TOKEN_REPEATED)?
        .map(|token| token.to_str().map_err(|_| Refusal::TXN_TOKEN_MISMATCH))
        .transpose()
}

/// The one value of a header; more than one is refused.
fn single<'a>(
    headers: &'a HeaderMap,
    name: &HeaderName,
    repeated: Refusal,
) -> Result<Option<&'a HeaderValue>, Refusal> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (one, None) => Ok(one),
        (_, Some(_)) => Err(repeated),
    }
}
