//! The one write path: state, journal row and idempotency row in one transaction, once for ever
//! for each `request_id`.

use auth::Attestation;
use chrono::{DateTime, Utc};
use db::{
    Job,
    idempotency::{self, Claim},
    journal::{self, Attested, Entry},
};
use prost::Message;
use sea_orm::{ConnectionTrait, DatabaseTransaction};

use super::{Ask, trace::Note};
use crate::{Identity, error::Error};

/// Who asks, under which id, with which proof: what a write must remember of its call.
#[derive(Clone)]
struct Call {
    caller: String,
    agency: String,
    attestation: Attestation,
    method: &'static str,
    request_id: String,
    at: DateTime<Utc>,
}

/// Runs `work` and writes down what it did, unless this caller's `request_id` was used before:
/// then the first answer is given again, or the other request refused.
pub(super) async fn once<M, R, F>(
    service: &Identity,
    ask: &Ask<M>,
    method: &'static str,
    request_id: &str,
    work: F,
) -> Result<R, Error>
where
    R: Message + Default + 'static,
    F: for<'a> FnOnce(&'a DatabaseTransaction) -> Job<'a, (R, Note), Error> + Send + 'static,
{
    let call = Call {
        caller: ask.caller.workload.to_string(),
        agency: ask.caller.agency().map(|code| code.to_string()).unwrap_or_default(),
        attestation: ask.attestation.clone(),
        method,
        request_id: request_id.to_owned(),
        at: service.clock.now(),
    };
    let first = call.clone();
    let written = service.db.write(move |tx| {
        Box::pin(async move {
            if let Some(answer) = first.answered(tx).await? {
                return Ok(answer);
            }
            let (answer, note) = work(tx).await?;
            first.keep(tx, &answer, note).await?;
            Ok(answer)
        })
    });
    match written.await {
        Ok(answer) => Ok(answer),
        // Perhaps the same call was made twice at once, and this one lost to the other: on the
        // idempotency row, or on any rule that the other's effect now breaks.
        Err(error) => call.answered(service.db.reader()).await?.ok_or(error),
    }
}

impl Call {
    async fn answered<R: Message + Default>(
        &self,
        db: &impl ConnectionTrait,
    ) -> Result<Option<R>, Error> {
        let digest = &self.attestation.request_digest;
        let claim =
            idempotency::lookup(db, &self.caller, &self.request_id, self.method, digest).await?;
        match claim {
            Claim::New => Ok(None),
            Claim::Same(bytes) => match R::decode(bytes.as_slice()) {
                Ok(answer) => Ok(Some(answer)),
                Err(_) => Err(Error::Corrupt("idempotency.response")),
            },
            Claim::Different => Err(Error::RequestReused),
        }
    }

    async fn keep<R: Message>(
        &self,
        tx: &impl ConnectionTrait,
        answer: &R,
        note: Note,
    ) -> Result<(), Error> {
        let response = answer.encode_to_vec();
        let proof = &self.attestation;
        let entry = Entry {
            at: self.at,
            kind: note.kind,
            resource: note.resource,
            docket: String::new(),
            agency: self.agency.clone(),
            officer: String::new(),
            step: String::new(),
            payload: note.payload,
            request_id: self.request_id.clone(),
            attestation: Some(Attested {
                wit: proof.wit.to_string(),
                wpt: proof.wpt.clone(),
                request_digest: proof.request_digest.to_vec(),
                response_digest: auth::digest(&response).to_vec(),
                status: tonic::Code::Ok.into(),
            }),
        };
        journal::append(tx, entry).await?;
        idempotency::record(
            tx,
            &self.caller,
            &self.request_id,
            self.method,
            &proof.request_digest,
            &response,
            self.at,
        )
        .await?;
        Ok(())
    }
}
