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
    #[error(
        "storage is not available: nothing is known to be written; repeat with the same request_id"
    )]
    Away(#[source] DbErr),
    /// The database failed.
    #[error("storage failed")]
    Storage(#[source] DbErr),
    /// A record does not read back as what was written.
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
    const DOMAIN: &'static str = "referral";

    fn told(&self) -> Told {
        match self {
            Self::Fields(violations) => {
                Told { violations: Some(violations.clone()), ..Told::new(Code::Invalid, "FIELDS") }
            }
            Self::Unidentified => Told::new(Code::Unauthenticated, "UNIDENTIFIED"),
            Self::NotFound(_) => Told::new(Code::NotFound, "NOT_FOUND"),
            Self::Refused { refusal, subject } => refused(refusal, subject),
            Self::Stale => Told::new(Code::Stale, "STALE"),
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
        Refusal::WrongState { .. } | Refusal::NotNow { .. } => {
            (Code::Conflict, "WRONG_STATE", None)
        }
        Refusal::NotYours { .. } | Refusal::NotFor { .. } => (Code::Denied, "NOT_YOUR_STEP", None),
        Refusal::WrongOfficer { .. } => (Code::Denied, "WRONG_OFFICER", None),
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

impl From<Error> for tonic::Status {
    fn from(error: Error) -> Self {
        server::to_status(&error)
    }
}
