//! Passes a suspected crime from the body that found it to the body that must act.
//!
//! Read `domain` for the rules, `rpc` for what a call does, `store` for where it is kept.

mod catalogue;
pub mod config;
mod directory;
pub mod domain;
mod error;
mod events;
mod marks;
pub mod policy;
mod rpc;
mod store;
mod worker;

use std::sync::Arc;

use auth::{Gate, Guarded, Signed};
use clock::Clock;
use db::Db;
use proto::{
    catalogue::v1::catalogue_service_client::CatalogueServiceClient,
    identity::v1::identity_service_client::IdentityServiceClient,
    referral::v1::referral_service_server::ReferralServiceServer,
};

pub use calendar::Calendar;
pub use store::Migrations;

use crate::{directory::Identity, domain::settings::Settings};

/// The service: what its calls need, and nothing else.
#[derive(Clone, Debug)]
pub struct Referral {
    db: Db,
    clock: Clock,
    calendar: Calendar,
    settings: Arc<Settings>,
    identity: Identity,
    catalogue: CatalogueServiceClient<Signed>,
}

impl Referral {
    /// Puts the service together. `clock` is the time of the law; tokens have their own. Without an
    /// answer of `catalogue` all goes on.
    pub fn new(
        db: Db,
        clock: Clock,
        calendar: Calendar,
        settings: Settings,
        identity: IdentityServiceClient<Signed>,
        catalogue: CatalogueServiceClient<Signed>,
    ) -> Self {
        let identity = Identity::new(identity);
        Self { db, clock, calendar, settings: Arc::new(settings), identity, catalogue }
    }

    /// The gRPC face of the service, behind its policy.
    pub fn into_server(self, gate: Gate) -> Guarded<ReferralServiceServer<Self>> {
        let server = ReferralServiceServer::new(self).max_decoding_message_size(4 << 20);
        auth::guard(gate, policy::POLICY, server)
    }
}
