//! What every state-changing call keeps beside its effect: the journal rows with the proof of the
//! call and of its answer, and the answer itself for whoever asks again (DESIGN.md section 2).

mod call;
pub mod marks;
mod once;

pub use call::Call;
pub use once::{Written, once};

use auth::Attestation;
use chrono::{DateTime, Utc};
use db::{idempotency, journal};
use prost::Message;
use sea_orm::{ConnectionTrait, DbErr};
use uuid::Uuid;

/// One command: who asks for what, and what proves it.
#[derive(Clone, Debug)]
pub struct Command {
    /// Whose `request_id` it is: the caller, as the service names it.
    pub caller: String,
    /// Its proof.
    pub attestation: Attestation,
    /// The id it gave the request.
    pub request_id: String,
    /// Which RPC.
    pub method: &'static str,
    /// When, by the clock of the law.
    pub now: DateTime<Utc>,
}

/// Why a command cannot be kept, or its first answer not be given.
#[derive(Debug, thiserror::Error)]
pub enum Unkept {
    /// The same `request_id` came with another request.
    #[error("request_id was used for another request")]
    Reused,
    /// The answer that is kept does not read back.
    #[error("the answer kept for this request_id is corrupt")]
    Corrupt,
    /// The answer cannot be signed, so it must not be given.
    #[error("the answer cannot be signed")]
    Unsigned(#[source] auth::Refusal),
    /// The database's fault.
    #[error("storage failed")]
    Storage(#[from] DbErr),
}

/// Notes whether `request_id` is a UUID in its usual form.
pub fn check_request_id(fields: &mut server::Fields, request_id: &str) {
    let ok = request_id.len() == 36 && Uuid::try_parse(request_id).is_ok();
    fields.check(ok, "request_id", "is not a UUID (AIP-155)");
}

impl Command {
    /// The answer this request got before, if it was made before.
    pub async fn first_answer<R: Message + Default>(
        &self,
        conn: &impl ConnectionTrait,
    ) -> Result<Option<R>, Unkept> {
        let digest = &self.attestation.request_digest;
        let claim =
            idempotency::lookup(conn, &self.caller, &self.request_id, self.method, digest).await?;
        match claim {
            idempotency::Claim::New => Ok(None),
            idempotency::Claim::Different => Err(Unkept::Reused),
            idempotency::Claim::Same(bytes) => {
                R::decode(bytes.as_slice()).map(Some).map_err(|_| Unkept::Corrupt)
            }
        }
    }

    /// Writes, in the transaction of the effect, the journal rows and the answer. The first row that
    /// a body did carries the proof of the call; where none names a body (the operator is none),
    /// the first row does. Returns the id of the first row.
    pub async fn keep(
        &self,
        tx: &impl ConnectionTrait,
        entries: Vec<journal::Entry>,
        response: &[u8],
    ) -> Result<i64, Unkept> {
        let carrier = entries.iter().position(|entry| !entry.agency.is_empty()).unwrap_or(0);
        let mut proof = Some(self.attested(response)?);
        let mut first = None;
        for (at, mut entry) in entries.into_iter().enumerate() {
            entry.request_id.clone_from(&self.request_id);
            if at == carrier {
                entry.attestation = proof.take();
            }
            let id = journal::append(tx, entry).await?;
            first.get_or_insert(id);
        }
        let digest = &self.attestation.request_digest;
        idempotency::record(
            tx,
            &self.caller,
            &self.request_id,
            self.method,
            digest,
            response,
            self.now,
        )
        .await?;
        Ok(first.unwrap_or_default())
    }

    /// The proof of the call and of its answer, as the journal keeps them.
    pub fn attested(&self, response: &[u8]) -> Result<journal::Attested, Unkept> {
        let proof = &self.attestation;
        let answer = proof.answer(response).map_err(Unkept::Unsigned)?;
        Ok(journal::Attested {
            wit: proof.wit.to_string(),
            wpt: proof.wpt.clone(),
            request_digest: proof.request_digest.to_vec(),
            response_digest: answer.digest.to_vec(),
            status: 0,
            answer_wit: answer.wit.to_string(),
            answer_wpt: answer.wpt,
        })
    }
}
