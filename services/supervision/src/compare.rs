//! A row as its journal has it now, against what was sequenced: when they differ, it is an alarm.

use tlog::Entry;

use crate::{
    Supervision,
    domain::{Alarm, Leaf},
    error::Error,
    journals::Journal,
    store::{self, Sought},
    worker,
};

impl Supervision {
    /// The canonical bytes of the leaf's row, if it is still what was sequenced.
    pub(crate) async fn row(&self, journal: &Journal, leaf: &Leaf) -> Result<Vec<u8>, Error> {
        let (name, row_id) = (leaf.entry.service(), leaf.entry.row());
        let bytes = journal.bytes(row_id).await?;
        let now = bytes.as_deref().and_then(|bytes| Entry::of_row(name, row_id, bytes).ok());
        match bytes {
            Some(bytes) if now.as_ref() == Some(&leaf.entry) => Ok(bytes),
            _ => {
                let found = now.map(|entry| *entry.digest()).unwrap_or_default();
                let leaf = *leaf.entry.digest();
                let alarm = Alarm { service: name.to_owned(), row_id, leaf, found };
                worker::cry(&alarm);
                let kept = self
                    .db
                    .write(move |tx| Box::pin(async move { store::put_alarm(tx, &alarm).await }));
                kept.await?;
                Err(Error::Mismatch { service: name.to_owned(), row_id })
            }
        }
    }

    /// Looks whether a journal still ends, for the log, as it did. One that was restored from a
    /// backup does not: it uses numbers again, and what has them now lies behind the cursor, where
    /// nobody reads it.
    pub(crate) async fn compare_end(&self, journal: &Journal) -> Result<(), Error> {
        let service = journal.service();
        let reader = self.db.reader();
        let Some(position) = store::positions(reader).await?.remove(service) else { return Ok(()) };
        let sought = Sought::Row { service, row_id: position.last_row_id };
        let Some(leaf) = store::leaf(reader, sought).await? else { return Ok(()) };
        match self.row(journal, &leaf).await {
            // The alarm is kept; what comes after the cursor is sequenced all the same.
            Ok(_) | Err(Error::Mismatch { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }
}
