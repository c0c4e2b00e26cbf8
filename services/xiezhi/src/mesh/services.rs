//! Each service as this process starts it: its database, its options, its peers.

use std::collections::BTreeMap;

use anyhow::Context as _;
use arbitration::Arbitration;
use auth::{Credentials, Revocations, WorkloadKey};
use catalogue::Catalogue;
use clock::Clock;
use db::Db;
use directory::Directory;
use events::Bus;
use evidence::{Evidence, Vault};
use identity::{Identity, issuer::Issuer};
use operations::Operations;
use proto::{
    catalogue::v1::catalogue_service_client::CatalogueServiceClient,
    evidence::v1::evidence_service_client::EvidenceServiceClient,
    identity::v1::identity_service_client::IdentityServiceClient,
    referral::v1::referral_service_client::ReferralServiceClient,
    supervision::v1::supervision_service_client::SupervisionServiceClient,
};
use referral::Referral;
use supervision::{Journal, Supervision};
use tlog::LogKey;
use tonic::service::RoutesBuilder;
use types::{TrustDomain, Workload};

use super::{
    Options, SERVICES,
    ground::{Ground, Member},
};
use crate::data_dir::DataDir;

/// The databases of the services in this process, by the services' names.
pub(super) struct Databases(BTreeMap<String, Db>);

impl Databases {
    /// Opens those of `services`, and brings their schemas up to date.
    pub(super) async fn open(dir: &DataDir, services: &[String]) -> anyhow::Result<Self> {
        let mut opened = BTreeMap::new();
        for name in services {
            let (db, url) = match name.as_str() {
                "identity" => {
                    let config = identity::config::load()?.db;
                    let default = "sqlite://identity.db?mode=rwc";
                    let url = if config.url == default { "" } else { &config.url };
                    let url = url_or(url, dir, name);
                    let db =
                        Db::connect::<identity::migration::Migrator>(&url, config.max_connections);
                    (db.await, url)
                }
                "catalogue" => {
                    let config = catalogue::config::load()?.db;
                    let url = url_or(&config.url, dir, name);
                    let db = Db::connect::<catalogue::Migrations>(&url, config.max_connections);
                    (db.await, url)
                }
                "referral" => {
                    let config = referral::config::load()?.db;
                    let url = url_or(&config.url, dir, name);
                    let db = Db::connect::<referral::Migrations>(&url, config.max_connections);
                    (db.await, url)
                }
                "evidence" => {
                    let config = evidence::config::load()?.db;
                    let url = url_or(&config.url, dir, name);
                    let db = Db::connect::<evidence::Migrations>(&url, config.max_connections);
                    (db.await, url)
                }
                "arbitration" => {
                    let config = arbitration::config::load()?.db;
                    let url = url_or(&config.url, dir, name);
                    let db = Db::connect::<arbitration::Migrations>(&url, config.max_connections);
                    (db.await, url)
                }
                "operations" => {
                    let config = operations::config::load()?.db;
                    let url = url_or(&config.url, dir, name);
                    let db = Db::connect::<operations::Migrations>(&url, config.max_connections);
                    (db.await, url)
                }
                "supervision" => {
                    let config = supervision::config::load()?.db;
                    let url = url_or(&config.url, dir, name);
                    let db = Db::connect::<supervision::Migrations>(&url, config.max_connections);
                    (db.await, url)
                }
                _ => anyhow::bail!("{name} is no service"),
            };
            opened.insert(name.clone(), db.with_context(|| format!("{name}'s database {url}"))?);
        }
        Ok(Self(opened))
    }

    /// That of a service.
    pub(super) fn of(&self, service: &str) -> Option<Db> {
        self.0.get(service).cloned()
    }

    /// All that are open.
    pub(super) fn all(&self) -> Vec<Db> {
        self.0.values().cloned().collect()
    }
}

/// A configured database, or the file in the data directory.
fn url_or(url: &str, dir: &DataDir, service: &str) -> String {
    if url.is_empty() { dir.database(service) } else { url.to_owned() }
}

/// The key of the transparency log, when this process keeps the log.
pub(super) fn log_key(
    dir: &DataDir,
    domain: &TrustDomain,
    services: &[String],
) -> anyhow::Result<Option<LogKey>> {
    if !services.iter().any(|one| one == "supervision") {
        return Ok(None);
    }
    supervision::log_key(&dir.log_key(), domain).map(Some)
}

/// The issuer of the trust domain. The log's key goes into the bundle that everybody trusts.
pub(super) fn issuer(
    dir: &DataDir,
    domain: &TrustDomain,
    log_key: Option<&LogKey>,
) -> anyhow::Result<Issuer> {
    let mut config = identity::config::load()?;
    config.trust_domain = domain.as_str().to_owned();
    config.issuer.key_dir = dir.issuer();
    config.issuer.bundle_file = dir.trust_bundle();
    config.issuer.log_keys.extend(log_key.map(|key| key.verifier().to_string()));
    Ok(Issuer::open(config.issuer()?, Clock::system())?)
}

/// Prepares identity and enrols the mesh's own keys, which are made on this machine.
pub(super) async fn identity(
    (db, issuer, revocations): (Db, Issuer, Revocations),
    dir: &DataDir,
    domain: &TrustDomain,
    clock: &Clock,
) -> anyhow::Result<Identity> {
    let own = Workload::service(domain, "identity");
    let key = WorkloadKey::load_or_create(dir.key_file(&own))?;
    let credentials = Credentials::new(key, own, Clock::system());
    let identity =
        Identity::new(db, clock.clone(), Clock::system(), issuer, credentials, revocations);
    for name in SERVICES.iter().chain(&["operator"]).filter(|name| **name != "identity") {
        let workload = Workload::service(domain, name);
        let key = WorkloadKey::load_or_create(dir.key_file(&workload))?;
        identity.bootstrap(workload, &key.public_jwk().to_string()).await?;
    }
    identity.refresh().await?;
    Ok(identity)
}

/// Starts a service that is not identity. `log_key` is for the one that keeps the log.
pub(super) async fn start(
    name: &str,
    (db, log_key): (Db, Option<&LogKey>),
    ground: &Ground,
    member: Member,
    options: &Options,
    routes: &mut RoutesBuilder,
) -> anyhow::Result<()> {
    match name {
        "catalogue" => catalogue(db, ground, member, options, routes),
        "referral" => referral(db, ground, member, options, routes),
        "evidence" => evidence(db, ground, member, options, routes).await,
        "arbitration" => arbitration(db, ground, member, options, routes),
        "operations" => operations(db, ground, member, options, routes),
        "supervision" => {
            let key = log_key.context("the log's key")?.clone();
            supervision((db, key), ground, member, options, routes).await
        }
        _ => anyhow::bail!("{name} is no service"),
    }
}

/// Starts the catalogue.
fn catalogue(
    db: Db,
    ground: &Ground,
    member: Member,
    options: &Options,
    routes: &mut RoutesBuilder,
) -> anyhow::Result<()> {
    let mut config = catalogue::config::load()?;
    config.worker.follow_ms = options.tick_ms.unwrap_or(config.worker.follow_ms);
    let directory = Directory::new(IdentityServiceClient::new(member.to(ground, "identity")?));
    let referral = ReferralServiceClient::new(member.to(ground, "referral")?);
    let catalogue = Catalogue::new(db, options.clock.clone(), directory, referral, config.law);
    catalogue.start(config.worker, &ground.ready, &ground.stop);
    routes.add_service(catalogue.into_server(member.gate));
    Ok(())
}

/// Starts referral.
fn referral(
    db: Db,
    ground: &Ground,
    member: Member,
    options: &Options,
    routes: &mut RoutesBuilder,
) -> anyhow::Result<()> {
    let mut config = referral::config::load()?;
    config.worker.tick_ms = options.tick_ms.unwrap_or(config.worker.tick_ms);
    let identity = IdentityServiceClient::new(member.to(ground, "identity")?);
    let catalogue = CatalogueServiceClient::new(member.to(ground, "catalogue")?);
    let calendar = referral::Calendar::open(&config.calendar)?;
    let clock = options.clock.clone();
    let referral = Referral::new(db, clock, calendar, config.law, identity, catalogue);
    referral.start(config.worker, Bus::in_process(), &ground.ready, &ground.stop);
    routes.add_service(referral.into_server(member.gate));
    Ok(())
}

/// Starts evidence.
async fn evidence(
    db: Db,
    ground: &Ground,
    member: Member,
    options: &Options,
    routes: &mut RoutesBuilder,
) -> anyhow::Result<()> {
    let config = evidence::config::load()?;
    let home = ground.dir.path();
    let vault = Vault::open(config.content, home, &db, Clock::system()).await;
    let vault = vault.context("the evidence service's files")?;
    let directory = Directory::new(IdentityServiceClient::new(member.to(ground, "identity")?));
    let referral = ReferralServiceClient::new(member.to(ground, "referral")?);
    let calendar = evidence::Calendar::open(&config.calendar)?;
    let evidence = Evidence::new(db, options.clock.clone(), calendar, directory, vault, referral);
    let evidence = evidence.with(config.law);
    evidence.start(config.worker, Bus::in_process(), &ground.ready, &ground.stop);
    evidence.keep_content(&ground.stop);
    routes.add_service(evidence.into_server(member.gate));
    Ok(())
}

/// Starts arbitration.
fn arbitration(
    db: Db,
    ground: &Ground,
    member: Member,
    options: &Options,
    routes: &mut RoutesBuilder,
) -> anyhow::Result<()> {
    let mut config = arbitration::config::load()?;
    config.worker.tick_ms = options.tick_ms.unwrap_or(config.worker.tick_ms);
    config.worker.tell_ms = options.tick_ms.unwrap_or(config.worker.tell_ms);
    let peers = arbitration::Peers {
        directory: Directory::new(IdentityServiceClient::new(member.to(ground, "identity")?)),
        catalogue: CatalogueServiceClient::new(member.to(ground, "catalogue")?),
        referral: ReferralServiceClient::new(member.to(ground, "referral")?),
        evidence: EvidenceServiceClient::new(member.to(ground, "evidence")?),
    };
    let calendar = calendar::Calendar::open(&config.calendar)?;
    let arbitration = Arbitration::new(db, options.clock.clone(), calendar, config.law, peers);
    arbitration.start(config.worker, &ground.ready, &ground.stop);
    routes.add_service(arbitration.into_server(member.gate));
    Ok(())
}

/// Starts operations.
fn operations(
    db: Db,
    ground: &Ground,
    member: Member,
    options: &Options,
    routes: &mut RoutesBuilder,
) -> anyhow::Result<()> {
    let mut config = operations::config::load()?;
    config.worker.tick_ms = options.tick_ms.unwrap_or(config.worker.tick_ms);
    let peers = operations::Peers {
        directory: Directory::new(IdentityServiceClient::new(member.to(ground, "identity")?)),
        catalogue: CatalogueServiceClient::new(member.to(ground, "catalogue")?),
        supervision: SupervisionServiceClient::new(member.to(ground, "supervision")?),
    };
    let calendar = calendar::Calendar::open(&config.calendar)?;
    let operations = Operations::new(db, options.clock.clone(), calendar, config.law, peers);
    operations.start(config.worker, Bus::in_process(), &ground.ready, &ground.stop);
    routes.add_service(operations.into_server(member.gate));
    Ok(())
}

/// Starts supervision.
async fn supervision(
    (db, key): (Db, LogKey),
    ground: &Ground,
    member: Member,
    options: &Options,
    routes: &mut RoutesBuilder,
) -> anyhow::Result<()> {
    let mut config = supervision::config::load()?;
    config.worker.tick_ms = options.tick_ms.unwrap_or(config.worker.tick_ms);
    let mut journals = Vec::new();
    for name in &config.log.journals {
        let journal = Journal::new(name, member.to(ground, name)?);
        journals.push(journal.with_context(|| format!("log.journals: {name} has no journal"))?);
    }
    let directory = Directory::new(IdentityServiceClient::new(member.to(ground, "identity")?));
    let peers = supervision::Peers { journals, directory };
    let calendar = calendar::Calendar::open(&config.calendar)?;
    let (clock, settings) = (options.clock.clone(), config.settings());
    let supervision = Supervision::open(db, key, clock, calendar, settings, peers).await?;
    supervision.start(&config.log, &ground.stop);
    supervision.tend(config.worker, &ground.ready, &ground.stop);
    routes.add_service(supervision.into_server(member.gate));
    Ok(())
}
