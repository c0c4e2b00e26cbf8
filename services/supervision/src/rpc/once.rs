//! The one write: new state, journal, idempotency in one transaction; the same request once for ever.

use command::Command;
use db::{Job, journal};
use prost::Message;
use sea_orm::DatabaseTransaction;

use crate::{Supervision, error::Error};

/// What a job wrote, and what must be written with it.
#[derive(Debug)]
pub(super) struct Written<R> {
    /// The answer.
    pub response: R,
    /// What happened, oldest first.
    pub entries: Vec<journal::Entry>,
}

/// Runs `job` and writes what it leaves in one transaction; or returns the first answer to the
/// same request. A request that was answered is answered again even if things have moved on: so
/// what may fail fails in the job.
pub(super) async fn once<R, F>(service: &Supervision, command: Command, job: F) -> Result<R, Error>
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
                command.keep(tx, written.entries, &response).await?;
                Ok::<R, Error>(written.response)
            })
        })
        .await;
    match outcome {
        Ok(response) => Ok(response),
        Err(error) => again.first_answer(service.db.reader()).await?.ok_or(error),
    }
}
