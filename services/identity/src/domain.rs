//! Who is who: pure rules about agencies, officers, and the keys of workloads.
//!
//! Nothing here waits, reads the clock, or knows of a database or a message.

pub mod directory;
pub mod key;
pub mod officer;

/// A rule that forbids a step. Each has a stable word (see `error`).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The workload has as many live keys as it may have.
    #[error("the workload already has {0} live keys; revoke one first")]
    TooManyKeys(u64),
    /// The key is somebody's already.
    #[error("the key is already enrolled")]
    KeyEnrolled,
    /// A revoked key stays revoked.
    #[error("the key is revoked")]
    KeyRevoked,
}
