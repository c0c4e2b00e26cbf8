//! Revokes a key, and with it every token bound to it: for the operator, or its holder.

use prost::Message as _;
use proto::identity::v1::{RevokeKeyRequest, RevokeKeyResponse};
use server::Fields;

use super::{Ask, once::once, trace, wire};
use crate::{Identity, error::Error, store};

pub(super) async fn revoke_key(
    service: &Identity,
    ask: Ask<RevokeKeyRequest>,
) -> Result<RevokeKeyResponse, Error> {
    let request = ask.message.clone();
    let mut fields = Fields::default();
    wire::check_request_id(&mut fields, &request.request_id);
    fields.text(&request.thumbprint, 64, "thumbprint");
    fields.text(&request.reason, 1000, "reason");
    fields.done()?;
    let now = service.wire.now();

    let reader = trace::reach(&ask.caller).cloned();
    let answer = once(service, &ask, "RevokeKey", &ask.message.request_id, move |tx| {
        Box::pin(async move {
            let key = store::key::lock(tx, reader.as_ref(), &request.thumbprint).await?;
            let key = key.revoke(now)?;
            store::key::revoke(tx, &key).await?;
            let (kind, resource) = (trace::KEY_REVOKED, trace::key_name(&key));
            let note = trace::Note { kind, resource, payload: request.encode_to_vec() };
            Ok((RevokeKeyResponse { key: Some(wire::key_out(key)) }, note))
        })
    })
    .await?;
    // The guard of this process need not wait for the next look of the worker; should this fail,
    // it does, and the revocation stands all the same.
    if let Err(error) = service.refresh_revocations().await {
        tracing::warn!(%error, "revocations not refreshed at once");
    }
    Ok(answer)
}
