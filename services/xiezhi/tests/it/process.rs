//! `xiezhi serve` as a child process, and `xiezhi` as a command that ends.

use std::{
    fs::{File, OpenOptions},
    hash::{BuildHasher as _, Hasher as _, RandomState},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Output, Stdio},
    sync::{
        LazyLock,
        atomic::{AtomicU16, Ordering},
    },
    time::Duration,
};

use tokio::time::{Instant, sleep};
use tonic::transport::Endpoint;
use tonic_health::pb::{HealthCheckRequest, health_client::HealthClient};

const BINARY: &str = env!("CARGO_BIN_EXE_xiezhi");
/// How long a server may take until it is ready, on a machine that does other things.
const READY: Duration = Duration::from_secs(60);
/// What a server says of itself when it is ready.
const SERVING: i32 = 1;
/// How long to wait between two looks.
pub(crate) const LOOK: Duration = Duration::from_millis(10);

/// How to start a server.
#[derive(Clone, Debug)]
pub(crate) struct Launch {
    pub(crate) services: Vec<&'static str>,
    pub(crate) port: u16,
    pub(crate) data: PathBuf,
    pub(crate) log: PathBuf,
    pub(crate) env: Vec<(&'static str, String)>,
    /// No file can grow beyond so many KiB.
    pub(crate) file_kib: Option<u64>,
}

impl Launch {
    /// All services in one process, its log beside the data directory.
    pub(crate) fn all(data: &Path) -> Self {
        Self {
            services: vec!["all"],
            port: free_port(),
            data: data.to_owned(),
            log: data.with_extension("log"),
            env: Vec::new(),
            file_kib: None,
        }
    }

    pub(crate) fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    fn command(&self) -> Command {
        let mut command = match self.file_kib {
            None => Command::new(BINARY),
            Some(kib) => {
                // The signal is ignored, so a write over the limit fails, as on a full disk.
                let limited = "trap '' XFSZ; ulimit -f \"$0\"; exec \"$@\"";
                let mut command = Command::new("bash");
                command.args(["-c", limited, &kib.to_string(), BINARY]);
                command
            }
        };
        command.arg("serve").args(&self.services);
        command.arg("--listen").arg(format!("127.0.0.1:{}", self.port));
        command.arg("--data").arg(&self.data);
        command.envs(self.env.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null()).stdout(Stdio::null());
        command
    }

    /// Starts it and waits until it is ready.
    pub(crate) async fn start(&self) -> Server {
        let mut server = self.spawn();
        server.until(|status| status == Some(SERVING)).await;
        server
    }

    /// Starts it and waits until it answers: without a directory it is not ready.
    pub(crate) async fn start_empty(&self) -> Server {
        let mut server = self.spawn();
        server.until(|status| status.is_some()).await;
        server
    }

    fn spawn(&self) -> Server {
        let log = OpenOptions::new().create(true).append(true).open(&self.log).unwrap();
        let child = self.command().stderr(log).spawn().unwrap();
        Server { child, launch: self.clone() }
    }

    /// Starts one that is expected to end by itself.
    pub(crate) fn refused(&self) -> Output {
        self.command().stderr(Stdio::piped()).output().unwrap()
    }

    /// What the servers started so have logged.
    pub(crate) fn logged(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }
}

/// A server that dies with its test.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    launch: Launch,
}

impl Server {
    /// Waits until it is ready.
    pub(crate) async fn ready(&mut self) {
        self.until(|status| status == Some(SERVING)).await;
    }

    /// Asks for its health until the status, if it answers, is as wanted.
    async fn until(&mut self, wanted: impl Fn(Option<i32>) -> bool) {
        let until = Instant::now() + READY;
        let channel = Endpoint::from_shared(self.launch.endpoint()).unwrap();
        let mut health = HealthClient::new(channel.connect_lazy());
        loop {
            let asked = health.check(HealthCheckRequest::default()).await;
            if wanted(asked.ok().map(|answer| answer.into_inner().status)) {
                return;
            }
            let ended = self.child.try_wait().unwrap();
            assert!(
                ended.is_none() && Instant::now() < until,
                "not ready; ended {ended:?}; its log:\n{}",
                self.launch.logged()
            );
            sleep(LOOK).await;
        }
    }

    /// SIGKILL: it does nothing more.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Sends a signal, such as `TERM`.
    pub(crate) fn signal(&self, name: &str) {
        let kill = format!("kill -{name} {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success(), "{kill}");
    }

    /// Waits until it has ended.
    pub(crate) async fn ended(&mut self, within: Duration) -> ExitStatus {
        let until = Instant::now() + within;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < until, "still running:\n{}", self.launch.logged());
            sleep(LOOK).await;
        }
    }

    /// Asks it to stop, and waits until it has.
    pub(crate) async fn stop(mut self) {
        self.signal("TERM");
        assert!(self.ended(Duration::from_secs(30)).await.success());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Runs `xiezhi` with these arguments until it ends.
pub(crate) fn xiezhi(arguments: &[&str]) -> Output {
    Command::new(BINARY).args(arguments).stdin(Stdio::null()).output().unwrap()
}

/// What a command wrote.
pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// A port that nobody uses, now or by chance later: below those that connections get, so that no
/// client takes it while a server is down.
pub(crate) fn free_port() -> u16 {
    const FIRST: u16 = 10_000;
    const MANY: u16 = 20_000;
    // Random, since tests of several crates run side by side.
    static NEXT: LazyLock<AtomicU16> = LazyLock::new(|| {
        let random = RandomState::new().build_hasher().finish() % u64::from(MANY);
        AtomicU16::new(u16::try_from(random).unwrap())
    });
    loop {
        let port = FIRST + NEXT.fetch_add(1, Ordering::Relaxed) % MANY;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

/// Makes a file of this many bytes, without taking the room for them.
pub(crate) fn sparse(file: &Path, bytes: u64) {
    File::create(file).unwrap().set_len(bytes).unwrap();
}
