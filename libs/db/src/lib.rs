//! The database of a service: `SQLite` or PostgreSQL behind one handle, one write path.
//!
//! It knows transactions, the journal, idempotency and the inbox; it knows no service's tables.

mod connect;
mod error;
pub mod idempotency;
pub mod inbox;
pub mod journal;
mod migration;
pub mod testing;
mod together;
mod writer;

use std::{
    fmt,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use futures_util::future::BoxFuture;
use sea_orm::{
    ConnectionTrait as _, DatabaseConnection, DatabaseTransaction, DbErr, TransactionTrait as _,
};
use sea_orm_migration::MigratorTrait;
use tokio::{
    sync::{Notify, mpsc, oneshot, watch},
    task::JoinHandle,
};

use crate::writer::{Pending, Queued, Writer, internal};
pub use crate::{
    connect::ConnectError,
    error::{is_full, is_transient, is_unique_violation},
    migration::{answers_migration, common_migration, marks_migration},
    together::{Columns, Together},
};

/// What a write does, as callers write it: `move |tx| Box::pin(async move { .. })`.
pub type Job<'a, T, E> = BoxFuture<'a, Result<T, E>>;

/// What is underneath.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// A file, with one writer in this process.
    Sqlite,
    /// A server, version 15 or later.
    Postgres,
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        })
    }
}

/// A database; clones share it, and it closes with the last of them.
#[derive(Clone, Debug)]
pub struct Db(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    reader: DatabaseConnection,
    path: Path,
    commits: watch::Sender<u64>,
}

/// How writes reach the disk.
enum Path {
    /// Each on a connection of the pool.
    Postgres,
    /// Through the queue of the one writer.
    Sqlite {
        queue: mpsc::Sender<Box<dyn Queued>>,
        stop: Arc<Notify>,
        writer: Mutex<Option<JoinHandle<()>>>,
    },
}

impl fmt::Debug for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Postgres => "Postgres",
            Self::Sqlite { .. } => "Sqlite",
        })
    }
}

impl Db {
    /// Opens the database at `url` and brings its schema up to date.
    ///
    /// `max_connections` bounds the pool; on `SQLite`, the readers beside the one writer.
    ///
    /// # Errors
    /// See [`ConnectError`].
    pub async fn connect<M: MigratorTrait>(
        url: &str,
        max_connections: u32,
    ) -> Result<Self, ConnectError> {
        let commits = watch::Sender::new(0);
        let (reader, path) = match Engine::of(url)? {
            Engine::Postgres => {
                (connect::postgres::<M>(url, max_connections).await?, Path::Postgres)
            }
            Engine::Sqlite => {
                let (connection, gate, reader) = connect::sqlite::<M>(url, max_connections).await?;
                let (queue, jobs) = mpsc::channel(writer::QUEUE);
                let stop = Arc::new(Notify::new());
                let writer = Writer {
                    connection,
                    gate,
                    queue: jobs,
                    commits: commits.clone(),
                    stop: Arc::clone(&stop),
                };
                #[expect(
                    clippy::disallowed_methods,
                    reason = "the writer ends with the last handle, which may be after the stop"
                )]
                let writer = Mutex::new(Some(tokio::spawn(writer.run())));
                (reader, Path::Sqlite { queue, stop, writer })
            }
        };
        Ok(Self(Arc::new(Inner { reader, path, commits })))
    }

    /// Which engine this is.
    pub fn engine(&self) -> Engine {
        match self.0.path {
            Path::Postgres => Engine::Postgres,
            Path::Sqlite { .. } => Engine::Sqlite,
        }
    }

    /// For reads outside a transaction. It must not be written to; on `SQLite` it cannot be.
    pub fn reader(&self) -> &DatabaseConnection {
        &self.0.reader
    }

    /// Runs `job` in one transaction and returns once what it wrote is durable.
    ///
    /// On `SQLite` jobs of several callers share a transaction, each in its own savepoint: a job
    /// that fails is undone alone. A job must wait for nothing but its transaction; on `SQLite` it
    /// is undone after 30 seconds. Dropping the call undoes it on PostgreSQL; on `SQLite`, a job
    /// that has begun is finished.
    ///
    /// # Errors
    /// The job's own, with nothing written; or the database's. An error of the COMMIT itself may
    /// leave open whether it took place: repeat the call under the same request id.
    pub async fn write<T, E, F>(&self, job: F) -> Result<T, E>
    where
        F: for<'a> FnOnce(&'a DatabaseTransaction) -> Job<'a, T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbErr> + Send + 'static,
    {
        let Path::Sqlite { queue, .. } = &self.0.path else {
            return self.write_pooled(job).await;
        };
        let closed = || E::from(internal("the database is closed"));
        let (reply, answer) = oneshot::channel();
        queue.send(Box::new(Pending { job, reply })).await.map_err(|_| closed())?;
        match answer.await.map_err(|_| closed())? {
            Ok(outcome) => outcome,
            Err(panic) => std::panic::resume_unwind(panic),
        }
    }

    async fn write_pooled<T, E, F>(&self, job: F) -> Result<T, E>
    where
        F: for<'a> FnOnce(&'a DatabaseTransaction) -> Job<'a, T, E>,
        E: From<DbErr>,
    {
        let mut connection = self.0.reader.clone();
        let failed = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&failed);
        connection.set_metric_callback(move |statement| {
            if statement.failed {
                seen.store(true, Ordering::Release);
            }
        });
        let tx = connection.begin().await?;
        match job(&tx).await {
            Ok(value) => {
                // PostgreSQL answers the COMMIT of a failed transaction with a rollback, and
                // calls it a success: ask first, if the job went on after an error.
                if failed.load(Ordering::Acquire) {
                    tx.execute_unprepared("SELECT 1").await?;
                }
                tx.commit().await?;
                self.announce_commit();
                Ok(value)
            }
            Err(error) => {
                if let Err(error) = tx.rollback().await {
                    tracing::warn!(%error, "rolling back; the connection will be dropped");
                }
                Err(error)
            }
        }
    }

    /// Wakes those who wait for a commit.
    fn announce_commit(&self) {
        self.0.commits.send_modify(|count| *count = count.wrapping_add(1));
    }

    /// Completes at the first commit made through this handle, or a clone, after this call.
    ///
    /// Call it before reading and wait for it after: so no commit between the two goes unseen.
    /// Commits by other processes are not seen: poll as well.
    pub fn committed(&self) -> impl Future<Output = ()> + Send + 'static {
        let mut commits = self.0.commits.subscribe();
        async move {
            // An error means that the database is closed: nobody will commit any more.
            if commits.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }

    /// Finishes the writes that are queued and closes every connection; clones become unusable.
    pub async fn close(self) {
        if let Path::Sqlite { stop, writer, .. } = &self.0.path {
            stop.notify_one();
            let writer = writer.lock().unwrap_or_else(PoisonError::into_inner).take();
            if let Some(writer) = writer
                && let Err(error) = writer.await
            {
                tracing::error!(%error, "the writer ended badly");
            }
        }
        if let Err(error) = self.0.reader.close_by_ref().await {
            tracing::warn!(%error, "closing the database");
        }
    }
}
