//! The revoked keys, as `identity` tells them; asked on every call.

use std::{
    collections::HashSet,
    sync::{Arc, PoisonError, RwLock},
};

/// Thumbprints of revoked keys; a cheap handle on one set.
#[derive(Clone, Debug, Default)]
pub struct Revocations(Arc<RwLock<HashSet<String>>>);

impl Revocations {
    /// Nothing revoked yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Replaces the set, for all who hold this handle.
    pub fn replace(&self, thumbprints: impl IntoIterator<Item = String>) {
        let set = thumbprints.into_iter().collect();
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = set;
    }

    /// Whether the key with this RFC 7638 thumbprint is revoked.
    pub fn contains(&self, thumbprint: &str) -> bool {
        self.0.read().unwrap_or_else(PoisonError::into_inner).contains(thumbprint)
    }
}
