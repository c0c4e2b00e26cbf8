//! What is written down of a state-changing call: one journal row, with the caller's attestation.

use auth::Caller;
use types::Workload;

use crate::domain::key::Key;

/// A key was enrolled; payload `EnrolKeyResponse`.
pub(crate) const KEY_ENROLLED: &str = "identity.key_enrolled.v1";
/// A key was revoked; payload `RevokeKeyRequest`, with the reason.
pub(crate) const KEY_REVOKED: &str = "identity.key_revoked.v1";
/// The issuer's key was rotated; payload `RotateIssuerKeyResponse`.
pub(crate) const ISSUER_ROTATED: &str = "identity.issuer_rotated.v1";
/// Agencies and officers were imported; payload `ImportDirectoryResponse`: numbers, no names.
pub(crate) const DIRECTORY_IMPORTED: &str = "identity.directory_imported.v1";

/// What a call did, for the journal.
#[derive(Debug)]
pub(crate) struct Note {
    /// What happened: one of the words above.
    pub(crate) kind: &'static str,
    /// What it happened to.
    pub(crate) resource: String,
    /// The event.
    pub(crate) payload: Vec<u8>,
}

/// `keys/{thumbprint}`.
pub(crate) fn key_name(key: &Key) -> String {
    format!("keys/{}", key.thumbprint)
}

/// Whose resources `caller` may see: its own, or everybody's (`None`) for the operator.
pub(crate) fn reach(caller: &Caller) -> Option<&Workload> {
    if caller.is_operator() { None } else { Some(&caller.workload) }
}
