//! The one write: new state, journal, idempotency in one transaction; the same request once for ever.

use command::{Command, marks};
use db::{Job, Together, idempotency, journal};
use prost::Message;
use sea_orm::DatabaseTransaction;
use types::AgencyCode;

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
                let mut written = job(tx).await?;
                marks::show(&mut written.entries, &written.shown);
                let response = written.response.encode_to_vec();
                let since = command.keep(tx, written.entries, &response).await?;
                store::show(tx, written.shown, since).await?;
                Ok::<R, Error>(written.response)
            })
        })
        .await;
    match outcome {
        Ok(response) => Ok(response),
        Err(error) => again.first_answer(service.db.reader()).await?.ok_or(error),
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
    let Written { response, mut entries, shown } = adding;
    marks::show(&mut entries, &shown);
    let bytes = response.encode_to_vec();
    let mut entry = entries.into_iter().next().ok_or(Error::Corrupt("journal entry"))?;
    entry.request_id.clone_from(&command.request_id);
    entry.attestation = Some(command.attested(&bytes)?);
    let record = vec![
        command.caller.as_str().into(),
        command.request_id.as_str().into(),
        command.method.into(),
        command.attestation.request_digest.to_vec().into(),
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
        Err(error) => command.first_answer(service.db.reader()).await?.ok_or(error),
    }
}
