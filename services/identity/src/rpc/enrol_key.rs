//! Enrols a workload's public key, with proof that the caller holds the private one.

use prost::Message as _;
use proto::identity::v1::{EnrolKeyRequest, EnrolKeyResponse};
use server::Fields;
use types::Workload;

use super::{Ask, once::once, trace, wire};
use crate::{Identity, bootstrap, error::Error, jwk, store};

pub(super) async fn enrol_key(
    service: &Identity,
    ask: Ask<EnrolKeyRequest>,
) -> Result<EnrolKeyResponse, Error> {
    let request = &ask.message;
    let mut fields = Fields::default();
    wire::check_request_id(&mut fields, &request.request_id);
    let workload = Workload::parse(&request.workload).filter(|w| w.domain == *service.domain());
    let fault = "is not a workload identifier of this trust domain";
    let workload = fields.need(workload, "workload", fault);
    let public = jwk::parse(&request.jwk);
    if let Err(fault) = &public {
        fields.fault("jwk", fault.to_string());
    }
    fields.done()?;
    let (Some(workload), Ok(public)) = (workload, public) else {
        return Err(Error::Corrupt("request"));
    };
    let now = service.wire.now();
    // Judged only when the call is new: a repeated one is answered although its proof is spent.
    let identity = service.issuer.name();
    let proof = auth::verify_assertion(&request.proof, &public, &workload, identity, now);

    once(service, &ask, "EnrolKey", &ask.message.request_id, move |tx| {
        Box::pin(async move {
            let proof = proof.map_err(|refusal| Error::field("proof", &refusal.to_string()))?;
            store::assertion::spend(tx, public.thumbprint(), &proof.jti, proof.expires_at).await?;
            let key = bootstrap::enrol(tx, workload, &public, now).await?;
            let (kind, resource) = (trace::KEY_ENROLLED, trace::key_name(&key));
            let answer = EnrolKeyResponse { key: Some(wire::key_out(key)) };
            let note = trace::Note { kind, resource, payload: answer.encode_to_vec() };
            Ok((answer, note))
        })
    })
    .await
}
