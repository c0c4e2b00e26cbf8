//! What the mesh said, in a form that people and programs can read.

use std::{fmt, io, path::PathBuf};

use tonic::{Code, Status};
use tonic_types::StatusExt as _;

/// A field at fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its path, such as `documents[0].sha256`.
    pub field: String,
    /// What is wrong with it.
    pub fault: String,
}

/// A rule of law that the call broke.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its id in LAW.md, such as `T-04`.
    pub id: String,
    /// Where it stands, such as `Decree 310 art. 5(2)`.
    pub basis: String,
    /// The resource it was broken on.
    pub subject: String,
}

/// Why a call failed.
#[derive(Clone, Debug)]
pub struct Error {
    /// The gRPC code.
    pub code: Code,
    /// The stable word, such as `DEADLINE_PASSED`; empty when whoever answered gave none.
    pub reason: String,
    /// Who gave the word: a service, or `auth` for the proofs; empty without a word.
    pub domain: String,
    /// The sentence in English.
    pub message: String,
    /// The sentence in Chinese, where there is one.
    pub zh: Option<String>,
    /// Every field at fault.
    pub fields: Vec<Field>,
    /// Every rule broken.
    pub rules: Vec<Rule>,
}

impl From<Status> for Error {
    fn from(status: Status) -> Self {
        let details = status.get_error_details();
        let info = details.error_info();
        let fields = details.bad_request().map(|bad| bad.field_violations.as_slice());
        let rules = details.precondition_failure().map(|broken| broken.violations.as_slice());
        Self {
            code: status.code(),
            reason: info.map(|info| info.reason.clone()).unwrap_or_default(),
            domain: info.map(|info| info.domain.clone()).unwrap_or_default(),
            message: status.message().to_owned(),
            zh: details.localized_message().map(|text| text.message.clone()),
            fields: fields
                .unwrap_or_default()
                .iter()
                .map(|v| Field { field: v.field.clone(), fault: v.description.clone() })
                .collect(),
            // The service writes (id, resource, basis): see `server::to_status`.
            rules: rules
                .unwrap_or_default()
                .iter()
                .map(|v| Rule {
                    id: v.r#type.clone(),
                    basis: v.description.clone(),
                    subject: v.subject.clone(),
                })
                .collect(),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = if self.reason.is_empty() { "no reason given" } else { &self.reason };
        write!(f, "{word}: {}", self.message)?;
        // The faults are in the message already when a service of ours wrote it.
        for Field { field, fault } in &self.fields {
            if !self.message.contains(field.as_str()) {
                write!(f, "; {field}: {fault}")?;
            }
        }
        for Rule { id, basis, .. } in &self.rules {
            write!(f, " [{id}, {basis}]")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The key file cannot be used.
    #[error("the key file {0} cannot be used")]
    Key(PathBuf, #[source] auth::KeyError),
    /// The trust bundle cannot be read.
    #[error("the trust bundle {0} cannot be read")]
    Bundle(PathBuf, #[source] io::Error),
    /// The trust bundle is no JWKS.
    #[error("the trust bundle {0} is not usable")]
    Anchors(PathBuf, #[source] auth::KeyError),
    /// The endpoint is no address.
    #[error("the endpoint is not usable")]
    Endpoint(#[source] tonic::transport::Error),
    /// The mesh gave no token.
    #[error("no token: {0}")]
    Refused(#[source] Error),
}

#[cfg(test)]
mod tests {
    use tonic_types::ErrorDetails;

    use super::*;

    #[test]
    fn the_word_the_fields_and_the_rule_are_told() {
        let mut details = ErrorDetails::new();
        details.set_error_info("DOCUMENT_MISSING", "referral", []);
        details.add_bad_request_violation("documents[0]", "is missing");
        details.add_precondition_failure_violation("T-01", "referrals/x", "Decree 310 art. 6");
        let status = Status::with_error_details(Code::FailedPrecondition, "not complete", details);
        let error = Error::from(status);
        let told = "DOCUMENT_MISSING: not complete; documents[0]: is missing \
                    [T-01, Decree 310 art. 6]";
        assert_eq!(error.to_string(), told);
        assert_eq!(error.rules[0].subject, "referrals/x");
        assert_eq!(error.domain, "referral");
    }

    #[test]
    fn a_bare_status_is_told_too() {
        let error = Error::from(Status::unavailable("gone"));
        assert_eq!(error.to_string(), "no reason given: gone");
    }
}
