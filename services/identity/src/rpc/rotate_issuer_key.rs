//! Makes a new issuer key; the old one stays valid for one token lifetime.

use prost::Message as _;
use proto::identity::v1::{RotateIssuerKeyRequest, RotateIssuerKeyResponse};
use server::Fields;

use super::{Ask, once::once, trace, wire};
use crate::{Identity, error::Error};

pub(super) async fn rotate_issuer_key(
    service: &Identity,
    ask: Ask<RotateIssuerKeyRequest>,
) -> Result<RotateIssuerKeyResponse, Error> {
    let mut fields = Fields::default();
    wire::check_request_id(&mut fields, &ask.message.request_id);
    fields.done()?;

    let issuer = service.issuer.clone();
    once(service, &ask, "RotateIssuerKey", &ask.message.request_id, move |_| {
        Box::pin(async move {
            // A file, not a row: should the commit fail, the caller repeats the call, and the
            // issuer gives the key that waits already.
            let answer = RotateIssuerKeyResponse { kid: issuer.rotate()? };
            let note = trace::Note {
                kind: trace::ISSUER_ROTATED,
                resource: format!("issuerKeys/{}", answer.kid),
                payload: answer.encode_to_vec(),
            };
            Ok((answer, note))
        })
    })
    .await
}
