//! The one write: new state, journal, idempotency in one transaction; the same request once for ever.

use command::{Command, marks};
use db::{Job, journal};
use prost::Message;
use sea_orm::DatabaseTransaction;
use types::AgencyCode;

use crate::{Operations, error::Error, store};

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
/// same request. A request that was answered is answered again even if things have moved on: so
/// what may fail fails in the job.
pub(super) async fn once<R, F>(service: &Operations, command: Command, job: F) -> Result<R, Error>
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
                command.keep(tx, written.entries, &response).await?;
                store::show(tx, written.shown).await?;
                Ok::<R, Error>(written.response)
            })
        })
        .await;
    match outcome {
        Ok(response) => Ok(response),
        Err(error) => again.first_answer(service.db.reader()).await?.ok_or(error),
    }
}
