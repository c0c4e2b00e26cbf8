//! Puts services together into one process: all of them on a laptop, one of them in a Deployment.
//!
//! The services still meet on the wire: each has its own key and its own token, and calls the others
//! through the same port as everybody else.

mod ground;
mod services;

use std::{collections::BTreeMap, net::SocketAddr, path::PathBuf, time::Duration};

use anyhow::Context as _;
use auth::Revocations;
use clock::Clock;
use db::Db;
use server::{Ready, Stop};
use tokio::net::TcpListener;
use tonic::service::RoutesBuilder;
use types::TrustDomain;

pub(crate) use self::ground::channel;
use self::{
    ground::{Ground, follow_bundle},
    services::Databases,
};
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
    /// Where the services answer that are not in this process, by their names.
    pub peers: BTreeMap<String, String>,
    /// The trust bundle, when it is not the one in the data directory.
    pub trust_bundle_file: Option<PathBuf>,
    /// The time of the law. Tokens always live by the system's clock.
    pub clock: Clock,
    /// How often the terms are looked at, if not as configured.
    pub tick_ms: Option<u64>,
}

/// The services this binary can run.
pub const SERVICES: &[&str] =
    &["identity", "catalogue", "referral", "evidence", "arbitration", "operations", "supervision"];

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

/// How long closing a database may take; nothing is lost when it takes longer.
const CLOSE: Duration = Duration::from_secs(2);

/// Starts the services and returns once they listen. They are ready a moment later: ask `Health`.
pub async fn start(options: Options) -> anyhow::Result<Running> {
    let dir = DataDir::open(&options.data_dir)?;
    let domain = TrustDomain::parse(&options.trust_domain).context("trust_domain is no name")?;
    let listener = TcpListener::bind(options.listen)
        .await
        .with_context(|| format!("cannot listen on {}", options.listen))?;
    let address = listener.local_addr()?;
    let (stop, ready) = (Stop::default(), Ready::default());
    // Before anything else is written: a database of a newer version ends the start.
    let databases = Databases::open(&dir, &options.services).await?;
    let opened = databases.all();

    let mut routes = RoutesBuilder::default();
    let revocations = Revocations::new();
    let log_key = services::log_key(&dir, &domain, &options.services)?;
    let trust = if let Some(db) = databases.of("identity") {
        let issuer = services::issuer(&dir, &domain, log_key.as_ref())?;
        let trust = issuer.trust();
        let parts = (db, issuer, revocations.clone());
        let identity = services::identity(parts, &dir, &domain, &options.clock).await?;
        stop.spawn("identity", identity.clone().tend(stop.clone()));
        routes.add_service(identity.into_server());
        trust
    } else {
        let bundle = options.trust_bundle_file.clone().unwrap_or_else(|| dir.trust_bundle());
        follow_bundle(&domain, bundle, &stop)?
    };
    let local = (options.services.clone(), format!("http://{address}"));
    let peers = options.peers.clone();
    let ground = Ground { dir, domain, trust, revocations, local, peers, ready, stop };
    let mut followed = false;
    for name in options.services.iter().filter(|name| *name != "identity") {
        let member = ground.member(name)?;
        if !followed {
            ground.follow_revocations(&member)?;
            followed = true;
        }
        let db = databases.of(name).with_context(|| format!("{name} has no database"))?;
        let kept = (db, log_key.as_ref());
        services::start(name, kept, &ground, member, &options, &mut routes).await?;
    }
    let (ready, stop) = (ground.ready, ground.stop);
    let serving = server::serve(listener, routes.routes(), proto::DESCRIPTORS, ready, stop.clone());
    #[expect(clippy::disallowed_methods, reason = "the server itself; Running waits for it")]
    let server = tokio::spawn(async move {
        let served = serving.await;
        close(opened).await;
        served
    });
    Ok(Running { address, stop, server })
}

/// Closes the databases, so that each `SQLite` file is whole by itself and may be copied.
async fn close(databases: Vec<Db>) {
    for db in databases {
        if tokio::time::timeout(CLOSE, db.close()).await.is_err() {
            tracing::warn!("a database is in use to the end");
        }
    }
}
