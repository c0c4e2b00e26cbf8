//! Identity and other services as processes of their own, with separate data directories, as in a
//! cluster.

use std::{
    fs,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use auth::{Credentials, Signed, Trust, WorkloadKey};
use client::{Error, Mesh};
use clock::Clock;
use http::{Request, Response};
use proto::{
    arbitration::v1::ComputeForumRequest,
    catalogue::v1::ListRevisionsRequest,
    identity::v1::ListAgenciesRequest,
    referral::v1::{self as pb, referral_service_client::ReferralServiceClient},
};
use tokio::time::{Instant, sleep};
use tonic::{
    Code, Status,
    body::Body,
    transport::{Channel, Endpoint},
};
use tower::{Service, ServiceExt as _};
use types::Workload;

use crate::{
    calls::{self, STEPS, opened, taken},
    county::{County, workload},
    process::{LOOK, Launch, Server, free_port},
};

/// How long an answer may take that says that identity is away, even if identity hangs: well under
/// the deadline of the call.
const TOLD: Duration = Duration::from_secs(15);
/// How long the service may take to work again when identity does.
const RECOVERED: Duration = Duration::from_secs(30);
/// A certificate is remembered longer than this.
const REMEMBERED: Duration = Duration::from_secs(3);

/// Identity, and another process beside it.
pub(crate) struct Apart {
    /// Identity's.
    pub(crate) county: County,
    /// The other one's.
    launch: Launch,
}

impl Apart {
    /// Identity with these options, and referral.
    pub(crate) async fn start(env: Vec<(&'static str, String)>) -> (Self, Server, Server) {
        let base = tempfile::tempdir().unwrap();
        let launch = Launch::all(&base.path().join("identity"));
        let launch = Launch { services: vec!["identity"], env, ..launch };
        let county = County { launch, base };
        let identity = county.launch.start().await;
        county.populate(&["MKT", "PSB"]);

        // Nobody answers there: a docket is opened without the catalogue's word.
        let nobody = format!("http://127.0.0.1:{}", free_port());
        let env = vec![("XIEZHI__PEERS__CATALOGUE", nobody)];
        let (launch, referral) = alone(&county, "referral", env).await;
        (Self { county, launch }, identity, referral)
    }

    /// Connects as MKT or PSB, through what stands before both services.
    pub(crate) async fn connect(&self, body: &str) -> (Mesh, Once) {
        let identity = lazy(self.county.launch.endpoint());
        let other = lazy(self.launch.endpoint());
        let key = WorkloadKey::load_or_create(self.county.key_file(body)).unwrap();
        let me = workload(body);
        let bundle = fs::read_to_string(self.county.bundle()).unwrap();
        let trust = Trust::parse(&me.domain, &bundle).unwrap();
        let callee = Workload::service(&me.domain, "referral");
        let own = Credentials::new(key, me, Clock::system());
        let once = Signed::new(other.clone(), own.clone(), trust.clone(), callee);
        let (door, timeout) = (Door { identity, other }, Duration::from_secs(35));
        let mesh = Mesh::over(door, own, trust, Clock::system(), timeout).await.unwrap();
        (mesh, ReferralServiceClient::new(once))
    }
}

/// A channel that connects when it is used.
fn lazy(endpoint: String) -> Channel {
    Endpoint::from_shared(endpoint).unwrap().connect_lazy()
}

/// Starts a service as a process of its own, which finds identity in the county's.
async fn alone(
    county: &County,
    service: &'static str,
    env: Vec<(&'static str, String)>,
) -> (Launch, Server) {
    // The private key of the service, and where the county's public keys are, go to its machine.
    let data = county.base.path().join(service);
    fs::create_dir_all(data.join("keys").join("service")).unwrap();
    let key = format!("keys/service/{service}.pem");
    fs::copy(county.launch.data.join(&key), data.join(&key)).unwrap();
    let own = [
        ("XIEZHI__PEERS__IDENTITY", county.launch.endpoint()),
        ("XIEZHI__TRUST_BUNDLE_FILE", county.bundle().display().to_string()),
    ];
    let env = own.into_iter().chain(env).collect();
    let launch = Launch { services: vec![service], env, ..Launch::all(&data) };
    let server = launch.start().await;
    (launch, server)
}

/// A client that makes each call once.
pub(crate) type Once = ReferralServiceClient<Signed>;

/// What leads each path to its service, as an ingress does.
#[derive(Clone)]
struct Door {
    identity: Channel,
    other: Channel,
}

impl Service<Request<Body>> for Door {
    type Response = Response<Body>;
    type Error = tonic::transport::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Self::Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let identity = request.uri().path().starts_with("/xiezhi.identity.");
        let channel = if identity { &self.identity } else { &self.other };
        Box::pin(channel.clone().oneshot(request))
    }
}

#[tokio::test]
async fn two_processes_bring_a_case_before_public_security_as_one_does() {
    let (apart, identity, referral) = Apart::start(Vec::new()).await;
    let ((mkt, _), (psb, _)) = (apart.connect("MKT").await, apart.connect("PSB").await);
    let (_, opened) = opened(&mkt, "a case").await;
    let delivered = taken(&mkt, opened, STEPS.len()).await;
    assert_eq!(delivered.state, "DELIVERED");
    let request = pb::GetReferralRequest { name: delivered.name };
    let seen = psb.referral().get_referral(request).await.unwrap().into_inner();
    assert_eq!(seen.referral.unwrap().etag, delivered.etag);
    let agencies = psb.identity().list_agencies(ListAgenciesRequest::default()).await.unwrap();
    assert!(!agencies.into_inner().agencies.is_empty());
    referral.stop().await;
    identity.stop().await;
}

#[tokio::test]
async fn catalogue_and_arbitration_answer_from_processes_of_their_own() {
    let (apart, identity, referral) = Apart::start(Vec::new()).await;
    let elsewhere = apart.launch.endpoint();
    let peers =
        |names: &[&'static str]| names.iter().map(|one| (*one, elsewhere.clone())).collect();
    let env = peers(&["XIEZHI__PEERS__REFERRAL"]);
    let (catalogue, first) = alone(&apart.county, "catalogue", env).await;
    let asked = ["XIEZHI__PEERS__REFERRAL", "XIEZHI__PEERS__CATALOGUE", "XIEZHI__PEERS__EVIDENCE"];
    let (arbitration, second) = alone(&apart.county, "arbitration", peers(&asked)).await;

    let there = Apart { launch: catalogue, ..apart };
    let (mesh, _) = there.connect("MKT").await;
    let revisions = mesh.catalogue().list_revisions(ListRevisionsRequest::default()).await.unwrap();
    assert!(revisions.into_inner().revisions.is_empty());
    let there = Apart { launch: arbitration, ..there };
    let (mesh, _) = there.connect("MKT").await;
    let parties = vec!["MKT".to_owned(), "AGR".to_owned()];
    let request = ComputeForumRequest { parties, subject: None };
    let forum = mesh.arbitration().compute_forum(request).await.unwrap().into_inner().forum;
    assert_eq!(forum.unwrap().rungs[0].members, ["GDO"]);
    for server in [second, first, referral, identity] {
        server.stop().await;
    }
}

#[tokio::test]
async fn while_identity_is_away_referral_goes_on_or_says_so_and_then_recovers() {
    let (apart, identity, _referral) = Apart::start(Vec::new()).await;
    let (mesh, mut once) = apart.connect("MKT").await;
    let (_, referral) = opened(&mesh, "a case").await;

    let known = Instant::now();
    once.open_docket(by("MKT-01")).await.unwrap();
    identity.kill();
    // The officer of a moment ago is known; another one is not.
    let answer = once.open_docket(by("MKT-01")).await;
    assert!(answer.is_ok() || known.elapsed() > REMEMBERED, "{answer:?}");
    let unknown = by("MKT-02");
    directory_away(mesh.referral().open_docket(unknown.clone()).await.unwrap_err());
    let request = pb::GetReferralRequest { name: referral.name.clone() };
    let read = mesh.referral().get_referral(request).await.unwrap().into_inner();
    assert_eq!(read.referral, Some(referral));

    let identity = apart.county.launch.start().await;
    recovered(&mut once, unknown).await;

    // Worse than dead: it takes calls and does not answer.
    identity.signal("STOP");
    let began = Instant::now();
    directory_away(once.open_docket(by("MKT-03")).await.unwrap_err());
    assert!(began.elapsed() < TOLD, "{:?}", began.elapsed());
    identity.signal("CONT");
    recovered(&mut once, by("MKT-04")).await;
}

fn by(officer: &str) -> pb::OpenDocketRequest {
    pb::OpenDocketRequest { officer: officer.to_owned(), ..calls::open_docket("a docket") }
}

fn directory_away(status: Status) {
    let error = Error::from(status);
    let told = (error.code, error.reason.as_str());
    assert_eq!(told, (Code::Unavailable, "DIRECTORY_UNAVAILABLE"), "{error}");
}

/// Repeats the request, under its `request_id`, until it is answered.
async fn recovered(once: &mut Once, request: pb::OpenDocketRequest) {
    let until = Instant::now() + RECOVERED;
    while let Err(status) = once.open_docket(request.clone()).await {
        directory_away(status);
        assert!(Instant::now() < until, "it does not recover");
        sleep(LOOK).await;
    }
}
