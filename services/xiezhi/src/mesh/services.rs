//! Each service as this process starts it: its database, its options, its peers.

use anyhow::Context as _;
use auth::{Credentials, Revocations, WorkloadKey};
use clock::Clock;
use db::Db;
use directory::Directory;
use events::Bus;
use evidence::{Evidence, Vault};
use identity::{Identity, issuer::Issuer};
use proto::{
    identity::v1::identity_service_client::IdentityServiceClient,
    referral::v1::referral_service_client::ReferralServiceClient,
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

/// The databases of the services in this process.
pub(super) struct Databases {
    pub identity: Option<Db>,
    pub referral: Option<Db>,
    pub evidence: Option<Db>,
    pub supervision: Option<Db>,
}

impl Databases {
    /// Opens those of `services`, and brings their schemas up to date.
    pub(super) async fn open(dir: &DataDir, services: &[String]) -> anyhow::Result<Self> {
        let runs = |name: &str| services.iter().any(|one| one == name);
        let mut opened = Self { identity: None, referral: None, evidence: None, supervision: None };
        if runs("identity") {
            let config = identity::config::load()?.db;
            let url = url_or(&config.url, "sqlite://identity.db?mode=rwc", dir, "identity");
            let db = Db::connect::<identity::migration::Migrator>(&url, config.max_connections);
            opened.identity = Some(db.await.with_context(|| format!("identity's database {url}"))?);
        }
        if runs("referral") {
            let config = referral::config::load()?.db;
            let url = url_or(&config.url, "", dir, "referral");
            let db = Db::connect::<referral::Migrations>(&url, config.max_connections);
            opened.referral = Some(db.await.with_context(|| format!("referral's database {url}"))?);
        }
        if runs("evidence") {
            let config = evidence::config::load()?.db;
            let url = url_or(&config.url, "", dir, "evidence");
            let db = Db::connect::<evidence::Migrations>(&url, config.max_connections);
            opened.evidence = Some(db.await.with_context(|| format!("evidence's database {url}"))?);
        }
        if runs("supervision") {
            let config = supervision::config::load()?.db;
            let url = url_or(&config.url, "", dir, "supervision");
            let db = Db::connect::<supervision::Migrations>(&url, config.max_connections);
            opened.supervision =
                Some(db.await.with_context(|| format!("supervision's database {url}"))?);
        }
        Ok(opened)
    }

    /// All that are open.
    pub(super) fn all(&self) -> Vec<Db> {
        let all = [&self.identity, &self.referral, &self.evidence, &self.supervision];
        all.into_iter().flatten().cloned().collect()
    }
}

/// A configured database, or the file in the data directory.
fn url_or(url: &str, default: &str, dir: &DataDir, service: &str) -> String {
    if url.is_empty() || url == default { dir.database(service) } else { url.to_owned() }
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

/// Starts referral.
pub(super) fn referral(
    db: Db,
    ground: &Ground,
    member: Member,
    options: &Options,
    routes: &mut RoutesBuilder,
) -> anyhow::Result<()> {
    let mut config = referral::config::load()?;
    config.worker.tick_ms = options.tick_ms.unwrap_or(config.worker.tick_ms);
    let identity = member.signed(ground.channel("identity")?, "identity");
    let identity = IdentityServiceClient::new(identity);
    let calendar = referral::Calendar::open(&config.calendar)?;
    let referral = Referral::new(db, options.clock.clone(), calendar, config.law, identity);
    referral.start(config.worker, Bus::in_process(), &ground.ready, &ground.stop);
    routes.add_service(referral.into_server(member.gate));
    Ok(())
}

/// Starts evidence.
pub(super) async fn evidence(
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
    let identity = member.signed(ground.channel("identity")?, "identity");
    let directory = Directory::new(IdentityServiceClient::new(identity));
    let referral = member.signed(ground.channel("referral")?, "referral");
    let referral = ReferralServiceClient::new(referral);
    let calendar = evidence::Calendar::open(&config.calendar)?;
    let evidence = Evidence::new(db, options.clock.clone(), calendar, directory, vault, referral);
    evidence.start(config.worker, Bus::in_process(), &ground.ready, &ground.stop);
    evidence.keep_content(&ground.stop);
    routes.add_service(evidence.into_server(member.gate));
    Ok(())
}

/// Starts supervision.
pub(super) async fn supervision(
    (db, key): (Db, LogKey),
    ground: &Ground,
    member: Member,
    routes: &mut RoutesBuilder,
) -> anyhow::Result<()> {
    let config = supervision::config::load()?;
    let mut journals = Vec::new();
    for name in &config.log.journals {
        let channel = member.signed(ground.channel(name)?, name);
        let journal = Journal::new(name, channel);
        journals.push(journal.with_context(|| format!("log.journals: {name} has no journal"))?);
    }
    let supervision = Supervision::open(db, key, journals).await?;
    supervision.start(&config.log, &ground.stop);
    routes.add_service(supervision.into_server(member.gate));
    Ok(())
}
