//! Every reason for which a token, a message or an answer is refused, each with its stable word.

use std::{collections::HashMap, fmt};

use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt as _};

/// Why something was refused: a gRPC code, a stable word for programs, a sentence for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    code: Code,
    word: &'static str,
    sentence: &'static str,
}

impl Refusal {
    /// The stable word, such as `WIT_EXPIRED`.
    pub fn word(self) -> &'static str {
        self.word
    }

    /// The gRPC code it is answered with.
    pub fn code(self) -> Code {
        self.code
    }

    /// The status that tells a caller, with `google.rpc.ErrorInfo` in the domain `auth`.
    pub fn status(self) -> Status {
        told(self.code, self.word.to_owned(), self.sentence.to_owned())
    }

    /// The status by which the client's side reports an answer that fails the same check.
    pub(crate) fn answer_status(self) -> Status {
        let sentence = format!("the answer is not proven: {}", self.sentence);
        told(Code::DataLoss, format!("ANSWER_{}", self.word), sentence)
    }

    const fn of(code: Code, word: &'static str, sentence: &'static str) -> Self {
        Self { code, word, sentence }
    }

    const fn authn(word: &'static str, sentence: &'static str) -> Self {
        Self::of(Code::Unauthenticated, word, sentence)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.sentence)
    }
}

impl std::error::Error for Refusal {}

impl From<Refusal> for Status {
    fn from(refusal: Refusal) -> Self {
        refusal.status()
    }
}

/// A status with an `ErrorInfo` of this crate's domain.
pub(crate) fn told(code: Code, word: String, sentence: String) -> Status {
    let details = ErrorDetails::with_error_info(word, "auth", HashMap::new());
    Status::with_error_details(code, sentence, details)
}

/// Check 1: exactly one header of each kind, well-formed, within 8 KiB.
impl Refusal {
    pub(crate) const WIT_MISSING: Self = Self::authn("WIT_MISSING", "no workload-identity-token");
    pub(crate) const WPT_MISSING: Self = Self::authn("WPT_MISSING", "no workload-proof-token");
    pub(crate) const WIT_REPEATED: Self =
        Self::authn("WIT_REPEATED", "more than one workload-identity-token");
    pub(crate) const WPT_REPEATED: Self =
        Self::authn("WPT_REPEATED", "more than one workload-proof-token");
    pub(crate) const WIT_TOO_LARGE: Self =
        Self::authn("WIT_TOO_LARGE", "the workload-identity-token is larger than 8 KiB");
    pub(crate) const WPT_TOO_LARGE: Self =
        Self::authn("WPT_TOO_LARGE", "the workload-proof-token is larger than 8 KiB");
    pub(crate) const WIT_MALFORMED: Self =
        Self::authn("WIT_MALFORMED", "the workload-identity-token is not a well-formed JWS");
    pub(crate) const WPT_MALFORMED: Self =
        Self::authn("WPT_MALFORMED", "the workload-proof-token is not a well-formed JWS");
}

/// Check 2: the WIT.
impl Refusal {
    pub(crate) const WIT_TYPE: Self =
        Self::authn("WIT_TYPE", "the workload-identity-token's typ is not wit+jwt");
    pub(crate) const WIT_ALGORITHM: Self =
        Self::authn("WIT_ALGORITHM", "the workload-identity-token's alg is not allowed");
    pub(crate) const WIT_HEADER: Self = Self::authn(
        "WIT_HEADER",
        "the workload-identity-token's header brings its own key or a critical extension",
    );
    pub(crate) const WIT_ANCHOR: Self =
        Self::authn("WIT_ANCHOR", "the workload-identity-token's kid is no trust anchor's");
    pub(crate) const WIT_SIGNATURE: Self =
        Self::authn("WIT_SIGNATURE", "the workload-identity-token's signature does not hold");
    pub(crate) const WIT_EXPIRED: Self =
        Self::authn("WIT_EXPIRED", "the workload-identity-token has expired");
    pub(crate) const WIT_FROM_THE_FUTURE: Self =
        Self::authn("WIT_FROM_THE_FUTURE", "the workload-identity-token is not valid yet");
    pub(crate) const WIT_LIFETIME: Self =
        Self::authn("WIT_LIFETIME", "the workload-identity-token lives longer than an hour");
    pub(crate) const WIT_SUBJECT: Self =
        Self::authn("WIT_SUBJECT", "the workload-identity-token's sub is no workload identifier");
    pub(crate) const WIT_DOMAIN: Self =
        Self::authn("WIT_DOMAIN", "the workload-identity-token is of another trust domain");
    pub(crate) const WIT_KEY: Self =
        Self::authn("WIT_KEY", "the workload-identity-token's cnf.jwk is not usable");
    pub(crate) const WIT_REVOKED: Self =
        Self::authn("WIT_REVOKED", "the workload's key is revoked");
}

/// Check 3: the WPT.
impl Refusal {
    pub(crate) const WPT_TYPE: Self =
        Self::authn("WPT_TYPE", "the workload-proof-token's typ is not wpt+jwt");
    pub(crate) const WPT_ALGORITHM: Self =
        Self::authn("WPT_ALGORITHM", "the workload-proof-token's alg is not that of cnf.jwk");
    pub(crate) const WPT_HEADER: Self = Self::authn(
        "WPT_HEADER",
        "the workload-proof-token's header brings its own key or a critical extension",
    );
    pub(crate) const WPT_KEY_ID: Self =
        Self::authn("WPT_KEY_ID", "the workload-proof-token's kid is not that of cnf.jwk");
    pub(crate) const WPT_SIGNATURE: Self =
        Self::authn("WPT_SIGNATURE", "the workload-proof-token's signature does not hold");
    pub(crate) const WPT_EXPIRY_MISSING: Self =
        Self::authn("WPT_EXPIRY_MISSING", "the workload-proof-token has no exp");
    pub(crate) const WPT_EXPIRED: Self =
        Self::authn("WPT_EXPIRED", "the workload-proof-token has expired");
    pub(crate) const WPT_LIFETIME: Self =
        Self::authn("WPT_LIFETIME", "the workload-proof-token expires more than 60 s ahead");
    pub(crate) const WPT_FROM_THE_FUTURE: Self =
        Self::authn("WPT_FROM_THE_FUTURE", "the workload-proof-token is not valid yet");
    pub(crate) const WPT_OUTSIDE_WIT: Self = Self::authn(
        "WPT_OUTSIDE_WIT",
        "the workload-proof-token is not of the time of its workload-identity-token",
    );
    pub(crate) const WPT_WIT_HASH: Self =
        Self::authn("WPT_WIT_HASH", "wth is not the hash of the workload-identity-token");
    pub(crate) const WPT_AUDIENCE: Self =
        Self::authn("WPT_AUDIENCE", "the workload-proof-token is for another audience");
    pub(crate) const WPT_METHOD: Self =
        Self::authn("WPT_METHOD", "the workload-proof-token is for another method");
    pub(crate) const TXN_TOKEN_REPEATED: Self =
        Self::authn("TXN_TOKEN_REPEATED", "more than one txn-token");
    pub(crate) const TXN_TOKEN_UNBOUND: Self =
        Self::authn("TXN_TOKEN_UNBOUND", "a txn-token came without tth");
    pub(crate) const TXN_TOKEN_MISMATCH: Self =
        Self::authn("TXN_TOKEN_MISMATCH", "tth is not the hash of the txn-token");
    pub(crate) const TXN_TOKEN_REMOVED: Self =
        Self::authn("TXN_TOKEN_REMOVED", "tth is there, the txn-token is not");
}

/// Checks 4, 5 and 6: freshness, the message, the policy.
impl Refusal {
    pub(crate) const WPT_JTI: Self =
        Self::authn("WPT_JTI", "jti is missing, or not of 22 to 128 characters");
    pub(crate) const WPT_REPLAYED: Self =
        Self::authn("WPT_REPLAYED", "this workload-proof-token was used before");
    pub(crate) const REPLAY_CACHE_FULL: Self = Self::of(
        Code::Unavailable,
        "REPLAY_CACHE_FULL",
        "too many calls to tell a replay; try again in a minute",
    );
    pub(crate) const DIGEST_MISSING: Self =
        Self::authn("DIGEST_MISSING", "the workload-proof-token has no xiezhi/dig");
    pub(crate) const DIGEST_UNEXPECTED: Self = Self::authn(
        "DIGEST_UNEXPECTED",
        "the workload-proof-token has a xiezhi/dig, but a stream of messages is sent",
    );
    pub(crate) const DIGEST_MISMATCH: Self =
        Self::authn("DIGEST_MISMATCH", "xiezhi/dig is not the digest of the message");
    pub(crate) const MESSAGE_TOO_LARGE: Self = Self::of(
        Code::ResourceExhausted,
        "MESSAGE_TOO_LARGE",
        "the message is larger than 4 MiB, or the stream than 16 MiB",
    );
    pub(crate) const MESSAGE_COMPRESSED: Self =
        Self::of(Code::Unimplemented, "MESSAGE_COMPRESSED", "compression is never enabled here");
    pub(crate) const MESSAGE_MALFORMED: Self = Self::of(
        Code::InvalidArgument,
        "MESSAGE_MALFORMED",
        "the body is not exactly one gRPC message",
    );
    pub(crate) const MESSAGE_CUT: Self =
        Self::of(Code::Cancelled, "MESSAGE_CUT", "the body ended before its time");
    pub(crate) const METHOD_NOT_IN_POLICY: Self =
        Self::of(Code::PermissionDenied, "METHOD_NOT_IN_POLICY", "nobody may call this method");
    pub(crate) const CALLER_NOT_ALLOWED: Self = Self::of(
        Code::PermissionDenied,
        "CALLER_NOT_ALLOWED",
        "this workload may not call this method",
    );
}

/// What only the client's side refuses, and what either side lacks of its own.
impl Refusal {
    pub(crate) const UNPROVEN: Self = Self::authn("UNPROVEN", "it carries no proof");
    pub(crate) const CALLEE: Self = Self::authn("CALLEE", "it comes from another workload");
    pub(crate) const REQUEST: Self = Self::authn("REQUEST", "it answers another request");
    pub(crate) const STATUS: Self = Self::authn("STATUS", "xiezhi/sts is not the status");
    pub(crate) const DETAILS: Self =
        Self::authn("DETAILS", "xiezhi/det is not the digest of the status details");
    pub(crate) const LATE: Self = Self::authn("LATE", "it did not come in time");
    pub(crate) const NO_CREDENTIALS: Self = Self::of(
        Code::Unavailable,
        "NO_CREDENTIALS",
        "this workload holds no valid identity token at the moment",
    );
    pub(crate) const NO_RANDOMNESS: Self =
        Self::of(Code::Internal, "NO_RANDOMNESS", "the system gave no random bits");
}

/// RFC 7523 assertions.
impl Refusal {
    pub(crate) const ASSERTION_MALFORMED: Self =
        Self::authn("ASSERTION_MALFORMED", "the assertion is not a well-formed JWS");
    pub(crate) const ASSERTION_TYPE: Self =
        Self::authn("ASSERTION_TYPE", "the assertion's typ is not JWT");
    pub(crate) const ASSERTION_ALGORITHM: Self =
        Self::authn("ASSERTION_ALGORITHM", "the assertion's alg is not that of the key");
    pub(crate) const ASSERTION_HEADER: Self = Self::authn(
        "ASSERTION_HEADER",
        "the assertion's header brings its own key or a critical extension",
    );
    pub(crate) const ASSERTION_KEY_ID: Self =
        Self::authn("ASSERTION_KEY_ID", "the assertion's kid is not that of the key");
    pub(crate) const ASSERTION_SIGNATURE: Self =
        Self::authn("ASSERTION_SIGNATURE", "the assertion's signature does not hold");
    pub(crate) const ASSERTION_EXPIRED: Self =
        Self::authn("ASSERTION_EXPIRED", "the assertion has expired, or has no exp");
    pub(crate) const ASSERTION_LIFETIME: Self =
        Self::authn("ASSERTION_LIFETIME", "the assertion expires more than 5 minutes ahead");
    pub(crate) const ASSERTION_FROM_THE_FUTURE: Self =
        Self::authn("ASSERTION_FROM_THE_FUTURE", "the assertion is not valid yet");
    pub(crate) const ASSERTION_SUBJECT: Self =
        Self::authn("ASSERTION_SUBJECT", "iss and sub are not the expected workload");
    pub(crate) const ASSERTION_AUDIENCE: Self =
        Self::authn("ASSERTION_AUDIENCE", "the assertion is for another audience");
    pub(crate) const ASSERTION_JTI: Self =
        Self::authn("ASSERTION_JTI", "jti is missing, or not of 22 to 128 characters");
}
