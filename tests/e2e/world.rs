//! A fictional county whose mesh runs in this process, behind a socket of its own.

use std::{collections::BTreeMap, time::Duration};

use auth::{WorkloadKey, make_assertion};
use client::{Mesh, Options, request_id};
use clock::Clock;
use proto::identity::v1::EnrolKeyRequest;
use tempfile::TempDir;
use tokio::time::{Instant, sleep};
use tonic::transport::Channel;
use tonic_health::pb::{HealthCheckRequest, health_client::HealthClient};
use types::{TrustDomain, Workload};
use xiezhi::mesh::{self, Running};

/// How long anything may take that is waited for.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);
/// How long to wait between two looks.
pub(crate) const LOOK: Duration = Duration::from_millis(10);
/// What health says of a service that is ready.
pub(crate) const SERVING: i32 = 1;

/// The county.
pub(crate) struct World {
    /// The time of the law; tokens live by the system's.
    pub(crate) clock: Clock,
    domain: TrustDomain,
    running: Vec<Running>,
    dir: TempDir,
}

impl World {
    /// All services in one, at this time of the law, with the example directory.
    pub(crate) async fn new(now: &str) -> Self {
        let mut world = Self::empty(now);
        world.start(mesh::SERVICES).await;
        world.import().await;
        world.ready().await;
        world
    }

    /// Identity and referral each on a socket of its own, as in a cluster.
    pub(crate) async fn apart(now: &str) -> Self {
        let mut world = Self::empty(now);
        world.start(&["identity"]).await;
        world.import().await;
        world.start(&["referral"]).await;
        world.ready().await;
        world
    }

    fn empty(now: &str) -> Self {
        Self {
            clock: Clock::fixed(now.parse().unwrap()),
            domain: TrustDomain::parse("county.example").unwrap(),
            running: Vec::new(),
            dir: tempfile::tempdir().unwrap(),
        }
    }

    async fn start(&mut self, services: &[&str]) {
        let options = mesh::Options {
            services: services.iter().map(|name| (*name).to_owned()).collect(),
            listen: ([127, 0, 0, 1], 0).into(),
            data_dir: self.dir.path().to_owned(),
            trust_domain: self.domain.as_str().to_owned(),
            peers: self.peers(),
            trust_bundle_file: None,
            clock: self.clock.clone(),
            tick_ms: Some(20),
        };
        self.running.push(mesh::start(options).await.unwrap());
    }

    /// Where identity answers, when it runs already. Nobody serves the catalogue there: a docket is
    /// opened without its word.
    fn peers(&self) -> BTreeMap<String, String> {
        let first = self.running.first().map(endpoint);
        let names = ["identity", "catalogue"];
        first.iter().flat_map(|at| names.map(|name| (name.to_owned(), at.clone()))).collect()
    }

    async fn import(&self) {
        xiezhi::import_county(&self.operator().await).await.unwrap();
    }

    async fn ready(&self) {
        let mut health = HealthClient::new(self.channel().await);
        let until = Instant::now() + PATIENCE;
        loop {
            let answer = health.check(HealthCheckRequest::default()).await.unwrap().into_inner();
            if answer.status == SERVING {
                return;
            }
            assert!(Instant::now() < until, "the mesh is not ready");
            sleep(LOOK).await;
        }
    }

    /// A bare channel to the service that started last.
    pub(crate) async fn channel(&self) -> Channel {
        let last = endpoint(self.running.last().unwrap());
        Channel::from_shared(last).unwrap().connect().await.unwrap()
    }

    /// The channel to identity.
    pub(crate) async fn identity(&self) -> Channel {
        let first = endpoint(self.running.first().unwrap());
        Channel::from_shared(first).unwrap().connect().await.unwrap()
    }

    /// Connects as the operator.
    pub(crate) async fn operator(&self) -> Mesh {
        let operator = Workload::service(&self.domain, "operator");
        let key = self.dir.path().join("keys/service/operator.pem");
        self.connect(operator, &key).await
    }

    /// Makes a key for a body and has it enrolled.
    pub(crate) async fn enrolled(&self, body: &str) -> (Workload, WorkloadKey) {
        let workload =
            Workload::parse(&format!("wimse://{}/agency/{body}", self.domain.as_str())).unwrap();
        let key = WorkloadKey::load_or_create(self.key_file(body)).unwrap();
        let identity = Workload::service(&self.domain, "identity");
        let now = Clock::system().now();
        let request = EnrolKeyRequest {
            request_id: request_id(),
            jwk: key.public_jwk().to_string(),
            proof: make_assertion(&key, &workload, &identity, now).unwrap(),
            workload: workload.to_string(),
        };
        self.operator().await.identity().enrol_key(request).await.unwrap();
        (workload, key)
    }

    /// Connects as a body that has just had its key enrolled.
    pub(crate) async fn body(&self, body: &str) -> Mesh {
        let (workload, _) = self.enrolled(body).await;
        self.connect(workload, &self.key_file(body)).await
    }

    fn key_file(&self, body: &str) -> std::path::PathBuf {
        self.dir.path().join(format!("{body}.key"))
    }

    async fn connect(&self, workload: Workload, key: &std::path::Path) -> Mesh {
        let first = endpoint(self.running.first().unwrap());
        let bundle = self.dir.path().join("trust/bundle.json");
        Mesh::connect(Options::new(first, workload, key, bundle)).await.unwrap()
    }

    /// What a body needs to trust this county.
    pub(crate) fn bundle(&self) -> String {
        std::fs::read_to_string(self.dir.path().join("trust/bundle.json")).unwrap()
    }

    /// Stops every service and waits until they have.
    pub(crate) async fn end(self) {
        // Who calls stops before who is called.
        for running in self.running.into_iter().rev() {
            running.stop.now();
            running.finished().await.unwrap();
        }
    }
}

fn endpoint(running: &Running) -> String {
    format!("http://{}", running.address)
}
