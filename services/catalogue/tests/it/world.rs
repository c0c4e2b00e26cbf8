//! One county for a test: identity and the catalogue as they are, a law clock that stands still.

use auth::{Credentials, Gate, Revocations, Signed, WorkloadKey};
use catalogue::{Catalogue, Migrations, config};
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
    catalogue::v1::{self as pb, catalogue_service_client::CatalogueServiceClient},
    identity::v1::{ImportDirectoryRequest, identity_service_client::IdentityServiceClient},
    referral::v1::referral_service_client::ReferralServiceClient,
};
use tempfile::TempDir;
use tonic::{Code, Status, service::Routes};
use tonic_types::StatusExt as _;
use types::{Id, TrustDomain, Workload};

use crate::cases::{self, Cases};

pub(crate) type Client = CatalogueServiceClient<Signed>;

/// 2026-03-02 10:00 in Shanghai, a Monday with no holiday near.
pub(crate) const MONDAY: &str = "2026-03-02 10:00";

/// The county, and one replica of the service in it.
pub(crate) struct World {
    pub(crate) clock: Clock,
    pub(crate) db: Db,
    pub(crate) catalogue: Catalogue,
    pub(crate) cases: Cases,
    /// To open the database a second time, as another process would.
    url: String,
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

impl World {
    /// The county before its first revision.
    pub(crate) async fn new() -> Self {
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
        let fresh = db::testing::database::<Migrations>("catalogue").await;
        let (db, url, cases) = ((*fresh).clone(), fresh.url().to_owned(), Cases::default());
        let catalogue = parties.catalogue(&clock, db.clone(), Some(&cases)).await;
        let _databases = vec![identities, fresh];
        Self {
            clock,
            db,
            catalogue,
            cases,
            url,
            identity,
            issuer,
            wire,
            _databases,
            _directory: directory,
        }
    }

    /// The county with its first revision.
    pub(crate) async fn published() -> Self {
        let world = Self::new().await;
        let county = world.agency("GOV-C").await;
        county.publish(0, catalogue::data::first().unwrap()).await.unwrap();
        world
    }

    /// A second process of the service: the same database, its own connections and keys.
    pub(crate) async fn replica(&self) -> Catalogue {
        let db = Db::connect::<Migrations>(&self.url, 4).await.unwrap();
        self.parties().catalogue(&self.clock, db, Some(&self.cases)).await
    }

    /// The service while referral does not answer.
    pub(crate) async fn without_referral(&self) -> Catalogue {
        self.parties().catalogue(&self.clock, self.db.clone(), None).await
    }

    /// A body with a key and a token, calling this world's replica.
    pub(crate) async fn agency(&self, code: &str) -> Party {
        self.agency_of(&self.catalogue, code).await
    }

    /// A body calling another replica.
    pub(crate) async fn agency_of(&self, catalogue: &Catalogue, code: &str) -> Party {
        let name = format!("wimse://county.example/agency/{code}");
        let client = self.caller(catalogue, Workload::parse(&name).unwrap()).await;
        Party { code: code.to_owned(), client }
    }

    /// A service calling this world's replica.
    pub(crate) async fn service(&self, name: &str) -> Client {
        self.caller(&self.catalogue, service(name)).await
    }

    /// A workload that calls the service.
    async fn caller(&self, catalogue: &Catalogue, workload: Workload) -> Client {
        let credentials = self.parties().enrolled(workload).await;
        let own = self.parties().enrolled(service("catalogue")).await;
        let gate = Gate::new(own, self.issuer.trust(), Revocations::new(), self.wire.clone());
        let routes = Routes::new(catalogue.clone().into_server(gate));
        Client::new(Signed::new(routes, credentials, self.issuer.trust(), service("catalogue")))
    }

    /// Whom the county trusts.
    pub(crate) fn trust(&self) -> auth::Trust {
        self.issuer.trust()
    }

    fn parties(&self) -> Parties<'_> {
        Parties { identity: &self.identity, issuer: &self.issuer, wire: &self.wire }
    }
}

fn service(name: &str) -> Workload {
    Workload::service(&domain(), name)
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
        let request = ImportDirectoryRequest { request_id: id(), ..request };
        let mut operator = self.client(service("operator")).await;
        operator.import_directory(request).await.unwrap();
    }

    /// A replica of the service, which referral answers if there are `cases`.
    async fn catalogue(&self, clock: &Clock, db: Db, cases: Option<&Cases>) -> Catalogue {
        let directory = Directory::new(self.client(service("catalogue")).await);
        let own = self.enrolled(service("referral")).await;
        let gate = Gate::new(own, self.issuer.trust(), Revocations::new(), self.wire.clone());
        let routes =
            cases.map(|cases| Routes::new(auth::guard(gate, cases::POLICY, cases.clone())));
        let me = self.enrolled(service("catalogue")).await;
        let routes = routes.unwrap_or_default();
        let referral = Signed::new(routes, me, self.issuer.trust(), service("referral"));
        let referral = ReferralServiceClient::new(referral);
        let settings = config::load().unwrap().law;
        let catalogue = Catalogue::new(db, clock.clone(), directory, referral, settings);
        catalogue.refresh().await.unwrap();
        catalogue
    }
}

/// A body that calls.
#[derive(Clone)]
pub(crate) struct Party {
    pub(crate) code: String,
    pub(crate) client: Client,
}

impl Party {
    /// Its head.
    pub(crate) fn head(&self) -> String {
        format!("{}-04", self.code)
    }

    pub(crate) async fn preview(
        &self,
        base: i64,
        changes: pb::Changes,
    ) -> Result<pb::PreviewRevisionResponse, Status> {
        let request = pb::PreviewRevisionRequest { changes: Some(changes), base_revision: base };
        self.client.clone().preview_revision(request).await.map(tonic::Response::into_inner)
    }

    /// A publication as its head signs it, once previewed.
    pub(crate) async fn signed(
        &self,
        base: i64,
        changes: pb::Changes,
    ) -> pb::PublishRevisionRequest {
        let preview = self.preview(base, changes.clone()).await;
        pb::PublishRevisionRequest {
            request_id: id(),
            changes: Some(changes),
            base_revision: base,
            preview_sha256: preview.map(|told| told.preview_sha256).unwrap_or_default(),
            title: "执法事项目录调整".to_owned(),
            announcement: "云政告〔2026〕1号".to_owned(),
            officer: self.head(),
        }
    }

    pub(crate) async fn send(
        &self,
        request: pb::PublishRevisionRequest,
    ) -> Result<pb::Revision, Status> {
        let answer = self.client.clone().publish_revision(request).await?;
        Ok(answer.into_inner().revision.unwrap())
    }

    pub(crate) async fn publish(
        &self,
        base: i64,
        changes: pb::Changes,
    ) -> Result<pb::Revision, Status> {
        self.send(self.signed(base, changes).await).await
    }

    pub(crate) async fn resolve(
        &self,
        request: pb::ResolveCompetenceRequest,
    ) -> pb::ResolveCompetenceResponse {
        self.client.clone().resolve_competence(request).await.unwrap().into_inner()
    }
}

/// Who is competent for `matter` at `place`?
pub(crate) fn ask(matter: &str, place: &str) -> pb::ResolveCompetenceRequest {
    let (matter, place) = (matter.to_owned(), place.to_owned());
    pb::ResolveCompetenceRequest { matter, place, ..Default::default() }
}

/// Changes that put these entries.
pub(crate) fn put<const N: usize>(entries: [pb::entry::Entry; N]) -> pb::Changes {
    let entry = |entry| pb::Entry { entry: Some(entry), ..Default::default() };
    pb::Changes { put: entries.map(entry).into(), remove: Vec::new() }
}

/// A power over a matter in the whole county, by transfer.
pub(crate) fn power(matter: &str, holder: &str, from: &str, to: &str) -> pb::Power {
    pb::Power {
        matter: matter.to_owned(),
        holder: holder.to_owned(),
        territory: "330999".to_owned(),
        valid_from: from.to_owned(),
        valid_to: to.to_owned(),
        source: pb::PowerSource::Transfer.into(),
        act: "云政告〔2026〕1号".to_owned(),
        ..Default::default()
    }
}

/// M033 goes from market regulation to the comprehensive bureau on `day`, whose eve is `eve`.
pub(crate) fn transfer(eve: &str, day: &str) -> pb::Changes {
    let first = catalogue::data::first().unwrap();
    let old = first.put.into_iter().find_map(|entry| match entry.entry {
        Some(pb::entry::Entry::Power(power)) if power.matter == "M033" => Some(power),
        _ => None,
    });
    let old = pb::Power { valid_to: eve.to_owned(), ..old.unwrap() };
    put([pb::entry::Entry::Power(old), pb::entry::Entry::Power(power("M033", "CAE", day, ""))])
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

/// Rule and article of a broken rule.
pub(crate) fn rule(status: &Status) -> (String, String) {
    let details = status.get_details_precondition_failure().unwrap();
    assert_eq!(details.violations.len(), 1, "{details:?}");
    let one = &details.violations[0];
    (one.r#type.clone(), one.description.clone())
}
