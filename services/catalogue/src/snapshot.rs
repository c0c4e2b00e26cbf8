//! The newest revision in memory, and how it is kept up to date: answers are read from it, and a
//! publication is examined against it.

use std::sync::{Arc, PoisonError, RwLock};

use db::Db;
use quick_cache::sync::Cache;

use crate::{
    domain::{
        content::Content,
        index::{Index, Touched},
    },
    error::Error,
    store,
};

/// How many questions about older revisions are remembered, each with what it is about.
const REMEMBERED: usize = 64;

/// One revision: its entries, and the same laid out for questions.
#[derive(Debug, Default)]
pub(crate) struct Snapshot {
    pub content: Content,
    pub index: Index,
}

impl Snapshot {
    /// Its revision; 0 before the first.
    pub(crate) fn revision(&self) -> i64 {
        self.index.revision()
    }
}

/// The newest revision this replica knows, and a few older ones. Clones share them.
#[derive(Clone, Debug)]
pub(crate) struct Snapshots {
    newest: Arc<RwLock<Arc<Snapshot>>>,
    older: Arc<Cache<(i64, String), Arc<Index>>>,
    exclusive: bool,
}

impl Snapshots {
    /// Nothing is known yet. `exclusive`: empowerment excludes the county's holder.
    pub(crate) fn new(exclusive: bool) -> Self {
        let empty = Index::of(0, &Content::default(), exclusive);
        let empty = Snapshot { content: Content::default(), index: empty };
        let newest = Arc::new(RwLock::new(Arc::new(empty)));
        Self { newest, older: Arc::new(Cache::new(REMEMBERED)), exclusive }
    }

    /// The newest revision, as last looked for.
    pub(crate) fn newest(&self) -> Arc<Snapshot> {
        Arc::clone(&self.newest.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Looks for newer revisions, and reads what they changed.
    pub(crate) async fn follow(&self, db: &Db) -> Result<Arc<Snapshot>, Error> {
        let known = self.newest();
        let newest = store::newest(db.reader()).await?;
        if newest <= known.revision() {
            return Ok(known);
        }
        // Revisions follow each other one by one: all up to the newest are there to read.
        let delta = store::delta(db.reader(), known.revision(), newest).await?;
        let (mut content, mut touched) = (known.content.clone(), Touched::default());
        for held in &delta.gone {
            touched.note(&held.entry);
            content.remove(&held.entry.name());
        }
        for held in delta.put {
            touched.note(&held.entry);
            content.put(held.entry, held.since);
        }
        let index = known.index.renewed(newest, &content, &touched);
        let next = Arc::new(Snapshot { content, index });
        let mut held = self.newest.write().unwrap_or_else(PoisonError::into_inner);
        if held.revision() < newest {
            *held = Arc::clone(&next);
        }
        Ok(next)
    }

    /// What a revision says of a matter; `revision` 0 is the newest.
    ///
    /// # Errors
    /// There is no such revision.
    pub(crate) async fn about(&self, db: &Db, revision: i64, matter: &str) -> Result<Told, Error> {
        let mut newest = self.newest();
        if revision > newest.revision() {
            newest = self.follow(db).await?;
        }
        if revision == 0 || revision == newest.revision() {
            return Ok(Told::Newest(newest));
        }
        if revision > newest.revision() {
            return Err(Error::NotFound("revision"));
        }
        let asked = (revision, matter.to_owned());
        if let Some(index) = self.older.get(&asked) {
            return Ok(Told::Older(index));
        }
        let content = store::about(db.reader(), revision, matter).await?;
        let index = Arc::new(Index::of(revision, &content, self.exclusive));
        self.older.insert(asked, Arc::clone(&index));
        Ok(Told::Older(index))
    }
}

/// What answers a question.
pub(crate) enum Told {
    /// The newest revision.
    Newest(Arc<Snapshot>),
    /// What an older one says of the matter asked about.
    Older(Arc<Index>),
}

impl Told {
    pub(crate) fn index(&self) -> &Index {
        match self {
            Self::Newest(snapshot) => &snapshot.index,
            Self::Older(index) => index,
        }
    }
}
