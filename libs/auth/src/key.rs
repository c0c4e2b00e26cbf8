//! Keys of workloads and issuers: made, kept in a file, told by their RFC 7638 thumbprint.
//!
//! The hot path signs and verifies with the primitives of aws-lc-rs on key objects parsed once;
//! jsonwebtoken parses the key again for every call, so it only reads JWKs here.

use std::{
    fmt, fs,
    io::{self, Write as _},
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
    sync::Arc,
};

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, Ed25519KeyPair, KeyPair as _, ParsedPublicKey,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, ThumbprintHash};
use serde_json::{Value, json};

use crate::{base64url, from_base64url, new_jti};

/// Why a key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The system gave no random bits.
    #[error("the system gave no random bits")]
    Random,
    /// Not a JWK, a JWKS or a PKCS#8 file; the text says which.
    #[error("malformed key: {0}")]
    Malformed(&'static str),
    /// Neither Ed25519 with `alg` `EdDSA` nor P-256 with `alg` `ES256`.
    #[error("only Ed25519 (EdDSA) and P-256 (ES256) keys are accepted")]
    Unsupported,
    /// A private key was sent where a public one belongs. It must be considered lost.
    #[error("the JWK contains a private key")]
    Private,
    /// The key file could not be read or written.
    #[error("cannot read or write the key file")]
    File(#[from] io::Error),
}

/// The two signature algorithms that are accepted (RFC 8037, RFC 7518 section 3.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Alg {
    EdDsa,
    Es256,
}

impl Alg {
    pub(crate) fn parse(name: &str) -> Option<Self> {
        match name {
            "EdDSA" => Some(Self::EdDsa),
            "ES256" => Some(Self::Es256),
            _ => None,
        }
    }
}

/// A public key, parsed once; cheap to clone.
#[derive(Clone)]
pub struct PublicKey {
    parsed: Arc<ParsedPublicKey>,
    alg: Alg,
    thumbprint: Arc<str>,
}

impl PublicKey {
    /// Reads a JWK (RFC 7517) with its `alg`.
    ///
    /// # Errors
    /// [`KeyError::Malformed`], [`KeyError::Unsupported`] or [`KeyError::Private`].
    pub fn parse(jwk: &str) -> Result<Self, KeyError> {
        let value = serde_json::from_str(jwk).map_err(|_| KeyError::Malformed("not JSON"))?;
        Self::from_value(&value)
    }

    /// Reads a JWK that is already JSON; see [`PublicKey::parse`].
    ///
    /// # Errors
    /// As [`PublicKey::parse`].
    pub fn from_value(jwk: &Value) -> Result<Self, KeyError> {
        if jwk.get("d").is_some() || jwk.get("k").is_some() {
            return Err(KeyError::Private);
        }
        let jwk: Jwk =
            serde_json::from_value(jwk.clone()).map_err(|_| KeyError::Malformed("not a JWK"))?;
        let thumbprint =
            jwk.thumbprint(ThumbprintHash::SHA256).map_err(|_| KeyError::Unsupported)?;
        let (alg, parsed) = match (jwk.common.key_algorithm, &jwk.algorithm) {
            (Some(KeyAlgorithm::EdDSA), AlgorithmParameters::OctetKeyPair(okp))
                if okp.curve == EllipticCurve::Ed25519 =>
            {
                let x = coordinate(&okp.x)?;
                (Alg::EdDsa, ParsedPublicKey::new(&ED25519, x))
            }
            (Some(KeyAlgorithm::ES256), AlgorithmParameters::EllipticCurve(ec))
                if ec.curve == EllipticCurve::P256 =>
            {
                let mut point = vec![4];
                point.extend(coordinate(&ec.x)?);
                point.extend(coordinate(&ec.y)?);
                (Alg::Es256, ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point))
            }
            _ => return Err(KeyError::Unsupported),
        };
        let parsed = parsed.map_err(|_| KeyError::Malformed("not a point of the curve"))?;
        Ok(Self { parsed: Arc::new(parsed), alg, thumbprint: thumbprint.into() })
    }

    /// RFC 7638 thumbprint, SHA-256, base64url: the only `kid` this crate knows.
    pub fn thumbprint(&self) -> &str {
        &self.thumbprint
    }

    /// The JWK with `alg` and `kid`.
    pub fn jwk(&self) -> Value {
        let bytes: &[u8] = self.parsed.as_ref().as_ref();
        match self.alg {
            Alg::EdDsa => json!({
                "kty": "OKP", "crv": "Ed25519", "x": base64url(bytes),
                "alg": "EdDSA", "kid": self.thumbprint(),
            }),
            Alg::Es256 => {
                // An uncompressed point: 4, x, y.
                let (x, y) = (bytes.get(1..33), bytes.get(33..));
                let (x, y) = (x.unwrap_or_default(), y.unwrap_or_default());
                json!({
                    "kty": "EC", "crv": "P-256", "x": base64url(x), "y": base64url(y),
                    "alg": "ES256", "kid": self.thumbprint(),
                })
            }
        }
    }

    pub(crate) fn alg(&self) -> Alg {
        self.alg
    }

    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        self.parsed.verify_sig(message, signature).is_ok()
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PublicKey").field(&self.thumbprint).finish()
    }
}

/// One coordinate of a key: exactly 32 bytes.
fn coordinate(text: &str) -> Result<Vec<u8>, KeyError> {
    from_base64url(text)
        .filter(|bytes| bytes.len() == 32)
        .ok_or(KeyError::Malformed("a coordinate is not 32 bytes of base64url"))
}

/// An Ed25519 private key of a workload or an issuer; cheap to clone, never printed.
#[derive(Clone)]
pub struct WorkloadKey {
    pair: Arc<Ed25519KeyPair>,
    public: PublicKey,
}

impl WorkloadKey {
    /// A new key.
    ///
    /// # Errors
    /// [`KeyError::Random`].
    pub fn generate() -> Result<Self, KeyError> {
        Self::of(Ed25519KeyPair::generate().map_err(|_| KeyError::Random)?)
    }

    /// Reads the PKCS#8 PEM file at `path`, or makes a key and writes it there with mode 0600. Two
    /// processes that start at once end with the same key. Blocks on the disk: call it at start.
    ///
    /// # Errors
    /// [`KeyError::File`], [`KeyError::Malformed`] or [`KeyError::Random`].
    pub fn load_or_create(path: impl AsRef<Path>) -> Result<Self, KeyError> {
        let path = path.as_ref();
        match fs::read_to_string(path) {
            Ok(pem) => {
                if fs::metadata(path)?.permissions().mode() & 0o077 != 0 {
                    tracing::warn!("a private key file is readable by others than its owner");
                }
                Self::from_pem(&pem)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let key = Self::generate()?;
                match key.keep(path) {
                    Ok(()) => Ok(key),
                    Err(KeyError::File(e)) if e.kind() == io::ErrorKind::AlreadyExists => {
                        Self::from_pem(&fs::read_to_string(path)?)
                    }
                    Err(error) => Err(error),
                }
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Reads an unencrypted PKCS#8 Ed25519 key in PEM, such as `openssl genpkey` writes.
    ///
    /// # Errors
    /// [`KeyError::Malformed`].
    pub fn from_pem(pem: &str) -> Result<Self, KeyError> {
        let body: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
        let der =
            STANDARD.decode(body.trim()).map_err(|_| KeyError::Malformed("not a PEM file"))?;
        Self::of(
            Ed25519KeyPair::from_pkcs8(&der)
                .map_err(|_| KeyError::Malformed("not a PKCS#8 Ed25519 key"))?,
        )
    }

    /// The private key as PKCS#8 in PEM, for a caller that keeps it elsewhere. Handle with care.
    ///
    /// # Errors
    /// [`KeyError::Malformed`], which does not happen for a key that signs.
    pub fn to_pem(&self) -> Result<String, KeyError> {
        let der = self.pair.to_pkcs8v1().map_err(|_| KeyError::Malformed("not serialisable"))?;
        let body = STANDARD.encode(der.as_ref());
        Ok(format!("-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n"))
    }

    /// The public half.
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// The public half as a JWK with `alg` and `kid`.
    pub fn public_jwk(&self) -> Value {
        self.public.jwk()
    }

    /// RFC 7638 thumbprint of the public half.
    pub fn thumbprint(&self) -> &str {
        self.public.thumbprint()
    }

    /// Signs `message`: 64 bytes, RFC 8032.
    pub fn sign(&self, message: &[u8]) -> aws_lc_rs::signature::Signature {
        self.pair.sign(message)
    }

    fn of(pair: Ed25519KeyPair) -> Result<Self, KeyError> {
        let x = base64url(pair.public_key().as_ref());
        let jwk = json!({ "kty": "OKP", "crv": "Ed25519", "x": x, "alg": "EdDSA" });
        Ok(Self { pair: Arc::new(pair), public: PublicKey::from_value(&jwk)? })
    }

    /// Writes beside the file, then links: the name never shows half a key, nor replaces another.
    fn keep(&self, path: &Path) -> Result<(), KeyError> {
        let mut beside = PathBuf::from(path).into_os_string();
        beside.push(format!(".{}", new_jti().ok_or(KeyError::Random)?));
        let mut file =
            fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside)?;
        let kept = file
            .write_all(self.to_pem()?.as_bytes())
            .and_then(|()| file.sync_all())
            .and_then(|()| fs::hard_link(&beside, path));
        fs::remove_file(&beside)?;
        Ok(kept?)
    }
}

impl fmt::Debug for WorkloadKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("WorkloadKey").field(&self.thumbprint()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_thumbprint_is_that_of_rfc_8037_appendix_a3() {
        let jwk = r#"{"kty":"OKP","crv":"Ed25519","alg":"EdDSA",
            "x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
        let key = PublicKey::parse(jwk).unwrap();
        assert_eq!(key.thumbprint(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
        assert_eq!(PublicKey::from_value(&key.jwk()).unwrap().thumbprint(), key.thumbprint());
    }

    #[test]
    fn private_symmetric_and_foreign_keys_are_refused() {
        let x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
        let private = json!({"kty":"OKP","crv":"Ed25519","alg":"EdDSA","x":x,"d":x});
        assert!(matches!(PublicKey::from_value(&private), Err(KeyError::Private)));
        let symmetric = json!({"kty":"oct","alg":"HS256","k":x});
        assert!(matches!(PublicKey::from_value(&symmetric), Err(KeyError::Private)));
        let without_alg = json!({"kty":"OKP","crv":"Ed25519","x":x});
        assert!(matches!(PublicKey::from_value(&without_alg), Err(KeyError::Unsupported)));
        let wrong_alg = json!({"kty":"OKP","crv":"Ed25519","alg":"ES256","x":x});
        assert!(matches!(PublicKey::from_value(&wrong_alg), Err(KeyError::Unsupported)));
        let short = json!({"kty":"OKP","crv":"Ed25519","alg":"EdDSA","x":"AAAA"});
        assert!(matches!(PublicKey::from_value(&short), Err(KeyError::Malformed(_))));
    }

    #[test]
    fn a_key_file_is_private_and_read_back() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("issuer.pem");
        let made = WorkloadKey::load_or_create(&path).unwrap();
        let read = WorkloadKey::load_or_create(&path).unwrap();
        assert_eq!(made.thumbprint(), read.thumbprint());
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "nothing is left beside it");
        fs::write(&path, "rubbish").unwrap();
        assert!(matches!(WorkloadKey::load_or_create(&path), Err(KeyError::Malformed(_))));
    }

    #[test]
    fn debug_never_shows_a_private_key() {
        let key = WorkloadKey::generate().unwrap();
        assert_eq!(format!("{key:?}"), format!("WorkloadKey({:?})", key.thumbprint()));
    }
}
