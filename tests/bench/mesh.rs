//! A mesh in a process of its own, with bodies that are ready to call it.

use std::{
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use client::{Mesh, Options};
use tonic::transport::Endpoint;
use tonic_health::pb::{HealthCheckRequest, health_client::HealthClient};
use types::{AgencyCode, TrustDomain, Workload};

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
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut command = Command::new(binary());
    command.args(["serve", "all", "--listen", &format!("127.0.0.1:{port}"), "--data"]);
    command.arg(data.path()).env("XIEZHI__LOG__LEVEL", "error").stderr(Stdio::inherit());
    for (name, value) in variables {
        command.env(name, value);
    }
    let start = Instant::now();
    // Its standard output is not ours: a mesh that outlives us must not hold a pipe open.
    let child = command.stdout(Stdio::null()).spawn().unwrap();
    let endpoint = format!("http://127.0.0.1:{port}");
    let mut served = Served { child, endpoint, ready_after: Duration::ZERO, data };
    ready(&served.endpoint).await;
    served.ready_after = start.elapsed();
    served
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
        for words in [vec!["agency", "import"], vec!["keys", "enrol", agency]] {
            let done = Command::new(binary())
                .args(["--endpoint", &self.endpoint, "--data"])
                .arg(self.data.path())
                .args(words)
                .stdout(Stdio::null())
                .status()
                .unwrap();
            assert!(done.success());
        }
        self.connect(agency).await
    }

    /// Another connection as `agency`.
    pub(crate) async fn connect(&self, agency: &str) -> Mesh {
        let domain = TrustDomain::parse("county.example").unwrap();
        let workload = Workload::agency(&domain, &AgencyCode::parse(agency).unwrap());
        let data = self.data.path();
        let key = data.join("keys/agency").join(format!("{agency}.pem"));
        let bundle = data.join("trust/bundle.json");
        Mesh::connect(Options::new(self.endpoint.clone(), workload, key, bundle)).await.unwrap()
    }
}
