//! One county for a test: identity and evidence as they are, a law clock that stands still.

use auth::{Credentials, Gate, Revocations, Signed, WorkloadKey};
use chrono::{DateTime, NaiveDateTime, Utc};
use clock::Clock;
use db::{Db, testing::Fresh};
use directory::Directory;
use evidence::{Calendar, Evidence, Migrations, Vault, config};
use identity::{
    Identity, directory as example,
    issuer::{Issuer, Options},
    migration::Migrator,
};
use proto::{
    evidence::v1::evidence_service_client::EvidenceServiceClient,
    identity::v1::{
        ImportDirectoryRequest, Officer, identity_service_client::IdentityServiceClient,
    },
    referral::v1::referral_service_client::ReferralServiceClient,
};
use sea_orm::{ConnectionTrait as _, Statement};
use tempfile::TempDir;
use tonic::{Code, Status, service::Routes};
use tonic_types::StatusExt as _;
use types::{Id, TrustDomain, Workload};

pub(crate) type Client = EvidenceServiceClient<Signed>;

/// 2026-03-02 10:00 in Shanghai, a Monday with no holiday near.
pub(crate) const MONDAY: &str = "2026-03-02 10:00";

/// The county, and one replica of the service in it.
pub(crate) struct World {
    pub(crate) clock: Clock,
    /// The clock of tokens.
    pub(crate) wire: Clock,
    /// The clock by which uploads are abandoned and files are read again; it stands still.
    pub(crate) files: Clock,
    pub(crate) db: Db,
    pub(crate) evidence: Evidence,
    /// To open the database a second time, as another process would.
    pub(crate) url: String,
    /// Where contents and their keys are kept.
    pub(crate) home: TempDir,
    pub(crate) options: config::Config,
    identity: Identity,
    issuer: Issuer,
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

impl World {
    pub(crate) async fn new() -> Self {
        Self::planned(|_| {}).await
    }

    /// A county whose service has other options.
    pub(crate) async fn planned(change: impl FnOnce(&mut config::Config)) -> Self {
        let wire = Clock::system();
        let directory = tempfile::tempdir().unwrap();
        let issuer = Issuer::open(options(&directory), wire.clone()).unwrap();
        let identities = db::testing::database::<Migrator>("identity").await;
        let own =
            Credentials::new(WorkloadKey::generate().unwrap(), issuer.name().clone(), wire.clone());
        let clock = Clock::fixed(local(MONDAY));
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
        let fresh = db::testing::database::<Migrations>("evidence").await;
        let (db, url) = ((*fresh).clone(), fresh.url().to_owned());
        let home = tempfile::tempdir().unwrap();
        let mut options = config::load().unwrap();
        change(&mut options);
        let files = Clock::fixed(wire.now());
        let place = Place { db: db.clone(), home: &home, files: &files, options: &options };
        let evidence = parties.evidence(&clock, place).await;
        Self {
            clock,
            wire,
            files,
            db,
            evidence,
            url,
            home,
            options,
            identity,
            issuer,
            _databases: vec![identities, fresh],
            _directory: directory,
        }
    }

    /// A second process of the service: the same database and contents, its own connections, keys
    /// and streams. After the first one's end: the same service, started again.
    pub(crate) async fn replica(&self) -> Evidence {
        let db = Db::connect::<Migrations>(&self.url, 4).await.unwrap();
        let (home, files, options) = (&self.home, &self.files, &self.options);
        let place = Place { db, home, files, options };
        self.parties().evidence(&self.clock, place).await
    }

    /// Changes rows behind the service's back.
    pub(crate) async fn sql(&self, sql: &str) {
        let sql = sql.to_owned();
        let write = self.db.write(move |tx| {
            Box::pin(async move {
                let statement = Statement::from_string(tx.get_database_backend(), sql);
                tx.execute_raw(statement).await.map(drop)
            })
        });
        write.await.unwrap();
    }

    /// The `n` that a statement answers.
    pub(crate) async fn count(&self, sql: &str) -> i64 {
        let conn = self.db.reader();
        let statement = Statement::from_string(conn.get_database_backend(), sql.to_owned());
        conn.query_one_raw(statement).await.unwrap().unwrap().try_get("", "n").unwrap()
    }

    /// A body with a key and a token, calling this world's replica.
    pub(crate) async fn agency(&self, code: &str) -> Party {
        self.agency_of(&self.evidence, code).await
    }

    /// A body calling another replica.
    pub(crate) async fn agency_of(&self, evidence: &Evidence, code: &str) -> Party {
        let name = format!("wimse://county.example/agency/{code}");
        let client = self.caller(evidence, Workload::parse(&name).unwrap()).await;
        Party { code: code.to_owned(), client }
    }

    /// A workload that calls the service.
    pub(crate) async fn caller(&self, evidence: &Evidence, workload: Workload) -> Client {
        Client::new(self.signed(evidence, workload).await)
    }

    /// The same, as the channel itself: for streams.
    pub(crate) async fn signed(&self, evidence: &Evidence, workload: Workload) -> Signed {
        let credentials = self.parties().enrolled(workload).await;
        let service = self.parties().enrolled(Self::service("evidence")).await;
        let gate = Gate::new(service, self.issuer.trust(), Revocations::new(), self.wire.clone());
        let routes = Routes::new(evidence.clone().into_server(gate));
        Signed::new(routes, credentials, self.issuer.trust(), Self::service("evidence"))
    }

    pub(crate) fn service(name: &str) -> Workload {
        Workload::service(&domain(), name)
    }

    fn parties(&self) -> Parties<'_> {
        Parties { identity: &self.identity, issuer: &self.issuer, wire: &self.wire }
    }
}

/// Where a replica keeps things.
struct Place<'a> {
    db: Db,
    home: &'a TempDir,
    files: &'a Clock,
    options: &'a config::Config,
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

    async fn client(&self, workload: Workload) -> IdentityServiceClient<Signed> {
        let credentials = self.enrolled(workload).await;
        let routes = Routes::new(self.identity.clone().into_server());
        let callee = self.issuer.name().clone();
        IdentityServiceClient::new(Signed::new(routes, credentials, self.issuer.trust(), callee))
    }

    /// Imports the example county as an operator does.
    async fn import(&self) {
        let (agencies, officers) = (data("agencies.json"), data("officers.json"));
        let request = example::parse(&agencies, &officers).unwrap();
        let mut request = ImportDirectoryRequest { request_id: id(), ..request };
        // Who keeps things: the officers of the example investigate, or are heads.
        let one =
            request.officers.iter().find(|one| one.certificate_no == "MKT-01").unwrap().clone();
        for code in ["MKT", "PSB", "CAE"] {
            for number in ["06", "07"] {
                let (certificate_no, agency) = (format!("{code}-{number}"), code.to_owned());
                request.officers.push(Officer { certificate_no, agency, ..one.clone() });
            }
        }
        let mut operator = self.client(World::service("operator")).await;
        operator.import_directory(request).await.unwrap();
    }

    /// A replica of the service. Referral is not there: what is told to it waits.
    async fn evidence(&self, clock: &Clock, place: Place<'_>) -> Evidence {
        let directory = Directory::new(self.client(World::service("evidence")).await);
        directory.refresh().await.unwrap();
        let (options, files) = (place.options.content.clone(), place.files.clone());
        let vault = Vault::open(options, place.home.path(), &place.db, files).await.unwrap();
        let own = self.enrolled(World::service("evidence")).await;
        let callee = World::service("referral");
        let nobody = Signed::new(Routes::default(), own, self.issuer.trust(), callee);
        Evidence::new(
            place.db,
            clock.clone(),
            Calendar::open("").unwrap(),
            directory,
            vault,
            ReferralServiceClient::new(nobody),
        )
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

/// The fields at fault, in order.
pub(crate) fn fields(status: &Status) -> Vec<String> {
    let details = status.get_details_bad_request().map(|bad| bad.field_violations);
    details.unwrap_or_default().into_iter().map(|violation| violation.field).collect()
}

/// Rule, resource and article of a broken rule.
pub(crate) fn rule(status: &Status) -> (String, String, String) {
    let details = status.get_details_precondition_failure().unwrap();
    assert_eq!(details.violations.len(), 1, "{details:?}");
    let one = &details.violations[0];
    (one.r#type.clone(), one.subject.clone(), one.description.clone())
}
