//! The one writer of a `SQLite` file: many jobs in one transaction, one `fsync` for all of them.
//!
//! Each job has its own savepoint. Nobody is answered before the COMMIT, not even a refused job:
//! its refusal may rest on what a neighbour wrote.

use std::{
    panic::AssertUnwindSafe,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use futures_util::{FutureExt as _, future::BoxFuture};
use sea_orm::{
    DatabaseConnection, DatabaseTransaction, DbErr, RuntimeErr, SqliteTransactionMode,
    TransactionOptions, TransactionTrait as _,
};
use tokio::{
    sync::{Notify, mpsc, oneshot, watch},
    time::timeout,
};

use crate::Job;

/// How many jobs may wait; more callers wait for a place.
pub(crate) const QUEUE: usize = 1024;
/// How many jobs share a transaction at most: the first waits for the last.
const GROUP: usize = 256;
/// How long one job may hold the writer. A job only talks to its transaction; one that takes
/// longer waits for something it must not wait for, such as another write.
const JOB_TIME: Duration = Duration::from_secs(30);

/// Whether the connection may commit now.
///
/// `SQLite` answers some failures (a full disk) by rolling back the whole transaction, and would
/// then commit each further statement of the job on its own. Only the writer's own COMMIT passes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Gate(Arc<AtomicBool>);

impl Gate {
    pub(crate) fn is_open(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }

    pub(crate) async fn commit(&self, tx: DatabaseTransaction) -> Result<(), DbErr> {
        self.0.store(true, Ordering::Release);
        let committed = tx.commit().await;
        self.0.store(false, Ordering::Release);
        committed
    }
}

/// Begins a transaction that holds the write lock from its start.
pub(crate) async fn begin(connection: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    let sqlite_transaction_mode = Some(SqliteTransactionMode::Immediate);
    let options = TransactionOptions { sqlite_transaction_mode, ..TransactionOptions::default() };
    connection.begin_with_options(options).await
}

/// A job in the queue, its types erased.
pub(crate) trait Queued: Send {
    /// Runs the job; `None` when nobody waits for it any more.
    fn run(self: Box<Self>, tx: &DatabaseTransaction) -> BoxFuture<'_, Option<Ran>>;
    /// Answers without running it.
    fn refuse(self: Box<Self>, error: DbErr);
}

/// A job that ran and waits for its group.
pub(crate) struct Ran {
    /// Whether it succeeded, so that its savepoint is kept.
    keep: bool,
    /// Answers the caller: with the job's own outcome, or with the failure of its group.
    answer: Box<dyn FnOnce(Result<(), DbErr>) + Send>,
}

/// What the caller receives: the outcome, or the panic of its job.
pub(crate) type Outcome<T, E> = thread::Result<Result<T, E>>;

pub(crate) struct Pending<T, E, F> {
    pub(crate) job: F,
    pub(crate) reply: oneshot::Sender<Outcome<T, E>>,
}

impl<T, E, F> Queued for Pending<T, E, F>
where
    F: for<'a> FnOnce(&'a DatabaseTransaction) -> Job<'a, T, E> + Send + 'static,
    T: Send + 'static,
    E: From<DbErr> + Send + 'static,
{
    fn run(self: Box<Self>, tx: &DatabaseTransaction) -> BoxFuture<'_, Option<Ran>> {
        Box::pin(async move {
            let Self { job, reply } = *self;
            if reply.is_closed() {
                return None;
            }
            let running = AssertUnwindSafe(async { job(tx).await }).catch_unwind();
            let outcome = match timeout(JOB_TIME, running).await {
                Ok(outcome) => outcome,
                Err(_) => Ok(Err(internal("a write took too long and was undone").into())),
            };
            let keep = matches!(outcome, Ok(Ok(_)));
            let answer = Box::new(move |committed: Result<(), DbErr>| {
                let told = match committed {
                    Ok(()) => outcome,
                    Err(error) => Ok(Err(error.into())),
                };
                reply.send(told).ok();
            });
            Some(Ran { keep, answer })
        })
    }

    fn refuse(self: Box<Self>, error: DbErr) {
        self.reply.send(Ok(Err(error.into()))).ok();
    }
}

/// The writer task's state.
pub(crate) struct Writer {
    pub(crate) connection: DatabaseConnection,
    pub(crate) gate: Gate,
    pub(crate) queue: mpsc::Receiver<Box<dyn Queued>>,
    pub(crate) commits: watch::Sender<u64>,
    pub(crate) stop: Arc<Notify>,
}

impl Writer {
    /// Writes until the last handle is gone or [`Writer::stop`] is notified; then writes what is
    /// queued and closes the connection.
    pub(crate) async fn run(mut self) {
        loop {
            let first = tokio::select! {
                biased;
                () = self.stop.notified(), if !self.queue.is_closed() => {
                    self.queue.close();
                    continue;
                }
                first = self.queue.recv() => first,
            };
            let Some(first) = first else { break };
            self.group(first).await;
        }
        if let Err(error) = self.connection.close().await {
            tracing::warn!(%error, "closing the writer connection");
        }
    }

    /// Runs `first` and what is queued behind it in one transaction.
    async fn group(&mut self, first: Box<dyn Queued>) {
        let tx = match begin(&self.connection).await {
            Ok(tx) => tx,
            Err(error) => return self.refuse(first, &error),
        };
        let mut done = Vec::new();
        let mut next = Some(first);
        while let Some(job) = next {
            match in_savepoint(&tx, job).await {
                Ok(ran) => done.extend(ran),
                Err(()) => {
                    // The transaction is not what it was: let the connection go with it. What
                    // has not run yet is still in the queue.
                    drop(tx);
                    return answer(done, &Err(internal(LOST)));
                }
            }
            next = if done.len() < GROUP { self.queue.try_recv().ok() } else { None };
        }
        let committed = self.gate.commit(tx).await;
        if let Err(error) = &committed {
            tracing::error!(%error, jobs = done.len(), "a group of writes was not committed");
        } else {
            self.commits.send_modify(|count| *count = count.wrapping_add(1));
        }
        answer(done, &committed);
    }

    /// Answers `first` and all that wait now: none of them could begin.
    fn refuse(&mut self, first: Box<dyn Queued>, error: &DbErr) {
        tracing::error!(%error, "writing could not begin");
        first.refuse(error.clone());
        while let Ok(job) = self.queue.try_recv() {
            job.refuse(error.clone());
        }
    }
}

const LOST: &str = "a neighbour in the same transaction broke it; nothing was written, try again";

/// Runs one job; an error means that the whole transaction is lost, and the job has its answer.
async fn in_savepoint(tx: &DatabaseTransaction, job: Box<dyn Queued>) -> Result<Option<Ran>, ()> {
    let savepoint = match tx.begin().await {
        Ok(savepoint) => savepoint,
        Err(error) => {
            job.refuse(error);
            return Err(());
        }
    };
    let ran = job.run(&savepoint).await;
    if ran.as_ref().is_some_and(|ran| ran.keep) {
        if let Err(error) = savepoint.commit().await {
            tracing::error!(%error, "a write ended its own transaction");
            ran.into_iter().for_each(|ran| (ran.answer)(Err(error.clone())));
            return Err(());
        }
    } else if let Err(error) = savepoint.rollback().await {
        // SQLite has rolled back everything already, for the reason the job failed: it answers.
        tracing::error!(%error, "a failed write took its group along");
        ran.into_iter().for_each(|ran| (ran.answer)(Ok(())));
        return Err(());
    }
    Ok(ran)
}

fn answer(done: Vec<Ran>, committed: &Result<(), DbErr>) {
    for ran in done {
        (ran.answer)(committed.clone());
    }
}

/// An error of the write path itself; transient for [`crate::is_transient`].
pub(crate) fn internal(text: &str) -> DbErr {
    DbErr::Conn(RuntimeErr::Internal(text.to_owned()))
}
