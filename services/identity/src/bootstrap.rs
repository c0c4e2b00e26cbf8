//! Enrols the mesh's own keys at start, in single-machine mode: the same rules as `EnrolKey`, but
//! no call, since nobody could make one yet.

use auth::PublicKey;
use db::journal::{self, Entry};
use prost::Message as _;
use proto::identity::v1::EnrolKeyResponse;
use types::Workload;

use crate::{
    Identity,
    domain::{Refusal, key::Key},
    error::Error,
    jwk,
    rpc::{trace, wire},
    store,
};

impl Identity {
    /// Enrols the public key `jwk` (JSON) for `workload`, unless that is done already. Whoever
    /// calls this holds the private key: it was made on this machine.
    ///
    /// # Errors
    /// The JWK cannot be enrolled, the agency is unknown, the key is revoked or another's, or the
    /// workload has too many.
    pub async fn bootstrap(&self, workload: Workload, jwk: &str) -> Result<(), Error> {
        let public = jwk::parse(jwk).map_err(|error| Error::field("jwk", &error.to_string()))?;
        let (now, at) = (self.wire.now(), self.clock.now());
        self.db
            .write(move |tx| {
                Box::pin(async move {
                    let same = store::key::get(tx, public.thumbprint()).await?;
                    if same.is_some_and(|key| key.workload == workload && key.live().is_ok()) {
                        return Ok(());
                    }
                    let key = enrol(tx, workload, &public, now).await?;
                    let resource = trace::key_name(&key);
                    let payload = EnrolKeyResponse { key: Some(wire::key_out(key)) };
                    let entry = Entry {
                        at,
                        kind: trace::KEY_ENROLLED,
                        resource,
                        docket: String::new(),
                        agency: String::new(),
                        officer: String::new(),
                        step: String::new(),
                        payload: payload.encode_to_vec(),
                        request_id: String::new(),
                        attestation: None,
                        marks: Vec::new(),
                    };
                    journal::append(tx, entry).await?;
                    Ok(())
                })
            })
            .await
    }
}

/// Decides and writes an enrolment: also the heart of `EnrolKey`.
pub(crate) async fn enrol(
    tx: &impl sea_orm::ConnectionTrait,
    workload: Workload,
    public: &PublicKey,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<Key, Error> {
    if let Some(code) = workload.agency_code()
        && store::agency::get(tx, &code).await?.is_none()
    {
        return Err(Error::field("workload", "is of an agency nobody imported"));
    }
    store::key::hold(tx, &workload, now).await?;
    let same = store::key::get(tx, public.thumbprint()).await?;
    let live = store::key::live(tx, &workload).await?;
    let key = Key {
        thumbprint: public.thumbprint().to_owned(),
        workload,
        jwk: public.jwk().to_string(),
        created_at: now,
        revoked_at: None,
    };
    let key = key.enrol(same.as_ref(), live)?;
    match store::key::insert(tx, &key).await {
        // Two holders enrolled one key at once.
        Err(Error::Storage(error)) if db::is_unique_violation(&error) => {
            Err(Refusal::KeyEnrolled.into())
        }
        Ok(()) => Ok(key),
        Err(error) => Err(error),
    }
}
