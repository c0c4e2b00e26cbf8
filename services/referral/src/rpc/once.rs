//! The one write: new state, journal, idempotency in one transaction; the same request once for ever.

use chrono::{DateTime, Utc};
use db::{Job, Together, idempotency, journal};
use prost::Message;
use sea_orm::DatabaseTransaction;
use types::AgencyCode;
use uuid::Uuid;

use super::Call;
use crate::{Referral, error::Error, store};

/// What a job wrote, and what must be written with it.
#[derive(Debug)]
pub(super) struct Written<R> {
    /// The answer.
    pub response: R,
    /// What happened, oldest first.
    pub entries: Vec<journal::Entry>,
    /// Who may see which resource from now on.
    pub shown: Vec<(AgencyCode, String)>,
}

/// The frame of one command.
#[derive(Clone, Debug)]
pub(super) struct Command {
    /// Who asks.
    pub call: Call,
    /// The id it gave the request.
    pub request_id: String,
    /// Which RPC.
    pub method: &'static str,
    /// When.
    pub now: DateTime<Utc>,
}

/// Notes whether `request_id` is a UUID in its usual form.
pub(super) fn check_request_id(fields: &mut server::Fields, request_id: &str) {
    let ok = request_id.len() == 36 && Uuid::try_parse(request_id).is_ok();
    fields.check(ok, "request_id", "is not a UUID (AIP-155)");
}

/// Runs `job` and writes what it leaves in one transaction; or returns the first answer to the
/// same request. A request that was answered is answered again even if the case has moved on, or
/// the officer's certificate has expired: so what may fail fails in the job.
pub(super) async fn once<R, F>(service: &Referral, command: Command, job: F) -> Result<R, Error>
where
    R: Message + Default + Send + 'static,
    F: for<'a> FnOnce(&'a DatabaseTransaction) -> Job<'a, Written<R>, Error> + Send + 'static,
{
    let again = command.clone();
    let outcome = service
        .db
        .write(move |tx| {
            Box::pin(async move {
                let written = job(tx).await?;
                let response = written.response.encode_to_vec();
                let since = write_entries(tx, written.entries, &command, &response).await?;
                store::show(tx, written.shown, since).await?;
                idempotency::record(
                    tx,
                    command.call.agency.as_str(),
                    &command.request_id,
                    command.method,
                    &command.call.attestation.request_digest,
                    &response,
                    command.now,
                )
                .await?;
                Ok::<R, Error>(written.response)
            })
        })
        .await;
    match outcome {
        Ok(response) => Ok(response),
        Err(error) => match first_answer(service, &again).await? {
            Some(response) => Ok(response),
            None => Err(error),
        },
    }
}

/// The same for a command that only adds rows: they are written together, on PostgreSQL in one
/// round trip. `add` adds the command's own.
pub(super) async fn once_adding<R, F>(
    service: &Referral,
    command: Command,
    adding: Written<R>,
    add: F,
) -> Result<R, Error>
where
    R: Message + Default,
    F: FnOnce(Together) -> Result<Together, Error>,
{
    let Written { response, entries, shown } = adding;
    let bytes = response.encode_to_vec();
    let mut entry = entries.into_iter().next().ok_or(Error::Corrupt("journal entry"))?;
    entry.request_id.clone_from(&command.request_id);
    entry.attestation = Some(attested(&command, &bytes));
    let record = vec![
        command.call.agency.as_str().into(),
        command.request_id.as_str().into(),
        command.method.into(),
        command.call.attestation.request_digest.to_vec().into(),
        bytes.into(),
        command.now.into(),
    ];
    let together = store::add_parties(add(Together::new(entry))?, shown).rows(
        "idempotency",
        idempotency::COLUMNS,
        vec![record],
    );
    match together.write(&service.db).await.map_err(Error::from) {
        Ok(()) => Ok(response),
        Err(error) => first_answer(service, &command).await?.ok_or(error),
    }
}

/// The answer this request got before, if it was made before.
pub(super) async fn first_answer<R: Message + Default>(
    service: &Referral,
    command: &Command,
) -> Result<Option<R>, Error> {
    let claim = idempotency::lookup(
        service.db.reader(),
        command.call.agency.as_str(),
        &command.request_id,
        command.method,
        &command.call.attestation.request_digest,
    )
    .await?;
    match claim {
        idempotency::Claim::New => Ok(None),
        idempotency::Claim::Different => Err(Error::RequestIdReused),
        idempotency::Claim::Same(bytes) => R::decode(bytes.as_slice())
            .map(Some)
            .map_err(|_| Error::Corrupt("idempotency.response")),
    }
}

/// Appends the entries; the first one that somebody did carries the proof of the call.
async fn write_entries(
    tx: &DatabaseTransaction,
    entries: Vec<journal::Entry>,
    command: &Command,
    response: &[u8],
) -> Result<i64, Error> {
    let mut attested = Some(attested(command, response));
    let mut first = None;
    for mut entry in entries {
        entry.request_id.clone_from(&command.request_id);
        if !entry.agency.is_empty() {
            entry.attestation = attested.take();
        }
        let id = journal::append(tx, entry).await?;
        first.get_or_insert(id);
    }
    Ok(first.unwrap_or_default())
}

/// The proof of a call, as the journal keeps it.
fn attested(command: &Command, response: &[u8]) -> journal::Attested {
    let proof = &command.call.attestation;
    journal::Attested {
        wit: proof.wit.to_string(),
        wpt: proof.wpt.to_string(),
        request_digest: proof.request_digest.to_vec(),
        response_digest: auth::digest(response).to_vec(),
        status: 0,
    }
}
