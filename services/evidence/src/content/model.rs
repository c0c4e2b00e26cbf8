//! What there is: uploads that come in, blobs that are kept, contents that are attached.

use std::time::Duration;

use chrono::{DateTime, Utc};
use proto::evidence::v1 as pb;
use types::AgencyCode;

use super::{hashes::Halfway, keys::WrappedKey};

/// How an upload stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UploadState {
    Open,
    Committed,
    Aborted,
    Abandoned,
}

impl UploadState {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Open => "OPEN",
            Self::Committed => "COMMITTED",
            Self::Aborted => "ABORTED",
            Self::Abandoned => "ABANDONED",
        }
    }

    pub(crate) fn parse(word: &str) -> Option<Self> {
        [Self::Open, Self::Committed, Self::Aborted, Self::Abandoned]
            .into_iter()
            .find(|state| state.as_str() == word)
    }

    fn message(self) -> pb::UploadState {
        match self {
            Self::Open => pb::UploadState::Open,
            Self::Committed => pb::UploadState::Committed,
            Self::Aborted => pb::UploadState::Aborted,
            Self::Abandoned => pb::UploadState::Abandoned,
        }
    }
}

/// A file's name and what it is: the same for the upload and for the content that it becomes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct About {
    /// `items/{uuid}` or `handOvers/{uuid}`.
    pub(crate) parent: String,
    pub(crate) dossier: String,
    pub(crate) file_name: String,
    pub(crate) role: pb::ContentRole,
    pub(crate) media_type: String,
    pub(crate) size: u64,
    pub(crate) agency: AgencyCode,
    pub(crate) officer: String,
}

/// What comes in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Upload {
    /// `uploads/{uuid}`.
    pub(crate) name: String,
    pub(crate) about: About,
    pub(crate) with_sm3: bool,
    pub(crate) state: UploadState,
    /// The id of the attempt, by which its segments are found.
    pub(crate) pile: String,
    pub(crate) stored: u64,
    /// The digests at `stored`; none at the beginning.
    pub(crate) halfway: Option<Halfway>,
    pub(crate) key: WrappedKey,
    /// The content it became; empty before.
    pub(crate) content: String,
    /// When something last arrived, by the clock of the wire.
    pub(crate) moved_at: DateTime<Utc>,
}

impl Upload {
    /// As the caller sees it; it is kept for `kept` after something arrived.
    pub(crate) fn message(&self, kept: Duration) -> pb::Upload {
        let expires = self.moved_at + kept;
        pb::Upload {
            name: self.name.clone(),
            parent: self.about.parent.clone(),
            file_name: self.about.file_name.clone(),
            role: self.about.role.into(),
            media_type: self.about.media_type.clone(),
            size: as_i64(self.about.size),
            offset: as_i64(self.stored),
            state: self.state.message().into(),
            expire_time: (self.state == UploadState::Open).then(|| time(expires)),
            with_sm3: self.with_sm3,
            content: self.content.clone(),
        }
    }
}

/// What is kept: bytes, once, by their digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Blob {
    pub(crate) sha256: String,
    /// Empty when nobody asked for it.
    pub(crate) sm3: String,
    pub(crate) size: u64,
    pub(crate) pile: String,
    pub(crate) key: WrappedKey,
    pub(crate) created_at: DateTime<Utc>,
    /// When it was last read to its end, by the clock of the wire.
    pub(crate) read_at: DateTime<Utc>,
    /// `MISSING`, `DAMAGED` or `KEY_UNAVAILABLE`; empty when it was whole.
    pub(crate) fault: String,
    pub(crate) fault_at: Option<DateTime<Utc>>,
}

/// One stored segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) object: uuid::Uuid,
    pub(crate) begins_at: u64,
    pub(crate) length: u64,
}

/// A file that belongs to an item or a hand-over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Content {
    /// `contents/{uuid}`.
    pub(crate) name: String,
    pub(crate) about: About,
    pub(crate) sha256: String,
    /// Empty when it was not asked for.
    pub(crate) sm3: String,
    pub(crate) committed_at: DateTime<Utc>,
    /// What was last found wrong with its bytes; empty when they were whole.
    pub(crate) fault: String,
}

impl Content {
    /// As the caller sees it.
    pub(crate) fn message(&self) -> pb::Content {
        pb::Content {
            name: self.name.clone(),
            file_name: self.about.file_name.clone(),
            role: self.about.role.into(),
            media_type: self.about.media_type.clone(),
            size: as_i64(self.about.size),
            sha256: self.sha256.clone(),
            sm3: self.sm3.clone(),
            agency: self.about.agency.to_string(),
            officer: self.about.officer.clone(),
            commit_time: Some(time(self.committed_at)),
            fault: self.fault.clone(),
            parent: self.about.parent.clone(),
        }
    }
}

/// An instant as the wire has it.
pub(crate) fn time(at: DateTime<Utc>) -> prost_types::Timestamp {
    let nanos = i32::try_from(at.timestamp_subsec_nanos()).unwrap_or_default();
    prost_types::Timestamp { seconds: at.timestamp(), nanos }
}

/// A size or an offset, which are bounded far below.
pub(crate) fn as_i64(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

/// A role as it is kept.
pub(crate) fn role(kept: i32) -> Option<pb::ContentRole> {
    pb::ContentRole::try_from(kept).ok()
}
