//! A mesh in a process of its own, with bodies that are ready to call it.

use std::{
    path::{Path, PathBuf},
    pin::Pin,
    process::{Child, Command, Stdio},
    task::{Context, Poll},
    time::{Duration, Instant},
};

use auth::{Credentials, Trust, WorkloadKey};
use client::{Mesh, Options};
use clock::Clock;
use http::{Request, Response};
use tonic::{
    body::Body,
    transport::{Channel, Endpoint},
};
use tonic_health::pb::{HealthCheckRequest, health_client::HealthClient};
use tower::{Service, ServiceExt as _};
use types::{AgencyCode, TrustDomain, Workload};

/// Where a service is told where the others answer.
const PEERS: [&str; 6] = [
    "XIEZHI__PEERS__IDENTITY",
    "XIEZHI__PEERS__CATALOGUE",
    "XIEZHI__PEERS__REFERRAL",
    "XIEZHI__PEERS__EVIDENCE",
    "XIEZHI__PEERS__ARBITRATION",
    "XIEZHI__PEERS__OPERATIONS",
];

/// A running mesh.
pub(crate) struct Served {
    child: Child,
    pub(crate) endpoint: String,
    /// From start to ready.
    pub(crate) ready_after: Duration,
    data: tempfile::TempDir,
}

impl Drop for Served {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// The release binary beside this one.
pub(crate) fn binary() -> std::path::PathBuf {
    std::env::current_exe().unwrap().with_file_name("xiezhi")
}

/// Starts `xiezhi serve all` with these variables, and waits until it is ready.
pub(crate) async fn serve(variables: &[(&str, String)]) -> Served {
    let data = tempfile::tempdir().unwrap();
    let start = Instant::now();
    let mut served = launch(&["all"], &free_port(), data, variables);
    ready(&served.endpoint).await;
    served.ready_after = start.elapsed();
    served
}

/// A port that is free now, as an address.
fn free_port() -> String {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

/// Starts a process that serves `services` at `address`, and does not wait.
fn launch(
    services: &[&str],
    address: &str,
    data: tempfile::TempDir,
    variables: &[(&str, String)],
) -> Served {
    let mut command = Command::new(binary());
    command.arg("serve").args(services).args(["--listen", address, "--data"]);
    command.arg(data.path()).env("XIEZHI__LOG__LEVEL", "error").stderr(Stdio::inherit());
    for (name, value) in variables {
        command.env(name, value);
    }
    // Its standard output is not ours: a mesh that outlives us must not hold a pipe open.
    let child = command.stdout(Stdio::null()).spawn().unwrap();
    Served { child, endpoint: format!("http://{address}"), ready_after: Duration::ZERO, data }
}

/// Starts evidence as a process of its own beside one with all other services, as in a cluster, and
/// waits until both are ready: the others first, then evidence.
pub(crate) async fn serve_apart() -> (Served, Served) {
    let (here, there) = (free_port(), free_port());
    let home = tempfile::tempdir().unwrap();
    let variables = [("XIEZHI__PEERS__EVIDENCE", format!("http://{there}"))];
    let others = ["identity", "catalogue", "referral", "arbitration", "operations", "supervision"];
    let others = launch(&others, &here, home, &variables);
    ready(&others.endpoint).await;

    let evidence = beside(&others, "evidence", &there, &[]);
    ready(&evidence.endpoint).await;
    (others, evidence)
}

/// Starts all but the transparency log, for a benchmark that writes rows no call made.
pub(crate) async fn serve_without_log() -> Served {
    let data = tempfile::tempdir().unwrap();
    let services = ["identity", "catalogue", "referral", "evidence", "arbitration", "operations"];
    let served = launch(&services, &free_port(), data, &[]);
    ready(&served.endpoint).await;
    served
}

/// Starts catalogue twice on one database, the first time beside the others.
pub(crate) async fn serve_catalogue_twice(database: &str) -> (Served, Served) {
    let home = tempfile::tempdir().unwrap();
    let url = ("CATALOGUE__DB__URL", database.to_owned());
    let services = ["identity", "catalogue", "referral"];
    let first = launch(&services, &free_port(), home, std::slice::from_ref(&url));
    ready(&first.endpoint).await;
    let second = beside(&first, "catalogue", &free_port(), &[url]);
    ready(&second.endpoint).await;
    (first, second)
}

/// Starts the whole mesh, supervision's tables in a database that replicas share.
pub(crate) async fn serve_watched(database: &str) -> Served {
    serve(&[("SUPERVISION__DB__URL", database.to_owned())]).await
}

/// Starts supervision once more beside the others, on the same database and with the same log key.
pub(crate) async fn watch_beside(others: &Served, database: &str) -> Served {
    let key = Path::new("keys/log.key");
    let variables = [("SUPERVISION__DB__URL", database.to_owned())];
    let own = machine(others, "supervision");
    std::fs::copy(others.data_dir().join(key), own.path().join(key)).unwrap();
    let served = launch_beside(others, "supervision", &free_port(), own, &variables);
    ready(&served.endpoint).await;
    served
}

/// Starts one service on a machine of its own, whose peers are at `others`.
fn beside(others: &Served, service: &str, address: &str, variables: &[(&str, String)]) -> Served {
    launch_beside(others, service, address, machine(others, service), variables)
}

/// A machine for one service: its private key goes there.
fn machine(others: &Served, service: &str) -> tempfile::TempDir {
    let data = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(data.path().join("keys/service")).unwrap();
    let key = format!("keys/service/{service}.pem");
    std::fs::copy(others.data_dir().join(&key), data.path().join(&key)).unwrap();
    data
}

/// Starts a service there; the county's public keys, and whom it calls, are with the others.
fn launch_beside(
    others: &Served,
    service: &str,
    address: &str,
    data: tempfile::TempDir,
    variables: &[(&str, String)],
) -> Served {
    let bundle = others.data_dir().join("trust/bundle.json");
    let mut all = vec![("XIEZHI__TRUST_BUNDLE_FILE", bundle.display().to_string())];
    all.extend(PEERS.map(|name| (name, others.endpoint.clone())));
    all.extend(variables.iter().cloned());
    launch(&[service], address, data, &all)
}

async fn ready(endpoint: &str) {
    let until = Instant::now() + Duration::from_secs(60);
    while Instant::now() < until {
        let channel = Endpoint::from_shared(endpoint.to_owned()).unwrap().connect().await;
        if let Ok(channel) = channel {
            let mut health = HealthClient::new(channel);
            let asked = health.check(HealthCheckRequest::default()).await;
            if asked.is_ok_and(|answer| answer.into_inner().status == 1) {
                return;
            }
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    unreachable!("the mesh did not become ready in 60 s");
}

impl Served {
    /// Its process, for `/proc`.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Where its keys and databases are.
    pub(crate) fn data_dir(&self) -> &std::path::Path {
        self.data.path()
    }

    /// Imports the fictional county, enrols `agency`, and connects as it.
    pub(crate) async fn agency(&self, agency: &str) -> Mesh {
        self.run(&["agency", "import"]);
        self.run(&["keys", "enrol", agency]);
        self.connect(agency).await
    }

    /// Runs a command of the binary against this mesh.
    pub(crate) fn run(&self, words: &[&str]) {
        let mut command = Command::new(binary());
        command.args(["--endpoint", &self.endpoint, "--data"]).arg(self.data.path()).args(words);
        assert!(command.stdout(Stdio::null()).status().unwrap().success(), "{words:?}");
    }

    /// Another connection as `agency`.
    pub(crate) async fn connect(&self, agency: &str) -> Mesh {
        let (workload, key, bundle) = self.papers(agency);
        Mesh::connect(Options::new(self.endpoint.clone(), workload, key, bundle)).await.unwrap()
    }

    /// Connects as `agency`, which [`Served::agency`] enrolled, through a door that leads what is of
    /// `package`, such as `/xiezhi.evidence.`, to `other`, and the rest to this process.
    pub(crate) async fn connect_apart(
        &self,
        agency: &str,
        package: &'static str,
        other: &Self,
    ) -> Mesh {
        let (workload, key, bundle) = self.papers(agency);
        let lazy = |at: &Self| Endpoint::from_shared(at.endpoint.clone()).unwrap().connect_lazy();
        let door = Door { package, there: lazy(other), here: lazy(self) };
        let bundle = std::fs::read_to_string(bundle).unwrap();
        let trust = Trust::parse(&workload.domain, &bundle).unwrap();
        let key = WorkloadKey::load_or_create(key).unwrap();
        let own = Credentials::new(key, workload, Clock::system());
        Mesh::over(door, own, trust, Clock::system(), Duration::from_secs(35)).await.unwrap()
    }

    /// Who `agency` is, its key, and whom it trusts.
    fn papers(&self, agency: &str) -> (Workload, PathBuf, PathBuf) {
        let domain = TrustDomain::parse("county.example").unwrap();
        let workload = Workload::agency(&domain, &AgencyCode::parse(agency).unwrap());
        let key = self.data.path().join("keys/agency").join(format!("{agency}.pem"));
        (workload, key, self.data.path().join("trust/bundle.json"))
    }
}

/// What leads each path to its service, as an ingress does.
#[derive(Clone)]
struct Door {
    package: &'static str,
    there: Channel,
    here: Channel,
}

impl Service<Request<Body>> for Door {
    type Response = Response<Body>;
    type Error = tonic::transport::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Self::Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let there = request.uri().path().starts_with(self.package);
        let channel = if there { &self.there } else { &self.here };
        Box::pin(channel.clone().oneshot(request))
    }
}
