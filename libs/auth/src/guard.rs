//! Stands before a service: nothing reaches it unproven, nothing leaves it unsigned.

use std::{
    convert::Infallible,
    mem,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use http::{Request, Response};
use tonic::{body::Body, server::NamedService};
use tower::Service;

use crate::{
    Allow, Attestation, Caller, Gate, Policy, Refusal, Rule, Shape,
    answer::Address,
    digest,
    frames::{Incomplete, MAX_MESSAGE, PREFIX, Whole, collect, message},
    gate::Identified,
    proof::has_tokens,
};

/// Puts `gate` and `policy` in front of `service`, so that it cannot be mounted without them. See
/// the top of this crate for the server settings this needs.
pub fn guard<S>(gate: Gate, policy: Policy, service: S) -> Guarded<S> {
    Guarded { gate, policy, service }
}

/// A service behind its gate and policy.
#[derive(Clone, Debug)]
pub struct Guarded<S> {
    gate: Gate,
    policy: Policy,
    service: S,
}

impl<S: NamedService> NamedService for Guarded<S> {
    const NAME: &'static str = S::NAME;
}

impl<S> Service<Request<Body>> for Guarded<S>
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible>
        + Clone
        + Send
        + 'static,
    S::Future: Send,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.service.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let gate = self.gate.clone();
        let policy = self.policy;
        // The service that is ready goes with the call; its copy stays.
        let copy = self.service.clone();
        let mut service = mem::replace(&mut self.service, copy);
        Box::pin(async move {
            let rule = policy.of(request.uri().path());
            if !has_tokens(request.headers())
                && rule.is_some_and(|rule| rule.allow == Allow::Anyone)
            {
                return service.call(request).await;
            }
            match admit(gate, rule, request).await {
                Ok((request, address)) => {
                    let response = service.call(request).await?;
                    Ok(address.seal(response, shape(rule)).await)
                }
                Err(refused) => Ok(*refused),
            }
        })
    }
}

/// The checks of `MUTUAL_JWT.md` in their order. Authentication fails unsigned, everything else signed.
async fn admit(
    gate: Gate,
    rule: Option<&Rule>,
    request: Request<Body>,
) -> Result<(Request<Body>, Arc<Address>), Box<Response<Body>>> {
    let (mut parts, body) = request.into_parts();
    let method = rule.map_or("unknown", |rule| rule.method);
    let unsigned = |refusal: Refusal| {
        tell(refusal, method);
        Box::new(refusal.status().into_http())
    };

    let now = gate.now();
    let call = gate.identify(&parts.headers, parts.uri.path(), now).map_err(unsigned)?;
    // Whoever cannot sign the answer must not act on the request.
    gate.credentials.held(now).map_err(unsigned)?;

    let address = Arc::new(Address::new(gate.clone(), Arc::clone(&call.sender), call.jti.clone()));
    let refuse = |refusal: Refusal| {
        tell(refusal, method);
        Box::new(address.refuse(refusal))
    };

    gate.admit(&call, now).map_err(refuse)?;
    call.check_digest_claimed(shape(rule)).map_err(refuse)?;
    let (body, request_digest) = match shape(rule) {
        Shape::Unary | Shape::ServerStream => {
            let (body, digest) = whole(body, &call).await.map_err(refuse)?;
            (body, Some(digest))
        }
        // Nothing of it is read before the policy has spoken, and then only by the service.
        Shape::ClientStream => (body, None),
    };

    let rule = rule.ok_or(Refusal::METHOD_NOT_IN_POLICY).map_err(refuse)?;
    if !rule.allow.admits(&call.sender.workload) {
        return Err(refuse(Refusal::CALLER_NOT_ALLOWED));
    }

    let sender = &call.sender;
    parts.extensions.insert(Caller::new(sender.workload.clone(), Arc::clone(&sender.thumbprint)));
    if let Some(digest) = request_digest {
        parts.extensions.insert(Attestation::new(call.wpt, digest, Arc::clone(&address)));
    }
    Ok((Request::from_parts(parts, body), address))
}

/// Gathers the one message, checks that it is the one that was signed; gives both back.
async fn whole(body: Body, call: &Identified) -> Result<(Body, [u8; 32]), Refusal> {
    let data = collect(body, MAX_MESSAGE + PREFIX).await.map_err(Incomplete::refusal)?.data;
    let digest = digest(message(&data)?);
    call.check_digest(&digest)?;
    Ok((Whole::body(data, None), digest))
}

/// What is not in the table is refused as if it were unary.
fn shape(rule: Option<&Rule>) -> Shape {
    rule.map_or(Shape::Unary, |rule| rule.shape)
}

/// The log learns the reason and, of the methods, only those in the table: never what was sent.
fn tell(refusal: Refusal, method: &'static str) {
    tracing::info!(auth.reason = refusal.word(), rpc.method = method, "call refused");
}
