//! The connection of one workload to the mesh.

use std::{fs, path::PathBuf, sync::Arc, time::Duration};

use auth::{Credentials, Revocations, Signed, Trust, WorkloadKey};
use clock::Clock;
use http::{Request, Response};
use proto::{
    arbitration::v1::arbitration_service_client::ArbitrationServiceClient,
    catalogue::v1::catalogue_service_client::CatalogueServiceClient,
    evidence::v1::evidence_service_client::EvidenceServiceClient,
    identity::v1::identity_service_client::IdentityServiceClient,
    operations::v1::operations_service_client::OperationsServiceClient,
    referral::v1::referral_service_client::ReferralServiceClient,
    supervision::v1::supervision_service_client::SupervisionServiceClient,
};
use tokio::task::JoinSet;
use tonic::{body::Body, codegen::StdError, transport::Endpoint};
use tower::Service;
use types::Workload;

use crate::{
    error::{ConnectError, Error},
    fresh::{EVERY, Renewal, repeat, revocations_every},
    link::{Link, Shared},
};

/// Header list of an answer: two tokens of 8 KiB each, and the rest.
const HEADER_LIST_BYTES: u32 = 32 * 1024;
/// The largest answer in one message.
const MESSAGE_BYTES: usize = 4 << 20;
/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(5);
/// How long a call may take, unless said otherwise.
const TIMEOUT: Duration = Duration::from_secs(35);

/// How often an agency's system asks which keys of the mesh are revoked; services ask every second.
const REVOCATIONS: Duration = Duration::from_secs(30);

/// What a connection needs to know.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where the mesh is, such as `http://127.0.0.1:7000`.
    pub endpoint: String,
    /// Who connects; its trust domain is the one trusted.
    pub workload: Workload,
    /// The private key (PKCS#8 PEM); made, with mode 0600, when it is not there.
    pub key_file: PathBuf,
    /// The trust domain's JWKS, got out of band; watched for a new one.
    pub trust_bundle_file: PathBuf,
    /// How long a call may take, its retries included.
    pub timeout: Duration,
}

impl Options {
    /// Options with the default timeout of 35 seconds.
    pub fn new(
        endpoint: impl Into<String>,
        workload: Workload,
        key_file: impl Into<PathBuf>,
        trust_bundle_file: impl Into<PathBuf>,
    ) -> Self {
        Self {
            endpoint: endpoint.into(),
            workload,
            key_file: key_file.into(),
            trust_bundle_file: trust_bundle_file.into(),
            timeout: TIMEOUT,
        }
    }
}

/// The mesh, as one workload sees it. Clones share the connection and the token; the tasks that
/// keep the token fresh end with the last of them.
#[derive(Clone, Debug)]
pub struct Mesh {
    identity: Link,
    catalogue: Link,
    referral: Link,
    evidence: Link,
    operations: Link,
    arbitration: Link,
    supervision: Link,
    /// For uploads, which are not collected and not repeated.
    streaming: Signed,
    renewal: Renewal,
    _tasks: Arc<JoinSet<()>>,
}

impl Mesh {
    /// Connects, and obtains the first token.
    ///
    /// # Errors
    /// See [`ConnectError`]. A key that is not enrolled is `Refused` with `ASSERTION_REFUSED`.
    pub async fn connect(options: Options) -> Result<Self, ConnectError> {
        let Options { endpoint, workload, key_file, trust_bundle_file, timeout } = options;
        let key = WorkloadKey::load_or_create(&key_file)
            .map_err(|error| ConnectError::Key(key_file, error))?;
        let bundle = fs::read_to_string(&trust_bundle_file)
            .map_err(|error| ConnectError::Bundle(trust_bundle_file.clone(), error))?;
        let trust = Trust::parse(&workload.domain, &bundle)
            .map_err(|error| ConnectError::Anchors(trust_bundle_file.clone(), error))?;
        let channel = Endpoint::from_shared(endpoint)
            .map_err(ConnectError::Endpoint)?
            .connect_timeout(CONNECT)
            .tcp_nodelay(true)
            .http2_keep_alive_interval(Duration::from_secs(30))
            .http2_max_header_list_size(HEADER_LIST_BYTES)
            .connect_lazy();
        let clock = Clock::system();
        let credentials = Credentials::new(key, workload, clock.clone());
        let mut mesh = Self::over(channel, credentials, trust.clone(), clock, timeout).await?;
        if let Some(tasks) = Arc::get_mut(&mut mesh._tasks) {
            tasks.spawn(follow_bundle(trust, trust_bundle_file, bundle));
        }
        Ok(mesh)
    }

    /// Connects over a channel that is there already: one of the process itself, or a test's.
    /// `clock` is the one `credentials` were made with.
    ///
    /// # Errors
    /// [`ConnectError::Refused`].
    pub async fn over<S>(
        channel: S,
        credentials: Credentials,
        trust: Trust,
        clock: Clock,
        timeout: Duration,
    ) -> Result<Self, ConnectError>
    where
        S: Service<Request<Body>, Response = Response<Body>> + Clone + Send + Sync + 'static,
        S::Error: Into<StdError>,
        S::Future: Send + 'static,
    {
        let renewal = Renewal::new(channel.clone(), credentials.clone(), trust.clone(), clock);
        let refused = |status| ConnectError::Refused(Error::from(status));
        renewal.ensure().await.map_err(refused)?;

        let shared = Arc::new(Shared::new(renewal.clone(), timeout));
        let revocations = Revocations::new();
        let signed = |service| {
            let callee = Workload::service(trust.domain(), service);
            Signed::new(channel.clone(), credentials.clone(), trust.clone(), callee)
                .with_revocations(revocations.clone())
        };
        let link = |service| Link::new(signed(service), Arc::clone(&shared));
        let kept = renewal.clone();
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let never = std::future::pending();
            repeat(EVERY, never, "token not renewed", || renewal.renew()).await;
        });
        // Beside the link: the calls of the background do not spend the budget of the caller's.
        let callee = Workload::service(trust.domain(), "identity");
        let follow = Signed::new(channel.clone(), credentials.clone(), trust.clone(), callee);
        let follow = IdentityServiceClient::new(follow);
        let never = std::future::pending();
        tasks.spawn(revocations_every(REVOCATIONS, follow, revocations.clone(), never));
        Ok(Self {
            identity: link("identity"),
            catalogue: link("catalogue"),
            referral: link("referral"),
            evidence: link("evidence"),
            operations: link("operations"),
            arbitration: link("arbitration"),
            supervision: link("supervision"),
            streaming: signed("evidence").streaming(),
            renewal: kept,
            _tasks: Arc::new(tasks),
        })
    }

    /// Who is who.
    pub fn identity(&self) -> IdentityServiceClient<Link> {
        IdentityServiceClient::new(self.identity.clone())
    }

    /// Dockets and referrals.
    pub fn referral(&self) -> ReferralServiceClient<Link> {
        ReferralServiceClient::new(self.referral.clone())
    }
}

impl Mesh {
    /// Evidence, its custody and hand-over. Files go through [`crate::upload`] and
    /// [`crate::download`].
    pub fn evidence(&self) -> EvidenceServiceClient<Link> {
        EvidenceServiceClient::new(self.evidence.clone()).max_decoding_message_size(MESSAGE_BYTES)
    }

    /// Who is competent.
    pub fn catalogue(&self) -> CatalogueServiceClient<Link> {
        let client = CatalogueServiceClient::new(self.catalogue.clone());
        client.max_decoding_message_size(MESSAGE_BYTES)
    }

    /// Plans, draws, schedules and visits.
    pub fn operations(&self) -> OperationsServiceClient<Link> {
        let client = OperationsServiceClient::new(self.operations.clone());
        client.max_decoding_message_size(MESSAGE_BYTES)
    }

    /// Disputes, and how they are settled.
    pub fn arbitration(&self) -> ArbitrationServiceClient<Link> {
        ArbitrationServiceClient::new(self.arbitration.clone())
    }

    /// What is proven.
    pub fn supervision(&self) -> SupervisionServiceClient<Link> {
        SupervisionServiceClient::new(self.supervision.clone())
    }

    /// The client of one upload stream, with a token in hand.
    pub(crate) async fn uploads(&self) -> Result<EvidenceServiceClient<Signed>, Error> {
        self.renewal.ensure().await?;
        Ok(EvidenceServiceClient::new(self.streaming.clone()))
    }
}

/// Takes a new trust bundle over when the file changes. A file that does not parse, or is away for
/// a moment, changes nothing.
async fn follow_bundle(trust: Trust, file: PathBuf, mut known: String) {
    loop {
        tokio::time::sleep(Duration::from_secs(2)).await;
        let Ok(bundle) = tokio::fs::read_to_string(&file).await else { continue };
        if bundle == known {
            continue;
        }
        match trust.replace(&bundle) {
            Ok(()) => tracing::info!("new trust bundle taken over"),
            Err(error) => tracing::warn!(%error, "new trust bundle not usable; keeping the old"),
        }
        known = bundle;
    }
}
