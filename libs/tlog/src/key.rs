//! The log's Ed25519 key and its public half, as text in the form of Go's note tools.

use std::fmt;

use aws_lc_rs::{
    rand,
    signature::{Ed25519KeyPair, KeyPair as _},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use signed_note::{
    SignerError, StandardSigner, StandardVerifier, Verifier as _, VerifierError, is_key_name_valid,
    key_id,
};
use thiserror::Error;

/// Signature type of Ed25519 in C2SP `signed-note`.
const ED25519: u8 = 1;

/// Longest name of a key.
const MAX_NAME: usize = 255;

/// Longest text of a key: its name, 32 bytes of key in base64, and what stands between.
const MAX_TEXT: usize = MAX_NAME + 100;

/// The private key that signs a log's checkpoints. Its name is the log's origin, such as
/// `county.example/log`. `Debug` shows the public key only.
#[derive(Clone)]
pub struct LogKey {
    text: String,
    signer: StandardSigner,
    vkey: Vkey,
}

impl LogKey {
    /// Makes a new key for the log `name`.
    ///
    /// # Errors
    /// [`KeyError::Name`] for a name of 0 or over 255 bytes, or with a space, a `+` or a control
    /// character in it; [`KeyError::Random`] if the machine has no randomness.
    pub fn generate(name: &str) -> Result<Self, KeyError> {
        require_name(name)?;
        let mut seed = [0; 32];
        rand::fill(&mut seed).map_err(|_| KeyError::Random)?;
        let public = public_key(&seed)?;
        let id = key_id(name, &typed(&public));
        Self::parse(&format!("PRIVATE+KEY+{name}+{id:08x}+{}", STANDARD.encode(typed(&seed))))
    }

    /// Reads `PRIVATE+KEY+<name>+<hash>+<base64>`, as [`LogKey::to_text`] and Go's `note` write
    /// it. White space around it is left out.
    ///
    /// # Errors
    /// [`KeyError`] says what is wrong, without showing any of the text.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let text = text.trim();
        if text.len() > MAX_TEXT {
            return Err(KeyError::Malformed);
        }
        let signer = StandardSigner::new(text)?;
        let mut parts = text.splitn(5, '+').skip(2);
        let (Some(name), Some(_), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(KeyError::Malformed);
        };
        require_name(name)?;
        let seed = STANDARD.decode(key).map_err(|_| KeyError::Malformed)?;
        let public = public_key(seed.get(1..).unwrap_or_default())?;
        let vkey = Vkey::new(name, &public)?;
        Ok(Self { text: text.to_owned(), signer, vkey })
    }

    /// The private key as text: a secret, to be kept where no other may read it.
    #[must_use]
    pub fn to_text(&self) -> &str {
        &self.text
    }

    /// The key's name, which is the origin of the checkpoints it signs.
    #[must_use]
    pub fn name(&self) -> &str {
        self.vkey.name()
    }

    /// The public half, to be handed to those who verify.
    #[must_use]
    pub fn verifier(&self) -> &Vkey {
        &self.vkey
    }

    pub(crate) fn signer(&self) -> &StandardSigner {
        &self.signer
    }
}

impl fmt::Debug for LogKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LogKey({})", self.vkey)
    }
}

/// A public key of a log. `Display` writes `<name>+<hash>+<base64>`, as Go's `note` reads it.
#[derive(Clone)]
pub struct Vkey {
    text: String,
    verifier: StandardVerifier,
}

impl Vkey {
    /// Reads `<name>+<hash>+<base64>`.
    ///
    /// # Errors
    /// [`KeyError`] says what is wrong.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        if text.len() > MAX_TEXT {
            return Err(KeyError::Malformed);
        }
        let verifier = StandardVerifier::new(text)?;
        require_name(verifier.name())?;
        // The hash may be written in capitals; one key has one text.
        let base64 = text.splitn(3, '+').nth(2).ok_or(KeyError::Malformed)?;
        let text = format!("{}+{:08x}+{base64}", verifier.name(), verifier.key_id());
        Ok(Self { text, verifier })
    }

    fn new(name: &str, public: &[u8]) -> Result<Self, KeyError> {
        let key = typed(public);
        Self::parse(&format!("{name}+{:08x}+{}", key_id(name, &key), STANDARD.encode(&key)))
    }

    /// The key's name: the origin of the log.
    #[must_use]
    pub fn name(&self) -> &str {
        self.verifier.name()
    }

    /// The key's id in signatures: the start of the hash of its name and itself.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.verifier.key_id()
    }

    pub(crate) fn verifier(&self) -> &StandardVerifier {
        &self.verifier
    }
}

impl PartialEq for Vkey {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Vkey {}

impl fmt::Display for Vkey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Vkey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Vkey({self})")
    }
}

/// Why a text is not a key, or a key was not made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum KeyError {
    /// The name does not do.
    #[error("a key's name has 1 to 255 bytes, no space, no `+` and no control character")]
    Name,
    /// Not the form of a key.
    #[error(
        "a public key is `<name>+<hash>+<base64>`, a private one has `PRIVATE+KEY+` in front of it"
    )]
    Malformed,
    /// A key of another kind than Ed25519.
    #[error("the key is not an Ed25519 key (signature type 1)")]
    Algorithm,
    /// Name, hash and key are not of one another.
    #[error("the hash in the key is not that of its name and its key")]
    Id,
    /// No randomness.
    #[error("no random bytes to be had")]
    Random,
}

impl From<VerifierError> for KeyError {
    fn from(error: VerifierError) -> Self {
        match error {
            VerifierError::Format => Self::Malformed,
            VerifierError::Alg => Self::Algorithm,
            VerifierError::Id => Self::Id,
        }
    }
}

impl From<SignerError> for KeyError {
    fn from(error: SignerError) -> Self {
        match error {
            SignerError::Format => Self::Malformed,
            SignerError::Alg => Self::Algorithm,
            SignerError::Id => Self::Id,
        }
    }
}

fn require_name(name: &str) -> Result<(), KeyError> {
    let good = is_key_name_valid(name)
        && name.len() <= MAX_NAME
        && !name.contains(|c: char| c.is_control());
    if good { Ok(()) } else { Err(KeyError::Name) }
}

fn public_key(seed: &[u8]) -> Result<Vec<u8>, KeyError> {
    let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| KeyError::Malformed)?;
    Ok(pair.public_key().as_ref().to_vec())
}

fn typed(key: &[u8]) -> Vec<u8> {
    [&[ED25519], key].concat()
}
