//! (a) A unary echo of 1 KB through the full mutual JWT, against the same through bare tonic.
//! Client and server are two processes, as they are in life.

use std::{
    convert::Infallible,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    sync::Arc,
    task::{Context, Poll},
};

use auth::{
    Allow, Credentials, Gate, Policy, Revocations, Rule, Shape, Signed, Trust, WorkloadKey,
    issue_wit, jwks,
};
use clock::Clock;
use tonic::{
    Request, Response, Status,
    body::Body,
    client::{Grpc, GrpcService},
    codegen::{Body as HttpBody, Bytes, StdError},
    server::NamedService,
    transport::{Channel, Endpoint, Server, server::TcpIncoming},
};
use tonic_prost::ProstCodec;
use tower::Service;
use types::{AgencyCode, TrustDomain, Workload};

use crate::{
    Options,
    load::{Measured, load},
    report::{Figure, Report, median},
};

const METHOD: &str = "/bench.Echo/Echo";
const POLICY: Policy =
    Policy(&[Rule { method: METHOD, allow: Allow::Authenticated, shape: Shape::Unary }]);
/// Both sides share the cores: more connections only cost.
const CONNECTIONS: usize = 4;

fn domain() -> TrustDomain {
    TrustDomain::parse("bench.example").unwrap()
}

fn credentials(dir: &Path, workload: Workload) -> (Credentials, Trust) {
    let issuer = WorkloadKey::load_or_create(dir.join("issuer.pem")).unwrap();
    let key = WorkloadKey::generate().unwrap();
    let (iss, now) = (Workload::service(&domain(), "identity"), Clock::system().now());
    let hour = chrono::Duration::hours(1);
    let wit = issue_wit(&issuer, &iss, &workload, key.public(), now, hour).unwrap();
    let credentials = Credentials::new(key, workload, Clock::system());
    credentials.set_wit(wit).unwrap();
    let trust = Trust::parse(&domain(), &jwks([issuer.public()])).unwrap();
    (credentials, trust)
}

pub(crate) async fn bench(options: &Options, report: &mut Report) {
    let dir = tempfile::tempdir().unwrap();
    let (credentials, trust) = {
        let agency = AgencyCode::parse("MKT").unwrap();
        credentials(dir.path(), Workload::agency(&domain(), &agency))
    };
    let (_bare, bare_at) = spawn("bare", dir.path());
    let (_guarded, guarded_at) = spawn("guarded", dir.path());
    let callee = Workload::service(&domain(), "echo");
    let bare: Vec<Channel> = channels(&bare_at);
    let signed: Vec<Signed> = channels(&guarded_at)
        .into_iter()
        .map(|one| Signed::new(one, credentials.clone(), trust.clone(), callee.clone()))
        .collect();
    for in_flight in [1, 16, 64] {
        let (mut plain, mut proven) = (Vec::new(), Vec::new());
        for _ in 0..options.rounds {
            plain.push(run(&bare, in_flight, options.seconds).await);
            proven.push(run(&signed, in_flight, options.seconds).await);
        }
        let rate = |all: &[Measured]| median(all.iter().map(|one| one.per_second));
        let p99 = |all: &[Measured]| median(all.iter().map(|one| one.p99_ms));
        report.add(Figure {
            name: format!("echo, mutual JWT, {in_flight} in flight"),
            value: rate(&proven),
            unit: "calls/s",
            yardstick: Some(rate(&plain)),
            least_ratio: (in_flight == 64).then_some(0.40),
            ..Figure::default()
        });
        report.add(Figure {
            name: format!("echo, mutual JWT, {in_flight} in flight, p99"),
            value: p99(&proven),
            unit: "ms",
            yardstick: Some(p99(&plain)),
            ..Figure::default()
        });
    }
}

async fn run<T>(channels: &[T], in_flight: usize, seconds: u64) -> Measured
where
    T: GrpcService<Body> + Clone + Send + Sync + 'static,
    T::Error: Into<StdError>,
    T::ResponseBody: HttpBody<Data = Bytes> + Send + 'static,
    <T::ResponseBody as HttpBody>::Error: Into<StdError> + Send,
    T::Future: Send,
{
    let clients: Vec<T> = (0..in_flight).map(|n| channels[n % channels.len()].clone()).collect();
    let clients = Arc::new(clients);
    let message: Arc<Vec<u8>> = Arc::new(vec![7; 1024]);
    load(in_flight, seconds, move |caller| {
        let (mut client, message) =
            (Grpc::new(clients[caller].clone()), Request::new(Vec::clone(&message)));
        async move {
            client.ready().await.map_err(Into::into).unwrap();
            let codec: ProstCodec<Vec<u8>, Vec<u8>> = ProstCodec::default();
            let answer: Response<Vec<u8>> =
                client.unary(message, METHOD.parse().unwrap(), codec).await.unwrap();
            assert_eq!(answer.get_ref().len(), 1024);
        }
    })
    .await
}

fn channels(at: &str) -> Vec<Channel> {
    let endpoint = Endpoint::from_shared(format!("http://{at}")).unwrap();
    let endpoint = endpoint.tcp_nodelay(true).http2_max_header_list_size(32 * 1024);
    (0..CONNECTIONS).map(|_| endpoint.connect_lazy()).collect()
}

/// Ends its process with itself.
pub(crate) struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

fn spawn(kind: &str, dir: &Path) -> (Running, String) {
    // The issuer's key must be there before the child reads it.
    WorkloadKey::load_or_create(dir.join("issuer.pem")).unwrap();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .arg("--echo-server")
        .arg(kind)
        .arg(dir)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    (Running(child), line.trim().to_owned())
}

/// The other process: serves until it is killed.
pub(crate) fn server(args: &[String]) {
    let [kind, dir] = args else { unreachable!("the parent names kind and directory") };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        println!("{}", listener.local_addr().unwrap());
        let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
        let mut builder = Server::builder().http2_max_header_list_size(32 * 1024);
        let served = if kind == "bare" {
            builder.add_service(Echo).serve_with_incoming(incoming).await
        } else {
            let own = Workload::service(&domain(), "echo");
            let (credentials, trust) = credentials(Path::new(dir), own);
            let gate = Gate::new(credentials, trust, Revocations::new(), Clock::system());
            let guarded = auth::guard(gate, POLICY, Echo);
            builder.add_service(guarded).serve_with_incoming(incoming).await
        };
        served.unwrap();
    });
}

/// Answers what it was asked.
#[derive(Clone)]
struct Echo;

impl NamedService for Echo {
    const NAME: &'static str = "bench.Echo";
}

impl Service<http::Request<Body>> for Echo {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future =
        std::pin::Pin<Box<dyn Future<Output = Result<http::Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        Box::pin(async move {
            let codec: ProstCodec<Vec<u8>, Vec<u8>> = ProstCodec::default();
            let mut grpc = tonic::server::Grpc::new(codec);
            let answer = |request: Request<Vec<u8>>| {
                std::future::ready(Ok::<_, Status>(Response::new(request.into_inner())))
            };
            Ok(grpc.unary(tower::service_fn(answer), request).await)
        })
    }
}
