//! The working-day calendar in use: the embedded table, or a file that is read again when it changes.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError, RwLock},
};

use anyhow::Context as _;

/// A handle to the calendar; clones share it.
#[derive(Clone, Debug)]
pub struct Calendar {
    file: Option<PathBuf>,
    table: Arc<RwLock<Arc<clock::Calendar>>>,
    /// The text of the table.
    seen: Arc<Mutex<String>>,
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

    /// Reads the file; says whether it changed. A file with faults changes nothing.
    ///
    /// It is small and compared as text: its time would miss a change within one tick of the disk.
    pub fn reload(&self) -> anyhow::Result<bool> {
        let Some(path) = &self.file else { return Ok(false) };
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("calendar {}", path.display()))?;
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if *seen == text {
            return Ok(false);
        }
        let table = clock::Calendar::parse(&text)
            .with_context(|| format!("calendar {}", path.display()))?;
        *self.table.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(table);
        *seen = text;
        Ok(true)
    }
}
