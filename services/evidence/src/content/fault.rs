//! What can be wrong with an upload or a content, in the words of its caller.

use server::{Code, Told};

/// Why a call about content failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The first chunk of a stream is not where the upload stands.
    #[error(
        "the upload is at offset {expected}, the stream begins at {got}: go on from {expected}"
    )]
    NotAtOffset { expected: u64, got: i64 },
    /// A chunk does not follow the one before it.
    #[error(
        "chunk out of order: expected offset {expected}, got {got}; what came before is stored, \
         go on from {expected}"
    )]
    OutOfOrder { expected: u64, got: i64 },
    /// More arrives than was declared.
    #[error(
        "{declared} bytes were declared and the chunk goes on to {to}: nothing of it was taken"
    )]
    TooLarge { declared: u64, to: u64 },
    /// The stream broke.
    #[error("the stream broke off: go on from the stored offset, which GetUpload tells")]
    Broken,
    /// Nothing arrived for too long.
    #[error("nothing arrived for {seconds} seconds; go on from offset {stored} with a new stream")]
    Silent { seconds: u64, stored: u64 },
    /// Another stream goes on with the upload.
    #[error("another stream has taken this upload over")]
    TakenOver,
    /// The other stream does not end.
    #[error("another stream of this upload is being finished: try again")]
    InUse,
    /// It is over.
    #[error("the upload is {0}: begin another")]
    NotOpen(String),
    /// Not everything is there.
    #[error("{stored} of {declared} bytes are stored: send the rest first")]
    Incomplete { stored: u64, declared: u64 },
    /// The caller read something else than what arrived.
    #[error(
        "the {algorithm} of what arrived is {computed}, the caller says {said}: bytes were changed \
         on the way; the upload begins anew at offset 0"
    )]
    Mismatch { algorithm: &'static str, computed: String, said: String },
    /// The agency has too many open uploads.
    #[error("{0} uploads are open: commit or abort some first")]
    TooManyUploads(u64),
    /// The parent has too many contents.
    #[error("it has {0} contents already, which is the most")]
    TooManyContents(u64),
    /// Stored bytes are not what was committed.
    #[error("the stored content is damaged: it was noted, and nothing of it is given out")]
    Damaged,
    /// Stored bytes are gone.
    #[error("the stored content is missing: it was noted")]
    Missing,
    /// A key-encryption key is not there, or is another.
    #[error("the key-encryption key {0} is not available: nothing is lost, it must be put back")]
    KeyUnavailable(String),
    /// The store at the configured place is not the one that the database knows.
    #[error("the object store is not there: nothing is lost, repeat when it is back")]
    StoreAway,
}

impl Fault {
    /// What the caller is told.
    pub(crate) fn told(&self) -> Told {
        let (code, reason) = match self {
            Self::NotAtOffset { .. } => (Code::Stale, "CHUNK_OUT_OF_ORDER"),
            Self::OutOfOrder { .. } => (Code::Invalid, "CHUNK_OUT_OF_ORDER"),
            Self::TooLarge { .. } => (Code::Invalid, "TOO_LARGE"),
            Self::Broken => (Code::Unavailable, "UPLOAD_BROKEN"),
            Self::Silent { .. } => (Code::Unavailable, "UPLOAD_SILENT"),
            Self::TakenOver => (Code::Stale, "UPLOAD_TAKEN_OVER"),
            Self::InUse => (Code::Busy, "UPLOAD_IN_USE"),
            Self::NotOpen(_) => (Code::Conflict, "UPLOAD_NOT_OPEN"),
            Self::Incomplete { .. } => (Code::Conflict, "UPLOAD_INCOMPLETE"),
            Self::Mismatch { .. } => (Code::Conflict, "CONTENT_MISMATCH"),
            Self::TooManyUploads(_) => (Code::Busy, "TOO_MANY_UPLOADS"),
            Self::TooManyContents(_) => (Code::Conflict, "TOO_MANY_CONTENTS"),
            Self::Damaged => (Code::Conflict, "CONTENT_DAMAGED"),
            Self::Missing => (Code::Conflict, "CONTENT_MISSING"),
            Self::KeyUnavailable(_) => (Code::Unavailable, "KEY_UNAVAILABLE"),
            Self::StoreAway => (Code::Unavailable, "OBJECT_STORE_UNAVAILABLE"),
        };
        Told::new(code, reason)
    }
}
