//! The working-day calendar in use: the embedded table, or a file that is read again when it changes.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::SystemTime,
};

use anyhow::Context as _;

/// A handle to the calendar; clones share it.
#[derive(Clone, Debug)]
pub struct Calendar {
    file: Option<PathBuf>,
    table: Arc<RwLock<Arc<clock::Calendar>>>,
    seen: Arc<Mutex<Option<SystemTime>>>,
}

impl Calendar {
    /// The embedded table, or the file at `path` when it is not empty.
    pub fn open(path: &str) -> anyhow::Result<Self> {
        let calendar = Self {
            file: (!path.is_empty()).then(|| PathBuf::from(path)),
            table: Arc::new(RwLock::new(Arc::new(clock::Calendar::embedded().clone()))),
            seen: Arc::default(),
        };
        calendar.reload()?;
        Ok(calendar)
    }

    /// The table now.
    pub fn table(&self) -> Arc<clock::Calendar> {
        Arc::clone(&self.table.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads the file again if it changed; says whether it did. A file with faults changes nothing.
    pub fn reload(&self) -> anyhow::Result<bool> {
        let Some(path) = &self.file else { return Ok(false) };
        let changed = std::fs::metadata(path)
            .and_then(|about| about.modified())
            .with_context(|| format!("calendar {}", path.display()))?;
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if *seen == Some(changed) {
            return Ok(false);
        }
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("calendar {}", path.display()))?;
        let table = clock::Calendar::parse(&text)
            .with_context(|| format!("calendar {}", path.display()))?;
        *self.table.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(table);
        *seen = Some(changed);
        Ok(true)
    }
}
