//! Issues a WIT against a proof of possession of an enrolled key (RFC 7523 `private_key_jwt`).

use auth::{Assertion, PublicKey};
use chrono::{DateTime, Utc};
use proto::identity::v1::{IssueWitRequest, IssueWitResponse};
use types::Workload;

use super::wire;
use crate::{
    Identity,
    domain::key::{Key, LIVE_KEYS},
    error::Error,
    store,
};

pub(super) async fn issue_wit(
    service: &Identity,
    request: IssueWitRequest,
) -> Result<IssueWitResponse, Error> {
    let jws = request.client_assertion;
    let (workload, kid) = auth::claimed_subject(&jws).map_err(|_| Error::Assertion)?;
    let now = service.wire.now();

    let db = service.db.reader();
    let keys = match &kid {
        Some(kid) => store::key::get(db, kid).await?.into_iter().collect(),
        None => store::key::live_keys(db, &workload, LIVE_KEYS).await?,
    };
    let (key, assertion) = proven(service, &keys, &jws, &workload, now)?;

    let thumbprint = key.thumbprint().to_owned();
    service
        .db
        .write(move |tx| {
            Box::pin(async move {
                let Assertion { jti, expires_at } = assertion;
                store::assertion::spend(tx, &thumbprint, &jti, expires_at).await
            })
        })
        .await?;
    let wit = service.issuer.issue(&workload, &key)?;
    Ok(IssueWitResponse { wit: wit.token, expire_time: Some(wire::time_out(wit.expires_at)) })
}

/// The key that made the assertion. Why none did is not told: a stranger would learn who has keys.
fn proven(
    service: &Identity,
    keys: &[Key],
    jws: &str,
    workload: &Workload,
    now: DateTime<Utc>,
) -> Result<(PublicKey, Assertion), Error> {
    for key in keys.iter().filter(|key| key.workload == *workload && key.live().is_ok()) {
        let public = PublicKey::parse(&key.jwk).map_err(|_| Error::Corrupt("workload_key.jwk"))?;
        let identity = service.issuer.name();
        match auth::verify_assertion(jws, &public, workload, identity, now) {
            Ok(assertion) => return Ok((public, assertion)),
            Err(refusal) => tracing::info!(
                auth.reason = refusal.word(),
                key.thumbprint,
                "assertion refused under one key"
            ),
        }
    }
    Err(Error::Assertion)
}
