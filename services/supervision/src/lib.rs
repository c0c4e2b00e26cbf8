//! What is proven and what is watched: the log over all journals; board, warnings, traces, figures.
//!
//! Read `worker` for how rows become leaves, `project` for what is kept of what they mean, `rpc` for
//! what a call does, `store` for the tables. The tree itself and its proofs are `tlog`'s.

mod compare;
pub mod config;
mod decided;
pub mod domain;
mod error;
mod events;
mod facts;
mod journals;
mod key;
mod open;
pub mod policy;
mod printed;
mod project;
mod prove;
mod rpc;
mod rules;
mod rungs;
mod sequence;
mod store;
mod told;
mod warn;
mod worker;

use std::sync::Arc;

use auth::{Gate, Guarded};
use clock::Clock;
use db::Db;
use directory::Directory;
use proto::supervision::v1::supervision_service_server::SupervisionServiceServer;
use tlog::LogKey;

pub use calendar::Calendar;
pub use journals::Journal;
pub use key::log_key;
pub use store::Migrations;

use crate::{
    domain::{rule::Rules, settings::Settings},
    journals::Journals,
};

/// What this service reads from the others.
#[derive(Clone, Debug)]
pub struct Peers {
    /// The journals that are sequenced. Its own need not be named: it is always among them.
    pub journals: Vec<Journal>,
    /// The bodies, their superiors and the certificates.
    pub directory: Directory,
}

/// The service: what its calls need, and nothing else.
#[derive(Clone, Debug)]
pub struct Supervision {
    db: Db,
    key: Arc<LogKey>,
    journals: Journals,
    clock: Clock,
    calendar: Calendar,
    settings: Arc<Settings>,
    rules: Arc<Rules>,
    directory: Directory,
}

impl Supervision {
    /// The gRPC face of the service, behind its policy.
    pub fn into_server(self, gate: Gate) -> Guarded<SupervisionServiceServer<Self>> {
        auth::guard(gate, policy::POLICY, SupervisionServiceServer::new(self))
    }
}
