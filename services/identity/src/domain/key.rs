//! The keys of a workload: enrolled once, revoked once, and never back.

use chrono::{DateTime, Utc};
use types::Workload;

use super::Refusal;

/// How many live keys a workload may have: its replicas and sites, and a few in change-over.
pub const LIVE_KEYS: u64 = 8;

/// An enrolled public key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// RFC 7638 thumbprint.
    pub thumbprint: String,
    /// Its holder.
    pub workload: Workload,
    /// The public JWK, as JSON.
    pub jwk: String,
    /// When it was enrolled.
    pub created_at: DateTime<Utc>,
    /// When it was revoked, if it was.
    pub revoked_at: Option<DateTime<Utc>>,
}

impl Key {
    /// Enrols a key. `same` is the key already kept under that thumbprint, `live` the number of
    /// live keys of its holder.
    ///
    /// # Errors
    /// The key is enrolled or revoked already, or the holder has [`LIVE_KEYS`].
    pub fn enrol(self, same: Option<&Self>, live: u64) -> Result<Self, Refusal> {
        match same {
            Some(old) if old.revoked_at.is_some() => Err(Refusal::KeyRevoked),
            Some(_) => Err(Refusal::KeyEnrolled),
            None if live >= LIVE_KEYS => Err(Refusal::TooManyKeys(LIVE_KEYS)),
            None => Ok(self),
        }
    }

    /// Revokes the key.
    ///
    /// # Errors
    /// It is revoked already; the first time stands.
    pub fn revoke(self, now: DateTime<Utc>) -> Result<Self, Refusal> {
        self.live()?;
        Ok(Self { revoked_at: Some(now), ..self })
    }

    /// That the key may still be used.
    ///
    /// # Errors
    /// It is revoked.
    pub fn live(&self) -> Result<(), Refusal> {
        if self.revoked_at.is_some() { Err(Refusal::KeyRevoked) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> Key {
        Key {
            thumbprint: "t".into(),
            workload: Workload::parse("wimse://county.example/agency/MKT").unwrap(),
            jwk: "{}".into(),
            created_at: DateTime::UNIX_EPOCH,
            revoked_at: None,
        }
    }

    #[test]
    fn a_workload_has_at_most_eight_live_keys() {
        assert!(key().enrol(None, 7).is_ok());
        assert_eq!(key().enrol(None, 8), Err(Refusal::TooManyKeys(8)));
    }

    #[test]
    fn a_key_is_enrolled_once_and_never_after_its_revocation() {
        assert_eq!(key().enrol(Some(&key()), 1), Err(Refusal::KeyEnrolled));
        let gone = key().revoke(DateTime::UNIX_EPOCH).unwrap();
        assert_eq!(key().enrol(Some(&gone), 0), Err(Refusal::KeyRevoked));
        assert_eq!(gone.revoke(DateTime::UNIX_EPOCH), Err(Refusal::KeyRevoked));
    }
}
