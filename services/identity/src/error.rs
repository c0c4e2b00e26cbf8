//! Every way a call to this service can fail, in the words of its caller.

use sea_orm::DbErr;
use server::{Code, ServiceError, Told, Violations};

use crate::{domain::Refusal, issuer::IssuerError};

/// Why the call failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Fields of the request are missing or do not fit.
    #[error("{0}")]
    Fields(#[from] Violations),
    /// The call carries no usable identity.
    #[error("caller is not identified")]
    Unidentified,
    /// The assertion proves nothing: malformed, expired, not for this service, or by no live key
    /// of its subject. Which of these is not told to whoever could not sign it.
    #[error("the assertion does not prove possession of an enrolled key")]
    Assertion,
    /// The assertion was used before.
    #[error("the assertion was used before")]
    Replayed,
    /// Absent, or not visible to the caller.
    #[error("no such resource")]
    NotFound,
    /// A rule forbids it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The request id was used for another request.
    #[error("the request id was used for another request")]
    RequestReused,
    /// Changed by someone else meanwhile.
    #[error("the resource changed meanwhile")]
    Stale,
    /// The database failed.
    #[error("storage failed")]
    Storage(#[from] DbErr),
    /// The issuer's keys failed.
    #[error("the issuer failed")]
    Issuer(#[from] IssuerError),
    /// A record does not read back as what was written.
    #[error("{0} is corrupt")]
    Corrupt(&'static str),
}

impl Error {
    /// One field at fault.
    pub fn field(field: &str, fault: &str) -> Self {
        Self::Fields(Violations::of(field, fault))
    }
}

impl From<command::Unkept> for Error {
    fn from(error: command::Unkept) -> Self {
        match error {
            command::Unkept::Reused => Self::RequestReused,
            command::Unkept::Corrupt => Self::Corrupt("idempotency.response"),
            command::Unkept::Unsigned(_) => Self::Corrupt("the answer's proof"),
            command::Unkept::Storage(error) => error.into(),
        }
    }
}

impl ServiceError for Error {
    const DOMAIN: &'static str = "identity";

    fn told(&self) -> Told {
        match self {
            Self::Fields(violations) => Told {
                violations: Some(violations.clone()),
                ..Told::new(Code::Invalid, "FIELD_INVALID")
            },
            Self::Unidentified => Told::new(Code::Unauthenticated, "UNIDENTIFIED"),
            Self::Assertion => Told::new(Code::Unauthenticated, "ASSERTION_REFUSED"),
            Self::Replayed => Told::new(Code::Unauthenticated, "ASSERTION_REPLAYED"),
            Self::NotFound => Told::new(Code::NotFound, "NOT_FOUND"),
            Self::Refused(Refusal::TooManyKeys(_)) => Told::new(Code::Conflict, "TOO_MANY_KEYS"),
            Self::Refused(Refusal::KeyEnrolled) => Told::new(Code::Exists, "KEY_ENROLLED"),
            Self::Refused(Refusal::KeyRevoked) => Told::new(Code::Conflict, "KEY_REVOKED"),
            Self::RequestReused => Told::new(Code::Exists, "REQUEST_ID_REUSED"),
            Self::Stale => Told::new(Code::Stale, "STALE"),
            Self::Storage(error) if db::is_full(error) => {
                Told::new(Code::Unavailable, "STORAGE_FULL")
            }
            Self::Storage(error) if db::is_transient(error) => {
                Told::new(Code::Unavailable, "STORAGE_AWAY")
            }
            Self::Storage(_) | Self::Issuer(_) | Self::Corrupt(_) => {
                Told::new(Code::Internal, "INTERNAL")
            }
        }
    }
}

impl From<Error> for tonic::Status {
    fn from(error: Error) -> Self {
        server::to_status(&error)
    }
}
