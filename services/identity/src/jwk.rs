//! Public keys handed in as JWK (RFC 7517): read more strictly than tokens need.

use auth::PublicKey;
use serde_json::{Map, Value};

/// Members that only a private or symmetric key has (RFC 7518 section 6, RFC 8037 section 2).
const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];
/// A public JWK is far shorter; a certificate chain in it is not wanted.
const MAX_BYTES: usize = 2048;

/// Why a text is not a key that may be enrolled. Says nothing of the text: it may be a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JwkError {
    /// Not a JSON object, too long for a key, or not a point of the curve.
    #[error("is not a JWK")]
    Malformed,
    /// It holds a private or symmetric key. Whoever sent it must throw that key away.
    #[error("holds a private key: send the public part only, and replace the key")]
    Private,
    /// Another kind of key, or another use.
    #[error("is not a signature key of Ed25519 or P-256")]
    Kind,
}

/// Reads a public key that may be enrolled: Ed25519, or P-256. Its `alg` may be left out.
///
/// # Errors
/// See [`JwkError`].
pub fn parse(json: &str) -> Result<PublicKey, JwkError> {
    if json.len() > MAX_BYTES {
        return Err(JwkError::Malformed);
    }
    let mut key: Map<String, Value> =
        serde_json::from_str(json).map_err(|_| JwkError::Malformed)?;
    if PRIVATE.iter().any(|member| key.contains_key(*member)) {
        return Err(JwkError::Private);
    }
    let member = |name: &str| key.get(name).and_then(Value::as_str);
    let alg = match (member("kty"), member("crv")) {
        (Some("OKP"), Some("Ed25519")) => "EdDSA",
        (Some("EC"), Some("P-256")) => "ES256",
        _ => return Err(JwkError::Kind),
    };
    let as_said = |name, only| key.get(name).is_none_or(|said| said == only);
    if !as_said("alg", alg) || !as_said("use", "sig") {
        return Err(JwkError::Kind);
    }
    // What else is in it (`kid`, `x5u`, `key_ops`) is neither needed nor believed.
    key.retain(|name, _| matches!(name.as_str(), "kty" | "crv" | "x" | "y"));
    key.insert("alg".to_owned(), alg.into());
    PublicKey::from_value(&Value::Object(key)).map_err(|_| JwkError::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8037 appendix A.2; its thumbprint is in appendix A.3.
    const RFC: &str =
        r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;

    #[test]
    fn the_thumbprint_is_that_of_the_rfc() {
        let key = parse(RFC).unwrap();
        assert_eq!(key.thumbprint(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
        assert_eq!(parse(&key.jwk().to_string()).unwrap().thumbprint(), key.thumbprint());
    }

    #[test]
    fn a_private_key_is_refused_whatever_its_kind() {
        for member in PRIVATE {
            let with = RFC.replace(r#""kty""#, &format!(r#""{member}":"c2VjcmV0","kty""#));
            assert_eq!(parse(&with).unwrap_err(), JwkError::Private, "{member}");
        }
    }

    #[test]
    fn only_signature_keys_of_two_curves_pass() {
        let wrong = [
            (r#"{"kty":"RSA","n":"AQAB","e":"AQAB"}"#.to_owned(), JwkError::Kind),
            (RFC.replace("Ed25519", "X25519"), JwkError::Kind),
            (RFC.replace(r#""kty""#, r#""alg":"none","kty""#), JwkError::Kind),
            (RFC.replace(r#""kty""#, r#""use":"enc","kty""#), JwkError::Kind),
            (RFC.replace("11qY", "11q"), JwkError::Malformed),
            ("[]".to_owned(), JwkError::Malformed),
            (" ".repeat(MAX_BYTES + 1), JwkError::Malformed),
        ];
        for (json, why) in wrong {
            assert_eq!(parse(&json).unwrap_err(), why, "{json}");
        }
    }

    #[test]
    fn a_kid_of_the_sender_is_not_believed() {
        let with = RFC.replace(r#""kty""#, r#""kid":"../../etc/passwd","kty""#);
        assert_eq!(parse(&with).unwrap().jwk(), parse(RFC).unwrap().jwk());
    }
}
