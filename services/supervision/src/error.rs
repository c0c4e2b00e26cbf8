//! Every way a call to this service can fail, in the words of its caller.

use sea_orm::DbErr;
use server::{Code, ServiceError, Told, Violations};

/// Why the call failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Fields of the request are missing or do not parse.
    #[error(transparent)]
    Fields(#[from] Violations),
    /// The call carries no usable identity.
    #[error("caller is not identified")]
    Unidentified,
    /// No call of this caller has that id, or it is not in the log yet.
    #[error("no call of yours to {0} with this request_id is in the log; it may be a moment late")]
    NoReceipt(String),
    /// The row is not in the tree.
    #[error("row {row_id} of {service} is not in the tree of {tree_size} leaves")]
    NotIncluded {
        /// Whose journal.
        service: String,
        /// Which row.
        row_id: i64,
        /// In which tree it was looked for.
        tree_size: u64,
    },
    /// The log has not grown to this size.
    #[error("the log has {size} leaves: there is no tree of {asked}")]
    TreeSizeUnknown {
        /// What was asked for.
        asked: i64,
        /// What there is.
        size: u64,
    },
    /// The path is one of a tile or bundle that the log has not, or not yet.
    #[error("the log has no {path}: it has {size} leaves")]
    NoSuchTile {
        /// What was asked for.
        path: String,
        /// How many leaves there are.
        size: u64,
    },
    /// A journal does not hold what was sequenced: somebody altered it.
    #[error(
        "row {row_id} of {service} is not what the log has of it: the journal was altered after \
         the row was sequenced; there is no receipt"
    )]
    Mismatch {
        /// Whose journal.
        service: String,
        /// Which row.
        row_id: i64,
    },
    /// The service with the row did not answer.
    #[error("the journal of {service} is not available")]
    Journal {
        /// Whose journal.
        service: String,
        /// What it said.
        #[source]
        status: Box<tonic::Status>,
    },
    /// There is no room to write.
    #[error("storage is full: nothing was written")]
    Full(#[source] DbErr),
    /// The database is away or busy.
    #[error("storage is not available")]
    Away(#[source] DbErr),
    /// The database failed.
    #[error("storage failed")]
    Storage(#[source] DbErr),
    /// What is stored is not what was stored.
    #[error("{0} is corrupt")]
    Corrupt(&'static str),
}

impl ServiceError for Error {
    const DOMAIN: &'static str = "supervision";

    fn told(&self) -> Told {
        match self {
            Self::Fields(violations) => {
                Told { violations: Some(violations.clone()), ..Told::new(Code::Invalid, "FIELDS") }
            }
            Self::Unidentified => Told::new(Code::Unauthenticated, "UNIDENTIFIED"),
            Self::NoReceipt(_) => Told::new(Code::NotFound, "NOT_FOUND"),
            Self::NotIncluded { .. } => Told::new(Code::NotFound, "NOT_INCLUDED_YET"),
            Self::TreeSizeUnknown { .. } => Told::new(Code::NotFound, "TREE_SIZE_UNKNOWN"),
            Self::NoSuchTile { .. } => Told::new(Code::NotFound, "NO_SUCH_TILE"),
            Self::Mismatch { .. } => Told::new(Code::Conflict, "LOG_MISMATCH"),
            Self::Journal { .. } => Told::new(Code::Unavailable, "JOURNAL_UNAVAILABLE"),
            Self::Full(_) => Told::new(Code::Unavailable, "STORAGE_FULL"),
            Self::Away(_) => Told::new(Code::Unavailable, "STORAGE_UNAVAILABLE"),
            Self::Storage(_) | Self::Corrupt(_) => Told::new(Code::Internal, "INTERNAL"),
        }
    }
}

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        if db::is_full(&error) {
            Self::Full(error)
        } else if db::is_transient(&error) {
            Self::Away(error)
        } else {
            Self::Storage(error)
        }
    }
}

impl From<Error> for tonic::Status {
    fn from(error: Error) -> Self {
        server::to_status(&error)
    }
}
