//! The one table from what went wrong to what the caller is told.

use std::{error::Error, time::Duration};

use tonic_types::{ErrorDetails, StatusExt as _};

use crate::Violations;

/// Why a call failed, as the caller needs to know it. Deliberately fewer than gRPC has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// The request itself is wrong; the caller must change it.
    Invalid,
    /// No valid credentials.
    Unauthenticated,
    /// Known caller, known resource, not allowed.
    Denied,
    /// Absent, or not for this caller to know about.
    NotFound,
    /// Already there.
    Exists,
    /// The resource is in a state that forbids this; a retry alone will not help.
    Conflict,
    /// Someone else changed it meanwhile; read again and retry.
    Stale,
    /// Too many calls.
    Busy,
    /// A dependency is away; retry later.
    Unavailable,
    /// A bug or a corrupt record. The caller learns nothing but the trace id.
    Internal,
}

impl Code {
    /// The gRPC code.
    pub fn grpc(self) -> tonic::Code {
        match self {
            Self::Invalid => tonic::Code::InvalidArgument,
            Self::Unauthenticated => tonic::Code::Unauthenticated,
            Self::Denied => tonic::Code::PermissionDenied,
            Self::NotFound => tonic::Code::NotFound,
            Self::Exists => tonic::Code::AlreadyExists,
            Self::Conflict => tonic::Code::FailedPrecondition,
            Self::Stale => tonic::Code::Aborted,
            Self::Busy => tonic::Code::ResourceExhausted,
            Self::Unavailable => tonic::Code::Unavailable,
            Self::Internal => tonic::Code::Internal,
        }
    }
}

/// A rule of law that a call broke.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its id in LAW.md, e.g. `T-04`.
    pub id: String,
    /// Where it stands, e.g. `Decree 310 art. 5(2)`.
    pub basis: String,
    /// The resource it was broken on, e.g. `referrals/…`.
    pub subject: String,
}

/// Everything the caller is told beside the message.
#[derive(Clone, Debug)]
pub struct Told {
    /// The code.
    pub code: Code,
    /// A stable word for programs to match on.
    pub reason: &'static str,
    /// The same sentence in Chinese, where there is one.
    pub zh: Option<String>,
    /// Every field at fault.
    pub violations: Option<Violations>,
    /// The rule that was broken.
    pub rule: Option<Rule>,
}

impl Told {
    /// A code and a word, and nothing more.
    pub fn new(code: Code, reason: &'static str) -> Self {
        Self { code, reason, zh: None, violations: None, rule: None }
    }
}

/// The error of one service: an enum in its `error.rs`.
pub trait ServiceError: Error + 'static {
    /// The service that says so, such as `referral`.
    const DOMAIN: &'static str;
    /// What the caller is told.
    fn told(&self) -> Told;
}

/// The most fields and bytes one refusal tells: it travels in headers, which are bounded.
const FIELDS_TOLD: usize = 60;
const MESSAGE_BYTES: usize = 2048;

/// How long a caller that was turned away should wait before it tries again.
const RETRY: Duration = Duration::from_millis(200);

/// Tells the caller what it may know, and the log the rest, once.
pub fn to_status<E: ServiceError>(error: &E) -> tonic::Status {
    let told = error.told();
    let mut details = ErrorDetails::new();
    details.set_error_info(told.reason, E::DOMAIN, []);
    if told.code == Code::Internal {
        tracing::error!(error = %chain(error), reason = told.reason, "call failed");
        return tonic::Status::with_error_details(told.code.grpc(), "internal error", details);
    }
    if matches!(told.code, Code::Unavailable | Code::Busy) {
        details.set_retry_info(Some(RETRY));
        tracing::warn!(error = %chain(error), reason = told.reason, "call turned away");
    } else {
        tracing::info!(error = %error, reason = told.reason, "call refused");
    }
    let faults: Vec<(&str, &str)> = told.violations.iter().flat_map(Violations::iter).collect();
    for (field, fault) in faults.iter().take(FIELDS_TOLD) {
        details.add_bad_request_violation(*field, *fault);
    }
    if let Some(more) = faults.len().checked_sub(FIELDS_TOLD).filter(|more| *more > 0) {
        details.add_bad_request_violation("", format!("and {more} more fields"));
    }
    if let Some(rule) = told.rule {
        details.add_precondition_failure_violation(rule.id, rule.subject, rule.basis);
    }
    if let Some(zh) = told.zh {
        details.set_localized_message("zh-CN", zh);
    }
    tonic::Status::with_error_details(told.code.grpc(), shortened(error.to_string()), details)
}

fn shortened(mut message: String) -> String {
    if message.len() > MESSAGE_BYTES {
        let end = (0..=MESSAGE_BYTES).rev().find(|at| message.is_char_boundary(*at));
        message.truncate(end.unwrap_or_default());
        message.push_str(" … and more");
    }
    message
}

/// The message and every cause behind it, since `Display` shows only the outermost.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Broken(std::io::Error);
    impl std::fmt::Display for Broken {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("storage failed")
        }
    }
    impl Error for Broken {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(&self.0)
        }
    }
    impl ServiceError for Broken {
        const DOMAIN: &'static str = "test";
        fn told(&self) -> Told {
            Told::new(Code::Internal, "INTERNAL")
        }
    }

    #[test]
    fn internal_errors_do_not_leak() {
        let status = to_status(&Broken(std::io::Error::other("password is hunter2")));
        assert_eq!(status.code(), tonic::Code::Internal);
        assert!(!format!("{status:?}").contains("hunter2"));
        let info = status.get_error_details();
        assert_eq!(info.error_info().map(|i| i.reason.as_str()), Some("INTERNAL"));
    }

    #[derive(Debug)]
    struct Faulty(Violations);
    impl std::fmt::Display for Faulty {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            self.0.fmt(f)
        }
    }
    impl Error for Faulty {}
    impl ServiceError for Faulty {
        const DOMAIN: &'static str = "test";
        fn told(&self) -> Told {
            Told { violations: Some(self.0.clone()), ..Told::new(Code::Invalid, "FIELDS") }
        }
    }

    #[test]
    fn very_many_faults_fit_the_headers_and_say_how_many_were_left_out() {
        let mut fields = crate::Fields::default();
        (0..200).for_each(|n| fields.fault(format!("facts.{n}"), "is longer than 4096 bytes"));
        let status = to_status(&Faulty(fields.done().unwrap_err()));
        let details = status.get_error_details();
        let told = &details.bad_request().unwrap().field_violations;
        assert_eq!(told.len(), 61);
        assert_eq!(told[60].description, "and 140 more fields");
        assert!(status.message().ends_with("and more") && status.message().len() < 2100);
        assert!(status.details().len() < 8 * 1024, "{}", status.details().len());
    }

    #[test]
    fn the_log_has_every_cause() {
        assert_eq!(chain(&Broken(std::io::Error::other("disk full"))), "storage failed: disk full");
    }
}
