//! Says who is who in one trust domain: agencies, officers, workloads and their keys, tokens.
//!
//! Read `domain` for the rules, `issuer` for the keys that sign, `rpc` for what a call does,
//! `store` for where it is kept.

mod bootstrap;
pub mod config;
pub mod directory;
pub mod domain;
pub mod error;
pub mod issuer;
pub mod jwk;
pub mod migration;
pub mod policy;
pub mod rpc;
mod store;
mod worker;

use auth::{Credentials, Gate, Guarded, Revocations};
use clock::Clock;
use db::Db;
use proto::identity::v1::identity_service_server::IdentityServiceServer;
use types::TrustDomain;

use crate::issuer::Issuer;

/// The service: what its calls need, and nothing else.
#[derive(Clone)]
pub struct Identity {
    db: Db,
    /// The time of the law, for the journal.
    clock: Clock,
    /// The time tokens live by.
    wire: Clock,
    issuer: Issuer,
    credentials: Credentials,
    revocations: Revocations,
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Identity").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

impl Identity {
    /// Puts the service together.
    ///
    /// `clock` dates the journal, `wire` the tokens and keys. `credentials` are those of
    /// `service/identity`; `revocations` are kept up to date from the database. Call
    /// [`Identity::refresh`] before serving: it gives the service its own token.
    pub fn new(
        db: Db,
        clock: Clock,
        wire: Clock,
        issuer: Issuer,
        credentials: Credentials,
        revocations: Revocations,
    ) -> Self {
        Self { db, clock, wire, issuer, credentials, revocations }
    }

    /// The gRPC face of the service, behind its policy.
    pub fn into_server(self) -> Guarded<IdentityServiceServer<Self>> {
        let gate = Gate::new(
            self.credentials.clone(),
            self.issuer.trust(),
            self.revocations.clone(),
            self.wire.clone(),
        );
        auth::guard(gate, policy::POLICY, IdentityServiceServer::new(self))
    }

    /// The trust domain this service vouches for.
    pub fn domain(&self) -> &TrustDomain {
        &self.issuer.name().domain
    }
}
