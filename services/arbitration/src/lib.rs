//! Settles disputes between bodies over who is competent, while every duty goes on.
//!
//! Read `domain` for the rules, `rpc` for what a call does, `store` for where it is kept.

mod asking;
pub mod config;
pub mod domain;
mod error;
mod events;
mod marks;
mod message;
pub mod policy;
mod rpc;
mod store;
mod telling;
mod worker;

use std::sync::{Arc, PoisonError, RwLock};

use auth::{Gate, Guarded, Signed};
use calendar::Calendar;
use clock::Clock;
use db::{Db, journal::Cursor};
use proto::{
    arbitration::v1::arbitration_service_server::ArbitrationServiceServer,
    catalogue::v1::catalogue_service_client::CatalogueServiceClient,
    evidence::v1::evidence_service_client::EvidenceServiceClient,
    referral::v1::referral_service_client::ReferralServiceClient,
};
use types::AgencyCode;

pub use store::Migrations;

use crate::domain::{
    body::{Bodies, Body},
    precedent::Index,
    settings::Settings,
};

/// The service: what its calls need, and nothing else.
#[derive(Clone)]
pub struct Arbitration {
    db: Db,
    clock: Clock,
    calendar: Calendar,
    settings: Arc<Settings>,
    peers: Peers,
    precedents: Arc<RwLock<Precedents>>,
}

/// Whom this service asks and tells.
#[derive(Clone)]
pub struct Peers {
    /// Identity: the bodies and their officers.
    pub directory: directory::Directory,
    /// Asked who is competent; told what a decision draws.
    pub catalogue: CatalogueServiceClient<Signed>,
    /// Told that a dispute over a docket is open, or has ended.
    pub referral: ReferralServiceClient<Signed>,
    /// Told to hand the evidence over.
    pub evidence: EvidenceServiceClient<Signed>,
}

/// The precedents in memory, and up to which row of the journal they were read.
#[derive(Debug)]
struct Precedents {
    index: Index,
    read_to: Cursor,
}

impl std::fmt::Debug for Peers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Peers").field("directory", &self.directory).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Arbitration {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Arbitration").field("db", &self.db).finish_non_exhaustive()
    }
}

impl Arbitration {
    /// Puts the service together. `clock` is the time of the law; tokens have their own.
    pub fn new(db: Db, clock: Clock, calendar: Calendar, settings: Settings, peers: Peers) -> Self {
        let precedents = Precedents { index: Index::default(), read_to: Cursor::START };
        let precedents = Arc::new(RwLock::new(precedents));
        Self { db, clock, calendar, settings: Arc::new(settings), peers, precedents }
    }

    /// The gRPC face of the service, behind its policy.
    pub fn into_server(self, gate: Gate) -> Guarded<ArbitrationServiceServer<Self>> {
        let server = ArbitrationServiceServer::new(self).max_decoding_message_size(4 << 20);
        auth::guard(gate, policy::POLICY, server)
    }

    /// The bodies as last fetched, in the words of the rules.
    fn bodies(&self) -> Bodies {
        let agencies = self.peers.directory.agencies();
        let bodies = agencies.iter().map(|(code, agency)| {
            let body = Body {
                kind: agency.kind.clone(),
                superior: AgencyCode::parse(&agency.superior),
                region: agency.region_code.clone(),
                penalty_power: agency.has_penalty_power,
                justice_role: agency.justice_role.clone(),
            };
            (code.clone(), body)
        });
        Bodies(bodies.collect())
    }

    /// Reads the precedents that were decided since the last look.
    async fn read_precedents(&self) -> Result<(), error::Error> {
        loop {
            let after = self.precedents.read().unwrap_or_else(PoisonError::into_inner).read_to;
            let decided = store::precedents_after(&self.db, after, PRECEDENTS).await?;
            let Some((last, _)) = decided.last() else { return Ok(()) };
            let (last, bodies) = (*last, self.bodies());
            let mut precedents = self.precedents.write().unwrap_or_else(PoisonError::into_inner);
            // Somebody else may have read the same meanwhile.
            if precedents.read_to != after {
                continue;
            }
            for (_, precedent) in decided {
                let kinds = bodies.kinds(&precedent.parties);
                precedents.index.add(precedent, &kinds);
            }
            precedents.read_to = last;
        }
    }
}

/// How many precedents are read at once.
const PRECEDENTS: u64 = 2_000;
