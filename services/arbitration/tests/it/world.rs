//! One county for a test: identity and arbitration as they are, a law clock that stands still.

use arbitration::{Arbitration, Migrations, Peers, domain::settings::Settings};
use auth::{Credentials, Gate, Revocations, Signed, WorkloadKey};
use calendar::Calendar;
use chrono::{DateTime, NaiveDateTime, Utc};
use clock::Clock;
use db::{Db, testing::Fresh};
use directory::Directory;
use identity::{
    Identity, directory as example,
    issuer::{Issuer, Options},
    migration::Migrator,
};
use proto::{
    arbitration::v1::arbitration_service_client::ArbitrationServiceClient,
    catalogue::v1::catalogue_service_client::CatalogueServiceClient,
    evidence::v1::evidence_service_client::EvidenceServiceClient,
    identity::v1::{ImportDirectoryRequest, identity_service_client::IdentityServiceClient},
    referral::v1::referral_service_client::ReferralServiceClient,
};
use tempfile::TempDir;
use tonic::{Code, Status, service::Routes};
use tonic_types::StatusExt as _;
use types::{Id, TrustDomain, Workload};

use crate::peers::{self, Book, Desk};

pub(crate) type Client = ArbitrationServiceClient<Signed>;

/// 2026-03-02 10:00 in Shanghai, a Monday with no holiday near.
pub(crate) const MONDAY: &str = "2026-03-02 10:00";

/// The county, and one replica of the service in it.
pub(crate) struct World {
    pub(crate) clock: Clock,
    pub(crate) db: Db,
    pub(crate) arbitration: Arbitration,
    /// What the other services were told.
    pub(crate) book: Book,
    /// To open the database a second time, as another process would.
    pub(crate) url: String,
    identity: Identity,
    issuer: Issuer,
    wire: Clock,
    _databases: Vec<Fresh>,
    _directory: TempDir,
}

/// An instant by the clocks of Shanghai.
pub(crate) fn local(text: &str) -> DateTime<Utc> {
    let local = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap();
    local.and_local_timezone(clock::SHANGHAI).unwrap().to_utc()
}

pub(crate) fn id() -> String {
    Id::<()>::new(Clock::system().now()).to_string()
}

fn domain() -> TrustDomain {
    TrustDomain::parse("county.example").unwrap()
}

fn settings() -> Settings {
    arbitration::config::load().unwrap().law
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::counting(MONDAY, Calendar::open("").unwrap()).await
    }

    /// A county whose clock and calendar are these.
    pub(crate) async fn counting(at: &str, calendar: Calendar) -> Self {
        let wire = Clock::system();
        let directory = tempfile::tempdir().unwrap();
        let issuer = Issuer::open(options(&directory), wire.clone()).unwrap();
        let identities = db::testing::database::<Migrator>("identity").await;
        let own =
            Credentials::new(WorkloadKey::generate().unwrap(), issuer.name().clone(), wire.clone());
        let clock = Clock::fixed(local(at));
        let identity = Identity::new(
            (*identities).clone(),
            clock.clone(),
            wire.clone(),
            issuer.clone(),
            own,
            Revocations::new(),
        );
        identity.refresh().await.unwrap();
        let parties = Parties { identity: &identity, issuer: &issuer, wire: &wire };
        parties.import().await;
        let fresh = db::testing::database::<Migrations>("arbitration").await;
        let (db, url, book) = ((*fresh).clone(), fresh.url().to_owned(), Book::default());
        let peers = parties.peers(&book).await;
        let arbitration = Arbitration::new(db.clone(), clock.clone(), calendar, settings(), peers);
        arbitration.refresh().await.unwrap();
        Self {
            clock,
            db,
            arbitration,
            book,
            url,
            identity,
            issuer,
            wire,
            _databases: vec![identities, fresh],
            _directory: directory,
        }
    }

    /// A second process of the service: the same database, its own connections and keys. After the
    /// first one's end: the same service, started again.
    pub(crate) async fn replica(&self) -> Arbitration {
        self.replica_counting(Calendar::open("").unwrap()).await
    }

    pub(crate) async fn replica_counting(&self, calendar: Calendar) -> Arbitration {
        let db = Db::connect::<Migrations>(&self.url, 4).await.unwrap();
        let peers = self.parties().peers(&self.book).await;
        let replica = Arbitration::new(db, self.clock.clone(), calendar, settings(), peers);
        replica.refresh().await.unwrap();
        replica
    }

    /// A body with a key and a token, calling this world's replica.
    pub(crate) async fn agency(&self, code: &str) -> Party {
        self.agency_of(&self.arbitration, code).await
    }

    /// A body calling another replica.
    pub(crate) async fn agency_of(&self, arbitration: &Arbitration, code: &str) -> Party {
        let name = format!("wimse://county.example/agency/{code}");
        let client = self.caller(arbitration, Workload::parse(&name).unwrap()).await;
        Party { code: code.to_owned(), client }
    }

    /// A workload that calls the service.
    pub(crate) async fn caller(&self, arbitration: &Arbitration, workload: Workload) -> Client {
        let credentials = self.parties().enrolled(workload).await;
        let gate = self.parties().gate("arbitration").await;
        let routes = Routes::new(arbitration.clone().into_server(gate));
        let callee = Self::service("arbitration");
        Client::new(Signed::new(routes, credentials, self.issuer.trust(), callee))
    }

    /// Whom the county trusts.
    pub(crate) fn trust(&self) -> auth::Trust {
        self.issuer.trust()
    }

    pub(crate) fn service(name: &str) -> Workload {
        Workload::service(&domain(), name)
    }

    fn parties(&self) -> Parties<'_> {
        Parties { identity: &self.identity, issuer: &self.issuer, wire: &self.wire }
    }
}

/// Those who make parties: what is there before the world is.
struct Parties<'a> {
    identity: &'a Identity,
    issuer: &'a Issuer,
    wire: &'a Clock,
}

impl Parties<'_> {
    /// A workload whose key is enrolled and that holds a token.
    async fn enrolled(&self, workload: Workload) -> Credentials {
        let key = WorkloadKey::generate().unwrap();
        // What EnrolKey does for an operator; a service may have many replicas, hence no enrolment.
        if workload.agency_code().is_some() {
            let jwk = key.public_jwk().to_string();
            self.identity.bootstrap(workload.clone(), &jwk).await.unwrap();
        }
        let credentials = Credentials::new(key, workload, self.wire.clone());
        let wit = self.issuer.issue(credentials.workload(), credentials.key().public()).unwrap();
        credentials.set_wit(wit.token).unwrap();
        credentials
    }

    async fn gate(&self, service: &str) -> Gate {
        let own = self.enrolled(World::service(service)).await;
        Gate::new(own, self.issuer.trust(), Revocations::new(), self.wire.clone())
    }

    /// The way of arbitration to a service that answers on `routes`.
    async fn way(&self, routes: Routes, callee: Workload) -> Signed {
        let own = self.enrolled(World::service("arbitration")).await;
        Signed::new(routes, own, self.issuer.trust(), callee)
    }

    async fn client(&self, workload: Workload) -> IdentityServiceClient<Signed> {
        let credentials = self.enrolled(workload).await;
        let routes = Routes::new(self.identity.clone().into_server());
        let callee = self.issuer.name().clone();
        IdentityServiceClient::new(Signed::new(routes, credentials, self.issuer.trust(), callee))
    }

    async fn peers(&self, book: &Book) -> Peers {
        let (policy, service) = (peers::POLICY, World::service);
        let gate = self.gate("referral").await;
        let referral = Routes::new(auth::guard(gate, policy, Desk::<0>(book.clone())));
        let gate = self.gate("catalogue").await;
        let catalogue = Routes::new(auth::guard(gate, policy, Desk::<1>(book.clone())));
        let gate = self.gate("evidence").await;
        let evidence = Routes::new(auth::guard(gate, policy, Desk::<2>(book.clone())));
        let identity = self.client(service("arbitration")).await;
        let catalogue = self.way(catalogue, service("catalogue")).await;
        let evidence = self.way(evidence, service("evidence")).await;
        let referral = self.way(referral, service("referral")).await;
        Peers {
            directory: Directory::new(identity),
            catalogue: CatalogueServiceClient::new(catalogue),
            referral: ReferralServiceClient::new(referral),
            evidence: EvidenceServiceClient::new(evidence),
        }
    }

    /// Imports the example county as an operator does.
    async fn import(&self) {
        let (agencies, officers) = (data("agencies.json"), data("officers.json"));
        let request = example::parse(&agencies, &officers).unwrap();
        let request = ImportDirectoryRequest { request_id: id(), ..request };
        let mut operator = self.client(World::service("operator")).await;
        operator.import_directory(request).await.unwrap();
    }
}

/// A body that calls.
#[derive(Clone)]
pub(crate) struct Party {
    pub(crate) code: String,
    pub(crate) client: Client,
}

impl Party {
    /// The certificate `CODE-number`.
    pub(crate) fn officer(&self, number: &str) -> String {
        format!("{}-{number}", self.code)
    }
}

fn data(file: &str) -> String {
    let path = format!("{}/../identity/data/{file}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).unwrap()
}

fn options(directory: &TempDir) -> Options {
    Options {
        key_dir: directory.path().join("issuer"),
        bundle_file: directory.path().join("bundle.json"),
        trust_domain: domain(),
        wit_lifetime: chrono::Duration::hours(1),
        publish_ahead: chrono::Duration::seconds(120),
        log_keys: Vec::new(),
    }
}

/// The word of a refusal.
pub(crate) fn reason(status: &Status) -> String {
    status.get_details_error_info().map(|info| info.reason).unwrap_or_default()
}

/// That `status` has this code and this word.
#[track_caller]
pub(crate) fn assert_told(status: &Status, code: Code, word: &str) {
    assert_eq!((status.code(), reason(status).as_str()), (code, word), "{status:?}");
}

/// That it also names this rule, and says so in Chinese.
#[track_caller]
pub(crate) fn assert_broken(status: &Status, code: Code, word: &str, rule: &str) {
    assert_told(status, code, word);
    let details = status.get_details_precondition_failure().unwrap();
    let rules: Vec<&str> = details.violations.iter().map(|one| one.r#type.as_str()).collect();
    assert_eq!(rules, [rule], "{status:?}");
    assert!(!details.violations[0].description.is_empty(), "no article: {status:?}");
    let zh = status.get_details_localized_message().unwrap();
    assert!(zh.locale == "zh-CN" && zh.message.contains(rule), "{zh:?}");
}

/// The fields at fault, in order.
pub(crate) fn fields(status: &Status) -> Vec<String> {
    let details = status.get_details_bad_request().map(|bad| bad.field_violations);
    details.unwrap_or_default().into_iter().map(|violation| violation.field).collect()
}
