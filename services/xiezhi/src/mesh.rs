//! Puts services together into one process: all of them on a laptop, one of them in a Deployment.
//!
//! The services still meet on the wire: each has its own key and its own token, and calls the others
//! through the same port as everybody else.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use anyhow::Context as _;
use auth::{Credentials, Gate, Revocations, Signed, Trust, WorkloadKey};
use clock::Clock;
use db::Db;
use events::Bus;
use identity::{Identity, issuer::Issuer};
use proto::identity::v1::{ListRevocationsRequest, identity_service_client::IdentityServiceClient};
use referral::Referral;
use server::{Ready, Stop};
use tokio::net::TcpListener;
use tonic::{
    service::RoutesBuilder,
    transport::{Channel, Endpoint},
};
use types::{TrustDomain, Workload};

use crate::data_dir::DataDir;

/// Which services to run, and on what.
#[derive(Clone, Debug)]
pub struct Options {
    /// Names of services; see [`SERVICES`].
    pub services: Vec<String>,
    /// Where to serve; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Keys, trust bundle and databases.
    pub data_dir: PathBuf,
    /// The trust domain.
    pub trust_domain: String,
    /// Where identity answers when it is not among the services.
    pub identity_endpoint: Option<String>,
    /// The trust bundle, when it is not the one in the data directory.
    pub trust_bundle_file: Option<PathBuf>,
    /// The time of the law. Tokens always live by the system's clock.
    pub clock: Clock,
    /// How often the terms are looked at, if not as configured.
    pub tick_ms: Option<u64>,
}

/// The services this binary can run.
pub const SERVICES: &[&str] = &["identity", "referral"];

/// A mesh that serves until it is told to stop.
#[derive(Debug)]
pub struct Running {
    /// Where it serves.
    pub address: SocketAddr,
    /// Stops it.
    pub stop: Stop,
    server: tokio::task::JoinHandle<anyhow::Result<()>>,
}

impl Running {
    /// Waits until it has stopped.
    pub async fn finished(self) -> anyhow::Result<()> {
        self.server.await.context("the server")?
    }
}

/// What the services of one process share.
struct Ground {
    dir: DataDir,
    domain: TrustDomain,
    trust: Trust,
    revocations: Revocations,
    channel: Channel,
    ready: Ready,
    stop: Stop,
}

/// Starts the services and returns once they listen. They are ready a moment later: ask `Health`.
pub async fn start(options: Options) -> anyhow::Result<Running> {
    let dir = DataDir::open(&options.data_dir)?;
    let domain = TrustDomain::parse(&options.trust_domain).context("trust_domain is no name")?;
    let listener = TcpListener::bind(options.listen)
        .await
        .with_context(|| format!("cannot listen on {}", options.listen))?;
    let address = listener.local_addr()?;
    let (stop, ready) = (Stop::default(), Ready::default());
    let runs = |name: &str| options.services.iter().any(|one| one == name);
    // Before anything else is written: a database of a newer version ends the start.
    let identity_db = if runs("identity") { Some(identity_database(&dir).await?) } else { None };
    let referral_db = if runs("referral") { Some(referral_database(&dir).await?) } else { None };
    let databases = [identity_db.clone(), referral_db.clone()];

    let mut routes = RoutesBuilder::default();
    let local = format!("http://{address}");
    let endpoint = options.identity_endpoint.clone().unwrap_or(local);
    let channel = channel(&endpoint)?;
    let revocations = Revocations::new();
    let trust = if let Some(db) = identity_db {
        let issuer = issuer(&dir, &domain)?;
        let trust = issuer.trust();
        let identity =
            start_identity(db, &dir, &domain, issuer, &options.clock, revocations.clone()).await?;
        stop.spawn("identity", identity.clone().tend(stop.clone()));
        routes.add_service(identity.into_server());
        trust
    } else {
        let bundle = options.trust_bundle_file.clone().unwrap_or_else(|| dir.trust_bundle());
        follow_bundle(&domain, bundle, &stop)?
    };
    let ground = Ground { dir, domain, trust, revocations, channel, ready, stop };
    if let Some(db) = referral_db {
        start_referral(db, &ground, &options, &mut routes)?;
    }
    let (ready, stop) = (ground.ready, ground.stop);
    let serving = server::serve(listener, routes.routes(), proto::DESCRIPTORS, ready, stop.clone());
    #[expect(clippy::disallowed_methods, reason = "the server itself; Running waits for it")]
    let server = tokio::spawn(async move {
        let served = serving.await;
        close(databases.into_iter().flatten()).await;
        served
    });
    Ok(Running { address, stop, server })
}

/// Closes the databases, so that each `SQLite` file is whole by itself and may be copied.
async fn close(databases: impl Iterator<Item = Db>) {
    for db in databases {
        if tokio::time::timeout(CLOSE, db.close()).await.is_err() {
            tracing::warn!("a database is in use to the end");
        }
    }
}

/// How long closing a database may take; nothing is lost when it takes longer.
const CLOSE: Duration = Duration::from_secs(2);
/// How long a call to identity may take: it must leave time to tell the caller that it failed.
const CALL: Duration = Duration::from_secs(5);

/// A channel that connects when it is first used, and again when it is dead.
pub(crate) fn channel(endpoint: &str) -> anyhow::Result<Channel> {
    Ok(Endpoint::from_shared(endpoint.to_owned())
        .with_context(|| format!("{endpoint} is no address"))?
        .connect_timeout(Duration::from_secs(5))
        .timeout(CALL)
        .http2_keep_alive_interval(Duration::from_secs(10))
        .keep_alive_timeout(Duration::from_secs(5))
        .http2_max_header_list_size(32 * 1024)
        .tcp_nodelay(true)
        .connect_lazy())
}

fn issuer(dir: &DataDir, domain: &TrustDomain) -> anyhow::Result<Issuer> {
    let mut config = identity::config::load()?;
    config.trust_domain = domain.as_str().to_owned();
    config.issuer.key_dir = dir.issuer();
    config.issuer.bundle_file = dir.trust_bundle();
    Ok(Issuer::open(config.issuer()?, Clock::system())?)
}

/// Starts identity and enrols the mesh's own keys, which are made on this machine.
async fn start_identity(
    db: Db,
    dir: &DataDir,
    domain: &TrustDomain,
    issuer: Issuer,
    clock: &Clock,
    revocations: Revocations,
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

fn start_referral(
    db: Db,
    ground: &Ground,
    options: &Options,
    routes: &mut RoutesBuilder,
) -> anyhow::Result<()> {
    let mut config = referral::config::load()?;
    config.worker.tick_ms = options.tick_ms.unwrap_or(config.worker.tick_ms);
    let own = Workload::service(&ground.domain, "referral");
    let key = WorkloadKey::load_or_create(ground.dir.key_file(&own))?;
    let credentials = Credentials::new(key, own, Clock::system());
    let (trust, system) = (ground.trust.clone(), Clock::system());
    let callee = Workload::service(&ground.domain, "identity");
    let signed = Signed::new(ground.channel.clone(), credentials.clone(), trust.clone(), callee);
    let identity = IdentityServiceClient::new(signed);

    let fresh = {
        let (credentials, channel) = (credentials.clone(), ground.channel.clone());
        let (trust, stop) = (trust.clone(), ground.stop.clone());
        async move {
            client::keep_fresh(credentials, trust, channel, system, stop.signalled()).await;
            Ok(())
        }
    };
    ground.stop.spawn("referral token", fresh);
    let revoked = {
        let (identity, revocations) = (identity.clone(), ground.revocations.clone());
        let (ready, stop) = (ground.ready.clone(), ground.stop.clone());
        ready.set("referral revocations", false);
        async move {
            tokio::select! {
                () = stop.signalled() => return Ok(()),
                () = first_revocations(identity.clone(), &revocations) => {}
            }
            ready.set("referral revocations", true);
            client::follow_revocations(identity, revocations, stop.signalled()).await;
            Ok(())
        }
    };
    ground.stop.spawn("referral revocations", revoked);

    let calendar = referral::Calendar::open(&config.calendar)?;
    let referral = Referral::new(db, options.clock.clone(), calendar, config.law, identity);
    referral.start(config.worker, Bus::in_process(), &ground.ready, &ground.stop);
    let gate = Gate::new(credentials, trust, ground.revocations.clone(), Clock::system());
    routes.add_service(referral.into_server(gate));
    Ok(())
}

/// Takes the revocations over for the first time: until then a revoked key would be let in, and the
/// service is not ready.
async fn first_revocations(mut identity: IdentityServiceClient<Signed>, revocations: &Revocations) {
    loop {
        match identity.list_revocations(ListRevocationsRequest {}).await {
            Ok(answer) => return revocations.replace(answer.into_inner().thumbprints),
            Err(error) => tracing::debug!(%error, "revocations not known yet"),
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn identity_database(dir: &DataDir) -> anyhow::Result<Db> {
    let config = identity::config::load()?.db;
    let url = url_or(&config.url, "sqlite://identity.db?mode=rwc", dir, "identity");
    let opened = Db::connect::<identity::migration::Migrator>(&url, config.max_connections).await;
    opened.with_context(|| format!("identity's database {url}"))
}

async fn referral_database(dir: &DataDir) -> anyhow::Result<Db> {
    let config = referral::config::load()?.db;
    let url = url_or(&config.url, "", dir, "referral");
    let opened = Db::connect::<referral::Migrations>(&url, config.max_connections).await;
    opened.with_context(|| format!("referral's database {url}"))
}

/// A configured database, or the file in the data directory.
fn url_or(url: &str, default: &str, dir: &DataDir, service: &str) -> String {
    if url.is_empty() || url == default { dir.database(service) } else { url.to_owned() }
}

/// Reads the trust bundle and takes a new one over when the file changes.
fn follow_bundle(domain: &TrustDomain, file: PathBuf, stop: &Stop) -> anyhow::Result<Trust> {
    let read = |file: &PathBuf| {
        std::fs::read_to_string(file).with_context(|| format!("trust bundle {}", file.display()))
    };
    let mut known = read(&file)?;
    let trust = Trust::parse(domain, &known)?;
    let (follow, signal) = (trust.clone(), stop.clone());
    stop.spawn("trust bundle", async move {
        loop {
            tokio::select! {
                () = signal.signalled() => return Ok(()),
                () = tokio::time::sleep(Duration::from_secs(1)) => {}
            }
            match read(&file) {
                Ok(now) if now != known => {
                    match follow.replace(&now) {
                        Ok(()) => tracing::info!("trust bundle replaced"),
                        Err(error) => tracing::error!(%error, "the trust bundle stays as it was"),
                    }
                    known = now;
                }
                Ok(_) => {}
                Err(error) => tracing::error!(error = format!("{error:#}"), "trust bundle"),
            }
        }
    });
    Ok(trust)
}
