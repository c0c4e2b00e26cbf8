//! The one write: new state, journal, idempotency in one transaction; the same request once for ever.

use command::{Command, marks::Marks};
use db::{Job, journal};
use prost::Message;
use sea_orm::DatabaseTransaction;

use crate::{Evidence, error::Error};

/// What a job wrote.
#[derive(Debug)]
pub(super) struct Written<R> {
    /// The answer.
    pub response: R,
    /// What happened, oldest first.
    pub entries: Vec<journal::Entry>,
}

impl<R> Written<R> {
    /// Says what the first row means to those who watch.
    pub(super) fn marked(mut self, marks: Marks) -> Self {
        if let Some(entry) = self.entries.first_mut() {
            entry.marks = marks.encode();
        }
        self
    }
}

/// Runs `job` and writes what it leaves in one transaction; or returns the first answer to the
/// same request. A request that was answered is answered again even if the item has moved on: so
/// what may fail fails in the job.
pub(super) async fn once<R, F>(service: &Evidence, command: Command, job: F) -> Result<R, Error>
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
