//! Every way a call to this service can fail, in the words of its caller.

use sea_orm::DbErr;
use server::{Code, Rule, ServiceError, Told, Violations};

use crate::domain::refusal::Refusal;

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
    /// Absent, or not visible to the caller.
    #[error("no such {0}")]
    NotFound(&'static str),
    /// A rule forbids it.
    #[error("{refusal}")]
    Refused {
        /// Which rule, and why.
        refusal: Box<Refusal>,
        /// What it was tried on.
        subject: String,
    },
    /// Changed by someone else meanwhile.
    #[error("it changed meanwhile: read it again, and decide again")]
    Stale,
    /// Something of this name is there already.
    #[error("{0} is there already")]
    Exists(String),
    /// The same request id came with another body.
    #[error("request_id was used for another request")]
    RequestIdReused,
    /// Identity did not answer.
    #[error("the directory is not available")]
    Directory(#[source] Box<tonic::Status>),
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

impl Error {
    /// A refusal of an act on `subject`.
    pub fn refused(refusal: Refusal, subject: impl Into<String>) -> Self {
        Self::Refused { refusal: Box::new(refusal), subject: subject.into() }
    }
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
            Self::NotFound(_) => Told::new(Code::NotFound, "NOT_FOUND"),
            Self::Refused { refusal, subject } => refused(refusal, subject),
            Self::Stale => Told::new(Code::Stale, "STALE"),
            Self::Exists(_) => Told::new(Code::Exists, "EXISTS"),
            Self::RequestIdReused => Told::new(Code::Exists, "REQUEST_ID_REUSED"),
            Self::Directory(_) => Told::new(Code::Unavailable, "DIRECTORY_UNAVAILABLE"),
            Self::Full(_) => Told::new(Code::Unavailable, "STORAGE_FULL"),
            Self::Away(_) => Told::new(Code::Unavailable, "STORAGE_UNAVAILABLE"),
            Self::Storage(_) | Self::Corrupt(_) => Told::new(Code::Internal, "INTERNAL"),
        }
    }
}

/// What the caller is told about a rule it broke.
fn refused(refusal: &Refusal, subject: &str) -> Told {
    let (code, reason, violations) = match refusal {
        Refusal::WrongState { .. } => (Code::Conflict, "WRONG_STATE", None),
        Refusal::NotYours { .. } => (Code::Denied, "NOT_YOURS", None),
        Refusal::Fields { faults, .. } => {
            let mut fields = server::Fields::default();
            for (field, fault) in faults {
                fields.fault(field, fault);
            }
            (Code::Invalid, "FIELDS", fields.done().err())
        }
        Refusal::Broken { .. } => (Code::Conflict, "RULE_BROKEN", None),
    };
    let law = refusal.law();
    let rule =
        Rule { id: law.rule.to_owned(), basis: law.basis.to_owned(), subject: subject.to_owned() };
    Told { code, reason, zh: Some(refusal.zh()), violations, rule: Some(rule) }
}

impl From<command::Unkept> for Error {
    fn from(error: command::Unkept) -> Self {
        match error {
            command::Unkept::Reused => Self::RequestIdReused,
            command::Unkept::Corrupt => Self::Corrupt("idempotency.response"),
            command::Unkept::Unsigned(_) => Self::Corrupt("the answer's proof"),
            command::Unkept::Storage(error) => error.into(),
        }
    }
}

impl From<directory::Unknown> for Error {
    fn from(error: directory::Unknown) -> Self {
        match error {
            directory::Unknown::Fields(violations) => Self::Fields(violations),
            directory::Unknown::Away(status) => Self::Directory(status),
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
