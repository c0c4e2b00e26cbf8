//! Keeps evidence so that it still stands in court: who holds what, what a receiver accepted, how it
//! may be used.
//!
//! Read `domain` for the rules, `rpc` for what a call does, `store` for where it is kept, `content`
//! for the files.

pub mod config;
mod content;
pub mod domain;
mod error;
mod events;
mod marks;
pub mod policy;
mod rpc;
pub mod sheet;
mod store;
mod telling;
mod worker;

use auth::{Gate, Guarded, Signed};
use clock::Clock;
use db::Db;
use directory::Directory;
use proto::{
    evidence::v1::evidence_service_server::EvidenceServiceServer,
    referral::v1::referral_service_client::ReferralServiceClient,
};

pub use calendar::Calendar;
pub use content::vault::Vault;
pub use store::Migrations;

use crate::domain::settings::Settings;

/// The service: what its calls need, and nothing else.
#[derive(Clone)]
pub struct Evidence {
    db: Db,
    clock: Clock,
    calendar: Calendar,
    directory: Directory,
    vault: Vault,
    referral: ReferralServiceClient<Signed>,
    settings: Settings,
}

impl std::fmt::Debug for Evidence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Evidence").field("db", &self.db).finish_non_exhaustive()
    }
}

impl Evidence {
    /// Puts the service together. `clock` is the time of the law; tokens and uploads have their own.
    /// What the law leaves open is as strict as it can be: see [`Evidence::with`].
    pub fn new(
        db: Db,
        clock: Clock,
        calendar: Calendar,
        directory: Directory,
        vault: Vault,
        referral: ReferralServiceClient<Signed>,
    ) -> Self {
        let settings = Settings::default();
        Self { db, clock, calendar, directory, vault, referral, settings }
    }

    /// The same service with other settings.
    #[must_use]
    pub fn with(self, settings: Settings) -> Self {
        Self { settings, ..self }
    }

    /// The gRPC face of the service, behind its policy.
    pub fn into_server(self, gate: Gate) -> Guarded<EvidenceServiceServer<Self>> {
        let server = EvidenceServiceServer::new(self).max_decoding_message_size(4 << 20);
        auth::guard(gate, policy::POLICY, server)
    }
}
