//! One county for a test: identity as it is, with its journal, and the log that follows it.

use std::time::Duration;

use auth::{Credentials, Gate, Revocations, Signed, Trust, WorkloadKey};
use clock::Clock;
use db::{Db, journal, testing::Fresh};
use directory::Directory;
use identity::{
    Identity, directory as example,
    issuer::{Issuer, Options},
    migration::Migrator,
};
use proto::{
    identity::v1::{
        ImportDirectoryRequest, RevokeKeyRequest, identity_service_client::IdentityServiceClient,
    },
    supervision::v1::{self as pb, supervision_service_client::SupervisionServiceClient},
};
use sea_orm::{ConnectionTrait as _, DbErr, Statement};
use server::{Ready, Stop};
use supervision::{Calendar, Journal, Migrations, Peers, Supervision, config::Log};
use tempfile::TempDir;
use tlog::{Checkpoint, Hash, LogKey};
use tonic::{Code, Status, service::Routes};
use tonic_types::StatusExt as _;
use types::{Id, TrustDomain, Workload};

use crate::{
    desk::{self, Desk, Tables},
    story,
};

pub(crate) type Client = SupervisionServiceClient<Signed>;

pub(crate) struct World {
    pub(crate) service: Supervision,
    pub(crate) key: LogKey,
    pub(crate) trust: Trust,
    pub(crate) auditor: Client,
    /// Where the log is kept.
    pub(crate) log: Fresh,
    /// Where identity is, and its journal.
    pub(crate) identity_db: Fresh,
    /// The journal of referral.
    pub(crate) referral_db: Fresh,
    /// The time of the law, which stands still.
    pub(crate) law: Clock,
    stop: Stop,
    identity: Identity,
    issuer: Issuer,
    _home: TempDir,
}

pub(crate) fn id() -> String {
    Id::<()>::new(Clock::system().now()).to_string()
}

pub(crate) fn domain() -> TrustDomain {
    TrustDomain::parse("county.example").unwrap()
}

/// The log's options, quick enough for a test.
pub(crate) fn quick() -> Log {
    Log { checkpoint_ms: 10, wait_ms: 100, ..supervision::config::load().unwrap().log }
}

impl World {
    /// The example county, its log being written.
    pub(crate) async fn new() -> Self {
        let world = Self::still().await;
        world.service.start(&quick(), &world.stop);
        world
    }

    /// The example county, its log not being written yet.
    pub(crate) async fn still() -> Self {
        let home = tempfile::tempdir().unwrap();
        let wire = Clock::system();
        let options = Options {
            key_dir: home.path().join("issuer"),
            bundle_file: home.path().join("bundle.json"),
            trust_domain: domain(),
            wit_lifetime: chrono::Duration::hours(1),
            publish_ahead: chrono::Duration::seconds(120),
            log_keys: Vec::new(),
        };
        let issuer = Issuer::open(options, wire.clone()).unwrap();
        let identity_db = db::testing::database::<Migrator>("identity").await;
        let own = WorkloadKey::generate().unwrap();
        let own = Credentials::new(own, issuer.name().clone(), wire.clone());
        let identity = Identity::new(
            (*identity_db).clone(),
            wire.clone(),
            wire,
            issuer.clone(),
            own,
            Revocations::new(),
        );
        identity.refresh().await.unwrap();
        let mut operator = identity_client(&identity, &issuer, service("operator"));
        let (agencies, officers) = example::EXAMPLE;
        let county = example::parse(agencies, officers).unwrap();
        let county = ImportDirectoryRequest { request_id: id(), ..county };
        operator.import_directory(county).await.unwrap();

        let key = LogKey::generate("county.example/log").unwrap();
        let log = db::testing::database::<Migrations>("supervision").await;
        let referral_db = db::testing::database::<Tables>("referral").await;
        let law = Clock::fixed(story::monday());
        let peers = Peers {
            journals: vec![journal(&identity, &issuer), referral(&referral_db, &issuer)],
            directory: self::directory(&identity, &issuer),
        };
        let opened = open((*log).clone(), key.clone(), law.clone(), peers).await.unwrap();
        let auditor = client(&opened, &issuer, credentials(&issuer, service("operator")));
        Self {
            service: opened,
            key,
            trust: issuer.trust(),
            auditor,
            log,
            identity_db,
            referral_db,
            law,
            stop: Stop::default(),
            identity,
            issuer,
            _home: home,
        }
    }

    /// Stops what is being sequenced; what is started after this goes on by itself.
    pub(crate) async fn stop(&mut self) {
        self.stop.now();
        self.stop.finished().await;
        self.stop = Stop::default();
    }

    /// The same with the loops that look at what is due.
    pub(crate) async fn watching() -> Self {
        let world = Self::new().await;
        world.tend(&world.service, &world.stop);
        world
    }

    /// Starts the loops of a replica that look at what is due.
    pub(crate) fn tend(&self, replica: &Supervision, stop: &Stop) {
        let worker = supervision::config::load().unwrap().worker;
        let worker = supervision::config::Worker { tick_ms: 20, ..worker };
        replica.tend(worker, &Ready::default(), stop);
    }

    /// A second process of the service: the same database and key, its own connections.
    pub(crate) async fn replica(&self) -> anyhow::Result<Supervision> {
        self.with_key(self.key.clone()).await
    }

    /// The service again, with another key.
    pub(crate) async fn with_key(&self, key: LogKey) -> anyhow::Result<Supervision> {
        let journals =
            vec![journal(&self.identity, &self.issuer), referral(&self.referral_db, &self.issuer)];
        open(self.connect().await, key, self.law.clone(), self.peers(journals)).await
    }

    /// The service again, its journals but identity's away.
    pub(crate) async fn with_absent(&self, absent: &[&str]) -> Supervision {
        let away = |name: &&str| {
            let own = credentials(&self.issuer, service("supervision"));
            let channel = Signed::new(Routes::default(), own, self.issuer.trust(), service(name));
            Journal::new(name, channel).unwrap()
        };
        let mut journals: Vec<Journal> = absent.iter().map(away).collect();
        if !absent.contains(&"identity") {
            journals.push(journal(&self.identity, &self.issuer));
        }
        let (db, peers) = (self.connect().await, self.peers(journals));
        open(db, self.key.clone(), self.law.clone(), peers).await.unwrap()
    }

    fn peers(&self, journals: Vec<Journal>) -> Peers {
        Peers { journals, directory: directory(&self.identity, &self.issuer) }
    }

    /// Lets things happen in referral, and waits until they are leaves.
    pub(crate) async fn tell(&self, entries: Vec<journal::Entry>) {
        let rows = async || {
            let journals = self.status().await.journals;
            journals.into_iter().find(|one| one.service == "referral").unwrap().rows
        };
        let want = rows().await + i64::try_from(entries.len()).unwrap();
        desk::write(&self.referral_db, entries).await;
        let told = async {
            while rows().await < want {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), told).await.unwrap();
    }

    /// The warnings a body may see, once there are so many; newest first.
    pub(crate) async fn warnings(&self, code: &str, count: usize) -> Vec<pb::Warning> {
        let mut client = self.agency(code);
        let raised = async {
            loop {
                let asked = pb::ListWarningsRequest::default();
                let found = client.list_warnings(asked).await.unwrap().into_inner().warnings;
                if found.len() >= count {
                    return found;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), raised).await.unwrap()
    }

    /// A number that a query over supervision's own tables calls `rows`.
    pub(crate) async fn number(&self, sql: &str) -> i64 {
        let reader = self.log.reader();
        let statement = Statement::from_string(reader.get_database_backend(), sql);
        reader.query_one_raw(statement).await.unwrap().unwrap().try_get("", "rows").unwrap()
    }

    /// Moves the law's clock on.
    pub(crate) fn pass(&self, time: chrono::Duration) {
        self.law.advance(time);
    }

    /// Waits until the loops have looked at the board at least once more: a row that is due at once
    /// is raised. For tests of what is not raised.
    pub(crate) async fn looked(&self) {
        let name = id();
        let sent = story::sent(&name, "CUL");
        let early = self.law.now() - chrono::Duration::days(1);
        let sent =
            command::marks::Exchange { send_time: Some(command::marks::timestamp(early)), ..sent };
        self.tell(vec![story::sends(sent)]).await;
        let asked = || pb::ListWarningsRequest::default();
        let mut client = self.agency("CUL");
        let raised = async {
            loop {
                let found = client.list_warnings(asked()).await.unwrap().into_inner().warnings;
                if found.iter().any(|one| one.item_id == name) {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), raised).await.unwrap();
    }

    async fn connect(&self) -> Db {
        Db::connect::<Migrations>(self.log.url(), 4).await.unwrap()
    }

    /// Starts another replica.
    pub(crate) fn start_replica(&self, replica: &Supervision) {
        replica.start(&quick(), &self.stop);
    }

    /// A body that calls this world's replica.
    pub(crate) fn agency(&self, code: &str) -> Client {
        self.caller(&self.service, &format!("wimse://county.example/agency/{code}"))
    }

    /// Whoever calls a replica.
    pub(crate) fn caller(&self, replica: &Supervision, workload: &str) -> Client {
        let own = credentials(&self.issuer, Workload::parse(workload).unwrap());
        client(replica, &self.issuer, own)
    }

    /// A call of an agency to identity: it revokes a key of its own. Returns its `request_id`.
    pub(crate) async fn call(&self, code: &str) -> String {
        let workload = Workload::parse(&format!("wimse://county.example/agency/{code}")).unwrap();
        let other = WorkloadKey::generate().unwrap();
        self.identity.bootstrap(workload.clone(), &other.public_jwk().to_string()).await.unwrap();
        let request_id = id();
        let revocation = RevokeKeyRequest {
            request_id: request_id.clone(),
            thumbprint: other.thumbprint().to_owned(),
            reason: "the laptop was lost".to_owned(),
        };
        let mut agency = identity_client(&self.identity, &self.issuer, workload);
        agency.revoke_key(revocation).await.unwrap();
        request_id
    }

    /// Rows of identity's own, in one transaction.
    pub(crate) async fn write(&self, rows: i32) {
        let at = Clock::system().now();
        let write = self.identity_db.write(move |tx| {
            Box::pin(async move {
                for row in 0..rows {
                    let entry = journal::Entry {
                        at,
                        kind: "identity.tested.v1",
                        resource: format!("tests/{row}"),
                        docket: String::new(),
                        agency: String::new(),
                        officer: String::new(),
                        step: String::new(),
                        payload: vec![7; 100],
                        request_id: String::new(),
                        attestation: None,
                        marks: Vec::new(),
                    };
                    journal::append(tx, entry).await?;
                }
                Ok::<(), DbErr>(())
            })
        });
        write.await.unwrap();
    }

    /// The ids of identity's rows, in the order of its journal: those too that it still holds
    /// back, as on PostgreSQL while anybody writes.
    pub(crate) async fn row_ids(&self) -> Vec<i64> {
        let reader = self.identity_db.reader();
        let sql = "SELECT id FROM journal ORDER BY txid, id";
        let statement = Statement::from_string(reader.get_database_backend(), sql);
        let rows = reader.query_all_raw(statement).await.unwrap();
        rows.iter().map(|row| row.try_get("", "id").unwrap()).collect()
    }

    /// Waits until every row of identity is in the log; returns the checkpoint.
    pub(crate) async fn caught_up(&self) -> (Checkpoint, String) {
        let all = async {
            loop {
                let want = u64::try_from(self.row_ids().await.len()).unwrap();
                let (checkpoint, note) = self.checkpoint().await;
                if checkpoint.size >= want && want > 0 {
                    return (checkpoint, note);
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), all).await.unwrap()
    }

    /// The latest checkpoint, verified.
    pub(crate) async fn checkpoint(&self) -> (Checkpoint, String) {
        let mut auditor = self.auditor.clone();
        let answer = auditor.get_checkpoint(pb::GetCheckpointRequest {}).await.unwrap();
        let answer = answer.into_inner();
        let checkpoint = self.open(&answer.checkpoint);
        assert_eq!(u64::try_from(answer.tree_size).unwrap(), checkpoint.size);
        assert_eq!(answer.root, checkpoint.root.0);
        (checkpoint, answer.checkpoint)
    }

    /// What a note says, if it is the log's.
    pub(crate) fn open(&self, note: &str) -> Checkpoint {
        Checkpoint::open(note, &[self.key.verifier().clone()]).unwrap()
    }

    /// What is wrong with a journal, once something is.
    pub(crate) async fn fault(&self, service: &str) -> String {
        let told = async {
            loop {
                let journals = self.status().await.journals;
                let one = journals.into_iter().find(|one| one.service == service).unwrap();
                if !one.fault.is_empty() {
                    return one.fault;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), told).await.unwrap()
    }

    /// The status of the log.
    pub(crate) async fn status(&self) -> pb::GetLogStatusResponse {
        let mut auditor = self.auditor.clone();
        auditor.get_log_status(pb::GetLogStatusRequest {}).await.unwrap().into_inner()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.stop.now();
    }
}

/// Somebody who can write to the database writes to it.
pub(crate) async fn tamper(db: &Db, sql: &str) {
    assert!(change(db, sql).await > 0, "nothing was changed");
}

/// Somebody changes the database; says how many rows.
pub(crate) async fn change(db: &Db, sql: &str) -> u64 {
    let sql = sql.to_owned();
    let write = db.write(move |tx| {
        Box::pin(async move { Ok::<_, DbErr>(tx.execute_unprepared(&sql).await?.rows_affected()) })
    });
    write.await.unwrap()
}

fn service(name: &str) -> Workload {
    Workload::service(&domain(), name)
}

fn credentials(issuer: &Issuer, workload: Workload) -> Credentials {
    let key = WorkloadKey::generate().unwrap();
    let credentials = Credentials::new(key, workload, Clock::system());
    let wit = issuer.issue(credentials.workload(), credentials.key().public()).unwrap();
    credentials.set_wit(wit.token).unwrap();
    credentials
}

fn identity_channel(identity: &Identity, issuer: &Issuer, caller: Workload) -> Signed {
    let routes = Routes::new(identity.clone().into_server());
    Signed::new(routes, credentials(issuer, caller), issuer.trust(), issuer.name().clone())
}

fn identity_client(
    identity: &Identity,
    issuer: &Issuer,
    caller: Workload,
) -> IdentityServiceClient<Signed> {
    IdentityServiceClient::new(identity_channel(identity, issuer, caller))
}

fn journal(identity: &Identity, issuer: &Issuer) -> Journal {
    let channel = identity_channel(identity, issuer, service("supervision"));
    Journal::new("identity", channel).unwrap()
}

fn directory(identity: &Identity, issuer: &Issuer) -> Directory {
    let channel = identity_channel(identity, issuer, service("supervision"));
    Directory::new(IdentityServiceClient::new(channel))
}

/// The journal of referral, behind the real guard.
fn referral(db: &Db, issuer: &Issuer) -> Journal {
    let own = credentials(issuer, service("referral"));
    let gate = Gate::new(own, issuer.trust(), Revocations::new(), Clock::system());
    let routes = Routes::new(auth::guard(gate, desk::POLICY, Desk(db.clone())));
    let caller = credentials(issuer, service("supervision"));
    let channel = Signed::new(routes, caller, issuer.trust(), service("referral"));
    Journal::new("referral", channel).unwrap()
}

async fn open(db: Db, key: LogKey, law: Clock, peers: Peers) -> anyhow::Result<Supervision> {
    let settings = supervision::config::load().unwrap().settings();
    let calendar = Calendar::open("").unwrap();
    Supervision::open(db, key, law, calendar, settings, peers).await
}

fn client(replica: &Supervision, issuer: &Issuer, caller: Credentials) -> Client {
    let own = credentials(issuer, service("supervision"));
    let gate = Gate::new(own, issuer.trust(), Revocations::new(), Clock::system());
    let routes = Routes::new(replica.clone().into_server(gate));
    Client::new(Signed::new(routes, caller, issuer.trust(), service("supervision")))
}

pub(crate) fn hashes(bytes: Vec<Vec<u8>>) -> Vec<Hash> {
    bytes.into_iter().map(|hash| Hash(hash.try_into().unwrap())).collect()
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
