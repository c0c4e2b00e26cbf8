//! Tokens that never run out: the first by `private_key_jwt`, the next ones by the one before.

use std::{fmt, future::Future, pin::pin, sync::Arc, time::Duration};

use auth::{Credentials, Revocations, Signed, Trust, make_assertion};
use clock::Clock;
use http::{Request, Response};
use proto::identity::v1::{
    IssueWitRequest, ListRevocationsRequest, RenewWitRequest,
    identity_service_client::IdentityServiceClient,
};
use tokio::{sync::Mutex, time::timeout};
use tonic::{
    Code, Status,
    body::Body,
    client::GrpcService,
    codegen::{Body as HttpBody, Bytes, StdError},
};
use tower::{Service, ServiceExt as _, util::BoxCloneSyncService};
use types::Workload;

use crate::retry::lost;

/// How often one looks whether a token is due, and what is revoked.
pub(crate) const EVERY: Duration = Duration::from_secs(1);
/// How long one call to `identity` may take.
const CALL: Duration = Duration::from_secs(10);
/// After a failed renewal, the next one waits so long: a mesh that is away is not stormed.
const PAUSE: Duration = Duration::from_secs(2);

type Plain = BoxCloneSyncService<Request<Body>, Response<Body>, Status>;

/// Gets tokens from `identity` for one workload; a cheap handle.
#[derive(Clone)]
pub(crate) struct Renewal(Arc<Inner>);

struct Inner {
    credentials: Credentials,
    clock: Clock,
    identity: Workload,
    plain: IdentityServiceClient<Plain>,
    signed: IdentityServiceClient<Signed>,
    /// One renewal at a time: whoever waited for it finds it done.
    turn: Mutex<()>,
}

impl Renewal {
    pub(crate) fn new<S>(channel: S, credentials: Credentials, trust: Trust, clock: Clock) -> Self
    where
        S: Service<Request<Body>, Response = Response<Body>> + Clone + Send + Sync + 'static,
        S::Error: Into<StdError>,
        S::Future: Send + 'static,
    {
        let identity = Workload::service(trust.domain(), "identity");
        let signed = Signed::new(channel.clone(), credentials.clone(), trust, identity.clone());
        let plain = channel.map_err(|error| lost(Status::from_error(error.into())));
        Self(Arc::new(Inner {
            credentials,
            clock,
            identity,
            plain: IdentityServiceClient::new(Plain::new(plain)),
            signed: IdentityServiceClient::new(signed),
            turn: Mutex::new(()),
        }))
    }

    /// Sees to it that there is a token: at once when there is one, however old.
    pub(crate) async fn ensure(&self) -> Result<(), Status> {
        if self.0.credentials.wit().is_some() {
            return Ok(());
        }
        let _turn = self.0.turn.lock().await;
        if self.0.credentials.wit().is_some() { Ok(()) } else { self.0.first().await }
    }

    /// Renews the token if two thirds of its life have passed.
    pub(crate) async fn renew(&self) -> Result<(), Status> {
        let inner = &self.0;
        let due = || inner.credentials.needs_renewal(inner.clock.now());
        if !due() {
            return Ok(());
        }
        let _turn = inner.turn.lock().await;
        if !due() {
            return Ok(());
        }
        if inner.credentials.wit().is_none() {
            return inner.first().await;
        }
        match inner.next().await {
            // The key may still be good where the token is not, as after a rotation in haste.
            Err(status) if status.code() == Code::Unauthenticated => inner.first().await,
            done => done,
        }
    }
}

impl Inner {
    async fn first(&self) -> Result<(), Status> {
        let own = &self.credentials;
        let now = self.clock.now();
        let client_assertion = make_assertion(own.key(), own.workload(), &self.identity, now)?;
        let call = IssueWitRequest { client_assertion };
        let answer = in_time(self.plain.clone().issue_wit(call)).await?;
        Ok(own.set_wit(answer.into_inner().wit)?)
    }

    async fn next(&self) -> Result<(), Status> {
        let answer = in_time(self.signed.clone().renew_wit(RenewWitRequest {})).await?;
        Ok(self.credentials.set_wit(answer.into_inner().wit)?)
    }
}

impl fmt::Debug for Renewal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Renewal").field(&self.0.credentials).finish()
    }
}

/// Keeps `credentials` fresh until `stop`: for the mesh's own services, whose key is enrolled.
///
/// `channel` leads to `identity`. A failure is logged and tried again.
pub async fn keep_fresh<S>(
    credentials: Credentials,
    trust: Trust,
    channel: S,
    clock: Clock,
    stop: impl Future<Output = ()>,
) where
    S: Service<Request<Body>, Response = Response<Body>> + Clone + Send + Sync + 'static,
    S::Error: Into<StdError>,
    S::Future: Send + 'static,
{
    let renewal = Renewal::new(channel, credentials, trust, clock);
    repeat(EVERY, stop, "token not renewed", || renewal.renew()).await;
}

/// Takes `identity`'s revocations over into `revocations` every second, until `stop`.
///
/// When `identity` is away the last known set stays: no call is let in that was refused before.
pub async fn follow_revocations<T>(
    identity: IdentityServiceClient<T>,
    revocations: Revocations,
    stop: impl Future<Output = ()>,
) where
    T: GrpcService<Body> + Clone,
    T::Error: Into<StdError>,
    T::ResponseBody: HttpBody<Data = Bytes> + Send + 'static,
    <T::ResponseBody as HttpBody>::Error: Into<StdError> + Send,
{
    revocations_every(EVERY, identity, revocations, stop).await;
}

/// [`follow_revocations`] at another pace.
pub(crate) async fn revocations_every<T>(
    period: Duration,
    identity: IdentityServiceClient<T>,
    revocations: Revocations,
    stop: impl Future<Output = ()>,
) where
    T: GrpcService<Body> + Clone,
    T::Error: Into<StdError>,
    T::ResponseBody: HttpBody<Data = Bytes> + Send + 'static,
    <T::ResponseBody as HttpBody>::Error: Into<StdError> + Send,
{
    let look = || async {
        let mut identity = identity.clone();
        let answer = in_time(identity.list_revocations(ListRevocationsRequest {})).await?;
        revocations.replace(answer.into_inner().thumbprints);
        Ok(())
    };
    repeat(period, stop, "revocations not known", look).await;
}

/// Runs `work` once in a `period` until `stop`, and after a failure a little later. The first of
/// several failures is logged.
pub(crate) async fn repeat<W, F>(
    period: Duration,
    stop: impl Future<Output = ()>,
    what: &'static str,
    mut work: W,
) where
    W: FnMut() -> F,
    F: Future<Output = Result<(), Status>>,
{
    let mut stop = pin!(stop);
    let mut failing = false;
    loop {
        let done = tokio::select! {
            () = &mut stop => return,
            done = work() => done,
        };
        if let Err(status) = &done
            && !failing
        {
            let (code, error) = (status.code(), status.message());
            tracing::warn!(%code, error, what, "identity gives no answer of use");
        }
        failing = done.is_err();
        tokio::select! {
            () = &mut stop => return,
            () = tokio::time::sleep(if failing { period.max(PAUSE) } else { period }) => {}
        }
    }
}

async fn in_time<T>(call: impl Future<Output = Result<T, Status>>) -> Result<T, Status> {
    let late = |_| Status::deadline_exceeded("identity did not answer in time");
    timeout(CALL, call).await.map_err(late)?
}
