//! One county for a test: identity and operations as they are, a law clock that stands still.

use auth::{Credentials, Gate, Revocations, Signed, WorkloadKey};
use chrono::{DateTime, NaiveDateTime, Utc};
use clock::Clock;
use db::{Db, testing::Fresh};
use identity::{
    Identity, directory,
    issuer::{Issuer, Options},
    migration::Migrator,
};
use operations::{Calendar, Migrations, Operations, Peers, domain::settings::Settings};
use proto::{
    catalogue::v1::catalogue_service_client::CatalogueServiceClient,
    identity::v1::{
        self as pb, ImportDirectoryRequest, identity_service_client::IdentityServiceClient,
    },
    operations::v1::operations_service_client::OperationsServiceClient,
    supervision::v1::supervision_service_client::SupervisionServiceClient,
};
use tempfile::TempDir;
use tonic::{Code, Status, service::Routes};
use tonic_types::StatusExt as _;
use types::{Id, TrustDomain, Workload};

use crate::peers::{Catalogue, Log};

pub(crate) type Client = OperationsServiceClient<Signed>;

/// 2026-03-02 10:00 in Shanghai, a Monday with no holiday near.
pub(crate) const MONDAY: &str = "2026-03-02 10:00";

/// The county, and one replica of the service in it.
pub(crate) struct World {
    pub(crate) clock: Clock,
    pub(crate) db: Db,
    pub(crate) operations: Operations,
    pub(crate) catalogue: Catalogue,
    pub(crate) log: Log,
    /// To open the database a second time, as another process would.
    pub(crate) url: String,
    identity: Identity,
    issuer: Issuer,
    wire: Clock,
    _databases: Vec<Fresh>,
    _directory: TempDir,
}

/// What differs from one test's county to another's.
pub(crate) struct Plan {
    pub(crate) at: &'static str,
    pub(crate) calendar: Calendar,
    pub(crate) settings: Settings,
    /// Bodies that have officers beside those of the example, with certificates `CODE-101` and on.
    pub(crate) more_officers: Vec<(&'static str, usize)>,
}

impl Default for Plan {
    fn default() -> Self {
        let settings = operations::config::load().unwrap().law;
        let calendar = Calendar::open("").unwrap();
        Self { at: MONDAY, calendar, settings, more_officers: Vec::new() }
    }
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
        Self::planned(Plan::default()).await
    }

    pub(crate) async fn planned(plan: Plan) -> Self {
        let fresh = db::testing::database::<Migrations>("operations").await;
        let (db, url) = ((*fresh).clone(), fresh.url().to_owned());
        let mut world = Self::on(plan, db, url).await;
        world._databases.push(fresh);
        world
    }

    /// The example county, its operations kept in `db`.
    pub(crate) async fn on(plan: Plan, db: Db, url: String) -> Self {
        let wire = Clock::system();
        let directory = tempfile::tempdir().unwrap();
        let issuer = Issuer::open(options(&directory), wire.clone()).unwrap();
        let fresh = db::testing::database::<Migrator>("identity").await;
        let own =
            Credentials::new(WorkloadKey::generate().unwrap(), issuer.name().clone(), wire.clone());
        let clock = Clock::fixed(local(plan.at));
        let identity = Identity::new(
            (*fresh).clone(),
            clock.clone(),
            wire.clone(),
            issuer.clone(),
            own,
            Revocations::new(),
        );
        identity.refresh().await.unwrap();
        let (catalogue, log) = (Catalogue::default(), Log::default());
        let parties = Parties {
            identity: &identity,
            issuer: &issuer,
            wire: &wire,
            catalogue: &catalogue,
            log: &log,
        };
        parties.import(&plan.more_officers, None).await;
        let operations = parties.operations(&clock, db.clone(), plan.calendar, plan.settings).await;
        operations.refresh().await.unwrap();
        Self {
            clock,
            db,
            operations,
            catalogue,
            log,
            url,
            identity,
            issuer,
            wire,
            _databases: vec![fresh],
            _directory: directory,
        }
    }

    /// A second process of the service: the same database, its own connections and keys.
    pub(crate) async fn replica(&self, calendar: Calendar) -> Operations {
        let db = Db::connect::<Migrations>(&self.url, 4).await.unwrap();
        let settings = Plan::default().settings;
        let replica = self.parties().operations(&self.clock, db, calendar, settings).await;
        replica.refresh().await.unwrap();
        replica
    }

    /// A body with a key and a token, calling this world's replica.
    pub(crate) async fn agency(&self, code: &str) -> Party {
        self.agency_of(&self.operations, code).await
    }

    /// A body calling another replica.
    pub(crate) async fn agency_of(&self, operations: &Operations, code: &str) -> Party {
        let name = format!("wimse://county.example/agency/{code}");
        let client = self.caller(operations, Workload::parse(&name).unwrap()).await;
        Party { code: code.to_owned(), client }
    }

    /// A workload that calls the service.
    pub(crate) async fn caller(&self, operations: &Operations, workload: Workload) -> Client {
        let credentials = self.parties().enrolled(workload).await;
        let service = self.parties().enrolled(Workload::service(&domain(), "operations")).await;
        let gate = Gate::new(service, self.issuer.trust(), Revocations::new(), self.wire.clone());
        let routes = Routes::new(operations.clone().into_server(gate));
        let callee = Workload::service(&domain(), "operations");
        Client::new(Signed::new(routes, credentials, self.issuer.trust(), callee))
    }

    /// A certificate holds until a day: the operator imports it so.
    pub(crate) async fn ends(&self, certificate_no: &str, last_day: &str) {
        self.parties().import(&[], Some((certificate_no, last_day))).await;
    }

    pub(crate) fn service(name: &str) -> Workload {
        Workload::service(&domain(), name)
    }

    fn parties(&self) -> Parties<'_> {
        Parties {
            identity: &self.identity,
            issuer: &self.issuer,
            wire: &self.wire,
            catalogue: &self.catalogue,
            log: &self.log,
        }
    }
}

/// Those who make parties: what is there before the world is.
struct Parties<'a> {
    identity: &'a Identity,
    issuer: &'a Issuer,
    wire: &'a Clock,
    catalogue: &'a Catalogue,
    log: &'a Log,
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

    /// The catalogue, as operations calls it.
    async fn catalogue(&self) -> CatalogueServiceClient<Signed> {
        let callee = Workload::service(&domain(), "catalogue");
        let own = self.enrolled(callee.clone()).await;
        let gate = Gate::new(own, self.issuer.trust(), Revocations::new(), self.wire.clone());
        let routes = Routes::new(self.catalogue.clone().into_server(gate));
        let caller = self.enrolled(Workload::service(&domain(), "operations")).await;
        CatalogueServiceClient::new(Signed::new(routes, caller, self.issuer.trust(), callee))
    }

    /// Supervision, as operations calls it.
    async fn supervision(&self) -> SupervisionServiceClient<Signed> {
        let callee = Workload::service(&domain(), "supervision");
        let own = self.enrolled(callee.clone()).await;
        let gate = Gate::new(own, self.issuer.trust(), Revocations::new(), self.wire.clone());
        let routes = Routes::new(self.log.clone().into_server(gate));
        let caller = self.enrolled(Workload::service(&domain(), "operations")).await;
        SupervisionServiceClient::new(Signed::new(routes, caller, self.issuer.trust(), callee))
    }

    /// Imports the example county as an operator does.
    async fn import(&self, more: &[(&'static str, usize)], ended: Option<(&str, &str)>) {
        let (agencies, officers) = (data("agencies.json"), data("officers.json"));
        let mut request = directory::parse(&agencies, &officers).unwrap();
        for (code, count) in more {
            let first = |one: &&pb::Officer| one.certificate_no == format!("{code}-01");
            let first = request.officers.iter().find(first).unwrap().clone();
            for number in (101..).take(*count) {
                let certificate_no = format!("{code}-{number}");
                let name = first.name.replace(&first.certificate_no, &certificate_no);
                request.officers.push(pb::Officer { name, certificate_no, ..first.clone() });
            }
        }
        for one in &mut request.officers {
            if let Some((_, day)) = ended.filter(|(who, _)| *who == one.certificate_no) {
                day.clone_into(&mut one.valid_to);
            }
        }
        let request = ImportDirectoryRequest { request_id: id(), ..request };
        let mut operator = self.client(Workload::service(&domain(), "operator")).await;
        operator.import_directory(request).await.unwrap();
    }

    async fn operations(
        &self,
        clock: &Clock,
        db: Db,
        calendar: Calendar,
        settings: Settings,
    ) -> Operations {
        let identity = self.client(Workload::service(&domain(), "operations")).await;
        let peers = Peers {
            directory: ::directory::Directory::new(identity),
            catalogue: self.catalogue().await,
            supervision: self.supervision().await,
        };
        Operations::new(db, clock.clone(), calendar, settings, peers)
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
