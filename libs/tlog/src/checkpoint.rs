//! Signed tree heads: C2SP `tlog-checkpoint` in a `signed-note`.

use std::collections::BTreeMap;

use signed_note::{Note, NoteError, VerificationError, Verifier, VerifierList};
use thiserror::Error;

use crate::{Hash, LogKey, Vkey};

/// Longest note we read. A checkpoint with its log's and 16 witnesses' signatures has 3 KiB.
const MAX_NOTE: usize = 64 * 1024;

/// What a log states of itself at one time: how many leaves it has, and their root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log: the name of the key that signs.
    pub origin: String,
    /// How many leaves.
    pub size: u64,
    /// The root of the tree of these leaves.
    pub root: Hash,
}

impl Checkpoint {
    /// The signed note: origin, size, root, an empty line, and one signature.
    ///
    /// ```text
    /// county.example/log
    /// 20852163
    /// CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
    ///
    /// — county.example/log Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
    /// ```
    ///
    /// A log must never sign a checkpoint that is not consistent with every earlier one; that is
    /// the caller's to ensure.
    ///
    /// # Errors
    /// [`SignError`] if the origin is not the name of the key.
    pub fn sign(&self, key: &LogKey) -> Result<String, SignError> {
        if self.origin != key.name() {
            return Err(SignError);
        }
        let text = tlog_tiles::Checkpoint::new(&self.origin, self.size, self.root.into(), "")
            .map_err(|_| SignError)?
            .to_bytes();
        let mut note = Note::new(&text, &[]).map_err(|_| SignError)?;
        note.add_sigs(&[key.signer()]).map_err(|_| SignError)?;
        String::from_utf8(note.to_bytes()).map_err(|_| SignError)
    }

    /// Reads a signed note and checks it under the log keys that are trusted.
    ///
    /// Signatures of keys that are not given, such as those of witnesses, are ignored, and so are
    /// extension lines. A signature that names a given key and is not of it makes the whole note
    /// bad, as C2SP `signed-note` advises.
    ///
    /// # Errors
    /// [`OpenError`] names the first thing that is wrong; nothing of the note is to be believed.
    pub fn open(note: &str, vkeys: &[Vkey]) -> Result<Self, OpenError> {
        if note.len() > MAX_NOTE {
            return Err(OpenError::Note);
        }
        let note = Note::from_bytes(note.as_bytes()).map_err(|_| OpenError::Note)?;
        let (signatures, _) = note.verify(&trusted(vkeys)).map_err(opening)?;
        let head =
            tlog_tiles::Checkpoint::from_bytes(note.text()).map_err(|_| OpenError::Checkpoint)?;
        if !signatures.iter().any(|signature| signature.name() == head.origin()) {
            let signer = signatures.first().map(|s| s.name().to_owned()).unwrap_or_default();
            return Err(OpenError::Origin { origin: head.origin().to_owned(), signer });
        }
        Ok(Self {
            origin: head.origin().to_owned(),
            size: head.size(),
            root: (*head.hash()).into(),
        })
    }
}

/// The origin of a checkpoint is not the name of the key that is to sign it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a checkpoint is signed by the key whose name is its origin, and by no other")]
pub struct SignError;

/// The first thing that is wrong with a signed checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum OpenError {
    /// Not a signed note.
    #[error("the checkpoint is not a signed note (C2SP signed-note)")]
    Note,
    /// No trusted key signed.
    #[error("the checkpoint is not signed by a log key that is trusted")]
    Unsigned,
    /// A signature in a trusted key's name is not of that key.
    #[error("the checkpoint's signature by {name} does not hold: text or signature was altered")]
    Signature {
        /// The name of the key.
        name: String,
    },
    /// Two different trusted keys share name and hash.
    #[error("two of the trusted log keys have the name {name} and the same hash")]
    Ambiguous {
        /// The name of the keys.
        name: String,
    },
    /// Signed, but not a checkpoint.
    #[error("the signed text is not a checkpoint: origin, size, root (C2SP tlog-checkpoint)")]
    Checkpoint,
    /// Signed by a trusted key of another log.
    #[error("the checkpoint is of the log {origin}, but signed by the key of {signer}")]
    Origin {
        /// The log that the checkpoint names.
        origin: String,
        /// The trusted key that signed.
        signer: String,
    },
}

/// The keys, each once: a key that is given twice is no ambiguity.
fn trusted(vkeys: &[Vkey]) -> VerifierList {
    let keys: BTreeMap<String, &Vkey> = vkeys.iter().map(|key| (key.to_string(), key)).collect();
    VerifierList::new(
        keys.into_values()
            .map(|key| Box::new(key.verifier().clone()) as Box<dyn Verifier>)
            .collect(),
    )
}

fn opening(error: NoteError) -> OpenError {
    match error {
        NoteError::UnverifiedNote
        | NoteError::VerificationError(VerificationError::UnknownKey { .. }) => OpenError::Unsigned,
        NoteError::InvalidSignature { name, .. } => OpenError::Signature { name },
        NoteError::VerificationError(VerificationError::AmbiguousKey { name, .. }) => {
            OpenError::Ambiguous { name }
        }
        NoteError::MalformedNote
        | NoteError::InvalidSigner
        | NoteError::MismatchedVerifier
        | NoteError::SignatureError(_) => OpenError::Note,
    }
}
