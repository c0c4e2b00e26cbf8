//! Issues the next token to a workload that still has a valid one, for the same key.

use auth::PublicKey;
use proto::identity::v1::{RenewWitRequest, RenewWitResponse};

use super::{Ask, wire};
use crate::{Identity, error::Error, store};

pub(super) async fn renew_wit(
    service: &Identity,
    ask: Ask<RenewWitRequest>,
) -> Result<RenewWitResponse, Error> {
    let caller = ask.caller;
    let key = store::key::lookup(service.db.reader(), &caller.workload, &caller.thumbprint).await?;
    // The guard may not know yet what another replica revoked.
    key.live()?;
    let public = PublicKey::parse(&key.jwk).map_err(|_| Error::Corrupt("workload_key.jwk"))?;
    let wit = service.issuer.issue(&caller.workload, &public)?;
    Ok(RenewWitResponse { wit: wit.token, expire_time: Some(wire::time_out(wit.expires_at)) })
}
