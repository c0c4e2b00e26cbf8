//! Who goes where together, when, and why not: plans, public draws, joint operations, visits, assistance.
//!
//! Read `domain` for the rules, `rpc` for what a call does, `store` for where it is kept.

mod catalogue;
pub mod config;
mod directory;
pub mod domain;
mod error;
mod events;
mod log;
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
    operations::v1::operations_service_server::OperationsServiceServer,
    supervision::v1::supervision_service_client::SupervisionServiceClient,
};

pub use calendar::Calendar;
pub use store::Migrations;

use crate::{directory::Bodies, domain::settings::Settings, rpc::rosters::Rosters};

/// The services this one asks.
#[derive(Clone, Debug)]
pub struct Peers {
    /// The bodies and the certificates.
    pub directory: ::directory::Directory,
    /// Which matters a body holds (I-02).
    pub catalogue: CatalogueServiceClient<Signed>,
    /// Whether a frozen list is in the transparency log, and the log's checkpoint.
    pub supervision: SupervisionServiceClient<Signed>,
}

/// The service: what its calls need, and nothing else.
#[derive(Clone, Debug)]
pub struct Operations {
    db: Db,
    clock: Clock,
    calendar: Calendar,
    settings: Arc<Settings>,
    bodies: Bodies,
    rosters: Rosters,
    catalogue: CatalogueServiceClient<Signed>,
    supervision: SupervisionServiceClient<Signed>,
}

impl Operations {
    /// Puts the service together. `clock` is the time of the law; tokens have their own.
    pub fn new(db: Db, clock: Clock, calendar: Calendar, settings: Settings, peers: Peers) -> Self {
        let Peers { directory, catalogue, supervision } = peers;
        let (settings, bodies) = (Arc::new(settings), Bodies::new(directory));
        let rosters = Rosters::default();
        Self { db, clock, calendar, settings, bodies, rosters, catalogue, supervision }
    }

    /// The gRPC face of the service, behind its policy.
    pub fn into_server(self, gate: Gate) -> Guarded<OperationsServiceServer<Self>> {
        let server = OperationsServiceServer::new(self).max_decoding_message_size(4 << 20);
        auth::guard(gate, policy::POLICY, server)
    }
}
