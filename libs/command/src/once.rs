//! The one write of most services: new state, journal, idempotency in one transaction; the same
//! request once for ever. A service whose rows show something to somebody has its own beside it.

use db::{Db, Job, journal};
use prost::Message;
use sea_orm::{DatabaseTransaction, DbErr};

use crate::{Command, Unkept, marks::Marks};

/// What a job wrote, and what must be written with it.
#[derive(Debug)]
pub struct Written<R> {
    /// The answer.
    pub response: R,
    /// What happened, oldest first; nothing when the answer tells of what had happened before.
    pub entries: Vec<journal::Entry>,
}

impl<R> Written<R> {
    /// Says what the first row means to those who watch.
    #[must_use]
    pub fn marked(mut self, marks: Marks) -> Self {
        if let Some(entry) = self.entries.first_mut() {
            entry.marks = marks.encode();
        }
        self
    }
}

/// Runs `job` and writes what it leaves in one transaction; or returns the first answer to the
/// same request. A request that was answered is answered again even if things have moved on, or the
/// officer's certificate has expired: so what may fail fails in the job.
///
/// # Errors
/// The job's, with nothing written; or why the answer cannot be kept.
pub async fn once<R, E, F>(db: &Db, command: Command, job: F) -> Result<R, E>
where
    R: Message + Default + Send + 'static,
    E: From<Unkept> + From<DbErr> + Send + 'static,
    F: for<'a> FnOnce(&'a DatabaseTransaction) -> Job<'a, Written<R>, E> + Send + 'static,
{
    let again = command.clone();
    let outcome = db
        .write(move |tx| {
            Box::pin(async move {
                let written = job(tx).await?;
                let response = written.response.encode_to_vec();
                command.keep(tx, written.entries, &response).await?;
                Ok::<R, E>(written.response)
            })
        })
        .await;
    match outcome {
        Ok(response) => Ok(response),
        Err(error) => again.first_answer(db.reader()).await?.ok_or(error),
    }
}
