//! Opening the log: its first checkpoint when it is new; else everything must still fit together,
//! for a log that signs a tree unlike the one it signed before is worth nothing.

use std::sync::Arc;

use anyhow::{Context as _, ensure};
use calendar::Calendar;
use clock::Clock;
use db::Db;
use tlog::{Checkpoint, Hash, LogKey};

use crate::{
    Peers, Supervision,
    domain::settings::Settings,
    error::Error,
    journals::{Journal, Journals},
    rules, sequence, store,
};

impl Supervision {
    /// Puts the service together and reads its log. `clock` is the time of the law; tokens have their
    /// own. [`Supervision::start`] starts the loops.
    ///
    /// # Errors
    /// The database cannot be used, or the log in it is corrupt: tiles, leaves, head and last
    /// checkpoint are not of one another, or the checkpoint is not by `key`.
    pub async fn open(
        db: Db,
        key: LogKey,
        clock: Clock,
        calendar: Calendar,
        settings: Settings,
        peers: Peers,
    ) -> anyhow::Result<Self> {
        let Peers { mut journals, directory } = peers;
        journals.push(Journal::own(db.clone()));
        let service = Self {
            db,
            key: Arc::new(key),
            journals: Journals::new(journals),
            clock,
            calendar,
            settings: Arc::new(settings),
            rules: Arc::new(rules::load()?),
            directory,
        };
        service.begin().await?;
        service.check().await.context("the transparency log cannot be served")?;
        Ok(service)
    }

    /// Signs the checkpoint of the empty tree, unless there is a log already.
    async fn begin(&self) -> anyhow::Result<()> {
        let origin = self.key.name().to_owned();
        let note = Checkpoint { origin, size: 0, root: Hash::EMPTY }.sign(&self.key)?;
        let begun = self.db.write(move |tx| {
            Box::pin(async move {
                store::begin(tx, &note).await?;
                Ok::<(), Error>(())
            })
        });
        Ok(begun.await?)
    }

    async fn check(&self) -> anyhow::Result<()> {
        let reader = self.db.reader();
        // The other replica may go on while this one reads: tiles and leaves may be ahead, and
        // what is checked is their beginning.
        let head = store::head(reader).await?;
        let tree = sequence::tree(reader, head.size).await?;
        ensure!(tree.root() == head.root, "its tiles do not give the root of its {head} leaves");
        let last = store::last(reader, head.size).await?;
        ensure!(last == head.size.checked_sub(1), "the last of its {head} leaves is missing");
        let note = store::checkpoint(reader, head.size).await?;
        let note = note.with_context(|| format!("its head of {head} leaves was never signed"))?;
        let signed = Checkpoint::open(&note, &[self.key.verifier().clone()])
            .context("its last checkpoint is not by this key")?;
        ensure!(
            signed.size == head.size && signed.root == head.root,
            "its last checkpoint is of another tree"
        );
        Ok(())
    }
}
