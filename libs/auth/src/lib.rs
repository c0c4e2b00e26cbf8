//! Who is calling, who answered, and what exactly was said: mutual JWT for gRPC, message by message.
//!
//! Both directions carry a Workload Identity Token (draft-ietf-wimse-workload-creds) and a Workload
//! Proof Token (draft-ietf-wimse-wpt). [`guard`] stands before a service, [`Signed`] before a
//! client. This crate knows no database and no network; keys, tokens and bodies are never logged.
//!
//! # What a server must set
//! A token may have 8 KiB, two of them 16 KiB, and HTTP/2 servers refuse longer header *lists* on
//! their own, before the guard can say why: set `Server::http2_max_header_list_size(32 * 1024)`,
//! and the same on the client's `Endpoint`, whose limit holds for the trailers.
//!
//! # What a service does so that its answers can be proven for ever
//! In the transaction of an effect it encodes its answer, calls [`Attestation::answer`] with the
//! bytes, and keeps beside the [`Attestation`] the [`Answer`] that it gets: no second signature is
//! made, the guard sends that proof. [`verify_kept`] checks such a row, without network and clock.
//!
//! # What a service does so that a client can stream
//! Its row in the [`Policy`] says [`Shape::ClientStream`]; the client calls by [`Signed::streaming`].
//! The handler finds a [`Caller`] and no [`Attestation`], for nothing proves who wrote what: what
//! it receives counts for nothing until the same caller names its digest in a unary call. It may
//! answer, or refuse, before the last message; the client is told at once. Limits of time between
//! the two (of servers, channels, proxies) must leave room for a stream that moves.
//!
//! # What is added to the specification
//! - A server stream's proof carries `xiezhi/cnt`, the number of its messages, and `xiezhi/dig` is
//!   base64url(SHA-256(SHA-256(m1) || SHA-256(m2) ...)). Without the count, a stream's digest could
//!   be passed off as the digest of a unary message that consists of those hashes.
//! - The proof of an error carries `xiezhi/det`, the SHA-256 of the decoded
//!   `grpc-status-details-bin`, so that a reason word cannot be changed. Details without that
//!   claim are dropped by the client.

mod answer;
mod assertion;
mod caller;
mod credentials;
mod frames;
mod gate;
mod guard;
mod jws;
mod kept;
mod key;
mod policy;
mod proof;
mod pulse;
mod refusal;
mod replay;
mod revocations;
mod signed;
mod trust;
mod wit;

pub use answer::Answer;
pub use assertion::{Assertion, claimed_subject, make_assertion, verify_assertion};
pub use caller::{Attestation, Caller};
pub use credentials::Credentials;
pub use gate::Gate;
pub use guard::{Guarded, guard};
pub use kept::{Broken, Kept, KeptParties, Side, verify_kept};
pub use key::{KeyError, PublicKey, WorkloadKey};
pub use policy::{Allow, Policy, Rule, Shape};
pub use refusal::Refusal;
pub use replay::Replay;
pub use revocations::Revocations;
pub use signed::Signed;
pub use trust::{Trust, jwks};
pub use wit::{MAX_WIT_SECONDS, issue_wit};

/// SHA-256, as `xiezhi/dig` uses it: of the protobuf bytes of one message.
pub fn digest(message: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, message);
    out.copy_from_slice(hash.as_ref());
    out
}

/// Seconds of difference between two clocks that a WIT's times tolerate.
const SKEW_SECONDS: i64 = 30;

/// base64url without padding, the encoding of JOSE (RFC 7515 section 2).
fn base64url(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}

/// Reads base64url; refuses padding and stray bits, so that one value has one spelling.
fn from_base64url(text: &str) -> Option<Vec<u8>> {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(text).ok()
}

/// 128 random bits as text, for `jti`. `None` when the system has no randomness to give.
fn new_jti() -> Option<String> {
    let mut bits = [0u8; 16];
    aws_lc_rs::rand::fill(&mut bits).ok()?;
    Some(base64url(&bits))
}

/// Whether a claim says the digest `actual`; in constant time.
fn says_digest(claim: &str, actual: &[u8; 32]) -> bool {
    from_base64url(claim).is_some_and(|claimed| {
        aws_lc_rs::constant_time::verify_slices_are_equal(&claimed, actual).is_ok()
    })
}
