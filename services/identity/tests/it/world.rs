//! One county for a test: a fresh database, a clock that stands still, and whoever calls.

use std::path::PathBuf;

use auth::{Credentials, Revocations, Signed, WorkloadKey, make_assertion};
use chrono::{DateTime, Duration, Utc};
use clock::Clock;
use db::testing::Fresh;
use identity::{
    Identity, directory,
    issuer::{Issuer, Options},
    migration::Migrator,
};
use proto::identity::v1::{
    EnrolKeyRequest, ImportDirectoryRequest, IssueWitRequest, RevokeKeyRequest,
    identity_service_client::IdentityServiceClient,
};
use tempfile::TempDir;
use tlog::Vkey;
use tonic::{Code, Status, service::Routes};
use tonic_types::StatusExt as _;
use types::{Id, TrustDomain, Workload};

pub(crate) type Client = IdentityServiceClient<Signed>;

pub(crate) struct World {
    pub(crate) service: Identity,
    pub(crate) issuer: Issuer,
    pub(crate) wire: Clock,
    pub(crate) db: Fresh,
    pub(crate) operator: Party,
    dir: TempDir,
}

/// A workload with its key.
pub(crate) struct Party {
    pub(crate) client: Client,
    pub(crate) credentials: Credentials,
}

impl Party {
    pub(crate) fn thumbprint(&self) -> String {
        self.credentials.key().thumbprint().to_owned()
    }
}

pub(crate) fn start() -> DateTime<Utc> {
    "2026-11-23T01:00:00Z".parse().unwrap()
}

pub(crate) fn county() -> TrustDomain {
    TrustDomain::parse("county.example").unwrap()
}

pub(crate) fn agency(code: &str) -> Workload {
    Workload::parse(&format!("wimse://county.example/agency/{code}")).unwrap()
}

pub(crate) fn id() -> String {
    Id::<()>::new(Clock::system().now()).to_string()
}

pub(crate) fn example() -> ImportDirectoryRequest {
    let (agencies, officers) = directory::EXAMPLE;
    let request = directory::parse(agencies, officers).unwrap();
    ImportDirectoryRequest { request_id: id(), ..request }
}

impl World {
    /// An operator and an empty county.
    pub(crate) async fn empty() -> Self {
        Self::of_logs(Vec::new()).await
    }

    /// An empty county that vouches for these logs.
    pub(crate) async fn of_logs(log_keys: Vec<Vkey>) -> Self {
        let wire = Clock::fixed(start());
        let dir = tempfile::tempdir().unwrap();
        let db = db::testing::database::<Migrator>("identity").await;
        let options = Options { log_keys, ..options(&dir) };
        let issuer = Issuer::open(options, wire.clone()).unwrap();
        let service = replica(&db, &issuer, &wire);
        service.refresh().await.unwrap();
        let operator = Workload::service(&county(), "operator");
        let operator = enrolled(&service, &issuer, &wire, operator).await;
        Self { service, issuer, wire, db, operator, dir }
    }

    /// The example county.
    pub(crate) async fn new() -> Self {
        let mut world = Self::empty().await;
        world.operator.client.import_directory(example()).await.unwrap();
        world
    }

    /// A workload whose key is enrolled and that holds a token.
    pub(crate) async fn party(&self, workload: Workload) -> Party {
        enrolled(&self.service, &self.issuer, &self.wire, workload).await
    }

    pub(crate) async fn agency(&self, code: &str) -> Party {
        self.party(agency(code)).await
    }

    pub(crate) async fn service(&self, name: &str) -> Party {
        self.party(Workload::service(&county(), name)).await
    }

    /// A caller without tokens.
    pub(crate) fn anyone(&self) -> IdentityServiceClient<Routes> {
        IdentityServiceClient::new(routes(&self.service))
    }

    pub(crate) fn assertion(&self, key: &WorkloadKey, workload: &Workload) -> String {
        make_assertion(key, workload, self.issuer.name(), self.wire.now()).unwrap()
    }

    pub(crate) async fn issue(&self, client_assertion: String) -> Result<String, Status> {
        let call = IssueWitRequest { client_assertion };
        Ok(self.anyone().issue_wit(call).await?.into_inner().wit)
    }

    pub(crate) fn enrolment(&self, key: &WorkloadKey, workload: &Workload) -> EnrolKeyRequest {
        EnrolKeyRequest {
            request_id: id(),
            workload: workload.to_string(),
            jwk: key.public_jwk().to_string(),
            proof: self.assertion(key, workload),
        }
    }

    /// A second process of the service: the same database and key directory, nothing else shared.
    pub(crate) fn replica(&self) -> (Identity, Issuer) {
        let issuer = Issuer::open(options(&self.dir), self.wire.clone()).unwrap();
        (replica(&self.db, &issuer, &self.wire), issuer)
    }

    pub(crate) fn key_dir(&self) -> PathBuf {
        options(&self.dir).key_dir
    }

    pub(crate) fn bundle_file(&self) -> PathBuf {
        options(&self.dir).bundle_file
    }
}

fn options(dir: &TempDir) -> Options {
    Options {
        key_dir: dir.path().join("issuer"),
        bundle_file: dir.path().join("public").join("bundle.json"),
        trust_domain: county(),
        wit_lifetime: Duration::hours(1),
        publish_ahead: Duration::seconds(120),
        log_keys: Vec::new(),
    }
}

fn replica(db: &Fresh, issuer: &Issuer, wire: &Clock) -> Identity {
    let key = WorkloadKey::generate().unwrap();
    let own = Credentials::new(key, issuer.name().clone(), wire.clone());
    let law = Clock::fixed(start());
    Identity::new((**db).clone(), law, wire.clone(), issuer.clone(), own, Revocations::new())
}

fn routes(service: &Identity) -> Routes {
    Routes::new(service.clone().into_server())
}

/// A client of `service` in the name of `credentials`.
pub(crate) fn client(service: &Identity, issuer: &Issuer, credentials: &Credentials) -> Client {
    let callee = issuer.name().clone();
    Client::new(Signed::new(routes(service), credentials.clone(), issuer.trust(), callee))
}

async fn enrolled(service: &Identity, issuer: &Issuer, wire: &Clock, workload: Workload) -> Party {
    let key = WorkloadKey::generate().unwrap();
    service.bootstrap(workload.clone(), &key.public_jwk().to_string()).await.unwrap();
    let credentials = Credentials::new(key, workload, wire.clone());
    let wit = issuer.issue(credentials.workload(), credentials.key().public()).unwrap();
    credentials.set_wit(wit.token).unwrap();
    Party { client: client(service, issuer, &credentials), credentials }
}

pub(crate) fn revocation(thumbprint: String) -> RevokeKeyRequest {
    RevokeKeyRequest { request_id: id(), thumbprint, reason: "the laptop was lost".into() }
}

/// That `status` has this code and this word.
#[track_caller]
pub(crate) fn assert_told(status: &Status, code: Code, word: &str) {
    let reason = status.get_details_error_info().map(|info| info.reason).unwrap_or_default();
    assert_eq!((status.code(), reason.as_str()), (code, word), "{status:?}");
}

/// The fields at fault, in order.
pub(crate) fn fields(status: &Status) -> Vec<String> {
    let details = status.get_details_bad_request().map(|bad| bad.field_violations);
    details.unwrap_or_default().into_iter().map(|violation| violation.field).collect()
}
