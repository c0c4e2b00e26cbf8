//! What the services of one process share, and what each has of its own before it serves.

use std::{collections::BTreeMap, path::PathBuf, time::Duration};

use anyhow::Context as _;
use auth::{Credentials, Gate, Revocations, Signed, Trust, WorkloadKey};
use clock::Clock;
use proto::identity::v1::{ListRevocationsRequest, identity_service_client::IdentityServiceClient};
use server::{Ready, Stop};
use tonic::transport::{Channel, Endpoint};
use types::{TrustDomain, Workload};

use crate::data_dir::DataDir;

/// How long a call between services may take: it must leave time to tell the caller that it failed.
const CALL: Duration = Duration::from_secs(5);

/// What the services of one process share.
pub(super) struct Ground {
    pub dir: DataDir,
    pub domain: TrustDomain,
    pub trust: Trust,
    pub revocations: Revocations,
    /// The services in this process, and where they answer.
    pub local: (Vec<String>, String),
    /// Where the others answer.
    pub peers: BTreeMap<String, String>,
    pub ready: Ready,
    pub stop: Stop,
}

/// One service with its own key and token.
pub(super) struct Member {
    credentials: Credentials,
    trust: Trust,
    domain: TrustDomain,
    pub gate: Gate,
}

impl Member {
    /// The channel on which this service calls `callee`, wherever that one answers.
    pub(super) fn to(&self, ground: &Ground, callee: &str) -> anyhow::Result<Signed> {
        let channel = ground.channel(callee)?;
        let callee = Workload::service(&self.domain, callee);
        Ok(Signed::new(channel, self.credentials.clone(), self.trust.clone(), callee))
    }
}

impl Ground {
    /// Prepares a service: its key, its token, and what keeps the token fresh.
    pub(super) fn member(&self, name: &str) -> anyhow::Result<Member> {
        let own = Workload::service(&self.domain, name);
        let key = WorkloadKey::load_or_create(self.dir.key_file(&own))?;
        let credentials = Credentials::new(key, own, Clock::system());
        let identity = self.channel("identity")?;
        let (fresh, trust, stop) = (credentials.clone(), self.trust.clone(), self.stop.clone());
        self.stop.spawn("token", async move {
            client::keep_fresh(fresh, trust, identity, Clock::system(), stop.signalled()).await;
            Ok(())
        });
        let trust = self.trust.clone();
        let revocations = self.revocations.clone();
        let gate = Gate::new(credentials.clone(), trust.clone(), revocations, Clock::system());
        Ok(Member { credentials, trust, domain: self.domain.clone(), gate })
    }

    /// Follows the revocations, as one service of this process. None of them is ready before it
    /// has heard of them.
    pub(super) fn follow_revocations(&self, member: &Member) -> anyhow::Result<()> {
        let identity = IdentityServiceClient::new(member.to(self, "identity")?);
        let revocations = self.revocations.clone();
        let (ready, stop) = (self.ready.clone(), self.stop.clone());
        ready.set("revocations", false);
        self.stop.spawn("revocations", async move {
            tokio::select! {
                () = stop.signalled() => return Ok(()),
                () = first_revocations(identity.clone(), &revocations) => {}
            }
            ready.set("revocations", true);
            client::follow_revocations(identity, revocations, stop.signalled()).await;
            Ok(())
        });
        Ok(())
    }

    /// A channel to a service, in this process or where it is configured to be.
    pub(super) fn channel(&self, name: &str) -> anyhow::Result<Channel> {
        let (here, local) = &self.local;
        let endpoint = match self.peers.get(name) {
            Some(endpoint) if !endpoint.is_empty() => endpoint,
            _ if here.iter().any(|one| one == name) => local,
            _ => anyhow::bail!("where {name} answers is not configured: set peers.{name}"),
        };
        channel(endpoint)
    }
}

/// A channel that connects when it is first used, and again when it is dead.
pub(crate) fn channel(endpoint: &str) -> anyhow::Result<Channel> {
    Ok(Endpoint::from_shared(endpoint.to_owned())
        .with_context(|| format!("{endpoint} is no address"))?
        .connect_timeout(Duration::from_secs(5))
        .timeout(CALL)
        .http2_keep_alive_interval(Duration::from_secs(10))
        .keep_alive_timeout(Duration::from_secs(5))
        .http2_max_header_list_size(32 * 1024)
        .tcp_nodelay(true)
        .connect_lazy())
}

/// Takes the revocations over for the first time: until then a revoked key would be let in, and the
/// service is not ready.
async fn first_revocations(mut identity: IdentityServiceClient<Signed>, revocations: &Revocations) {
    loop {
        match identity.list_revocations(ListRevocationsRequest {}).await {
            Ok(answer) => return revocations.replace(answer.into_inner().thumbprints),
            Err(error) => tracing::debug!(%error, "revocations not known yet"),
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Reads the trust bundle and takes a new one over when the file changes.
pub(super) fn follow_bundle(
    domain: &TrustDomain,
    file: PathBuf,
    stop: &Stop,
) -> anyhow::Result<Trust> {
    let read = |file: &PathBuf| {
        std::fs::read_to_string(file).with_context(|| format!("trust bundle {}", file.display()))
    };
    let mut known = read(&file)?;
    let trust = Trust::parse(domain, &known)?;
    let (follow, signal) = (trust.clone(), stop.clone());
    stop.spawn("trust bundle", async move {
        loop {
            tokio::select! {
                () = signal.signalled() => return Ok(()),
                () = tokio::time::sleep(Duration::from_secs(1)) => {}
            }
            match read(&file) {
                Ok(now) if now != known => {
                    match follow.replace(&now) {
                        Ok(()) => tracing::info!("trust bundle replaced"),
                        Err(error) => tracing::error!(%error, "the trust bundle stays as it was"),
                    }
                    known = now;
                }
                Ok(_) => {}
                Err(error) => tracing::error!(error = format!("{error:#}"), "trust bundle"),
            }
        }
    });
    Ok(trust)
}
