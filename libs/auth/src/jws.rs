//! Compact JWS (RFC 7515): split, judged by its header, verified under one given key.
//!
//! Nothing in a header ever names or brings a key; `kid` is only handed on for comparison.

use std::{borrow::Cow, fmt};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize, de::IgnoredAny};

use crate::{
    Refusal, base64url, from_base64url,
    key::{Alg, PublicKey, WorkloadKey},
};

/// Largest accepted token, in bytes.
pub(crate) const MAX_TOKEN: usize = 8 * 1024;

/// The header of every WPT we write, `{"alg":"EdDSA","typ":"wpt+jwt"}`. It is always the same, so
/// it is written, and recognised, without JSON.
pub(crate) const WPT_HEADER: &str = "eyJhbGciOiJFZERTQSIsInR5cCI6IndwdCtqd3QifQ";

/// What kind of token is read, and how its failures are called.
pub(crate) struct Profile {
    types: &'static [&'static str],
    untyped: bool,
    pub(crate) malformed: Refusal,
    typ: Refusal,
    algorithm: Refusal,
    header: Refusal,
    signature: Refusal,
}

pub(crate) const WIT: Profile = Profile {
    types: &["wit+jwt"],
    untyped: false,
    malformed: Refusal::WIT_MALFORMED,
    typ: Refusal::WIT_TYPE,
    algorithm: Refusal::WIT_ALGORITHM,
    header: Refusal::WIT_HEADER,
    signature: Refusal::WIT_SIGNATURE,
};

pub(crate) const WPT: Profile = Profile {
    types: &["wpt+jwt"],
    untyped: false,
    malformed: Refusal::WPT_MALFORMED,
    typ: Refusal::WPT_TYPE,
    algorithm: Refusal::WPT_ALGORITHM,
    header: Refusal::WPT_HEADER,
    signature: Refusal::WPT_SIGNATURE,
};

/// RFC 7523 knows no type of its own; draft-ietf-oauth-rfc7523bis gives it one.
pub(crate) const ASSERTION: Profile = Profile {
    types: &["JWT", "client-authentication+jwt"],
    untyped: true,
    malformed: Refusal::ASSERTION_MALFORMED,
    typ: Refusal::ASSERTION_TYPE,
    algorithm: Refusal::ASSERTION_ALGORITHM,
    header: Refusal::ASSERTION_HEADER,
    signature: Refusal::ASSERTION_SIGNATURE,
};

/// A text in JSON, borrowed unless it has escapes.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

impl Text<'_> {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[derive(Deserialize)]
struct Header<'a> {
    #[serde(borrow)]
    alg: Option<Text<'a>>,
    #[serde(borrow)]
    typ: Option<Text<'a>>,
    #[serde(borrow)]
    kid: Option<Text<'a>>,
    jwk: Option<IgnoredAny>,
    jku: Option<IgnoredAny>,
    x5u: Option<IgnoredAny>,
    x5c: Option<IgnoredAny>,
    crit: Option<IgnoredAny>,
}

impl Header<'_> {
    /// RFC 8725 section 3.10: whoever makes the token must not choose the key.
    fn oversteps(&self) -> bool {
        let Self { jwk, jku, x5u, x5c, crit, .. } = self;
        [jwk, jku, x5u, x5c, crit].into_iter().any(Option::is_some)
    }
}

/// Three parts of a token, not yet judged.
#[derive(Clone, Copy)]
pub(crate) struct Compact<'a> {
    header: &'a str,
    payload: &'a str,
    signature: &'a str,
    signed: &'a str,
}

impl<'a> Compact<'a> {
    /// Splits a token into exactly three parts. The signature may be empty: `alg: none` is refused
    /// for what it is, not as a syntax error.
    pub(crate) fn split(token: &'a str) -> Option<Self> {
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, payload) = signed.split_once('.')?;
        let alphabet = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        let well_formed = !header.is_empty()
            && !payload.is_empty()
            && [header, payload, signature].iter().all(|part| part.bytes().all(alphabet));
        well_formed.then_some(Self { header, payload, signature, signed })
    }

    /// The payload, believed by nobody yet.
    pub(crate) fn payload(&self) -> Option<Vec<u8>> {
        from_base64url(self.payload)
    }

    /// Judges the header: `typ`, `alg` on the allow-list, nothing that brings a key.
    ///
    /// # Errors
    /// The refusals of `profile`.
    pub(crate) fn open(self, profile: &Profile) -> Result<Opened<'a>, Refusal> {
        if self.header == WPT_HEADER && profile.types == WPT.types {
            return Ok(Opened { compact: self, alg: Alg::EdDsa, kid: None });
        }
        let bytes = from_base64url(self.header).ok_or(profile.malformed)?;
        let header: Header<'_> = serde_json::from_slice(&bytes).map_err(|_| profile.malformed)?;
        let typed = match &header.typ {
            Some(typ) => profile.types.contains(&typ.as_str()),
            None => profile.untyped,
        };
        if !typed {
            return Err(profile.typ);
        }
        let alg = header.alg.as_ref().and_then(|alg| Alg::parse(alg.as_str()));
        let alg = alg.ok_or(profile.algorithm)?;
        if header.oversteps() {
            return Err(profile.header);
        }
        Ok(Opened { compact: self, alg, kid: header.kid.map(|kid| kid.0.into_owned()) })
    }
}

/// A token whose header was judged.
pub(crate) struct Opened<'a> {
    compact: Compact<'a>,
    alg: Alg,
    pub(crate) kid: Option<String>,
}

impl Opened<'_> {
    /// Verifies the signature under `key` and returns the payload.
    ///
    /// # Errors
    /// The refusals of `profile`.
    pub(crate) fn verify(&self, key: &PublicKey, profile: &Profile) -> Result<Vec<u8>, Refusal> {
        if self.alg != key.alg() {
            return Err(profile.algorithm);
        }
        // The decoder asks for room by estimate, a little more than the 64 bytes.
        let mut signature = [0u8; 72];
        let length = URL_SAFE_NO_PAD
            .decode_slice(self.compact.signature, &mut signature)
            .map_err(|_| profile.signature)?;
        let signature = signature.get(..length).unwrap_or_default();
        if length != 64 || !key.verifies(self.compact.signed.as_bytes(), signature) {
            return Err(profile.signature);
        }
        self.compact.payload().ok_or(profile.malformed)
    }
}

/// Signs `claims` under `header`, which is already base64url.
///
/// # Errors
/// Only if `claims` cannot be JSON, which those of this crate can.
pub(crate) fn sign(
    header: &str,
    claims: &impl Serialize,
    key: &WorkloadKey,
) -> Result<String, Refusal> {
    let payload = serde_json::to_vec(claims).map_err(|_| Refusal::MESSAGE_MALFORMED)?;
    let mut token = String::with_capacity(header.len() + payload.len() * 4 / 3 + 92);
    token.push_str(header);
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(&payload, &mut token);
    let signature = key.sign(token.as_bytes());
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(signature.as_ref(), &mut token);
    Ok(token)
}

/// The header of a token of type `typ` by `key`, base64url.
pub(crate) fn header(typ: &str, key: &WorkloadKey) -> String {
    let header = serde_json::json!({ "alg": "EdDSA", "typ": typ, "kid": key.thumbprint() });
    base64url(header.to_string().as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_constant_header_says_what_it_should() {
        let bytes = from_base64url(WPT_HEADER).unwrap();
        assert_eq!(bytes, br#"{"alg":"EdDSA","typ":"wpt+jwt"}"#);
    }

    #[test]
    fn only_three_parts_of_base64url_are_a_token() {
        for wrong in ["", "a", "a.b", "a.b.c.d", ".b.c", "a..c", "a.b=.c", "a.b.c ", "a.b\n.c"] {
            assert!(Compact::split(wrong).is_none(), "{wrong:?}");
        }
        assert!(Compact::split("a.b.").is_some(), "unsecured, refused later by its alg");
    }
}
