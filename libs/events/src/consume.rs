//! The effect of an event in the service that hears it: once, however often it is delivered.

use db::{Db, Job, inbox};
use sea_orm::{DatabaseTransaction, DbErr};

/// Runs `job` for `event` unless `consumer` has done so before, in one transaction with the note
/// that it has; `None` when it had.
///
/// # Errors
/// The job's or the database's: there was no effect, and the event may be consumed again.
pub async fn consume<T, E, F>(
    db: &Db,
    consumer: &'static str,
    event: &crate::Event,
    job: F,
) -> Result<Option<T>, E>
where
    F: for<'a> FnOnce(&'a DatabaseTransaction) -> Job<'a, T, E> + Send + 'static,
    T: Send + 'static,
    E: From<DbErr> + Send + 'static,
{
    let id = event.id.clone();
    db.write(move |tx| {
        Box::pin(async move {
            if inbox::once(tx, consumer, &id).await? { job(tx).await.map(Some) } else { Ok(None) }
        })
    })
    .await
}
