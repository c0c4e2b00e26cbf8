//! One county for a test: identity and referral as they are, a law clock that stands still.

use auth::{Credentials, Gate, Revocations, Signed, WorkloadKey};
use chrono::{DateTime, NaiveDateTime, Utc};
use clock::Clock;
use db::{Db, testing::Fresh};
use identity::{
    Identity, directory,
    issuer::{Issuer, Options},
    migration::Migrator,
};
use proto::{
    catalogue::v1::catalogue_service_client::CatalogueServiceClient,
    identity::v1::{
        ImportDirectoryRequest, Officer, identity_service_client::IdentityServiceClient,
    },
    referral::v1::referral_service_client::ReferralServiceClient,
};
use referral::{Calendar, Migrations, Referral, domain::settings::Settings};
use tempfile::TempDir;
use tonic::{Code, Status, service::Routes};
use tonic_types::StatusExt as _;
use types::{Id, TrustDomain, Workload};

use crate::catalogue::Catalogue;

pub(crate) type Client = ReferralServiceClient<Signed>;

/// 2026-03-02 10:00 in Shanghai, a Monday with no holiday near.
pub(crate) const MONDAY: &str = "2026-03-02 10:00";

/// The county, and one replica of the service in it.
pub(crate) struct World {
    pub(crate) clock: Clock,
    pub(crate) db: Db,
    pub(crate) referral: Referral,
    pub(crate) catalogue: Catalogue,
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
}

impl Default for Plan {
    fn default() -> Self {
        let settings = referral::config::load().unwrap().law;
        Self { at: MONDAY, calendar: Calendar::open("").unwrap(), settings }
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
        let fresh = db::testing::database::<Migrations>("referral").await;
        let (db, url) = ((*fresh).clone(), fresh.url().to_owned());
        let mut world = Self::on(plan, db, url).await;
        world._databases.push(fresh);
        world
    }

    /// The example county, its referrals kept in `db`.
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
        let catalogue = Catalogue::default();
        let parties =
            Parties { identity: &identity, issuer: &issuer, wire: &wire, catalogue: &catalogue };
        parties.import().await;
        let referral = parties.referral(&clock, db.clone(), plan.calendar, plan.settings).await;
        referral.refresh().await.unwrap();
        Self {
            clock,
            db,
            referral,
            catalogue,
            url,
            identity,
            issuer,
            wire,
            _databases: vec![fresh],
            _directory: directory,
        }
    }

    /// A second process of the service: the same database, its own connections and keys.
    pub(crate) async fn replica(&self, calendar: Calendar) -> Referral {
        let db = Db::connect::<Migrations>(&self.url, 4).await.unwrap();
        let settings = Plan::default().settings;
        let replica = self.parties().referral(&self.clock, db, calendar, settings).await;
        replica.refresh().await.unwrap();
        replica
    }

    /// A service whose identity does not answer.
    pub(crate) async fn without_identity(&self) -> Referral {
        let own = self.parties().enrolled(Workload::service(&domain(), "referral")).await;
        let nobody = IdentityServiceClient::new(Signed::new(
            Routes::default(),
            own,
            self.issuer.trust(),
            self.issuer.name().clone(),
        ));
        let Plan { calendar, settings, .. } = Plan::default();
        let catalogue = self.parties().catalogue().await;
        Referral::new(self.db.clone(), self.clock.clone(), calendar, settings, nobody, catalogue)
    }

    /// A body with a key and a token, calling this world's replica.
    pub(crate) async fn agency(&self, code: &str) -> Party {
        self.agency_of(&self.referral, code).await
    }

    /// A body calling another replica.
    pub(crate) async fn agency_of(&self, referral: &Referral, code: &str) -> Party {
        let name = format!("wimse://county.example/agency/{code}");
        let client = self.caller(referral, Workload::parse(&name).unwrap()).await;
        Party { code: code.to_owned(), client }
    }

    /// A workload that calls the service.
    pub(crate) async fn caller(&self, referral: &Referral, workload: Workload) -> Client {
        let credentials = self.parties().enrolled(workload).await;
        let service = self.parties().enrolled(Workload::service(&domain(), "referral")).await;
        let gate = Gate::new(service, self.issuer.trust(), Revocations::new(), self.wire.clone());
        let routes = Routes::new(referral.clone().into_server(gate));
        let callee = Workload::service(&domain(), "referral");
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
        Parties {
            identity: &self.identity,
            issuer: &self.issuer,
            wire: &self.wire,
            catalogue: &self.catalogue,
        }
    }
}

/// Those who make parties: what is there before the world is.
struct Parties<'a> {
    identity: &'a Identity,
    issuer: &'a Issuer,
    wire: &'a Clock,
    catalogue: &'a Catalogue,
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

    /// The catalogue, as referral calls it.
    async fn catalogue(&self) -> CatalogueServiceClient<Signed> {
        let callee = Workload::service(&domain(), "catalogue");
        let own = self.enrolled(callee.clone()).await;
        let gate = Gate::new(own, self.issuer.trust(), Revocations::new(), self.wire.clone());
        let routes = Routes::new(self.catalogue.clone().into_server(gate));
        let caller = self.enrolled(Workload::service(&domain(), "referral")).await;
        CatalogueServiceClient::new(Signed::new(routes, caller, self.issuer.trust(), callee))
    }

    /// Imports the example county as an operator does.
    async fn import(&self) {
        let (agencies, officers) = (data("agencies.json"), data("officers.json"));
        let request = directory::parse(&agencies, &officers).unwrap();
        let mut request = ImportDirectoryRequest { request_id: id(), ..request };
        // Bodies of the example that have no officers there, and act here.
        let one =
            request.officers.iter().find(|one| one.certificate_no == "MKT-01").unwrap().clone();
        for code in ["GOV-C", "JUS", "PSB-ECO", "CRT", "SUP"] {
            for number in ["01", "02"] {
                let certificate_no = format!("{code}-{number}");
                if request.officers.iter().all(|known| known.certificate_no != certificate_no) {
                    let agency = code.to_owned();
                    request.officers.push(Officer { certificate_no, agency, ..one.clone() });
                }
            }
        }
        let mut operator = self.client(Workload::service(&domain(), "operator")).await;
        operator.import_directory(request).await.unwrap();
    }

    async fn referral(
        &self,
        clock: &Clock,
        db: Db,
        calendar: Calendar,
        settings: Settings,
    ) -> Referral {
        let identity = self.client(Workload::service(&domain(), "referral")).await;
        let catalogue = self.catalogue().await;
        Referral::new(db, clock.clone(), calendar, settings, identity, catalogue)
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
