//! What the calls about content need: the place, the keys, the memory, and the streams that run.

use std::{path::Path, sync::Arc, time::Duration};

use anyhow::Context as _;
use clock::Clock;
use db::Db;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::task::TaskTracker;
use types::Id;

use super::{
    gather::MESSAGES_KIB,
    keys::Keys,
    memory::{Memory, Pool},
    place::Place,
    streams::Streams,
};
use crate::{config, error::Error, store};

/// Bytes in the largest chunk.
pub(crate) const CHUNK: usize = 1 << 20;

/// The files' side of the service: cheap to clone.
#[derive(Clone, Debug)]
pub struct Vault(pub(super) Arc<Inner>);

#[derive(Debug)]
pub(super) struct Inner {
    pub(super) place: Place,
    pub(super) keys: Keys,
    pub(super) streams: Streams,
    /// In KiB.
    memory: Arc<Semaphore>,
    /// What segments are sealed in.
    pool: Pool,
    /// Streams that may be received at once.
    lanes: Arc<Semaphore>,
    /// What writes segments, so that a stop waits for it.
    pub(super) writers: TaskTracker,
    pub(super) options: config::Content,
    /// The clock of the wire: an upload must not expire because the law's clock jumps.
    pub(super) wire: Clock,
}

impl Vault {
    /// Opens the object store and the keys that the configuration names; without a name they are
    /// the folders `content` and `content-keys` in `home`.
    ///
    /// # Errors
    /// The store does not answer, or is not the one of this database; a key does not parse.
    pub async fn open(
        options: config::Content,
        home: &Path,
        db: &Db,
        wire: Clock,
    ) -> anyhow::Result<Self> {
        let least = 2 * u64::from(options.segment_bytes) + 4 * (1 << 20);
        anyhow::ensure!(options.segment_bytes >= 65_536, "[content] segment_bytes: at least 65536");
        anyhow::ensure!(
            u64::from(options.memory_bytes) >= least,
            "[content] memory_bytes: two segments and 4 MiB, {least}, at least"
        );
        let now = wire.now();
        let known = store::place(db.reader()).await.context("reading the database")?;
        let fresh = Id::<Place>::new(now).uuid();
        let place = Place::open(&options, &home.join("content"), known.clone(), fresh).await?;
        if known.is_none() {
            let id = place.id().to_owned();
            let noted =
                db.write(move |tx| Box::pin(async move { store::set_place(tx, &id).await }));
            noted.await.context("writing to the database")?;
        }
        let folder = match options.keys_dir.as_str() {
            "" => home.join("content-keys"),
            named => named.into(),
        };
        let keys = Keys::open(&folder, &options.active_key, now)?;
        let kib = usize::try_from(options.memory_bytes / 1024)?;
        let turn = usize::try_from(options.segment_bytes / 1024)? + MESSAGES_KIB;
        Ok(Self(Arc::new(Inner {
            place,
            keys,
            streams: Streams::default(),
            memory: Arc::new(Semaphore::new(kib)),
            pool: Pool::new(options.segment_bytes),
            lanes: Arc::new(Semaphore::new((kib / turn).max(2))),
            writers: TaskTracker::new(),
            options,
            wire,
        })))
    }

    /// The options.
    pub(crate) fn options(&self) -> &config::Content {
        &self.0.options
    }

    /// The keys that wrap.
    pub(crate) fn keys(&self) -> &Keys {
        &self.0.keys
    }

    /// The streams that run.
    pub(crate) fn streams(&self) -> &Streams {
        &self.0.streams
    }

    /// The clock of the wire.
    pub(crate) fn wire(&self) -> &Clock {
        &self.0.wire
    }

    /// How long an upload is kept after something arrived.
    pub(crate) fn kept(&self) -> Duration {
        Duration::from_millis(self.0.options.abandon_ms)
    }

    /// Runs what must not end with the call that began it.
    pub(crate) fn spawn<F>(&self, task: F) -> tokio::task::JoinHandle<F::Output>
    where
        F: Future<Output: Send> + Send + 'static,
    {
        self.0.writers.spawn(task)
    }

    /// Waits for the segments that are being written.
    pub(crate) async fn finish(&self) {
        self.0.writers.close();
        self.0.writers.wait().await;
    }

    /// The object store.
    pub(crate) fn place(&self) -> &Place {
        &self.0.place
    }

    /// The same as [`Vault::kept`], to count with.
    pub(crate) fn kept_for(&self) -> chrono::Duration {
        chrono::Duration::from_std(self.kept()).unwrap_or(chrono::Duration::MAX)
    }

    /// How long to wait between two looks for what is to be deleted.
    pub(crate) fn sweep_pause(&self) -> Duration {
        Duration::from_millis(self.0.options.sweep_ms)
    }

    /// The right to be received, beside a few others; waits until there is some. A stream that waits
    /// for it has no message here, however many streams there are.
    pub(crate) async fn lane(&self) -> Result<OwnedSemaphorePermit, Error> {
        let lane = Arc::clone(&self.0.lanes).acquire_owned().await;
        lane.map_err(|_| Error::Corrupt("the lanes"))
    }

    /// What a segment is sealed in, for who has a turn.
    pub(crate) fn sealing_memory(&self) -> Memory {
        self.0.pool.take()
    }

    /// Memory for one segment and the messages that fill it; waits until there is some.
    pub(crate) async fn turn(&self) -> Result<OwnedSemaphorePermit, Error> {
        let messages = u32::try_from(MESSAGES_KIB).unwrap_or(u32::MAX);
        self.memory(self.0.options.segment_bytes / 1024 + messages).await
    }

    /// Memory for so many KiB; waits until there is so much.
    pub(super) async fn memory(&self, kib: u32) -> Result<OwnedSemaphorePermit, Error> {
        let memory = Arc::clone(&self.0.memory).acquire_many_owned(kib).await;
        memory.map_err(|_| Error::Corrupt("the memory budget"))
    }
}
