//! What is proven: the transparency log over the journals of all services.
//!
//! Read `worker` for how rows become leaves, `rpc` for what a call does, `store` for where the log
//! is kept. The tree itself and its proofs are `tlog`'s.

mod compare;
pub mod config;
mod domain;
mod error;
mod journals;
mod key;
mod open;
pub mod policy;
mod prove;
mod rpc;
mod sequence;
mod store;
mod worker;

use std::sync::Arc;

use auth::{Gate, Guarded};
use db::Db;
use proto::supervision::v1::supervision_service_server::SupervisionServiceServer;
use tlog::LogKey;

pub use journals::Journal;
pub use key::log_key;
pub use store::Migrations;

use crate::journals::Journals;

/// The service: what its calls need, and nothing else.
#[derive(Clone, Debug)]
pub struct Supervision {
    db: Db,
    key: Arc<LogKey>,
    journals: Journals,
}

impl Supervision {
    /// The gRPC face of the service, behind its policy.
    pub fn into_server(self, gate: Gate) -> Guarded<SupervisionServiceServer<Self>> {
        auth::guard(gate, policy::POLICY, SupervisionServiceServer::new(self))
    }
}
