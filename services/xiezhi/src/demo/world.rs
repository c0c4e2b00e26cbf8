//! The mesh a replay plays in: fresh keys, a fictional county, and a clock that the replay moves.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    time::Duration,
};

use anyhow::{Context as _, ensure};
use chrono::{DateTime, Utc};
use client::{Mesh, Options};
use clock::Clock;
use types::{AgencyCode, TrustDomain, Workload};

use crate::{
    command::{agency, keys},
    data_dir::DataDir,
    mesh::{self, Running, SERVICES},
};

/// The trust domain of the fictional county.
const DOMAIN: &str = "county.example";
/// How long the mesh may take to be ready.
const READY: Duration = Duration::from_secs(20);

/// The mesh and the bodies' connections to it.
pub(super) struct World {
    pub clock: Clock,
    pub running: Running,
    pub data: PathBuf,
    operator: Mesh,
    bodies: BTreeMap<String, Mesh>,
    temporary: bool,
}

impl World {
    /// Starts the mesh at its first instant, imports the county, and enrols a key for each body.
    pub(super) async fn start(
        data: Option<PathBuf>,
        first: DateTime<Utc>,
        bodies: &BTreeSet<String>,
        keep: bool,
    ) -> anyhow::Result<Self> {
        let data = data.map_or_else(fresh, Ok)?;
        ensure!(
            !data.join("VERSION").exists(),
            "{} is not a fresh data directory: the demo starts from nothing",
            data.display()
        );
        let clock = Clock::fixed(first);
        let running = mesh::start(mesh::Options {
            services: SERVICES.iter().map(|name| (*name).to_owned()).collect(),
            listen: ([127, 0, 0, 1], 0).into(),
            data_dir: data.clone(),
            trust_domain: DOMAIN.to_owned(),
            peers: BTreeMap::new(),
            trust_bundle_file: None,
            clock: clock.clone(),
            tick_ms: Some(20),
        })
        .await?;
        let domain = trust_domain()?;
        let dir = DataDir::open(&data)?;
        let operator = connect(&running, &dir, Workload::service(&domain, "operator")).await?;
        let bodies_yet = BTreeMap::new();
        let mut world =
            Self { clock, running, data, operator, bodies: bodies_yet, temporary: !keep };
        world.populate(&dir, bodies).await?;
        Ok(world)
    }

    async fn populate(&mut self, dir: &DataDir, bodies: &BTreeSet<String>) -> anyhow::Result<()> {
        let domain = trust_domain()?;
        agency::import_county(&self.operator).await?;
        for body in bodies {
            keys::enrol(&self.operator, dir, &domain, body).await?;
            let code = AgencyCode::parse(body).with_context(|| format!("{body} is no body"))?;
            let mesh = connect(&self.running, dir, Workload::agency(&domain, &code)).await?;
            self.bodies.insert(body.clone(), mesh);
        }
        self.ready().await
    }

    /// Waits until the mesh says that it is ready.
    async fn ready(&self) -> anyhow::Result<()> {
        let channel = mesh::channel(&format!("http://{}", self.running.address))?;
        let mut health = tonic_health::pb::health_client::HealthClient::new(channel);
        let asked = async {
            loop {
                let request = tonic_health::pb::HealthCheckRequest::default();
                let answer = health.check(request).await.map(tonic::Response::into_inner);
                if answer.is_ok_and(|answer| answer.status == 1) {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(READY, asked).await.context("the mesh did not become ready")
    }

    /// The connection of the operator.
    pub(super) fn operator(&self) -> &Mesh {
        &self.operator
    }

    /// A folder for what people look at afterwards: in the data directory, or beside it when that
    /// is to be forgotten.
    pub(super) fn keepsakes(&self) -> anyhow::Result<PathBuf> {
        let folder =
            if self.temporary { self.data.with_extension("week") } else { self.data.join("week") };
        std::fs::create_dir_all(&folder).with_context(|| format!("{}", folder.display()))?;
        Ok(folder)
    }

    /// The connection of a body.
    pub(super) fn body(&self, code: &str) -> anyhow::Result<&Mesh> {
        self.bodies.get(code).with_context(|| format!("{code} does not act in any scenario"))
    }

    /// Serves on until it is told to stop.
    pub(super) async fn wait(self) -> anyhow::Result<()> {
        drop((self.operator, self.bodies));
        self.running.finished().await
    }

    /// Stops the mesh, and forgets it unless it is to be kept.
    pub(super) async fn end(self) -> anyhow::Result<()> {
        let (data, temporary) = (self.data.clone(), self.temporary);
        self.running.stop.now();
        self.wait().await?;
        if temporary {
            std::fs::remove_dir_all(&data).with_context(|| format!("{}", data.display()))?;
        }
        Ok(())
    }
}

async fn connect(running: &Running, dir: &DataDir, workload: Workload) -> anyhow::Result<Mesh> {
    let endpoint = format!("http://{}", running.address);
    let key = dir.key_file(&workload);
    Ok(Mesh::connect(Options::new(endpoint, workload, key, dir.trust_bundle())).await?)
}

/// The trust domain of the county.
pub(super) fn trust_domain() -> anyhow::Result<TrustDomain> {
    TrustDomain::parse(DOMAIN).context("trust domain")
}

/// A data directory that nobody has used.
fn fresh() -> anyhow::Result<PathBuf> {
    let name = format!("xiezhi-demo-{}", client::request_id());
    let path = std::env::temp_dir().join(name);
    std::fs::create_dir(&path).with_context(|| format!("{}", path.display()))?;
    Ok(path)
}
