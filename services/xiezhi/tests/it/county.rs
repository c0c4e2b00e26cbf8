//! The fictional county on a machine of its own: a data directory, its server, and its bodies.

use std::{path::PathBuf, process::Output};

use client::{Mesh, Options};
use tempfile::TempDir;
use types::Workload;

use crate::process::{Launch, Server, text, xiezhi};

/// A county whose server may be down.
pub(crate) struct County {
    pub(crate) launch: Launch,
    /// Gone with the test.
    pub(crate) base: TempDir,
}

impl County {
    /// A county whose directory is imported and whose bodies have their keys enrolled, by the
    /// operator at the command line.
    pub(crate) async fn new(bodies: &[&str], env: Vec<(&'static str, String)>) -> (Self, Server) {
        let base = tempfile::tempdir().unwrap();
        let launch = Launch { env, ..Launch::all(&base.path().join("data")) };
        let county = Self { launch, base };
        let mut server = county.launch.start_empty().await;
        county.populate(bodies);
        server.ready().await;
        (county, server)
    }

    /// Imports the bodies, and enrols a key for those named.
    pub(crate) fn populate(&self, bodies: &[&str]) {
        self.done(&["agency", "import"]);
        for body in bodies {
            self.done(&["keys", "enrol", body]);
        }
    }

    /// Runs `xiezhi` as people of this county do.
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        let (endpoint, data) = (self.launch.endpoint(), self.launch.data.to_str().unwrap());
        let shared = ["--endpoint", &endpoint, "--data", data];
        xiezhi(&[&shared, arguments].concat())
    }

    /// Runs what must succeed, and returns what it printed.
    pub(crate) fn done(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
        text(&output.stdout)
    }

    /// The private key of a body.
    pub(crate) fn key_file(&self, body: &str) -> PathBuf {
        self.launch.data.join("keys").join("agency").join(format!("{body}.pem"))
    }

    /// The public keys of the county.
    pub(crate) fn bundle(&self) -> PathBuf {
        self.launch.data.join("trust").join("bundle.json")
    }

    /// Connects as a body.
    pub(crate) async fn connect(&self, body: &str) -> Mesh {
        self.connect_as(workload(body), self.key_file(body)).await
    }

    /// Connects as the operator.
    pub(crate) async fn operator(&self) -> Mesh {
        let key = self.launch.data.join("keys").join("service").join("operator.pem");
        let operator = Workload::parse("wimse://county.example/service/operator").unwrap();
        self.connect_as(operator, key).await
    }

    async fn connect_as(&self, workload: Workload, key: PathBuf) -> Mesh {
        assert!(key.exists(), "{workload} has no key here");
        let options = Options::new(self.launch.endpoint(), workload, key, self.bundle());
        Mesh::connect(options).await.unwrap()
    }
}

/// The identifier of a body.
pub(crate) fn workload(body: &str) -> Workload {
    Workload::parse(&format!("wimse://county.example/agency/{body}")).unwrap()
}
