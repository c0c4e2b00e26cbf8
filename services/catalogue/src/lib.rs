//! The one list of duties: who is competent for which matter, where, since when.
//!
//! Read `domain` for the rules, `snapshot` for the newest revision in memory, `rpc` for what a call
//! does, `store` for where it is kept, `data` for the example county's first revision.

pub mod config;
mod convert;
pub mod data;
pub mod domain;
mod error;
mod events;
pub mod policy;
mod read;
mod rpc;
mod snapshot;
mod store;
mod worker;

use std::sync::Arc;

use auth::{Gate, Guarded, Signed};
use clock::Clock;
use db::Db;
use directory::Directory;
use proto::{
    catalogue::v1::catalogue_service_server::CatalogueServiceServer,
    referral::v1::referral_service_client::ReferralServiceClient,
};

pub use store::Migrations;

use crate::{domain::settings::Settings, snapshot::Snapshots};

/// The service: what its calls need, and nothing else.
#[derive(Clone)]
pub struct Catalogue {
    db: Db,
    clock: Clock,
    directory: Directory,
    referral: ReferralServiceClient<Signed>,
    settings: Arc<Settings>,
    snapshots: Snapshots,
}

impl std::fmt::Debug for Catalogue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Catalogue").field("db", &self.db).finish_non_exhaustive()
    }
}

impl Catalogue {
    /// Puts the service together. `clock` is the time of the law; tokens have their own. `referral`
    /// knows which cases are closed.
    pub fn new(
        db: Db,
        clock: Clock,
        directory: Directory,
        referral: ReferralServiceClient<Signed>,
        settings: Settings,
    ) -> Self {
        let snapshots = Snapshots::new(settings.empowerment_excludes_county);
        Self { db, clock, directory, referral, settings: Arc::new(settings), snapshots }
    }

    /// The gRPC face of the service, behind its policy.
    pub fn into_server(self, gate: Gate) -> Guarded<CatalogueServiceServer<Self>> {
        let server = CatalogueServiceServer::new(self).max_decoding_message_size(4 << 20);
        auth::guard(gate, policy::POLICY, server)
    }
}
